"""What a column of a comparison is: its title and place, and how it draws a cell in HTML, in a picture and in text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pixnb import html
from pixnb.compare.prompts import Piece
from pixnb.compare.words import default, say
from pixnb.display import wording
from pixnb.display.sheet import TIED, Span

NOTHING = "–"
DITTO = "″"
Record = Mapping[str, Any]
"""A row of a frame."""


@dataclass(frozen=True)
class Cell:
    """What a row says in a column.

    Attributes:
        text: In words; "–" for nothing, "″" for what the group's head says of all its rows.
        aside: A word beside it: the service of a model, where there are several.
        is_soft: Whether nothing was asked here: it is missing, or the service's default.
        tone: Its colour, as a status has one; "" for plain ink.
        pieces: A prompt's words, those marked that differ.
        places: Where inputs are: paths or URLs.
        number: Of an amount, its number alone; "" for what is none.
        unit: What the number counts: "USD", "s".
    """

    text: str
    aside: str = ""
    is_soft: bool = False
    tone: str = ""
    pieces: tuple[Piece, ...] = ()
    places: tuple[str, ...] = ()
    number: str = ""
    unit: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing of its own."""
        return self.is_soft and self.text in (NOTHING, DITTO)


EMPTY = Cell(NOTHING, is_soft=True)
SAME = Cell(DITTO, is_soft=True)
"""What stands in a row for what its group's head says."""


@dataclass(frozen=True)
class Column:
    """A column of values, such as a parameter or a metric; others inherit from it.

    Attributes:
        name: Of the frame, "params.fps"; or ours, "time".
        title: In words: "fps".
        varies: Whether the runs differ in it; what does not is said once, above.
        align: "left" or "right", as a column of nothing but numbers is.
        parts: The frame's columns that it is made of; itself where it is one.
        beside: The frame's column that says a word beside each value; "" for none.
    """

    name: str
    title: str
    varies: bool = True
    align: str = "left"
    parts: tuple[str, ...] = ()
    beside: str = ""
    style: ClassVar[str] = "fact"
    says_itself: ClassVar[bool] = False  # whether a value needs no title where there is no head above it
    sets: ClassVar[str] = ""  # where its cells stand whatever they say
    _width: ClassVar[int] = 0

    @property
    def leads(self) -> bool:
        """Whether it stands before all others, in a line of its own: the prompt."""
        return False

    @property
    def is_named(self) -> bool:
        """Whether a value needs its title where there is no head above it."""
        return not (self.says_itself or self.leads)

    @property
    def width(self) -> int:
        """Pixels that it needs in a table; its head wraps at blanks alone."""
        if self._width or self.beside:
            return self._width or 142  # the name of a model
        return max(50, 12 + 15 * max(map(len, self.title.split()), default=0) // 2)

    def read(self, records: Sequence[Record]) -> list[Cell]:
        """Return the cells of some rows, in their order."""
        return [self._cell(record) for record in records]

    def _cell(self, record: Record) -> Cell:
        value = record.get(self.name)
        if wording.is_given(value):
            return Cell(say(value), aside=text_of(record, self.beside))
        usual = default(record.get("model"), self.name)
        return EMPTY if usual is None else Cell(f"{say(usual)} (default)", is_soft=True)

    def line(self, cell: Cell) -> str:
        """Say a cell in one line of text."""
        return f"{cell.text} ({cell.aside})" if cell.aside else cell.text

    def named(self, cell: Cell) -> str:
        """Say a cell where no head is above it."""
        return f"{self.title} {self.line(cell)}" if self.is_named else self.line(cell)

    def spans(self, cell: Cell, *, most: int = 110, size: int = 12) -> list[Span]:
        """Draw a cell in a picture, as words that need no head; short ones stay on one line.

        Args:
            cell: One that it read.
            most: Characters of a prompt.
            size: Pixels high.
        """
        said = self.named(cell)
        return [Span(said.replace(" ", TIED) if len(said) < 32 else said, cell.tone or "soft", size)]

    def html(self, cell: Cell, stills: Mapping[str, str | None], *, most: int = 150) -> str:
        """Draw a cell in HTML.

        Args:
            cell: One that it read.
            stills: Pictures of inputs as data URIs, by place.
            most: Characters of a prompt that are seen at once.
        """
        text = html.escape(cell.text)
        if not cell.aside:
            return text
        return f"{html.tag('span', text, class_='whole')} {html.tag('small', html.escape(cell.aside), class_='soft')}"

    def heading(self, cell: Cell) -> str:
        """Draw a cell in HTML as the heading of a group."""
        return html.escape(self.line(cell))

    def css(self, cell: Cell | None = None) -> str:
        """Return the classes of a cell, or of the head."""
        classes = [self.style, *(["num"] if self.align == "right" else [])]
        if cell is not None:
            classes += [*(["soft"] if cell.is_soft else []), *(["empty"] if cell.is_empty else [])]
        return " ".join(classes)

    def placed(self, cells: Sequence[Cell]) -> Column:
        """Return the column as it is set for these cells: numbers to the right."""
        texts = [cell.text.removesuffix(" (default)") for cell in cells]
        numbers = all(text == NOTHING or wording.number(text) is not None for text in texts)
        return replace(self, align=self.sets or ("right" if numbers and texts else "left"))


def text_of(record: Record, name: str) -> str:
    """Return a cell of the frame as text; "" for nothing."""
    value = record.get(name)
    return str(value) if wording.is_given(value) else ""


__all__ = ["EMPTY", "NOTHING", "SAME", "Cell", "Column", "Record", "text_of"]
