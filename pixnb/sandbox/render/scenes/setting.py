"""Deciding a scene: the hour, the place and the colours, from what a prompt says and what it leaves open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.palette import HOURS, NAMED, RGB, Hour, from_hue, mix, shade, turned
from pixnb.sandbox.render.prompts.words import Reading
from pixnb.sandbox.render.scenes import layers as ly
from pixnb.sandbox.render.sprites import pack
from pixnb.sandbox.tables import read_table

PLACES: dict[str, dict[str, Any]] = read_table(__file__, "places.toml")
_BLEAK = frozenset(("rain", "storm", "fog", "snow"))


@dataclass(frozen=True)
class Setting:
    """Everything that the layers of a place are made from."""

    size: ly.Size  # width and height in pixels
    reading: Reading  # what the prompt says
    chance: Chance  # chance of this take
    hour: Hour  # the sky's colours
    hour_name: str  # its name
    place: str  # where it plays
    horizon: float  # height of the horizon, 0 (top) to 1
    sun: float  # where the sun or moon stands, 0 to 1 of the width
    pace: float  # pixels a second that the nearest land slides
    accent: RGB  # the prompt's own colour

    @property
    def daylight(self) -> float:
        """How light it is, 0 to 1."""
        return self.hour.daylight

    @property
    def period(self) -> int:
        """After how many pixels land repeats."""
        return self.size[0] * 2

    @property
    def light(self) -> tuple[float, float, float]:
        """What the light makes of white, 0 to 1 a channel."""
        own = PLACES[self.place].get("white")
        light = own or self.hour.white
        if "neon" in self.reading.styles:
            return light[0] * 0.95, light[1] * 0.75, min(1.0, light[2] * 1.15)
        dull = 0.86 if _BLEAK & set(self.reading.weather) and not own else 1.0
        return light[0] * dull, light[1] * dull, light[2] * dull

    def land(self, far: float) -> RGB:
        """Return the land's colour, from 0 (near) to 1 (at the horizon, in haze)."""
        red, green, blue = PLACES[self.place]["land"]
        base: RGB = (red, green, blue)
        if self.reading.ground:
            base = mix(base, NAMED[self.reading.ground[0]], 0.75)
        if "leaves" in self.reading.weather and self.place in ("forest", "hills", "field", "mountain", "lake"):
            base = mix(base, (214, 116, 40), 0.72)
        own = mix(self.hour.near, base, self.daylight * 0.85)
        if "snow" in self.reading.weather and self.place in ("hills", "field", "mountain", "forest", "lake", "street"):
            white = 0.6 if self.place == "forest" else 0.9
            own = mix(own, mix((236, 242, 250), self.hour.middle, 0.35), white * (0.4 + 0.6 * self.daylight))
        return mix(own, self.hour.low, far * 0.82)


def decide(reading: Reading, theme: Chance, take: Chance, size: ly.Size) -> Setting:
    """Decide the hour, the place and the colours of a scene; what the prompt leaves open is the theme's choice."""
    place = reading.place or _guess_place(reading, theme)
    if place == "field" and "leaves" in reading.weather:
        place = "forest"  # leaves fall from trees
    manners = [pack.manner(s.label) for s in reading.subjects]
    if place == "room" and any(manner.at == "table" for manner in manners):
        place = "table"
    name = reading.hour or _hour(reading, theme, place)
    own = {s.colour for s in reading.subjects}
    free = [c for c in reading.colours if c not in own and c not in reading.ground]
    named = free or list(reading.ground)
    hour = _tinted(HOURS[name], reading, free, take)
    own_air: dict[str, Any] = {key: tuple(colour) for key, colour in PLACES[place].get("hour", {}).items()}
    hour = replace(hour, **own_air)
    if place == "mars":
        red: RGB = (218, 150, 108)
        hour = replace(
            hour, top=mix(hour.top, red, 0.6), middle=mix(hour.middle, red, 0.75), low=mix(hour.low, red, 0.7)
        )
    drawn = from_hue(theme.uniform("accent", 0, 360) + take.uniform("accent", -25, 25), 0.75, 0.95)
    return Setting(
        size=size,
        reading=reading,
        chance=take,
        hour=replace(hour, height=min(0.86, max(0.04, hour.height + take.uniform("sun-height", -0.07, 0.07)))),
        hour_name=name,
        place=place,
        horizon=PLACES[place]["horizon"] + take.uniform("horizon", -0.04, 0.04) * PLACES[place].get("sky", True),
        sun=take.choice("sun", (take.uniform("left", 0.12, 0.34), take.uniform("right", 0.66, 0.88))),
        pace=_pace(reading, take) * size[0],
        accent=NAMED[named[0]] if named else drawn,
    )


def _guess_place(reading: Reading, theme: Chance) -> str:
    """Return the place that most of the subjects are at home at, the first one's where they do not agree."""
    homes = [pack.manner(s.label).home for s in reading.subjects]
    if not homes:
        dark = {"fireworks", "fireflies"} & set(reading.weather)
        return theme.choice("place", ("hills", "lake") if dark else ("hills", "sea", "desert", "mountain", "lake"))
    stands = [pack.manner(s.label).at for s in reading.subjects]
    if stands[0] == "table" or (stands[0] == "peek" and "table" in stands):
        return "table"
    votes = Counter(home for own in homes for home in dict.fromkeys(own))
    most = max(votes.values())
    return theme.choice("place", [home for home in homes[0] if votes[home] == most] or list(homes[0]))


def _hour(reading: Reading, theme: Chance, place: str) -> str:
    dark = {"neon", "horror"} & set(reading.styles) or {"fireflies", "aurora", "fireworks"} & set(reading.weather)
    if dark or place in ("space", "stage"):
        return "night"
    if place in ("moon", "mars"):
        return "day"
    if reading.mood == "dark" or "noir" in reading.styles or {"storm", "embers"} & set(reading.weather):
        return "dusk"
    if {"rain", "snow", "fog"} & set(reading.weather):
        return "day"
    return theme.choice("hour", ("day", "day", "day", "day", "golden"))


def _tinted(hour: Hour, reading: Reading, colours: list[str], take: Chance) -> Hour:
    turn = take.uniform("sky", -12, 12)
    top, middle, low = turned(hour.top, turn), turned(hour.middle, turn * 1.3), turned(hour.low, turn * 0.7)
    for colour in colours[:1]:
        goal = NAMED[colour]
        top, middle, low = mix(top, shade(goal, 0.6), 0.5), mix(middle, goal, 0.5), mix(low, goal, 0.35)
    cloudy = "clouds" in reading.weather and reading.place != "sky" and not reading.hour
    if _BLEAK & set(reading.weather) or cloudy:
        grey: RGB = (96, 106, 120) if "storm" in reading.weather else (168, 176, 188)
        dim = shade(grey, max(0.14, (sum(middle) / 3) / 210))
        top, middle, low = mix(top, dim, 0.6), mix(middle, dim, 0.6), mix(low, dim, 0.45)
    light = hour.light
    if "neon" in reading.styles:
        middle, low, light = mix(middle, (120, 20, 140), 0.6), mix(low, (255, 40, 150), 0.6), (120, 240, 255)
    return replace(hour, top=top, middle=middle, low=low, light=light)


def _pace(reading: Reading, take: Chance) -> float:
    moves = set(reading.camera)
    pace = take.uniform("pace", 0.04, 0.07) * take.choice("way", (-1, 1))
    if "still" in moves:
        return 0.0
    if moves & {"panleft", "panright"}:
        return abs(pace) * (1.6 if "slow" in moves else 2.4) * (-1 if "panleft" in moves else 1)
    if moves & {"follow", "orbit"}:
        pace *= 2.0
    elif any(pack.manner(s.label).gait in ("still", "sway", "bob") for s in reading.subjects):
        pace *= 0.5  # or what stands there would leave the picture
    return pace * (2.2 if "fast" in moves else 0.5 if "slow" in moves else 1)
