"""Where a sweep's cells stand: which of its axes are rows and which are columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol

from pixnb.display.media import name_media
from pixnb.media.media import Media
from pixnb.terminal import legible

LONG = 32
"""Letters from which on a label is too long for the head of a column."""

_ACROSS = 24
"""Pictures beside each other at most; of small squares thrice as many."""
_ROW = 8
"""Cells that stand in one row; more are wrapped."""
_AXES = 7


class Placed(Protocol):
    """What is asked of a cell."""

    axes: Mapping[str, Any]
    take: int


@dataclass(frozen=True)
class Layout:
    """A grid, or a flow of cells that wraps as words do.

    Attributes:
        rows: The labels of each row, one for each axis that goes down.
        columns: The labels of each column, one for each axis that goes across.
        places: For each row and column the numbers of its cells.
        captions: Of each cell, where there are no heads.
    """

    rows: Sequence[tuple[str, ...]]
    columns: Sequence[tuple[str, ...]]
    places: Mapping[tuple[int, int], Sequence[int]]
    captions: Sequence[str]

    @property
    def is_flow(self) -> bool:
        """Whether the cells wrap, each with its own caption."""
        return not self.columns


def lay_out(cells: Sequence[Placed], *, small: bool = False) -> Layout:
    """Find the axes that go down and those that go across.

    Long labels go down; what varies together goes the same way, so that few places stay empty.

    Args:
        cells: The sweep's.
        small: Whether cells are shown as small squares, of which more fit beside each other.
    """
    labels = _read_labels(cells)
    names = list(dict.fromkeys(name for one in labels for name in one))
    captions = [" · ".join(_say(name, one[name]) for name in names if name in one) for one in labels]
    flow = Layout([], [], {}, captions)
    # a table of many columns, each row a cell: its columns are no axes of a grid
    ways = _ways(names) if len(names) <= _AXES else [[]]
    across = min(ways, key=lambda way: _score(labels, way, names, _ACROSS * (3 if small else 1)))
    down = [name for name in names if name not in across]
    rows, columns = _keys(labels, down), _keys(labels, across)
    if len(columns) == 1 or (len(rows) == 1 and len(columns) > _ROW):
        return flow
    row_at, column_at = {key: at for at, key in enumerate(rows)}, {key: at for at, key in enumerate(columns)}
    places: dict[tuple[int, int], list[int]] = {}
    for number, one in enumerate(labels):
        places.setdefault((row_at[_key(one, down)], column_at[_key(one, across)]), []).append(number)
    heads = [[tuple(_say(name, value) for name, value in zip(way, key, strict=True)) for key in keys]
             for way, keys in ((down, rows), (across, columns))]  # fmt: skip
    return Layout(heads[0], heads[1], places, captions)


def _read_labels(cells: Sequence[Placed]) -> list[dict[str, Any]]:
    """Give each cell's labels; its take is one where others differ in nothing else."""
    found = [{name: _plain(value) for name, value in cell.axes.items()} for cell in cells]
    counts = Counter(tuple(one.items()) for one in found)
    return [
        {**one, "take": cell.take} if counts[tuple(one.items())] > 1 else one
        for one, cell in zip(found, cells, strict=True)
    ]


def _plain(value: Any) -> str:
    return legible(name_media(value) if isinstance(value, Media) else str(value))


def _ways(names: Sequence[str]) -> Iterable[list[str]]:
    for count in range(len(names), -1, -1):
        yield from (list(way) for way in combinations(names, count))


def _score(labels: Sequence[Mapping[str, Any]], way: Sequence[str], names: Sequence[str], most: int) -> Any:
    columns = _keys(labels, way)
    rows = _keys(labels, [name for name in names if name not in way])
    filled = len({_key(one, names) for one in labels}) / (len(rows) * len(columns))
    longest = max((len(str(part)) for key in columns for part in key), default=0)
    # wordings go down, which leaves models and takes of each beside each other
    is_turned = len(names) > 1 and ("prompt" in way or len(rows) == 1)
    return filled < 0.7, longest > LONG, len(columns) > most, is_turned, -len(columns)


def _keys(labels: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[tuple[Any, ...]]:
    found = list(dict.fromkeys(_key(one, names) for one in labels))
    first = [list(dict.fromkeys(key[at] for key in found)) for at in range(len(names))]
    return sorted(found, key=lambda key: [values.index(part) for values, part in zip(first, key, strict=True)])


def _key(one: Mapping[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(one.get(name) for name in names)


def _say(name: str, value: Any) -> str:
    """Write a label; one that says little by itself with its axis."""
    if value is None:
        return ""
    return str(value) if name in ("prompt", "model") or any(c.isalpha() for c in str(value)) else f"{name} {value}"


__all__ = ["LONG", "Layout", "lay_out"]
