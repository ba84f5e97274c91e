"""The project that somebody works in: its folders, its `.env` and its data folder."""

from __future__ import annotations

import contextlib
import errno
import os
from functools import lru_cache
from pathlib import Path

from pixnb.errors import InvalidInput


def find_dotenv() -> Path | None:
    """Return the nearest `.env` from the working folder up to the project's root."""
    return next((p for folder in _project(_here()) if is_file(p := folder / ".env")), None)


def find_data_dir() -> Path:
    """Return the nearest `pixnb-data` from the working folder up to the project's root, else one to be made here."""
    here = _here()
    return next((p for folder in _project(here) if is_folder(p := folder / "pixnb-data")), here / "pixnb-data")


# Those of `Path` raise where a folder above may not be looked into, and for a name that no file can have (before 3.14).
def is_file(path: Path) -> bool:
    """Whether a file is there, as far as can be seen."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """Whether a folder is there, as far as can be seen."""
    return os.path.isdir(path)  # noqa: PTH112


def is_there(path: Path) -> bool:
    """Whether anything is there, as far as can be seen, be it a link that leads nowhere."""
    try:
        return os.path.lexists(path)
    except ValueError:  # of Python before 3.13
        return False


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are not there, for this user alone; one that is there stays as it is.

    Raises:
        OSError: It cannot be made.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def absolute(path: str | os.PathLike[str], folder: Path | None = None) -> Path:
    """Return a path without `~` and `..` and in full, counted from a folder, or from the working one.

    Raises:
        InvalidInput: As `locate`.

    Example:
        >>> str(absolute("../clips", Path("/home/ann/films")))
        '/home/ann/clips'
    """
    # Path.resolve would follow the user's links
    return Path(os.path.abspath(locate(path, folder)))  # noqa: PTH100


def locate(path: str | os.PathLike[str], folder: Path | None = None) -> Path:
    """Return a path without `~` and in full; what is within it stays as it is.

    Raises:
        InvalidInput: There is no user of the name after `~`, or no working folder.

    Example:
        >>> str(locate("clips/../a.mp4", Path("/home/ann/films")))
        '/home/ann/films/clips/../a.mp4'
    """
    named = Path(path)
    if os.fspath(path).startswith("~"):  # not "./~a", of which a Path makes "~a"
        with contextlib.suppress(RuntimeError):
            named = named.expanduser()
    if os.fspath(path).startswith("~") and not named.is_absolute() and not is_there(named):
        user = named.parts[0]
        raise InvalidInput(
            f"There is no user for {user!r} in {str(path)!r:.200}. Write the path in full, or begin with ./ where a "
            f"file or folder is called {user!r}."
        )
    return named if named.is_absolute() else (folder or _here()) / named


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:
        raise InvalidInput("The working folder is gone. Go to one that is there: os.chdir(…).") from None


@lru_cache(maxsize=64)
def _project(start: Path) -> tuple[Path, ...]:
    """The folders from `start` up to the project's root; only `start` where there is no project."""
    upward = (start, *start.parents)
    marks = (".git", "pyproject.toml", "setup.py", "setup.cfg")
    for count, folder in enumerate(upward, 1):
        if any(is_there(folder / mark) for mark in marks):
            return upward[:count]
    return (start,)


__all__ = ["absolute", "find_data_dir", "find_dotenv", "is_file", "is_folder", "is_there", "locate", "make_private"]
