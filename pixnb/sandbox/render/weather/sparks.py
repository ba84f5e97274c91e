"""Sparks that fly: fireworks, lightning and the fountain of a volcano, drawn where they are at a moment."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.palette import RGB, from_hue, mix, shade

_ROUND = 2.4  # seconds from one burst of a place to its next


@dataclass(frozen=True)
class _Burst:
    x: float
    y: float
    start: float
    reach: float
    colour: RGB
    rays: int


class Fireworks:
    """Bursts that open, fall and fade, for ever."""

    def __init__(self, size: tuple[int, int], chance: Chance) -> None:
        draws = chance.stream("fireworks")
        self._bursts = [
            _Burst(
                size[0] * (0.12 + 0.76 * ((i + float(draws.random())) / 6)), size[1] * float(draws.uniform(0.14, 0.42)),
                _ROUND * i / 6 + float(draws.uniform(-0.2, 0.2)), size[1] * float(draws.uniform(0.16, 0.28)),
                from_hue(float(draws.uniform(0, 360)), 0.6, 1.0), int(draws.integers(26, 40)),
            )
            for i in range(6)
        ]  # fmt: skip
        self._unit = min(size) / 360

    def draw(self, image: Image.Image, t: float) -> None:
        """Draw the bursts as they are `t` seconds into the clip."""
        lit = Image.new("RGB", image.size)  # light is added: what fades never darkens the sky
        pen = ImageDraw.Draw(lit)
        for burst in self._bursts:
            age = (t - burst.start) % _ROUND / _ROUND
            grown = 1 - (1 - age) ** 3
            for ring in (1.0, 0.72, 0.46, 0.22):
                self._ring(pen, burst, burst.reach * grown * ring, age)
        soft = lit.resize((image.width // 4, image.height // 4), Image.Resampling.BOX).filter(
            ImageFilter.GaussianBlur(3)
        )
        image.paste(
            ImageChops.screen(ImageChops.screen(image, lit), soft.resize(image.size, Image.Resampling.BILINEAR))
        )

    def _ring(self, pen: ImageDraw.ImageDraw, burst: _Burst, reach: float, age: float) -> None:
        fall = burst.reach * 0.5 * age * age
        colour = mix(shade(burst.colour, max(0.0, 1 - age**2)), (255, 255, 255), 0.5 * (1 - age))
        wide = max(1, round(3 * self._unit * (1 - age * 0.6)))
        for i in range(burst.rays):
            turn = 2 * math.pi * (i + reach % 1) / burst.rays
            dx, dy = math.cos(turn), math.sin(turn)
            tail = 0.5 + 0.4 * age
            pen.line(
                (burst.x + dx * reach * tail, burst.y + dy * reach * tail + fall * 0.8,
                 burst.x + dx * reach, burst.y + dy * reach + fall),
                colour, wide,
            )  # fmt: skip


class Lightning:
    """Flashes that light the whole picture, each with a forked line from the clouds to the ground."""

    def __init__(self, size: tuple[int, int], chance: Chance) -> None:
        self._first = chance.uniform("flash", 0.3, 1.4)
        self._wide = max(2, round(min(size) / 110))
        self._ways = [self._way(size, chance, i) for i in range(3)]

    @staticmethod
    def _way(size: tuple[int, int], chance: Chance, i: int) -> list[tuple[float, float]]:
        steps = chance.stream(f"bolt{i}").uniform(-0.06, 0.06, 12).cumsum() * size[1]
        x = size[0] * chance.uniform(f"bolt-x{i}", 0.15, 0.85)
        return [(x + float(step), size[1] * 0.62 * k / 11) for k, step in enumerate(steps)]

    def draw(self, image: Image.Image, t: float) -> None:
        """Draw the flash of this moment, if there is one."""
        number, since = divmod(t - self._first, 2.0)
        level = 0.75 * max(math.exp(-since * 9), math.exp(-(since - 0.22) * 9) if since > 0.22 else 0)
        if level > 0.03:
            image.paste((226, 234, 255), (0, 0, *image.size), Image.new("L", image.size, round(255 * level)))
        if since > 0.34:
            return
        way, pen = self._ways[int(number) % len(self._ways)], ImageDraw.Draw(image)
        fork = [(x + (i * self._wide * 1.6), y) for i, (x, y) in enumerate(way[5:10])]
        for line, colour, wide in (
            (way, (168, 186, 255), self._wide * 3), (fork, (168, 186, 255), self._wide),
            (way, (250, 250, 255), self._wide),
        ):  # fmt: skip
            pen.line(line, colour, wide, joint="curve")
