"""Upscaling: a clip larger, sharper and at another frame rate, with nothing else changed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

import av

from pixnb.sandbox.render.edits.cut import kept_sound, upright
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.encode import Film
from pixnb.sandbox.render.files.plan import settled, short_side, source_size
from pixnb.sandbox.render.files.source import Clip
from pixnb.sandbox.render.files.wiring import Wiring
from pixnb.sandbox.render.request import RenderRequest, RenderResult

# Strength of the sharpening by the model asked for: the first redraws detail, the second is faithful.
_CRISP = {"theia-fine-tune-detail": 1.3, "theia-fine-tune-fidelity": 0.5, "rhea": 1.0, "iris": 0.7}


def upscale(request: RenderRequest) -> RenderResult:
    """Enlarge a clip to a resolution and a frame rate; its shape and its sound stay.

    Raises:
        RenderError: The video cannot be read.
    """
    clip = source.clip(request.inputs["video"])
    params = settled(request)
    scale = short_side(params["target_resolution"]) / min(clip.width, clip.height)
    size = source_size(round(clip.width * scale), round(clip.height * scale), request.draft)
    fps = Fraction(str(params.get("target_fps") or clip.fps))
    crisp = _CRISP.get(str(params.get("enhance_model")), 0.8)
    colours = (*clip.colours[:3], 1)
    with Film(request.out, size=size, fps=fps, sound=kept_sound(clip), crf=19, colours=colours) as film:
        for frame in _enlarged(clip, size, fps, crisp):
            film.write(frame)
    return RenderResult(request.out, "video/mp4", film.seconds)


def _enlarged(clip: Clip, size: tuple[int, int], fps: Fraction, crisp: float) -> Iterator[av.VideoFrame]:
    frames = clip.frames()
    head = next(frames, None)
    if head is None:
        return
    clock = Fraction(head.time_base or Fraction(1, 90_000))
    wires = Wiring(head.width, head.height, format=head.format.name, time_base=clock)
    larger = (f"scale={size[0]}:{size[1]}:flags=lanczos", "format=yuv420p", f"unsharp=5:5:{crisp}:5:5:0")
    port = wires.then(wires.port, *upright(clip), *_paced(clip.fps, fps), *larger)
    yield from wires.run(port, chain([head], frames))


def _paced(own: Fraction, fps: Fraction) -> tuple[str, ...]:
    """Return the filters that give a clip a rate: frames between two are blended, not shown twice."""
    first = "setpts=PTS-STARTPTS"
    if fps <= own or fps % own == 0:
        return first, f"fps={fps}"
    return first, "format=yuv420p", f"framerate=fps={fps}:interp_start=60:interp_end=196:scene=7"


__all__ = ["upscale"]
