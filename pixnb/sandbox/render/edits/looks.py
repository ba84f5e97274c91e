"""From what a prompt says to the look of an edit or of a drawn scene."""

from __future__ import annotations

from dataclasses import replace

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.edits import grades as g
from pixnb.sandbox.render.edits.look import Look, Patch, Take
from pixnb.sandbox.render.edits.steps import apply
from pixnb.sandbox.render.palette import NAMED, from_hue, hue, shade
from pixnb.sandbox.render.prompts.words import Reading

_GREY = frozenset(("mono", "noir", "sketch", "sepia", "thermal", "matrix"))  # these have a tone of their own
_LIGHT = frozenset(("watercolour", "anime", "cartoon", "sketch", "pastel", "dream"))  # drawn on white paper
_DIM = frozenset(("neon", "noir", "horror", "storm", "rain", "fireworks", "embers"))


def for_edit(reading: Reading, theme: Chance, take: Chance, thing: float | None, order: int = 0) -> Look:
    """Return the look of an edit."""
    look, draws = Look(), Take(take, theme, order)
    if reading.recolour:
        look = _recoloured(look, draws, reading, thing)
    for name in (reading.hour, reading.place, *reading.weather):
        look = apply(name, look, draws)
    look = _styled(look, reading, draws)
    if not reading.known:
        look = _unknown(look, theme, draws)
    return _varied(look, draws, reading)


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


def only_weather(look: Look) -> Look:
    """Return the look with nothing left but what drifts through it."""
    return Look(drifts=look.drifts)


def _styled(look: Look, reading: Reading, draws: Take) -> Look:
    for name in reading.styles:
        look = apply(name, look, draws)
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
    target = NAMED[change.target]
    if source is None:  # half of any picture is greyish: only what stands in the middle is meant
        dye = g.dyed(target, turn=turn, grey=True)
        return look.also(g.gamma(deeper), patch=Patch(g.cover(None), (dye,)))
    return look.also(g.recolour(source, target, turn=turn, width=width), g.gamma(deeper))


def _varied(look: Look, draws: Take, reading: Reading) -> Look:
    """Give each take its own light, exposure, tone and saturation."""
    dark = reading.hour in ("night", "dusk") or bool(_DIM & {*reading.styles, *reading.weather})
    light = bool(_LIGHT & set(reading.styles))
    bright = light or reading.hour in ("golden", "day", "dawn") or reading.mood == "bright"
    tone = draws.spread("tone", 0, 360)
    grades: tuple[g.Grade, ...] = (g.gamma(draws.spread("exposure", 0.66, 1.06 if dark else 1.1 if bright else 1.34)),)
    if not _GREY & set(reading.styles):
        grades += (
            g.split(from_hue(tone + 180, 0.7, 0.4), from_hue(tone, 0.45, 0.95), draws.spread("toned", 0.14, 0.34)),
            g.saturate(draws.spread("saturation", 0.75, 1.3)),
        )
    return look.also(
        *grades,
        heft=look.heft * draws.spread("heft", 0.7, 1.5),
        vignette=max(look.vignette, draws.spread("vignette", 0.0, 0.25)),
        shade=draws.spread("shade", 0.22, 0.5) * (0.5 if light else 0.7 if dark else 1),
        lit=(draws.spread("lit-x", 0.05, 0.95), draws.spread("lit-y", 0.1, 0.6)),
    )


def _unknown(look: Look, theme: Chance, draws: Take) -> Look:
    """Invent a look for a prompt without a word that a renderer knows: its own two tones and light."""
    first = theme.uniform("first", 0, 360) + draws.chance.uniform("tones", -16, 16)
    second = first + theme.choice("angle", (120, 150, 180, 210, 240))
    shadows, lights = from_hue(first, 0.75, 0.5), from_hue(second, 0.5, 0.95)
    tones = (
        g.split(shadows, lights, draws.near("amount", 0.8, 0.12)),
        g.ramp(draws.near("amount", 0.8, 0.12), shade(shadows, 0.4), lights, (255, 250, 240)),
    )
    corners, glow = theme.choice("corners", (0.0, 0.45, 0.7)), theme.choice("glow", (0.0, 0.0, 0.5))
    return look.also(g.contrast(1.15), theme.choice("kind", tones), vignette=corners, glow=glow)
