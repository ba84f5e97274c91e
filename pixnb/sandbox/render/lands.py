"""Places on dry land: hills, mountains, fields, forests, deserts."""

from __future__ import annotations

from PIL import Image

from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render.drift import Drift, specks
from pixnb.sandbox.render.palette import NAMED, mix, shade
from pixnb.sandbox.render.setting import Setting


def ridges(
    s: Setting, *, count: int, first: float, last: float, lumps: int, rough: float, tall: float, sharp: bool = False
) -> list[Drift]:
    """Return ridges one before the other, from the haze at `first` down to `last`, as shares of the height."""
    made: list[Drift] = []
    for i in range(count):
        far = 1 - i / max(1, count - 1)
        crest = first + (last - first) * (1 - far)
        band = round(s.size[1] * tall * (0.7 + 0.3 * far))
        top = round(s.size[1] * crest) - band // 2
        profile = ly.waves(s.period, s.chance, f"ridge{i}", lumps=lumps + i, rough=rough, sharp=sharp and far > 0.3)
        height = s.size[1] - top
        mask = ly.ridge(s.period, height, 1 - (1 - profile) * band / height)
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
    """Return rows of firs."""
    parts: list[Drift] = []
    for i, base in enumerate((0.68, 0.8, 0.98)):
        parts += _firs(s, i, base)
    return parts


def _firs(s: Setting, row: int, base: float) -> list[Drift]:
    far = (0.72, 0.4, 0.0, 0.05)[row]
    height = round(s.size[1] * (0.42, 0.5, 0.72, 0.2)[row])
    mask = ly.firs(s.period, height, s.chance, f"firs{row}", count=(54, 34, 15, 60)[row], tall=1.0)
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


__all__ = ["desert", "field", "forest", "hills", "mountain", "ridges"]
