"""From what a prompt says to how an edit looks: colour grade, drawing style, film finish, and what drifts through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pixnb.sandbox import grades as g
from pixnb.sandbox.chance import Chance
from pixnb.sandbox.palette import NAMED, RGB, from_hue, hue
from pixnb.sandbox.words import Reading


@dataclass(frozen=True)
class Look:
    """How pictures are changed.

    Args:
        grades: Colour functions, in order.
        drawing: The name of a drawing style, or None.
        heft: How strong the drawing's lines and patches are, about 1.
        vignette: Darkness of the corners, 0 to 1.
        grain: Strength of film grain, 0 to 40.
        glow: Strength of bloom, 0 to 1.
        drifts: Names of what drifts through the picture.
        lamp: A light in the picture: its colour and place (0 to 1), or None.
    """

    grades: tuple[g.Grade, ...] = ()
    drawing: str | None = None
    heft: float = 1.0
    vignette: float = 0.0
    grain: float = 0.0
    glow: float = 0.0
    drifts: tuple[str, ...] = ()
    lamp: tuple[RGB, float, float] | None = None

    def also(self, *more: g.Grade, **changes: object) -> Look:
        """Return the look with more grades and other settings."""
        return replace(self, grades=self.grades + more, **changes)  # type: ignore[arg-type]  # dataclass fields by name


@dataclass(frozen=True)
class Take:
    """What differs between takes of one prompt."""

    chance: Chance
    strength: float = field(default=1.0)

    def near(self, name: str, value: float, share: float = 0.25) -> float:
        """Return a number within a share of `value`."""
        return value * self.chance.uniform(name, 1 - share, 1 + share)


Step = Callable[[Look, Take], Look]


def for_edit(reading: Reading, theme: Chance, take: Chance, thing: float | None) -> Look:
    """Return the look of an edit.

    Args:
        reading: What the prompt says.
        theme: Chance shared by the prompt's takes.
        take: Chance of this take.
        thing: The hue of what stands in the middle of the source, in degrees; None for greys.
    """
    look, draws = Look(), Take(take)
    if reading.recolour:
        look = _recoloured(look, draws, reading, thing)
    for name in (reading.hour, reading.place, *reading.weather):
        if name in _SETTINGS:
            look = _SETTINGS[name](look, draws)
    look = _styled(look, reading, draws)
    if not reading.known:
        look = _unknown(look, theme, draws)
    return _varied(look, draws)


def for_scene(reading: Reading, take: Chance) -> Look:
    """Return the look of a drawn scene: its styles only, for hour, weather and colours are drawn."""
    draws = Take(take)
    look = Look()
    if {"noir", "horror", "sketch"} & set(reading.styles):
        look = look.also(g.gamma(0.55))  # these grades are made for daylight; a drawn night would drown
    others = tuple(style for style in reading.styles if style != "neon")
    look = _styled(look, replace(reading, styles=others), draws)
    # A drawn city has its own neon: only its light is missing.
    return look.also(g.saturate(1.2), glow=0.9, vignette=0.4) if "neon" in reading.styles else look


def _styled(look: Look, reading: Reading, draws: Take) -> Look:
    for name in reading.styles:
        if name in _STYLES:
            look = _STYLES[name](look, draws)
    return look


def _recoloured(look: Look, draws: Take, reading: Reading, thing: float | None) -> Look:
    change = reading.recolour
    if change is None:
        return look
    source = thing
    if change.source:
        neutral = change.source in ("grey", "gray", "silver", "white", "black")
        source = None if neutral else hue(NAMED[change.source])
    # Lawns and leaves lie between yellow and green.
    source, width = (98.0, 78.0) if change.source == "green" else (source, 58.0)
    turn = draws.chance.uniform("turn", -13, 13)
    deeper = draws.chance.uniform("deep", 0.78, 1.25)
    grade = g.recolour(source, change.target, turn=turn, width=width)
    return look.also(grade, g.gamma(deeper))


def _varied(look: Look, draws: Take) -> Look:
    """Give each take its own exposure, warmth and saturation."""
    chance = draws.chance
    warm = chance.uniform("warm", -0.07, 0.07)
    return look.also(
        g.gamma(chance.uniform("exposure", 0.8, 1.22)),
        g.gain(1 + warm, 1, 1 - warm),
        g.saturate(chance.uniform("saturation", 0.85, 1.15)),
        heft=draws.near("heft", look.heft, 0.3),
        vignette=max(look.vignette, chance.uniform("vignette", 0, 0.3)),
    )


def _unknown(look: Look, theme: Chance, draws: Take) -> Look:
    """Invent a look for a prompt without a word that a renderer knows: its own two tones, film and light."""
    first = theme.uniform("first", 0, 360)
    second = first + theme.choice("angle", (120, 150, 180, 210, 240))
    turn = draws.chance.uniform("tones", -16, 16)
    shadows, lights = from_hue(first + turn, 0.75, 0.5), from_hue(second + turn, 0.5, 0.95)
    look = look.also(
        g.saturate(theme.uniform("saturate", 0.35, 1.2)),
        g.contrast(theme.uniform("contrast", 1.0, 1.35)),
        g.split(shadows, lights, draws.near("amount", 0.76, 0.15)),
        vignette=theme.choice("corners", (0.0, 0.45, 0.7)),
        glow=theme.choice("glow", (0.0, 0.0, 0.5)),
        grain=theme.choice("grain", (0.0, 8.0, 16.0)),
    )
    if theme.chance("lit", 0.5):
        look = look.also(lamp=(lights, draws.chance.uniform("x", 0.1, 0.9), draws.chance.uniform("y", 0.0, 0.5)))
    return look


def _drift(look: Look, *names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*look.drifts, *names)))


def _night(look: Look, t: Take) -> Look:
    x = t.chance.uniform("moon", 0.68, 0.92)
    return look.also(
        g.saturate(0.55),
        g.gain(0.46, 0.6, 0.95),
        g.gamma(t.near("dark", 1.3, 0.15)),
        g.split((6, 14, 48), (170, 196, 255), 0.45),
        vignette=0.6,
        drifts=_drift(look, "stars"),
        lamp=((190, 208, 255), x, 0.13),
    )


def _golden(look: Look, t: Take) -> Look:
    x = t.chance.choice("side", (0.06, 0.94))
    return look.also(
        g.gain(1.14, 0.98, 0.68),
        g.split((96, 44, 30), (255, 206, 120), 0.42),
        g.fade(0.03),
        glow=0.55,
        lamp=((255, 190, 90), x, 0.12),
    )


def _sunset(look: Look, t: Take) -> Look:
    return look.also(
        g.gain(1.1, 0.82, 0.78),
        g.split((60, 20, 96), (255, 132, 70), t.near("sunset", 0.6, 0.2)),
        vignette=0.35,
        glow=0.4,
        lamp=((255, 120, 60), t.chance.uniform("x", 0.6, 0.95), 0.3),
    )


def _dawn(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.75),
        g.split((82, 92, 160), (255, 214, 206), 0.5),
        g.fade(0.1),
        drifts=_drift(look, "fog"),
        glow=0.3,
    )


def _dusk(look: Look, t: Take) -> Look:
    return look.also(
        g.gamma(1.5), g.saturate(0.7), g.split((22, 22, 84), (222, 150, 190), t.near("dusk", 0.6)), vignette=0.4
    )


def _day(look: Look, t: Take) -> Look:
    return look.also(
        g.gamma(0.72), g.saturate(1.2), g.gain(1.03, 1.02, 0.97), lamp=((255, 250, 220), t.near("x", 0.75), 0.0)
    )


def _snow(look: Look, t: Take) -> Look:
    return look.also(
        g.shift(85, 210, width=75, bleach=t.near("bleach", 0.9, 0.1), amount=0.9),
        g.saturate(0.7),
        g.gain(0.95, 1.0, 1.1),
        g.fade(0.05),
        drifts=_drift(look, "snow"),
    )


def _rain(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.5),
        g.gamma(t.near("wet", 1.4, 0.1)),
        g.gain(0.86, 0.95, 1.08),
        drifts=_drift(look, "rain"),
        vignette=0.35,
    )


def _storm(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.4), g.gamma(1.8), g.contrast(1.2), g.gain(0.85, 0.95, 1.1),
        drifts=_drift(look, "rain", "lightning"), vignette=0.6,
    )  # fmt: skip


def _fog(look: Look, t: Take) -> Look:
    return look.also(g.saturate(0.45), g.fade(t.near("haze", 0.34, 0.2), 0.9), drifts=_drift(look, "fog"))


def _leaves(look: Look, t: Take) -> Look:
    return look.also(
        g.shift(88, t.chance.uniform("autumn", 16, 36), width=80),
        g.gain(1.08, 0.97, 0.85),
        drifts=_drift(look, "leaves"),
    )


def _petals(look: Look, t: Take) -> Look:
    return look.also(g.gamma(0.85), g.gain(1.05, 0.97, 1.02), glow=0.3, drifts=_drift(look, "petals"))


def _embers(look: Look, t: Take) -> Look:
    return look.also(
        g.ramp((8, 2, 4), (110, 18, 8), (238, 92, 20), (255, 214, 120), amount=t.near("heat", 0.72, 0.15)),
        drifts=_drift(look, "embers"), glow=0.5, vignette=0.5,
    )  # fmt: skip


def _underwater(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.6), g.split((0, 30, 70), (110, 230, 225), t.near("deep", 0.72, 0.15)), g.gain(0.6, 0.98, 1.05),
        drifts=_drift(look, "bubbles"), glow=0.3, vignette=0.5, lamp=((150, 255, 245), t.near("x", 0.5, 0.5), -0.1),
    )  # fmt: skip


def _only(*names: str) -> Step:
    return lambda look, t: look.also(drifts=_drift(look, *names))


def _dust(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.7), g.split((84, 50, 22), (255, 224, 166), t.near("dust", 0.5)), drifts=_drift(look, "dust")
    )


def _space(look: Look, t: Take) -> Look:
    return look.also(
        g.gamma(1.3), g.split((30, 0, 80), (220, 150, 255), 0.6), drifts=_drift(look, "stars"), vignette=0.6
    )


def _magic(look: Look, t: Take) -> Look:
    return look.also(
        g.split((30, 20, 90), (255, 220, 190), 0.35), g.gamma(1.15), drifts=_drift(look, "fireflies"), glow=0.6
    )


_SETTINGS: dict[str | None, Step] = {
    "night": _night, "golden": _golden, "sunset": _sunset, "dawn": _dawn, "dusk": _dusk, "day": _day,
    "snow": _snow, "rain": _rain, "storm": _storm, "fog": _fog, "leaves": _leaves, "petals": _petals,
    "embers": _embers, "fireflies": _magic, "dust": _dust, "confetti": _only("confetti"), "wind": _only("wind"),
    "bubbles": _underwater, "underwater": _underwater, "space": _space, "desert": _dust,
    "beach": lambda look, t: look.also(g.gamma(0.85), g.gain(1.08, 1.02, 0.92), g.saturate(1.2)),
    "clouds": lambda look, t: look.also(g.saturate(0.6), g.contrast(0.85), drifts=_drift(look, "fog")),
    "aurora": lambda look, t: _night(look, t).also(g.split((10, 30, 60), (120, 255, 190), 0.4)),
}  # fmt: skip


def _noir(look: Look, t: Take) -> Look:
    return look.also(g.saturate(0), g.gamma(1.2), g.contrast(t.near("noir", 1.75, 0.15)), vignette=0.85, grain=16)


def _vintage(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.62),
        g.gain(1.08, 0.98, 0.78),
        g.fade(0.11, 0.93),
        vignette=0.6,
        grain=20,
        drifts=_drift(look, "scratches"),
    )


def _neon(look: Look, t: Take) -> Look:
    tilt = t.chance.uniform("tubes", -22, 22)
    return look.also(
        g.saturate(1.2), g.gamma(2.1), g.gain(0.7, 0.62, 0.85),
        g.split(from_hue(248 + tilt, 0.95, 0.5), from_hue(318 + tilt, 0.7, 1.0), 0.7),
        drawing="neon", glow=0.3, vignette=0.6,
    )  # fmt: skip


def _matrix(look: Look, t: Take) -> Look:
    return look.also(g.ramp((0, 6, 0), (0, 90, 30), (60, 230, 100), (220, 255, 220)), drawing="scanlines", glow=0.5)


def _thermal(look: Look, t: Take) -> Look:
    return look.also(g.ramp((10, 0, 60), (110, 0, 150), (230, 50, 60), (255, 170, 20), (255, 255, 220)))


def _drawn(name: str, *grades: g.Grade, **settings: float) -> Step:
    return lambda look, t: look.also(*grades, drawing=name, **settings)


def _film(*grades: g.Grade, **settings: float) -> Step:
    return lambda look, t: look.also(*grades, **settings)


_STYLES: dict[str, Step] = {
    "noir": _noir, "vintage": _vintage, "neon": _neon, "matrix": _matrix, "thermal": _thermal,
    "mono": _film(g.saturate(0), g.contrast(1.15), grain=6),
    "sepia": _film(g.ramp((20, 10, 4), (122, 82, 46), (214, 178, 126), (255, 244, 218)), vignette=0.5, grain=8),
    "vhs": _drawn("vhs", g.saturate(1.35), g.fade(0.08), g.split((40, 0, 90), (255, 210, 230), 0.3), grain=12),
    "glitch": _drawn("glitch", g.contrast(1.2), g.saturate(1.4)),
    "cartoon": _drawn("cartoon", g.saturate(1.55), g.gamma(0.75), g.posterise(7)),
    "comic": _drawn("comic", g.saturate(1.6), g.gamma(0.75), g.posterise(4)),
    "anime": _drawn("anime", g.gamma(0.75), g.saturate(1.35), g.split((50, 60, 140), (255, 244, 230), 0.2), glow=0.5),
    "watercolour": _drawn("watercolour", g.gamma(0.62), g.saturate(1.05), g.fade(0.14, 1.0)),
    "sketch": _drawn("sketch"),
    "oil": _drawn("oil", g.saturate(1.35), g.contrast(1.15)),
    "pixel": _drawn("pixel", g.saturate(1.3), g.posterise(6)),
    "dream": _film(g.fade(0.08), g.gamma(0.8), g.split((110, 80, 170), (255, 220, 236), 0.3), glow=1.0),
    "horror": _film(g.saturate(0.3), g.gamma(1.9), g.split((0, 26, 20), (190, 214, 160), 0.5), vignette=0.95, grain=18),
    "cinematic": _film(g.contrast(1.25), g.split((0, 62, 84), (255, 188, 128), 0.42), vignette=0.35),
    "vivid": _film(g.saturate(1.9), g.contrast(1.2)),
    "pastel": _film(g.saturate(0.6), g.gamma(0.75), g.fade(0.24, 1.0)),
    "negative": _film(g.invert()),
}  # fmt: skip

__all__ = ["Look", "for_edit", "for_scene"]
