"""Audio to video: a drawn scene or a given picture that moves, lights up and beats with the sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from av import VideoFrame
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from pixnb.sandbox.render.chance import of_take
from pixnb.sandbox.render.edits.reference import middle_hue
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.plan import plan
from pixnb.sandbox.render.files.source import RATE
from pixnb.sandbox.render.files.tracks import Block
from pixnb.sandbox.render.files.wiring import timed
from pixnb.sandbox.render.moves.motion import Moving
from pixnb.sandbox.render.palette import RGB, from_hue, mix
from pixnb.sandbox.render.prompts.note import note_for_edit, note_for_scene
from pixnb.sandbox.render.request import RenderError, RenderRequest, RenderResult
from pixnb.sandbox.render.scenes.scene import Scene, work_side

_BARS = 32
_FPS = 25
_WINDOW = 2048


def audio_to_video(request: RenderRequest) -> RenderResult:
    """Make pictures that the sound drives; they last as long as it does."""
    heard = listen(source.sound(request.inputs["audio"], RATE // _FPS))
    if not len(heard):
        raise RenderError("The audio has no sound in it. Send an MP3, WAV or M4A file that plays.")
    image = source.picture(request.inputs["image"]) if "image" in request.inputs else None
    wanted = replace(plan(request, image.size if image else None), fps=Fraction(_FPS), frames=len(heard))
    size = wanted.drawn(work_side(request.draft))
    stage = _Picture(request, image, size, wanted.seconds) if image else Scene(request, size, wanted.seconds)
    beat = Beat(size, stage.accent, request)
    pictures = (beat.play(stage.picture(i / _FPS), bands) for i, bands in enumerate(heard))
    sound = source.sound(request.inputs["audio"])
    note = note_for_edit(request) if image else note_for_scene(request)
    return wanted.write(stage.finish(timed(pictures, 1 / wanted.fps)), request.out, sound, note)


def listen(blocks: Iterator[Block]) -> NDArray[np.float32]:
    """Return how loud each band is in each block: shape (blocks, 32), 0 to 1, low notes first."""
    table = np.array([_bands(block.mean(axis=0)) for block in blocks], np.float32).reshape(-1, _BARS)
    loudest = np.maximum(table.max(axis=0, initial=0), 0.25 * table.max(initial=1e-6))
    table = np.asarray(np.sqrt(table / np.maximum(loudest, 1e-6)), np.float32)
    for i in range(1, len(table)):
        table[i] = np.maximum(table[i], table[i - 1] * 0.8)  # rises at once, falls slowly, as meters do
    return table


def _bands(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), _WINDOW))
    edges = np.unique(np.geomspace(2, 420, _BARS + 1).astype(int))
    edges = np.concatenate([edges, edges[-1] + 8 * np.arange(1, _BARS + 2 - len(edges))])
    return np.array([power[a : b or None].mean() for a, b in pairwise(edges)], np.float32)


class _Picture:
    """A given picture in the place of a scene."""

    def __init__(self, request: RenderRequest, image: Image.Image, size: tuple[int, int], seconds: float) -> None:
        self._moving, self._seconds = Moving(request, image, size, seconds), seconds
        self.accent: RGB = from_hue(middle_hue(image) or 210)

    def picture(self, t: float) -> Image.Image:
        return self._moving.picture(min(1.0, t / self._seconds))

    def finish(self, frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
        return frames


class Beat:
    """What the sound does to a picture: it swells with the bass, lights up when loud, and bars dance below."""

    def __init__(self, size: tuple[int, int], accent: RGB, request: RenderRequest) -> None:
        self._size = size
        self._colour = mix(accent, (255, 255, 255), 0.35)
        self._halo = accent
        take = of_take(request)
        self._mirrored = take.chance("mirrored", 0.5)
        self._base = take.uniform("base", 0.9, 0.95)

    def play(self, image: Image.Image, bands: NDArray[np.float32]) -> Image.Image:
        """Return the picture as it is while these bands sound."""
        bass, loud = float(bands[:8].mean()), float(bands.mean())
        width, height = self._size
        x, y = width * 0.045 * bass, height * 0.045 * bass
        image = image.resize(self._size, Image.Resampling.BILINEAR, box=(x, y, width - x, height - y))
        light = Image.new("RGB", self._size, mix(self._halo, (255, 255, 255), 0.5))
        image = Image.blend(image, light, 0.2 * loud * loud)
        mask = self._draw_bars(np.concatenate([bands[::-2], bands[::2]]) if self._mirrored else bands)
        small = mask.resize((width // 4, height // 4)).filter(ImageFilter.GaussianBlur(height / 120))
        image.paste(self._halo, (0, 0, width, height), small.resize(self._size, Image.Resampling.BILINEAR))
        image.paste(self._colour, (0, 0, width, height), mask)
        return image

    def _draw_bars(self, levels: NDArray[np.float32]) -> Image.Image:
        width, height = self._size
        mask = Image.new("L", self._size)
        pen = ImageDraw.Draw(mask)
        room, base = width * 0.7 / len(levels), height * self._base
        for i, level in enumerate(levels):
            x = width * 0.15 + (i + 0.5) * room
            reach = max(room * 0.25, float(level) * height * 0.22)
            pen.rounded_rectangle((x - room * 0.3, base - reach, x + room * 0.3, base), room * 0.28, fill=225)
        return mask
