"""Grading by one look-up a pixel: grades baked into a table of every colour, a seventh of a filter's interpolation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import av
import numpy as np
from numpy.typing import NDArray

from pixnb.sandbox.render.edits.grades import Grade, bake

Pixels = NDArray[np.uint32]  # red, green, blue and one byte more, the lowest first

_BITS = 7  # of each channel; 8 would be a table of 64 MB, at 6 dark skies show steps


class Table:
    """What grades make of each colour.

    Args:
        grades: The grades, in order.
        cover: What says how far each colour is meant: it becomes the fourth byte of what comes out.
    """

    def __init__(self, grades: Sequence[Grade], cover: Grade | None = None) -> None:
        made = _widen(bake(grades))
        fourth = np.zeros_like(made[..., :1]) if cover is None else _widen(bake((cover,))[..., :1])
        self._table = np.concatenate([made, fourth], axis=-1).view(np.uint32).reshape(-1)

    def look_up(self, pixels: Pixels, out: Pixels) -> Pixels:
        """Write what becomes of the pixels to `out`, which may be the same, and return it."""
        at, part = pixels >> 1, pixels >> 2
        at &= 0x7F
        part &= 0x7F << _BITS
        at |= part
        np.right_shift(pixels, 3, out=part)
        part &= 0x7F << 2 * _BITS
        at |= part
        # without "clip" it would make a copy of `out`, to leave it alone on an index out of bounds
        return self._table.take(at.astype(np.intp), out=out, mode="clip")


def grade(frames: Iterable[av.VideoFrame], grades: Sequence[Grade]) -> Iterator[av.VideoFrame]:
    """Yield frames, which must be in rgb0, with their colours changed in place."""
    table = Table(grades)
    for frame in frames:
        frame.make_writable()
        pixels = np.frombuffer(memoryview(frame.planes[0]), np.uint32)
        table.look_up(pixels, pixels)
        yield frame


def _widen(baked: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a table of 128 steps a channel from one of fewer, by linear interpolation at the middle of each step."""
    steps, wanted = baked.shape[0], 1 << _BITS
    at = (np.arange(wanted, dtype=np.float32) + 0.5) / wanted * (steps - 1)
    low = np.minimum(at.astype(int), steps - 2)
    share = at - low.astype(np.float32)
    wide, baked = np.empty((wanted, wanted, wanted, baked.shape[-1]), np.uint8), baked * 255 + 0.5
    for blue in range(wanted):  # one by one: what is at work stays in the processor's cache
        sheet = baked[low[blue]] + (baked[low[blue] + 1] - baked[low[blue]]) * share[blue]
        sheet = sheet[low] + np.diff(sheet, axis=0)[low] * share[:, None, None]
        wide[blue] = sheet[:, low] + np.diff(sheet, axis=1)[:, low] * share[:, None]
    return wide
