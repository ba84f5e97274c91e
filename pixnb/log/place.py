"""Whether the file in a log's place is the one that is open, and putting it there again from what is open."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pixnb.project import make_private

OVERWRITTEN = "was overwritten in place, by an older copy or another database,"
"""Trouble that is not mended: somebody may have wanted that."""
GARBLED = "was overwritten in place, by garbage,"
"""Trouble that is mended where all that matters is in memory; of what is not, pages are read from there."""
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BESIDE = ("-wal", "-shm")
_GAP = 5.0
"""Seconds between two looks at every page of a file that others write too."""


class Mark(NamedTuple):
    """The last event that this process knows of: by it a file shows whether it is the same log and not older."""

    log_id: str
    seq: int
    run_id: str
    at: int


class Place:
    """Where the file of an SQLite log lies.

    SQLite goes on writing into files that were removed or replaced, and nobody ever finds that again. This looks at
    names, and into the file only by SQLite itself: closing it otherwise would drop the locks.

    Args:
        path: The file; None for a log that has none of its own, of which nothing can be said.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None
        self._beside: dict[Path, tuple[int, int]] = {}
        self._size = 0
        self._changed: int | None = None  # when it was last written to, as far as that was by a log
        self._looked = -_GAP
        self.mode = "rwc"  # how SQLite is to open it; what is made must not be made again in place of what was removed

    def remember(self, *, journal: bool = False) -> None:
        """Take what is there for what is open: the file, and with `journal` the two that SQLite keeps beside it."""
        if self._path is None:
            return
        if self._file is None:
            found = self._path.stat()
            self._file, self._size = _identity(found), found.st_size
        if self._changed is None:
            self._changed = self._path.stat().st_mtime_ns
        if journal:
            for path in _journal_of(_real(self._path)):
                with contextlib.suppress(OSError):
                    self._beside[path] = _identity(path.stat())

    def forget(self, *, file: bool = False) -> None:
        """Forget the files beside it, which end with the last handle; with `file` also the file itself."""
        self._beside.clear()
        self._changed = None
        if file:
            self._file, self._size = None, 0

    @contextlib.contextmanager
    def measured(self) -> Iterator[None]:
        """Take note, behind what writes into the file, of how large it is and when that was; it does not shrink."""
        before = self._stat()
        is_known = before is not None and before.st_mtime_ns == self._changed
        yield
        if found := self._stat():
            self._size = max(self._size, found.st_size)
            if is_known:
                self._changed = found.st_mtime_ns

    def _stat(self) -> os.stat_result | None:
        with contextlib.suppress(OSError):
            return self._path.stat() if self._path is not None else None
        return None

    def trouble(self, mark: Mark | None = None) -> str | None:
        """Say what has happened to the file since it was opened, as in "was removed"; None if it is as it should be.

        Args:
            mark: What must be in the file; None to look at names only.
        """
        if self._path is None or self._file is None:
            return None
        try:
            found = self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return "was removed or moved"
        except OSError as error:
            return f"cannot be reached ({error.strerror})"
        if _identity(found) != self._file:
            return "was replaced by another file"
        if found.st_size < self._size:
            return "was cut short"
        self._size = found.st_size
        for path, known in self._beside.items():
            try:
                same = _identity(path.stat()) == known
            except OSError:
                same = False
            if not same:
                return f"lost the file {path.name} beside it, which is a part of it"
        return self._overwritten(found, mark)

    def _overwritten(self, found: os.stat_result, mark: Mark | None) -> str | None:
        """Look into a file that somebody else has written to: another process's log, or one who knows nothing of it."""
        if found.st_mtime_ns == self._changed or self._changed is None or mark is None or self._path is None:
            return None
        now = time.monotonic()
        is_due = now - self._looked >= _GAP
        if trouble := _read(self._path, mark, every_page=is_due):
            return trouble
        self._looked = now if is_due else self._looked
        self._changed = found.st_mtime_ns
        return None

    def copy(self, driver: Any, mark: Mark | None) -> Path | None:
        """Write all that a connection sees into a file of its own beside the log.

        Of a file that is damaged it sees the pages that it has in memory as they were, and all others as they are.

        Returns:
            The file; None if that cannot be had whole, with what `mark` says in it.
        """
        assert self._path is not None
        part = self._path.with_name(f".{self._path.name}.{uuid.uuid4().hex}.part")
        try:
            make_private(part.parent)
            with contextlib.closing(sqlite3.connect(part)) as target:
                driver.backup(target)
                whole = target.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
        except (OSError, sqlite3.Error):
            whole = False
        if not whole or (mark is not None and not has(part, mark)):
            part.unlink(missing_ok=True)
            with contextlib.suppress(sqlite3.Error):
                driver.execute("PRAGMA shrink_memory")  # what is damaged was read into it
            return None
        return part

    def mend(self, part: Path | None, mark: Mark | None) -> str | None:
        """Make the file in its place one that can be gone on with, while this process has no handle of it.

        Args:
            part: What `copy` made.
            mark: What must be in the file.

        Returns:
            What was done, for a person; "" if the file there has all that was written and needed nothing.
            None if another file lies there, which is left alone; `part` is then kept beside it.
        """
        assert self._path is not None
        try:
            if mark is not None and has(self._path, mark):
                self.forget(file=True)
                _drop(part)
                return ""
            ours = not self._path.exists() or _identity(self._path.stat()) == self._file
            if part is None or not ours:
                return None
            target = _real(self._path)
            make_private(target.parent)
            aside = self._put_aside(target)
            os.link(part, target)  # never over what somebody put there this instant
            part.unlink()
        except OSError:
            return None
        self.forget(file=True)
        kept = f" (what lay there is now {aside.name})" if aside else ""
        return f"it was written there again, whole, from what this process had open{kept}"

    def keep(self, part: Path) -> Path:
        """Keep a copy under a name that a person finds."""
        assert self._path is not None
        kept = self._find_free_name("kept")
        part.rename(kept)
        return kept

    def _put_aside(self, target: Path) -> Path | None:
        aside = None
        if target.exists():
            aside = self._find_free_name("damaged")
            target.rename(aside)
        for path in _journal_of(target):  # another file's journal would be read into ours
            path.unlink(missing_ok=True)
        return aside

    def _find_free_name(self, word: str) -> Path:
        assert self._path is not None
        stem = f"{self._path.name}.{word}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
        return next(path for n in range(1000) if not (path := self._path.with_name(stem + f".{n}" * bool(n))).exists())


def has(path: Path, mark: Mark) -> bool:
    """Say whether a file is a whole log with an id and has an event: what a process that opens it now would find."""
    return _read(path, mark, every_page=True) is None


def _read(path: Path, mark: Mark, *, every_page: bool) -> str | None:
    """Say what is wrong with a file that should be a log with an id and have an event.

    It is opened by SQLite itself, in this process's one copy of it, which keeps the locks of its other handles.
    """
    query = (
        "SELECT (SELECT value FROM meta WHERE key = 'id'), (SELECT run_id || ' ' || at FROM events WHERE seq = ?), "
        "CASE WHEN ? THEN (SELECT quick_check FROM pragma_quick_check(1)) ELSE 'ok' END"
    )
    try:
        with contextlib.closing(sqlite3.connect(uri_of(path, "mode=ro"), uri=True)) as connection:
            *found, pages = connection.execute(query, (mark.seq, every_page)).fetchone()
    except (OSError, sqlite3.Error) as error:
        return GARBLED if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN else OVERWRITTEN
    if pages != "ok":
        return GARBLED
    return None if found == [mark.log_id, f"{mark.run_id} {mark.at}" if mark.seq else None] else OVERWRITTEN


def uri_of(path: Path, options: str) -> str:
    """Write a path as SQLite's URI."""
    escaped = str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{escaped}?{options}"


def _real(path: Path) -> Path:
    # SQLite follows links, and keeps its files beside what they lead to
    return Path(os.path.realpath(path))


def _journal_of(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in _BESIDE]


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _drop(part: Path | None) -> None:
    if part is not None:
        part.unlink(missing_ok=True)


__all__ = ["GARBLED", "OVERWRITTEN", "Mark", "Place", "has", "uri_of"]
