"""Small files that several processes change: one writer at a time, and a reader finds the old one or the new one."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from pixnb.awake import Awake


def write_whole(path: Path, data: bytes) -> None:
    """Put bytes in a file's place, on the disk; call it under the file's `lock`.

    Args:
        path: The file; its folder is there.
        data: All that is to be in it.

    Raises:
        OSError: It cannot be written; what was there is there yet.
    """
    part = path.with_name(f".{path.name}.part")  # one name is enough under the lock, and a killed writer leaves one
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Keep other processes and threads from changing a file meanwhile.

    Args:
        path: The file; its folder is there.

    Raises:
        OSError: Another process holds it for 30 seconds.
    """
    path = path.with_name(f"{path.name}.lock")
    with path.open("a") as file:
        waited = Awake()
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if waited.seconds > 30:
                    raise OSError(f"another process has held {path.name} for 30 seconds") from None
                waited.sleep(0.005)
        yield


__all__ = ["lock", "write_whole"]
