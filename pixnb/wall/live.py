"""A wall with its player in a notebook: films when they are asked for, marks to the log, other parts when turned to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pixnb.display.films import Films
from pixnb.display.marking import Marked
from pixnb.wall.fragment import write_styled
from pixnb.wall.page import MOUNT, SCRIPTS

if TYPE_CHECKING:
    from pixnb.wall.matrix import Matrix
    from pixnb.wall.wall import Wall


def make_live(wall: Wall) -> Marked:
    """Return a widget that plays a wall.

    Args:
        wall: The wall.
    """
    parts = wall.parts

    def turn(number: int) -> str:
        number = min(max(1, number), len(parts))
        return write_styled(parts[number - 1], "live", page=(number, len(parts)))

    return Marked(
        turn(1),
        SCRIPTS,
        MOUNT,
        Films(list_films(wall.matrix)),
        log=wall.log,
        run_ids=[spot.row.run_id for spot in wall.matrix.spots if spot.row.run_id],
        user=wall.user,
        turn=turn,
    )


def list_films(matrix: Matrix) -> dict[str, Path | None]:
    """Name the files of a wall's cells as its page does."""
    found: dict[str, Path | None] = {source.name: source.path for source in matrix.sources}
    return found | {str(spot.row.number): spot.row.output for spot in matrix.spots}


__all__ = ["list_films", "make_live"]
