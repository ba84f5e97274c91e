"""Where a sweep's cells stand: in a grid of its axes, or one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pixnb.display.arrangement import arrange, split_axes
from pixnb.display.media import name_media
from pixnb.media.media import Media
from pixnb.terminal import legible

_ACROSS = 24
"""Pictures beside each other at most; of small squares thrice as many."""
_ROW = 8
"""Cells that stand in one row; more are wrapped."""


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

    Args:
        cells: The sweep's.
        small: Whether cells are shown as small squares, of which more fit beside each other.
    """
    labels = _read_labels(cells)
    names = list(dict.fromkeys(name for one in labels for name in one))
    captions = [" · ".join(say_label(name, one[name]) for name in names if name in one) for one in labels]
    down, across = split_axes(labels, names, most=_ACROSS * (3 if small else 1))
    found = arrange(labels, down, across)
    if len(found.columns) == 1 or (len(found.rows) == 1 and len(found.columns) > _ROW):
        return Layout([], [], {}, captions)
    heads = [[tuple(say_label(name, value) for name, value in zip(way, key, strict=True)) for key in keys]
             for way, keys in ((down, found.rows), (across, found.columns))]  # fmt: skip
    return Layout(heads[0], heads[1], found.places, captions)


def _read_labels(cells: Sequence[Placed]) -> list[dict[str, str]]:
    """Give each cell's labels; its take is one where others differ in nothing else."""
    found = [{name: _plain(value) for name, value in cell.axes.items()} for cell in cells]
    counts = Counter(tuple(one.items()) for one in found)
    return [
        {**one, "take": str(cell.take)} if counts[tuple(one.items())] > 1 else one
        for one, cell in zip(found, cells, strict=True)
    ]


def _plain(value: Any) -> str:
    return legible(name_media(value) if isinstance(value, Media) else str(value))


def say_label(name: str, value: str | None) -> str:
    """Write a label; one that says little by itself with its axis.

    Example:
        >>> say_label("fps", "24"), say_label("resolution", "720p"), say_label("model", "ltx-2"), say_label("fps", None)
        ('fps 24', '720p', 'ltx-2', '')
    """
    if value is None:
        return ""
    says_itself = name in ("prompt", "model") or any(c.isalpha() for c in value)
    return value if says_itself else f"{name} {value}"


__all__ = ["Layout", "lay_out", "say_label"]
