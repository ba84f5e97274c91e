"""The files that the sandbox was given or has fetched, each kept once under the hash of its bytes."""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
import uuid
from collections.abc import AsyncIterable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pixnb.media.kinds import HEAD, sniff, suffix

LARGEST = 1 << 30
"""Bytes; a longer file is refused. Far above what any documented input may be."""

_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,5}")


class TooLarge(Exception):
    """The file is longer than the sandbox takes."""


class Files:
    """A folder of files named by their sha256.

    Args:
        folder: Made if it is not there; parts that a killed server left in it are removed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for part in folder.glob("*.part"):
            part.unlink(missing_ok=True)

    async def keep(self, chunks: AsyncIterable[bytes], *, largest: int = LARGEST) -> str:
        """Write a file as its bytes come in.

        Args:
            chunks: The bytes; never held in memory together.
            largest: Bytes allowed.

        Returns:
            The file's name: its sha256 with the ending of what its first bytes are.

        Raises:
            TooLarge: If there are more bytes than allowed. Nothing is kept then.
        """
        part = self._folder / f"{uuid.uuid4().hex}.part"
        digest, head, size = hashlib.sha256(), b"", 0
        try:
            with open(part, "wb") as target:  # noqa: ASYNC230  # a chunk's write is shorter than a thread's round trip
                async for chunk in chunks:
                    size += len(chunk)
                    if size > largest:
                        raise TooLarge(f"more than {largest} bytes")
                    head += bytes(chunk[: HEAD - len(head)])
                    digest.update(chunk)
                    target.write(chunk)
            name = digest.hexdigest() + suffix(sniff(head))
            part.replace(self._folder / name)
        finally:
            part.unlink(missing_ok=True)
        return name

    def path(self, name: str) -> Path | None:
        """Return where a file lies, None if there is none of that name."""
        if not _NAME.fullmatch(name):
            return None
        path = self._folder / name
        return path if path.is_file() else None


def link(base: str, name: str, *, until: float | None = None) -> str:
    """Return the URL of a kept file.

    Args:
        base: The server's address, ending in a slash.
        name: The name that `Files.keep` gave it.
        until: When the URL ends, in seconds since 1970; None for never. It is part of the URL, as of a presigned one,
            because the same bytes may be kept for somebody else for longer.

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


__all__ = ["LARGEST", "Files", "TooLarge", "is_past", "link"]
