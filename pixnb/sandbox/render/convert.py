"""Between pictures and video frames: PIL images in and out, and RGB to the encoder's YUV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import cast

from av import VideoFrame
from PIL import Image

from pixnb.sandbox.render.wiring import Wiring


def image_of(frame: VideoFrame) -> Image.Image:
    """Return a frame as an RGB picture."""
    return cast(Image.Image, frame.to_image())  # type: ignore[no-untyped-call]  # PyAV leaves this one untyped


def frame_of(image: Image.Image, pts: int | None, clock: Fraction | None) -> VideoFrame:
    """Return a picture as a frame at a time, counted in `clock`s."""
    frame = cast(VideoFrame, VideoFrame.from_image(image))  # type: ignore[no-untyped-call]  # PyAV leaves it untyped
    frame.pts, frame.time_base = pts, clock
    return frame


def timed(images: Iterable[Image.Image], clock: Fraction) -> Iterator[VideoFrame]:
    """Yield pictures as frames, one a tick."""
    for i, image in enumerate(images):
        yield frame_of(image, i, clock)


def to_yuv(
    frames: Iterable[VideoFrame], size: tuple[int, int], to: tuple[int, int], clock: Fraction, matrix: str = "bt709"
) -> Iterator[VideoFrame]:
    """Yield RGB frames scaled and in YUV 4:2:0 of the given matrix, limited range."""
    wires = Wiring(*size, format="rgb24", time_base=clock)
    scale = f"scale={to[0]}:{to[1]}:flags=bicubic:out_color_matrix={matrix}:out_range=tv"
    yield from wires.run(wires.then(wires.port, scale, "format=yuv420p"), frames)


__all__ = ["frame_of", "image_of", "timed", "to_yuv"]
