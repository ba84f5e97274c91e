"""From an edit's request to its look: the prompt, what it shall not be, the reference, the steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixnb.sandbox.render.chance import of_prompt, of_take, order
from pixnb.sandbox.render.edits import grades as g
from pixnb.sandbox.render.edits import looks, reference
from pixnb.sandbox.render.edits.look import Look, Take
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.plan import settled
from pixnb.sandbox.render.palette import NAMED
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.prompts.words import Reading
from pixnb.sandbox.render.request import RenderRequest

_STEPS = 50  # the example of the service's own page for num_inference_steps


def look_of(request: RenderRequest, seen: Callable[[], Image.Image]) -> Look:
    """Return the look that an edit asks for.

    Raises:
        RenderError: The reference is not a picture.
    """
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
        return _polished(request)
    asks_thing = reading.recolour is not None and reading.recolour.source is None
    thing = middle_hue(seen()) if asks_thing else None
    return looks.for_edit(reading, of_prompt(request), of_take(request), thing, order(request))


def _polished(request: RenderRequest) -> Look:
    """Return the look for no words at all: the picture itself, a little better lit."""
    take = Take(of_take(request), of_prompt(request), order(request))
    warmth = take.spread("warmth", -0.05, 0.05)
    return Look().also(
        g.contrast(1.12),
        g.gamma(take.spread("exposure", 0.84, 1.0)),
        g.gain(1 + warmth, 1.0, 1 - warmth),
        g.saturate(take.spread("saturation", 1.02, 1.2)),
        vignette=take.spread("vignette", 0.1, 0.3), glow=0.12, fine=0.5,
    )  # fmt: skip


def _like(look: Look, request: RenderRequest, example: Image.Image, seen: Image.Image) -> Look:
    """Return the look with the reference's palette and texture over it."""
    take = Take(of_take(request), of_prompt(request), order(request))
    tones = reference.palette(example, seen, take.spread("palette", 0.82, 0.97), look.grades)
    exposure = g.gamma(take.spread("reference-light", 0.88, 1.12))
    return look.also(*tones, exposure, texture=reference.relief(example, seen.size, take.spread("relief", 0.7, 1.1)))


def _wearing(look: Look, request: RenderRequest, reading: Reading, example: Image.Image, seen: Image.Image) -> Look:
    """Return the look in which the middle of the picture wears the reference's garment."""
    named = next((NAMED[colour] for colour in reading.colours), None)
    patch = reference.garment(example).put_on(reference.worn(seen, named))
    if not reading.known or reading.recolour:
        take = Take(of_take(request), of_prompt(request), order(request))
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


def middle_hue(picture: Image.Image) -> float | None:
    """Return the hue that the middle of a picture has more of than its borders; None when that is grey."""
    hsv = np.asarray(picture.resize((64, 36)).convert("HSV"), np.float32)
    rows, columns = np.mgrid[-1:1:36j, -1:1:64j]
    middle = np.exp(-((rows / 0.7) ** 2 + (columns / 0.45) ** 2)).astype(np.float32)
    weights = middle / middle.sum() - (1 - middle) / (1 - middle).sum()
    return _strongest(hsv, weights)


def _strongest(hsv: NDArray[np.float32], weights: NDArray[np.float32]) -> float | None:
    chroma = hsv[..., 1] * hsv[..., 2] / 255**2
    grey = np.clip(1.8 - chroma * 9, 0, 1)
    bins = (hsv[..., 0] * 12 / 256).astype(int)
    scores = [float((weights * (1 - grey) * (bins == i)).sum()) for i in range(12)]
    best = int(np.argmax(scores))
    return None if float((weights * grey).sum()) >= scores[best] else (best + 0.5) * 30.0
