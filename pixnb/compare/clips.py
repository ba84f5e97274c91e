"""What a table shows of a clip: a still, and where its page plays it from; in a file of its own the clip itself."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from pixnb import html
from pixnb.display import video
from pixnb.display.host import Host, host
from pixnb.display.looks import look_at
from pixnb.display.poster import shrink
from pixnb.display.video import NOWHERE, Budget, Source
from pixnb.media import kinds
from pixnb.media.media import Media
from pixnb.media.opening import UNREADABLE
from pixnb.terminal import get_logger

T = TypeVar("T")
logger = get_logger(__name__)

PAGE = 50
"""Rows that are seen at once; a script turns to the others."""

MOST_STILLS = 60
"""Files up to which each has a good still; of more, those that are seen at first have a small one."""

MANY, FEW = 300, 8
"""Files beyond which the first few alone have one: each takes its time."""

_SMALL_WIDTH, _SMALL_BYTES = 96, 900  # of a small one, in a row that is 54 pixels high
_AT_ONCE = 4
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
    most = max(_SMALLEST, min(_LARGEST, _ALL_STILLS * 3 // 4 // max(1, count)))
    seen = len(places) if count <= MOST_STILLS else PAGE if count <= MANY else FEW
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        look = partial(_look, most=most, at=at) if count <= MOST_STILLS else partial(_glance, at=at)
        return [*pool.map(look, places[:seen]), *(_guess(place, at) for place in places[seen:])]


def for_file(place: Path | None) -> Clip:
    """Make a clip ready for a file of its own that needs nothing else: the whole of it, or a preview of a large one."""
    clip = _look(place, _LARGEST)
    if place is None or clip.kind is None:
        return clip
    whole = _try(lambda: video.source(Media(place), budget=Budget(_FILE_LIMIT), at=_ALONE))
    return replace(clip, source=whole or NOWHERE)


def _look(place: Path | None, most: int, at: Host | None = None) -> Clip:
    """Look into a file."""
    if place is None:
        return NOTHING
    look = look_at(place, 0 if most >= _LARGEST else most)
    if look.kind == "none":
        logger.info("a clip is left out of a comparison: %s", look.why)
        return NOTHING
    return Clip(
        look.kind, place.name, look.poster, _by(at.relative_url(place) if at and look.plays else None), look.size
    )


def _glance(place: Path | None, at: Host | None) -> Clip:
    """Look at a file's first picture alone."""
    clip = _guess(place, at)
    if place is None or clip.kind not in ("video", "image"):
        return clip
    still = _try(lambda: _tile(place, place.stat().st_mtime_ns))
    return replace(clip, poster=html.data_uri("image/webp", still), size=_size_of(still)) if still else NOTHING


@lru_cache(maxsize=256)
def _tile(place: Path, _changed: int) -> bytes:
    return shrink(Media(place).poster(_SMALL_WIDTH), _SMALL_BYTES)


def _size_of(still: bytes) -> tuple[int, int]:
    from PIL import Image

    return Image.open(io.BytesIO(still)).size


def _guess(place: Path | None, at: Host | None) -> Clip:
    """Guess by a file's name what it is, if it is there: there may be thousands."""
    kind = _kind_of(place.suffix.lower()) if place else None
    if place is None or kind is None or not os.path.exists(place):  # noqa: PTH110  # also of odd paths
        return NOTHING
    return Clip(kind, place.name, source=_by(at.relative_url(place) if at else None))


@lru_cache(maxsize=64)
def _kind_of(suffix: str) -> str | None:
    return kinds.kind(kinds.by_name(suffix) or "")


def _by(url: str | None) -> Source:
    return Source(url, "file") if url else NOWHERE


def _try(make: Callable[[], T]) -> T | None:
    """What could be made of a file; None, and a line in the log, for one that is broken or gone."""
    try:
        return make()
    except UNREADABLE as error:
        logger.info("a clip is left out of a comparison: %s", error)
        return None


_ALONE = Host("plain")

__all__ = ["FEW", "MANY", "MOST_STILLS", "NOTHING", "PAGE", "Clip", "for_file", "for_output", "stills"]
