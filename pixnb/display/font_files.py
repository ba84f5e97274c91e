"""Font files: the letters that one has, read from its own table of them, and where a machine keeps them."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_ENDINGS = (".ttf", ".otf", ".ttc", ".otc")
_MOST_FILES = 5_000
_MOST_TABLE = 4_000_000
_UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
"""Platform and encoding of tables by Unicode, those of all planes first."""

Ranges = tuple[NDArray[np.int64], NDArray[np.int64]]
_NOTHING: Ranges = (np.zeros(0, np.int64), np.zeros(0, np.int64))


@cache
def read_cover(path: Path) -> Ranges:
    """Return the first and the last code of each row of letters that a font has; none for what is no font.

    What a font says is not proof of a picture: a letter may still be drawn as an empty square.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(16)
            start = struct.unpack(">I", head[12:16])[0] if head[:4] == b"ttcf" else 0
            file.seek(start)
            count = struct.unpack(">4xH6x", file.read(12))[0]
            tables = file.read(16 * count)
            rows = (struct.unpack(">4s4xII", tables[at : at + 16]) for at in range(0, 16 * count, 16))
            place, size = next((at, long) for tag, at, long in rows if tag == b"cmap")
            file.seek(place)
            return _read_table(file.read(min(size, _MOST_TABLE)))
    except (OSError, struct.error, StopIteration, ValueError, IndexError):
        return _NOTHING


def has(path: Path, code: int) -> bool:
    """Whether a font says that it has a letter."""
    first, last = read_cover(path)
    at = int(np.searchsorted(first, code, "right")) - 1
    return at >= 0 and code <= int(last[at])


def _read_table(data: bytes) -> Ranges:
    count = struct.unpack(">2xH", data[:4])[0]
    places = {key[:2]: key[2] for key in struct.iter_unpack(">HHI", data[4 : 4 + 8 * count])}
    at = next(places[key] for key in _UNICODE if key in places)
    form = struct.unpack(">H", data[at : at + 2])[0]
    if form == 12:
        groups = struct.unpack(">I", data[at + 12 : at + 16])[0]
        rows = np.frombuffer(data, ">u4", 3 * groups, at + 16).reshape(-1, 3).astype(np.int64)
        return rows[:, 0], rows[:, 1]
    if form == 4:
        segments = struct.unpack(">H", data[at + 6 : at + 8])[0] // 2
        last = np.frombuffer(data, ">u2", segments, at + 14).astype(np.int64)
        first = np.frombuffer(data, ">u2", segments, at + 16 + 2 * segments).astype(np.int64)
        return first, last
    return _NOTHING  # 13 is of fonts that have one square for everything


def find_files(folders: Iterable[Path] | None = None) -> list[Path]:
    """Return the font files of folders, those first that suit running text.

    Args:
        folders: Where to look, however deep; None: where this system keeps its fonts.
    """
    found: list[Path] = []
    for folder in _folders() if folders is None else folders:
        for place, inner, names in os.walk(folder):
            inner.sort()
            found += [Path(place, name) for name in sorted(names) if name.lower().endswith(_ENDINGS)]
            if len(found) > _MOST_FILES:
                break
    return sorted(dict.fromkeys(found), key=_rank)


_FANCY = (
    *("bold", "italic", "oblique", "black", "light", "thin", "medium", "mono", "condensed", "serif", "heavy", "semi"),
    *("demi", "kufi", "naskh", "nastaliq", "rashi", "display", "math", "symbol", "lastresort", "narrow", "unhinted"),
)
_WELL_DRAWN = ("notosanscjk", "notosans-", "notosans", "dejavusans.", "pingfang", "hiragino", "msyh", "malgun")


def _rank(path: Path) -> tuple[int, int]:
    """Upright sans of the usual weight first; of those the families that are drawn well at small sizes."""
    name = path.name.lower()
    family = next((at for at, one in enumerate(_WELL_DRAWN) if name.startswith(one)), len(_WELL_DRAWN))
    return sum(word in name for word in _FANCY), family


def _folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts")
    elif sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", "C:/Windows"), "Fonts")
        yield Path(os.environ.get("LOCALAPPDATA", home), "Microsoft/Windows/Fonts")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    yield from (Path(one, "fonts") for one in shared.split(os.pathsep) if one)
    yield from (Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share", "fonts"), home / ".fonts")
    yield from (Path(sys.prefix, "fonts"), Path(sys.prefix, "share/fonts"))  # of a conda environment


__all__ = ["find_files", "has", "read_cover"]
