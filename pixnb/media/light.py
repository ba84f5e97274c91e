"""Previews of videos that are too heavy to play a dozen at a time; made once, kept in the data folder for a while."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import settings
from pixnb.errors import PixnbError
from pixnb.media.preview import preview
from pixnb.project import make_private

if TYPE_CHECKING:
    from pixnb.media.media import Media

HEAVY_BYTES = 4_000_000
HEAVY_SIDE = 720
"""Bytes, and pixels of the shorter side, above which a browser drops pictures where twelve play."""

KEPT_BYTES = 1_000_000_000
"""Of all previews that are kept: those that were played last."""

_LIMIT = 1_500_000  # bytes
_HALF_WRITTEN = 3600  # seconds after which nobody writes a file any more


def is_heavy(media: Media) -> bool:
    """Whether a video is better played as a preview beside others."""
    if media.kind != "video" or media.path is None:
        return False
    info = media.info
    return (media.size or 0) > HEAVY_BYTES or min(info.width or 0, info.height or 0) > HEAVY_SIDE


def light_preview(media: Media) -> bytes | None:
    """Return a 360p copy of a video, from the data folder where it was made before; None where none can be made."""
    kept = _place(media)
    with contextlib.suppress(OSError):
        data = kept.read_bytes()
        os.utime(kept)
        return data
    try:
        data = preview(media.path or media.bytes(), limit=_LIMIT)
    except (PixnbError, OSError, ValueError):
        return None
    _keep(kept, data)
    return data


def _place(media: Media) -> Path:
    return settings.load().data_dir / "cache" / "previews" / f"{media.sha256}-{_LIMIT}.mp4"


def _keep(place: Path, data: bytes) -> None:
    """Write a file in one go; a folder that takes none costs time the next time, and nothing else."""
    part = place.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    with contextlib.suppress(OSError):
        make_private(place.parent)
        part.write_bytes(data)
        part.replace(place)
        prune(place.parent)


def prune(folder: Path, most: int = KEPT_BYTES) -> None:
    """Delete what was not used for longest from a folder of previews, until the others have room.

    Any number of processes may do so at once, and read what is deleted meanwhile.

    Args:
        folder: The folder.
        most: Bytes of all files in it.
    """
    found = []
    for one in os.scandir(folder):
        with contextlib.suppress(OSError):  # another process was quicker
            stat = one.stat(follow_symlinks=False)
            if one.is_file(follow_symlinks=False):
                found.append((stat.st_mtime_ns, stat.st_size, Path(one.path)))
    total, old = 0, time.time_ns() - _HALF_WRITTEN * 10**9
    for used, size, path in sorted(found, reverse=True):
        is_whole = path.suffix == ".mp4"
        total += size if is_whole or used > old else 0
        if (is_whole and total > most) or (not is_whole and used <= old):
            with contextlib.suppress(OSError):
                path.unlink()


__all__ = ["HEAVY_BYTES", "HEAVY_SIDE", "KEPT_BYTES", "is_heavy", "light_preview", "prune"]
