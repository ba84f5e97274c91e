"""Runs as a table for a terminal: what varies, what it cost, how long it took."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pixnb.compare.content import Content, Group, content
from pixnb.compare.segments import find_words

if TYPE_CHECKING:
    import pandas as pd

_WIDEST = 46


def text_table(frame: pd.DataFrame) -> str:
    """Write runs as a table of plain text.

    Args:
        frame: A log's frame, or any with `run_id`, `output_path` or `output_sha256`.

    Returns:
        What is the same for all runs, then a row each with what varies, what it cost and how it ended.

    Example:
        >>> import pandas as pd
        >>> runs = {"run_id": ["a", "b"], "prompt": ["A lake", "A sea"], "status": ["COMPLETED", "QUEUED"]}
        >>> print(text_table(pd.DataFrame(runs)))
        #  prompt  status
        ─  ──────  ─────────
        1  A lake  COMPLETED
        2  A sea   QUEUED
    """
    return text_of(content(frame))


def text_of(said: Content, *, most: int | None = None) -> str:
    """Write a comparison as a table of plain text.

    Args:
        said: What it says.
        most: Rows that are written; None for all.
    """
    if not said.rows:
        return "No runs yet."
    if most is not None and (left_out := len(said.rows) - most) > 0:
        return f"{text_of(said.first(most))}\n… and {left_out:,} more: table.text() has them all"
    heads = ["#", *(column.title for column in said.columns)]
    lines = [
        (group, [[str(row.number), *(cut(c.line(cell)) for c, cell in said.cells(row))] for row in group.rows])
        for group in said.groups
    ]
    everything = [heads, *(line for _, part in lines for line in part)]
    widths = [max(width_of(line[i]) for line in everything) for i in range(len(heads))]
    sides = ["left", *(column.align for column in said.columns)]
    body = [_set(line, widths, sides) for line in (heads, ["─" * width for width in widths])]
    for group, part in lines:
        body += [*_heading(group), *(_set(line, widths, sides) for line in part)]
    return "\n".join([*_above(said), *body])


def _above(said: Content) -> Iterator[str]:
    if said.said_once:
        yield f"All: {', '.join(said.said_once)}"
    if said.prompt:
        yield f"Prompt: {cut(said.prompt, 200)}"
    if said.said_once or said.prompt:
        yield ""


def _heading(group: Group) -> list[str]:
    said = [f"{column.title}: {cut(column.line(cell))}" for column, cell in (*group.heads, *group.same)]
    return ["", " · ".join(said)] if said else []


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for a Chinese sign or an emoji, none for an accent.

    Example:
        >>> width_of("lake"), width_of("湖の夜"), width_of("👩‍🚀")
        (4, 6, 2)
    """
    if text.isascii():
        return len(text)
    import wcwidth

    return max(0, wcwidth.width(text))


def pad(text: str, width: int, side: str) -> str:
    """Set a text to the left or right of so many columns."""
    blank = " " * (width - width_of(text))
    return blank + text if side == "right" else text + blank


def cut(text: str, most: int = _WIDEST) -> str:
    """Cut a text at a word, or within a script without blanks at a sign."""
    text = " ".join(text.split())
    if width_of(text) <= most:
        return text
    fits = [end for _, end in find_words(text) if width_of(text[:end]) <= most - 2]
    return text[: max(fits, default=0)].rstrip() + " …"


def _set(line: list[str], widths: list[int], sides: list[str]) -> str:
    return "  ".join(pad(text, w, side) for text, w, side in zip(line, widths, sides, strict=True)).rstrip()


__all__ = ["cut", "pad", "text_of", "text_table", "width_of"]
