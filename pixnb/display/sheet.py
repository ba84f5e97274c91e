"""Contact sheets: posters with their words as one small PNG, for where no HTML is shown."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pixnb.display.poster import poster_of

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from pixnb.media.media import Media

_GAP = 8
_LINE = 15
_TILE_BYTES = 9_500
_INK, _SOFT, _BAD, _PAGE, _VOID = "#1c1d20", "#5c6068", "#a3271c", "#ffffff", "#ebebe7"


@dataclass(frozen=True)
class Tile:
    """One picture of a sheet.

    Attributes:
        media: Its file; None, or a file without a picture, is a grey tile.
        caption: Words under it.
    """

    media: Media | None
    caption: str = ""


def sheet(
    tiles: Sequence[Tile], *, title: str = "", text: str = "", error: str = "", columns: int = 3, width: int = 208
) -> bytes:
    """Draw a contact sheet.

    Args:
        tiles: Its pictures, in reading order.
        title: A line above them.
        text: Words under the title, such as the prompt; wrapped, cut after a few lines.
        error: What went wrong, in red.
        columns: The most tiles in a row.
        width: Pixels across a tile.

    Returns:
        The PNG's bytes, some 10 kB a tile.
    """
    from PIL import Image, ImageDraw

    across = max(1, min(columns, len(tiles)))
    full = max(across * (width + _GAP) + _GAP, 0 if tiles and not (title or text or error) else 440)
    letters = (full - 2 * _GAP) // 6
    lines = [(line, _INK) for line in _wrapped(title, letters, 2)]
    lines += [(line, _SOFT) for line in _wrapped(text, letters, 4)]
    lines += [(line, _BAD) for line in _wrapped(error, letters, 4)]
    rows = [_row(tiles[at : at + across], width) for at in range(0, len(tiles), across)]
    high = 2 * _GAP + _LINE * len(lines) + sum(height for _, height in rows)
    drawn = Image.new("RGB", (full, high), _PAGE)
    draw, top = ImageDraw.Draw(drawn), _GAP
    for line, ink in lines:
        _write(draw, (_GAP, top), line, ink)
        top += _LINE
    for row, height in rows:
        _paste(drawn, draw, row, top + _GAP // 2, width)
        top += height
    return _png(drawn, _TILE_BYTES * max(1, len(tiles)))


def page(text: str) -> bytes:
    """Draw plain text, for what has no pictures.

    Args:
        text: Its lines; each is cut where it is too long, and so is their number.

    Returns:
        The PNG's bytes.
    """
    from PIL import Image, ImageDraw

    lines = [line if len(line) <= 140 else line[:139] + "…" for line in text.splitlines()[:60]]
    font = _font(True)
    cell = font.getlength("0")
    columns = [[(m.start(), m.group()) for m in re.finditer(r"\S+(?: \S+)*", line)] for line in lines]
    wide = max((at * cell + font.getlength(part) for row in columns for at, part in row), default=0)
    drawn = Image.new("RGB", (int(wide) + 2 * _GAP, _LINE * len(lines) + 2 * _GAP), _PAGE)
    draw = ImageDraw.Draw(drawn)
    for number, row in enumerate(columns):
        for at, part in row:
            _write(draw, (int(_GAP + at * cell), _GAP + number * _LINE), part, _INK)
    return _png(drawn)


def _row(tiles: Sequence[Tile], width: int) -> tuple[list[tuple[Image, list[str]]], int]:
    made = [(_thumb(tile.media, width), _wrapped(tile.caption, (width - 4) // 6, 3)) for tile in tiles]
    return made, max(image.height + _LINE * len(words) for image, words in made) + _GAP


def _paste(drawn: Image, draw: ImageDraw, row: list[tuple[Image, list[str]]], top: int, width: int) -> None:
    left = _GAP
    for image, words in row:
        drawn.paste(image, (left, top))
        for number, line in enumerate(words):
            _write(draw, (left, top + image.height + 2 + number * _LINE), line, _SOFT)
        left += width + _GAP


def _thumb(media: Media | None, width: int) -> Image:
    from PIL import Image

    data = poster_of(media) if media is not None else None
    if data is None:
        return Image.new("RGB", (width, width * 9 // 16), _VOID)
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture.thumbnail((width, width))
    canvas = Image.new("RGB", (width, max(picture.height, 24)), _VOID)
    canvas.paste(picture, ((width - picture.width) // 2, 0))
    return canvas


def _png(drawn: Image, most: int = 40_000) -> bytes:
    """Write a PNG of few colours: every output of a notebook carries one."""
    from PIL import Image

    for colours in (64, 40, 24, 12):
        out = io.BytesIO()
        few = drawn.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
        if out.tell() <= most:
            break
    return out.getvalue()


def _wrapped(text: str, letters: int, most: int) -> list[str]:
    return textwrap.wrap(text, letters, max_lines=most, placeholder=" …") if text else []


def _write(draw: ImageDraw, at: tuple[int, int], text: str, ink: str) -> None:
    draw.text(at, text, fill=ink, font=_font(all(ord(letter) < 0x180 or letter in _PLAIN for letter in text)))


@lru_cache
def _font(plain: bool) -> Any:
    from PIL import ImageFont

    for name in () if plain else _WIDE_FONTS:
        try:
            return ImageFont.truetype(name, 12)
        except OSError:
            continue
    return ImageFont.load_default(12)  # comes with Pillow; Latin letters only


_PLAIN = "–—…‘’“”•"
_WIDE_FONTS = ("NotoSansCJK-Regular.ttc", "NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial Unicode.ttf", "arial.ttf")

__all__ = ["Tile", "page", "sheet"]
