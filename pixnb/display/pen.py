"""A pen that writes words on a canvas, and tells what no font had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pixnb.display import signs
from pixnb.display.canvas import Canvas
from pixnb.display.fonts import Fonts, load, system_fonts
from pixnb.display.typeset import Part, Span, Words, break_lines, line_height, picture_side, small

if TYPE_CHECKING:
    from PIL.Image import Image

SOFT = "#5c6068"
INKS = {"": "#1c1d20", "soft": SOFT, "good": "#17653a", "bad": "#a3271c", "busy": "#1d4f9c", "calm": "#4d5159"}
INKS["mark"], MARKED = "#7a5000", "#fff0cf"
FRAME, BOX = "#b9bcc2", "#f4f4f1"


@dataclass
class Pen:
    """Writes on a canvas, and keeps what it had to draw as boxes.

    Args:
        on: The canvas.
        fonts: Where letters come from; None: the fonts of this machine.
        boxed: How many signs of each script became boxes; shared by all pens of a sheet.
        emoji: Those drawn, small, whose colours a palette has to keep; shared as well.
    """

    on: Canvas
    fonts: Fonts | None = None
    boxed: Counter[str] = field(default_factory=Counter)
    emoji: dict[str, Image] = field(default_factory=dict)

    def write(self, at: tuple[int, int], said: Words, wide: int, *, centred: bool = False) -> int:
        """Write a paragraph, broken into at most so many lines.

        Args:
            at: Its left upper corner, in pixels.
            said: The paragraph.
            wide: Pixels across.
            centred: Whether its lines stand in the middle.

        Returns:
            Where the next paragraph begins.
        """
        left, top = at
        if not any(span.text.strip() for span in said.spans):
            return top
        fonts = self.fonts or system_fonts()
        lines, leftward = break_lines(said, wide, fonts)
        high = max(span.size for span in said.spans)
        for line in lines:
            room = wide - sum(part.width for part in line)
            x = left + (room / 2 if centred else room if leftward else 0)
            for part in line:
                self._draw(part, x, top, high)
                x += part.width
            top += line_height(said)
        return top

    def write_all(self, at: tuple[int, int], said: Sequence[Words], wide: int) -> int:
        """Write paragraphs below each other; return where the next one begins."""
        left, top = at
        for one in said:
            top = self.write((left, top), one, wide)
        return top

    def _draw(self, part: Part, x: float, top: int, high: int) -> None:
        span, base = part.span, top + _ascent(high)
        if span.is_filled and part.text.strip():
            box = (x - 2, base - _ascent(span.size) - 1, x + part.width + 1, base + _descent(span.size))
            self.on.fill(box, MARKED, radius=3)
        if part.how == "picture":
            self._paste(part, round(x), base)
        elif part.how == "box":
            self.boxed[part.script or "other"] += part.count
            frame = (x + 1, base - _ascent(span.size) + 1, x + part.width - 2, base + _descent(span.size) - 1)
            self.on.fill(frame, BOX, edge=FRAME, radius=2)
            label = Part(part.label, Span(part.label, size=small(span.size)), "text")
            self.on.write(x + 5, base - 1, label, SOFT, said=part.text)
        else:
            stroke = max(0.35, 0.018 * span.size) if span.is_bold else 0
            self.on.write(x, base, part, INKS[span.tone], stroke=stroke)

    def _paste(self, part: Part, x: int, base: int) -> None:
        from PIL import Image

        fonts, side = self.fonts or system_fonts(), picture_side(part.span.size)
        picture = fonts.find_picture(part.text)
        assert picture is not None
        scale = side / max(picture.size)
        small = picture.resize([max(1, round(one * scale)) for one in picture.size], Image.Resampling.LANCZOS)
        self.emoji[part.text] = small
        middle = base - round(0.36 * part.span.size)
        at = x + 1 + (side - small.width) // 2, middle - small.height // 2
        self.on.paste(small, at, part.text)


def say_boxed(boxed: Counter[str]) -> str:
    """Say once on a sheet what stands in boxes, and what to do; "" where nothing does.

    Example:
        >>> say_boxed(Counter({"Chinese": 12}))
        'In boxes: no font on this machine has Chinese letters. Install one: Noto Sans CJK (Debian: fonts-noto-cjk).'
    """
    if not boxed:
        return ""
    names = [*sorted(set(boxed) - {"other", signs.EMOJI})] or ["some"] * ("other" in boxed)
    lacking = f"{', '.join(names[:-1])} or {names[-1]}" if names[1:] else "".join(names)
    lacking = " or ".join([*[f"{lacking} letters"] * bool(names), *["these emoji"] * (signs.EMOJI in boxed)])
    need = dict.fromkeys(_NEEDS.get(name, "Noto Sans (Debian: fonts-noto-core)") for name in sorted(boxed))
    return f"In boxes: no font on this machine has {lacking}. Install one: {' and '.join(need)}."


_CJK = "Noto Sans CJK (Debian: fonts-noto-cjk)"
_NEEDS = {"Chinese": _CJK, "Japanese": _CJK, "Korean": _CJK,
          signs.EMOJI: "Noto Color Emoji (Debian: fonts-noto-color-emoji)"}  # fmt: skip


def _ascent(size: int) -> int:
    return int(load(None, size).getmetrics()[0])


def _descent(size: int) -> int:
    return int(load(None, size).getmetrics()[1])


__all__ = ["BOX", "FRAME", "INKS", "MARKED", "SOFT", "Pen", "say_boxed"]
