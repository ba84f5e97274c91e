"""The table as a paper has it: plain columns with their units in the heads, and what all runs have alike beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pixnb.compare.column_kinds import Inputs, Prompt, Status
from pixnb.compare.columns import SAME, Cell, Column
from pixnb.compare.content import Content, Group
from pixnb.compare.prompts import Piece, excerpt

_SHORT = 150
_LONG = 32  # characters from which a column wraps


@dataclass(frozen=True)
class Printed:
    """A column of a paper's table.

    Attributes:
        title: Its head, with the unit of its numbers: "cost (USD, simulated)".
        cells: One a row, in pieces of which some are marked.
        is_right: Whether its cells are numbers, which stand to the right.
        starts: Whether a row begins a group; the same for all columns.
    """

    title: str
    cells: tuple[tuple[Piece, ...], ...]
    is_right: bool

    @property
    def is_long(self) -> bool:
        """Whether it needs several lines."""
        return any(sum(len(piece.text) for piece in cell) > _LONG for cell in self.cells)


def print_columns(said: Content, *, whole: bool = False) -> list[Printed]:
    """Return the columns: number, what rows are grouped by, and the others.

    Args:
        said: What the table says.
        whole: Whether long prompts stay whole; else they are cut to the words that differ.
    """
    numbers = tuple((Piece(str(row.number)),) for row in said.rows)
    columns = [Printed("#", numbers, is_right=True)]
    for column, cells in _all_cells(said):
        units = {cell.unit for cell in cells if cell is not None and cell.number}
        is_number = len(units) == 1
        unit = f" ({units.pop()})" if is_number and units != {""} else ""
        printed = tuple(_print(column, cell, is_number=is_number, whole=whole) for cell in cells)
        columns.append(Printed(column.title + unit, printed, is_number or column.align == "right"))
    return columns


def starts_of(said: Content) -> set[int]:
    """Return the places of the rows that begin a group, but for the first."""
    places, at = set(), 0
    for group in said.groups[:-1]:
        at += len(group.rows)
        places.add(at)
    return places


def say_beside(said: Content) -> list[str]:
    """Return what is said of all runs, line by line: how many, what they have alike, what is marked."""
    lines = [" · ".join(said.summary), ", ".join(said.said_once), said.prompt and f"Prompt: {said.prompt}", said.marks]
    return [" ".join(line.split()) for line in lines if line]


def _all_cells(said: Content) -> Iterator[tuple[Column, list[Cell | None]]]:
    """Give each column with its cells; what a group's head says stands in its first row, None below."""
    shown = {column.name for column in said.columns}
    heads = {column.name: column for group in said.groups for column, _ in (*group.heads, *group.same)}
    for name, column in heads.items():
        if name not in shown:
            yield column, [cell for group in said.groups for cell in _spread(group, name)]
    for n, column in enumerate(said.columns):
        yield (
            column,
            [
                _told(group, column.name) if row.cells[n] == SAME and at == 0 else row.cells[n]
                for group in said.groups
                for at, row in enumerate(group.rows)
            ],
        )


def _spread(group: Group, name: str) -> list[Cell | None]:
    return [_told(group, name), *[None] * (len(group.rows) - 1)]


def _told(group: Group, name: str) -> Cell | None:
    return next((cell for column, cell in (*group.heads, *group.same) if column.name == name), None)


def _print(column: Column, cell: Cell | None, *, is_number: bool, whole: bool) -> tuple[Piece, ...]:
    if cell is None:
        return ()
    if isinstance(column, Prompt) and cell.pieces:
        return tuple(cell.pieces) if whole else excerpt(cell.pieces, most=_SHORT)
    if is_number and cell.number:
        return (Piece(cell.number),)
    if isinstance(column, Status):
        return (Piece(cell.text.lower()),)
    return (Piece(cell.text if isinstance(column, Inputs) else column.line(cell)),)


def widest(columns: Sequence[Printed]) -> int:
    """Return how many columns need several lines."""
    return sum(column.is_long for column in columns)


__all__ = ["Printed", "print_columns", "say_beside", "starts_of", "widest"]
