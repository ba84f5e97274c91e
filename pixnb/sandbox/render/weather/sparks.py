"""What lights up for a moment: fireworks and lightning."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.palette import from_hue, mix
from pixnb.sandbox.render.weather.drift import Cover, Veil, screen

_ROUND = 2.4  # seconds from one burst of a place to its next
_RINGS = np.array((1.0, 0.72, 0.46, 0.22))[:, None, None]  # rays of one burst, by their reach


class Fireworks(Veil):
    """Bursts that open, fall and fade, for ever."""

    def __init__(self, size: tuple[int, int], chance: Chance) -> None:
        self._size = size
        self._bursts = chance.stream("fireworks").random((6, 6))

    def covers(self, t: float) -> Iterator[Cover]:
        """Yield each burst as it is `t` seconds into the clip."""
        yield from (self._burst(i / 6, t, *draws) for i, draws in enumerate(self._bursts.tolist()))

    def _burst(self, place: float, t: float, *draws: float) -> Cover:
        x = round(self._size[0] * (0.12 + 0.76 * (place + draws[0] / 6)))
        y = round(self._size[1] * (0.14 + 0.28 * draws[1]))
        age = (t / _ROUND - place + 0.16 * draws[2]) % 1
        most, rays = self._size[1] * (0.16 + 0.12 * draws[3]), 26 + int(14 * draws[4])
        wide = max(1, round(min(self._size) / 120 * (1 - age * 0.6)))
        fall, tail = most * 0.5 * age * age, 0.5 + 0.4 * age
        reach = most * (1 - (1 - age) ** 3) * _RINGS
        turn = 2 * np.pi * (np.arange(rays)[:, None] + reach % 1) / rays
        along = np.linspace(tail, 1, 2 + round(float(reach.max()) * (1 - tail)))  # a point a pixel
        half = int(reach.max() + fall) + wide + min(self._size) // 16 + 4 & ~3  # with room for its shine
        mask = np.zeros((2 * half, 2 * half), np.uint8)
        rows = np.sin(turn) * reach * along + fall * (1 - (1 - along) * 0.2 / (1 - tail))
        lit = np.asarray(rows + half, int), np.asarray(np.cos(turn) * reach * along + half, int)
        for down in range(wide):
            for right in range(wide):
                mask[lit[0] + down, lit[1] + right] = round(255 * (1 - age**2))
        burst = Image.fromarray(mask)
        shine = burst.reduce(4).filter(ImageFilter.GaussianBlur(3)).resize(burst.size, Image.Resampling.BILINEAR)
        colour = mix(from_hue(360 * draws[5], 0.6, 1.0), (255, 255, 255), 0.8 * (1 - age) ** 2)
        return Cover(colour, screen(burst, shine), (x - half & ~1, y - half & ~1))


class Lightning(Veil):
    """Flashes that light the whole picture, each with a forked line from the clouds to the ground."""

    def __init__(self, size: tuple[int, int], chance: Chance) -> None:
        self._first, self._size = chance.uniform("flash", 0.3, 1.4), size
        self._bolts = [self._bolt(size, chance, i) for i in range(3)]

    @staticmethod
    def _bolt(size: tuple[int, int], chance: Chance, i: int) -> tuple[Cover, Cover]:
        steps = chance.stream(f"bolt{i}").uniform(-0.06, 0.06, 12).cumsum() * size[1]
        x, wide = size[0] * chance.uniform(f"bolt-x{i}", 0.15, 0.85), max(2, round(min(size) / 110))
        way = [(x + float(step), size[1] * 0.62 * k / 11) for k, step in enumerate(steps)]
        fork = [(x + (i * wide * 1.6), y) for i, (x, y) in enumerate(way[5:10])]
        light, core = Image.new("L", size), Image.new("L", size)
        ImageDraw.Draw(light).line(way, 255, wide * 3, joint="curve")
        ImageDraw.Draw(light).line(fork, 255, wide, joint="curve")
        ImageDraw.Draw(core).line(way, 255, wide, joint="curve")
        return Cover((168, 186, 255), light), Cover((250, 250, 255), core)

    def covers(self, t: float) -> Iterator[Cover]:
        """Yield the flash of this moment, if there is one."""
        number, since = divmod(t - self._first, 2.0)
        level = 0.75 * math.exp(-since * 12)  # the line is seen a little longer than the flash
        if level > 0.03:
            yield Cover((226, 234, 255), Image.new("L", self._size, round(255 * level)))
        if since <= 0.34:
            yield from self._bolts[int(number) % len(self._bolts)]
