"""How the clips of one comparison get into it: all embedded where they fit, by URL, as small previews, or as stills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pixnb import html
from pixnb.display import video
from pixnb.display.host import Host, host
from pixnb.display.poster import PICTURE_BYTES, picture_bytes, poster_uri
from pixnb.display.video import NOWHERE, Budget, Source
from pixnb.errors import PixnbError
from pixnb.media.media import Media
from pixnb.terminal import get_logger

T = TypeVar("T")
logger = get_logger(__name__)

_SHARE = 200_000  # characters: a preview in less is mush, and beyond some eight clips making them takes too long
_PREVIEW_HEIGHT = 270
_STILL = 12_000  # bytes: a picture's copy of less is no better than its still
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
        full: The address of the whole of a picture, where less of it is shown.
    """

    kind: str | None
    name: str = ""
    poster: str | None = None
    source: Source = NOWHERE
    size: tuple[int, int] | None = None
    full: str | None = None

    @property
    def is_tall(self) -> bool:
        """Whether it is higher than wide."""
        return self.size is not None and self.size[1] > self.size[0]


NOTHING = Clip(None)


def for_output(places: Sequence[Path | None], *, budget: Budget, at: Host | None = None) -> list[Clip]:
    """Make clips ready for a notebook's output, within what one output may embed.

    Stills come first. If all clips fit then, they are embedded; else each is named by the URL of its file where the
    host serves it, or is embedded as a preview of its share, if that is not too small to look at. A picture is always
    embedded, as a smaller copy where need be, and opens from its file.

    Args:
        places: Their files; None for a run that has none.
        budget: What the output may still embed.
        at: The host; found when left out.

    Returns:
        A clip for each place, `NOTHING` where there is no file.
    """
    width = 320 if len(places) <= 40 else 200 if len(places) <= 100 else 120
    clips = stills(places, budget=budget, width=width)
    shown = {n: place for n, place in enumerate(places) if place and clips[n].kind}
    at = at or host()
    for number, source in zip(shown, _sources(list(shown.values()), budget, at), strict=True):
        full = at.relative_url(shown[number]) if clips[number].kind == "image" and source.how != "embedded" else None
        clips[number] = replace(clips[number], source=source, full=full)
    return clips


def stills(places: Sequence[Path | None], *, budget: Budget, width: int = 200) -> list[Clip]:
    """Make small stills of files, within what one output may embed; `NOTHING` where there is no file."""
    return [_still(place, width, budget) for place in places]


def for_file(place: Path | None) -> Clip:
    """Make a clip ready for a file of its own that needs nothing else: the whole of it, or a preview of a large one."""
    clip = _still(place, 640, Budget(1_000_000))
    if place is None or clip.kind is None:
        return clip
    whole = _try(lambda: video.source(Media(place), budget=Budget(_FILE_LIMIT), at=_ALONE))
    return replace(clip, source=whole or NOWHERE)


def _still(place: Path | None, width: int, budget: Budget) -> Clip:
    if place is None:
        return NOTHING
    found = _try(lambda: _look_at(Media(place), width))
    if found is None:
        return NOTHING
    fits = found.poster is not None and budget.take(len(found.poster))
    return found if fits else replace(found, poster=None)


def _look_at(media: Media, width: int) -> Clip:
    info = media.info
    poster = poster_uri(media, width) if info.width else None
    name = media.path.name if media.path else ""
    return Clip(media.kind, name, poster, NOWHERE, (info.width, info.height) if info.width and info.height else None)


def _sources(places: Sequence[Path], budget: Budget, at: Host) -> list[Source]:
    """Embed all where they fit; else name those that the host serves, and share what is left among the others."""
    if _fit(places, budget):
        return [_whole(place, budget, at) for place in places]
    others = [place for place in places if not at.relative_url(place) or Media(place).kind == "image"]
    is_whole = _fit([place for place in others if Media(place).kind != "image"], budget)
    share = budget.left // max(1, len(others))
    return [_source(place, share, is_whole=is_whole, budget=budget, at=at) for place in places]


def _fit(places: Sequence[Path], budget: Budget) -> bool:
    return sum(html.uri_size(place.stat().st_size) for place in places) <= budget.left


def _whole(place: Path, budget: Budget, at: Host) -> Source:
    return _try(lambda: video.source(Media(place), budget=budget, at=at)) or NOWHERE


def _source(place: Path, share: int, *, is_whole: bool, budget: Budget, at: Host) -> Source:
    media = Media(place)
    if media.kind == "image":
        most = min(PICTURE_BYTES, share * 3 // 4 - 100)
        copy = _try(lambda: picture_bytes(media, most)) if most > _STILL else None
        return _preview_of("image/webp", copy, budget)
    if at.relative_url(place):
        return _whole(place, Budget(0), at)
    if is_whole and html.uri_size(place.stat().st_size) <= budget.left:
        return _whole(place, budget, at)
    if share < _SHARE or media.kind != "video":
        return NOWHERE
    data = _try(lambda: video.preview_bytes(media, share * 3 // 4 - 100, height=_PREVIEW_HEIGHT))
    return _preview_of("video/mp4", data, budget)


def _preview_of(media_type: str, data: bytes | None, budget: Budget) -> Source:
    fits = data is not None and budget.take(html.uri_size(len(data)))
    return Source(html.data_uri(media_type, data), "preview") if data and fits else NOWHERE


def _try(make: Callable[[], T]) -> T | None:
    """What could be made of a file; None, and a line in the log, for one that is broken or gone."""
    try:
        return make()
    except (PixnbError, OSError, ValueError) as error:  # ValueError: a path that no system takes
        logger.info("a clip is left out of a comparison: %s", error)
        return None


_ALONE = Host("plain")

__all__ = ["NOTHING", "Clip", "for_file", "for_output", "stills"]
