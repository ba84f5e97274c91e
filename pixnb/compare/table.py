"""Runs as a table for a terminal: what varies, what it cost, how long it took."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb.compare import figures
from pixnb.compare.varying import constant, varying

if TYPE_CHECKING:
    import pandas as pd

_WIDEST = 46


def text_table(frame: pd.DataFrame) -> str:
    """Write runs as a table of plain text.

    Args:
        frame: A log's frame.

    Returns:
        What is the same for all runs, then a row each with what varies, status, cost and time.

    Example:
        >>> import pandas as pd
        >>> print(text_table(pd.DataFrame({"prompt": ["A lake", "A sea"], "status": ["COMPLETED", "QUEUED"]})))
        prompt  status     cost           time
        ──────  ─────────  ─────────────  ────
        A lake  COMPLETED  price unknown  –
        A sea   QUEUED     price unknown  –
    """
    if frame.empty:
        return "No runs yet."
    columns = varying(frame) or [name for name in ("prompt",) if name in frame]
    heads = [*(name.removeprefix("params.").removeprefix("vars.") for name in columns), "status", "cost", "time"]
    rows = [_row(row, columns) for row in frame.to_dict("records")]
    widths = [max(len(line[i]) for line in (heads, *rows)) for i in range(len(heads))]
    lines = [heads, ["─" * width for width in widths], *rows]
    body = "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)
    same = ", ".join(f"{name.removeprefix('params.')} {_cell(value)}" for name, value in _same(frame).items())
    return f"All: {same}\n\n{body}" if same else body


def _same(frame: pd.DataFrame) -> dict[str, Any]:
    left_out = ("provider", "task", "take", "prompt")
    return {name: value for name, value in constant(frame).items() if name not in left_out}


def _row(row: Mapping[Any, Any], columns: list[str]) -> list[str]:
    status = str(row.get("status", ""))
    return [*(_cell(row[name]) for name in columns), status, figures.cost(row), figures.seconds(row)]


def _cell(value: Any) -> str:
    if not figures.is_given(value):
        return "–"
    text = Path(value).name if isinstance(value, str) and value.startswith("/") else str(value)
    return textwrap.shorten(text, _WIDEST, placeholder=" …")


__all__ = ["text_table"]
