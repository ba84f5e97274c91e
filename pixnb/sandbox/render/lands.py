"""Places on dry land: hills, mountains, fields, forests, deserts."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render import outlines
from pixnb.sandbox.render.drift import Drift, Sheet, specks
from pixnb.sandbox.render.palette import NAMED, RGB, mix, shade
from pixnb.sandbox.render.pen import rounded
from pixnb.sandbox.render.setting import Setting


def ridges(
    s: Setting, *, count: int, first: float, last: float, lumps: int, rough: float, tall: float, sharp: bool = False
) -> list[Drift]:
    """Return ridges one before the other, from the haze at `first` down to `last`, as shares of the height."""
    made: list[Drift] = []
    for i in range(count):
        far = 1 - i / (count - 1) if count > 1 else 0.0
        crest = first + (last - first) * (1 - far)
        band = round(s.size[1] * tall * (0.7 + 0.3 * far))
        top = round(s.size[1] * crest) - band // 2
        profile = outlines.waves(
            s.period, s.chance, f"ridge{i}", lumps=lumps + i, rough=rough, sharp=sharp and far > 0.3
        )
        height = s.size[1] - top
        mask = outlines.ridge(s.period, height, 1 - (1 - profile) * band / height)
        fill = ly.gradient(
            (s.size[0], height),
            (0, mix(s.land(far), s.hour.light, 0.12 * s.daylight)),
            (0.5, s.land(far * 0.9)),
            (1, shade(s.land(far * 0.8), 0.8)),
        )
        made.append(ly.Strip(mask, fill, top, s.pace * (1 - far * 0.88), i * 137))
    return made


def hills(s: Setting) -> list[Drift]:
    """Return rolling hills."""
    return ridges(s, count=4, first=s.horizon - 0.04, last=0.88, lumps=3, rough=0.36, tall=0.22)


def mountain(s: Setting) -> list[Drift]:
    """Return sharp mountains behind firs."""
    far = ridges(s, count=3, first=s.horizon - 0.2, last=0.86, lumps=2, rough=0.47, tall=0.42, sharp=True)
    return far + _firs(s, 3, 0.93)


def field(s: Setting) -> list[Drift]:
    """Return a flowering meadow."""
    parts = ridges(s, count=3, first=s.horizon, last=0.72, lumps=2, rough=0.3, tall=0.12)
    bloom = NAMED[s.reading.colours[0]] if s.reading.colours else s.accent
    for i, (top, radius) in enumerate(((0.66, (0.8, 1.6)), (0.8, (1.6, 3.4)))):
        height = s.size[1] - round(s.size[1] * top)
        spots = specks(
            (s.period, height),
            s.chance,
            f"bloom{i}",
            count=240 - 90 * i,
            radius=(radius[0] * 360 / height * s.size[1] / 360, radius[1] * s.size[1] / height),
            blur=0.1,
        )
        parts.append(
            ly.Strip(
                spots,
                mix(shade(bloom, 0.3 + 0.7 * s.daylight), s.land(0.2), 0.15),
                round(s.size[1] * top),
                s.pace * (0.7 + 0.35 * i),
                i * 90,
            )
        )
    return [*parts, _grass(s)]


def _grass(s: Setting) -> Drift:
    height = round(s.size[1] * 0.16)
    blades = specks(
        (s.period, height),
        s.chance,
        "grass",
        count=900,
        radius=(70, 190),
        stretch=(0.012, 1),
        level=(255, 255),
        lean=0.12,
    )
    foot = ly.gradient(
        (s.period, height), (0, (0, 0, 0)), (0.35, (90, 90, 90)), (0.8, (255, 255, 255)), (1, (255, 255, 255))
    ).convert("L")
    mask = Image.composite(
        Image.new("L", blades.size, 255),
        Image.composite(blades, Image.new("L", blades.size), foot.point([min(255, v * 3) for v in range(256)])),
        foot.point([max(0, (v - 200) * 4) for v in range(256)]),
    )
    return ly.Strip(mask, shade(s.land(0), 0.55), s.size[1] - height, s.pace * 1.3, bob=(2, 2.6))


def forest(s: Setting) -> list[Drift]:
    """Return rows of firs; in autumn round trees in the colours of their leaves."""
    if "leaves" in s.reading.weather:
        return [
            *_autumn(s),
            _trunks(s, lianas=False),
            *ridges(s, count=1, first=0.88, last=0.88, lumps=3, rough=0.4, tall=0.06),
        ]
    parts: list[Drift] = []
    for i, base in enumerate((0.68, 0.8, 0.98)):
        parts += _firs(s, i, base)
    return parts


def _autumn(s: Setting) -> list[Drift]:
    parts: list[Drift] = []
    colours: tuple[RGB, ...] = ((222, 166, 60), (206, 104, 36), (166, 54, 32))
    for i, (top, count) in enumerate(((0.26, 26), (0.34, 20), (0.42, 14))):
        far = (0.7, 0.4, 0.1)[i]
        mask = canopy(s, f"autumn{i}", 1 - top, count)
        own = mix(mix(s.hour.near, colours[i], 0.25 + 0.7 * s.daylight), s.hour.low, far * 0.5)
        fill = ly.gradient((s.size[0], mask.size[1]), (0, shade(own, 1.15)), (0.4, own), (0.7, shade(own, 0.5)))
        parts.append(ly.Strip(mask, fill, s.size[1] - mask.size[1], s.pace * (1 - far * 0.85), i * 131))
    return parts


def _firs(s: Setting, row: int, base: float) -> list[Drift]:
    far = (0.72, 0.4, 0.0, 0.05)[row]
    height = round(s.size[1] * (0.42, 0.5, 0.72, 0.2)[row])
    mask = outlines.firs(s.period, height, s.chance, f"firs{row}", count=(54, 34, 15, 60)[row], tall=1.0)
    top = round(s.size[1] * base) - height
    ground = Image.new("L", (s.period, s.size[1] - top))
    ground.paste(mask, (0, 0))
    ground.paste(255, (0, height - 2, s.period, ground.size[1]))
    fill = ly.gradient(
        (s.size[0], ground.size[1]),
        (0, s.land(far)),
        (0.8, mix(s.land(far), s.hour.low, 0.3 if far > 0.1 else 0.0)),
        (1, s.land(far * 0.6)),
    )
    return [ly.Strip(ground, fill, top, s.pace * (1.1 - far), row * 211)]


def desert(s: Setting) -> list[Drift]:
    """Return dunes."""
    return ridges(s, count=4, first=s.horizon, last=0.86, lumps=1, rough=0.3, tall=0.16)


def jungle(s: Setting) -> list[Drift]:
    """Return a jungle: canopies behind each other, trunks with lianas, large leaves in front."""
    parts: list[Drift] = []
    for i, (top, count) in enumerate(((0.12, 22), (0.2, 18), (0.3, 14))):
        far = (0.75, 0.45, 0.15)[i]
        mask = canopy(s, f"canopy{i}", 1 - top, count)
        fill = ly.gradient(
            (s.size[0], mask.size[1]),
            (0, shade(s.land(far), 1.12)),
            (0.5, s.land(far)),
            (1, mix(s.land(far), s.hour.low, 0.25 * far)),
        )
        parts.append(ly.Strip(mask, fill, s.size[1] - mask.size[1], s.pace * (1 - far * 0.85), i * 131))
    return [*parts, _trunks(s), *ridges(s, count=1, first=0.86, last=0.86, lumps=3, rough=0.4, tall=0.08), *fronds(s)]


def canopy(s: Setting, name: str, share: float, count: int) -> Image.Image:
    """Return the mask of a row of round tree tops; `share` is its height as a share of the frame's."""
    size = s.period, round(s.size[1] * share)
    mask = Image.new("L", size)
    pen = ImageDraw.Draw(mask)
    for i, (x, y, r) in enumerate(s.chance.stream(name).random((count, 3))):
        middle, top, radius = (
            size[0] * (i + x * 0.8) / count,
            s.size[1] * (0.04 + 0.1 * y),
            s.size[1] * (0.07 + 0.06 * r),
        )
        for shift in (-size[0], 0, size[0]):
            for dx, dy, scale in ((0, 0, 1.0), (-0.9, 0.5, 0.75), (0.9, 0.5, 0.8), (0, 0.9, 1.2)):
                cx, cy, reach = middle + shift + dx * radius, top + radius + dy * radius, radius * scale
                pen.ellipse((cx - reach, cy - reach * 0.8, cx + reach, cy + reach * 0.8), fill=255)
    foot = round(s.size[1] * 0.26)
    pen.rectangle((0, foot, size[0], size[1]), fill=255)
    return mask


def _trunks(s: Setting, *, lianas: bool = True) -> Drift:
    mask = Image.new("L", (s.period, s.size[1]))
    pen = ImageDraw.Draw(mask)
    for x, w, lean in s.chance.stream("trunks").random((9, 3)):
        left, wide = x * s.period, s.size[1] * (0.02 + 0.035 * w)
        pen.polygon([(left - wide, s.size[1]), (left + (lean - 0.5) * 60 - wide * 0.5, 0),
                     (left + (lean - 0.5) * 60 + wide * 0.5, 0), (left + wide, s.size[1])], fill=255)  # fmt: skip
        if not lianas:
            continue
        pen.arc(
            (left, -s.size[1] * 0.5, left + s.size[1] * (0.3 + 0.3 * w), s.size[1] * (0.3 + 0.4 * lean)),
            20,
            170,
            255,
            3,
        )
    return ly.Strip(mask, shade(s.land(0), 0.62), 0, s.pace)


def fronds(s: Setting) -> list[Drift]:
    """Return large leaves that reach into the picture from its lower corners, swaying."""
    made: list[Drift] = []
    for row, tone in ((0, 0.85), (1, 0.5)):
        mask = Image.new("L", (s.size[0], s.size[1]))
        pen = ImageDraw.Draw(mask)
        for side in (0, 1):
            root = (s.size[0] * (0.02 + 0.06 * row) if not side else s.size[0] * (0.98 - 0.06 * row), s.size[1] * 1.04)
            for turn, long in s.chance.stream(f"fronds{row}{side}").random((9, 2)):
                angle = math.pi * (0.08 + 0.44 * turn) if not side else math.pi * (0.92 - 0.44 * turn)
                reach = s.size[1] * (0.2 + 0.2 * long) * (1 - 0.25 * row)
                leaf = [
                    (reach * a, reach * b)
                    for a, b in ((0, 0), (0.35, 0.11), (0.7, 0.08), (1, 0), (0.7, -0.08), (0.35, -0.11))
                ]
                pen.polygon(
                    rounded([(root[0] + a * math.cos(angle) - b * math.sin(angle),
                              root[1] - a * math.sin(angle) - b * math.cos(angle)) for a, b in leaf]), fill=255,
                )  # fmt: skip
        made.append(
            Sheet(mask, shade(mix(s.land(0), (40, 120, 50), 0.4 * s.daylight), tone), sway=(3 + 2 * row, 3.1 + row))
        )
    return made


def snowfield(s: Setting) -> list[Drift]:
    """Return ice and snow to the horizon."""
    return ridges(s, count=4, first=s.horizon, last=0.84, lumps=2, rough=0.4, tall=0.14, sharp=True)


__all__ = [
    "canopy", "desert", "field", "forest", "fronds", "hills", "jungle", "mountain", "ridges", "snowfield",
]  # fmt: skip
