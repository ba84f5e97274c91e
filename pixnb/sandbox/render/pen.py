"""Drawing a figure in unit coordinates, smooth-edged, in a few tones of one colour."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from pixnb.sandbox.render.palette import RGB, mix, shade

_FINER = 3  # drawn this much larger, then reduced: that smooths the edges

Point = tuple[float, float]


@dataclass(frozen=True)
class Tones:
    """The colours of a figure.

    Args:
        body: Most of it.
        light: Its lit side.
        dark: Its shadow side, and the far legs.
        shine: Windows, eyes, lamps.
    """

    body: RGB
    light: RGB
    dark: RGB
    shine: RGB


def tones(colour: RGB, light: RGB, daylight: float, shine: RGB) -> Tones:
    """Return the tones of a colour under a light, from 0 (dark) to 1 (full day)."""
    body = shade(colour, 0.22 + 0.78 * daylight)
    return Tones(body, mix(body, light, 0.28 * (0.4 + daylight)), shade(body, 0.62), shine)


class Pen:
    """Draws with unit coordinates: 0 to 1 to the right and down, of a square `size` pixels wide.

    Args:
        size: Width and height in pixels.
        tones: What the tone names mean.
    """

    def __init__(self, size: int, tones: Tones) -> None:
        self._scale = size * _FINER
        self._size = size
        self._tones = tones
        self._colour = Image.new("RGB", (self._scale, self._scale), tones.body)
        self._mask = Image.new("L", (self._scale, self._scale))
        self._pens = ImageDraw.Draw(self._colour), ImageDraw.Draw(self._mask)

    def oval(self, x: float, y: float, rx: float, ry: float, tone: str = "body") -> None:
        """Fill an ellipse about a centre."""
        s = self._scale
        box = ((x - rx) * s, (y - ry) * s, (x + rx) * s, (y + ry) * s)
        self._pens[0].ellipse(box, fill=self._fill(tone))
        self._pens[1].ellipse(box, fill=255)

    def shape(self, *points: Point, tone: str = "body") -> None:
        """Fill a polygon."""
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._pens[0].polygon(scaled, fill=self._fill(tone))
        self._pens[1].polygon(scaled, fill=255)

    def stroke(self, *points: Point, width: float = 0.05, end: float | None = None, tone: str = "body") -> None:
        """Draw a limb: a line through points with round ends, tapering from `width` to `end`."""
        steps = _along(points, 10)
        for i, (x, y) in enumerate(steps):
            share = i / max(1, len(steps) - 1)
            radius = (width + ((width if end is None else end) - width) * share) / 2
            self.oval(x, y, radius, radius, tone)

    def done(self) -> tuple[Image.Image, Image.Image]:
        """Return the figure's colours and its mask."""
        small = (self._size, self._size)
        return self._colour.resize(small, Image.Resampling.BOX), self._mask.resize(small, Image.Resampling.BOX)

    def _fill(self, tone: str) -> RGB:
        colour: RGB = getattr(self._tones, tone)
        return colour


Draw = Callable[[Pen, float], None]  # the second argument is the phase of its motion, 0 to 1


def _along(points: Sequence[Point], parts: int) -> list[Point]:
    steps: list[Point] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        steps += [(x0 + (x1 - x0) * i / parts, y0 + (y1 - y0) * i / parts) for i in range(parts)]
    return [*steps, points[-1]]


def swing(phase: float, offset: float = 0.0) -> float:
    """Return -1 to 1, one swing a phase."""
    return math.sin(2 * math.pi * (phase + offset))


__all__ = ["Draw", "Pen", "Point", "Tones", "swing", "tones"]
