"""From what a prompt, a reference and the parameters say to the look of an edit or of a drawn scene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from pixnb.sandbox.render.chance import Chance, of_prompt, of_take, order
from pixnb.sandbox.render.edits import grades as g
from pixnb.sandbox.render.edits import reference
from pixnb.sandbox.render.edits.look import Look, Patch, Take, apply
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.plan import settled
from pixnb.sandbox.render.palette import NAMED, from_hue, hue, shade
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.prompts.words import Reading
from pixnb.sandbox.render.request import RenderRequest

_STEPS = 50  # the example of the service's own page for num_inference_steps
_GREY = frozenset(("mono", "noir", "sketch", "sepia", "thermal", "matrix"))  # these have a tone of their own
_LIGHT = frozenset(("watercolour", "anime", "cartoon", "sketch", "pastel", "dream"))  # drawn on white paper
_DIM = frozenset(("neon", "noir", "horror", "storm", "rain", "fireworks", "embers"))


def look_of(request: RenderRequest, seen: Callable[[], Image.Image]) -> Look:
    """Return the look that an edit asks for."""
    reading, params = reading_of(request), settled(request)
    example = source.picture(request.inputs["reference"], "reference") if "reference" in request.inputs else None
    look = _worded(request, reading, seen, alone=example is None)
    if example is not None and "vton" in request.model:
        look = _wearing(look, request, reading, example, seen())
    elif example is not None:
        look = _like(look, request, example, seen())
    if params.get("enhance_prompt"):  # a richer prompt makes a richer picture
        look = look.also(g.contrast(1.06), g.saturate(1.06), glow=max(look.glow, 0.12))
    steps = params.get("num_inference_steps")
    return _refined(_denied(look, params), int(steps) if steps else _STEPS)


def take_of(request: RenderRequest) -> Take:
    """Return what differs between this take of a prompt and the others."""
    return Take(of_take(request), of_prompt(request), order(request))


def reading_of(request: RenderRequest) -> Reading:
    """Return what a request says, without what its negative prompt names."""
    reading = words.read(request.prompt)
    unwanted = request.params.get("negative_prompt")
    return words.without(reading, words.read(str(unwanted))) if unwanted else reading


def _worded(request: RenderRequest, reading: Reading, seen: Callable[[], Image.Image], *, alone: bool) -> Look:
    if not reading.known and not alone:
        return Look()  # the reference says it all
    denied = not reading.known and words.read(request.prompt).known
    if denied or not reading.words:
        return apply("plain", Look(), take_of(request))
    asks_thing = reading.recolour is not None and reading.recolour.source is None
    thing = reference.middle_hue(seen()) if asks_thing else None
    return for_edit(reading, take_of(request), thing)


def _like(look: Look, request: RenderRequest, example: Image.Image, seen: Image.Image) -> Look:
    """Return the look with the reference's palette and texture over it."""
    take = take_of(request)
    tones = reference.palette(example, seen, take.spread("palette", 0.82, 0.97), look.grades)
    exposure = g.gamma(take.spread("reference-light", 0.88, 1.12))
    return look.also(*tones, exposure, texture=reference.relief(example, seen.size, take.spread("relief", 0.7, 1.1)))


def _wearing(look: Look, request: RenderRequest, reading: Reading, example: Image.Image, seen: Image.Image) -> Look:
    """Return the look in which the middle of the picture wears the reference's garment."""
    named = next((NAMED[colour] for colour in reading.colours), None)
    patch = reference.wear(seen, example, named)
    if not reading.known or reading.recolour:
        take = take_of(request)
        look = Look().also(g.gamma(take.spread("light", 0.86, 1.1)), g.saturate(take.spread("saturation", 0.9, 1.15)))
    return replace(look, patch=patch)


def _denied(look: Look, params: dict[str, object]) -> Look:
    unwanted = set(words.read(str(params.get("negative_prompt") or "")).words)
    if {"grain", "grainy", "noise", "noisy"} & unwanted:
        look = replace(look, grain=0.0)
    if {"blurry", "blur", "blurred", "soft", "unsharp"} & unwanted:
        look = replace(look, fine=max(look.fine, 0.6))
    return replace(look, vignette=0.0, shade=0.0) if {"vignette", "shadows", "shadow"} & unwanted else look


def _refined(look: Look, steps: int) -> Look:
    """Return the look as few steps leave it, soft and noisy, or as many do, crisp."""
    if steps >= _STEPS:
        return replace(look, fine=look.fine + min(0.5, (steps - _STEPS) / 100))
    left = 1 - steps / _STEPS
    return replace(look, fine=look.fine - 1.2 * left**2, grain=look.grain + 26 * left**2)


def for_edit(reading: Reading, draws: Take, thing: float | None = None) -> Look:
    """Return the look of an edit."""
    look = Look()
    if reading.recolour:
        look = _recoloured(look, draws, reading, thing)
    for name in (reading.hour, reading.place, *reading.weather, *reading.styles):
        look = apply(name, look, draws)
    if not reading.known:
        look = _unknown(look, draws.theme or draws.chance, draws)
    return _varied(look, draws, reading)


def for_scene(reading: Reading, take: Chance) -> Look:
    """Return the look of a drawn scene: its styles only, for hour, weather and colours are drawn."""
    draws = Take(take)
    look = Look()
    if {"noir", "horror", "sketch"} & set(reading.styles):
        look = look.also(g.gamma(0.55))  # these grades are made for daylight; a drawn night would drown
    for style in reading.styles:
        look = apply(style, look, draws) if style != "neon" else look
    # A drawn city has its own neon: only its light is missing.
    return look.also(g.saturate(1.2), glow=0.9, vignette=0.4) if "neon" in reading.styles else look


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
