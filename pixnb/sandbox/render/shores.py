"""Places by and under the water: the sea, a beach, a lake, the sea bed."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageDraw

from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render import outlines
from pixnb.sandbox.render.drift import Cut, Drift, Sheet, specks
from pixnb.sandbox.render.figures import FLOATING, FLYING, SWIMMING
from pixnb.sandbox.render.lands import ridges
from pixnb.sandbox.render.palette import mix, shade
from pixnb.sandbox.render.pen import rounded
from pixnb.sandbox.render.setting import LAND, Setting
from pixnb.sandbox.render.weather import drifts


def sea(s: Setting) -> list[Drift]:
    """Return the open sea."""
    parts: list[Drift] = [
        ly.Water(
            round(s.size[1] * s.horizon),
            mix(s.hour.top, (16, 92, 130), 0.3 + 0.4 * s.daylight),
            0.34 + 0.22 * s.daylight,
            1.3,
        )
    ]
    parts += _swells(s, s.horizon)
    if {"surfer"} & {x.kind for x in s.reading.subjects} or {"surf", "surfing", "tsunami"} & set(s.reading.words):
        return [*parts, *_breaker(s)]
    return parts + _bank(s)


def _bank(s: Setting) -> list[Drift]:
    """Return the near shore, if there is somebody or something that has to stand on it."""
    kinds = {subject.kind for subject in s.reading.subjects}
    if s.place == "beach" or not kinds - FLYING - SWIMMING - FLOATING - {"lighthouse", "surfer"}:
        return []
    shore = replace(s, place="hills" if s.place == "lake" else "beach")
    return ridges(shore, count=1, first=0.87, last=0.87, lumps=2, rough=0.3, tall=0.07)


def _breaker(s: Setting) -> list[Drift]:
    """Return one great wave that curls, with foam on its crest."""
    width, height = s.size
    low, crest = height * (s.horizon + 0.3), height * max(0.16, s.horizon - 0.26)
    image = ly.gradient(
        s.size, (0.2, mix((70, 196, 206), s.hour.light, 0.15)), (0.6, (20, 110, 150)), (1, (10, 62, 104))
    )
    if s.daylight < 0.9:
        image = Image.blend(image, Image.new("RGB", s.size, s.hour.middle), 0.45 * (1 - s.daylight))
    body = rounded([(-width * 0.1, low), (width * 0.2, height * s.horizon), (width * 0.46, crest + height * 0.05),
                    (width * 0.68, crest), (width * 0.84, crest + height * 0.1), (width * 0.85, crest + height * 0.21),
                    (width * 0.78, crest + height * 0.15), (width * 0.7, crest + height * 0.17), (width * 0.68,
                    low - height * 0.1),
                    (width * 0.8, low), (width * 1.1, low + height * 0.05), (width * 1.1, height * 1.1),
                    (-width * 0.1, height * 1.1)])  # fmt: skip
    mask, foam = Image.new("L", s.size), Image.new("L", s.size)
    ImageDraw.Draw(mask).polygon(body, fill=255)
    pen = ImageDraw.Draw(foam)
    for x, y, r in s.chance.stream("foam").random((150, 3)):
        share = 0.42 + 0.44 * x
        top = crest + height * (0.05 * (1 - x) + (0.2 * (x - 0.75) * 4 if x > 0.75 else 0))
        reach = height * (0.006 + 0.02 * r)
        cx, cy = width * share, top + height * 0.05 * (y - 0.5)
        pen.ellipse((cx - reach, cy - reach, cx + reach, cy + reach), fill=235)
    if s.pace > 0:
        image, mask, foam = (part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for part in (image, mask, foam))
    white = mix((250, 252, 255), s.hour.light, 0.3)
    return [Cut(image, mask), Sheet(foam, shade(white, 0.5 + 0.5 * s.daylight), sway=(4, 2.1))]


def _swells(s: Setting, start: float) -> list[Drift]:
    made: list[Drift] = []
    for i in range(3):
        band = round(s.size[1] * (0.03 + 0.02 * i))
        top = round(s.size[1] * (start + (1 - start) * (0.3 + 0.25 * i)))
        height = s.size[1] - top
        mask = outlines.ridge(
            s.period,
            height,
            1 - (1 - outlines.waves(s.period, s.chance, f"swell{i}", lumps=5, rough=0.45)) * band / height,
        )
        fade = ly.gradient(mask.size, (0, (200, 200, 200)), (0.25, (70, 70, 70)), (1, (0, 0, 0))).convert("L")
        mask = Image.composite(mask, Image.new("L", mask.size), fade)
        colour = mix(mix(s.hour.top, (10, 70, 110), 0.4), s.hour.light, 0.1 + 0.1 * (i == 0))
        made.append(
            ly.Strip(
                mask,
                shade(colour, 0.75),
                top,
                s.pace + (16 + 14 * i) * s.size[0] / 960,
                i * 170,
                (3 + 2 * i, 2.4 + 0.5 * i),
            )
        )
    return made


def beach(s: Setting) -> list[Drift]:
    """Return a beach before the sea."""
    parts = sea(s)
    top, height = round(s.size[1] * 0.78), s.size[1] - round(s.size[1] * 0.78)
    for i, colour in enumerate(((246, 250, 252), LAND["beach"])):
        profile = outlines.waves(s.period, s.chance, "shore", lumps=2, rough=0.3)
        mask = outlines.ridge(s.period, height, 0.55 + 0.25 * profile - 0.07 * i)
        lit = mix(s.hour.near, colour, 0.2 + 0.8 * s.daylight)
        parts.append(
            ly.Strip(
                mask,
                lit if not i else ly.gradient((s.size[0], height), (0, shade(lit, 0.78)), (0.5, lit), (1, lit)),
                top,
                s.pace,
                0,
                (4 * (1 - i), 3.0),
            )
        )
    return parts


def lake(s: Setting) -> list[Drift]:
    """Return a lake that mirrors mountains."""
    shore = s.horizon
    parts = ridges(s, count=3, first=shore - 0.13, last=shore - 0.02, lumps=3, rough=0.5, tall=0.24, sharp=True)
    water = ly.Water(round(s.size[1] * (shore + 0.04)), mix(s.hour.top, s.hour.middle, 0.4), 0.28, 0.7)
    return [*parts, water, *_bank(s)]


def underwater(s: Setting) -> list[Drift]:
    """Return a sea bed under rays of light."""
    deep = mix((4, 34, 66), s.accent, 0.08)
    base = ly.gradient(s.size, (0, (120, 226, 226)), (0.3, (30, 146, 176)), (1, deep))
    parts: list[Drift] = [ly.Still(base)]
    for i in range(2):
        rays = specks(
            (s.period, s.size[1]),
            s.chance,
            f"rays{i}",
            count=9,
            radius=(260, 420),
            stretch=(0.13, 1),
            lean=0.25,
            level=(40, 90),
            blur=9,
            top=0.2,
        )
        parts.append(ly.Strip(rays, (214, 255, 248), 0, (12 - 26 * i) * s.size[0] / 960))
    sea_bed = replace(
        s, place="underwater", hour=replace(s.hour, low=(24, 120, 150), near=(6, 38, 58), light=(160, 255, 240))
    )
    parts += ridges(sea_bed, count=3, first=0.78, last=0.94, lumps=4, rough=0.5, tall=0.22)
    return parts + drifts(["bubbles"], s.size, s.chance)


__all__ = ["beach", "lake", "sea", "underwater"]
