"""Places that are a sight of their own: a waterfall, a volcano, the ground of another world."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render.drift import Cut, Drift, Sheet, cloud, glow, specks
from pixnb.sandbox.render.lands import canopy, fronds, ridges
from pixnb.sandbox.render.palette import RGB, mix, shade
from pixnb.sandbox.render.pen import Point, rounded
from pixnb.sandbox.render.setting import Setting
from pixnb.sandbox.render.sparks import Fountain
from pixnb.sandbox.render.weather import drifts


class Fall:
    """Falling water: a shape whose streaks run down for ever.

    Args:
        mask: The shape, as large as the picture.
        streaks: Light streaks that wrap around.
        tint: The water's colour in its shade.
        light: Its colour where it shines.
        speed: Pixels a second.
    """

    def __init__(self, mask: Image.Image, streaks: Image.Image, tint: RGB, light: RGB, speed: float) -> None:
        self._box = mask.getbbox() or (0, 0, 1, 1)
        self._mask, self._streaks = mask.crop(self._box), streaks.crop(self._box)
        self._tint, self._light, self._speed = tint, light, speed

    def draw(self, image: Image.Image, t: float) -> None:
        """Let it fall."""
        image.paste(self._tint, self._box, self._mask)
        for pace in (1.0, 0.62):
            moved = ImageChops.offset(self._streaks, round(17 * (1 - pace)), round(self._speed * pace * t))
            image.paste(self._light, self._box, ImageChops.multiply(moved, self._mask))


def waterfall(s: Setting) -> list[Drift]:
    """Return a waterfall between overgrown cliffs, and its pool."""
    width, height = s.size
    x, half = width * s.chance.uniform("fall-x", 0.4, 0.6), width * s.chance.uniform("fall-half", 0.07, 0.1)
    lip, pool = height * 0.27, height * 0.8
    parts: list[Drift] = [*ridges(s, count=2, first=0.3, last=0.42, lumps=3, rough=0.5, tall=0.3)]
    parts += [ly.Strip(canopy(s, "far", 0.34, 26), mix(s.land(0.55), s.hour.low, 0.2), round(lip - height * 0.15))]
    parts.append(_cliffs(s, x, half, lip, pool))
    shape = [(x - half * 0.8, lip), (x + half * 0.75, lip), (x + half * 0.95, height * 0.5), (x + half * 1.3, pool + 6),
             (x - half * 1.25, pool + 6), (x - half * 0.9, height * 0.52)]  # fmt: skip
    white = mix(shade((236, 246, 252), 0.3 + 0.7 * s.daylight), s.hour.light, 0.15)
    streaks = specks(
        s.size, s.chance, "streaks", count=900, radius=(9, 42), stretch=(0.07, 1), level=(90, 230), blur=0.7
    )
    parts.append(Fall(_shape(s.size, shape), streaks, mix(white, s.hour.top, 0.42), white, height * 0.75))
    parts.append(ly.Water(round(pool), mix(s.hour.top, (20, 110, 120), 0.6), 0.45, 1.4))
    mist = glow(s.size, x / width, 0.8, 0.34, 190)
    parts.append(Sheet(mist, white, pulse=(0.35, 2.7)))
    parts.append(Sheet(ImageChops.multiply(cloud(s.size, s.chance, "spray", scale=0.3, cover=0.8, soft=0.8), mist),
        white,
                       (0, -16)))  # fmt: skip
    return [*parts, *fronds(s)]


def _shape(size: ly.Size, points: list[Point]) -> Image.Image:
    mask = Image.new("L", (size[0] * 2, size[1] * 2))
    ImageDraw.Draw(mask).polygon([(x * 2, y * 2) for x, y in points], fill=255)
    return mask.resize(size, Image.Resampling.BOX)


def _cliffs(s: Setting, x: float, half: float, lip: float, pool: float) -> Drift:
    """Return the rock to both sides of the fall, in ledges."""
    width, height = s.size
    rock = mix(s.hour.near, (112, 104, 92), 0.25 + 0.7 * s.daylight)
    green = mix(s.hour.near, (58, 118, 58), 0.2 + 0.75 * s.daylight)
    image, mask = Image.new("RGB", s.size, rock), Image.new("L", s.size)
    pens = ImageDraw.Draw(image), ImageDraw.Draw(mask)
    pens[1].polygon(rounded([(-60, lip - 24), (width * 0.2, lip - 10), (x, lip + 4), (width * 0.8, lip - 16),
                             (width + 60, lip - 30), (width + 60, pool + 20), (-60, pool + 20)]), fill=255)  # fmt: skip
    draws = s.chance.stream("ledges")
    for _ in range(70):
        cx, cy = float(draws.uniform(0, width)), float(draws.uniform(lip - 10, pool))
        wide, tall = float(draws.uniform(0.02, 0.08)) * width, float(draws.uniform(0.03, 0.12)) * height
        tone = shade(rock, float(draws.uniform(0.62, 1.12)))
        pens[0].polygon([(cx - wide, cy), (cx - wide * 0.3, cy - tall * 0.5), (cx + wide, cy - tall * 0.2),
                         (cx + wide * 0.8, cy + tall), (cx - wide * 0.7, cy + tall * 0.8)], fill=tone)  # fmt: skip
    for _ in range(90):
        cx = float(draws.uniform(0, width))
        cy = float(draws.choice((lip - 4, draws.uniform(lip, pool), pool)))
        if abs(cx - x) > half * 1.4:
            r = float(draws.uniform(0.012, 0.05)) * height
            pens[0].ellipse(
                (cx - r * 1.7, cy - r, cx + r * 1.7, cy + r), fill=shade(green, float(draws.uniform(0.6, 1.1)))
            )
            pens[1].ellipse((cx - r * 1.7, cy - r, cx + r * 1.7, cy + r), fill=255)
    shadow = Image.new("L", s.size)
    ImageDraw.Draw(shadow).polygon([(x - half * 1.3, lip), (x + half * 1.2, lip), (x + half * 1.7, pool),
        (x - half * 1.7, pool)],
                                   fill=150)  # fmt: skip
    image.paste(shade(rock, 0.4), (0, 0, *s.size), shadow.filter(ImageFilter.GaussianBlur(height / 60)))
    return Cut(image, mask)


def volcano(s: Setting) -> list[Drift]:
    """Return a volcano that throws fire, with streams of lava and a plume."""
    width, height = s.size
    x, lip, half = width * s.chance.uniform("crater", 0.4, 0.6), height * 0.3, width * 0.05
    foot = height * 0.86
    parts: list[Drift] = [
        *ridges(s, count=1, first=s.horizon - 0.08, last=0.7, lumps=3, rough=0.5, tall=0.2, sharp=True)
    ]
    plume = cloud(s.size, s.chance, "plume", scale=0.45, cover=0.85, soft=0.6)
    column = ImageChops.multiply(plume, glow(s.size, x / width, 0.06, 0.62, 235))
    parts.append(Sheet(column, mix((66, 56, 62), s.hour.low, 0.25), (0, 0), (5, 5.0)))
    parts.append(Sheet(glow(s.size, x / width, 0.28, 0.5, 190), (255, 96, 24), pulse=(0.4, 1.1)))
    rock = mix(s.hour.near, (66, 52, 52), 0.5)
    image = ly.gradient(s.size, (0, shade(rock, 1.15)), (0.5, rock), (1, shade(rock, 0.5)))
    cone = [(x - half, lip), (x - half * 0.4, lip + 7), (x + half * 0.5, lip + 6), (x + half, lip),
        (x + width * 0.17, height * 0.52),
            (x + width * 0.42, foot), (x + width * 0.6, height), (x - width * 0.6, height), (x - width * 0.4, foot),
            (x - width * 0.16, height * 0.52)]  # fmt: skip
    ImageDraw.Draw(image).polygon([(x + half, lip), (x + width * 0.17, height * 0.52), (x + width * 0.42, foot),
                                   (x + width * 0.6, height), (x + width * 0.1, height), (x + half * 0.4, lip + 6)],
                                  fill=shade(rock, 0.72))  # fmt: skip
    parts.append(Cut(image, _shape(s.size, cone)))
    parts += _lava(s, x, lip)
    parts.append(Fountain((x, lip + height * 0.015), height * 0.3, s.chance))
    near = ridges(
        replace(s, place="volcano"), count=2, first=0.84, last=0.94, lumps=4, rough=0.5, tall=0.14, sharp=True
    )
    return [*parts, *near, *(drifts(["embers"], s.size, s.chance) if "embers" not in s.reading.weather else [])]


def _lava(s: Setting, x: float, lip: float) -> list[Drift]:
    """Return streams that run down the slope, glowing."""
    width, height = s.size
    mask = Image.new("L", s.size)
    pen = ImageDraw.Draw(mask)
    for i in range(4):
        lean = s.chance.uniform(f"lava{i}", -0.13, 0.15)
        at: list[Point] = []
        for k in range(22):
            down = k / 21
            bend = np.sin(down * 7 + i * 2) * 0.012 * width * down
            at.append(
                (x + (i - 1.5) * width * 0.016 + lean * width * down**1.1 + bend, lip + (height * 0.94 - lip) * down)
            )
        for (x0, y0), (x1, y1) in pairwise(at):
            wide = max(3, round(height * (0.012 + 0.022 * (y0 - lip) / height)))
            pen.line((x0, y0, x1, y1), 255, wide)
            pen.ellipse((x1 - wide / 2, y1 - wide / 2, x1 + wide / 2, y1 + wide / 2), 255)
    halo = mask.filter(ImageFilter.GaussianBlur(height / 40)).point([min(255, round(v * 1.2)) for v in range(256)])
    streaks = specks(s.size, s.chance, "crust", count=500, radius=(4, 12), stretch=(0.5, 1), level=(120, 255), blur=0.8)
    return [
        Sheet(halo, (236, 60, 16), pulse=(0.3, 1.3)),
        Fall(mask, streaks, (255, 112, 26), (255, 226, 116), height * 0.08),
    ]


def moon(s: Setting) -> list[Drift]:
    """Return the ground of another world under a black sky, with a planet above it."""
    width, height = s.size
    mars = s.place == "mars"
    ground: RGB = (190, 104, 66) if mars else (150, 150, 156)
    sky = ((96, 58, 44), (190, 124, 84)) if mars else ((4, 4, 12), (14, 14, 30))
    base = ly.gradient(s.size, (0, sky[0]), (0.7, sky[1]), (1, sky[1]))
    parts: list[Drift] = [ly.Still(base)]
    if not mars:
        stars = specks((s.period, height), s.chance, "stars", count=320, radius=(0.4, 1.4), top=0.8)
        parts += [ly.Strip(stars, (255, 255, 255), 0, s.pace * 0.06), _earth(s)]
    lit = replace(
        s, hour_name="day", hour=replace(s.hour, low=mix(sky[1], ground, 0.4), near=shade(ground, 0.35),
                                                       light=(255, 252, 240)),
    )  # fmt: skip
    for strip in ridges(lit, count=3, first=0.6, last=0.82, lumps=2, rough=0.42, tall=0.16):
        if isinstance(strip, ly.Strip):
            far = 1 - (strip.top / height)
            strip.fill = ly.gradient((width, strip.mask.size[1]), (0, shade(ground, 1.12 - far * 0.6)), (0.5,
                shade(ground, 0.8)),
                                     (1, shade(ground, 0.5)))  # fmt: skip
        parts.append(strip)
    for i, (top, radius) in enumerate(((0.76, (3, 9)), (0.88, (7, 20)))):
        rest = height - round(height * top)
        unit = height / rest
        for tone, drop in ((shade(ground, 1.2), 2), (shade(ground, 0.52), 0)):
            holes = specks((s.period, rest), s.chance, f"holes{i}", count=26 - 12 * i, stretch=(2.6, 0.62),
                           radius=(radius[0] * unit * 0.4, radius[1] * unit * 0.4), level=(255, 255))  # fmt: skip
            parts.append(ly.Strip(holes, tone, round(height * top) + drop, s.pace * (0.75 + 0.3 * i)))
    return parts


def _earth(s: Setting) -> Drift:
    side = round(s.size[1] * 0.26)
    ball = ly.gradient((side, side), (0, (110, 176, 240)), (0.6, (40, 96, 190)), (1, (10, 30, 90)))
    land = cloud((side, side), s.chance, "lands", scale=0.7, cover=0.42, soft=0.1)
    ball.paste((92, 150, 84), (0, 0, side, side), land)
    clouds = cloud((side, side), s.chance, "veil", scale=0.5, cover=0.45, soft=0.4)
    ball.paste((250, 252, 255), (0, 0, side, side), clouds)
    shadow = Image.new("L", (side, side), 225)
    shadow.paste(0, (0, 0, side, side), glow((side, side), 0.36, 0.34, 0.5, 255, hard=True).filter(
        ImageFilter.GaussianBlur(side / 10)))  # fmt: skip
    ball.paste((2, 3, 10), (0, 0, side, side), shadow)
    disc = glow((side, side), 0.5, 0.5, 0.49, 255, hard=True)
    return ly.Mover([(ball, disc)], s.size[0] * s.sun, s.size[1] * 0.42, (-s.pace * 0.06, 0))


__all__ = ["Fall", "moon", "volcano", "waterfall"]
