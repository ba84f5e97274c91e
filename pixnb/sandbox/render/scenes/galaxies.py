"""A galaxy: a tilted spiral of stars and dust that turns slowly."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.palette import RGB, mix, shade
from pixnb.sandbox.render.weather.drift import cloud


class Galaxy:
    """A spiral galaxy in the sky."""

    def __init__(self, size: tuple[int, int], colour: RGB, chance: Chance) -> None:
        side = round(min(size) * 1.5)
        self._disc = _disc(side, colour, chance)
        self._flat = side, round(side / chance.uniform("flat", 1.7, 2.6))
        self._tilt = chance.uniform("tilt", -38, 38)
        self._x = size[0] * chance.uniform("galaxy-x", 0.42, 0.58)
        self._y = size[1] * chance.uniform("galaxy-y", 0.42, 0.56)

    def draw(self, image: Image.Image, t: float) -> None:
        """Add its light to the picture."""
        turned = self._disc.rotate(t * 3, Image.Resampling.BILINEAR).resize(self._flat, Image.Resampling.BILINEAR)
        tilted = turned.rotate(self._tilt, Image.Resampling.BICUBIC, expand=True)
        lit = Image.new("RGB", image.size)
        lit.paste(tilted, (round(self._x - tilted.width / 2), round(self._y - tilted.height / 2)))
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
    lumps = cloud((side, side), chance, "dust", scale=0.12, cover=1.0, soft=1.0)
    mottled = np.clip(np.asarray(lumps, np.float32) / 80 - 0.3, 0.12, 1.6)
    core = np.exp(-((far / 0.1) ** 1.25))
    young, old = np.array(shade(colour, 1.15)), np.array(mix(colour, (255, 236, 200), 0.75))
    share = np.clip(far * 2.2, 0, 1)[..., None]
    rgb = (old * (1 - share) + young * share) * (mist * mottled * edge)[..., None] * 1.5
    rgb = rgb + np.array((255, 240, 214)) * core[..., None]
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))
