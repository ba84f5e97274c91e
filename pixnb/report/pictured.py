"""The wall and the table of a report, and the files that their cells show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import html
from pixnb.compare.pages import SCRIPTS, films_of, local, write_table
from pixnb.display import wording
from pixnb.votes.page import SCRIPTS as JUDGE_SCRIPTS
from pixnb.wall import page
from pixnb.wall.fragment import write_wall
from pixnb.wall.matrix import Matrix, lay_matrix
from pixnb.wall.parts import part_matrix

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from pixnb.compare.content import Content

_ROLES = ("input.video", "input.image", "input.end_image", "input.audio", "input.reference")


@dataclass(frozen=True)
class Pictured:
    """The pictures of a report.

    Attributes:
        wall: As HTML; of many runs several, of which the page shows one.
        table: As HTML.
        style: The style sheets of the wall and the judge; the table brings its own.
        scripts: What makes them alive.
        places: The file of each cell, by the name that the page has for it.
        sources: By the number of a run, the names of what it was made from.
    """

    wall: Markup
    table: Markup
    style: str
    scripts: tuple[str, ...]
    places: Mapping[str, Path | None]
    sources: Mapping[str, Sequence[str]]


def picture(frame: pd.DataFrame, said: Content, *, title: str) -> Pictured:
    """Draw the wall and the table of a frame.

    Args:
        frame: A log's frame, or any other.
        said: What the table says of it.
        title: The report's heading.
    """
    from markupsafe import Markup

    matrix = lay_matrix(frame, title=title)
    parts = part_matrix(matrix)
    walls = [write_wall(part, page=(number, len(parts))) for number, part in enumerate(parts, 1)]
    table = write_table(said) if said.rows else ""
    across = len(matrix.columns) + len({source.role for source in matrix.beside})
    places = {
        **films_of(said),
        **{source.name: source.path for source in matrix.sources},
        **{str(spot.row.number): spot.row.output for spot in matrix.spots},
    }
    sources, others = _find_sources(frame, said, matrix)
    return Pictured(
        Markup(html.tag("div", "".join(walls), class_="report-walls", style=f"--across:{across}")),  # noqa: S704
        Markup(table),  # noqa: S704
        " ".join(map(html.css, ("wall", "cells", "judge"))),
        tuple(dict.fromkeys((*page.SCRIPTS, *SCRIPTS, *JUDGE_SCRIPTS))),
        {**places, **others},
        sources,
    )


def _find_sources(
    frame: pd.DataFrame, said: Content, matrix: Matrix
) -> tuple[dict[str, list[str]], dict[str, Path | None]]:
    """Name what each run was made from, as the wall does where it shows it."""
    roles = [role for role in _ROLES if role in frame]
    if "run_id" not in frame or not roles:
        return {}, {}
    names = {source.place: source.name for source in matrix.sources}
    others: dict[str, Path | None] = {}
    given = {str(one["run_id"]): one for one in frame[["run_id", *roles]].to_dict("records")}
    found: dict[str, list[str]] = {}
    for row in said.rows:
        record = given.get(row.run_id, {})
        for place in (str(record[role]) for role in roles if wording.is_given(record.get(role))):
            if place not in names:
                names[place] = f"given-{len(others) + 1}"
                others[names[place]] = local(place)
            found.setdefault(str(row.number), []).append(names[place])
    return found, others


__all__ = ["Pictured", "picture"]
