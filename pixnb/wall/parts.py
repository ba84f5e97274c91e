"""The parts of a wall that has more cells than one page shows: by rows, and each keeps its heads and sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pixnb.wall.matrix import Matrix, Spot
from pixnb.wall.sources import Source

MOST_CELLS = 96
"""Cells that one page shows."""


def part_matrix(matrix: Matrix, most: int = MOST_CELLS) -> list[Matrix]:
    """Part a matrix by its rows, so that no part has more than so many runs; at least one part.

    Args:
        matrix: What stands where.
        most: Runs in a part.
    """
    if len(matrix.spots) <= most:
        return [matrix]
    return [_choose(matrix, places) for places in _group(matrix, most)]


def _group(matrix: Matrix, most: int) -> Iterator[list[tuple[tuple[int, int], tuple[Spot, ...]]]]:
    part: list[tuple[tuple[int, int], tuple[Spot, ...]]] = []
    for row in range(len(matrix.rows)):
        line = [(place, spots) for place, spots in sorted(matrix.places.items()) if place[0] == row]
        count = sum(len(spots) for _, spots in line)
        if part and sum(len(spots) for _, spots in part) + count > most:
            yield part
            part = []
        if count <= most:
            part += line
            continue
        single = [(place, spot) for place, spots in line for spot in spots]  # a row that is too long by itself
        for start in range(0, len(single), most):
            found: dict[tuple[int, int], tuple[Spot, ...]] = {}
            for place, spot in single[start : start + most]:
                found[place] = (*found.get(place, ()), spot)
            yield list(found.items())
    if part:
        yield part


def _choose(matrix: Matrix, places: Sequence[tuple[tuple[int, int], tuple[Spot, ...]]]) -> Matrix:
    rows = sorted({row for (row, _), _ in places})
    # a row that is parted has in each part the columns that it needs there
    columns = sorted({column for (_, column), _ in places}) if len(rows) == 1 else list(range(len(matrix.columns)))
    row_at, column_at = ({old: new for new, old in enumerate(found)} for found in (rows, columns))
    return replace(
        matrix,
        rows=tuple(matrix.rows[row] for row in rows),
        columns=tuple(matrix.columns[column] for column in columns),
        places={(row_at[row], column_at[column]): spots for (row, column), spots in places},
        beside=tuple(_cut(matrix.beside, row_at)),
        above=tuple(_cut(matrix.above, column_at)),
    )


def _cut(sources: Sequence[Source], at: dict[int, int]) -> Iterator[Source]:
    for source in sources:
        mine = sorted(at[n] for n in range(source.start, source.start + source.span) if n in at)
        if mine:
            yield replace(source, start=mine[0], span=len(mine))


__all__ = ["MOST_CELLS", "part_matrix"]
