"""Runs as a table for a terminal: what varies, what it cost, how long it took."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pixnb.compare.content import Content, Group, content

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


def text_of(said: Content) -> str:
    """Write a comparison as a table of plain text."""
    if not said.rows:
        return "No runs yet."
    heads = ["#", *(column.title for column in said.columns)]
    lines = [
        (group, [[str(row.number), *(_cut(c.line(cell)) for c, cell in said.cells(row))] for row in group.rows])
        for group in said.groups
    ]
    everything = [heads, *(line for _, part in lines for line in part)]
    widths = [max(len(line[i]) for line in everything) for i in range(len(heads))]
    sides = ["left", *(column.align for column in said.columns)]
    body = [_set(line, widths, sides) for line in (heads, ["─" * width for width in widths])]
    for group, part in lines:
        body += [*_heading(group), *(_set(line, widths, sides) for line in part)]
    return "\n".join([*_above(said), *body])


def _above(said: Content) -> Iterator[str]:
    if said.said_once:
        yield f"All: {', '.join(said.said_once)}"
    if said.prompt:
        yield f"Prompt: {textwrap.shorten(said.prompt, 200, placeholder=' …')}"
    if said.said_once or said.prompt:
        yield ""


def _heading(group: Group) -> list[str]:
    said = ", ".join(f"{column.title}: {_cut(column.line(cell))}" for column, cell in group.heads)
    return ["", said] if said else []


def _cut(text: str) -> str:
    return textwrap.shorten(text, _WIDEST, placeholder=" …")


def _set(line: list[str], widths: list[int], sides: list[str]) -> str:
    parts = zip(line, widths, sides, strict=True)
    return "  ".join(text.rjust(w) if side == "right" else text.ljust(w) for text, w, side in parts).rstrip()


__all__ = ["text_of", "text_table"]
