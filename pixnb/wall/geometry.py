"""Where each part of a wall stands in a picture: heads, sources, screens, words, in pixels."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from pixnb.display import wording
from pixnb.display.fonts import Fonts
from pixnb.display.sheet import Span, Words
from pixnb.display.typeset import measure, measure_height
from pixnb.media.media import Media
from pixnb.media.opening import UNREADABLE
from pixnb.media.probe import MediaInfo
from pixnb.wall.matrix import Head, Matrix, Spot
from pixnb.wall.sources import Source

MOST_CELLS = 96
"""Cells in one picture; whole rows are left out beyond, and it says so."""

WHY, PAD = 11, 8
"""Size of the words in a card, and the room round them."""

_AT_ONCE = 4  # files that are looked into
_STACK = 3  # takes of a cell below each other; more are counted
_LEAST = 92  # of a cell, across
_INSET = 0.45  # of a cell, a source that stands in it
_TALLEST = 1.1  # of a screen, by its width
_WORDS, _NAME = 176, 92  # room beside a row for a prompt, and for a short value


@dataclass(frozen=True)
class Text:
    """A paragraph at its place."""

    x: int
    y: int
    wide: int
    said: Words
    centred: bool = False


@dataclass(frozen=True)
class Screen:
    """A place for a clip.

    Attributes:
        x: Its left edge.
        y: Its upper edge.
        wide: Pixels across.
        high: Pixels down.
        place: The file; None where there is none.
        why: What is said in its place.
        tone: Of the run's status, for one that has no clip.
        is_hole: Whether nobody made a run here.
        is_source: Whether runs were given it.
    """

    x: int
    y: int
    wide: int
    high: int
    place: Path | None = None
    why: str = ""
    tone: str = "calm"
    is_hole: bool = False
    is_source: bool = False


@dataclass
class Geometry:
    """A picture of a wall before it is painted.

    Attributes:
        scale: Pixels by those of a notebook.
        wide: Pixels across.
        high: Pixels down.
        texts: Words at their places.
        screens: Clips at theirs.
        rules: Lines under heads that several columns share: left, right, height.
        foot: What is said under it.
    """

    scale: float
    wide: int
    high: int = 0
    texts: list[Text] = field(default_factory=list)
    screens: list[Screen] = field(default_factory=list)
    rules: list[tuple[int, int, int]] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)


def lay_out(
    matrix: Matrix,
    *,
    across: int,
    scale: float = 1,
    largest: int = 300,
    says: bool = True,
    most: int = MOST_CELLS,
    fonts: Fonts | None = None,
) -> Geometry:
    """Find a place for everything.

    Args:
        matrix: What is where.
        across: Pixels that it should have across, before scaling; many columns take more.
        scale: By which everything is larger.
        largest: Pixels across of a clip at most, before scaling.
        says: Whether each cell says what came of it; else its number alone.
        most: Cells at most.
        fonts: Where letters come from.
    """
    return _Layer(matrix, across, scale, largest, says, most, fonts).lay()


class _Layer:
    """Puts one wall down from the top."""

    def __init__(
        self, matrix: Matrix, across: int, scale: float, largest: int, says: bool, most: int, fonts: Fonts | None
    ) -> None:  # fmt: skip
        self.matrix, self.scale, self.says, self.fonts = matrix, scale, says, fonts
        self.gap, self.margin = self.px(12), self.px(18)
        self.columns = max(1, len(matrix.columns))
        self.rows = max(1, min(len(matrix.rows), most // self.columns))
        places = list(dict.fromkeys(self._places()))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            infos = {place: info for place, info in zip(places, pool.map(_look_at, places), strict=True) if info}
        self.shapes = {place: info.height / info.width for place, info in infos.items() if info.width and info.height}
        self.signed = sum(info.credentials for info in infos.values())
        self.usual = statistics.median(self.shapes.values()) if self.shapes else 9 / 16
        self.heads = [self._measure_heads(level) for level in range(0 if matrix.is_flow else len(matrix.row_axes))]
        self.lanes = _find_lanes(matrix.beside)
        lanes = max(self.lanes, default=-1) + 1
        left = self.margin + sum(wide + self.gap for wide in self.heads)
        room = self.px(across) - left - self.margin + self.gap
        self.cell = max(self.px(_LEAST), min(self.px(largest), room // (self.columns + lanes) - self.gap))
        self.sources_at = [left + lane * (self.cell + self.gap) for lane in range(lanes)]
        first = left + lanes * (self.cell + self.gap) + (self.gap if lanes else 0)
        self.at = [first + n * (self.cell + self.gap) for n in range(self.columns)]
        self.made = Geometry(scale, max(self.px(420), self.at[-1] + self.cell + self.margin))

    def px(self, count: float) -> int:
        return round(count * self.scale)

    def words(self, spans: Sequence[Span], most: int) -> Words:
        return Words([replace(span, size=self.px(span.size)) for span in spans], most)

    def lay(self) -> Geometry:
        top = self._lay_title(self.px(14))
        top = self._lay_column_heads(top)
        top = self._lay_above(top)
        starts = []
        for row in range(self.rows if self.matrix.places else 0):
            starts.append(top)
            top = self._lay_row(row, top) + self.px(10)
        starts.append(top)
        self._lay_beside(starts)
        self._lay_row_heads(starts)
        self.made.high = top
        shown = sum(len(spots) for (row, _), spots in self.matrix.places.items() if row < self.rows)
        left_out = len(self.matrix.spots) - shown
        heads = [head for line in (*self.matrix.rows, *self.matrix.columns) for head in line]
        if any(piece.differs for head in heads for piece in head.pieces):
            self.made.foot.append("Marked: words in which the prompts differ")
        self.made.foot += [said] if (said := wording.say_credentials(self.signed)) else []
        self.made.foot += [f"and {left_out} more runs, not in this picture"] if left_out else []
        return self.made

    def _put(self, x: int, y: int, wide: int, said: Words, *, centred: bool = False) -> int:
        self.made.texts.append(Text(x, y, wide, said, centred))
        return y + measure_height(said, wide, self.fonts)

    def _lay_title(self, top: int) -> int:
        content, wide = self.matrix.content, self.made.wide - 2 * self.margin
        mark = [Span("  "), Span(f" {wording.SANDBOX} ", "mark", 11, True, True)] if content.is_simulated else []
        top = self._put(self.margin, top, wide, self.words([Span(self.matrix.title, size=17, is_bold=True), *mark], 2))
        said = "  ·  ".join([*content.summary, *content.said_once])
        top = self._put(self.margin, top, wide, self.words([Span(said, "soft")], 2))
        if content.prompt:
            top = self._put(self.margin, top + self.px(2), wide, self.words([Span(content.prompt, size=13)], 3))
        return top + self.px(12)

    def _lay_column_heads(self, top: int) -> int:
        heads = [] if self.matrix.is_flow else self.matrix.columns
        for level in range(len(self.matrix.column_axes) if heads else 0):
            bottom = top
            is_last = level == len(self.matrix.column_axes) - 1
            at = 0
            for _, group in groupby(heads, key=lambda head: tuple(one.text for one in head[: level + 1])):
                span = list(group)
                left, right = self.at[at], self.at[at + len(span) - 1] + self.cell
                at += len(span)
                said = self.words(_head_spans(span[0][level], is_bold=not is_last), 4)
                bottom = max(bottom, self._put(left, top, right - left, said, centred=True))
                if not is_last and len(span) > 1:
                    self.made.rules.append((left, right, level))
            self.made.rules = [(a, b, bottom + self.px(1)) if y == level else (a, b, y) for a, b, y in self.made.rules]
            top = bottom + self.px(4 if is_last else 6)
        return top

    def _lay_above(self, top: int) -> int:
        """Sources over the columns."""
        lanes = _find_lanes(self.matrix.above)
        for lane in range(max(lanes, default=-1) + 1):
            bottom = top
            for source, its in zip(self.matrix.above, lanes, strict=True):
                if its == lane:
                    left = self.at[source.start]
                    right = self.at[min(source.start + source.span, self.columns) - 1] + self.cell
                    x = left + (right - left - self.cell) // 2
                    bottom = max(bottom, self._lay_source(source, x, top))
            top = bottom + self.px(10)
        return top

    def _lay_beside(self, starts: Sequence[int]) -> None:
        for source, lane in zip(self.matrix.beside, self.lanes, strict=True):
            if source.start < self.rows:
                self._lay_source(source, self.sources_at[lane], starts[source.start])

    def _lay_source(self, source: Source, x: int, top: int, part: float = 1) -> int:
        wide, high = (round(size * part) for size in self._size_of(source.path))
        why = "" if source.path else "a link, not fetched"
        self.made.screens.append(Screen(x, top, wide, high, source.path, why, is_source=True))
        return self._put(x, top + high + self.px(3), self.cell, self.words([Span(source.label, "soft", 11)], 2))

    def _lay_row(self, row: int, top: int) -> int:
        bottom = top
        line = {column: self.matrix.at(row, column) for column in range(self.columns)}
        empty = self._size_of(None)
        last = max((column for at, column in self.matrix.places if at == row), default=-1)
        for column, spots in line.items():
            x = self.at[column]
            if not spots and (not self.matrix.is_flow or column < last):
                self.made.screens.append(Screen(x, top, *empty, why="no run here", is_hole=True))
                bottom = max(bottom, top + empty[1])
            y = top
            shown: tuple[Source, ...] = ()
            for spot in spots[:_STACK]:
                mine = self.matrix.within.get(spot.row.number, ())
                for source in mine if mine != shown else ():
                    y = self._lay_source(source, x, y, part=_INSET) + self.px(4)
                shown = mine or shown
                y = self._lay_spot(spot, x, y) + self.px(6)
            if len(spots) > _STACK:
                y = self._put(x, y, self.cell, self.words([Span(f"and {len(spots) - _STACK} more", "soft", 11)], 1))
            bottom = max(bottom, y)
        return bottom

    def _lay_spot(self, spot: Spot, x: int, top: int) -> int:
        row = spot.row
        tone = wording.tone(row.status)
        place = None if spot.why else row.output
        wide, high = self._size_of(place)
        if spot.why:  # a card is as high as its words need, within reason
            said = self.words([Span(spot.why, size=WHY)], 12)
            needed = measure_height(said, wide - 2 * self.px(PAD), self.fonts) + 2 * self.px(PAD)
            high = max(high, min(needed, round(1.5 * self.cell)))
        why = row.absence if place and place not in self.shapes else spot.why  # of a sound
        self.made.screens.append(Screen(x, top, wide, high, place, why, "calm" if tone == "good" else tone))
        spans = [Span(f"{row.number}  ", "soft", 11, is_bold=True)]
        spans += [Span(spot.label, "", 11)] if self.matrix.is_flow else []
        parts = [column.spans(cell, size=11) for column, cell in spot.facts] if self.says else []
        for part in parts:
            spans += [*([Span("   ", "soft", 11)] if len(spans) > 1 else []), *part]
        top = self._put(x, top + high + self.px(3), self.cell, self.words(spans, 4 if self.matrix.is_flow else 3))
        if row.error and not spot.why:
            top = self._put(x, top, self.cell, self.words([Span(row.error, "bad", 11)], 2))
        return top

    def _lay_row_heads(self, starts: Sequence[int]) -> None:
        x = self.margin
        for level, wide in enumerate(self.heads):
            at = 0
            shown = self.matrix.rows[: self.rows]
            for _, group in groupby(shown, key=lambda head: tuple(one.text for one in head[: level + 1])):
                span = list(group)
                room = starts[at + len(span)] - starts[at] - self.px(10)
                lines = max(2, room // (self.px(12) + self.px(5)))
                self._put(x, starts[at], wide, self.words(_head_spans(span[0][level]), lines))
                at += len(span)
            x += wide + self.gap

    def _measure_heads(self, level: int) -> int:
        heads = [head[level] for head in self.matrix.rows[: self.rows]]
        longest = max((measure(head.short, self.px(12), self.fonts) for head in heads), default=0)
        most = self.px(_WORDS if any(len(head.short) > 24 for head in heads) else _NAME)
        return min(int(longest) + 2, most)

    def _size_of(self, place: Path | None) -> tuple[int, int]:
        """Return the size of a file's screen, in its own shape."""
        shape = self.shapes.get(place, self.usual) if place else self.usual
        high = self.cell * min(shape, _TALLEST)
        return max(1, round(min(self.cell, high / shape))), max(1, round(high))

    def _places(self) -> Iterator[Path]:
        shown = [spot for (row, _), spots in self.matrix.places.items() if row < self.rows for spot in spots[:_STACK]]
        yield from (spot.row.output for spot in shown if spot.row.output and not spot.why)
        yield from (source.path for source in self.matrix.sources if source.path)


def _head_spans(head: Head, *, is_bold: bool = False) -> list[Span]:
    return [
        Span(
            one.text,
            "mark" if one.differs else "soft" if one.gap else "",
            12,
            is_bold or one.differs or one.names,
            one.differs,
        )
        for one in head.pieces
    ]


def _look_at(place: Path) -> MediaInfo | None:
    try:
        return Media(place).info
    except UNREADABLE:
        return None


def _find_lanes(sources: Sequence[Source]) -> list[int]:
    """Return for each source which lane it stands in, so that none covers another."""
    ends: list[int] = []
    found = []
    for source in sources:
        lane = next((n for n, end in enumerate(ends) if end <= source.start), len(ends))
        ends[lane : lane + 1] = [source.start + source.span]
        found.append(lane)
    return found


__all__ = ["MOST_CELLS", "PAD", "WHY", "Geometry", "Screen", "Text", "lay_out"]
