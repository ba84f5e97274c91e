"""Writing what was made for a person to a file, in one step."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pixnb.display import wording
from pixnb.errors import InvalidInput
from pixnb.media.probe import DISK_FULL
from pixnb.project import locate


def target_of(path: str | os.PathLike[str], ending: str) -> Path:
    """Return the absolute path of a file that is to be written; the ending is added when it has none.

    Raises:
        InvalidInput: There is no such user as the path names, or no working folder.
    """
    try:
        target = locate(path)
    except InvalidInput as error:
        raise InvalidInput(f"{path} is no path to write to. {error.message}") from error
    return target if target.suffix else target.with_suffix(ending)


def choose_form(path: str | os.PathLike[str], forms: Sequence[str], what: str) -> tuple[Path, str]:
    """Return the absolute path of a file that runs are shown in, and its form by its ending; ".html" if it has none.

    Args:
        path: As a person gives it.
        forms: The endings that there are: ".html", ".png".
        what: What is written, to be named: "A table".

    Raises:
        InvalidInput: Another ending, or no path.
    """
    target = target_of(path, ".html")
    form = target.suffix.lower()
    if form not in forms:
        raise InvalidInput(
            f"{what} is saved as {', '.join(forms)}, not as {target.suffix!r}: choose one of them; for the "
            "numbers write the frame, exp.frame().pixnb.to_csv(path) or exp.frame().pixnb.to_excel(path)."
        )
    return target, form


def name_file(title: str, ending: str) -> str:
    """Make a file's name of a title: no folder, no leading dot, nothing that a system or a terminal takes amiss.

    Example:
        >>> name_file("coats/red: 1", ".html"), name_file("../..", ".html")
        ('coats-red- 1.html', 'runs.html')
    """
    plain = "".join(letter if letter.isprintable() and letter not in _AMISS else "-" for letter in title)
    plain = plain.encode("utf-8")[:120].decode("utf-8", "ignore").strip(" .-~")
    return (plain or "runs") + ending


def write_whole(target: Path, data: bytes) -> Path:
    """Write a file whole or not at all; its folder is made.

    Args:
        target: The file, replaced if there is one.
        data: What is in it.

    Returns:
        The same path.

    Raises:
        InvalidInput: It cannot be written.
    """
    return write_pieces(target, [data])


def write_pieces(target: Path, pieces: Iterable[bytes]) -> Path:
    """Write a file of pieces that are made one after another, whole or not at all; its folder is made.

    Args:
        target: The file, replaced if there is one.
        pieces: What is in it; an error on their way leaves what was there.

    Returns:
        The same path.

    Raises:
        InvalidInput: It cannot be written, or what it is made of cannot be read.
    """
    with open_whole(target) as file:
        file.writelines(pieces)
    return target


@contextmanager
def open_whole(target: Path) -> Iterator[BinaryIO]:
    """Open a file to be written whole or not at all; its folder is made.

    Args:
        target: The file, replaced if there is one once the block has ended well.

    Raises:
        InvalidInput: It cannot be written, or what it is made of cannot be read.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb") as file:
            yield file
        part.replace(target)
    except (OSError, ValueError) as error:  # ValueError: a path that no system takes
        why = getattr(error, "strerror", None) or error
        what = "Make room there" if getattr(error, "errno", None) in DISK_FULL else "Choose another path"
        raise InvalidInput(f"{wording.legible(str(target))} cannot be written: {why}. {what}.") from error
    finally:  # Ctrl-C too
        with suppress(OSError, ValueError):
            part.unlink(missing_ok=True)


_AMISS = frozenset('/\\:*?"<>|')

__all__ = ["choose_form", "name_file", "open_whole", "target_of", "write_pieces", "write_whole"]
