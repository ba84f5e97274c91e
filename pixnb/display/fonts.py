"""Fonts for pictures: for each sign of a text one that has it, found on this machine, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb.display import font_files
from pixnb.emoji.pack import find_code, open_picture

if TYPE_CHECKING:
    from PIL.Image import Image

_PROBE = 24
"""Pixels at which it is tried whether a font draws a letter."""
_ABSENT = "\U0010fffe"
_BITMAPS = (109, 160, 136, 128, 96, 64, 48, 40, 32)
"""Heights in which fonts of coloured bitmaps come; they have no other."""
_SEEN_EMOJI = 400

Found = tuple[Path | None] | None
"""A font's file, (None,) for Pillow's own; None where no font has the letters."""


class Fonts:
    """The fonts of some folders, and under them Pillow's own, which has the alphabet and little more.

    Args:
        folders: Where to look; None: where this system keeps its fonts.

    Example:
        >>> Fonts([]).find("a"), Fonts([]).find("中")
        ((None,), None)
    """

    def __init__(self, folders: Iterable[Path] | None = None) -> None:
        files = font_files.find_files(folders)
        self._files = [path for path in files if "emoji" not in path.name.lower()]
        self._emoji = [path for path in files if "emoji" in path.name.lower()]
        self._found: dict[str, Found] = {}
        self._drawn: dict[str, Image | None] = {}

    def find(self, letters: str) -> Found:
        """Return the font that has all of some letters: (None,) is Pillow's own; None where none has them."""
        if letters not in self._found:
            if len(self._found) > 20_000:
                self._found.clear()
            self._found[letters] = self._look(letters)
        return self._found[letters]

    def _look(self, letters: str) -> Found:
        wanted = sorted(set(letters))
        if all(map(_is_in_own_font, wanted)):
            return (None,)
        for path in self._files:
            if all(font_files.has(path, ord(letter)) for letter in wanted) and _draws(path, wanted):
                return (path,)
        return None

    def find_picture(self, letters: str) -> Image | None:
        """Return the picture of an emoji, of our pack or a font of the system's; None where neither has it."""
        if letters not in self._drawn:
            if len(self._drawn) > _SEEN_EMOJI:
                self._drawn.clear()
            code = find_code(letters)
            self._drawn[letters] = open_picture(code) if code else self._draw_emoji(letters)
        return self._drawn[letters]

    def _draw_emoji(self, letters: str) -> Image | None:
        base = letters.replace("\ufe0f", "").replace("\u200d", "")
        for path in self._emoji:
            if all(font_files.has(path, ord(letter)) for letter in base):
                font = _open_emoji(path)
                drawn = _draw_alone(font, letters) if font else None
                if drawn is not None:
                    return drawn
        return None


@cache
def system_fonts() -> Fonts:
    """Return the fonts of this machine, looked for once."""
    return Fonts()


@lru_cache(maxsize=256)
def load(path: Path | None, size: int) -> Any:
    """Return a font in a size, Pillow's own for None."""
    from PIL import ImageFont

    return ImageFont.load_default(size) if path is None else ImageFont.truetype(str(path), size)


@cache
def can_shape() -> bool:
    """Whether Pillow joins letters and turns words round, which Arabic, Hebrew and the scripts of India need."""
    from PIL import features

    return bool(features.check("raqm"))


@lru_cache(maxsize=4096)
def _is_in_own_font(letter: str) -> bool:
    return letter.isspace() or _mask(None, letter) != _mask(None, _ABSENT)


def _draws(path: Path, letters: Sequence[str]) -> bool:
    """Whether a font draws letters that it says it has; some have an empty square for them."""
    try:
        return all(letter.isspace() or _mask(path, letter) != _mask(path, _ABSENT) for letter in letters)
    except (OSError, ValueError):  # a font that FreeType does not read
        return False


@lru_cache(maxsize=8192)
def _mask(path: Path | None, letter: str) -> tuple[tuple[int, int], bytes]:
    found = load(path, _PROBE).getmask(letter)
    return found.size, bytes(found)


@cache
def _open_emoji(path: Path) -> Any:
    from PIL import ImageFont

    for size in _BITMAPS:
        try:
            return ImageFont.truetype(str(path), size)
        except OSError:
            continue
    return None


def _draw_alone(font: Any, letters: str) -> Image | None:
    """Draw a sequence that a font has as one sign; None for one that falls into pieces, or stays blank."""
    from PIL import Image, ImageDraw

    one = font.getlength(letters[0] if not "\U0001f1e6" <= letters[0] <= "\U0001f1ff" else "\U0001f600")
    if not one or font.getlength(letters) > 1.3 * one:
        return None
    left, top, right, bottom = font.getbbox(letters)
    drawn = Image.new("RGBA", (max(1, int(right - left)), max(1, int(bottom - top))))
    ImageDraw.Draw(drawn).text((-left, -top), letters, font=font, embedded_color=True)
    return drawn if drawn.getbbox() else None


__all__ = ["Fonts", "Found", "can_shape", "load", "system_fonts"]
