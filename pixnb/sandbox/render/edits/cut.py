"""How an edited clip is cut: its size, the part of the picture that stays, its length and its sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import av

from pixnb.sandbox.render.chance import of_take
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.encode import write_film
from pixnb.sandbox.render.files.plan import halve, is_decart, settled, short_side
from pixnb.sandbox.render.files.sound import ambience
from pixnb.sandbox.render.files.source import Clip
from pixnb.sandbox.render.files.tracks import COPIES, Copied, Made, Track
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.prompts.note import note_for_edit
from pixnb.sandbox.render.request import RenderRequest, RenderResult

_TURNS = {
    90: ("transpose=cclock",),
    180: ("hflip", "vflip"),
    270: ("transpose=clock",),
}
_HEARD = frozenset(("sound", "sounds", "music", "audio", "noise", "song", "voice", "soundtrack"))


@dataclass(frozen=True)
class Cut:
    """What of a clip comes out, and how large."""

    size: tuple[int, int]  # width and height of the frames, even
    steps: tuple[str, ...] = ()  # the filters that turn a decoded frame upright and crop it
    work: tuple[int, int] | None = None  # the size to draw at, where what comes out is enlarged
    seconds: float | None = None  # where the clip ends, when it is shortened

    def trim(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Yield the frames that come before the end."""
        begin: float | None = None
        for frame in frames:
            begin = (frame.time or 0.0) if begin is None else begin
            if self.seconds is not None and (frame.time or 0.0) - begin >= self.seconds - 0.001:
                return
            yield frame


def cut(request: RenderRequest, clip: Clip) -> Cut:
    """Return how a clip is cut: whole and in its own size, where the request asks for nothing else."""
    params = settled(request)
    width, height, steps = clip.width, clip.height, upright(clip)
    if match := re.fullmatch(r"(\d+):(\d+)", str(params.get("aspect_ratio") or "")):
        width, height = _within(width, height, int(match[1]) / int(match[2]))
        steps = (*steps, f"crop={width}:{height}")
    wanted = params.get("resolution") or ("720p" if is_decart(request) else None)
    scale = short_side(wanted) / min(width, height) if wanted else 1.0
    length = params.get("duration")
    size = halve((round(width * scale), round(height * scale)), request.draft)
    work = halve((width, height), draft=False)
    return Cut(size, steps, work if work[0] < size[0] else None, float(length) if length else None)


def upright(clip: Clip) -> tuple[str, ...]:
    """Return the filters that turn a clip's frames as a player does."""
    return _TURNS.get(clip.rotation % 360, ())


def _within(width: int, height: int, ratio: float) -> tuple[int, int]:
    """Return the largest even size of a ratio that fits."""
    wide, high = min(width, height * ratio), min(height, width / ratio)
    return max(2, round(wide / 2) * 2), max(2, round(high / 2) * 2)


def sound_of(request: RenderRequest, clip: Clip, seconds: float | None) -> Track | None:
    """Return an edit's sound: the clip's own; with `audio_setting` "auto", the prompt's where it speaks of sound."""
    heard = _HEARD & set(words.read(request.prompt).words)
    if settled(request).get("audio_setting") == "auto" and heard:
        return Made(ambience(words.read(request.prompt), of_take(request)), min(seconds or clip.seconds, clip.seconds))
    return keep_sound(clip, seconds)


def keep_sound(clip: Clip, seconds: float | None = None) -> Track | None:
    """Return a clip's own sound, up to where the clip is cut."""
    if clip.sound is None:
        return None
    whole = seconds is None or seconds >= clip.seconds
    if clip.sound in COPIES:
        return Copied(clip.path, None if whole else seconds)
    return Made(source.sound(clip.path), None if whole else seconds)


def write_edit(
    request: RenderRequest, clip: Clip, frames: Iterable[av.VideoFrame], size: tuple[int, int], sound: Track | None
) -> RenderResult:
    """Write an edit, on the clip's own clock and in its own colours."""
    return write_film(
        frames, request.out, size=size, fps=clip.fps, clock=clip.clock, sound=sound, crf=20,
        colours=clip.colours, note=note_for_edit(request),
    )  # fmt: skip
