"""What lights up for a moment: fireworks and lightning."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.palette import from_hue, mix, shade

_ROUND = 2.4  # seconds from one burst of a place to its next


class Fireworks:
    """Bursts that open, fall and fade, for ever."""

    def __init__(self, size: tuple[int, int], chance: Chance) -> None:
        self._size = size
        self._bursts = chance.stream("fireworks").random((6, 6))

    def draw(self, image: Image.Image, t: float) -> None:
        """Draw the bursts as they are `t` seconds into the clip."""
        lit = Image.new("RGB", image.size)  # light is added: what fades never darkens the sky
        pen = ImageDraw.Draw(lit)
        for i, draws in enumerate(self._bursts.tolist()):
            self._burst(pen, i / 6, draws, t)
        soft = lit.reduce(4).filter(ImageFilter.GaussianBlur(3)).resize(image.size, Image.Resampling.BILINEAR)
        image.paste(ImageChops.screen(ImageChops.screen(image, lit), soft))

    def _burst(self, pen: ImageDraw.ImageDraw, place: float, draws: list[float], t: float) -> None:
        width, height = self._size
        x, y = width * (0.12 + 0.76 * (place + draws[0] / 6)), height * (0.14 + 0.28 * draws[1])
        age = (t / _ROUND - place + 0.16 * draws[2]) % 1
        most, rays = height * (0.16 + 0.12 * draws[3]), 26 + int(14 * draws[4])
        colour = mix(shade(from_hue(360 * draws[5], 0.6, 1.0), 1 - age**2), (255, 255, 255), 0.5 * (1 - age))
        wide = max(1, round(min(self._size) / 120 * (1 - age * 0.6)))
        fall, tail = most * 0.5 * age * age, 0.5 + 0.4 * age
        for ring in (1.0, 0.72, 0.46, 0.22):
            reach = most * (1 - (1 - age) ** 3) * ring
            for i in range(rays):
                turn = 2 * math.pi * (i + reach % 1) / rays
                dx, dy = math.cos(turn) * reach, math.sin(turn) * reach
                pen.line((x + dx * tail, y + dy * tail + fall * 0.8, x + dx, y + dy + fall), colour, wide)


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
        level = 0.75 * math.exp(-since * 12)  # the line is seen a little longer than the flash
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
