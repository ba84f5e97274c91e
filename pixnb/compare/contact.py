"""The comparison as one picture: a still of each run with its words, for where no HTML is shown."""

from __future__ import annotations

from collections.abc import Iterator

from pixnb.compare.content import Content, Row
from pixnb.display import wording
from pixnb.display.poster import poster_of
from pixnb.display.sheet import Block, Span, Tile, Words, draw, words
from pixnb.media.media import Media

MOST_TILES = 40
"""Runs that the picture shows."""


def draw_sheet(content: Content, title: str, *, most: int = MOST_TILES) -> bytes:
    """Draw the contact sheet.

    Args:
        content: What it says.
        title: Its heading.
        most: Runs that it shows, 40 at most.

    Returns:
        The PNG's bytes, some 14 kB a run.
    """
    count = len(content.rows)
    return draw(
        list(_blocks(content, title, min(most, MOST_TILES))), across=3 if count in (5, 6) else min(4, max(2, count))
    )


def _blocks(content: Content, title: str, most: int) -> Iterator[Block]:
    mark = [Span("  "), Span(f" {wording.SANDBOX} ", "mark", 12, True, True)] if content.is_simulated else []
    about = [*content.summary, *content.said_once, *([content.marks] if content.marks else [])]
    head = [Words([Span(title, size=17, is_bold=True), *mark], 1), words("  ·  ".join(about), "soft")]
    yield Block([*head, *([words(content.prompt, size=13)] if content.prompt else [])])
    for group in content.first(most).groups:
        heads = [Words(column.spans(cell, most=220, size=13), 2) for column, cell in (*group.heads, *group.same)]
        yield Block(heads, [_tile(content, row) for row in group.rows])
    if content.rows and (more := content.count - min(len(content.rows), most)):
        yield Block([words(f"and {more:,} more{', not in this picture' if most < MOST_TILES else ''}", "soft")])


def _tile(content: Content, row: Row) -> Tile:
    media = Media(row.output) if row.output else None
    has_still = media is not None and poster_of(media) is not None
    tone = wording.tone(row.status) if row.error else "calm"
    caption = list(_caption(content, row))
    if row.error and has_still:
        caption.append(words(row.error, "bad"))
    return Tile(media if has_still else None, caption, words(row.error or row.absence, tone, most=8))


def _caption(content: Content, row: Row) -> Iterator[Words]:
    """Number and prompts first, then what else there is to say, in one paragraph."""
    cells = content.cells(row)
    first = [span for column, cell in cells if column.leads for span in column.spans(cell)]
    drawn = [column.spans(cell) for column, cell in cells if not column.leads and not cell.is_empty]
    facts = [span for spans in drawn for span in (Span(" · ", "soft"), *spans)]
    number = Span(f"{row.number}  ", "soft", is_bold=True)
    yield Words([number, *(first or facts[1:])], 4)
    if first:
        yield Words(facts[1:], 4)


__all__ = ["MOST_TILES", "draw_sheet"]
