"""The files that the sandbox was given or has fetched, each kept once under the hash of its bytes."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import time
import uuid
from collections.abc import AsyncIterable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pixnb.media.kinds import HEAD, UNKNOWN, sniff, suffix

_LARGEST = 1 << 30  # bytes; a longer file is refused. Far above what any documented input may be
_MOST = 10_000  # files that are kept together
_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,5}")


class TooLarge(Exception):
    """The file is longer than the sandbox takes."""


class NoRoom(OSError):
    """All files together would be more than the sandbox keeps."""


class Files:
    """A folder of files named by their sha256, of `room` bytes together and `most` in number."""

    def __init__(self, folder: Path, *, room: int = 10 * _LARGEST, most: int = _MOST) -> None:
        self._folder = folder
        self._room, self._most = room, most
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in folder.glob("*.part"):  # of a server that was killed
            part.unlink(missing_ok=True)
        self._parts: dict[Path, int] = {}  # what is coming in, and how much of it is here
        self._used, self._count = self._measure()

    async def keep(self, chunks: AsyncIterable[bytes], *, largest: int = _LARGEST) -> str:
        """Write a file as its bytes come in, and return its name: its sha256 with the ending of what they are.

        Raises:
            TooLarge: If there are more bytes than `largest`. Nothing is kept then.
            NoRoom: If there would be too much of all files. Nothing is kept then.
        """
        part = self._folder / f"{uuid.uuid4().hex}.part"
        digest, head, size = hashlib.sha256(), b"", 0
        try:
            self._make_room(part, 0)
            with open(part, "wb") as target:  # noqa: ASYNC230  # a chunk's write is shorter than a thread's round trip
                async for chunk in chunks:
                    size += len(chunk)
                    if size > largest:
                        raise TooLarge(f"more than {largest} bytes")
                    self._make_room(part, size)
                    head += bytes(chunk[: HEAD - len(head)])
                    digest.update(chunk)
                    target.write(chunk)
            name = digest.hexdigest() + suffix(sniff(head))
            if not (self._folder / name).exists():
                part.replace(self._folder / name)
                self._used, self._count = self._used + size, self._count + 1
        finally:
            part.unlink(missing_ok=True)
            self._parts.pop(part, None)
        return name

    def _make_room(self, part: Path, size: int) -> None:
        self._parts[part] = size
        if self._is_full():
            self._used, self._count = self._measure()  # somebody may have removed files
        if self._is_full():
            told = f"{self._room / 1e9:g} GB or {self._most} files in {self._folder} are all that is kept"
            raise NoRoom(errno.ENOSPC, f"{told}: remove some, or start the sandbox with more --room")

    def _is_full(self) -> bool:
        return self._used + sum(self._parts.values()) > self._room or self._count + len(self._parts) > self._most

    def _measure(self) -> tuple[int, int]:
        sizes = [entry.stat().st_size for entry in os.scandir(self._folder) if _NAME.fullmatch(entry.name)]
        return sum(sizes), len(sizes)

    def path(self, name: str) -> Path | None:
        """Return where a file lies, None if there is none of that name."""
        if not _NAME.fullmatch(name):
            return None
        path = self._folder / name
        return path if path.is_file() else None


def link(base: str, name: str, *, until: float | None = None) -> str:
    """Return the URL of a kept file.

    `until` is when it ends, in seconds since 1970. It is part of the URL, as of a presigned one, because the same bytes
    may be kept for somebody else for longer.

    Example:
        >>> link("http://127.0.0.1:8000/", "a.mp4", until=7.0)
        'http://127.0.0.1:8000/media/uploads/a.mp4?expires=7.0'
    """
    return f"{base}media/uploads/{name}" + (f"?expires={until!r}" if until is not None else "")


def is_past(url: str) -> bool:
    """Tell whether a URL made by `link` has ended.

    Example:
        >>> is_past("http://h/media/uploads/a.mp4?expires=7.0"), is_past("http://h/media/uploads/a.mp4")
        (True, False)
    """
    with contextlib.suppress(ValueError):
        return time.time() > min(map(float, parse_qs(urlsplit(url).query).get("expires", ())), default=float("inf"))
    return True


def read_media_type(path: Path) -> str:
    """Tell a file's media type by its first bytes."""
    with open(path, "rb") as source:
        return sniff(source.read(HEAD)) or UNKNOWN


__all__ = ["Files", "NoRoom", "TooLarge", "is_past", "link", "read_media_type"]
