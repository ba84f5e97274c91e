"""A retake: one segment of a clip gets a new look, a new sound or both; the rest stays as it is."""

from __future__ import annotations

import math
from collections.abc import Iterator

import av
import numpy as np

from pixnb.sandbox.render.chance import of_take
from pixnb.sandbox.render.edits.cut import Cut, film, kept_sound, upright
from pixnb.sandbox.render.edits.edit import Painter
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.plan import settled, source_size
from pixnb.sandbox.render.files.sound import ambience
from pixnb.sandbox.render.files.source import RATE, Clip
from pixnb.sandbox.render.files.tracks import Block, Made, Track
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.request import RenderError, RenderRequest, RenderResult


def retake(request: RenderRequest) -> RenderResult:
    """Give one segment a new look and leave the rest as it is.

    Raises:
        RenderError: The video cannot be read, or the segment does not lie in it.
    """
    clip = source.clip(request.inputs["video"])
    start, end = _segment(request, clip)
    whole = Cut(source_size(clip.width, clip.height, request.draft), upright(clip))
    painter = Painter(request, clip, whole, reframe=True)
    mode = str(request.params.get("retake_mode", "replace_audio_and_video"))
    sound = _new_sound(request, clip, start, end) if "audio" in mode else kept_sound(clip)
    with film(request, clip, whole.size, sound) as made:
        for frame in _spliced(clip, painter, start, end, keep_video=mode == "replace_audio"):
            made.write(frame)
    return RenderResult(request.out, "video/mp4", made.seconds)


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


__all__ = ["replaced", "retake"]
