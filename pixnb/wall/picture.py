"""A wall as one picture with the same axes: a small one for a notebook, a sharp one, one on a page for a paper."""

from __future__ import annotations

import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pixnb.display.canvas import Canvas, Nothing, Raster
from pixnb.display.fonts import Fonts
from pixnb.display.pen import INKS, Pen, say_boxed
from pixnb.display.poster import make_once, poster_of
from pixnb.display.sheet import Span, Words, pack
from pixnb.display.typeset import line_height
from pixnb.media.media import Media
from pixnb.media.opening import UNREADABLE
from pixnb.wall.geometry import PAD, WHY, Geometry, Screen, lay_out

if TYPE_CHECKING:
    from PIL.Image import Image

    from pixnb.wall.matrix import Matrix

_PAPER, _VOID, _LINE = "#ffffff", "#f0f0ec", "#d4d4cf"
_GROUNDS = {"bad": "#fbefed", "busy": "#eef3fb"}
_ACROSS, _PAGE = 1180, 860
_INCHES = 7.0
"""A page is as wide as the text of a paper; in it small letters have 7 points."""
_BASE, _PIXEL = 16_000, 0.3  # bytes, and by each pixel of a clip
_LARGEST = 300
_AT_ONCE = 4  # stills; decoders need no lock of Python's
_SMALL = ((12, 196), (36, 150), (1_000, 112))
"""Pixels across of a clip, where there are so many at most: a notebook carries few bytes of each, in which a larger
one is all bands of colour."""


def draw_wall(
    matrix: Matrix, *, scale: float = 1, most: int | None = _BASE, fonts: Fonts | None = None
) -> bytes:  # fmt: skip
    """Draw a wall as a PNG.

    Args:
        matrix: What is where.
        scale: Pixels by those of a notebook; 2 is sharp on any screen.
        most: Bytes that it may have besides some for each clip, of which few colours are made where need be; None
            for all colours.
        fonts: Where letters come from; None: this machine's.

    Returns:
        The PNG's bytes.
    """
    emoji: dict[str, Image] = {}
    small = next(wide for count, wide in _SMALL if len(matrix.spots) <= count or count == _SMALL[-1][0])
    largest = _LARGEST if most is None else small
    drawn, plan = paint(matrix, across=_ACROSS, scale=scale, largest=largest, fonts=fonts, emoji=emoji)
    if most is not None:
        return pack(
            drawn,
            most + int(_PIXEL * sum(one.wide * one.high for one in plan.screens)),
            emoji.values(),
            keeps=(_LINE, *_GROUNDS.values()),
        )
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def draw_pdf(matrix: Matrix, *, fonts: Fonts | None = None) -> bytes:
    """Draw a wall as a PDF of one page, as wide as a paper's text: its words are text, each clip's still is in it once.

    Args:
        matrix: What is where.
        fonts: Where letters come from; None: this machine's.

    Returns:
        The PDF's bytes.
    """
    from pixnb.display.pdf import Page

    plan = lay_out(matrix, across=_PAGE, scale=2.5, fonts=fonts)
    high = _draw_ground(Nothing(), plan, fonts, {})
    page = Page(plan.wide, high, 72 * _INCHES, matrix.title)
    _draw_ground(page, plan, fonts, {})
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        stills = pool.map(_take_still, plan.screens)
    for screen, (still, size) in zip(plan.screens, stills, strict=True):
        if still:
            page.place(still, (*centre(screen, size), *size))
    return page.save()


def paint(
    matrix: Matrix,
    *,
    across: int,
    scale: float,
    largest: int = _LARGEST,
    fonts: Fonts | None = None,
    emoji: dict[str, Image] | None = None,
) -> tuple[Image, Geometry]:
    """Paint a wall with a still of each clip.

    Args:
        matrix: What is where.
        across: Pixels across, before scaling.
        scale: By which everything is larger.
        largest: Pixels across of a clip at most, before scaling.
        fonts: Where letters come from.
        emoji: Takes those that were drawn.
    """
    plan = lay_out(matrix, across=across, scale=scale, largest=largest, fonts=fonts)
    drawn = paint_ground(plan, fonts, {} if emoji is None else emoji)
    from PIL import ImageFilter

    blur = ImageFilter.GaussianBlur(0.4)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        stills = pool.map(draw_still, plan.screens)
    for screen, still in zip(plan.screens, stills, strict=True):
        if still:
            drawn.paste(still.filter(blur) if largest < _LARGEST else still, centre(screen, still.size))
    return drawn, plan


def paint_ground(plan: Geometry, fonts: Fonts | None, emoji: dict[str, Image]) -> Image:
    """Paint all but the clips: heads, words, and a card for each that is missing."""
    from PIL import Image

    drawn = Image.new("RGB", (plan.wide, _draw_ground(Nothing(), plan, fonts, emoji)), _PAPER)
    _draw_ground(Raster(drawn), plan, fonts, emoji)
    return drawn


def _draw_ground(on: Canvas, plan: Geometry, fonts: Fonts | None, emoji: dict[str, Image]) -> int:
    """Draw all but the clips; return how high that is."""
    pen, line = Pen(on, fonts, Counter(), emoji), max(1, round(plan.scale))
    for left, right, y in plan.rules:
        on.fill((left, y - line // 2, right, y - line // 2 + line - 1), _LINE)
    for screen in plan.screens:
        _draw_screen(on, pen, screen, plan.scale)
    for text in plan.texts:
        pen.write((text.x, text.y), text.said, text.wide, centred=text.centred)
    margin, top = round(18 * plan.scale), plan.high
    for said in [*plan.foot, say_boxed(pen.boxed)]:
        words = Words([Span(said, "soft", round(11 * plan.scale))], 3)
        top = pen.write((margin, top), words, plan.wide - 2 * margin)
    return top + round(10 * plan.scale)


def _draw_screen(on: Canvas, pen: Pen, screen: Screen, scale: float) -> None:
    right, bottom = screen.x + screen.wide - 1, screen.y + screen.high - 1
    if screen.is_hole:
        on.fill((screen.x, screen.y, right, bottom), None, edge=_LINE, width=max(1, round(scale)))
    else:
        on.fill((screen.x, screen.y, right, bottom), _GROUNDS.get(screen.tone, _VOID))
    if screen.why:
        pad, size = round(PAD * scale), round(WHY * scale)
        line = line_height(Words([Span("", size=size)]))
        lines = max(1, (screen.high - 2 * pad + line // 3) // line)
        tone = "soft" if screen.is_hole else screen.tone if screen.tone in INKS else "calm"
        if not screen.is_hole and screen.tone == "bad":
            on.fill((screen.x, screen.y, screen.x + round(3 * scale) - 1, bottom), INKS["bad"])
        said = Words([Span(screen.why, tone, size)], lines)
        pen.write((screen.x + pad, screen.y + pad), said, screen.wide - 2 * pad)


def draw_still(screen: Screen) -> Image | None:
    """Return a clip's first picture, as it fits its screen."""
    from PIL import Image

    data = _find_still(screen)
    if data is None:
        return None
    still = Image.open(io.BytesIO(data)).convert("RGB")
    return still.resize(_fit(screen, still.size), Image.Resampling.LANCZOS)


def _take_still(screen: Screen) -> tuple[bytes | None, tuple[int, int]]:
    """Return a clip's first picture as it is, of at most some 450 pixels an inch, and how large it fits its screen."""
    from PIL import Image

    data = _find_still(screen, least=0, finer=1.5)
    return data, _fit(screen, Image.open(io.BytesIO(data)).size) if data else (0, 0)


def _find_still(screen: Screen, *, least: int = 320, finer: float = 1) -> bytes | None:
    """Return a clip's first picture; the one that is shown elsewhere where its screen is small."""
    if screen.place is None:
        return None
    media = Media(screen.place)
    try:
        width = round(finer * max(screen.wide, screen.high))
        return poster_of(media) if width <= least else make_once(media, "still", lambda: media.poster(width), width)
    except UNREADABLE:
        return None


def _fit(screen: Screen, size: tuple[int, int]) -> tuple[int, int]:
    scale = min(screen.wide / size[0], screen.high / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def centre(screen: Screen, size: tuple[int, int]) -> tuple[int, int]:
    """Return where the left upper corner of something stands that is in the middle of a screen."""
    return screen.x + (screen.wide - size[0]) // 2, screen.y + (screen.high - size[1]) // 2


__all__ = ["centre", "draw_pdf", "draw_still", "draw_wall", "paint", "paint_ground"]
