"""A wall as plain text: its heads, and in each place the runs with their numbers and how they stand."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from pixnb.compare.column_kinds import Picked, Stars
from pixnb.compare.words import name_of
from pixnb.wall.matrix import Matrix, Spot

_WIDEST = 30
_ACROSS = 100  # signs in a line, beyond which columns go under each other
_HOLE = "–"


def write_lines(matrix: Matrix) -> str:
    """Write a wall for a terminal.

    Args:
        matrix: What stands where.
    """
    if not matrix.spots:
        return "No runs yet."
    shared = (*matrix.beside, *matrix.above)
    said = [f"{source.role}: {source.label.partition(' ')[2] or source.label}" for source in shared]
    if matrix.is_flow:
        return "\n".join([*said, *(f"{_say(spot)}  {spot.label}" for spot in matrix.spots)])
    table = list(_rows(matrix))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    parts = _parts(widths, 1 if matrix.row_axes else 0)
    blocks = ["\n".join(_line(row, widths, part) for row in _ruled(table, widths, matrix)) for part in parts]
    return "\n".join([*said, "\n\n".join(blocks)])


def _rows(matrix: Matrix) -> Iterator[list[str]]:
    side = [""] if matrix.row_axes else []
    for level in range(len(matrix.columns[0])):
        yield [*side, *(_cut(key[level].short) for key in matrix.columns)]
    for row, key in enumerate(matrix.rows):
        head = [_cut(" · ".join(part.short for part in key))] if matrix.row_axes else []
        places = (matrix.at(row, column) for column in range(len(matrix.columns)))
        yield [*head, *(", ".join(_say(spot) + _say_source(matrix, spot) for spot in one) or _HOLE for one in places)]


def _ruled(table: Sequence[Sequence[str]], widths: Sequence[int], matrix: Matrix) -> list[Sequence[str]]:
    levels = len(matrix.columns[0])
    rule = [["─" * width for width in widths]] if levels else []
    return [*table[:levels], *rule, *table[levels:]]


def _parts(widths: Sequence[int], heads: int) -> list[list[int]]:
    """Part columns that are too many for one line; each part has the rows' heads."""
    found: list[list[int]] = [list(range(heads))]
    for column in range(heads, len(widths)):
        size = sum(widths[n] + 2 for n in found[-1]) + widths[column]
        if size > _ACROSS and len(found[-1]) > heads:
            found.append(list(range(heads)))
        found[-1].append(column)
    return found


def _line(row: Sequence[str], widths: Sequence[int], part: Sequence[int]) -> str:
    return "  ".join(row[n].ljust(widths[n]) for n in part).rstrip()


def _say(spot: Spot) -> str:
    row = spot.row
    kept = [cell.text for column, cell in spot.facts if isinstance(column, Stars | Picked)]
    is_odd = row.status not in ("", "COMPLETED") or spot.why
    standing = [row.status.lower() if row.status and row.status != "COMPLETED" else spot.why] if is_odd else ["✓"]
    return " ".join([str(row.number), *(word for word in standing if word), *kept])


def _say_source(matrix: Matrix, spot: Spot) -> str:
    names = [name_of(source.place) for source in matrix.within.get(spot.row.number, ())]
    return f" of {' and '.join(names)}" if names else ""


def _cut(text: str) -> str:
    return textwrap.shorten(text, _WIDEST, placeholder=" …")


__all__ = ["write_lines"]
