"""What may have been meant by a path at which there is no file."""

from __future__ import annotations

import contextlib
import difflib
import itertools
import os
import re
from pathlib import Path

from pixnb import visitors

_MOST = 2_000
"""So many names of a folder are looked at."""


def advise(path: str | os.PathLike[str]) -> str:
    """Say what to do about a path that leads nowhere, in one sentence.

    Args:
        path: As it was looked for; a relative one began at the working folder.

    Example:
        >>> advise("www.example.org/clip.mp4")
        'If it is a web address, begin it with https://.'
    """
    with contextlib.suppress(OSError, ValueError):
        place = Path(path).absolute()
        given = str(place).removeprefix(f"{Path.cwd()}/")
        return _by_form(given) or _by_folder(place) or f"Check the path{_start(path)}."
    return "Check the path."


def _by_form(given: str) -> str | None:
    bare = given.strip().strip("'\"`").strip()
    if bare != given and bare and Path(bare).expanduser().exists():
        return f"Without what stands around it, {bare!r} is there."
    forms = {
        "Give the bytes themselves: base64.b64decode(…) of what follows the comma.": r"data:[\w/+.-]*[;,]",
        "That is a path of Windows: write it as it is called here, in WSL as /mnt/c/….": r"[A-Za-z]:\\|\\\\",
        "Give one file; several go as a list into exp.sweep(…, video=[…]).": r".*[*?]",
        "If it is a web address, begin it with https://.": r"([\w-]+\.)+[a-z]{2,}(:\d+)?/",
    }
    return next((advice for advice, form in forms.items() if re.match(form, given)), None)


def _by_folder(place: Path) -> str | None:
    if visitors.are_here():  # what else lies there is not for them
        return None
    if place.is_symlink():
        return f"It is a link to {place.readlink()}, which is not there."
    folder = place.parent
    if not folder.exists():
        missing = next(one for one in (folder, *folder.parents) if one.parent.exists())
        return f"There is no folder {missing}."
    with os.scandir(folder) as entries:
        names = [entry.name for entry in itertools.islice(entries, _MOST)]
    by_small = {name.lower(): name for name in names}
    near = difflib.get_close_matches(place.name.lower(), by_small, 1, 0.75)
    return f"Did you mean {by_small[near[0]]!r}?" if near else None


def _start(path: str | os.PathLike[str]) -> str:
    return "" if Path(path).is_absolute() else f"; relative ones start at {Path.cwd()}"


__all__ = ["advise"]
