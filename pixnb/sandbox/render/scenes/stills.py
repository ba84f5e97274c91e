"""Pictures: a scene from words alone, or a new look for a given picture."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from pixnb.sandbox.render.chance import Chance, of_take
from pixnb.sandbox.render.edits.directions import look_of
from pixnb.sandbox.render.edits.edit import overlays, restyled
from pixnb.sandbox.render.edits.look import Look
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.plan import frame_size, settled, short_side
from pixnb.sandbox.render.files.stamp import Stamp
from pixnb.sandbox.render.prompts.note import note_for_edit, note_for_scene
from pixnb.sandbox.render.request import RenderRequest, RenderResult
from pixnb.sandbox.render.scenes.scene import Scene
from pixnb.sandbox.render.weather.drift import draw_all

_FINEST = 1080  # pixels of the shorter side that small pictures are drawn at, to be scaled down
_LEAST = 32  # pixels of a side that the filters need
_SECONDS = 6.0
_POSED = 3.0  # seconds into a scene at which everybody is in place
_SUDDEN = frozenset(("storm", "lightning", "fireworks"))  # what is worth waiting for


def text_to_image(request: RenderRequest) -> RenderResult:
    """Draw a scene from words alone, at its best moment."""
    size = frame_size(request)
    scene = Scene(request, _enlarged(size), _SECONDS)
    image = scene.picture(_moment(request, scene), moving=False).resize(size, Image.Resampling.LANCZOS)
    return save(restyled(image, scene.look, of_take(request)), request.out, note_for_scene(request))


def image_to_image(request: RenderRequest) -> RenderResult:
    """Give a picture the look that the prompt or the reference asks for; its shape stays, and its size if it can.

    Raises:
        RenderError: The picture or the reference cannot be read.
    """
    image = source.picture(request.inputs["image"])
    size = _kept(request, image.size)
    work = tuple(max(_LEAST, side + side % 2) for side in size)
    small = image.resize((work[0], work[1]), Image.Resampling.LANCZOS)
    chance = of_take(request)
    look = look_of(request, lambda: small)
    made = restyled(small, look, chance)
    draw_all(overlays(look, made.size, chance), made, _struck(look, made, chance))
    return save(made.resize(size, Image.Resampling.LANCZOS), request.out, note_for_edit(request))


def _struck(look: Look, image: Image.Image, chance: Chance) -> float:
    """Return the moment at which what drifts through a picture looks best."""
    if not _SUDDEN & set(look.drifts):
        return _POSED
    tiny = image.resize((160, 90))
    over = overlays(look, tiny.size, chance)
    return _brightest(lambda t: draw_all(over, tiny.copy(), t))


def _kept(request: RenderRequest, size: tuple[int, int]) -> tuple[int, int]:
    """Return a picture's own size, made smaller where it passes the resolution."""
    limit = short_side(settled(request).get("resolution") or "720p")
    scale = min(1.0, limit / min(size)) * (0.5 if request.draft else 1.0)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _enlarged(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(2.0, max(1.0, _FINEST / min(size)))
    return round(size[0] * scale / 2) * 2, round(size[1] * scale / 2) * 2


def _moment(request: RenderRequest, scene: Scene) -> float:
    """Return when the scene looks best: when everybody is in place, but for lightning and fireworks when they light."""
    if not _SUDDEN & set(scene.reading.weather):
        return _POSED
    scale = 160 / max(scene.size)
    small = Scene(request, (round(scene.size[0] * scale / 2) * 2, round(scene.size[1] * scale / 2) * 2), _SECONDS)
    return _brightest(lambda t: small.picture(t, moving=False))


def _brightest(picture: Callable[[float], Image.Image]) -> float:
    """Return the moment that has most in it: where the brightness differs most within the picture."""
    moments = [_POSED + step * 0.1 for step in range(-20, 21)]
    return max(moments, key=lambda t: float(np.asarray(picture(t).convert("L"), np.float32).std()))


def save(image: Image.Image, out: str, note: str | None) -> RenderResult:
    """Stamp a picture and write it as PNG; it appears under its name only when it is whole."""
    path = Path(out)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        Stamp(*image.size, note).mark(image).save(part, format="PNG", compress_level=4)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return RenderResult(out, "image/png", 0.0)
