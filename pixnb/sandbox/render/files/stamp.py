"""The SANDBOX stamp in the top right corner, so that no clip passes for a model's, and a note at the lower left."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont


class _Plate(NamedTuple):
    light: NDArray[np.float32]
    cover: NDArray[np.float32]
    x: int
    y: int


class Stamp:
    """Blends the mark into YUV 4:2:0 frames or RGB pictures of one size, in place."""

    def __init__(self, width: int, height: int, note: str | None = None) -> None:
        short = min(width, height)
        margin = max(2, round(short / 40)) & ~1
        light, cover = _draw("SANDBOX", max(8, round(short / 27)), width)
        right = max(0, width - light.shape[1] - margin) & ~1
        self._plates = [_Plate(light, cover, right, min(margin, max(0, height - light.shape[0])) & ~1)]
        if note:
            light, cover = _draw(note, max(9, round(short / 30)), width - 2 * margin)
            self._plates.append(_Plate(light, cover, margin, max(0, height - light.shape[0] - margin) & ~1))

    def press(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Put the mark on the frame and return it."""
        frame.make_writable()
        for plate in self._plates:
            _blend(frame.planes[0], plate.x, plate.y, 16 + plate.light * 219, plate.cover)
            cover = plate.cover[::2, ::2]
            for plane in frame.planes[1:3]:
                _blend(plane, plate.x // 2, plate.y // 2, np.full_like(cover, 128), cover)
        return frame

    def mark(self, image: Image.Image) -> Image.Image:
        """Put the mark on an RGB picture and return it."""
        for plate in self._plates:
            text = Image.fromarray((plate.light * 255).astype(np.uint8)).convert("RGB")
            image.paste(text, (plate.x, plate.y), Image.fromarray((plate.cover * 255).astype(np.uint8)))
        return image


def _blend(
    plane: av.video.plane.VideoPlane, x: int, y: int, value: NDArray[np.float32], cover: NDArray[np.float32]
) -> None:
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    area = rows[y : y + value.shape[0], x : min(x + value.shape[1], plane.width)]
    value, cover = value[: area.shape[0], : area.shape[1]], cover[: area.shape[0], : area.shape[1]]
    area[...] = (area + (value - area) * cover + 0.5).astype(np.uint8)


def _draw(text: str, size: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return a text's light and cover, in as many lines as the width asks for."""
    font = ImageFont.load_default(size=size)
    text = "\n".join(textwrap.wrap(text, max(4, int(width / size / 0.62))))
    pen = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, top, right, bottom = pen.multiline_textbbox((0, 0), text, font=font)
    pad_x, pad_y = round(size * 0.55), round(size * 0.38)
    box = (int(right - left) + 2 * pad_x + 1 & ~1, int(bottom - top) + 2 * pad_y + 1 & ~1)
    letters, plate = Image.new("L", box), Image.new("L", box)
    ImageDraw.Draw(plate).rounded_rectangle((0, 0, box[0] - 1, box[1] - 1), size * 0.35, fill=140)
    ImageDraw.Draw(letters).multiline_text((pad_x - left, pad_y - top), text, font=font, fill=255)
    light = np.asarray(np.asarray(letters) / 255, np.float32)
    cover = np.maximum(np.asarray(plate, np.float32) / 255, light * 0.95)
    return light, cover
