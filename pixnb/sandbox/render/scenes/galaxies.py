"""A galaxy: a tilted spiral of stars and dust that turns slowly."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.palette import RGB, mix, shade


class Galaxy:
    """A spiral galaxy in the sky."""

    def __init__(self, size: tuple[int, int], colour: RGB, chance: Chance) -> None:
        self._side = round(min(size) * 1.5)
        self._disc = _disc(self._side, colour, chance)
        self._flat = chance.uniform("flat", 1.7, 2.6)  # how many times wider than high it looks
        self._tilt = math.radians(chance.uniform("tilt", -38, 38))
        middle = chance.uniform("galaxy-x", 0.42, 0.58), chance.uniform("galaxy-y", 0.42, 0.56)
        self._middle = np.array(middle) * size

    def draw(self, image: Image.Image, t: float) -> None:
        """Add its light to the picture."""
        spin = t * 0.05
        cos, sin = math.cos(self._tilt), math.sin(self._tilt)
        # From the picture to the disc: turn back the tilt, stretch what the tilt flattened, turn with the spin.
        back = np.array([[math.cos(spin), -math.sin(spin)], [math.sin(spin), math.cos(spin)]])
        matrix = back @ np.diag([1.0, self._flat]) @ np.array([[cos, sin], [-sin, cos]])
        shift = self._side / 2 - matrix @ self._middle
        parts = (*matrix[0], shift[0], *matrix[1], shift[1])
        lit = self._disc.transform(image.size, Image.Transform.AFFINE, parts, Image.Resampling.BILINEAR)
        image.paste(ImageChops.screen(image, lit))


def _disc(side: int, colour: RGB, chance: Chance) -> Image.Image:
    """Return the galaxy as seen from above, on black."""
    draws = chance.stream("galaxy")
    arms, wind = int(draws.integers(2, 4)), float(draws.uniform(2.6, 3.6)) * (1 if draws.random() < 0.5 else -1)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    far, turn = np.hypot(x, y), np.arctan2(y, x)
    edge = np.clip((1 - far) * 3.2, 0, 1)
    arm = (0.5 + 0.5 * np.cos(arms * (turn - wind * np.log(far + 0.09)))) ** 2.4
    mist = arm * np.exp(-far * 2.3) * 0.95 + np.exp(-far * 5.5) * 0.3
    mottled = _mottled(draws, side)
    core = np.exp(-((far / 0.1) ** 1.25))
    young, old = np.array(shade(colour, 1.15)), np.array(mix(colour, (255, 236, 200), 0.75))
    share = np.clip(far * 2.2, 0, 1)[..., None]
    rgb = (old * (1 - share) + young * share) * (mist * mottled * edge)[..., None] * 1.5
    rgb = rgb + np.array((255, 240, 214)) * core[..., None]
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def _mottled(draws: np.random.Generator, side: int) -> NDArray[np.float32]:
    total = np.zeros((side, side), np.float32)
    for cells in (9, 20, 44):
        lumps = Image.fromarray(draws.random((cells, cells)).astype(np.float32))
        total += np.asarray(lumps.resize((side, side), Image.Resampling.BICUBIC), np.float32) / 3
    return np.asarray(np.clip(total * 2.6 - 0.55, 0.12, 1.6), np.float32)
