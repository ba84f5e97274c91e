"""Runs as a table for a terminal: what varies, what it cost, how long it took."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pixnb.compare.content import Cell, Content, Group, Row, content
from pixnb.compare.prompts import excerpt

if TYPE_CHECKING:
    import pandas as pd

_WIDEST = 46
_ENDS = ("status", "cost", "time", "stars")


def text_table(frame: pd.DataFrame) -> str:
    """Write runs as a table of plain text.

    Args:
        frame: A log's frame, or any with `run_id`, `output_path` or `output_sha256`.

    Returns:
        What is the same for all runs, then a row each with what varies, status, cost and time.

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
    ends = [end for end in _ENDS if end in said.ends]
    heads = ["#", *(column.label for column in said.columns), *ends]
    lines = [(group, [_line(row, ends) for row in group.rows]) for group in said.groups]
    everything = [heads, *(line for _, part in lines for line in part)]
    widths = [max(len(line[i]) for line in everything) for i in range(len(heads))]
    body = [_set(line, widths) for line in (heads, ["─" * width for width in widths])]
    for group, part in lines:
        body += [*_heading(group), *(_set(line, widths) for line in part)]
    return "\n".join([*_above(said), *body])


def _above(said: Content) -> Iterator[str]:
    same = [f"{name} {value}" for name, value in said.same.items()]
    same += [f"{role} {_short(place.rsplit('/', 1)[-1])}" for role, place in said.sources.items()]
    if same:
        yield f"All: {', '.join(same)}"
    if said.prompt:
        yield f"Prompt: {textwrap.shorten(said.prompt, 200, placeholder=' …')}"
    if same or said.prompt:
        yield ""


def _heading(group: Group) -> list[str]:
    return ["", f"{group.label}: {_cell(group.heading)}"] if group.label else []


def _line(row: Row, ends: list[str]) -> list[str]:
    said = {"cost": row.cost, "time": row.time, "status": row.status, "stars": row.stars}
    return [str(row.number), *(_cell(cell) for cell in row.cells), *(said[end] for end in ends)]


def _cell(cell: Cell) -> str:
    if cell.pieces:
        return _short("".join(piece.text for piece in excerpt(cell.pieces, most=_WIDEST, around=1)))
    return _short(cell.said)


def _short(text: str) -> str:
    return textwrap.shorten(text, _WIDEST, placeholder=" …")


def _set(line: list[str], widths: list[int]) -> str:
    return "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()


__all__ = ["text_of", "text_table"]
