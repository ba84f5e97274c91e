"""One HTML file with the clips of a frame in it, to open anywhere or to send."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb import __version__
from pixnb.compare.clips import for_file
from pixnb.compare.content import Content, Row, content
from pixnb.compare.pages import local, nothing, player, summary, template
from pixnb.compare.prompts import excerpt
from pixnb.compare.words import name_of
from pixnb.compare.written import written

if TYPE_CHECKING:
    import pandas as pd


def write_report(frame: pd.DataFrame, path: str | os.PathLike[str], *, title: str = "Runs") -> Path:
    """Write one HTML file that needs nothing else: no network, no folder beside it.

    Args:
        frame: A log's frame; needs `output_path` to show clips.
        path: Where to; ".html" is added when it has no ending.
        title: Its heading.

    Returns:
        The file's absolute path.

    Raises:
        InvalidInput: The frame has no runs in it, or the file cannot be written.
    """
    target = Path(path).expanduser().absolute()
    target = target if target.suffix else target.with_suffix(".html")
    return written(target, render(frame, title=title).encode("utf-8"))


def render(frame: pd.DataFrame, *, title: str) -> str:
    """Return the report's HTML; every text from outside is escaped."""
    said = content(frame)
    return template("report").render(
        title=title,
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        version=__version__,
        content=said,
        summary=summary(said),
        sources=[
            {"role": role, "name": name_of(place), "clip": for_file(local(place))}
            for role, place in said.sources.items()
        ],
        cards=[_card(said, row) for row in said.rows],
        player=player,
        nothing=nothing,
        short=excerpt,
    )


def _card(said: Content, row: Row) -> dict[str, Any]:
    cells = list(zip(said.columns, row.cells, strict=True))
    return {
        "row": row,
        "clip": for_file(row.output),
        "pieces": next((cell.pieces for column, cell in cells if column.name == "prompt"), ()),
        "facts": [(column.label, cell.said) for column, cell in cells if column.name != "prompt" and cell.text != "–"],
    }


__all__ = ["render", "write_report"]
