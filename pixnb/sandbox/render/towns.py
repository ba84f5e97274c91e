"""Places that people built: a skyline by day and by night, and a street of shops."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render import outlines
from pixnb.sandbox.render.drift import Drift, specks
from pixnb.sandbox.render.palette import RGB, from_hue, mix, shade
from pixnb.sandbox.render.setting import Setting


def city(s: Setting) -> list[Drift]:
    """Return a skyline: a street by day, lights and wet reflections by night."""
    parts: list[Drift] = []
    dark = s.daylight < 0.5
    neon = "neon" in s.reading.styles
    floor = 0.86 if dark else 0.88
    for i, far in enumerate((0.8, 0.5, 0.1)):
        height = round(s.size[1] * (0.7, 0.62, 0.42)[i])
        top = round(s.size[1] * floor) - height
        body, lights = outlines.towers(
            s.period,
            height,
            s.chance,
            f"city{i}",
            count=(34, 24, 15)[i],
            tall=(0.8, 0.95, 1.0)[i],
            lit=0.4 if dark else 0.55,
        )
        fill = ly.gradient((s.size[0], height), (0, s.land(far)), (1, mix(s.land(far), s.hour.low, 0.35)))
        parts.append(ly.Strip(body, fill, top, s.pace * (1 - far * 0.8), i * 97))
        colour: RGB = (
            ((255, 70, 200), (70, 230, 255), (255, 210, 90))[i]
            if neon
            else mix((255, 206, 120), s.land(far), far * 0.5)
        )
        parts.append(
            ly.Strip(
                lights, colour if dark else mix(s.hour.top, s.land(far), 0.35), top, s.pace * (1 - far * 0.8), i * 97
            )
        )
    if not dark:
        return [*parts, *_road(s, floor)]
    return [*parts, *_traffic(s, floor), ly.Water(round(s.size[1] * floor), shade(s.hour.top, 0.7), 0.35, 0.9)]


def _road(s: Setting, floor: float) -> list[Drift]:
    top, height = round(s.size[1] * floor), s.size[1] - round(s.size[1] * floor)
    asphalt = ly.gradient(
        (s.size[0], height), (0, (150, 150, 154)), (0.12, (150, 150, 154)), (0.14, (70, 72, 78)), (1, (52, 54, 60))
    )
    dash = Image.new("L", (round(s.size[0] / 5), height))
    dash.paste(255, (0, round(height * 0.55), dash.size[0] // 2, round(height * 0.62)))
    ground = Image.new("L", (s.period, height), 255)
    return [ly.Strip(ground, asphalt, top), ly.Strip(dash, (236, 236, 228), top, s.pace * 1.4)]


def _traffic(s: Setting, floor: float) -> list[Drift]:
    made: list[Drift] = []
    for i, colour in enumerate(((255, 60, 40), (255, 244, 214))):
        size = (s.period, round(s.size[1] * 0.05))
        mask = specks(size, s.chance, f"traffic{i}", count=26, radius=(30, 62), stretch=(1.3, 0.8), blur=14)
        made.append(
            ly.Strip(mask, colour, round(s.size[1] * (floor - 0.045 + 0.012 * i)), (0.16 if i else -0.13) * s.size[0])
        )
    return made


def street(s: Setting) -> list[Drift]:
    """Return a street: shop fronts that slide past, signs that glow, a pavement and the road."""
    height = s.size[1]
    dark, floor = s.daylight < 0.5, 0.8
    far = outlines.towers(s.period, round(height * 0.62), s.chance, "behind", count=20, tall=1.0, lit=0.35)
    top = round(height * 0.1)
    parts: list[Drift] = [
        ly.Strip(far[0], mix(s.land(0.6), s.hour.low, 0.2), top, s.pace * 0.35),
        ly.Strip(far[1], mix((255, 206, 120), s.land(0.5), 0.35 if dark else 0.8), top, s.pace * 0.35),
    ]
    wall, glowing = _fronts(s, round(height * floor), dark)
    parts.append(Frieze(wall, s.pace))
    for colour, mask in glowing.items():
        halo = mask.filter(ImageFilter.GaussianBlur(height / 45)).point([min(255, v * 2) for v in range(256)])
        light = ImageChops.lighter(mask, halo) if dark else mask
        box = light.getbbox() or (0, 0, 1, 1)
        parts.append(ly.Strip(light.crop((0, box[1], light.size[0], box[3])), colour, box[1], s.pace))
    if not dark:
        return [*parts, *_road(s, floor)]
    return [*parts, ly.Water(round(height * floor), shade(s.hour.top, 0.6), 0.42, 0.8)]


class Frieze:
    """A coloured wall with its own outline that repeats to the sides and slides past.

    Args:
        image: RGBA, one period wide.
        speed: Pixels it slides to the left in a second.
    """

    def __init__(self, image: Image.Image, speed: float) -> None:
        self._image, self._mask, self._speed = image.convert("RGB"), image.getchannel("A"), speed

    def draw(self, image: Image.Image, t: float) -> None:
        """Slide it to where it is and lay it down."""
        period = self._image.size[0]
        x = round(self._speed * t) % period
        for left in (-x, period - x):
            if left < image.size[0]:
                image.paste(self._image, (left, 0), self._mask)


def _fronts(s: Setting, height: int, dark: bool) -> tuple[Image.Image, dict[RGB, Image.Image]]:
    """Return the wall of houses with shops, and what glows on it by colour."""
    wall = Image.new("RGBA", (s.period, height))
    pen = ImageDraw.Draw(wall)
    colours: list[RGB] = [(255, 66, 150), (70, 226, 255), (255, 196, 84), (120, 255, 150)]
    if "neon" not in s.reading.styles and not dark:
        colours = [(206, 60, 56), (46, 110, 170), (236, 180, 70), (60, 140, 90)]
    masks = {colour: Image.new("L", wall.size) for colour in colours}
    pens = [ImageDraw.Draw(mask) for mask in masks.values()]
    draws = s.chance.stream("fronts")
    count = 9
    for i in range(count):
        left, wide = s.period * i / count, s.period / count
        top = height * float(draws.uniform(0.02, 0.34))
        brick = from_hue(float(draws.choice((12, 20, 30, 36, 210, 220))), float(draws.uniform(0.12, 0.42)), 0.72)
        brick = mix(shade(brick, 0.24 + 0.72 * s.daylight), s.hour.low, 0.12)
        pen.rectangle((left, top, left + wide, height), fill=brick)
        pen.rectangle((left, top, left + wide, top + height * 0.02), fill=shade(brick, 0.7))
        _panes(s, pen, brick, (left, top, wide, height), [bool(v) for v in draws.random(24) < (0.5 if dark else 0.0)])
        shop, sign = height * 0.7, int(draws.integers(0, 4))
        glass = (255, 226, 160) if dark else mix(s.hour.top, (230, 240, 248), 0.35)
        pen.rectangle((left + wide * 0.08, shop + height * 0.07, left + wide * 0.92, height * 0.97), fill=glass)
        pen.rectangle((left + wide * 0.6, shop + height * 0.07, left + wide * 0.63, height), fill=shade(brick, 0.5))
        awning = colours[sign] if not dark else shade(colours[sign], 0.55)
        for k in range(8):
            x = left + wide * (0.05 + 0.9 * k / 8)
            pen.polygon([(x, shop), (x + wide * 0.113, shop), (x + wide * 0.113, shop + height * 0.08), (x,
                shop + height * 0.08)],
                        fill=awning if k % 2 else (236, 230, 222) if not dark else shade(awning, 0.6))  # fmt: skip
        _sign(
            pens[int(draws.integers(0, 4))],
            left + wide * 0.9,
            height * float(draws.uniform(0.3, 0.4)),
            wide * 0.13,
            height * 0.3,
        )
        _sign(pens[sign], left + wide * 0.14, shop - height * 0.085, wide * 0.6, height * 0.06)
    return wall, masks


def _panes(
    s: Setting, pen: ImageDraw.ImageDraw, brick: RGB, box: tuple[float, float, float, float], lit: list[bool]
) -> None:
    left, top, wide, height = box
    off = shade(brick, 0.55) if s.daylight < 0.5 else mix(shade(brick, 0.6), s.hour.top, 0.5)
    for row in range(4):
        for column in range(4):
            x, y = left + wide * (0.1 + 0.21 * column), top + height * (0.06 + 0.13 * row)
            if y + height * 0.08 < height * 0.6:
                pen.rectangle((x, y, x + wide * 0.12, y + height * 0.08),
                              fill=(255, 214, 140) if lit[(row * 4 + column) % 24] else off)  # fmt: skip


def _sign(pen: ImageDraw.ImageDraw, x: float, y: float, wide: float, tall: float) -> None:
    """Draw a sign: a frame and strokes that look like letters."""
    pen.rounded_rectangle((x, y, x + wide, y + tall), 3, outline=255, width=2, fill=70)
    upright = tall > wide
    for i in range(4):
        at, step = (
            (y + tall * (0.08 + 0.23 * i), tall * 0.16) if upright else (x + wide * (0.06 + 0.23 * i), wide * 0.15)
        )
        if upright:
            pen.line((x + wide * 0.25, at, x + wide * 0.75, at), 255, 2)
            pen.line((x + wide * (0.3 + 0.1 * (i % 3)), at, x + wide * 0.5, at + step), 255, 2)
        else:
            pen.line((at, y + tall * 0.28, at, y + tall * 0.72), 255, 2)
            pen.line((at, y + tall * (0.3 + 0.2 * (i % 3)), at + step, y + tall * 0.5), 255, 2)


__all__ = ["Frieze", "city", "street"]
