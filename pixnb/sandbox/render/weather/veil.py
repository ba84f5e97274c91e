"""What drifts through a picture, laid straight over YUV frames: a third of the bytes that RGB has, and no way there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import av
import numpy as np
from PIL import Image

from pixnb.sandbox.render.palette import RGB
from pixnb.sandbox.render.weather.drift import Cover, Veil, cover_all

_LUMA = {"bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593), "smpte240m": (0.212, 0.087)}  # of red and blue


def lay_over(frames: Iterable[av.VideoFrame], veils: Sequence[Veil], matrix: str) -> Iterator[av.VideoFrame]:
    """Yield frames, in YUV 4:2:0 of a matrix and limited range, with veils over them."""
    for frame in frames:
        frame.make_writable()
        covers = list(cover_all(veils, frame.time or 0.0))
        halves = [Cover(fill, mask.reduce(2), (at[0] // 2, at[1] // 2)) for fill, mask, at in covers]
        for number, plane in enumerate(frame.planes if covers else ()):
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:, : plane.width]
            image = Image.fromarray(rows)
            for fill, mask, at in halves if number else covers:
                image.paste(_to_yuv(fill, matrix)[number], at, mask)
            rows[...] = np.asarray(image)
        yield frame


def _to_yuv(colour: RGB, matrix: str) -> tuple[int, int, int]:
    of_red, of_blue = _LUMA.get(matrix, (0.299, 0.114))
    red, green, blue = (part / 255 for part in colour)
    y = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    u, v = (blue - y) / (2 - 2 * of_blue), (red - y) / (2 - 2 * of_red)
    return round(16 + 219 * y), round(128 + 224 * u), round(128 + 224 * v)
