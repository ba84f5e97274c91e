"""The parts a scene is built from: sky, land that slides with depth, water that mirrors, figures that move."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.drift import glow
from pixnb.sandbox.render.palette import RGB, Hour, mix
from pixnb.sandbox.render.pen import Draw, Pen, Tones

Size = tuple[int, int]


@dataclass
class Camera:
    """Where the eye is.

    Args:
        drift: Pixels that the nearest land slides in a second, to the left.
        zoom: Share by which the picture grows, from the first frame to the last; negative shrinks.
        rise: Share of the height that the eye rises, from the first frame to the last.
        shake: Pixels that a hand trembles.
    """

    drift: float = 0.0
    zoom: float = 0.0
    rise: float = 0.0
    shake: float = 0.0

    def box(self, size: Size, t: float, share: float) -> tuple[float, float, float, float]:
        """Return the part of the picture that is seen, `t` seconds in and `share` of the way to the end."""
        width, height = size
        eased = share * share * (3 - 2 * share)
        most = 1 + abs(self.zoom) + abs(self.rise) + (0.03 if self.shake else 0)
        scale = 1 / (most - abs(self.zoom) * (1 - eased if self.zoom > 0 else eased))
        x = (1 - scale) * width / 2 + self.shake * (math.sin(t * 3.1) + 0.6 * math.sin(t * 7.3))
        slack = (1 - scale) * height
        y = slack * (0.5 + (0.5 - eased) * (1 if self.rise > 0 else -1) * min(1.0, abs(self.rise) * 12))
        y += self.shake * (math.sin(t * 2.3 + 1) + 0.5 * math.sin(t * 8.1))
        x, y = min(max(0.0, x), width * (1 - scale)), min(max(0.0, y), height * (1 - scale))
        return x, y, x + scale * width, y + scale * height


@dataclass
class Still:
    """A picture that does not move.

    Args:
        image: RGB, of the frame's size.
    """

    image: Image.Image

    def draw(self, image: Image.Image, t: float) -> None:
        """Lay it down."""
        image.paste(self.image, (0, 0))


@dataclass
class Strip:
    """Land, clouds or buildings: a mask that repeats to the sides and slides past.

    Args:
        mask: Mode L, one period wide.
        fill: A colour, or an RGB picture as wide as the frame and as high as the mask.
        top: Where its upper edge is, in pixels.
        speed: Pixels it slides to the left in a second.
        start: Where it begins, in pixels.
        bob: Pixels it rises and sinks, and seconds of one swing.
    """

    mask: Image.Image
    fill: RGB | Image.Image
    top: int
    speed: float = 0.0
    start: float = 0.0
    bob: tuple[float, float] = (0.0, 1.0)
    _wide: Image.Image | None = field(default=None, repr=False)

    def draw(self, image: Image.Image, t: float) -> None:
        """Slide it to where it is and lay it down."""
        width = image.size[0]
        period, height = self.mask.size
        if self._wide is None:
            self._wide = _doubled(self.mask, width)
        x = (self.start + self.speed * t) % period
        whole = math.floor(x)
        piece = self._wide.crop((whole, 0, whole + width + 1, height))
        piece = piece.resize((width, height), Image.Resampling.BILINEAR, box=(x - whole, 0, x - whole + width, height))
        y = self.top + round(self.bob[0] * math.sin(2 * math.pi * t / self.bob[1]))
        image.paste(self.fill, (0, y, width, y + height), piece)


def _doubled(mask: Image.Image, width: int) -> Image.Image:
    period, height = mask.size
    wide = Image.new("L", (period + width + 2, height))
    for x in range(0, wide.size[0], period):
        wide.paste(mask, (x, 0))
    return wide


@dataclass
class Water:
    """A surface that mirrors what stands above it, in ripples.

    Args:
        top: The shore, in pixels from above.
        tint: The water's own colour.
        share: How much of that colour, 0 to 1.
        rough: Size of the ripples, about 1.
        bottom: Where it ends; None: at the frame's lower edge.
    """

    top: int
    tint: RGB
    share: float = 0.4
    rough: float = 1.0
    bottom: int | None = None

    def draw(self, image: Image.Image, t: float) -> None:
        """Mirror the picture above the shore below it."""
        width, height = image.size
        depth = (self.bottom or height) - self.top
        reach = min(self.top, round(depth * 1.15))
        above = np.asarray(image.crop((0, self.top - reach, width, self.top)))
        rows = np.arange(depth, dtype=np.float32)
        far = rows / depth
        ripple = np.sin(rows * (0.55 - 0.4 * far) * 360 / height + t * 5.0) + 0.6 * np.sin(
            rows * 0.21 * 360 / height - t * 3.3
        )
        source = reach - 1 - rows / depth * (reach - 1) + ripple * (1 + 7 * far) * self.rough * height / 540
        mirrored = above[np.clip(source, 0, reach - 1).astype(np.intp)]
        picture = Image.fromarray(np.ascontiguousarray(mirrored))
        image.paste(Image.blend(picture, Image.new("RGB", picture.size, self.tint), self.share), (0, self.top))


@dataclass
class Mover:
    """A figure in its phases of motion, on its way.

    Args:
        phases: Colours and mask of each phase.
        x: Where its middle is at the start, in pixels.
        y: Where its lower edge is.
        velocity: Pixels a second, right and down.
        rate: Rounds of its motion in a second.
        bob: Pixels it rises and sinks, and seconds of one swing.
        wrap: Pixels after which it comes in again from the other side; 0: never.
    """

    phases: list[tuple[Image.Image, Image.Image]]
    x: float
    y: float
    velocity: tuple[float, float] = (0.0, 0.0)
    rate: float = 1.0
    bob: tuple[float, float] = (0.0, 2.0)
    wrap: float = 0.0

    def draw(self, image: Image.Image, t: float) -> None:
        """Draw it where it is, in its phase."""
        colour, mask = self.phases[int(t * self.rate * len(self.phases)) % len(self.phases)]
        x = self.x + self.velocity[0] * t
        if self.wrap:
            x = (x + self.wrap / 4) % self.wrap - self.wrap / 4
        y = self.y + self.velocity[1] * t + self.bob[0] * math.sin(2 * math.pi * t / self.bob[1])
        image.paste(colour, (round(x - mask.size[0] / 2), round(y - mask.size[1])), mask)


def phases(
    draw: Draw, size: int, tones: Tones, *, count: int = 10, flip: bool = False
) -> list[tuple[Image.Image, Image.Image]]:
    """Draw a figure at each phase of its motion, looking right, or left if flipped."""
    made = []
    for i in range(count):
        pen = Pen(size, tones)
        draw(pen, i / count)
        colour, mask = pen.done()
        if flip:
            colour, mask = (part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for part in (colour, mask))
        made.append((colour, mask))
    return made


def gradient(size: Size, *stops: tuple[float, RGB]) -> Image.Image:
    """Return a vertical gradient through colours at heights from 0 (top) to 1."""
    places = [stop[0] for stop in stops]
    rows = np.linspace(0, 1, size[1])
    column = np.stack([np.interp(rows, places, [stop[1][i] for stop in stops]) for i in range(3)], axis=-1)
    noise = np.random.default_rng(5).uniform(-0.5, 0.5, (size[1], 64, 1))  # dithers, or the encoder shows bands
    block = np.clip(column[:, None, :] + noise, 0, 255).astype(np.uint8)
    return Image.fromarray(np.tile(block, (1, -(-size[0] // 64), 1))[:, : size[0]].copy())


def sky(size: Size, hour: Hour, horizon: float, x: float) -> Image.Image:
    """Return the sky of an hour, with the glow of its sun or moon at `x`; below the horizon it stays as there."""
    image = gradient(size, (0, hour.top), (horizon * 0.62, hour.middle), (horizon, hour.low), (1, hour.low))
    y = horizon * (1 - hour.height)
    image.paste(mix(hour.light, hour.low, 0.35), (0, 0, *size), glow(size, x, y, 0.9, 150))
    image.paste(hour.light, (0, 0, *size), glow(size, x, y, 0.26, 200))
    return image


def disc(
    size: Size, hour: Hour, horizon: float, x: float, *, moon: bool, radius: float
) -> Callable[[Image.Image], None]:
    """Return what puts the sun or the moon itself into a sky."""
    mask = glow(size, x, horizon * (1 - hour.height), radius, 255, hard=True)
    if moon:
        cut = glow(
            size,
            x - radius * 0.55 * size[1] / size[0],
            horizon * (1 - hour.height) - radius * 0.22,
            radius * 0.92,
            255,
            hard=True,
        )
        mask = Image.fromarray(np.asarray(mask) - np.minimum(np.asarray(mask), np.asarray(cut)))
    return lambda image: image.paste(hour.light, (0, 0, *size), mask)


def ridge(period: int, height: int, heights: NDArray[np.float64]) -> Image.Image:
    """Return the mask of land under a skyline; `heights` is its height from 0 to 1 at every pixel of the period."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    edge = (1 - heights[None, :].astype(np.float32)) * height
    return Image.fromarray((np.clip(rows - edge + 0.5, 0, 1) * 255).astype(np.uint8))


def waves(
    period: int, chance: Chance, name: str, *, lumps: int, rough: float, sharp: bool = False
) -> NDArray[np.float64]:
    """Return a skyline that repeats, 0 to 1: rolling, or with sharp peaks."""
    draws = chance.stream(name)
    x = np.linspace(0, 2 * np.pi, period, endpoint=False)
    total = np.zeros(period)
    for octave in range(7):
        turns = max(1, round(lumps * 1.9**octave))
        wave = np.sin(turns * x + draws.uniform(0, 2 * np.pi))
        total += (1 - np.abs(wave) * 1.6 if sharp else wave) * rough**octave
    total -= total.min()
    return np.asarray(total / total.max())


def firs(period: int, height: int, chance: Chance, name: str, *, count: int, tall: float) -> Image.Image:
    """Return the mask of a row of fir trees."""
    mask = Image.new("L", (period * 2, height * 2))
    pen = ImageDraw.Draw(mask)
    for x, h, w in chance.stream(name).random((count, 3)):
        top, middle, half = (1 - tall * (0.45 + 0.55 * h)) * height * 2, x * period * 2, (0.08 + 0.06 * w) * height * 2
        for shift in (-period * 2, 0, period * 2):
            for level in range(4):
                y = top + (height * 2 - top) * level / 5
                reach = half * (level + 1.6) / 4
                pen.polygon(
                    [
                        (middle + shift, y),
                        (middle + shift - reach, y + (height * 2 - top) * 0.42),
                        (middle + shift + reach, y + (height * 2 - top) * 0.42),
                    ],
                    fill=255,
                )
            pen.rectangle(
                (middle + shift - half / 9, (top + height * 2) / 2, middle + shift + half / 9, height * 2), fill=255
            )
    return mask.resize((period, height), Image.Resampling.BOX)


def towers(
    period: int, height: int, chance: Chance, name: str, *, count: int, tall: float, lit: float
) -> tuple[Image.Image, Image.Image]:
    """Return the masks of a row of tall buildings and of their lit windows."""
    body, lights = Image.new("L", (period, height)), Image.new("L", (period, height))
    pens = ImageDraw.Draw(body), ImageDraw.Draw(lights)
    draws = chance.stream(name)
    pane = max(2, round(height / 110))
    for i in range(count):
        wide = round(period / count * draws.uniform(0.55, 1.0))
        left = round(period * i / count)
        top = round(height * (1 - tall * draws.uniform(0.3, 1)))
        pens[0].rectangle((left, top, min(period, left + wide), height), fill=255)
        if draws.random() < 0.4:
            pens[0].rectangle((left + wide // 2 - 1, top - round(height * 0.06), left + wide // 2 + 1, top), fill=255)
        for y in range(top + 2 * pane, height - pane, 3 * pane):
            for x in range(left + pane, left + wide - 2 * pane, 3 * pane):
                if draws.random() < lit:
                    pens[1].rectangle(
                        (x, y, x + pane - 1, y + round(pane * 1.3) - 1), fill=int(draws.integers(120, 255))
                    )
    return body, lights


__all__ = [
    "Camera", "Mover", "Size", "Still", "Strip", "Water", "disc", "firs", "gradient", "phases", "ridge", "sky",
    "towers", "waves",
]  # fmt: skip
