"""Rendering one clip or picture: a request in, a finished file out, by classical means and never by a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pixnb.sandbox.render.request import RenderError, RenderRequest, RenderResult


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
    # Each renderer is imported when it is needed, so that a pool's process starts fast.
    if request.task == "video-to-video":
        return _of_video(request), ("video",)
    if request.task in ("text-to-image", "image-to-image"):
        from pixnb.sandbox.render.scenes import stills

        return (stills.text_to_image, ()) if request.task[0] == "t" else (stills.image_to_image, ("image",))
    if request.task == "audio-to-video":
        from pixnb.sandbox.render.scenes import pulse

        return pulse.audio_to_video, ("audio",)
    with_image = request.task == "text-to-video" and "image" in request.inputs  # one model does both
    if with_image or request.task in ("image-to-video", "first-last-frame"):
        from pixnb.sandbox.render.moves import motion

        both = request.task == "first-last-frame"
        return motion.image_to_video, (("image", "end_image") if both else ("image",))
    if request.task == "text-to-video":
        from pixnb.sandbox.render.scenes import scene

        return scene.text_to_video, ()
    raise RenderError(f"The sandbox cannot render {request.task}.")


def _of_video(request: RenderRequest) -> Callable[[RenderRequest], RenderResult]:
    if "retake_mode" in request.params:
        from pixnb.sandbox.render.edits import retake

        return retake.retake
    if "target_resolution" in request.params:
        from pixnb.sandbox.render.edits import upscale

        return upscale.upscale
    from pixnb.sandbox.render.edits import edit

    return edit.edit


def _article(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role.replace('_', ' ')}"
