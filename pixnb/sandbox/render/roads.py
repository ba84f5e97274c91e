"""What vehicles go on: a road or rails, laid over the nearest land."""

from __future__ import annotations

from PIL import Image

from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render.drift import Drift
from pixnb.sandbox.render.palette import mix, shade
from pixnb.sandbox.render.setting import Setting

_PAVED = frozenset(("city", "street"))
_LAND = frozenset(("hills", "field", "mountain", "forest", "desert", "beach", "jungle", "snowfield", "lake"))


def ways(s: Setting) -> list[Drift]:
    """Return the road or the rails that the scene's vehicles need; a street has its own."""
    kinds = {subject.kind for subject in s.reading.subjects}
    named = {"road", "highway", "route"} & set(s.reading.words)
    if kinds & {"train", "steamtrain"} and s.place not in ("space", "underwater"):
        return _rails(s)
    if s.place in _LAND and (kinds & {"car", "bicycle"} or named):
        return _road(s)
    return []


def _road(s: Setting) -> list[Drift]:
    top = round(s.size[1] * 0.84)
    height = s.size[1] - top
    grey = mix(s.hour.near, (96, 96, 102), 0.35 + 0.6 * s.daylight)
    fill = ly.gradient(
        (s.size[0], height), (0, shade(grey, 0.6)), (0.06, shade(grey, 0.6)), (0.08, grey), (1, shade(grey, 0.7))
    )
    dash = Image.new("L", (round(s.size[0] / 4), height))
    dash.paste(230, (0, round(height * 0.62), round(dash.size[0] * 0.55), round(height * 0.7)))
    line = mix(s.hour.near, (248, 238, 200), 0.3 + 0.7 * s.daylight)
    way = ly.Strip(dash, line, top, s.pace * 1.5)
    return [ly.Strip(Image.new("L", (s.period, height), 255), fill, top), way]


def _rails(s: Setting) -> list[Drift]:
    top = round(s.size[1] * 0.9)
    height = s.size[1] - top
    gravel = mix(s.hour.near, (120, 112, 106), 0.3 + 0.6 * s.daylight)
    sleeper = Image.new("L", (round(s.size[0] / 24), height))
    sleeper.paste(255, (0, round(height * 0.3), round(sleeper.size[0] * 0.5), round(height * 0.75)))
    rail = Image.new("L", (s.period, height))
    for y in (0.3, 0.68):
        rail.paste(255, (0, round(height * y), s.period, round(height * (y + 0.1))))
    return [
        ly.Strip(Image.new("L", (s.period, height), 255), shade(gravel, 0.8), top),
        ly.Strip(sleeper, shade(gravel, 0.4), top, s.pace),
        ly.Strip(rail, mix(s.hour.near, (190, 196, 206), 0.3 + 0.6 * s.daylight), top),
    ]


__all__ = ["ways"]
