"""A wall as HTML: head, grid, what is to be known. It reads well as it is, and the player makes it alive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pixnb import html
from pixnb.compare.column_kinds import mark
from pixnb.display import wording
from pixnb.display.arrangement import find_spans
from pixnb.display.host import Host, host
from pixnb.display.looks import look_at_all
from pixnb.wall.cells import Figures, Form
from pixnb.wall.matrix import Head, Matrix, is_open
from pixnb.wall.sources import Source


def write_wall(
    matrix: Matrix,
    form: Form = "page",
    *,
    at: Host | None = None,
    films: Mapping[str, str] | None = None,
    page: tuple[int, int] = (1, 1),
    about: Mapping[str, str] | None = None,
    is_followed: bool = False,
) -> str:
    """Return a wall as HTML without its style sheets, by the contract that the player knows.

    Args:
        matrix: What stands where.
        form: "page" for one whose script knows the films, with no address and no handler in it; "live" for a notebook
            with the player; "still" for one that is read without its kernel.
        at: The host; found when left out.
        films: Addresses of films by the cells' names, for a page.
        page: Which part of how many it is, from 1.
        about: More `data-` attributes, such as `{"log": …}`.
        is_followed: Whether what ends later comes into it by itself.
    """
    at = at or host()
    places = [*(source.path for source in matrix.sources), *(spot.row.output for spot in matrix.spots)]
    count = len(set(places)) // (6 if form == "page" else 1)  # a page has room for stills that print well
    asides = {cell.aside for spot in matrix.spots for column, cell in spot.facts if column.name == "cost"}
    is_simulated = matrix.content.is_simulated and len(asides) == 1
    figures = Figures(
        form, at, look_at_all(places, count=count, beside=len(set(places) - {None})), films or {}, is_simulated
    )
    said = {f"data-{name}": value for name, value in (about or {}).items()}
    if page[1] > 1:
        said |= {"data-nth": str(page[0]), "data-pages": str(page[1])}
    return _Grid(matrix, figures, is_followed).write({"data-wall": name_wall(matrix), **said}, page)


def write_styled(matrix: Matrix, form: Form, **options: Any) -> str:
    """Return a wall as `write_wall` does, with its style sheets before it."""
    sheets = "".join(html.tag("style", html.css(name)) for name in ("pixnb", "wall", "cells"))
    return html.tag("div", sheets + write_wall(matrix, form, **options))


def name_wall(matrix: Matrix) -> str:
    """Name a wall by its runs, so that a page finds again what was said in it."""
    ids = "\n".join(sorted(spot.row.run_id or str(spot.row.number) for spot in matrix.spots))
    return hashlib.sha256(f"{matrix.title}\n{ids}".encode("utf-8", "replace")).hexdigest()[:12]


@dataclass(frozen=True)
class _Grid:
    matrix: Matrix
    figures: Figures
    is_followed: bool

    def write(self, attributes: Mapping[str, str], page: tuple[int, int]) -> str:
        grid = self._grid() if self.matrix.spots else ""
        scroll = html.tag("div", grid, class_="wall-scroll", tabindex="0", role="group",
                          aria_label="The wall, to scroll") if grid else ""  # fmt: skip
        inner = self._head() + html.tag("div", "", class_="wall-bar", hidden=True) + scroll + self._foot(page)
        return html.tag("div", inner, class_=f"pixnb {html.NO_MATH} pixnb-wall", **attributes)

    def _head(self) -> str:
        said, matrix = self.matrix.content, self.matrix
        badge = f" {wording.sandbox_badge()}" if said.is_simulated else ""
        lines = [html.tag("div", html.tag("b", html.escape(matrix.title)) + badge, class_="head")]
        facts = " · ".join([*said.summary, *(f"{c.title} {c.line(cell)}" for c, cell in said.same)])
        lines.append(html.tag("p", html.escape(facts), class_="facts"))
        if said.prompt:
            lines.append(html.tag("p", html.escape(said.prompt), class_="prompt"))
        return html.tag("div", "".join(lines), class_="wall-head")

    def _foot(self, page: tuple[int, int]) -> str:
        said = list(self._say_what_is_missing(page))
        return "".join(html.tag("p", html.escape(words), class_="facts wall-foot") for words in said)

    def _say_what_is_missing(self, page: tuple[int, int]) -> Iterator[str]:
        form, matrix, look = self.figures.form, self.matrix, self.figures.look
        if form == "still" and page[1] > 1:
            yield f"The first of {page[1]} pages: the others are there where this cell runs."
        if form == "still":
            yield from self._say_how_to_play()
        if is_open(matrix) and self.is_followed:
            yield "Runs that end come in by themselves."
        elif is_open(matrix):
            yield f"As things stood at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: ask again for what has ended since."
        if said := wording.say_credentials(sum(look(place).is_signed for place in set(matrix.files.values()))):
            yield said

    def _say_how_to_play(self) -> Iterator[str]:
        outputs = [spot.row.output for spot in self.matrix.spots]
        films = [place for place in outputs if place and self.figures.look(place).kind in ("video", "audio")]
        lost = [place for place in films if not self.figures.still_url(place)]
        if lost:
            refusal = self.figures.at.refusal(lost[0])
            which = "Stills only" if len(lost) == len(films) else f"{len(lost)} of {len(films)} clips are stills"
            why = f", for {refusal}" if refusal else ""
            yield f'{which}{why}. Run this cell to play them; wall.save("wall.html") writes a page that holds them.'
        elif films:
            yield "A clip plays when it is pressed; run this cell for the player, which plays all in step."

    def _grid(self) -> str:
        matrix = self.matrix
        rows = [*self._above(), *(self._row(number) for number in range(len(matrix.rows)))]
        head = self._heads()
        inner = (html.tag("thead", head) if head else "") + html.tag("tbody", "".join(rows))
        named = " by ".join(filter(None, [", ".join(matrix.row_axes), ", ".join(matrix.column_axes)]))
        heads = f"--heads:{len(matrix.column_axes) or 1}"
        label = f"Clips {named}".strip()
        return html.tag("table", inner, class_="wall-grid", role="grid", style=heads, aria_label=label)

    def _heads(self) -> str:
        columns, lines = self.matrix.columns, []
        levels = len(columns[0]) if columns else 0
        for level in range(max(levels, 1 if self._roles else 0)):
            start = self._corner(max(levels, 1)) if not level else ""
            spans = find_spans([key[: level + 1] for key in columns]) if levels else {}
            heads = "".join(
                html.tag("th", _words(columns[at][level]), class_=f"wall-column level{level}", colspan=count,
                         scope="colgroup" if level < levels - 1 else "col", title=_title(columns[at][level]))
                for at, count in spans.items()
            )  # fmt: skip
            rest = "" if levels else html.tag("td", "", colspan=len(columns))
            lines.append(html.tag("tr", start + heads + rest))
        return "".join(lines)

    def _corner(self, levels: int) -> str:
        corner = html.tag("td", "", class_="wall-corner", rowspan=levels) if self._has_row_heads else ""
        return corner + "".join(
            html.tag("th", html.escape(f"source {role}"), class_="wall-column wall-source-head", rowspan=levels,
                     scope="col")
            for role in self._roles
        )  # fmt: skip

    @property
    def _has_row_heads(self) -> bool:
        return bool(self.matrix.row_axes or self.matrix.above)

    @property
    def _roles(self) -> list[str]:
        return list(dict.fromkeys(source.role for source in self.matrix.beside))

    def _above(self) -> Iterator[str]:
        for role in dict.fromkeys(source.role for source in self.matrix.above):
            mine = {source.start: source for source in self.matrix.above if source.role == role}
            cells, at = [], 0
            while at < len(self.matrix.columns):
                source = mine.get(at)
                figure = self.figures.write_source(source) if source else ""
                cells.append(
                    html.tag("td", figure, class_="wall-place", role="gridcell", colspan=source and source.span)
                )
                at += source.span if source else 1
            head = html.tag("th", html.escape(f"source {role}"), scope="row", class_="wall-row")
            yield html.tag("tr", head + "".join(html.tag("td", "") for _ in self._roles) + "".join(cells))

    def _row(self, row: int) -> str:
        matrix = self.matrix
        head = self._row_head(row) if self._has_row_heads else ""
        places = "".join(self._place(row, column) for column in range(len(matrix.columns)))
        return html.tag("tr", head + "".join(self._beside(role, row) for role in self._roles) + places)

    def _row_head(self, row: int) -> str:
        key = self.matrix.rows[row]
        before = self.matrix.rows[row - 1] if row else ()
        parts = [
            html.tag("div", _words(head), title=_title(head), class_="wall-part wall-label"
                     + (" again" if key[: level + 1] == before[: level + 1] and level < len(key) - 1 else ""))
            for level, head in enumerate(key)
        ]  # fmt: skip
        return html.tag("th", "".join(parts), scope="row", class_="wall-row")

    def _beside(self, role: str, row: int) -> str:
        mine = [source for source in self.matrix.beside if source.role == role]
        begins = next((source for source in mine if source.start == row), None)
        if begins:
            figure = self.figures.write_source(begins)
            return html.tag("td", figure, class_="wall-place wall-source-place", role="gridcell", rowspan=begins.span)
        is_covered = any(source.start < row < source.start + source.span for source in mine)
        return "" if is_covered else html.tag("td", "", role="gridcell")

    def _place(self, row: int, column: int) -> str:
        spots = self.matrix.at(row, column)
        if not spots:
            is_rest = self.matrix.is_flow
            hole = "" if is_rest else html.tag("div", "No run here", class_="wall-why")
            return html.tag("td", hole, class_="wall-place wall-hole", role="gridcell")
        source = next((s.name for s in self.matrix.beside if s.start <= row < s.start + s.span), None) or next(
            (s.name for s in self.matrix.above if s.start <= column < s.start + s.span), None
        )
        is_called = len(spots) > 1 or self.matrix.is_flow
        figures: list[str] = []
        shown: tuple[Source, ...] = ()
        for spot in spots:
            mine = self.matrix.within.get(spot.row.number, ())
            if mine and mine != shown:  # takes of one source have it once
                figures += [self.figures.write_source(one, is_inset=True) for one in mine]
                shown = mine
            own = source or (mine[0].name if mine else None)
            figures.append(self.figures.write_run(spot, own, is_called=is_called))
        return html.tag("td", "".join(figures), class_="wall-place", role="gridcell")


def _words(head: Head) -> str:
    return mark(head.pieces)


def _title(head: Head) -> str:
    return f"{head.axis}: {head.text}"


__all__ = ["name_wall", "write_styled", "write_wall"]
