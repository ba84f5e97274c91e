"""A wall as a web page that needs nothing else: its clips, as they are or as previews, and the player are in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import html
from pixnb.display.films import find_film
from pixnb.display.host import Host
from pixnb.display.scripts import write_script
from pixnb.wall.fragment import write_styled

if TYPE_CHECKING:
    from pixnb.display.marking import Marks
    from pixnb.wall.matrix import Matrix

SCRIPTS = ("dom", "clock", "screens", "stage", "pair", "bar", "keys", "cells", "marks", "keep", "votes", "wall")
"""The files of the player."""

MOUNT = "mountWall"
"""What makes a wall alive."""


def write_page(matrix: Matrix, log: Marks | None = None) -> str:
    """Return a wall as a page of its own, which plays without a network.

    Args:
        matrix: What stands where.
        log: What has its runs' marks; what its reader changes in them stays in the browser, and can be handed back.
    """
    body = write_styled(matrix, "page", films=dict(_embed(matrix)), at=_NOWHERE)
    scripts = [*SCRIPTS, "choices"] if log else SCRIPTS
    script = write_script(scripts, f'{MOUNT}(document.querySelector(".pixnb-wall"), {_host(matrix, log)});')
    return html.document(matrix.title, f"<main>{body}</main>\n{script}", padding="20px 24px")


def _host(matrix: Matrix, log: Marks | None) -> str:
    """Return JavaScript that gives what keeps the marks."""
    if log is None:
        return '{ keeps: "page" }'
    runs = {spot.row.run_id: spot.row.number for spot in matrix.spots if spot.row.run_id}
    marks, about = log.marks(runs), log.name_page(runs)
    listed = [{"run": run, "n": number, "marks": marks.get(run, {})} for run, number in runs.items()]
    data = json.dumps({**about, "title": matrix.title, "runs": listed}).replace("<", r"\u003c")
    return f'openChoices({data}, {{ keeps: "page", isKept: true, about: {json.dumps(about)} }})'


def _embed(matrix: Matrix) -> Iterator[tuple[str, str]]:
    places = list(dict.fromkeys(matrix.files.values()))
    with ThreadPoolExecutor(2) as pool:  # a preview is made on two cores by itself
        films = dict(zip(places, pool.map(_address, places), strict=True))
    yield from ((name, url) for name, place in matrix.files.items() if (url := films[place]))


def _address(place: Path | None) -> str | None:
    film = find_film(place, at=_NOWHERE)
    return html.data_uri(film.media_type, film.data) if film.data is not None else None


_NOWHERE = Host("plain")

__all__ = ["MOUNT", "SCRIPTS", "write_page"]
