"""What a table shows of a clip: a still, and where its page plays it from; in a file of its own the clip itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pixnb.display import video
from pixnb.display.host import Host, host
from pixnb.display.poster import poster_uri, tile_uri
from pixnb.display.video import NOWHERE, Budget, Source
from pixnb.errors import PixnbError
from pixnb.media.media import Media
from pixnb.terminal import get_logger

T = TypeVar("T")
logger = get_logger(__name__)

MOST_STILLS = 100
"""Rows up to which all have a still; of more, the first few."""

_FEW_STILLS = 24
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
    at = at or host()
    return [replace(clip, source=_served(place, clip, at)) for place, clip in zip(places, stills(places), strict=True)]


def stills(places: Sequence[Path | None]) -> list[Clip]:
    """Make small stills of files, all of them within what one output may hold; `NOTHING` where there is no file."""
    count = sum(place is not None for place in places)
    some = count if count <= MOST_STILLS else _FEW_STILLS
    most = max(_SMALLEST, min(_LARGEST, _ALL_STILLS * 3 // 4 // max(1, some)))
    made, left = [], some
    for place in places:
        made.append(_look(place, most if left > 0 else 0))
        left -= place is not None
    return made


def for_file(place: Path | None) -> Clip:
    """Make a clip ready for a file of its own that needs nothing else: the whole of it, or a preview of a large one."""
    clip = _look(place, 4 * _LARGEST)
    if place is None or clip.kind is None:
        return clip
    whole = _try(lambda: video.source(Media(place), budget=Budget(_FILE_LIMIT), at=_ALONE))
    return replace(clip, source=whole or NOWHERE)


def _look(place: Path | None, most: int) -> Clip:
    """Look at a file; with 0 bytes for its still only whether it is there, for there may be thousands."""
    if place is None:
        return NOTHING
    return (_try(lambda: _look_at(Media(place), most)) if most else _guess(place)) or NOTHING


def _look_at(media: Media, most: int) -> Clip:
    info = media.info
    still = None
    if info.width:
        still = poster_uri(media) if most >= _LARGEST else tile_uri(media, most)
    name = media.path.name if media.path else ""
    return Clip(media.kind, name, still, NOWHERE, (info.width, info.height) if info.width and info.height else None)


def _guess(place: Path) -> Clip | None:
    kind = _try(lambda: Media(place).kind)  # by its first bytes
    return Clip(kind, place.name) if kind else None


def _served(place: Path | None, clip: Clip, at: Host) -> Source:
    if place is None or clip.kind is None:
        return NOWHERE
    url = at.relative_url(place) if clip.size is None or _try(lambda: video.is_playable(Media(place))) else None
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
