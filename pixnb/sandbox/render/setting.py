"""Deciding a scene: the hour, the place and the colours, from what a prompt says and what it leaves open."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.nouns import HOMES, PEOPLE, STAYING
from pixnb.sandbox.render.palette import HOURS, NAMED, RGB, Hour, from_hue, mix, shade, turned
from pixnb.sandbox.render.words import Reading

_DAYLIGHT = {"day": 1.0, "golden": 0.72, "dawn": 0.6, "sunset": 0.36, "dusk": 0.26, "night": 0.14}


LAND: dict[str, RGB] = {
    "hills": (78, 132, 62), "field": (112, 156, 58), "mountain": (104, 114, 136), "desert": (226, 164, 92),
    "forest": (40, 92, 62), "beach": (232, 206, 152), "lake": (64, 104, 84), "sea": (60, 90, 110),
    "city": (74, 82, 104),
    "street": (96, 92, 96), "stage": (60, 40, 44), "waterfall": (52, 108, 60), "volcano": (70, 54, 54),
    "moon": (150, 150, 156), "mars": (190, 104, 66), "jungle": (38, 104, 54), "snowfield": (232, 240, 250),
    "sky": (232, 238, 248), "space": (60, 40, 110), "underwater": (20, 70, 84), "room": (120, 84, 62),
}  # fmt: skip


_HORIZON = {
    "sea": 0.5,
    "beach": 0.46,
    "lake": 0.52,
    "city": 0.74,
    "desert": 0.58,
    "sky": 0.8,
    "field": 0.54,
    "mountain": 0.7,
    "street": 0.7,
    "volcano": 0.68,
    "waterfall": 0.6,
    "jungle": 0.6,
    "snowfield": 0.6,
}


@dataclass(frozen=True)
class Setting:
    """Everything that the layers of a place are made from.

    Args:
        size: Width and height in pixels.
        reading: What the prompt says.
        chance: Chance of this take.
        hour: The sky's colours.
        hour_name: Its name.
        place: Where it plays.
        horizon: Height of the horizon, 0 (top) to 1.
        sun: Where the sun or moon stands, 0 to 1 of the width.
        pace: Pixels a second that the nearest land slides.
        accent: The prompt's own colour.
    """

    size: ly.Size
    reading: Reading
    chance: Chance
    hour: Hour
    hour_name: str
    place: str
    horizon: float
    sun: float
    pace: float
    accent: RGB

    @property
    def daylight(self) -> float:
        """How light it is, 0 to 1."""
        return _DAYLIGHT[self.hour_name]

    @property
    def period(self) -> int:
        """After how many pixels land repeats."""
        return self.size[0] * 2

    def land(self, far: float) -> RGB:
        """Return the land's colour, from 0 (near) to 1 (at the horizon, in haze)."""
        base = LAND[self.place]
        if self.reading.ground:
            base = mix(base, NAMED[self.reading.ground[0]], 0.75)
        if "leaves" in self.reading.weather and self.place in ("forest", "hills", "field", "mountain", "lake"):
            base = mix(base, (214, 116, 40), 0.72)
        own = mix(self.hour.near, base, self.daylight * 0.85)
        if "snow" in self.reading.weather and self.place in ("hills", "field", "mountain", "forest", "lake"):
            white = 0.6 if self.place == "forest" else 0.9
            own = mix(own, mix((236, 242, 250), self.hour.middle, 0.35), white * (0.4 + 0.6 * self.daylight))
        return mix(own, self.hour.low, far * 0.82)


def setting(reading: Reading, theme: Chance, take: Chance, size: ly.Size) -> Setting:
    """Decide the hour, the place and the colours of a scene; what the prompt leaves open is the theme's choice."""
    place = reading.place or _guessed(reading, theme)
    if place == "field" and "leaves" in reading.weather:
        place = "forest"  # leaves fall from trees
    name = reading.hour or _hour(reading, theme, place)
    own = {s.colour for s in reading.subjects}
    free = [c for c in reading.colours if c not in own and c not in reading.ground]
    hour = _tinted(HOURS[name], reading, free, take)
    accent = (
        NAMED[free[0]]
        if free
        else NAMED[reading.ground[0]]
        if reading.ground
        else from_hue(theme.uniform("accent", 0, 360) + take.uniform("accent", -25, 25), 0.75, 0.95)
    )
    shift = take.uniform("horizon", -0.05, 0.05)
    return Setting(
        size=size,
        reading=reading,
        chance=take,
        hour=replace(hour, height=min(0.86, max(0.04, hour.height + take.uniform("sun-height", -0.07, 0.07)))),
        hour_name=name,
        place=place,
        horizon=_HORIZON.get(place, 0.62) + shift,
        sun=take.choice("sun", (take.uniform("left", 0.16, 0.4), take.uniform("right", 0.58, 0.82))),
        pace=_pace(reading, take) * size[0],
        accent=accent,
    )


def _guessed(reading: Reading, theme: Chance) -> str:
    kinds = [s.kind for s in reading.subjects]
    if "portrait" in reading.camera and (not kinds or kinds[0] in PEOPLE.values()):
        return "room"
    for kind in kinds:
        if kind in HOMES:
            return theme.choice("place", HOMES[kind].split())
    if any(kind in PEOPLE.values() for kind in kinds):
        return theme.choice("place", ("street", "hills", "field"))
    return theme.choice("place", ("hills", "sea", "desert", "mountain", "lake", "field", "forest"))


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
    hour = replace(
        hour, top=turned(hour.top, turn), middle=turned(hour.middle, turn * 1.3), low=turned(hour.low, turn * 0.7)
    )
    for colour in colours[:1]:
        goal = NAMED[colour]
        hour = replace(
            hour,
            top=mix(hour.top, shade(goal, 0.6), 0.5),
            middle=mix(hour.middle, goal, 0.5),
            low=mix(hour.low, goal, 0.35),
        )
    if {"rain", "storm", "fog", "snow"} & set(reading.weather) or (
        "clouds" in reading.weather and reading.place != "sky" and not reading.hour
    ):
        grey: RGB = (96, 106, 120) if "storm" in reading.weather else (168, 176, 188)
        dim = shade(grey, max(0.14, (sum(hour.middle) / 3) / 210))
        hour = replace(
            hour, top=mix(hour.top, dim, 0.6), middle=mix(hour.middle, dim, 0.6), low=mix(hour.low, dim, 0.45)
        )
    if "neon" in reading.styles:
        hour = replace(
            hour,
            middle=mix(hour.middle, (120, 20, 140), 0.6),
            low=mix(hour.low, (255, 40, 150), 0.6),
            light=(120, 240, 255),
        )
    return hour


def _pace(reading: Reading, take: Chance) -> float:
    moves = set(reading.camera)
    pace = take.uniform("pace", 0.045, 0.085) * take.choice("way", (-1, 1))
    if "still" in moves:
        return 0.0
    if moves & {"panleft", "panright"}:
        return abs(pace) * (1.6 if "slow" in moves else 2.4) * (-1 if "panleft" in moves else 1)
    if moves & {"follow", "orbit"}:
        pace *= 2.0
    elif any(subject.kind in STAYING for subject in reading.subjects) or reading.motion == "still":
        pace *= 0.45  # or what stands there would leave the picture
    return pace * (2.2 if "fast" in moves else 0.5 if "slow" in moves else 1)


__all__ = ["LAND", "Setting", "setting"]
