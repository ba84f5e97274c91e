"""What a wall or table shows of a file: its still, its shape, how long it is; looked up once for each file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pixnb.display.poster import poster_uri, tile_uri
from pixnb.display.video import is_playable
from pixnb.errors import PixnbError
from pixnb.media.light import FEW, is_heavy
from pixnb.media.media import Media
from pixnb.media.opening import UNREADABLE

_STILLS = 110_000  # bytes of all stills together, where they are more than a few
_LEAST = 2_500


@dataclass(frozen=True)
class Look:
    """What is seen of a file before it plays.

    Attributes:
        kind: "video", "image" or "audio"; "none" where there is nothing to see.
        poster: A still, as a data URI; None for a sound.
        size: Pixels across and down; None where there are none.
        seconds: How long it is; None for a picture.
        fps: Pictures a second.
        has_sound: Whether it can be heard.
        is_heavy: Whether it is better played as a preview beside others.
        plays: Whether a browser plays or shows the file as it is.
        is_signed: Whether it carries content credentials, which no still or preview of it has.
        why: Why nothing is seen; "" where there is something.
    """

    kind: str = "none"
    poster: str | None = None
    size: tuple[int, int] | None = None
    seconds: float | None = None
    fps: float | None = None
    has_sound: bool = False
    is_heavy: bool = False
    plays: bool = False
    is_signed: bool = False
    why: str = ""


def look_at_all(
    places: Iterable[Path | None], *, count: int | None = None, beside: int = FEW
) -> Callable[[Path | None], Look]:
    """Look at files, several at a time, and return what gives the look of each.

    Args:
        places: The files; None for a run that has none.
        count: How many cells share the room for stills; as many as there are files when left out.
        beside: How many may play at a time.
    """
    wanted = list(dict.fromkeys(place for place in places if place is not None))
    shared = len(wanted) if count is None else count
    most = 0 if shared <= FEW else max(_LEAST, _STILLS // shared)
    with ThreadPoolExecutor(4) as pool:
        looks = dict(zip(wanted, pool.map(lambda place: look_at(place, most, beside), wanted), strict=True))
    return lambda place: looks.get(place, Look()) if place is not None else Look()


def look_at(place: Path, most: int, beside: int = FEW) -> Look:
    """Look at a file.

    Args:
        place: The file.
        most: Bytes of its still, about; 0 for one of full width.
        beside: How many may play at a time.
    """
    try:
        found = place.stat()
        return _look_once(place, found.st_mtime_ns, found.st_size, most, beside > FEW)
    except UNREADABLE as error:
        return Look(why=error.message if isinstance(error, PixnbError) else "Its file is no longer here")


@lru_cache(maxsize=512)
def _look_once(place: Path, changed: int, size: int, most: int, is_one_of_many: bool) -> Look:
    media = Media(place)
    info = media.info
    if media.kind not in ("video", "image", "audio"):
        return Look(why="This file cannot be shown")
    shape = (info.width, info.height) if info.width and info.height else None
    if shape is None and media.kind != "audio":
        return Look(why="This file cannot be shown")
    poster = (tile_uri(media, most) if most else poster_uri(media)) if shape else None
    is_heard = media.kind == "audio" or info.audio
    plays = is_playable(media)
    is_signed, heavy = info.credentials, is_heavy(media, FEW + is_one_of_many)
    return Look(media.kind, poster, shape, info.duration, info.fps, is_heard, heavy, plays, is_signed)


__all__ = ["Look", "look_at", "look_at_all"]
