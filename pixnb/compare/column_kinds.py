"""The columns that are no plain values: prompts, inputs, tags, a note, and what came of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pixnb import html
from pixnb.compare.columns import EMPTY, NOTHING, Cell, Column, Record, text_of
from pixnb.compare.prompts import Piece, excerpt, marked
from pixnb.compare.words import label, name_of
from pixnb.display import wording
from pixnb.display.sheet import Span


class Prompt(Column):
    """Prompts, each marked where it differs from the first of its group, and called by its label where it has one."""

    style, sets = "words", "left"
    _width = 180

    @property
    def leads(self) -> bool:
        """Whether it is what was asked for, not what was to be left out."""
        return self.name == "prompt"

    def read(self, records: Sequence[Record]) -> list[Cell]:
        """Return the cells of a group, whose words are held against each other."""
        texts = [text_of(record, self.name) for record in records]
        split = [
            (*_name(text_of(record, self.beside)), *pieces)
            for record, pieces in zip(records, marked(texts), strict=True)
        ]
        baseline = "baseline" if any(map(_is_marked, split)) else ""
        return [
            Cell(text, _say_kin(text == texts[0], baseline, pieces), pieces=pieces) if text else EMPTY
            for text, pieces in zip(texts, split, strict=True)
        ]

    def line(self, cell: Cell) -> str:
        """Say a prompt cut to its words that differ."""
        if cell.is_empty:
            return cell.text
        return " ".join("".join(piece.text for piece in excerpt(cell.pieces, most=46, around=1)).split())

    def spans(self, cell: Cell, *, most: int = 110, size: int = 12) -> list[Span]:
        """Draw a prompt, its words that differ on the colour of marks."""
        title = [] if self.leads else [Span(f"{self.title} ", "soft", size)]
        return title + [
            Span(piece.text, "mark" if piece.differs else "", size, piece.differs or piece.names, piece.differs)
            for piece in excerpt(cell.pieces, most=most)
        ]

    def html(self, cell: Cell, stills: Mapping[str, str | None], *, most: int = 150) -> str:
        """Draw a prompt: of a long one the words that differ, and the whole behind a press."""
        if cell.is_empty:
            return cell.text
        short = excerpt(cell.pieces, most=most, around=max(1, most // 45))
        whole = html.tag("div", mark(cell.pieces), class_="prompt", dir="auto")
        aside = " " + html.tag("small", cell.aside, class_="soft") if cell.aside else ""
        if short == cell.pieces:
            return whole + aside
        head = html.tag("span", mark(short), class_="prompt short", dir="auto")
        return html.tag("details", html.tag("summary", f'{head} <span class="more"></span>{aside}') + whole)

    def heading(self, cell: Cell) -> str:
        """Draw more of it than a cell has room for."""
        return self.html(replace(cell, aside=""), {}, most=360)


class Inputs(Column):
    """Media that were given, as stills with their names; several roles in one where no run has all."""

    style, sets = "input", "left"
    _width = 116

    def _cell(self, record: Record) -> Cell:
        places = tuple(text for name in self.parts if (text := text_of(record, name)))
        return Cell(", ".join(map(name_of, places)), places=places) if places else EMPTY

    def html(self, cell: Cell, stills: Mapping[str, str | None], *, most: int = 150) -> str:
        """Draw each still with the name of its file."""
        return "".join(
            html.tag("div", (html.image(still) if (still := stills.get(place)) else "")
                     + html.tag("span", html.escape(name_of(place))), title=name_of(place))
            for place in cell.places
        ) or html.tag("span", cell.text, class_="soft")  # fmt: skip

    def heading(self, cell: Cell) -> str:
        """Draw the names."""
        return html.escape(cell.text)


class Tags(Column):
    """The tags of a run, with their values where they have some."""

    style, sets = "tags", "left"
    _width = 90

    def _cell(self, record: Record) -> Cell:
        given = {label(name): text for name in self.parts if (text := text_of(record, name))}
        # a tag that is a word alone is "true" in the log
        return Cell(", ".join(n if wording.is_true(t) else f"{n} {t}" for n, t in given.items())) if given else EMPTY


class Metric(Column):
    """What was measured, to four digits."""

    def _cell(self, record: Record) -> Cell:
        found = wording.number(record.get(self.name))
        if found is None:
            return EMPTY
        said = f"{float(found):,.4g}"
        return Cell(said, number=said.replace(",", ""))


class Note(Column):
    """What a person wrote about a run."""

    style, sets = "note", "left"
    _width = 120

    def html(self, cell: Cell, stills: Mapping[str, str | None], *, most: int = 150) -> str:
        """Draw it with its lines."""
        return html.tag("div", html.escape(cell.text).replace("\n", "<br>"), dir="auto")


class Outcome(Column):
    """What came of a run, which says itself what it is: cost, time."""

    style, sets = "time", "right"
    says_itself = True
    _width = 62

    def _cell(self, record: Record) -> Cell:
        said = wording.seconds(record)
        known = [found for name in self.parts if (found := wording.number(record.get(name))) is not None]
        return Cell(said, is_soft=said == NOTHING, number=f"{sum(known):.1f}" if known else "", unit="s")


class Money(Outcome):
    """What a run cost."""

    style = "cost"

    def _cell(self, record: Record) -> Cell:
        said = wording.cost(record)
        text, _, mark = said.rpartition(" ")
        found, amount = wording.priced(record), re.search(r"[\d.,]+", text or said)
        if found is None or amount is None or said in wording.FREE:
            return Cell(said)
        number, unit = amount.group().replace(",", ""), ", ".join(filter(None, found[1:]))
        if mark in ("simulated", "estimated"):
            return Cell(text, aside=mark, number=number, unit=unit)
        return Cell(said, number=number, unit=unit)

    def line(self, cell: Cell) -> str:
        """Say the amount and whose money it is."""
        return f"{cell.text} {cell.aside}".strip()


class Status(Column):
    """How a run stands, in its colour."""

    style = "status"
    says_itself = True
    _width = 62

    def _cell(self, record: Record) -> Cell:
        status = text_of(record, self.name)
        return Cell(status, tone=wording.tone(status)) if status else EMPTY

    def named(self, cell: Cell) -> str:
        """Say it as a word among others."""
        return cell.text.lower()

    def html(self, cell: Cell, stills: Mapping[str, str | None], *, most: int = 150) -> str:
        """Draw a badge."""
        return html.tag("span", html.escape(cell.text.lower()), class_=f"badge {cell.tone}")


class Refusals(Column):
    """How often a prompt was refused by the content rules, of the runs that the service has come to a word on."""

    style, sets = "refused", "left"

    def _cell(self, record: Record) -> Cell:
        said = text_of(record, "refused_rate")
        return Cell(said, tone="bad") if said else EMPTY


class Stars(Column):
    """A person's stars."""

    style = "stars"
    says_itself = True
    _width = 62

    def _cell(self, record: Record) -> Cell:
        drawn = wording.stars(record.get(self.name))
        return Cell(drawn, tone="mark", number=str(drawn.count("★")), unit="of 5") if drawn else EMPTY

    def html(self, cell: Cell, stills: Mapping[str, str | None], *, most: int = 150) -> str:
        """Draw them, with words for who does not see them."""
        if cell.is_empty:
            return ""
        said = f"{cell.text.count('★')} of 5 stars"
        return html.tag("span", cell.text, role="img", aria_label=said)


class Picked(Column):
    """Whether a person picked it."""

    style = "picked"
    says_itself = True
    _width = 62

    def _cell(self, record: Record) -> Cell:
        return Cell("picked", tone="mark") if wording.is_true(record.get(self.name)) else EMPTY

    def html(self, cell: Cell, stills: Mapping[str, str | None], *, most: int = 150) -> str:
        """Draw a badge."""
        return "" if cell.is_empty else html.tag("span", html.escape(cell.text), class_="badge mark")


class Votes(Column):
    """How often it was preferred in blind pairs."""

    style = "votes"

    def _cell(self, record: Record) -> Cell:
        of = wording.number(record.get("votes.of"))
        return Cell(f"{int(wording.number(record.get('votes.won')) or 0)} of {int(of)}") if of else EMPTY


def _say_kin(is_first: bool, baseline: str, pieces: Sequence[Piece]) -> str:
    """Say what the words of a prompt are held against, where nothing in it shows that."""
    if is_first:
        return baseline
    return "" if _is_marked(pieces) else "too different to mark"


def _is_marked(pieces: Sequence[Piece]) -> bool:
    return any(piece.differs for piece in pieces)


def _name(label: str) -> tuple[Piece, ...]:
    return (Piece(f"{label}: ", names=True),) if label else ()


def mark(pieces: Sequence[Piece]) -> str:
    """Return a prompt's words as HTML, those marked that differ."""
    return "".join(
        html.tag("mark", html.escape(piece.text)) if piece.differs
        else html.tag("b", html.escape(piece.text)) if piece.names
        else html.tag("span", html.escape(piece.text), class_="soft") if piece.gap
        else html.escape(piece.text)
        for piece in pieces
    )  # fmt: skip


__all__ = [
    "Inputs",
    "Metric",
    "Money",
    "Note",
    "Outcome",
    "Picked",
    "Prompt",
    "Refusals",
    "Stars",
    "Status",
    "Tags",
    "Votes",
    "mark",
]
