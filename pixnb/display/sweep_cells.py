"""A sweep's cells as HTML: each a picture or a small square with its status, in a grid or one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import html
from pixnb.display import wording
from pixnb.display.arrangement import find_spans
from pixnb.display.poster import tile_uri
from pixnb.display.sweep_layout import lay_out
from pixnb.media.media import Media
from pixnb.media.opening import UNREADABLE
from pixnb.status import JobStatus
from pixnb.terminal import shorten

if TYPE_CHECKING:
    from pixnb.runs.cells import Cell

MOST_POSTERS = 60
"""Cells up to which each shows its picture; more are coloured squares."""

_POSTERS_BYTES = 75_000
_POSTER_BYTES = 4_000
_TITLES = 24_000  # letters of all hints together, so that many cells stay light
_HEAD_CUT, _CAPTION_CUT, _LINE = 220, 90, 44

_WORDS = {
    JobStatus.PLANNED: ("·", "planned"),
    JobStatus.SUBMITTING: ("↑", "sending"),
    JobStatus.QUEUED: ("…", "queued"),
    JobStatus.PROCESSING: ("▸", "processing"),
    JobStatus.COMPLETED: ("✓", "completed"),
    JobStatus.FAILED: ("✕", "failed"),
    JobStatus.ERROR: ("!", "errored"),
    JobStatus.UNCONFIRMED: ("?", "unconfirmed"),
    JobStatus.CANCELLED: ("–", "cancelled"),
}
REUSED = ("↺", "reused")
REFUSED = ("⊘", "refused")
ORDER = (
    *("completed", "reused", "failed", "refused", "errored", "unconfirmed", "cancelled"),
    *("processing", "queued", "sending", "planned"),
)
"""Words for how cells stand: what is over first."""


class Cells:
    """What a sweep's cells look like.

    Args:
        cells: The sweep's.

    Attributes:
        layout: Where they stand.
        has_posters: Whether they are few enough to be shown by their pictures.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = cells
        self.has_posters = len(cells) <= MOST_POSTERS
        self.layout = lay_out(cells, small=not self.has_posters)
        self._poster_bytes = min(_POSTER_BYTES, _POSTERS_BYTES // max(1, len(cells)))
        self._title_cut = max(40, min(600, _TITLES // max(1, len(cells))))

    def write(self, *, posters: bool = True) -> str:
        """Return the whole grid.

        Args:
            posters: Whether the pictures are in it; a live one gets them one by one.
        """
        layout = self.layout
        kind = "pictures" if self.has_posters else "squares"
        if layout.is_flow:
            inner = "".join(self._cell("div", n, "listitem", posters) for n in range(len(self._cells)))
            return html.tag("div", inner, class_=f"flow {kind}", role="list", aria_label="Cells of the sweep")
        body = html.tag("thead", self._heads()) + html.tag("tbody", self._rows(posters))
        table = html.tag("table", body, class_=f"cells {kind}", role="grid", aria_label="Cells of the sweep")
        return html.tag("div", table, class_="scroll tall", tabindex=0, role="group", aria_label="The grid, to scroll")

    def _heads(self) -> str:
        columns, down = self.layout.columns, len(self.layout.rows[0])
        lines = []
        for level in range(len(columns[0])):
            corner = ""
            if down and not level:
                corner = html.tag("td", colspan=down, rowspan=len(columns[0]), class_="corner")
            heads = "".join(
                html.tag("th", html.escape(columns[at][level]), scope="colgroup" if count > 1 else "col", colspan=count,
                         class_=f"level{level}")
                for at, count in find_spans([key[: level + 1] for key in columns]).items()
            )  # fmt: skip
            lines.append(html.tag("tr", corner + heads))
        return "".join(lines)

    def _rows(self, posters: bool) -> str:
        rows, lines = self.layout.rows, []
        cut = _HEAD_CUT if self.has_posters else _LINE  # beside squares a line
        starts = [find_spans([key[: level + 1] for key in rows]) for level in range(len(rows[0]))]
        most = 2 * self._title_cut
        for number, key in enumerate(rows):
            heads = "".join(
                html.tag("th", html.tag("div", _cut(label, cut), class_="label"), scope="row",
                         rowspan=starts[level][number], title=label[:most] if len(label) > _LINE else None)
                for level, label in enumerate(key)
                if number in starts[level]
            )  # fmt: skip
            lines.append(html.tag("tr", heads + "".join(self._place(number, at, posters) for at in self._columns())))
        return "".join(lines)

    def _columns(self) -> range:
        return range(len(self.layout.columns))

    def _place(self, row: int, column: int, posters: bool) -> str:
        found = self.layout.places.get((row, column), ())
        if len(found) == 1:
            return self._cell("td", found[0], "gridcell", posters)
        return html.tag("td", "".join(self._cell("div", n, "group", posters) for n in found), role="gridcell")

    def _cell(self, name: str, number: int, role: str, posters: bool) -> str:
        inner = self.inner(number, self.poster(number) if posters else None)
        caption = ""
        if self.layout.is_flow and self.has_posters:
            caption = html.tag("div", _cut(self.layout.captions[number], _CAPTION_CUT), class_="caption")
        body = html.tag("div", inner, class_=self.looks(number), data_n=number, title=self.title(number))
        return html.tag(name, body + caption, role=role)

    def looks(self, number: int) -> str:
        """Return a cell's CSS classes."""
        cell = self._cells[number]
        tone = wording.tone(cell.status or JobStatus.PLANNED)
        return f"cell {tone}{'' if cell.status not in (None, JobStatus.PLANNED) else ' open'}"

    def inner(self, number: int, picture: str | None) -> str:
        """Return what is in a cell: its picture, else its status, and under it what it costs."""
        cell = self._cells[number]
        glyph, word = name_status(cell)
        if not self.has_posters:
            return html.tag("span", glyph, aria_label=word, role="img")
        words = html.tag("span", f"{html.tag('b', glyph)} {word}", class_="word")
        shown = html.tag("img", src=picture, alt=word) if picture else words
        return html.tag("div", shown, class_="picture") + html.tag("div", html.escape(say_cost(cell)), class_="under")

    def poster(self, number: int) -> str | None:
        """Return a cell's picture as a data URI; None while there is none."""
        path = self._cells[number].path
        if not path or not self.has_posters:
            return None
        try:
            return tile_uri(Media(path), self._poster_bytes)
        except UNREADABLE:
            return None

    def title(self, number: int) -> str:
        """Say all of a cell: what it is, how it stands, what it costs, its run, its error."""
        cell, cut = self._cells[number], self._title_cut
        lines = [shorten(self.layout.captions[number], cut // 2), f"{name_status(cell)[1]} · {say_cost(cell)}"]
        lines += [f"run {cell.run_id}"] if cell.run_id and self.has_posters else []
        lines += [shorten(cell.error, cut // 2)] if cell.error else []
        return wording.legible("\n".join(line for line in lines if line))


def name_status(cell: Cell) -> tuple[str, str]:
    """Name how a cell stands: a sign, and a word."""
    if cell.fate == "reused" and cell.status in (None, JobStatus.COMPLETED):
        return REUSED
    if cell.is_refused and cell.status in (JobStatus.FAILED, JobStatus.ERROR):
        return REFUSED
    return _WORDS[cell.status or JobStatus.PLANNED]


def say_cost(cell: Cell) -> str:
    """Say what a cell costs, and what is not paid for again."""
    if cell.fate == "reused":
        return " ".join(REUSED)
    if cell.fate == "in flight":
        return "under way before"
    if cell.fate == "unconfirmed" or (cell.fate == "failed" and cell.status is not None):
        return "not sent again"
    if cell.status is JobStatus.CANCELLED and cell.paid is None:
        return "never sent"
    is_over = cell.status is not None and cell.status.is_terminal
    return wording.money(cell.paid if is_over and cell.paid else cell.cost, sandbox=cell.sandbox)


def is_media(cell: Cell) -> bool:
    """Whether a cell has a file that is here."""
    return cell.path is not None and Path(cell.path).is_file()


def _cut(text: str, most: int) -> str:
    return html.escape(shorten(text, most))


__all__ = ["MOST_POSTERS", "ORDER", "REUSED", "Cells", "is_media", "name_status", "say_cost"]
