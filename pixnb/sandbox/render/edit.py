"""Video to video: a new look for a whole clip, or a retake of one segment of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixnb.media.probe import FORMATS
from pixnb.sandbox.render import looks, source, words
from pixnb.sandbox.render.chance import Chance, of_prompt, of_take, order
from pixnb.sandbox.render.convert import frame_of, image_of, to_yuv
from pixnb.sandbox.render.drawing import draw
from pixnb.sandbox.render.drift import Drift, Lamp
from pixnb.sandbox.render.encode import Film
from pixnb.sandbox.render.look import Look
from pixnb.sandbox.render.plan import settled, source_size
from pixnb.sandbox.render.request import RenderError, RenderRequest, RenderResult
from pixnb.sandbox.render.sound import ambience
from pixnb.sandbox.render.source import RATE, Clip
from pixnb.sandbox.render.tracks import Block, Copied, Made, Track, can_copy
from pixnb.sandbox.render.weather import drifts
from pixnb.sandbox.render.wiring import Wiring

_TURNS = {
    90: ("transpose=cclock",),
    -90: ("transpose=clock",),
    270: ("transpose=clock",),
    180: ("hflip", "vflip"),
    -180: ("hflip", "vflip"),
}


def edit(request: RenderRequest) -> RenderResult:
    """Give the whole clip the look that the prompt asks for; size, rate, length and sound stay.

    Raises:
        RenderError: The video cannot be read.
    """
    clip = source.clip(request.inputs["video"])
    size = source_size(clip.width, clip.height, request.draft)
    painter = Painter(request, clip, size)
    with _film(request, clip, size, _kept_sound(clip)) as film:
        for frame in painter.painted(clip.frames()):
            film.write(frame)
    return RenderResult(request.out, "video/mp4", film.seconds)


def retake(request: RenderRequest) -> RenderResult:
    """Give one segment a new look and leave the rest as it is.

    Raises:
        RenderError: The video cannot be read, or the segment does not lie in it.
    """
    clip = source.clip(request.inputs["video"])
    start, end = _segment(request, clip)
    size = source_size(clip.width, clip.height, request.draft)
    painter = Painter(request, clip, size, reframe=True)
    mode = str(request.params.get("retake_mode", "replace_audio_and_video"))
    sound = _new_sound(request, clip, start, end) if "audio" in mode else _kept_sound(clip)
    with _film(request, clip, size, sound) as film:
        for frame in _spliced(clip, painter, start, end, keep_video=mode == "replace_audio"):
            film.write(frame)
    return RenderResult(request.out, "video/mp4", film.seconds)


class Painter:
    """Puts the frames of one clip into one look.

    Args:
        request: What was asked.
        clip: Where the frames come from.
        size: Width and height of what comes out.
        reframe: Whether the camera also moves a little, as in a new take.
    """

    def __init__(self, request: RenderRequest, clip: Clip, size: tuple[int, int], *, reframe: bool = False) -> None:
        reading = words.read(request.prompt)
        self._chance = of_take(request)
        asks_thing = reading.recolour is not None and reading.recolour.source is None
        thing = _middle_hue(next(clip.frames())) if asks_thing else None
        self.look = looks.for_edit(reading, of_prompt(request), self._chance, thing, order(request))
        self._clip, self._size = clip, size
        self._over = overlays(self.look, size, self._chance)
        self._reframe = reframe

    def painted(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Yield the frames in the look, in YUV, on the source's clock counted from its first frame."""
        entered = iter(frames)
        head = next(entered, None)
        if head is None:
            return
        rgb = draw(
            chain([head], entered), self.look, self._chance, size=(head.width, head.height), format=head.format.name,
            clock=_clock(head), to=self._size, steps=_TURNS.get(self._clip.rotation, ()),
        )  # fmt: skip
        touched = self._touched(rgb) if self._over or self._reframe else rgb
        yield from to_yuv(touched, self._size, self._size, _clock(head), self._clip.matrix)

    def plain(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Yield the frames as they are, upright and at the size of what comes out."""
        entered = iter(frames)
        head = next(entered, None)
        if head is None:
            return
        wires = Wiring(head.width, head.height, format=head.format.name, time_base=_clock(head))
        steps = (*_TURNS.get(self._clip.rotation, ()), f"scale={self._size[0]}:{self._size[1]}:flags=bicubic")
        yield from wires.run(wires.then(wires.port, *steps, "format=yuv420p"), chain([head], entered))

    def _touched(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        begin: float | None = None
        for frame in frames:
            image = image_of(frame)
            now = frame.time or 0.0
            begin = now if begin is None else begin
            if self._reframe:
                image = self._moved(image, now - begin)
            for drift in self._over:
                drift.draw(image, now)
            yield frame_of(image, frame.pts, frame.time_base)

    def _moved(self, image: Image.Image, t: float) -> Image.Image:
        width, height = image.size
        lean = self._chance.uniform("lean", -1, 1)
        share = 0.9 - 0.02 * math.sin(t * 0.8 + lean)
        left = (1 - share) / 2 * width * (1 + 0.8 * math.sin(lean + t * 0.5))
        top = (1 - share) / 2 * height
        box = (left, top, left + share * width, top + share * height)
        return image.resize(image.size, Image.Resampling.BILINEAR, box=box)


def overlays(look: Look, size: tuple[int, int], chance: Chance) -> list[Drift]:
    """Return what a look draws over the picture."""
    over: list[Drift] = [Lamp(size, *look.lamp)] if look.lamp else []
    return over + drifts(look.drifts, size, chance)


def _film(request: RenderRequest, clip: Clip, size: tuple[int, int], sound: Track | None) -> Film:
    return Film(
        request.out, size=size, fps=clip.fps, clock=_source_clock(clip), sound=sound, crf=20, colours=_tags(clip)
    )


def _tags(clip: Clip) -> tuple[int, int, int, int]:
    return (*clip.colours[:3], 1)


def _source_clock(clip: Clip) -> Fraction:
    with av.open(clip.path, metadata_errors="ignore", options={"format_whitelist": FORMATS}) as container:
        return Fraction(container.streams.video[0].time_base or Fraction(1, 90_000))


def _clock(frame: av.VideoFrame) -> Fraction:
    return Fraction(frame.time_base or Fraction(1, 90_000))


def _kept_sound(clip: Clip) -> Track | None:
    if clip.sound is None:
        return None
    return Copied(clip.path) if can_copy(clip.sound) else Made(source.sound(clip.path))


def _segment(request: RenderRequest, clip: Clip) -> tuple[float, float]:
    params = settled(request)
    start, length = float(params.get("start_time", 0)), float(params.get("duration", 0))
    end = start + length
    if start < 0 or length <= 0:
        raise RenderError("start_time must be 0 or more and duration more than 0 seconds.")
    if end > clip.seconds + 0.05:
        raise RenderError(
            f"The segment {start:g}-{end:g} s lies beyond the video's end: it lasts {clip.seconds:.2f} s. "
            "Choose start_time and duration within it."
        )
    return start, end


def _spliced(clip: Clip, painter: Painter, start: float, end: float, *, keep_video: bool) -> Iterator[av.VideoFrame]:
    """Yield untouched frames before, painted frames within, untouched frames after."""
    reel = _Reel(clip)
    yield from painter.plain(reel.until(start))
    yield from (painter.plain if keep_video else painter.painted)(reel.until(end))
    yield from painter.plain(reel.until(math.inf))


class _Reel:
    """A clip's frames, taken in stretches by time."""

    def __init__(self, clip: Clip) -> None:
        self._frames = clip.frames()
        self._held = next(self._frames, None)
        self._zero = (self._held.time or 0.0) if self._held else 0.0

    def until(self, end: float) -> Iterator[av.VideoFrame]:
        """Yield the frames that begin before `end`, in seconds from the first frame."""
        while self._held is not None and (self._held.time or 0.0) - self._zero < end - 0.001:
            yield self._held
            self._held = next(self._frames, None)


def _new_sound(request: RenderRequest, clip: Clip, start: float, end: float) -> Track:
    made = ambience(words.read(request.prompt), of_take(request))
    kept = source.sound(clip.path) if clip.sound else iter(())
    return Made(replaced(kept, made, start, end), clip.seconds)


def replaced(kept: Iterator[Block], made: Iterator[Block], start: float, end: float) -> Iterator[Block]:
    """Yield the kept sound with the made one between two moments, joined by short fades."""
    at = 0
    for block in _whole(kept, end):
        t = (np.arange(block.shape[1], dtype=np.float32) + at) / RATE
        share = np.clip(np.minimum((t - start) / 0.05, (end - t) / 0.05), 0, 1).astype(np.float32)
        if share.any():
            fresh = np.zeros_like(block)
            ambient = next(made)
            fresh[:, : ambient.shape[1]] = ambient[:, : block.shape[1]]
            block = block * (1 - share) + fresh * share
        yield block
        at += block.shape[1]


def _whole(blocks: Iterator[Block], least: float) -> Iterator[Block]:
    """Regroup blocks to one second each, with silence up to `least` seconds."""
    held = np.zeros((2, 0), np.float32)
    passed = 0
    for block in blocks:
        held = np.concatenate([held, block], axis=1)
        while held.shape[1] >= RATE:
            yield held[:, :RATE]
            held = held[:, RATE:]
            passed += 1
    while held.shape[1] or passed < least:
        yield np.pad(held, ((0, 0), (0, max(0, RATE - held.shape[1]))))
        held = held[:, RATE:]
        passed += 1


def _middle_hue(frame: av.VideoFrame) -> float | None:
    """Return the hue that the middle of a frame has more of than its borders; None when that is grey."""
    image = image_of(frame).resize((64, 36)).convert("HSV")
    hsv = np.asarray(image, np.float32)
    rows, columns = np.mgrid[-1:1:36j, -1:1:64j]
    middle = np.exp(-((rows / 0.7) ** 2 + (columns / 0.45) ** 2)).astype(np.float32)
    weights = middle / middle.sum() - (1 - middle) / (1 - middle).sum()
    return _strongest(hsv, weights)


def _strongest(hsv: NDArray[np.float32], weights: NDArray[np.float32]) -> float | None:
    chroma = hsv[..., 1] * hsv[..., 2] / 255**2
    grey = np.clip(1.8 - chroma * 9, 0, 1)
    bins = (hsv[..., 0] * 12 / 256).astype(int)
    scores = [float((weights * (1 - grey) * (bins == i)).sum()) for i in range(12)]
    best = int(np.argmax(scores))
    return None if float((weights * grey).sum()) >= scores[best] else (best + 0.5) * 30.0


__all__ = ["Painter", "edit", "overlays", "replaced", "retake"]
