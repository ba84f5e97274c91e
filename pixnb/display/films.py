"""Where a page gets a clip from that it plays: the URL of its file, else its bytes in a message, else words why not."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pixnb import visitors
from pixnb.display.host import Host, host
from pixnb.display.video import is_playable, message
from pixnb.errors import PixnbError
from pixnb.media.light import FEW, is_heavy, light_preview
from pixnb.media.media import Media
from pixnb.media.opening import UNREADABLE
from pixnb.project import is_file


@dataclass(frozen=True)
class Film:
    """What a page plays or shows.

    Attributes:
        kind: "video", "image" or "audio"; None where there is none.
        url: The address of its file, where the host serves it.
        media_type: Of `data`.
        data: The file, or a preview of at most 1.5 MB; None where there is a URL, or none can be made.
        why: Why there is nothing, and what to do; "" where there is something.
    """

    kind: str | None = None
    url: str | None = None
    media_type: str = ""
    data: bytes | None = None
    why: str = ""

    @property
    def parts(self) -> tuple[dict[str, Any], list[bytes]]:
        """What goes into a message: its words, and its buffers."""
        if self.why:
            return {"kind": self.kind, "why": visitors.hide_folders(self.why)}, []
        if self.data is None:
            return {"kind": self.kind, "url": self.url}, []
        return {"kind": self.kind, "media_type": self.media_type}, [self.data]


def find_url(place: Path | None, *, at: Host | None = None) -> str | None:
    """Return the address under which the server gives a file that a browser plays as it is; None where it does not.

    Args:
        place: The file.
        at: The host; found when left out.
    """
    if place is None:
        return None
    url = (at or host()).absolute_url(place)
    try:
        return url if url and is_playable(Media(place)) else None
    except UNREADABLE:
        return None


def find_film(place: Path | None, *, by_url: bool = True, beside: int = 0, at: Host | None = None) -> Film:
    """Find what a page plays of a file. It may take a second, for a preview is made where one is needed.

    Args:
        place: The file; None for a run that has none.
        by_url: False for a page whose server has not given the file after all: then its bytes.
        beside: How many play at a time: of a video that is heavy then a preview, even where the host serves it; 0 for
            one that plays alone.
        at: The host; found when left out.

    Returns:
        The film; one that says why where there is none, never an error.
    """
    if place is None:
        return Film(why="This run has no file; its status and error say why.")
    try:
        media = Media(place)
        kind = media.kind
        url = find_url(place, at=at) if by_url else None
        if beside and is_heavy(media, beside) and (data := light_preview(media, beside)):
            return Film(kind, media_type="video/mp4", data=data)
        if url:
            return Film(kind, url=url)
        found = message(media)
    except UNREADABLE as error:
        return Film(why=_say_why(place, error))
    if found is None:
        return Film(kind, why=f"{place.name} is no clip, picture or sound that a page can show.")
    return Film(kind, media_type=found[0], data=found[1])


class Films:
    """The films of a page, by what it calls its cells.

    Args:
        places: Their files; None for a run that has none.
        beside: How many of them play at a time, heavy ones then as previews; 0 where each plays alone.
    """

    def __init__(self, places: Mapping[str, Path | None], *, beside: int = 0) -> None:
        self.places, self._beside = places, beside

    def have_all_of(self, others: Films) -> bool:
        """Whether each cell that had a film before has the same one here."""
        return all(place is None or self.places.get(name) == place for name, place in others.places.items())

    def prepare(self) -> None:
        """Make the previews that playing many at a time needs, on a thread, before somebody presses Play."""
        if self._beside > FEW:
            _preparing().submit(self._prepare)

    def _prepare(self) -> None:
        for place in dict.fromkeys(self.places.values()):
            find_film(place, beside=self._beside)

    def find(self, name: str, *, by_url: bool = True) -> Film:
        """Find the film of a cell; one that says why where there is none."""
        if name not in self.places:
            return Film(why=f"There is no cell {name} here: run this notebook cell again.")
        return find_film(self.places[name], by_url=by_url, beside=self._beside)


@cache
def _preparing() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="pixnb-previews", initializer=_stand_back)


def _stand_back() -> None:
    """Leave the machine to others; on Linux a thread has a priority of its own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _say_why(place: Path, error: Exception) -> str:
    if not is_file(place):
        return f"{place.name} is no longer where the log has it: put it back there, or make another take."
    return error.message if isinstance(error, PixnbError) else f"{place.name} cannot be read: {error}"


__all__ = ["Film", "Films", "find_film", "find_url"]
