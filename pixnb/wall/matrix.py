"""A frame as a matrix of clips: heads down and across, the runs of each place, their sources, and what is missing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb.compare.choice import asked, check, resolve
from pixnb.compare.column_kinds import Inputs, Prompt
from pixnb.compare.columns import Cell, Column
from pixnb.compare.content import Content, Row, content
from pixnb.compare.pages import local
from pixnb.compare.prompts import Piece, excerpt
from pixnb.display import wording
from pixnb.display.arrangement import arrange
from pixnb.project import is_file
from pixnb.terminal import legible
from pixnb.wall.axes import Axes, Names, Values, read_axes
from pixnb.wall.sources import Source, find_sources

if TYPE_CHECKING:
    import pandas as pd

_DOWN, _ACROSS, _LABEL = 150, 90, 60  # letters of a prompt beside a row, over a column, in a cell's own label
_WIDEST = 6
_UNSAID = ("time", "status")  # of what a table says of a run; the cell has a badge


@dataclass(frozen=True)
class Head:
    """What a row or column is called on one axis.

    Attributes:
        axis: What varies, in words: "seed".
        text: The value, in words: "1", a prompt.
        pieces: As it is shown: a long prompt shortened, its words marked that differ.
        place: Its file, for a clip or picture that was given.
    """

    axis: str
    text: str
    pieces: tuple[Piece, ...]
    place: Path | None = None

    @property
    def short(self) -> str:
        """It as it is shown, without marks."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Spot:
    """A run at its place.

    Attributes:
        row: The run, by the number that it has in the table.
        label: What it is, in one line: "A red coat · seed 2".
        apart: What tells it from others at the same place, or all of it where there are no heads.
        facts: What else is said of it: metrics, tags, cost, stars.
    """

    row: Row
    label: str
    apart: str
    facts: tuple[tuple[Column, Cell], ...]

    @property
    def why(self) -> str:
        """Why there is nothing to see; "" where there is a clip."""
        place = self.row.output
        return "" if place is not None and is_file(place) else self.row.error or self.row.absence


@dataclass(frozen=True)
class Matrix:
    """A matrix of clips.

    Attributes:
        title: Its heading.
        content: What the table says of the same runs.
        row_axes: What goes down, in words.
        column_axes: What goes across, the outermost first.
        rows: The heads of each row, one for each axis that goes down.
        columns: The heads of each column.
        places: The runs at each row and column; several are a stack; where there are none, nobody made one.
        beside: Sources that stand before the rows.
        above: Sources that stand over the columns.
        within: By the number of a run, sources that stand in its cell, for no row and no column shares them.
        is_flow: Whether it has no heads: each cell is called by its label, and they wrap as words do.
    """

    title: str
    content: Content
    row_axes: tuple[str, ...]
    column_axes: tuple[str, ...]
    rows: tuple[tuple[Head, ...], ...]
    columns: tuple[tuple[Head, ...], ...]
    places: Mapping[tuple[int, int], tuple[Spot, ...]]
    beside: tuple[Source, ...] = ()
    above: tuple[Source, ...] = ()
    within: Mapping[int, tuple[Source, ...]] = field(default_factory=dict)
    is_flow: bool = False

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        """All runs, row after row."""
        return tuple(spot for place in sorted(self.places) for spot in self.places[place])

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources of these runs."""
        inner = (source for spot in self.spots for source in self.within.get(spot.row.number, ()))
        return (*self.beside, *self.above, *dict.fromkeys(inner))

    @property
    def files(self) -> dict[str, Path | None]:
        """The files of all cells, by what a page calls these: "source", or the run's number."""
        found: dict[str, Path | None] = {source.name: source.path for source in self.sources}
        return found | {str(spot.row.number): spot.row.output for spot in self.spots}

    def at(self, row: int, column: int) -> tuple[Spot, ...]:
        """Return the runs at a place; none where it is empty."""
        return self.places.get((row, column), ())


def lay_matrix(
    frame: pd.DataFrame,
    *,
    rows: Names = None,
    columns: Names = None,
    facts: Names = None,
    title: str = "Runs",
    in_line: bool = False,
) -> Matrix:
    """Set runs into a matrix.

    Args:
        frame: A log's frame, or any with `run_id`, `output_path` or `output_sha256`.
        rows: Columns that go down, with or without their prefix: "prompt", "colour", "params.fps"; several nest.
            None for what fits: wordings go down.
        columns: Columns that go across, likewise.
        facts: What is said of each run, such as ["metrics", "cost"]; None for what there is to say.
        title: A heading.
        in_line: Whether all stand in one row, each by itself, whatever they differ in.

    Returns:
        The matrix. Runs have the numbers of the table; of several attempts at a take the last is there.

    Raises:
        InvalidInput: The frame lacks what it needs, or there is no column of a name.
    """
    check(frame)
    title = legible(title)
    axes, values = read_axes(frame, rows, columns)
    said = content(frame, columns=_list_facts(frame, facts))
    if in_line:
        axes = Axes([], [], [*axes.down, *axes.across, *axes.others])
    spots = _make_spots(said, axes, values, [] if facts is not None else _UNSAID)
    if in_line or axes.is_flow:
        return _flow(title, said, spots, frame, in_line=in_line)
    found = arrange(values.labels, axes.down, axes.across)
    places = {place: tuple(spots[n] for n in numbers) for place, numbers in found.places.items()}
    numbers = {place: [spot.row.number for spot in those] for place, those in places.items()}
    beside, above, within = find_sources(frame, numbers, len(found.rows), len(found.columns))
    return Matrix(
        title=title,
        content=said,
        row_axes=tuple(values.columns[name].title for name in axes.down),
        column_axes=tuple(values.columns[name].title for name in axes.across),
        rows=tuple(_heads(axes.down, key, values, _DOWN) for key in found.rows),
        columns=tuple(_heads(axes.across, key, values, _ACROSS) for key in found.columns),
        places=places,
        beside=beside,
        above=above,
        within=within,
    )


def is_open(matrix: Matrix) -> bool:
    """Whether a run of it is planned or on its way."""
    return any(wording.tone(spot.row.status) == "busy" or spot.row.status == "PLANNED" for spot in matrix.spots)


def _flow(title: str, said: Content, spots: Sequence[Spot], frame: pd.DataFrame, *, in_line: bool) -> Matrix:
    count = len(spots)
    across = count if in_line else min(_WIDEST, math.ceil(math.sqrt(1.5 * count)))
    places = {(n // across, n % across): (spot,) for n, spot in enumerate(spots)}
    rows = -(-count // across) if count else 0
    # rows of a flow mean nothing: what not all were given stands in the cells
    beside, _, within = find_sources(frame, {(0, n): [spot.row.number] for n, spot in enumerate(spots)}, 1, 0)
    beside = tuple(replace(source, span=rows) for source in beside)
    return Matrix(title, said, (), (), ((),) * rows, ((),) * across, places, beside, within=within, is_flow=True)


def _make_spots(said: Content, axes: Axes, values: Values, unsaid: Sequence[str]) -> list[Spot]:
    names = [*axes.down, *axes.across, *axes.others]
    return [
        Spot(row, _name(names, one, values) or f"run {row.number}", _name(axes.others, one, values),
             tuple((c, cell) for c, cell in said.cells(row) if c.name not in unsaid and not cell.is_empty))
        for row, one in zip(said.rows, values.labels or [{}] * len(said.rows), strict=True)
    ]  # fmt: skip


def _name(names: Sequence[str], one: Mapping[str, str], values: Values) -> str:
    said = []
    for name in names:
        cell = values.cells[name, one[name]]
        if cell.is_empty:
            continue
        is_words = isinstance(values.columns[name], Prompt)
        said.append(_say_prompt(cell) if is_words else values.say(name, one[name]))
    return " · ".join(part for part in said if part)


def _say_prompt(cell: Cell) -> str:
    """Say a prompt in few words: its label, where it has one."""
    if cell.pieces and cell.pieces[0].names:
        return cell.pieces[0].text.removesuffix(": ")
    return _join(excerpt(cell.pieces, most=_LABEL, around=1))


def _heads(names: Sequence[str], key: Sequence[str | None], values: Values, most: int) -> tuple[Head, ...]:
    found = []
    for name, label in zip(names, key, strict=True):
        assert label is not None
        column, cell = values.columns[name], values.cells[name, label]
        text = values.say(name, label)
        pieces = excerpt(cell.pieces, most=most) if cell.pieces else (Piece(text),)
        place = local(cell.places[0]) if isinstance(column, Inputs) and cell.places else None
        found.append(Head(column.title, text, pieces, place))
    return tuple(found)


def _list_facts(frame: pd.DataFrame, facts: Names) -> list[str]:
    """Name what is said of runs: what came of them, in the table's order."""
    if facts is not None:
        return [column.name for name in ([facts] if isinstance(facts, str) else facts)
                for column in resolve(name, frame)]  # fmt: skip
    known = {str(name) for name in asked(frame)}
    return [column.name for column in content(frame).columns if column.name not in known and column.name != "input"]


def _join(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


__all__ = ["Head", "Matrix", "Spot", "is_open", "lay_matrix"]
