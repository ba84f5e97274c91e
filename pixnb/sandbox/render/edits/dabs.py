"""Melting small detail to dabs of paint: dark spots first, then light ones, the smallest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import av
import numpy as np
from numpy.typing import NDArray

Levels: TypeAlias = NDArray[np.uint8]  # shape (height, width, channels)
Pick: TypeAlias = Callable[..., Any]  # np.maximum spreads light over its neighbours, np.minimum dark


def melt(frames: Iterable[av.VideoFrame], reach: int) -> Iterator[av.VideoFrame]:
    """Yield frames, which must be in rgb0, without detail of less than `reach` pixels to either side, in place."""
    for frame in frames:
        frame.make_writable()
        plane = frame.planes[0]
        levels = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1, 4)[:, : plane.width]
        made = levels
        for radius in range(1, reach + 1):
            for pick in (np.maximum, np.minimum, np.minimum, np.maximum):
                made = _spread(made, pick, radius)
        levels[...] = made
        yield frame


def _spread(levels: Levels, pick: Pick, radius: int) -> Levels:
    """Spread levels as far as a radius, over an octagon: by a cross and a square in turn."""
    for step in range(radius):
        made = levels.copy()
        pick(made[1:], levels[:-1], out=made[1:])
        pick(made[:-1], levels[1:], out=made[:-1])
        levels = made.copy() if step % 2 else levels
        pick(made[:, 1:], levels[:, :-1], out=made[:, 1:])
        pick(made[:, :-1], levels[:, 1:], out=made[:, :-1])
        levels = made
    return levels
