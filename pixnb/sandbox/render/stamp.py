"""The SANDBOX stamp: a small legible mark in the top right corner, so that no clip passes for a model's."""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_TEXT = "SANDBOX"


class Stamp:
    """Blends the mark into YUV 4:2:0 frames or RGB pictures of one size, in place.

    Args:
        width: The frames' width in pixels.
        height: The frames' height in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        light, cover = _drawn(max(8, round(min(width, height) / 27)))
        margin = max(2, round(min(width, height) / 40)) & ~1
        self._x = max(0, width - light.shape[1] - margin) & ~1
        self._y = min(margin, max(0, height - light.shape[0])) & ~1
        light, cover = light[:height, :width], cover[:height, :width]
        self._light = light
        self._luma = 16 + light * 219
        self._cover = cover
        self._chroma = cover[::2, ::2]

    def press(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Put the mark on the frame and return it."""
        frame.make_writable()
        _blend(frame.planes[0], frame.width, self._x, self._y, self._luma, self._cover)
        for plane in frame.planes[1:3]:
            grey = np.full_like(self._chroma, 128)
            _blend(plane, (frame.width + 1) // 2, self._x // 2, self._y // 2, grey, self._chroma)
        return frame

    def mark(self, image: Image.Image) -> Image.Image:
        """Put the mark on an RGB picture and return it."""
        mark = Image.fromarray((self._light * 255).astype(np.uint8)).convert("RGB")
        image.paste(mark, (self._x, self._y), Image.fromarray((self._cover * 255).astype(np.uint8)))
        return image


def _blend(
    plane: av.video.plane.VideoPlane,
    width: int,
    x: int,
    y: int,
    value: NDArray[np.float32],
    cover: NDArray[np.float32],
) -> None:
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    area = rows[y : y + value.shape[0], x : min(x + value.shape[1], width)]
    value, cover = value[: area.shape[0], : area.shape[1]], cover[: area.shape[0], : area.shape[1]]
    area[...] = (area + (value - area) * cover + 0.5).astype(np.uint8)


def _drawn(size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    font = ImageFont.load_default(size=size)
    left, top, right, bottom = font.getbbox(_TEXT)
    pad_x, pad_y = round(size * 0.55), round(size * 0.38)
    box = (int(right - left) + 2 * pad_x + 1 & ~1, int(bottom - top) + 2 * pad_y + 1 & ~1)
    text, plate = Image.new("L", box), Image.new("L", box)
    ImageDraw.Draw(plate).rounded_rectangle((0, 0, box[0] - 1, box[1] - 1), size * 0.35, fill=140)
    ImageDraw.Draw(text).text((pad_x - left, pad_y - top), _TEXT, font=font, fill=255)
    light = np.asarray(np.asarray(text) / 255, np.float32)
    cover = np.maximum(np.asarray(plate, np.float32) / 255, light * 0.95)
    return light, cover


__all__ = ["Stamp"]
