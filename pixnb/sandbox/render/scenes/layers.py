"""The parts a scene is built from: sky, land that slides with depth, water that mirrors, figures that move."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops

from pixnb.sandbox.render.palette import RGB, Hour, mix
from pixnb.sandbox.render.weather.drift import glow

Size = tuple[int, int]


@dataclass
class Strip:
    """Land, clouds or a row of houses: a mask that repeats to the sides and slides past."""

    mask: Image.Image  # mode L, one period wide, which is more than the frame
    fill: RGB | Image.Image  # A colour, or an RGB picture: as wide as the frame, or of the period and sliding too
    top: int  # where its upper edge is, in pixels
    speed: float = 0.0  # pixels it slides to the left in a second
    start: float = 0.0  # where it begins, in pixels
    bob: tuple[float, float] = (0.0, 1.0)  # pixels it rises and sinks, and seconds of one swing

    def draw(self, image: Image.Image, t: float) -> None:
        """Slide it to where it is and lay it down."""
        x = self.start + self.speed * t
        piece, fill = _slide(self.mask, x, image.width), self.fill
        if isinstance(fill, Image.Image) and fill.width != image.width:
            fill = _slide(fill, x, image.width)
        y = self.top + round(self.bob[0] * math.sin(2 * math.pi * t / self.bob[1]))
        image.paste(fill, (0, y, image.width, y + piece.height), piece)


def _slide(picture: Image.Image, x: float, width: int) -> Image.Image:
    """Return what is seen of a picture that repeats to the sides, from `x` on."""
    whole = math.floor(x)
    near = ImageChops.offset(picture, -whole, 0).crop((0, 0, width + 1, picture.height))
    box = (x - whole, 0, x - whole + width, picture.height)
    return near.resize((width, picture.height), Image.Resampling.BILINEAR, box=box)


@dataclass
class Water:
    """A surface that mirrors what stands above it, in ripples."""

    top: int  # the shore, in pixels from above
    tint: RGB  # the water's own colour
    share: float = 0.4  # how much of that colour, 0 to 1
    rough: float = 1.0  # size of the ripples, about 1

    def draw(self, image: Image.Image, t: float) -> None:
        """Mirror the picture above the shore below it."""
        width, height = image.size
        depth = height - self.top
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
        # Far water takes the sky's colour: without that the horizon is a hard seam.
        cover = (255 * self.share * (0.22 + 0.78 * np.minimum(1, far * 3.2))).astype(np.uint8)
        picture.paste(self.tint, (0, 0), Image.fromarray(cover[:, None]).resize(picture.size))
        image.paste(picture, (0, self.top))


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


def disc(size: Size, hour: Hour, horizon: float, x: float, *, moon: bool, radius: float) -> Image.Image:
    """Return the mask of the sun, or of a crescent moon, where it stands in a sky."""
    y = horizon * (1 - hour.height)
    mask = glow(size, x, y, radius, 255, hard=True)
    if not moon:
        return mask
    left = x - radius * 0.55 * size[1] / size[0]
    return ImageChops.subtract(mask, glow(size, left, y - radius * 0.22, radius * 0.92, 255, hard=True))
