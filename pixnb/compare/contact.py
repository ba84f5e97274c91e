"""The comparison as one picture: a still of each run with its words, for where no HTML is shown."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pixnb.compare import pages
from pixnb.compare.content import Content, Group, Row
from pixnb.compare.prompts import Piece, excerpt
from pixnb.compare.words import name_of
from pixnb.display import figures
from pixnb.display.poster import poster_bytes
from pixnb.errors import PixnbError
from pixnb.media.media import Media

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

MOST_TILES = 40
"""Runs that the picture shows."""

_WIDE, _HIGH = 264, 149
_GAP = 16
_INK, _SOFT, _PAGE, _VOID = "#1c1d20", "#5c6068", "#ffffff", "#f0f0ec"
_MARK, _MARK_PAGE = "#7a5000", "#fff0cf"
_TONES = {"good": "#17653a", "bad": "#a3271c", "busy": "#1d4f9c", "calm": "#4d5159"}
_TIED = "\u00a0"  # a blank that no line ends at
_FONTS = ("NotoSansCJK-Regular.ttc", "NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial Unicode.ttf", "arial.ttf")


@dataclass(frozen=True)
class Run:
    """Words in one style, on a line."""

    text: str
    ink: str = _INK
    size: int = 12
    is_bold: bool = False
    page: str = ""


def draw(content: Content, title: str) -> bytes:
    """Draw the contact sheet.

    Args:
        content: What it says.
        title: Its heading.

    Returns:
        The PNG's bytes, some 15 kB a run.
    """
    from PIL import Image, ImageDraw

    across = min(4, max(2, len(content.rows)))
    if len(content.rows) in (5, 6):
        across = 3
    full = across * (_WIDE + _GAP) + _GAP
    canvas = Image.new("RGB", (full, _limit(content)), _PAGE)
    bottom = _fill(canvas, ImageDraw.Draw(canvas), content, title, across)
    return _packed(canvas.crop((0, 0, full, bottom)))


def _packed(canvas: Image) -> bytes:
    """A PNG with a palette: a third of the bytes of full colour, and every output of a notebook carries the picture."""
    from PIL import Image, ImageColor

    ours = [ImageColor.getrgb(ink)[:3] for ink in (_INK, _SOFT, _PAGE, _VOID, _MARK, _MARK_PAGE, *_TONES.values())]
    found = (canvas.quantize(160, method=Image.Quantize.MEDIANCUT).getpalette() or [])[: 160 * 3]
    # Next to one of ours Pillow would take the other for it: a page that is not quite white.
    theirs = [
        colour for colour in zip(*[iter(found)] * 3, strict=True) if min(_apart(colour, ink) for ink in ours) > 12
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in (*ours, *theirs) for part in colour])
    out = io.BytesIO()
    canvas.quantize(palette=palette, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _apart(one: Sequence[int], other: Sequence[int]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _limit(content: Content) -> int:
    return 400 + (_HIGH + 160) * (min(MOST_TILES, len(content.rows)) + len(content.groups))


def _fill(canvas: Image, on: ImageDraw, content: Content, title: str, across: int) -> int:
    wide = canvas.width - 2 * _GAP
    top = _write(on, (_GAP, _GAP), _heading(content, title), wide, most=1)
    top = _write(on, (_GAP, top + 3), [Run(_about(content), _SOFT)], wide, most=3)
    if content.prompt:
        top = _write(on, (_GAP, top + 3), [Run(content.prompt, size=13)], wide, most=3)
    left = MOST_TILES
    for group in content.groups:
        if left > 0:
            top = _group(canvas, on, content, group, top + _GAP, across, left)
            left -= len(group.rows)
    if len(content.rows) > MOST_TILES:
        said = f"and {len(content.rows) - MOST_TILES} more"
        top = _write(on, (_GAP, top), [Run(said, _SOFT)], wide, most=1)
    return top + _GAP


def _heading(content: Content, title: str) -> list[Run]:
    said = [Run(title, size=17, is_bold=True)]
    return [*said, Run("  "), Run(" SANDBOX ", _MARK, 12, True, _MARK_PAGE)] if content.is_simulated else said


def _about(content: Content) -> str:
    said = [*pages.summary(content), *(f"{name} {value}" for name, value in content.same.items())]
    said += [f"{role} {name_of(place)}" for role, place in content.sources.items()]
    return "  ·  ".join(said)


def _group(canvas: Image, on: ImageDraw, content: Content, group: Group, top: int, across: int, most: int) -> int:
    if group.label:
        pieces = excerpt(group.heading.pieces, most=220) if group.heading.pieces else (Piece(group.heading.said),)
        words = [Run(f"{group.label}  ", _SOFT, 13), *_words(pieces, 13)]
        top = _write(on, (_GAP, top), words, canvas.width - 2 * _GAP, most=2) + 6
    rows = group.rows[:most]
    for start in range(0, len(rows), across):
        ends = []
        for at, row in enumerate(rows[start : start + across]):
            ends.append(_tile(canvas, on, content, row, (_GAP + at * (_WIDE + _GAP), top)))
        top = max(ends) + _GAP
    return top


def _tile(canvas: Image, on: ImageDraw, content: Content, row: Row, at: tuple[int, int]) -> int:
    left, top = at
    on.rectangle((left, top, left + _WIDE - 1, top + _HIGH - 1), fill=_VOID)
    still = _still(row)
    if still:
        canvas.paste(still, (left + (_WIDE - still.width) // 2, top + (_HIGH - still.height) // 2))
    else:
        why, tone = row.error or pages.nothing(row), figures.tone(row.status) if row.error else "calm"
        _write(on, (left + 10, top + 8), [Run(why, _TONES[tone])], _WIDE - 20, most=8)
    bottom = top + _HIGH + 5
    for line, most in _captions(content, row, has_still=still is not None):
        bottom = _write(on, (left, bottom), line, _WIDE, most=most)
    return bottom


def _captions(content: Content, row: Row, *, has_still: bool) -> Iterator[tuple[list[Run], int]]:
    """The lines under a tile, with the most lines that each may take."""
    prompts = [cell for cell, column in zip(row.cells, content.columns, strict=True) if column.label == "prompt"]
    number = Run(f"{row.number}  ", _SOFT, is_bold=True)
    said = _words(excerpt(prompts[0].pieces, most=110)) if prompts else []
    yield [number, *said, *_outcome(row)] if not said else [number, *said], 4
    facts = [
        f"{column.label} {cell.said}"
        for cell, column in zip(row.cells, content.columns, strict=True)
        if column.label != "prompt" and not (cell.is_soft and cell.text == "–")
    ]
    facts += [row.cost] if "cost" in content.ends else []
    facts += [row.time] if "time" in content.ends and row.time != "–" else []
    yield [Run(" · ".join(fact.replace(" ", _TIED) for fact in facts), _SOFT)], 3
    if said:
        yield _outcome(row), 1
    if row.error and has_still:
        yield [Run(row.error, _TONES["bad"])], 3


def _outcome(row: Row) -> list[Run]:
    said = [Run(row.status.lower(), _TONES[figures.tone(row.status)])] if row.status else []
    return [*said, Run("  " if said else ""), Run(row.stars, _MARK)] if row.stars else said


def _words(pieces: Sequence[Piece], size: int = 12) -> list[Run]:
    styles = {True: (_MARK, size, True, _MARK_PAGE), False: (_INK, size, False, "")}
    return [Run(piece.text, *styles[piece.differs]) for piece in pieces]


def _still(row: Row) -> Image | None:
    from PIL import Image

    try:
        data = poster_bytes(Media(row.output), 320) if row.output else None
    except (PixnbError, OSError):
        return None
    if data is None:
        return None
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    scale = min(_WIDE / picture.width, _HIGH / picture.height)
    return picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))


def _write(on: ImageDraw, at: tuple[int, int], said: Sequence[Run], wide: int, *, most: int) -> int:
    """Write words, broken into at most so many lines; return where the next line begins."""
    left, top = at
    x, line = left, 1
    if not any(run.text.strip() for run in said):
        return top
    high = max(run.size for run in said) + 5
    words = [(run, word) for run in said for word in _split(run.text, wide // 7)]
    for run, word in words:
        word = word.replace(_TIED, " ")
        font = _font(run.size, word.isascii())
        length = int(on.textlength(word.rstrip() or word, font))
        if x > left and x + length > left + wide:
            if line == most:
                on.text((x, top), "…", fill=_SOFT, font=_font(run.size, True))
                break
            x, line, top = left, line + 1, top + high
            word = word.lstrip()
        if run.page and word.strip():
            on.rounded_rectangle((x - 2, top - 1, x + length + 1, top + run.size + 3), 3, fill=run.page)
        on.text((x, top), word, fill=run.ink, font=font, stroke_width=0.35 if run.is_bold else 0, stroke_fill=run.ink)
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


@lru_cache
def _font(size: int, is_plain: bool) -> Any:
    from PIL import ImageFont

    for name in () if is_plain else _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)  # comes with Pillow; Latin letters only


__all__ = ["MOST_TILES", "draw"]
