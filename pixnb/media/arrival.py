"""A file that came from a service: what it is, or why it is no whole picture, clip or sound."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

from pixnb.errors import InvalidInput
from pixnb.media import kinds
from pixnb.media.mp4 import Whole, describe_whole
from pixnb.media.probe import MOST, MediaInfo, check, name

_READ_AT_ONCE = 64_000_000
"""Bytes of a file that is read whole to look at its tables; a larger one is opened by PyAV, as all but MP4 are."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a look at a file found.

    Attributes:
        kind: "video", "image" or "audio", by its streams; None for what is not known by its first bytes or is broken.
        info: What is in it, where that had to be found out.
        problem: What is broken about it; None for a whole file, and for one that is no media.
    """

    kind: str | None = None
    info: MediaInfo | None = None
    problem: str | None = None


def examine(path: Path) -> Arrival:
    """Look at a file; blocking. What is not known by its first bytes is not opened.

    Example:
        >>> from pixnb.media.sample import sample
        >>> examine(sample("video").path).kind
        'video'
    """
    with open(path, "rb", buffering=0) as file:
        data = file.read(min(os.fstat(file.fileno()).st_size, _READ_AT_ONCE))  # not more room than it needs
    found = kinds.sniff(data[: kinds.HEAD])
    if kinds.kind(found) is None:
        return Arrival()
    film = describe_whole(data) if found == "video/mp4" and len(data) < _READ_AT_ONCE else None
    if film is not None and film.description in _decoded and _can_be_decoded(film):
        return Arrival("video")
    try:
        info = check(path)
    except InvalidInput as error:
        return Arrival(problem=error.message.replace(name(path), "it"))
    if film is not None and len(_decoded) < _FILMS:
        _decoded.add(film.description)
    return Arrival(info.kind, info)


def _can_be_decoded(film: Whole) -> bool:
    """Whether its beginning and its end can be, without opening the file around them."""
    import av

    decoder = _decoder.made if getattr(_decoder, "of", None) == film.parameters else None
    _decoder.of = None  # not again one that fails
    try:
        if decoder is None:
            decoder = av.CodecContext.create("h264", "r")
            decoder.extradata = film.parameters
            decoder.thread_count = 1
            decoder.options = {"max_pixels": str(MOST)}
        for pictures in film.looks:
            packets = [*map(av.Packet, pictures), None]
            if sum(len(decoder.decode(packet)) for packet in packets) < len(pictures):
                return False
            decoder.flush_buffers()
    except av.FFmpegError:
        return False
    _decoder.of, _decoder.made = film.parameters, decoder  # one a thread, for a model's films follow each other
    return True


_decoder = threading.local()
_FILMS = 1000
_decoded: set[bytes] = set()
"""What describes the films that were opened and decoded here: all of a model and size mostly have the same."""


__all__ = ["Arrival", "examine"]
