"""Previews of videos that are too heavy to play beside others; made once, kept in the data folder for a while."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import settings
from pixnb.media.opening import UNREADABLE
from pixnb.media.preview import preview
from pixnb.project import make_private

if TYPE_CHECKING:
    from pixnb.media.media import Media

HEAVY_BYTES = 4_000_000
HEAVY_SIDE = 720
"""Bytes, and pixels of the shorter side, above which a browser drops pictures where twelve play."""

FEW = 12
SMALL_SIDE = 240
"""Above so many at a time, the shorter side of each: two cores decode 36 of these, and 10 of 360p."""

KEPT_BYTES = 1_000_000_000
"""Of all previews that are kept: those that were played last."""

_LIMIT = 1_500_000  # bytes
_HALF_WRITTEN = 3600  # seconds after which nobody writes a file any more


def is_heavy(media: Media, beside: int = FEW) -> bool:
    """Whether a video is better played as a preview beside others.

    Args:
        media: The video.
        beside: How many play at a time.
    """
    if media.kind != "video" or media.path is None:
        return False
    info, most = media.info, HEAVY_SIDE if beside <= FEW else SMALL_SIDE
    return (media.size or 0) > HEAVY_BYTES or min(info.width or 0, info.height or 0) > most


def light_preview(media: Media, beside: int = FEW) -> bytes | None:
    """Return a small copy of a video, from the data folder where it was made before; None where none can be made.

    Args:
        media: The video.
        beside: How many play at a time: of 360p beside few, smaller beside many.
    """
    height, limit = _fit(media, beside)
    kept = settings.load().data_dir / "cache" / "previews" / f"{media.sha256}-{height}-{limit}.mp4"
    if (data := _read(kept)) is not None:
        return data
    with _making(kept):
        if (data := _read(kept)) is not None:  # another has made it, while this one waited
            return data
        try:
            data = preview(media.path or media.bytes(), height, limit=limit)
        except UNREADABLE:
            return None
        _keep(kept, data)
        return data


def _read(kept: Path) -> bytes | None:
    try:
        data = kept.read_bytes()
        os.utime(kept)
    except OSError:
        return None
    return data


@lru_cache(maxsize=256)
def _making(kept: Path) -> threading.Lock:
    return threading.Lock()


def _fit(media: Media, beside: int) -> tuple[int, int]:
    """Pixels down, and bytes."""
    if beside <= FEW:
        return 360, _LIMIT
    width, height = media.info.width or 1, media.info.height or 1
    return round(SMALL_SIDE * max(1.0, height / width)), _LIMIT // 2


def _keep(place: Path, data: bytes) -> None:
    """Write a file in one go; a folder that takes none costs time the next time, and nothing else."""
    part = place.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    with contextlib.suppress(OSError):
        make_private(place.parent)
        part.write_bytes(data)
        part.replace(place)
        prune(place.parent)


def prune(folder: Path, most: int = KEPT_BYTES, *, endings: Collection[str] = (".mp4",), is_ours: bool = True) -> None:
    """Delete what was not used for longest from a folder, until the others have room.

    Any number of processes may do so at once, and read what is deleted meanwhile.

    Args:
        folder: The folder.
        most: Bytes of all files in it.
        endings: Of the files that count, and may go.
        is_ours: Whether nobody else has files in it: whatever else is old was left half written, and goes too.
    """
    found = []
    for one in os.scandir(folder):
        with contextlib.suppress(OSError):  # another process was quicker
            stat = one.stat(follow_symlinks=False)
            if one.is_file(follow_symlinks=False):
                found.append((stat.st_mtime_ns, stat.st_size, Path(one.path)))
    total, old = 0, time.time_ns() - _HALF_WRITTEN * 10**9
    for used, size, path in sorted(found, reverse=True):
        is_whole = path.suffix in endings
        total += size if is_whole or (is_ours and used > old) else 0
        if (is_whole and total > most) or (is_ours and not is_whole and used <= old):
            with contextlib.suppress(OSError):
                path.unlink()


__all__ = ["FEW", "HEAVY_BYTES", "HEAVY_SIDE", "KEPT_BYTES", "SMALL_SIDE", "is_heavy", "light_preview", "prune"]
