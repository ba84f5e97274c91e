"""An asset on its way into a store: written aside, named after its bytes once it is whole and on the disk."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import itertools
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb.errors import OutputUnavailable
from pixnb.media import kinds

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from pixnb.media.probe import MediaInfo

_TOKEN = os.urandom(6).hex()
_numbers = itertools.count()
"""With the process id they make a name that no other part has, on a shared disk neither."""

_sync_data = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


@dataclass(frozen=True)
class Asset:
    """Media in a store.

    Attributes:
        sha256: Of its bytes, 64 hex digits.
        size: Bytes.
        media_type: By its first bytes; "application/octet-stream" when they tell nothing.
        path: Where it is on this computer.
        kind: "video", "image" or "audio" by its streams, where they were looked at.
        info: What is in it, where that was found out.
    """

    sha256: str
    size: int
    media_type: str
    path: Path
    kind: str | None = field(default=None, compare=False)
    info: MediaInfo | None = field(default=None, compare=False)

    @property
    def relative(self) -> str:
        """Its place under the store's root, as the log keeps it: "ab/abcdef….mp4"."""
        return _place(self.sha256, self.media_type)


class Part:
    """Bytes on their way in: `write` each piece, then `commit` or `abort`; the end of a `with` block aborts.

    One thread at a time may use it. `commit` waits for the disk, so it belongs into a worker thread.

    Args:
        root: The store's folder.
        kept: Called with the asset at the end of `commit`, to send it on.

    Raises:
        OSError: The folder cannot be written to.

    Example:
        >>> import tempfile
        >>> from pixnb.media.store import Store
        >>> with Store(tempfile.mkdtemp()).part() as part:
        ...     part.write(b"GIF89a")
        ...     part.commit(expected=6).media_type
        'image/gif'
    """

    def __init__(self, root: Path, *, kept: Callable[[Asset], None] | None = None) -> None:
        self._root = root
        self._kept = kept
        self._path, self._file = _create(incoming(root))
        self._is_moved = False
        self._hash = hashlib.sha256()
        self._head = b""
        self.size = 0

    @property
    def path(self) -> Path:
        """Where it is written, until `commit` or `abort`."""
        return Path(self._path)

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._hash.hexdigest()

    def write(self, piece: bytes | memoryview) -> None:
        """Write the next bytes.

        Raises:
            OSError: The disk is full, or the like; nothing is left of the part then.
        """
        file = self._open_file()
        try:
            done = os.write(file, piece)
            while done < len(piece):  # a disk that is nearly full takes some and refuses the rest
                done += os.write(file, memoryview(piece)[done:])
        except OSError:
            self.abort()
            raise
        self._hash.update(piece)
        if self.size < kinds.HEAD:
            self._head += bytes(piece[: kinds.HEAD])
        self.size += done

    def commit(self, expected: int | None = None) -> Asset:
        """Make it an asset: check the length, wait until it is on the disk, give it its name.

        Args:
            expected: The length that was announced, in bytes; None when none was.

        Returns:
            The asset. The same bytes put before, or at the same time by another process, are the same asset.

        Raises:
            OutputUnavailable: The length is another one.
            OSError: The disk is full, or the like. In both cases nothing is left of the part.
        """
        file = self._open_file()
        if expected is not None and expected != self.size:
            self.abort()
            raise OutputUnavailable(f"Of {expected} bytes {self.size} came: the file is not whole. Fetch it again.")
        media_type = kinds.sniff(self._head) or kinds.UNKNOWN
        path = self._root / _place(self.sha256, media_type)
        try:
            if not _is_there(path, self.size):
                _sync_data(file)
                _rename(self._path, path)
                self._is_moved = True
            _sync_folder(path.parent)
        finally:
            self.abort()
        asset = Asset(self.sha256, self.size, media_type, path)
        if self._kept:
            self._kept(asset)
        return asset

    def abort(self) -> None:
        """Throw away what was written. Harmless after `commit` or another `abort`."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):  # a disk may report a failed write once more
                os.close(file)
            if self._is_moved:
                return
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)  # noqa: PTH108 - on the way of every job; a Path would cost more than the call

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    def _open_file(self) -> int:
        if self._file is None:
            raise ValueError("This part is committed or aborted: begin another one with store.part().")
        return self._file


def incoming(root: Path) -> Path:
    """Give the folder of a store where parts are written."""
    return root / "incoming"


def sweep(root: Path) -> None:
    """Delete what killed processes left half written in a store; what a living process writes stays.

    A lock tells the living from the dead where a process id does not: in containers, on a shared disk, after
    a restart. Where the file system has no locks, nothing is deleted.
    """
    with contextlib.suppress(OSError):  # no folder yet, or not ours to write
        for path in incoming(root).glob("*.part"):
            with contextlib.suppress(OSError):
                file = os.open(path, os.O_RDWR)
                try:
                    if _lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
                        path.unlink()
                finally:
                    os.close(file)


def _create(folder: Path) -> tuple[str, int | None]:
    while True:
        path = f"{folder}/{os.getpid()}-{_TOKEN}-{next(_numbers)}.part"
        try:
            file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        except FileNotFoundError:
            _make_folder(folder)
            continue
        _lock(file, fcntl.LOCK_SH)
        if os.fstat(file).st_nlink:
            return path, file
        os.close(file)  # another process swept between our creating and our locking


def _lock(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how)
    except OSError:  # in use, or a file system without locks
        return False
    return True


def _place(sha256: str, media_type: str) -> str:
    return f"{sha256[:2]}/{sha256}{kinds.suffix(media_type)}"


def _is_there(path: Path, size: int) -> bool:
    try:
        return os.stat(path).st_size == size  # noqa: PTH116 - as above
    except FileNotFoundError:
        return False


def _rename(part: str, path: Path) -> None:
    try:
        os.rename(part, path)  # noqa: PTH104 - as above
    except FileNotFoundError:
        _make_folder(path.parent)
        os.rename(part, path)  # noqa: PTH104 - as above


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems sync no folders
            raise
    finally:
        os.close(file)


__all__ = ["Asset", "Part", "incoming", "sweep"]
