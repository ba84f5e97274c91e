"""What a report carries of each file: the whole of it, or a preview of so many bytes that all fit into one mail."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pixnb.display.poster import PICTURE_BYTES, picture_bytes
from pixnb.display.video import is_playable
from pixnb.media.media import Media
from pixnb.media.opening import UNREADABLE
from pixnb.media.probe import probe
from pixnb.report.rendition import Rendition, best_rendition, choose_rendition
from pixnb.terminal import get_logger

if TYPE_CHECKING:
    from pixnb.media.probe import MediaInfo

Quality = Literal["mail", "full"]

_TAG = 160  # characters of the element round a film
_IMAGE_SECONDS = 1.5  # a picture counts as so long a clip
_SOUND_PART = 0.25  # and a second of sound as such a part of one
_BEST_PICTURE = 600_000
_PATIENCE = 1.5  # seconds before a bar says how far it is
_BLOCK = 3 << 18  # bytes that are encoded at a time, a multiple of three

logger = get_logger(__name__)


@dataclass(frozen=True)
class Embedded:
    """A file as the report carries it.

    Attributes:
        key: What the page calls it.
        kind: "video", "image" or "audio".
        media_type: Of what is carried.
        media: The file.
        info: What is in the file.
        data: The preview; None where the whole file is carried.
        made_to: What the preview was made to; None for the whole file.
        seconds: How long the preview of a clip or sound is.
    """

    key: str
    kind: str
    media_type: str
    media: Media
    info: MediaInfo
    data: bytes | None = None
    made_to: Rendition | None = None
    seconds: float | None = None

    @property
    def size(self) -> int:
        """Bytes that are carried."""
        return len(self.data) if self.data is not None else self.media.size or 0

    def blocks(self) -> Iterator[bytes]:
        """Give what is carried, some of it at a time."""
        if self.data is not None:
            yield self.data
            return
        with self.media.open() as file:
            while block := file.read(_BLOCK):
                yield block


@dataclass(frozen=True)
class _Found:
    key: str
    kind: str
    media: Media
    info: MediaInfo
    plays: bool

    @property
    def most(self) -> float:
        """Bytes of which it needs no more: the whole of it, or a copy that is good to look at."""
        whole = (self.media.size or 0) if self.plays else math.inf
        return min(whole, PICTURE_BYTES) if self.kind == "image" else whole

    @property
    def weight(self) -> float:
        seconds = self.info.duration or 5.0
        return {"image": _IMAGE_SECONDS, "audio": _SOUND_PART * seconds}.get(self.kind, max(1.0, seconds))


class Files:
    """The files of a report, each once however many runs share it.

    Args:
        places: Where they are; None and what cannot be read are left out.
    """

    def __init__(self, places: Iterable[Path | None]) -> None:
        self._found: dict[str, _Found] = {}
        self._keys: dict[Path, str] = {}
        wanted = [place for place in dict.fromkeys(places) if place is not None]
        with ThreadPoolExecutor(_cores()) as pool:
            for place, found in zip(wanted, pool.map(_look, wanted), strict=True):
                if found is not None:
                    self._found.setdefault(found.key, found)
                    self._keys[place] = found.key

    def __len__(self) -> int:
        return len(self._found)

    @property
    def keys(self) -> set[str]:
        """What the page calls them."""
        return set(self._found)

    def key(self, place: Path | None) -> str | None:
        """Return what the page calls a file; None for one that it cannot show."""
        return self._keys.get(place) if place is not None else None

    def info(self, place: Path | None) -> MediaInfo | None:
        """Return what is in a file; None for one that cannot be read."""
        key = self.key(place)
        return self._found[key].info if key is not None else None

    def make(self, quality: Quality, room: int) -> list[Embedded]:
        """Make what the report carries, on all cores; a bar says how far it is where that takes long.

        Args:
            quality: "full" for whole files where a browser plays them.
            room: For "mail", the most characters that they may take together.
        """
        shares = share_out(list(self._found.values()), (room - _TAG * len(self)) * 3 // 4) if quality == "mail" else {}
        tasks = [(found, shares.get(found.key)) for found in self._found.values()]
        whole = {found.key: _whole(found) for found, share in tasks if found.plays and _fits(found, share)}
        made = _make_all([(found, share) for found, share in tasks if found.key not in whole])
        films = {**whole, **made}
        return [films[key] for key in self._found if key in films]


def share_out(files: Sequence[_Found], total: int) -> Mapping[str, int]:
    """Share bytes out among files by their length; what fits whole leaves the rest of its share to the others.

    Args:
        files: The files.
        total: Bytes for all.

    Returns:
        The most bytes of each, by key.
    """
    shares: dict[str, int] = {}
    left, open_ = max(0, total), list(files)
    while open_:
        unit = left / sum(found.weight for found in open_)
        settled = [found for found in open_ if found.most <= unit * found.weight]
        if not settled:
            return shares | {found.key: int(unit * found.weight) for found in open_}
        for found in settled:
            shares[found.key] = int(found.most)
            left -= shares[found.key]
        open_ = [found for found in open_ if found.key not in shares]
    return shares


def _fits(found: _Found, share: int | None) -> bool:
    return share is None or (found.media.size or 0) <= share


def _whole(found: _Found) -> Embedded:
    return Embedded(found.key, found.kind, found.media.media_type, found.media, found.info)


def _make_all(tasks: Sequence[tuple[_Found, int | None]]) -> dict[str, Embedded]:
    from tqdm.auto import tqdm

    films: dict[str, Embedded] = {}
    if not tasks:
        return films
    pool = ThreadPoolExecutor(_cores(), thread_name_prefix="pixnb-report")
    try:
        running = [pool.submit(_make, found, share) for found, share in tasks]
        bar = {"total": len(tasks), "desc": "Previews", "unit": "clip", "delay": _PATIENCE, "leave": False}
        for done in tqdm(as_completed(running), disable=sys.stderr is None, **bar):
            film = done.result()
            if film is not None:
                films[film.key] = film
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C only what is under way is finished
    return films


def _make(found: _Found, share: int | None) -> Embedded | None:
    """Make a preview; None, and a line in the log, where none can be made."""
    try:
        if found.kind == "image":
            form = Rendition("image", 0, 0, min(share or _BEST_PICTURE, _BEST_PICTURE))
            data = picture_bytes(found.media, form.limit)
        else:
            form = best_rendition(found.info) if share is None else choose_rendition(found.info, share)
            data = form.encode(found.media)
        if data is None or (share is not None and len(data) > share):  # of a picture the limit is about so much
            return None
        seconds = probe(data).duration if found.kind != "image" else None
        return Embedded(found.key, found.kind, form.media_type, found.media, found.info, data, form, seconds)
    except UNREADABLE as error:
        logger.info("a clip is left out of a report: %s", error)
        return None


def _look(place: Path) -> _Found | None:
    try:
        media = Media(place)
        kind, sha256 = media.kind, media.sha256
        if kind is None or sha256 is None:
            return None
        return _Found(sha256[:12], kind, media, media.info, is_playable(media))
    except UNREADABLE as error:
        logger.info("a file is left out of a report: %s", error)
        return None


def _cores() -> int:
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


__all__ = ["Embedded", "Files", "Quality", "share_out"]
