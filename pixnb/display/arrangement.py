"""Which axes of a grid go down and which across, and the place of everything in it: for sweeps and for walls."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

LONG = 32
"""Letters from which on a label is too long for the head of a column."""

_AXES = 7

Labels = Mapping[str, str]
"""What stands on each axis for one cell; an axis that it has nothing to do with is left out."""

Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Arrangement:
    """A grid.

    Attributes:
        down: The axes that go down.
        across: Those that go across, the outermost first.
        rows: The labels of each row, one for each axis that goes down.
        columns: The labels of each column.
        places: For each row and column the numbers of its cells.
    """

    down: Sequence[str]
    across: Sequence[str]
    rows: Sequence[Key]
    columns: Sequence[Key]
    places: Mapping[tuple[int, int], Sequence[int]]


def arrange(labels: Sequence[Labels], down: Sequence[str], across: Sequence[str]) -> Arrangement:
    """Set cells into a grid: each has one place, several may share one, and no place is lost.

    Args:
        labels: Of each cell.
        down: The axes that go down.
        across: Those that go across.

    Example:
        >>> found = arrange([{"prompt": "a", "seed": "1"}, {"prompt": "b", "seed": "2"}], ["prompt"], ["seed"])
        >>> found.rows, found.columns, found.places
        ([('a',), ('b',)], [('1',), ('2',)], {(0, 0): [0], (1, 1): [1]})
    """
    rows, columns = _keys(labels, down), _keys(labels, across)
    row_at, column_at = {key: at for at, key in enumerate(rows)}, {key: at for at, key in enumerate(columns)}
    places: dict[tuple[int, int], list[int]] = {}
    for number, one in enumerate(labels):
        places.setdefault((row_at[_key(one, down)], column_at[_key(one, across)]), []).append(number)
    return Arrangement(down, across, rows, columns, places)


def split_axes(
    labels: Sequence[Labels], names: Sequence[str], *, most: int, wordings: Sequence[str] = ("prompt",)
) -> tuple[list[str], list[str]]:
    """Find the axes that go down and those that go across.

    Long labels go down; what varies together goes the same way, so that few places stay empty.

    Args:
        labels: Of each cell.
        names: The axes.
        most: Columns beside each other at most.
        wordings: Axes that go down where there is another, which leaves models and takes of each beside each other.
    """
    # a table of many columns, each row a cell: its columns are no axes of a grid
    ways = _ways(names) if len(names) <= _AXES else [[]]
    across = min(ways, key=lambda way: _score(labels, way, names, most, wordings))
    return [name for name in names if name not in across], across


def find_spans(keys: Sequence[Hashable]) -> dict[int, int]:
    """Find where each run of equal heads begins, and how long it is.

    Args:
        keys: The heads of rows or columns, down to one level.

    Example:
        >>> find_spans(["a", "a", "b", "a"])
        {0: 2, 2: 1, 3: 1}
    """
    found: dict[int, int] = {}
    for _, run in groupby(enumerate(keys), key=lambda one: one[1]):
        (start, _), *others = run
        found[start] = 1 + len(others)
    return found


def measure_filling(labels: Sequence[Labels], names: Sequence[str]) -> float:
    """Tell how full a grid of all values of these axes would be, from 0 to 1."""
    size = 1
    for name in names:
        size *= len({one.get(name) for one in labels})
    return len({_key(one, names) for one in labels}) / max(1, size)


def leave_independent(labels: Sequence[Labels], names: Iterable[str], given: Sequence[str] = ()) -> list[str]:
    """Leave out axes that others before them decide: the prompt, where a label stands for it.

    Args:
        labels: Of each cell.
        names: The axes, those first that are rather kept.
        given: Axes that are there already.
    """
    kept: list[str] = []
    for name in names:
        before = [*given, *kept]
        if len({_key(one, before) for one in labels}) < len({_key(one, [*before, name]) for one in labels}):
            kept.append(name)
    return kept


def _ways(names: Sequence[str]) -> Iterable[list[str]]:
    for count in range(len(names), -1, -1):
        yield from (list(way) for way in combinations(names, count))


def _score(
    labels: Sequence[Labels], way: Sequence[str], names: Sequence[str], most: int, wordings: Sequence[str]
) -> tuple[bool, bool, bool, bool, int]:
    columns = _keys(labels, way)
    rows = _keys(labels, [name for name in names if name not in way])
    filled = len({_key(one, names) for one in labels}) / max(1, len(rows) * len(columns))
    longest = max((len(str(part)) for key in columns for part in key), default=0)
    is_turned = len(names) > 1 and (any(name in way for name in wordings) or len(rows) == 1)
    return filled < 0.7, longest > LONG, len(columns) > most, is_turned, -len(columns)


def _keys(labels: Sequence[Labels], names: Sequence[str]) -> list[Key]:
    found = list(dict.fromkeys(_key(one, names) for one in labels))
    first = [{part: at for at, part in enumerate(dict.fromkeys(key[level] for key in found))}
             for level in range(len(names))]  # fmt: skip
    return sorted(found, key=lambda key: [order[part] for order, part in zip(first, key, strict=True)])


def _key(one: Labels, names: Sequence[str]) -> Key:
    return tuple(one.get(name) for name in names)


__all__ = [
    "LONG",
    "Arrangement",
    "Labels",
    "arrange",
    "find_spans",
    "leave_independent",
    "measure_filling",
    "split_axes",
]
