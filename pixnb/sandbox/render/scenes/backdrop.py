"""Painting a place as the table of places has it: its sky, and the layers under it from the back to the front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageFilter

from pixnb.sandbox.render.palette import mix
from pixnb.sandbox.render.scenes import layers as ly
from pixnb.sandbox.render.scenes.painters import PAINTERS, road
from pixnb.sandbox.render.scenes.setting import PLACES, Setting
from pixnb.sandbox.render.sprites import pack
from pixnb.sandbox.render.weather.drift import Drift, Still, cloud
from pixnb.sandbox.render.weather.falling import drifts

_OPEN = frozenset(("hills", "field", "mountain", "desert", "forest", "snowfield"))  # where roads may run
_RAILED = frozenset(("high-speed train", "locomotive"))


def paint_behind(s: Setting, aloft: Sequence[Drift]) -> list[Drift]:
    """Return what lies behind the figures, from the back to the front; `aloft` hangs in its sky."""
    layers = _paint(s, PLACES[s.place]["behind"])
    if not PLACES[s.place].get("sky", True):
        return [*layers, *aloft]
    lit = drifts(["fireworks"], s.size, s.chance) if "fireworks" in s.reading.weather else []
    return [*_paint_sky(s), *lit, *aloft, *layers]


def paint_front(s: Setting) -> list[Drift]:
    """Return the nearest land: it hides the feet of some figures, and the others stand on it."""
    labels = {subject.label for subject in s.reading.subjects}
    if s.place in _OPEN and any(pack.manner(label).gait == "roll" for label in labels):
        return road(s, at=0.87, rails=bool(labels & _RAILED))
    return _paint(s, PLACES[s.place]["front"])


def _paint(s: Setting, layers: list[dict[str, Any]]) -> list[Drift]:
    made: list[Drift] = []
    for at, layer in enumerate(layers):
        told = {key: tuple(value) if isinstance(value, list) else value for key, value in layer.items()}
        painter = str(told.pop("draw"))
        made += PAINTERS[painter](s, name=f"{painter}{at}", **told)
    return made


def _paint_sky(s: Setting) -> list[Drift]:
    """Return the sky with its sun or moon, stars and clouds."""
    backdrop = ly.sky(s.size, s.hour, s.horizon, s.sun)
    overcast = bool({"rain", "storm", "fog"} & set(s.reading.weather))
    has_own = any(subject.label in ("sun", "full moon", "crescent moon") for subject in s.reading.subjects)
    if not (overcast or has_own or s.place in ("volcano", "jungle")):
        moon = s.hour_name == "night" and s.chance.chance("crescent", 0.4)
        radius = 0.05 if s.hour.height > 0.4 else 0.085
        backdrop.paste(s.hour.light, (0, 0), ly.disc(s.size, s.hour, s.horizon, s.sun, moon=moon, radius=radius))
    stars = ["stars"] if s.hour_name in ("night", "dusk") and not overcast else []
    veils = _aurora(s) if "aurora" in s.reading.weather else _clouds(s, overcast)
    return [Still(backdrop), *drifts(stars, s.size, s.chance), *veils]


def _clouds(s: Setting, overcast: bool) -> list[Drift]:
    cover = 0.85 if overcast or "clouds" in s.reading.weather else s.chance.uniform("cover", 0.4, 0.6)
    size, fast = (s.period, round(s.size[1] * s.horizon)), 5 if "fast" in s.reading.camera else 1
    fade = ly.gradient(size, (0, (255, 255, 255)), (0.6, (220, 220, 220)), (1, (0, 0, 0))).convert("L")
    made: list[Drift] = []
    for i, (scale, tone, level) in enumerate(((0.55, s.hour.middle, 0.75), (0.34, s.hour.light, 0.8))):
        mask = cloud(size, s.chance, f"clouds{i}", scale=scale, cover=cover - 0.1 * i, soft=0.55)
        mask = Image.composite(mask, Image.new("L", size), fade).point([round(v * level) for v in range(256)])
        bright = mix(tone, s.hour.low, 0.3)
        if overcast:
            bright = mix(s.hour.middle, (255, 255, 255), 0.12 * (i + 1) * s.daylight)
        speed = (0.008 + 0.012 * i) * s.size[0] * fast + s.pace * 0.05
        made.append(ly.Strip(mask, bright, 0, speed, i * 200))
    return made


def _aurora(s: Setting) -> list[Drift]:
    made: list[Drift] = []
    size = (s.period, round(s.size[1] * 0.62))
    for i, colour in enumerate(((70, 255, 160), (90, 200, 255), (190, 90, 255))):
        band = cloud(size, s.chance, f"aurora{i}", scale=0.8, cover=0.55, soft=0.7)
        band = band.resize((s.period, 12), Image.Resampling.BOX).resize(size, Image.Resampling.BICUBIC)
        band = band.filter(ImageFilter.GaussianBlur(s.size[1] / 40))
        made.append(ly.Strip(band, colour, 0, (18 - 14 * i) * s.size[1] / 360, i * 300))
    return made
