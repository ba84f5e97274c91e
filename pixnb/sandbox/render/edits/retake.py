"""A retake: one segment of a clip gets a new look, a new sound or both; the rest stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, groupby

import av
import numpy as np

from pixnb.sandbox.render.chance import of_take
from pixnb.sandbox.render.edits.cut import Cut, keep_sound, upright, write_edit
from pixnb.sandbox.render.edits.edit import Painter
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.plan import halve, settled
from pixnb.sandbox.render.files.sound import ambience
from pixnb.sandbox.render.files.source import RATE, Clip
from pixnb.sandbox.render.files.tracks import Block, Made, Track
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.request import RenderError, RenderRequest, RenderResult


def retake(request: RenderRequest) -> RenderResult:
    """Give one segment a new look and leave the rest as it is."""
    clip = source.clip(request.inputs["video"])
    start, end = _segment(request, clip)
    whole = Cut(halve((clip.width, clip.height), request.draft), upright(clip))
    painter = Painter(request, clip, whole, reframe=True)
    mode = str(request.params.get("retake_mode", "replace_audio_and_video"))
    sound = _make_sound(request, clip, start, end) if "audio" in mode else keep_sound(clip)
    frames = _splice(clip, painter, start, end, keep_video=mode == "replace_audio")
    return write_edit(request, clip, frames, whole.size, sound)


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


def _splice(clip: Clip, painter: Painter, start: float, end: float, *, keep_video: bool) -> Iterator[av.VideoFrame]:
    """Yield untouched frames before, painted frames within, untouched frames after."""
    zero = None

    def within(frame: av.VideoFrame) -> bool:
        nonlocal zero
        now = frame.time or 0.0
        zero = now if zero is None else zero
        return start <= now - zero + 0.001 < end

    for inside, frames in groupby(clip.frames(), within):
        yield from (painter.paint if inside and not keep_video else painter.copy)(frames)


def _make_sound(request: RenderRequest, clip: Clip, start: float, end: float) -> Track:
    made = ambience(words.read(request.prompt), of_take(request))
    kept = source.sound(clip.path) if clip.sound else iter(())
    return Made(replace_sound(kept, made, start, end), clip.seconds)


def replace_sound(kept: Iterator[Block], made: Iterator[Block], start: float, end: float) -> Iterator[Block]:
    """Yield the kept sound, in blocks of a second, with the made one between two moments, joined by short fades."""
    for at in count():
        block = next(kept, None)
        if block is None and at >= end:
            return
        old = np.zeros((2, RATE), np.float32)
        if block is not None:
            old[:, : block.shape[1]] = block
        t = np.arange(RATE, dtype=np.float32) / RATE + at
        share = np.clip(np.minimum((t - start) / 0.05, (end - t) / 0.05), 0, 1)
        yield old + (next(made) - old) * share if share.any() else old
