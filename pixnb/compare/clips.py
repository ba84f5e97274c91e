"""What a table shows of a clip: a still, and where its page plays it from; in a file of its own the clip itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pixnb.display import video
from pixnb.display.host import Host, host
from pixnb.display.poster import poster_uri, tile_uri
from pixnb.display.video import NOWHERE, Budget, Source
from pixnb.errors import PixnbError
from pixnb.media import kinds
from pixnb.media.media import Media
from pixnb.terminal import get_logger

T = TypeVar("T")
logger = get_logger(__name__)

MOST_STILLS = 60
"""Rows up to which all have a still; of more, the first few."""

_FEW_STILLS = 12
_ALL_STILLS = 190_000  # characters of all stills of an output
_LARGEST, _SMALLEST = 9_500, 2_000  # bytes of one
_FILE_LIMIT = 2_700_000  # characters a clip in a file of its own, which no notebook has to carry


@dataclass(frozen=True)
class Clip:
    """A file as a page shows it.

    Attributes:
        kind: "video", "image" or "audio"; None where there is no file to show.
        name: The file's name.
        poster: A small still, as a data URI; None for a sound.
        source: Where it is played or shown from.
        size: Pixels across and down.
    """

    kind: str | None
    name: str = ""
    poster: str | None = None
    source: Source = NOWHERE
    size: tuple[int, int] | None = None

    @property
    def is_tall(self) -> bool:
        """Whether it is higher than wide."""
        return self.size is not None and self.size[1] > self.size[0]


NOTHING = Clip(None)


def for_output(places: Sequence[Path | None], *, at: Host | None = None) -> list[Clip]:
    """Make clips ready for a notebook's output, which holds stills alone: clips are named by the URL of their file.

    Args:
        places: Their files; None for a run that has none.
        at: The host; found when left out. Where it serves a file not, its clip has no source.

    Returns:
        A clip for each place, `NOTHING` where there is no file.
    """
    return stills(places, at=at or host())


def stills(places: Sequence[Path | None], *, at: Host | None = None) -> list[Clip]:
    """Make small stills of files, all of them within what one output may hold; `NOTHING` where there is no file.

    Args:
        places: The files.
        at: The host, for clips by the URL of their file; None for stills alone.
    """
    count = sum(place is not None for place in places)
    is_few = count <= MOST_STILLS
    some = count if is_few else _FEW_STILLS
    most = max(_SMALLEST, min(_LARGEST, _ALL_STILLS * 3 // 4 // max(1, some))) if is_few else _SMALLEST
    made, left = [], some
    for place in places:
        made.append(_look(place, most if left > 0 else 0, at))
        left -= place is not None
    return made


def for_file(place: Path | None) -> Clip:
    """Make a clip ready for a file of its own that needs nothing else: the whole of it, or a preview of a large one."""
    clip = _look(place, _LARGEST)
    if place is None or clip.kind is None:
        return clip
    whole = _try(lambda: video.source(Media(place), budget=Budget(_FILE_LIMIT), at=_ALONE))
    return replace(clip, source=whole or NOWHERE)


def _look(place: Path | None, most: int, at: Host | None = None) -> Clip:
    """Look at a file; with 0 bytes for its still only whether it is there, for there may be thousands."""
    if place is None:
        return NOTHING
    return (_try(lambda: _look_at(Media(place), most, at)) if most else _guess(place, at)) or NOTHING


def _look_at(media: Media, most: int, at: Host | None) -> Clip:
    info, path = media.info, media.path
    still = None
    if info.width:
        still = poster_uri(media) if most >= _LARGEST else tile_uri(media, most)
    url = at.relative_url(path) if at and path and video.is_playable(media) else None
    size = (info.width, info.height) if info.width and info.height else None
    return Clip(media.kind, path.name if path else "", still, _by(url), size)


def _guess(place: Path, at: Host | None) -> Clip | None:
    kind = kinds.kind(kinds.by_name(place.name) or "")
    if kind is None or not os.path.exists(place):  # noqa: PTH110  # also of odd paths
        return None
    return Clip(kind, place.name, source=_by(at.relative_url(place) if at else None))


def _by(url: str | None) -> Source:
    return Source(url, "file") if url else NOWHERE


def _try(make: Callable[[], T]) -> T | None:
    """What could be made of a file; None, and a line in the log, for one that is broken or gone."""
    try:
        return make()
    except (PixnbError, OSError, ValueError) as error:  # ValueError: a path that no system takes
        logger.info("a clip is left out of a comparison: %s", error)
        return None


_ALONE = Host("plain")

__all__ = ["MOST_STILLS", "NOTHING", "Clip", "for_file", "for_output", "stills"]
