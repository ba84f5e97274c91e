"""The pieces that drift and shine: sheets that scroll, flashes, lamps, and the masks they are made of."""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, Protocol, cast

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.palette import RGB


class Drift(Protocol):
    """Something drawn over a picture, in place, at a moment."""

    def draw(self, image: Image.Image, t: float) -> None:
        """Draw it as it is `t` seconds into the clip."""


class Cover(NamedTuple):
    """One colour over a part of a picture."""

    fill: RGB
    mask: Image.Image  # how far it covers, mode L
    at: tuple[int, int] = (0, 0)  # where the mask's upper left lies, even


class Veil(ABC):
    """A drift that is colours over the picture and nothing else, so that it can be laid over YUV frames."""

    @abstractmethod
    def covers(self, t: float) -> Iterator[Cover]:
        """Yield what lies over the picture `t` seconds into the clip, in order."""

    def draw(self, image: Image.Image, t: float) -> None:
        """Draw it as it is `t` seconds into the clip."""
        draw_all([self], image, t)


@dataclass(frozen=True)
class Sheet(Veil):
    """A mask as large as the picture that scrolls for ever, filled with one colour."""

    mask: Image.Image  # coverage, mode L
    fill: RGB  # its colour
    velocity: tuple[float, float] = (0.0, 0.0)  # pixels a second, right and down
    sway: tuple[float, float] = (0.0, 1.0)  # pixels to the sides, and seconds of one swing
    pulse: tuple[float, float] = (0.0, 1.0)  # how much it fades in and out, 0 to 1, and seconds of one pulse

    def covers(self, t: float) -> Iterator[Cover]:
        """Yield the mask where it is now."""
        swing = self.sway[0] * math.sin(2 * math.pi * t / self.sway[1])
        mask = ImageChops.offset(self.mask, round(self.velocity[0] * t + swing), round(self.velocity[1] * t))
        if self.pulse[0]:
            level = 1 - self.pulse[0] * (0.5 + 0.5 * math.sin(2 * math.pi * t / self.pulse[1]))
            faded = np.multiply(np.asarray(mask), np.uint16(level * 256), dtype=np.uint16) >> 8
            mask = Image.fromarray(faded.astype(np.uint8))
        yield Cover(self.fill, mask)


@dataclass(frozen=True)
class Still:
    """A picture that does not move, cut out along its mask if it has one."""

    image: Image.Image  # RGB, of the frame's size
    mask: Image.Image | None = None

    def draw(self, image: Image.Image, t: float) -> None:
        """Lay it down."""
        image.paste(self.image, (0, 0), self.mask)


@dataclass(frozen=True)
class Framed:
    """Something that is seen through a mask only, such as rain behind a window."""

    inner: Drift
    mask: Image.Image

    def draw(self, image: Image.Image, t: float) -> None:
        """Draw it within the mask."""
        changed = image.copy()
        self.inner.draw(changed, t)
        image.paste(changed, (0, 0), self.mask)


def lamp(size: tuple[int, int], colour: RGB, x: float, y: float) -> Sheet:
    """Return a soft round light added to the picture."""
    return Sheet(glow(size, x, y, 0.75, 150), colour)


def draw_all(drifts: Iterable[Drift], image: Image.Image, t: float) -> Image.Image:
    """Draw one after the other over a picture; return it."""
    for veiled, group in groupby(drifts, lambda drift: isinstance(drift, Veil)):
        for cover in cover_all(cast(Iterable[Veil], group), t) if veiled else ():
            image.paste(cover.fill, cover.at, cover.mask)
        for piece in group:
            piece.draw(image, t)
    return image


def cover_all(veils: Iterable[Veil], t: float) -> Iterator[Cover]:
    """Yield what veils lay over the picture; covers of one colour next to each other, in one place, are one."""
    covers = (cover for veil in veils for cover in veil.covers(t))
    for (fill, at, _), group in groupby(covers, lambda cover: (cover.fill, cover.at, cover.mask.size)):
        yield Cover(fill, functools.reduce(screen, [cover.mask for cover in group]), at)


def screen(first: Image.Image, second: Image.Image) -> Image.Image:
    """Return two masks as one, as light adds to light; four times as fast as Pillow's."""
    one, other = np.asarray(first), np.asarray(second)
    return Image.fromarray(one + (np.multiply(~one, other, dtype=np.uint16) // 255).astype(np.uint8))


def glow(size: tuple[int, int], x: float, y: float, radius: float, peak: int, *, hard: bool = False) -> Image.Image:
    """Return a mask of round light; `radius` is in heights of the picture."""
    width, height = size
    step = 4 if not hard else 1
    rows, columns = np.mgrid[0:height:step, 0:width:step].astype(np.float32)
    far = np.hypot(columns - x * width, rows - y * height) / (radius * height)
    light = np.clip((1 - far) * (radius * height / 1.5), 0, 1) if hard else np.exp(-((far * 2) ** 1.3))
    mask = Image.fromarray((light * peak).astype(np.uint8))
    return mask.resize(size, Image.Resampling.BILINEAR)


def specks(
    size: tuple[int, int],
    chance: Chance,
    name: str,
    *,
    count: int,
    radius: tuple[float, float],  # smallest and largest, in 360ths of the height
    stretch: tuple[float, float] = (1.0, 1.0),  # width and height of a spot in radii
    lean: float = 0.0,  # sideways lean of a long spot, in its heights
    level: tuple[int, int] = (140, 255),  # faintest and strongest coverage
    blur: float = 0.0,  # in 360ths of the height
    top: float = 1.0,  # the share of the height that they fill
) -> Image.Image:
    """Return a mask of scattered spots that wraps around at the edges."""
    width, height = size
    unit = min(size) / 360
    mask = Image.new("L", size)
    pen = ImageDraw.Draw(mask)
    for x, y, r, bright in chance.stream(name).random((count, 4)):
        reach = (radius[0] + (radius[1] - radius[0]) * r**2) * unit
        tone = round(level[0] + (level[1] - level[0]) * bright)
        half = (max(0.5, reach * stretch[0]), max(0.5, reach * stretch[1]))
        cx, cy = x * width, y * height * top
        if lean or half[1] > 4 * half[0]:
            pen.line(
                (cx - lean * half[1], cy - half[1], cx + lean * half[1], cy + half[1]), tone, max(1, round(half[0]))
            )
        else:
            pen.ellipse((cx - half[0], cy - half[1], cx + half[0], cy + half[1]), tone)
    return mask.filter(ImageFilter.GaussianBlur(blur * unit)) if blur else mask


def cloud(size: tuple[int, int], chance: Chance, name: str, *, scale: float, cover: float, soft: float) -> Image.Image:
    """Return a mask of drifting vapour that wraps around at the sides; its largest lumps are `scale` heights."""
    width, height = size
    total = np.zeros((height // 2, width // 2), np.float32)
    draws = chance.stream(name)
    for octave in range(5):
        cells = 2**octave / scale
        shape = (max(2, round(cells * 2.2)), max(2, round(cells * width / height)))
        values = draws.random(shape).astype(np.float32)
        lattice = Image.fromarray(np.tile(values, (1, 3)))
        wide = lattice.resize((width // 2 * 3, height // 2), Image.Resampling.BICUBIC)
        total += np.asarray(wide)[:, width // 2 : width // 2 * 2] / 1.8**octave
    total = (total - total.min()) / (total.max() - total.min())
    light = np.clip((total - (1 - cover)) / max(0.05, soft), 0, 1)
    return Image.fromarray((light**1.3 * 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
