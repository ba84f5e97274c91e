"""A PDF of one page that is drawn like a picture, with real text: found, copied, sharp at any size."""

from __future__ import annotations

import io
import re
import struct
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fontTools.ttLib import TTFont, TTLibError
from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont
from fpdf.output import OutputProducer

from pixnb.display.canvas import Box, Raster
from pixnb.display.fonts import load
from pixnb.display.typeset import Part

if TYPE_CHECKING:
    from PIL.Image import Image

_JOINED = re.compile("[\u0590-\u05cf\u0600-\u109f\u1700-\u1cff\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufeff]")
"""Scripts whose letters join, stack or change places, which takes a shaper; of Hebrew only its points do."""

_TOUCHING = ("Mn", "Mc", "Me", "Cf")
_TABLES = ("OS/2", "cmap", "head", "hhea", "hmtx", "maxp", "post")
_MAY_NOT = 0x202  # "restricted licence", "bitmaps only": OpenType's fsType


class Page:
    """A page in points; what is drawn on it is told in pixels.

    Args:
        wide: Pixels across.
        high: Pixels down.
        points: Points across, 72 an inch.
        title: What a reader's window calls it.
    """

    def __init__(self, wide: int, high: int, points: float, title: str) -> None:
        self._by = points / wide
        self._pdf = FPDF(unit="pt", format=(points, high * self._by))
        self._pdf.set_margin(0)
        self._pdf.set_auto_page_break(False)
        self._pdf.set_title(title.encode(errors="replace").decode())
        self._pdf.set_creator("pixnb")
        self._pdf.set_creation_date(datetime.fromtimestamp(0, UTC))  # the file's id is made of it, too
        self._pdf.add_page()
        self._fonts: dict[Path | None, str | None] = {}

    def fill(
        self, box: Box, ink: str | None, *, edge: str | None = None, width: int = 1, radius: float = 0
    ) -> None:  # fmt: skip
        """Draw a rectangle; its edge is within it, as in a picture."""
        inset = width / 2 if edge else 0
        left, top, right, bottom = box[0] + inset, box[1] + inset, box[2] + 1 - inset, box[3] + 1 - inset
        if ink:
            self._pdf.set_fill_color(ink)
        if edge:
            self._pdf.set_draw_color(edge)
            self._pdf.set_line_width(width * self._by)
        self._pdf.rect(*self._in_points(left, top, right - left, bottom - top), "F" * bool(ink) + "D" * bool(edge),
                       round_corners=radius > 0, corner_radius=radius * self._by)  # fmt: skip

    def write(self, x: float, base: int, part: Part, ink: str, *, stroke: float = 0, said: str | None = None) -> None:
        """Write letters, as wide as the layout has them; those that join are a picture over letters that none sees."""
        family, text = self._embed(part.font), part.seen
        if family and self._has(family, composed := unicodedata.normalize("NFC", text)):
            text = composed
        is_drawn = family is None or _needs_shaper(text)
        if is_drawn:
            self._place_letters(x, base, part, ink, stroke)
        if family is None:
            self._write_unseen(part.text, x, base, part.width, part.span.size)
            return
        with self._standing_for(said), self._pdf.local_context(text_color=ink):
            self._pdf.set_font(family, size=part.span.size * self._by)
            self._stretch(text, part.width)
            if is_drawn:
                self._pdf.text_mode = TextMode.INVISIBLE
            elif stroke:
                self._pdf.set_draw_color(ink)
                self._pdf.set_line_width(2 * stroke * self._by)
                self._pdf.text_mode = TextMode.FILL_STROKE
            self._pdf.text(x * self._by, base * self._by, text)

    def paste(self, picture: Image, at: tuple[int, int], said: str) -> None:
        """Draw a small picture, found as the sign that it stands for."""
        self.place(picture, (*at, *picture.size))
        self._write_unseen(said, at[0], at[1] + 0.79 * picture.height, picture.width, 0.8 * picture.height)

    def place(self, picture: Image | bytes, at: Box) -> None:
        """Place a picture as it is, once however often it is placed; at is left, top, width, height."""
        given = io.BytesIO(picture) if isinstance(picture, bytes) else picture
        self._pdf.image(given, *self._in_points(*at))

    def save(self) -> bytes:
        """Return the PDF; it has no date, so that the same figure is the same file."""
        try:
            return bytes(self._pdf.output(output_producer_class=_Undated))
        finally:
            for font in self._pdf.fonts.values():
                cast(TTFFont, font).ttfont.close()

    def _in_points(self, left: float, top: float, wide: float, high: float) -> tuple[float, float, float, float]:
        return left * self._by, top * self._by, wide * self._by, high * self._by

    def _embed(self, path: Path | None) -> str | None:
        """Return what a font is called here; None for one that may not be, or cannot be, in a PDF."""
        if path not in self._fonts:
            self._fonts[path] = self._add(path)
        return self._fonts[path]

    def _add(self, path: Path | None) -> str | None:
        name = f"font{len(self._fonts)}"
        if path is None:
            with tempfile.NamedTemporaryFile(suffix=".ttf") as file:
                file.write(load(None, 12).font_bytes)
                file.flush()
                self._pdf.add_font(name, fname=file.name)  # which keeps it open
        elif _may_embed(path):
            self._pdf.add_font(name, fname=path)
        else:
            return None
        return name

    def _has(self, family: str, text: str) -> bool:
        return all(ord(letter) in cast(TTFFont, self._pdf.fonts[family]).cmap for letter in text)

    def _stretch(self, text: str, wide: float) -> None:
        self._pdf.set_stretching(100)
        natural = self._pdf.get_string_width(text)
        if natural:
            self._pdf.set_stretching(100 * wide * self._by / natural)

    def _place_letters(self, x: float, base: int, part: Part, ink: str, stroke: float) -> None:
        from PIL import Image

        high = 2 * part.span.size
        size = round(part.width) + 2 * part.span.size, high + part.span.size
        drawn = Image.new("RGBA", size)
        Raster(drawn).write(part.span.size, high, part, ink, stroke=stroke)
        self.place(drawn, (x - part.span.size, base - high, *size))

    def _write_unseen(self, said: str, x: float, base: float, wide: float, size: float) -> None:
        """Write letters that no eye sees, and that are taken for others by who looks for these or copies them."""
        with self._standing_for(said), self._pdf.local_context(text_mode=TextMode.INVISIBLE):
            self._pdf.set_font(self._embed(None), size=size * self._by)
            self._stretch("x", wide)
            self._pdf.text(x * self._by, base * self._by, "x")

    @contextmanager
    def _standing_for(self, said: str | None) -> Iterator[None]:
        """Say what a reader takes letters for: PDF's ActualText, for which fpdf2 has no call of its own."""
        if said is None:
            yield
            return
        self._pdf._out(f"/Span <</ActualText <feff{said.encode('utf-16-be', 'replace').hex()}>>> BDC")
        yield
        self._pdf._out("EMC")


class _Undated(OutputProducer):
    """Writes no date of creation."""

    def _add_info(self) -> Any:
        info: Any = super()._add_info()
        info.creation_date = None
        return info


def _may_embed(path: Path) -> bool:
    """Whether a font has what a PDF needs of it, and its maker allows it to be there."""
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            has_all = all(table in font for table in _TABLES) and ("glyf" in font or "CFF " in font)
            return has_all and not font["OS/2"].fsType & _MAY_NOT
    except (OSError, TTLibError, struct.error, AssertionError):
        return False


def _needs_shaper(text: str) -> bool:
    return bool(_JOINED.search(text)) or any(unicodedata.category(letter) in _TOUCHING for letter in text)


__all__ = ["Page"]
