"""From a request's parameters to the file asked for: size, frame rate, length, sound and codec."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

from pixnb.catalogue import models
from pixnb.catalogue.model import Model
from pixnb.errors import ModelNotFound
from pixnb.sandbox.render.files.encode import H264, H265, WEBM, Format, write_film
from pixnb.sandbox.render.files.tracks import Block, Made
from pixnb.sandbox.render.files.wiring import to_yuv
from pixnb.sandbox.render.request import RenderError, RenderRequest, RenderResult
from pixnb.sandbox.tables import read_table

_SIZES = read_table(__file__, "sizes.toml")
_SHORT_SIDE: dict[str, int] = _SIZES["short_side"]
_DECART_RATE, _DECART_SECONDS = 25, 5
_MOST_FRAMES = 1_000
_LONGEST_SIDE = 4_096


@dataclass(frozen=True)
class Plan:
    """The file to make."""

    size: tuple[int, int]  # width and height in pixels, even
    fps: Fraction  # frames a second
    frames: int  # how many
    sound: bool  # whether it has sound
    format: Format = H264  # codecs and container
    crf: int = 21  # x264's quality

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return float(self.frames / self.fps)

    def drawn(self, short: int) -> tuple[int, int]:
        """Return the size that the pictures are drawn at: at most so many pixels on the shorter side, even."""
        scale = min(1.0, short / min(self.size))
        return round(self.size[0] * scale / 2) * 2, round(self.size[1] * scale / 2) * 2

    def write(
        self, frames: Iterable[av.VideoFrame], out: str, sound: Iterable[Block], note: str | None
    ) -> RenderResult:
        """Write RGB frames of any size as the file that is wanted."""
        return write_film(
            to_yuv(frames, self.size), out, size=self.size, fps=self.fps, format=self.format,
            sound=Made(sound, self.seconds) if self.sound else None, crf=self.crf, note=note,
        )  # fmt: skip


def plan(request: RenderRequest, image: tuple[int, int] | None = None) -> Plan:
    """Return what a generating request asks for.

    Raises:
        RenderError: A size or length that cannot be.
    """
    params = settled(request)
    if is_decart(request):
        size, rate = frame_size(request, image), Fraction(_DECART_RATE)
        return Plan(size, fps=rate, frames=_DECART_RATE * _DECART_SECONDS, sound=False)
    fps = Fraction(int(params.get("fps") or 25))
    frames = int(
        params.get("num_frames") or int(params.get("duration") or (121 / fps if "video_size" in params else 6)) * fps
    )
    if "num_frames" not in params and _is_by_frames(request):
        frames = 121
    if not 1 <= frames <= _MOST_FRAMES:
        raise RenderError(f"num_frames is {frames}; the sandbox renders 1 to {_MOST_FRAMES} frames.")
    return Plan(
        halve(_size(params, image, by_frames=_is_by_frames(request)), request.draft),
        fps=fps,
        frames=frames,
        sound=bool(params.get("generate_audio", True)),
        format=_format(str(params.get("video_output_type", ""))),
        crf=_SIZES["quality"].get(str(params.get("video_quality", "high")), 21),
    )


def is_decart(request: RenderRequest) -> bool:
    """Return whether the model is one of Decart's own service, which has its own sizes and makes no sound."""
    model = _model(request)
    return model is not None and model.provider == "decart"


def frame_size(request: RenderRequest, image: tuple[int, int] | None = None) -> tuple[int, int]:
    """Return the size that Decart's generating models make, turned as the orientation or else the image is."""
    params = settled(request)
    width, height = _SIZES["decart"].get(str(params.get("resolution")), _SIZES["decart"]["720p"])
    upright = image is not None and image[1] > image[0]
    if params.get("orientation") == "portrait" or (upright and "orientation" not in params):
        width, height = height, width
    return halve((width, height), request.draft)


def short_side(resolution: object) -> int:
    """Return the shorter side in pixels of a named resolution, such as "720p"."""
    return _SHORT_SIDE.get(str(resolution).lower(), 720)


def settled(request: RenderRequest) -> dict[str, Any]:
    """Return the request's parameters with the model's documented defaults beneath them."""
    model = _model(request)
    fields = model.params.model_fields if model else {}
    defaults = {name: f.default for name, f in fields.items() if not f.is_required() and f.default is not None}
    return defaults | {name: value for name, value in request.params.items() if value is not None}


def _is_by_frames(request: RenderRequest) -> bool:
    model = _model(request)
    return "num_frames" in (model.params.model_fields if model else request.params)


def _model(request: RenderRequest) -> Model | None:
    try:
        return models.get(request.model)
    except ModelNotFound:
        return None


def _size(params: dict[str, Any], image: tuple[int, int] | None, *, by_frames: bool) -> tuple[int, int]:
    if by_frames:
        return _named_size(params.get("video_size", "auto"), image)
    short = _SHORT_SIDE.get(str(params.get("resolution", "1080p")).lower(), 1080)
    ratio = str(params.get("aspect_ratio") or ("auto" if image else "16:9"))
    wide, high = image or (16, 9)
    if match := re.fullmatch(r"(\d+):(\d+)", ratio):
        wide, high = int(match[1]), int(match[2])
    # Wider than 21:9 the long side would grow past what players and encoders like.
    aspect = min(21 / 9, max(9 / 21, wide / high))
    return (round(short * aspect), short) if aspect >= 1 else (short, round(short / aspect))


def _named_size(size: Any, image: tuple[int, int] | None) -> tuple[int, int]:
    if isinstance(size, dict):
        return _sane(int(size.get("width", 0)), int(size.get("height", 0)))
    if match := re.fullmatch(r"(\d+)\s*[x×*]\s*(\d+)", str(size).strip().lower()):
        return _sane(int(match[1]), int(match[2]))
    if preset := _SIZES["presets"].get(str(size)):
        return preset[0], preset[1]
    width, height = image or (1280, 720)
    scale = min(1.0, 1920 / max(width, height))
    return max(64, round(width * scale)), max(64, round(height * scale))


def _sane(width: int, height: int) -> tuple[int, int]:
    if min(width, height) < 64 or max(width, height) > _LONGEST_SIDE:
        raise RenderError(
            f"video_size {width}x{height} cannot be rendered: give sides of 64 to {_LONGEST_SIDE} pixels."
        )
    return width, height


def halve(size: tuple[int, int], draft: bool) -> tuple[int, int]:
    """Return a size that is even; half of each side for a draft."""
    scale = 0.5 if draft else 1.0
    return max(16, round(size[0] * scale / 2) * 2), max(16, round(size[1] * scale / 2) * 2)


def _format(wanted: str) -> Format:
    word = wanted.lower()
    if "265" in word or "hevc" in word:
        return H265
    return WEBM if "webm" in word or "vp9" in word else H264
