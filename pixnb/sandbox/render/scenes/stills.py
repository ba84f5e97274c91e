"""Pictures: a scene from words alone, or a new look for a given picture."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from pixnb.sandbox.render.chance import of_take
from pixnb.sandbox.render.edits.edit import overlays, restyled
from pixnb.sandbox.render.edits.looks import look_of
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
    tiny = Scene(request, (160, round(80 * size[1] / size[0]) * 2), _SECONDS)
    moment = _moment(scene.reading.weather, lambda t: tiny.picture(t, moving=False))
    image = scene.picture(moment, moving=False).resize(size, Image.Resampling.LANCZOS)
    return save(restyled(image, scene.look, of_take(request)), request.out, note_for_scene(request))


def image_to_image(request: RenderRequest) -> RenderResult:
    """Give a picture the look that the prompt or the reference asks for; its shape stays, and its size if it can."""
    image = source.picture(request.inputs["image"])
    size = _kept(request, image.size)
    work = tuple(max(_LEAST, side + side % 2) for side in size)
    small = image.resize((work[0], work[1]), Image.Resampling.LANCZOS)
    chance = of_take(request)
    look = look_of(request, lambda: small)
    made = restyled(small, look, chance)
    tiny = made.resize((160, 90))
    over = overlays(look, tiny.size, chance)
    moment = _moment(look.drifts, lambda t: draw_all(over, tiny.copy(), t))
    draw_all(overlays(look, made.size, chance), made, moment)
    return save(made.resize(size, Image.Resampling.LANCZOS), request.out, note_for_edit(request))


def _kept(request: RenderRequest, size: tuple[int, int]) -> tuple[int, int]:
    """Return a picture's own size, made smaller where it passes the resolution."""
    limit = short_side(settled(request).get("resolution") or "720p")
    scale = min(1.0, limit / min(size)) * (0.5 if request.draft else 1.0)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _enlarged(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(2.0, max(1.0, _FINEST / min(size)))
    return round(size[0] * scale / 2) * 2, round(size[1] * scale / 2) * 2


def _moment(names: Iterable[str], picture: Callable[[float], Image.Image]) -> float:
    """Return when a picture looks best: for lightning and fireworks, when its brightness differs most within it."""
    if not _SUDDEN & set(names):
        return _POSED
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
