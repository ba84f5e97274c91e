"""Drawing a figure in unit coordinates, smooth-edged, in tones of one colour and colours of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw

from pixnb.sandbox.render.palette import RGB, mix, shade

_FINER = 3  # drawn this much larger, then reduced: that smooths the edges

Point = tuple[float, float]
Tone = str | RGB  # a tone's name, or a colour of its own that is lit like the rest


@dataclass(frozen=True)
class Tones:
    """The colours of a figure.

    Args:
        body: Most of it.
        light: Its lit side.
        dark: Its shadow side, and the far legs.
        shine: Windows, eyes, lamps.
        level: How strongly colours of their own are lit, 0 to 1.
        rim: The light along the upper edges.
    """

    body: RGB
    light: RGB
    dark: RGB
    shine: RGB
    level: float = 1.0
    rim: RGB = (255, 255, 255)


def tones(colour: RGB, light: RGB, daylight: float, shine: RGB) -> Tones:
    """Return the tones of a colour under a light, from 0 (dark) to 1 (full day)."""
    level = 0.3 + 0.7 * daylight
    body = shade(colour, level)
    return Tones(body, mix(body, light, 0.28 * (0.4 + daylight)), shade(body, 0.62), shine, level, light)


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

    def oval(self, x: float, y: float, rx: float, ry: float, tone: Tone = "body") -> None:
        """Fill an ellipse about a centre."""
        s = self._scale
        box = ((x - rx) * s, (y - ry) * s, (x + rx) * s, (y + ry) * s)
        self._pens[0].ellipse(box, fill=self._fill(tone))
        self._pens[1].ellipse(box, fill=255)

    def shape(self, *points: Point, tone: Tone = "body") -> None:
        """Fill a polygon."""
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._pens[0].polygon(scaled, fill=self._fill(tone))
        self._pens[1].polygon(scaled, fill=255)

    def stroke(self, *points: Point, width: float = 0.05, end: float | None = None, tone: Tone = "body") -> None:
        """Draw a limb: a line through points with round ends, tapering from `width` to `end`."""
        thin = max(0.006, min(width, width if end is None else end))
        longest = max(math.dist(a, b) for a, b in pairwise(points))
        steps = _along(points, min(60, max(8, math.ceil(longest / thin * 3))))
        for i, (x, y) in enumerate(steps):
            share = i / max(1, len(steps) - 1)
            radius = (width + ((width if end is None else end) - width) * share) / 2
            self.oval(x, y, radius, radius, tone)

    def blob(self, *points: Point, tone: Tone = "body") -> None:
        """Fill a rounded shape: a closed curve through the points."""
        self.shape(*rounded(points), tone=tone)

    def shadow(self, x: float, half: float, y: float = 0.972) -> None:
        """Lay the shadow that a figure casts on the ground."""
        s = self._scale
        box = ((x - half) * s, (y - 0.02) * s, (x + half) * s, (y + 0.02) * s)
        self._pens[0].ellipse(box, fill=(14, 14, 22))
        self._pens[1].ellipse(box, fill=90)

    def done(self) -> tuple[Image.Image, Image.Image]:
        """Return the figure's colours and its mask."""
        small = (self._size, self._size)
        colour, mask = (part.resize(small, Image.Resampling.BOX) for part in (self._colour, self._mask))
        below = ImageChops.offset(mask, round(-self._size * 0.006), max(1, round(self._size * 0.012)))
        edge = ImageChops.subtract(mask, below).point([round(v * 0.5) for v in range(256)])
        colour.paste(self._tones.rim, (0, 0, *small), edge)
        return colour, mask

    def _fill(self, tone: Tone) -> RGB:
        if isinstance(tone, tuple):
            return mix(shade(tone, self._tones.level), self._tones.rim, 0.06)
        colour: RGB = getattr(self._tones, tone)
        return colour


Draw = Callable[[Pen, float], None]  # the second argument is the phase of its motion, 0 to 1


def _along(points: Sequence[Point], parts: int) -> list[Point]:
    steps: list[Point] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        steps += [(x0 + (x1 - x0) * i / parts, y0 + (y1 - y0) * i / parts) for i in range(parts)]
    return [*steps, points[-1]]


def rounded(points: Sequence[Point], parts: int = 8) -> list[Point]:
    """Return a closed Catmull-Rom curve through the points."""
    curve: list[Point] = []
    count = len(points)
    for i in range(count):
        p0, p1, p2, p3 = (points[(i + k - 1) % count] for k in range(4))
        for step in range(parts):
            t = step / parts
            curve.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    return curve


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def swing(phase: float, offset: float = 0.0) -> float:
    """Return -1 to 1, one swing a phase."""
    return math.sin(2 * math.pi * (phase + offset))


__all__ = ["Draw", "Pen", "Point", "Tone", "Tones", "rounded", "swing", "tones"]
