"""Contact sheets: stills with their words as one small PNG, for where no HTML is shown."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pixnb.display.canvas import Raster
from pixnb.display.fonts import Fonts, load
from pixnb.display.pen import BOX, FRAME, INKS, MARKED, Pen, say_boxed
from pixnb.display.poster import poster_of
from pixnb.display.typeset import TIED, Span, Words, line_height, measure, measure_height, words

if TYPE_CHECKING:
    from PIL.Image import Image

    from pixnb.media.media import Media

_WIDE, _GAP = 264, 16
_ALONE = 224
"""Pixels across of a tile that has its sheet to itself: every clip shown in a notebook leaves such a sheet there."""
_TILE_BYTES, _LEAST_BYTES = 14_000, 12_000
_PAPER, _VOID = "#ffffff", "#f0f0ec"


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


def draw(
    blocks: Sequence[Block], *, across: int = 3, tile_bytes: int = _TILE_BYTES, fonts: Fonts | None = None
) -> bytes:
    """Draw a contact sheet.

    Args:
        blocks: What is on it, from the top.
        across: The most tiles in a row.
        tile_bytes: How many bytes there are for each tile; few make few colours.
        fonts: Where letters come from; None: the fonts of this machine. What none of them has is a box that names it,
            and the sheet's foot says so.

    Returns:
        The PNG's bytes, one of a single tile has 9 kB.
    """
    from PIL import Image

    tiles = max((len(block.tiles) for block in blocks), default=0)
    count = max(1, min(across, tiles))
    has_words = any(block.head for block in blocks)
    wide = _WIDE if has_words or tiles > 1 else _ALONE
    full = max(count, 2 if has_words else 1) * (wide + _GAP) + _GAP
    boxed: Counter[str] = Counter()
    emoji: dict[str, Any] = {}
    pen_for = partial(_hold_pen, fonts=fonts, boxed=boxed, emoji=emoji)
    strips = list(_strips(blocks, count, full, wide, pen_for))
    strips += [_strip([words(say_boxed(boxed), "soft")], full, pen_for)] if boxed else []
    drawn, top = Image.new("RGB", (full, sum(strip.height for strip in strips) + _GAP), _PAPER), _GAP // 2
    for strip in strips:
        drawn.paste(strip, (0, top))
        top += strip.height
    most = _LEAST_BYTES + tile_bytes * sum(len(block.tiles) for block in blocks)
    return pack(drawn, most if wide == _WIDE else 9_500, emoji.values())


def draw_text(text: str) -> bytes:
    """Draw plain text, for what has no pictures.

    Args:
        text: Its lines; each is cut where it is too long, and so is their number.

    Returns:
        The PNG's bytes.
    """
    from PIL import Image

    lines = [line if len(line) <= 140 else line[:139] + "…" for line in text.splitlines()[:60]]
    high, cell, boxed = line_height(words("")), load(None, 12).getlength("0"), Counter[str]()
    rows = [[(m.start(), m.group()) for m in re.finditer(r"\S+(?: \S+)*", line)] for line in lines]
    wide = max((int(at * cell + measure(part)) for row in rows for at, part in row), default=0) + _GAP
    drawn = Image.new("RGB", (wide, high * (len(lines) + 2) + _GAP), _PAPER)
    pen, top = Pen(Raster(drawn), boxed=boxed), _GAP // 2
    for row in rows:
        for at, part in row:
            pen.write((int(_GAP // 2 + at * cell), top), words(part, most=1), wide)
        top += high
    if boxed:
        top = pen.write((_GAP // 2, top + 5), words(say_boxed(boxed), "soft", most=2), wide - _GAP)
    return pack(drawn.crop((0, 0, wide, top + _GAP // 2)), 40_000)


def _hold_pen(drawn: Image, **how: Any) -> Pen:
    return Pen(Raster(drawn), **how)


def _strips(
    blocks: Sequence[Block], count: int, full: int, wide: int, pen_for: Callable[[Image], Pen]
) -> Iterator[Image]:
    for block in blocks:
        if block.head:
            yield _strip(block.head, full, pen_for)
        for at in range(0, len(block.tiles), count):
            yield _row(block.tiles[at : at + count], full, wide, pen_for)


def _strip(said: Sequence[Words], full: int, pen_for: Callable[[Image], Pen]) -> Image:
    from PIL import Image

    strip = Image.new("RGB", (full, 2 * _GAP + sum(map(measure_height, said))), _PAPER)
    top = pen_for(strip).write_all((_GAP, _GAP // 2), said, full - 2 * _GAP)
    return strip.crop((0, 0, full, top + 2))


def _row(tiles: Sequence[Tile], full: int, wide: int, pen_for: Callable[[Image], Pen]) -> Image:
    from PIL import Image, ImageDraw

    stills = [_still(tile.media, wide) for tile in tiles]
    high = min(wide * 5 // 4, max([wide * 9 // 16, *(still.height for still in stills if still)]))
    most = max(sum(map(measure_height, tile.caption)) for tile in tiles)
    strip = Image.new("RGB", (full, high + most + 2 * _GAP), _PAPER)
    on, pen, bottom = ImageDraw.Draw(strip), pen_for(strip), high
    for number, (tile, still) in enumerate(zip(tiles, stills, strict=True)):
        left, top = _GAP + number * (wide + _GAP), _GAP // 2
        on.rectangle((left, top, left + wide - 1, top + high - 1), fill=_VOID)
        if still:
            still.thumbnail((wide, high))
            strip.paste(still, (left + (wide - still.width) // 2, top + (high - still.height) // 2))
        elif tile.instead:
            pen.write((left + 10, top + 8), tile.instead, wide - 20)
        bottom = max(bottom, pen.write_all((left, top + high + 5), tile.caption, wide))
    return strip.crop((0, 0, full, bottom + _GAP // 2))


def _still(media: Media | None, wide: int) -> Image | None:
    from PIL import Image, ImageFilter

    data = poster_of(media) if media is not None else None
    if data is None:
        return None
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    still = picture.resize((wide, max(1, round(picture.height * wide / picture.width))))
    return still.filter(ImageFilter.GaussianBlur(0.5))  # what is finer costs a palette half its bytes


def pack(drawn: Image, most: int, emoji: Collection[Image] = (), *, keeps: Sequence[str] = ()) -> bytes:
    """Write a PNG with a palette, of fewer colours where it is too large: every output of a notebook carries it.

    Args:
        drawn: The picture, RGB.
        most: The most bytes.
        emoji: Small pictures in it whose colours are kept, though they cover little.
        keeps: Other colours that are kept.

    Returns:
        The PNG's bytes.
    """
    from PIL import Image, ImageColor

    inks: list[tuple[int, ...]] = [
        ImageColor.getrgb(ink)[:3] for ink in (_PAPER, _VOID, MARKED, FRAME, BOX, *INKS.values(), *keeps)
    ]
    bright = [colour for colour in _colours_of(emoji) if min(_apart(colour, ink) for ink in inks) > 12]
    # Each fourth pixel tells the colours as well as all do, in a third of the time.
    some = drawn.resize((max(1, drawn.width // 2), max(1, drawn.height // 2)), Image.Resampling.NEAREST)
    for colours in (208, 160, 96, 56, 32, 24):
        ours = inks + bright[: max(0, colours - 32) // 2]  # of few colours the clips need all
        found = (some.quantize(colours, method=Image.Quantize.MEDIANCUT).getpalette() or [])[: colours * 3]
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


def _colours_of(emoji: Collection[Image]) -> list[tuple[int, ...]]:
    """Some colours of small pictures, the more the more there are."""
    from PIL import Image

    if not emoji:
        return []
    row = Image.new("RGB", (sum(one.width for one in emoji), max(one.height for one in emoji)), _PAPER)
    left = 0
    for one in emoji:
        row.paste(one.convert("RGB"), (left, 0), one.getchannel("A"))
        left += one.width
    count = min(60, 8 + 6 * len(emoji))
    found = (row.quantize(count, method=Image.Quantize.MEDIANCUT).getpalette() or [])[: 3 * count]
    return list(zip(*[iter(found)] * 3, strict=True))


def _apart(one: Sequence[int], other: Sequence[int]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


__all__ = ["TIED", "Block", "Span", "Tile", "Words", "draw", "draw_text", "pack", "words"]
