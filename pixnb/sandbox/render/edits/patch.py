"""Changing one part of a picture by itself: what has its colour and lies in its place, such as a garment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import av
import numpy as np
from PIL import Image, ImageChops

from pixnb.sandbox.render.edits.look import Patch
from pixnb.sandbox.render.edits.lookup import Table


def change(frames: Iterable[av.VideoFrame], patch: Patch) -> Iterator[av.VideoFrame]:
    """Yield frames, which must be in rgb0, with the patch changed."""
    table = Table(patch.grades, patch.cover)
    spot = texture = None
    for frame in frames:
        frame.make_writable()
        plane, size = frame.planes[0], (frame.width, frame.height)
        if spot is None:
            whole = _spot(patch.focus, ((size[0] + 1) // 2, (size[1] + 1) // 2))
            left, top, right, bottom = box = whole.getbbox() or (0, 0, 1, 1)
            spot, there = whole.crop(box), np.s_[2 * top : 2 * bottom, 2 * left : 2 * right]
            if patch.texture is not None:
                cloth = Image.fromarray(patch.texture).resize(size, Image.Resampling.BICUBIC).convert("RGBX")
                texture = Image.fromarray(np.asarray(cloth)[there], "RGBX")
        pixels = np.frombuffer(memoryview(plane), np.uint32).reshape(-1, plane.line_size // 4)[:, : size[0]][there]
        changed = table.look_up(pixels, np.empty(pixels.shape, np.uint32)).view(np.uint8).reshape(*pixels.shape, 4)
        dyed = Image.fromarray(changed, "RGBX")
        if texture is not None:
            dyed = ImageChops.hard_light(dyed, texture)
        # at half the size and back: a mask by colour alone has ragged edges
        cover = ImageChops.multiply(Image.fromarray(changed[..., 3]).reduce(2), spot)
        plain = Image.frombuffer("RGBX", dyed.size, np.ascontiguousarray(pixels), "raw", "RGBX", 0, 1)
        made = Image.composite(dyed, plain, cover.resize(dyed.size, Image.Resampling.BILINEAR))
        pixels[...] = np.asarray(made).view(np.uint32)[..., 0]
        yield frame


def _spot(focus: tuple[float, float, float, float], size: tuple[int, int]) -> Image.Image:
    """Return where a patch lies: white inside, black far out."""
    y, x = np.mgrid[0 : 1 : size[1] * 1j, 0 : 1 : size[0] * 1j]
    far = np.hypot((x - focus[0]) / focus[2], (y - focus[1]) / focus[3])
    return Image.fromarray((np.clip((1.35 - far) / 0.7, 0, 1) * 255).astype(np.uint8))
