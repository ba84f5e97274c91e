"""Contact sheets: stills with their words as one small PNG, for where no HTML is shown."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pixnb.display.poster import poster_of

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from pixnb.media.media import Media

_WIDE, _GAP = 264, 16
_ALONE = 224
"""Pixels across of a tile that has its sheet to itself: every clip shown in a notebook leaves such a sheet there."""
_TILE_BYTES, _LEAST_BYTES = 14_000, 12_000
_PAPER, _VOID, _SOFT = "#ffffff", "#f0f0ec", "#5c6068"
_INKS = {"": "#1c1d20", "soft": _SOFT, "good": "#17653a", "bad": "#a3271c", "busy": "#1d4f9c", "calm": "#4d5159"}
_INKS["mark"], _MARKED = "#7a5000", "#fff0cf"
_PLAINER = str.maketrans({"×": "x", "–": "-", "—": "-", "•": "·", "−": "-", "€": "EUR"})
_FONTS = ("NotoSansCJK-Regular.ttc", "NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial Unicode.ttf", "arial.ttf")
TIED = "\u00a0"
"""A blank that no line ends at."""


@dataclass(frozen=True)
class Span:
    """Words in one style, on a line.

    Attributes:
        text: The words.
        tone: "soft", "good", "bad", "busy", "calm" or "mark"; "" for plain ink.
        size: Pixels high.
        is_bold: Whether they are bold.
        is_filled: Whether they stand on the colour of marks.
    """

    text: str
    tone: str = ""
    size: int = 12
    is_bold: bool = False
    is_filled: bool = False


@dataclass(frozen=True)
class Words:
    """A paragraph, and the most lines that it may take."""

    spans: Sequence[Span]
    most: int = 3


@dataclass(frozen=True)
class Tile:
    """One picture of a sheet.

    Attributes:
        media: Its file; None, or a file without a picture, is a grey tile.
        caption: Under it.
        instead: In its place where there is no picture.
    """

    media: Media | None
    caption: Sequence[Words] = ()
    instead: Words | None = None


@dataclass(frozen=True)
class Block:
    """Words over rows of tiles."""

    head: Sequence[Words] = ()
    tiles: Sequence[Tile] = ()


def words(text: str, tone: str = "", *, size: int = 12, most: int = 3) -> Words:
    """Make a paragraph in one style."""
    return Words((Span(text, tone, size),), most)


def draw(blocks: Sequence[Block], *, across: int = 3, tile_bytes: int = _TILE_BYTES) -> bytes:
    """Draw a contact sheet.

    Args:
        blocks: What is on it, from the top.
        across: The most tiles in a row.
        tile_bytes: How many bytes there are for each tile; few make few colours.

    Returns:
        The PNG's bytes, one of a single tile has 9 kB.
    """
    from PIL import Image

    tiles = max((len(block.tiles) for block in blocks), default=0)
    count = max(1, min(across, tiles))
    has_words = any(block.head for block in blocks)
    wide = _WIDE if has_words or tiles > 1 else _ALONE
    full = max(count, 2 if has_words else 1) * (wide + _GAP) + _GAP
    strips = list(_strips(blocks, count, full, wide))
    drawn, top = Image.new("RGB", (full, sum(strip.height for strip in strips) + _GAP), _PAPER), _GAP // 2
    for strip in strips:
        drawn.paste(strip, (0, top))
        top += strip.height
    most = _LEAST_BYTES + tile_bytes * sum(len(block.tiles) for block in blocks)
    return _pack(drawn, most if wide == _WIDE else 9_500)


def draw_text(text: str) -> bytes:
    """Draw plain text, for what has no pictures.

    Args:
        text: Its lines; each is cut where it is too long, and so is their number.

    Returns:
        The PNG's bytes.
    """
    from PIL import Image, ImageDraw

    lines = [line if len(line) <= 140 else line[:139] + "…" for line in text.splitlines()[:60]]
    high, cell = 15, _font(12, True).getlength("0")
    columns = [[(m.start(), m.group()) for m in re.finditer(r"\S+(?: \S+)*", line)] for line in lines]
    wide = max((at * cell + _font(12, True).getlength(part) for row in columns for at, part in row), default=0)
    drawn = Image.new("RGB", (int(wide) + _GAP, high * len(lines) + _GAP), _PAPER)
    on = ImageDraw.Draw(drawn)
    for number, row in enumerate(columns):
        for at, part in row:
            place = int(_GAP // 2 + at * cell), _GAP // 2 + number * high
            part, font = _typeset(part, 12)
            on.text(place, part, fill=_INKS[""], font=font)
    return _pack(drawn, 40_000)


def _strips(blocks: Sequence[Block], count: int, full: int, wide: int) -> Iterator[Image]:
    for block in blocks:
        if block.head:
            yield _strip(block.head, full)
        for at in range(0, len(block.tiles), count):
            yield _row(block.tiles[at : at + count], full, wide)


def _strip(said: Sequence[Words], full: int) -> Image:
    from PIL import Image, ImageDraw

    strip = Image.new("RGB", (full, 2 * _GAP + sum(map(_most_high, said))), _PAPER)
    top = _write_all(ImageDraw.Draw(strip), (_GAP, _GAP // 2), said, full - 2 * _GAP)
    return strip.crop((0, 0, full, top + 2))


def _row(tiles: Sequence[Tile], full: int, wide: int) -> Image:
    from PIL import Image, ImageDraw

    stills = [_still(tile.media, wide) for tile in tiles]
    high = min(wide * 5 // 4, max([wide * 9 // 16, *(still.height for still in stills if still)]))
    most = max(sum(map(_most_high, tile.caption)) for tile in tiles)
    strip = Image.new("RGB", (full, high + most + 2 * _GAP), _PAPER)
    on, bottom = ImageDraw.Draw(strip), high
    for number, (tile, still) in enumerate(zip(tiles, stills, strict=True)):
        left, top = _GAP + number * (wide + _GAP), _GAP // 2
        on.rectangle((left, top, left + wide - 1, top + high - 1), fill=_VOID)
        if still:
            still.thumbnail((wide, high))
            strip.paste(still, (left + (wide - still.width) // 2, top + (high - still.height) // 2))
        elif tile.instead:
            _write(on, (left + 10, top + 8), tile.instead, wide - 20)
        bottom = max(bottom, _write_all(on, (left, top + high + 5), tile.caption, wide))
    return strip.crop((0, 0, full, bottom + _GAP // 2))


def _still(media: Media | None, wide: int) -> Image | None:
    from PIL import Image, ImageFilter

    data = poster_of(media) if media is not None else None
    if data is None:
        return None
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    still = picture.resize((wide, max(1, round(picture.height * wide / picture.width))))
    return still.filter(ImageFilter.GaussianBlur(0.5))  # what is finer costs a palette half its bytes


def _most_high(said: Words) -> int:
    return said.most * (max((span.size for span in said.spans), default=0) + 5)


def _write_all(on: ImageDraw, at: tuple[int, int], said: Sequence[Words], wide: int) -> int:
    left, top = at
    for one in said:
        top = _write(on, (left, top), one, wide)
    return top


def _write(on: ImageDraw, at: tuple[int, int], said: Words, wide: int) -> int:
    """Write words, broken into at most so many lines; return where the next line begins."""
    left, top = at
    x, line = left, 1
    if not any(span.text.strip() for span in said.spans):
        return top
    high = max(span.size for span in said.spans) + 5
    for span, word in [(one, word) for one in said.spans for word in _split(one.text, wide // 7)]:
        word = word.replace(TIED, " ")
        word, font = _typeset(word, span.size)
        length = int(on.textlength(word.rstrip() or word, font))
        if x > left and x + length > left + wide:
            if line == said.most:
                on.text((min(x, left + wide - 9), top), "…", fill=_SOFT, font=_font(span.size, True))
                break
            x, line, top = left, line + 1, top + high
            word = word.lstrip()
        at_top = top + round(0.8 * (high - 5 - span.size))  # small words on the line of large ones
        if span.is_filled and word.strip():
            on.rounded_rectangle((x - 2, at_top - 1, x + length + 1, at_top + span.size + 3), 3, fill=_MARKED)
        ink = _INKS[span.tone]
        on.text((x, at_top), word, fill=ink, font=font, stroke_width=0.35 if span.is_bold else 0, stroke_fill=ink)
        x += int(on.textlength(word, font))
    return top + high


def _split(text: str, most: int) -> Iterator[str]:
    """Words with the blank after them; a sign of a script without blanks is a word, and a very long word is two."""
    word = ""
    for letter in text.replace("\n", " "):
        word += letter
        if letter == " " or letter >= "\u3040" or len(word) >= most:
            yield word
            word = ""
    if word:
        yield word


def _typeset(text: str, size: int) -> tuple[str, Any]:
    """Find a font that has the letters of a text; where none has, write it in plainer ones."""
    if all(_is_in_plain_font(letter) for letter in set(text)):
        return text, _font(size, True)
    font = _font(size, False)
    if font is not _font(size, True):
        return text, font
    text = "".join(c for c in unicodedata.normalize("NFKD", text.translate(_PLAINER)) if not unicodedata.combining(c))
    return text, font


@lru_cache(maxsize=4096)
def _is_in_plain_font(letter: str) -> bool:
    if letter.isspace():
        return True
    font = _font(12, True)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffe"))


@lru_cache
def _font(size: int, is_plain: bool) -> Any:
    """Give Pillow's own font, which has few letters, or the first of the system's that is there."""
    from PIL import ImageFont

    for name in () if is_plain else _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size) if is_plain else _font(size, True)


def _pack(drawn: Image, most: int) -> bytes:
    """A PNG with a palette, of fewer colours where it is too large: every output of a notebook carries the picture."""
    from PIL import Image, ImageColor

    ours = [ImageColor.getrgb(ink)[:3] for ink in (_PAPER, _VOID, _MARKED, *_INKS.values())]
    for colours in (160, 96, 56, 32, 24):
        found = (drawn.quantize(colours, method=Image.Quantize.MEDIANCUT).getpalette() or [])[: colours * 3]
        # Next to one of ours Pillow would take the other for it: a page that is not quite white.
        theirs = [
            colour for colour in zip(*[iter(found)] * 3, strict=True) if min(_apart(colour, ink) for ink in ours) > 12
        ]
        palette = Image.new("P", (1, 1))
        palette.putpalette([part for colour in (*ours, *theirs) for part in colour])
        out = io.BytesIO()
        drawn.quantize(palette=palette, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= most:
            break
    return out.getvalue()


def _apart(one: Sequence[int], other: Sequence[int]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


__all__ = ["TIED", "Block", "Span", "Tile", "Words", "draw", "draw_text", "words"]
