"""What a preview is made to: its size, how many pictures a second, chosen by the bytes that it may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pixnb.media.preview import preview, preview_sound

if TYPE_CHECKING:
    from pixnb.media.media import Media
    from pixnb.media.probe import MediaInfo

_STEPS = ((360, 1), (360, 2), (270, 2), (216, 2), (180, 2), (180, 3), (144, 3))
"""Pixels of the shorter side, and of how many pictures one is kept: all of them are spaced alike."""

_ENOUGH = 0.065
"""Bits for each pixel of each picture with which a clip of people is good to judge."""

_FASTEST = 30.0
_MOST_SOUND, _LEAST_SOUND = 64_000, 24_000
_BEST_SIDE, _BEST_FPS, _BEST_BITS = 1080, 60.0, 12_000_000


@dataclass(frozen=True)
class Rendition:
    """What a preview is made to.

    Attributes:
        kind: "video", "image" or "audio".
        side: The most pixels of a video's shorter side.
        fps: The most pictures a second.
        limit: The most bytes.
    """

    kind: str
    side: int
    fps: float
    limit: int

    @property
    def media_type(self) -> str:
        """What comes of it."""
        return {"video": "video/mp4", "audio": "audio/mp4"}.get(self.kind, "image/webp")

    def encode(self, media: Media) -> bytes:
        """Make the preview.

        Raises:
            InvalidInput: The file cannot be decoded, or does not fit.
        """
        if self.kind == "audio":
            return preview_sound(media.path or media.bytes(), limit=self.limit)
        info = media.info
        width, height = info.width or 1, info.height or 1
        down = max(2, round(self.side * height / min(width, height)))
        return preview(media.path or media.bytes(), down, limit=self.limit, fps=self.fps)

    def __str__(self) -> str:
        return f"{self.side}p at {self.fps:.3g} fps" if self.kind == "video" else self.media_type.partition("/")[2]


def choose_rendition(info: MediaInfo, limit: int) -> Rendition:
    """Choose the largest and smoothest preview of a clip that is still good in so many bytes.

    Args:
        info: What is in the clip, a video or a sound.
        limit: The most bytes.

    Example:
        >>> from pixnb.media.probe import MediaInfo
        >>> clip = MediaInfo("video", duration=5.0, fps=24.0, width=1280, height=720)
        >>> [str(choose_rendition(clip, limit)) for limit in (500_000, 190_000, 60_000)]
        ['360p at 24 fps', '360p at 12 fps', '216p at 12 fps']
    """
    if info.kind != "video":
        return Rendition(info.kind, 0, 0.0, limit)
    width, height, rate = info.width or 640, info.height or 360, min(info.fps or 25.0, _FASTEST)
    bits = limit * 8 / max(1.0, info.duration or 5.0)
    for side, kept in _STEPS:
        scale = min(1.0, side / min(width, height))
        need = width * height * scale**2 * rate / kept * _ENOUGH + (_LEAST_SOUND if info.audio else 0)
        if need <= bits:
            break
    return Rendition("video", min(side, min(width, height)), rate / kept, limit)


def best_rendition(info: MediaInfo) -> Rendition:
    """Return the best preview of what browsers do not play."""
    seconds = max(1.0, info.duration or 5.0)
    side = min(_BEST_SIDE, info.width or _BEST_SIDE, info.height or _BEST_SIDE)
    return Rendition(info.kind, side, min(info.fps or 25.0, _BEST_FPS), int(seconds * _BEST_BITS / 8))


__all__ = ["Rendition", "best_rendition", "choose_rendition"]
