"""Rendering one clip or picture: a request in, a finished file out, by classical means and never by a model."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from pixnb.sandbox.render.request import RenderError, RenderRequest, RenderResult

_WORKS = {  # who does a task, and which files that needs
    "text-to-video": "scenes.scene.text_to_video",
    "text-to-image": "scenes.stills.text_to_image",
    "image-to-image": "scenes.stills.image_to_image image",
    "audio-to-video": "scenes.pulse.audio_to_video audio",
    "image-to-video": "moves.motion.image_to_video image",
    "first-last-frame": "moves.motion.image_to_video image end_image",
    "video-to-video": "edits.edit.edit video",
    "retake": "edits.retake.retake video",
    "upscale": "edits.upscale.upscale video",
}


def render(request: RenderRequest) -> RenderResult:
    """Render what a request asks for.

    The same request with the same seed (without a seed: the same variant) gives the same frames, in any process.

    Args:
        request: What to render, from which local files, and where to.

    Returns:
        The file, which appears under its name only when it is whole.

    Raises:
        RenderError: An input is missing, is not media, is damaged, or the numbers asked for cannot be.
    """
    work, needed = _work(request)
    for role in needed:
        if role not in request.inputs:
            raise RenderError(f"{request.task} needs {_article(role)}, and none came with the request.")
    for role, path in request.inputs.items():
        if not Path(path).is_file():
            raise RenderError(f"The {role} could not be read: there is no file {Path(path).name}.")
    return work(request)


def _work(request: RenderRequest) -> tuple[Callable[[RenderRequest], RenderResult], tuple[str, ...]]:
    task = request.task
    if task == "video-to-video":
        kinds = {"retake_mode": "retake", "target_resolution": "upscale"}
        task = next((kind for sign, kind in kinds.items() if sign in request.params), task)
    if task == "text-to-video" and "image" in request.inputs:  # one model does both
        task = "image-to-video"
    if task not in _WORKS:
        raise RenderError(f"The sandbox cannot render {task}.")
    where, *needed = _WORKS[task].split()
    module, _, name = where.rpartition(".")
    # Each renderer is imported when it is needed, so that a pool's process starts fast.
    return getattr(import_module(f"pixnb.sandbox.render.{module}"), name), tuple(needed)


def _article(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role.replace('_', ' ')}"
