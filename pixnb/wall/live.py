"""A wall with its player in a notebook: films when they are asked for, marks to the log, other parts when turned to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pixnb.display.films import Films
from pixnb.display.marking import Marked
from pixnb.wall.fragment import write_styled
from pixnb.wall.page import MOUNT, SCRIPTS

if TYPE_CHECKING:
    from pixnb.display.marking import Marks
    from pixnb.wall.matrix import Matrix


def make_live(parts: Sequence[Matrix], *, log: Marks | None = None, user: str | None = None) -> Marked:
    """Return a widget that plays a wall, a part of it at a time.

    Args:
        parts: What stands where, in one part or several.
        log: What keeps stars, picks and notes.
        user: Who looks at it.
    """

    def turn(number: int) -> str:
        number = min(max(1, number), len(parts))
        return write_styled(parts[number - 1], "live", page=(number, len(parts)))

    files = {name: place for part in parts for name, place in part.files.items()}
    ids = [spot.row.run_id for part in parts for spot in part.spots if spot.row.run_id]
    return Marked(turn(1), SCRIPTS, MOUNT, Films(files, is_light=True), log=log, run_ids=ids, user=user, turn=turn)


__all__ = ["make_live"]
