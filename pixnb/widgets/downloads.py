"""Files that a person takes away from a launcher: made beside the log, given to the browser by address or bytes."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb.display.host import Host, host
from pixnb.errors import PixnbError
from pixnb.media.light import prune

if TYPE_CHECKING:
    from pixnb.log.log import Log

    Send = Callable[[Mapping[str, Any], list[bytes]], object]

PIECE = 1 << 20
"""Bytes of a message."""

KEPT_BYTES = 1_000_000_000
"""Of all files that were taken away and lie beside the log: those that were made last."""

_FOLDER, _ENDINGS = "downloads", (".html", ".zip")
_AHEAD = 4  # pieces that are on their way at once
_PATIENCE = 300.0  # seconds; a kernel hears nothing while it runs a cell


@dataclass(frozen=True)
class Place:
    """Where files are made to be taken away.

    Attributes:
        folder: The folder.
        is_kept: Whether they stay there: where the notebook's server gives them to the browser.
    """

    folder: Path
    is_kept: bool

    def say(self, path: Path) -> str:
        """Say where a file stays; "" where it does not."""
        folder = host().folder
        return f"also in {Path(os.path.relpath(path.parent, folder)).as_posix()}" if self.is_kept and folder else ""


@contextmanager
def open_place(log: Log, *, at: Host | None = None) -> Iterator[Place]:
    """Open a folder for files to be taken away: beside the log where the server serves it, else one that is cleared.

    Beside the log those that were made last stay, as many as there is room for.

    Args:
        log: The log.
        at: The host; found when left out.
    """
    folder = log.file.parent / _FOLDER if log.file is not None and not log.read_only else None
    if folder is not None and (at or host()).absolute_url(folder / "any"):
        with suppress(OSError):  # there is none yet
            prune(folder, KEPT_BYTES, endings=_ENDINGS, is_ours=False)
        yield Place(folder, is_kept=True)
        return
    with tempfile.TemporaryDirectory(prefix="pixnb-") as name:
        yield Place(Path(name), is_kept=False)


class Handover:
    """Gives files to one page of several that show a widget: the one that asked.

    Args:
        send: Sends a message with buffers to the pages.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._kept: dict[str, Path] = {}
        self._room: dict[str, threading.Semaphore] = {}

    def give(self, path: Path, who: str, *, is_kept: bool) -> None:
        """Give a file to a page; returns when it has it, or knows where it is.

        Args:
            path: The file.
            who: The page.
            is_kept: Whether the file stays, so that an address is enough where the server serves it.

        Raises:
            PixnbError: The page is gone.
        """
        url = host().absolute_url(path) if is_kept else None
        if url:
            self._kept[who] = path
            self._send({"who": who, "name": path.name, "url": url}, [])
        else:
            self._give_bytes(path, who)

    def give_again(self, who: str) -> None:
        """Give the bytes of a page's last file, for the server has not given it after all."""
        if who in self._kept:
            self._give_bytes(self._kept[who], who)

    def hear(self, who: str) -> None:
        """Take in that a page has a piece."""
        if who in self._room:
            self._room[who].release()

    def _give_bytes(self, path: Path, who: str) -> None:
        room = self._room[who] = threading.Semaphore(_AHEAD)
        try:
            with open(path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                for begin in range(0, max(1, size), PIECE):
                    if not room.acquire(timeout=_PATIENCE):
                        raise PixnbError(
                            f"The page did not take {path.name}: is its tab still open? Press again there."
                        )
                    words = {"who": who, "name": path.name, "begin": begin, "size": size}
                    self._send(words, [file.read(PIECE)])
            for _ in range(_AHEAD):  # the folder may be cleared after this
                room.acquire(timeout=_PATIENCE)
        finally:
            del self._room[who]


__all__ = ["KEPT_BYTES", "PIECE", "Handover", "Place", "open_place"]
