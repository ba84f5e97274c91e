"""One HTML file with the clips of a frame in it, to open anywhere or to send."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from pixnb._version import __version__
from pixnb.compare.clips import for_file
from pixnb.compare.content import content
from pixnb.compare.files import target_of, write_whole
from pixnb.compare.pages import local, template
from pixnb.compare.rows import write_figure
from pixnb.compare.words import name_of
from pixnb.display import wording

if TYPE_CHECKING:
    import pandas as pd


def write_report(
    frame: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    title: str = "Runs",
    columns: str | Sequence[str] | None = None,
) -> Path:
    """Write one HTML file that needs nothing else: no network, no folder beside it.

    Args:
        frame: A log's frame; needs `output_path` to show clips.
        path: Where to; ".html" is added when it has no ending.
        title: Its heading.
        columns: What is said of each run, as `compare` takes it.

    Returns:
        The file's absolute path.

    Raises:
        InvalidInput: The frame lacks what it needs, there is no such column, or the file cannot be written.
    """
    return write_whole(target_of(path, ".html"), render(frame, title=title, columns=columns).encode("utf-8"))


def render(frame: pd.DataFrame, *, title: str, columns: str | Sequence[str] | None = None) -> str:
    """Return the report's HTML; every text from outside is escaped."""
    said = content(frame, columns=columns)
    return template("report").render(
        title=wording.legible(title),
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        version=__version__,
        content=said,
        sandbox=f"{wording.SANDBOX}: {wording.SANDBOX_MEANS}",
        inputs=[
            {"role": role, "name": name_of(place), "clip": for_file(local(place))}
            for role, place in said.inputs.items()
        ],
        cards=[{"row": row, "clip": for_file(row.output), "cells": said.cells(row)} for row in said.rows],
        player=lambda clip, label: Markup(write_figure(clip, label, name=label, plays=True)),  # noqa: S704
        tone=wording.tone,
    )


__all__ = ["render", "write_report"]
