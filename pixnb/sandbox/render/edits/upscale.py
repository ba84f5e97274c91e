"""Upscaling: a clip larger, sharper and at another frame rate, with nothing else changed."""

from __future__ import annotations

from fractions import Fraction

from pixnb.sandbox.render.edits.cut import keep_sound, upright
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.encode import write_film
from pixnb.sandbox.render.files.plan import halve, settled, short_side
from pixnb.sandbox.render.files.wiring import run_graph
from pixnb.sandbox.render.request import RenderRequest, RenderResult

# Strength of the sharpening by the model asked for: the first redraws detail, the second is faithful.
_CRISP = {"theia-fine-tune-detail": 1.3, "theia-fine-tune-fidelity": 0.5, "rhea": 1.0, "iris": 0.7}


def upscale(request: RenderRequest) -> RenderResult:
    """Enlarge a clip to a resolution and a frame rate; its shape and its sound stay."""
    clip = source.clip(request.inputs["video"])
    params = settled(request)
    scale = short_side(params["target_resolution"]) / min(clip.width, clip.height)
    size = halve((round(clip.width * scale), round(clip.height * scale)), request.draft)
    fps = Fraction(str(params.get("target_fps") or clip.fps))
    crisp = _CRISP.get(str(params.get("enhance_model")), 0.8)
    larger = (f"scale={size[0]}:{size[1]}:flags=lanczos", "format=yuv420p", f"unsharp=5:5:{crisp}:5:5:0")
    steps = (*upright(clip), *_paced(clip.fps, fps), *larger)
    frames = run_graph(clip.frames(), lambda wires: wires.then(wires.port, *steps))
    return write_film(frames, request.out, size=size, fps=fps, sound=keep_sound(clip), crf=19, colours=clip.colours)


def _paced(own: Fraction, fps: Fraction) -> tuple[str, ...]:
    """Return the filters that give a clip a rate: frames between two are blended, not shown twice."""
    first = "setpts=PTS-STARTPTS"
    if fps <= own or fps % own == 0:
        return first, f"fps={fps}"
    return first, "format=yuv420p", f"framerate=fps={fps}:interp_start=60:interp_end=196:scene=7"
