"""A wall with its player in a notebook: films when they are asked for, marks to the log, and runs as they end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from pixnb.display.films import Films
from pixnb.display.guard import guarded
from pixnb.display.marking import Marked
from pixnb.display.ticker import tick_held
from pixnb.wall.fragment import write_styled
from pixnb.wall.matrix import is_open
from pixnb.wall.page import MOUNT, SCRIPTS
from pixnb.wall.parts import part_matrix

if TYPE_CHECKING:
    from pixnb.display.marking import Marks
    from pixnb.wall.matrix import Matrix

_REST = 10  # times what a look at the log took, before the next


class WallCard(Marked):
    """A widget that plays a wall, a part of it at a time, and follows its runs until all have ended.

    Args:
        parts: What stands where, in one part or several.
        log: What keeps stars, picks and notes.
        user: Who looks at it.
        remake: Makes the matrix anew from what the log has now; None for a wall that stays as it is.
    """

    def __init__(
        self,
        parts: Sequence[Matrix],
        *,
        log: Marks | None = None,
        user: str | None = None,
        remake: Callable[[], Matrix] | None = None,
    ) -> None:
        self._parts, self._number, self._remake = parts, 1, remake
        self._is_looking, self._next = False, 0.0
        runs = [spot.row.run_id for part in parts for spot in part.spots if spot.row.run_id]
        super().__init__(self._write(1), SCRIPTS, MOUNT, self._list_films(), log=log, run_ids=runs, user=user,
                         turn=self._write)  # fmt: skip
        if self._is_followed:
            tick_held(self.follow)

    def _write(self, number: int) -> str:
        self._number = min(max(1, number), len(self._parts))
        place = (self._number, len(self._parts))
        part = self._parts[self._number - 1]
        return write_styled(part, "live", page=place, is_followed=self._is_followed)

    def _list_films(self) -> Films:
        return Films({name: place for part in self._parts for name, place in part.files.items()}, is_light=True)

    @property
    def _is_followed(self) -> bool:
        return self._remake is not None and any(is_open(part) for part in self._parts)

    def follow(self) -> bool:
        """Have a look at the log begun on a thread, unless one goes on; False when there is nothing to wait for."""
        if not self._is_followed:
            return False
        if not self._is_looking and time.monotonic() >= self._next:
            self._is_looking = True
            _following().submit(guarded(self._look, self.say))
        return True

    def close(self) -> None:
        """Take it off its page, and follow no more."""
        self._remake = None
        super().close()

    def _look(self) -> None:
        began = time.monotonic()
        try:
            remake = self._remake
            parts = part_matrix(remake()) if remake else self._parts
            if parts != self._parts:
                self._parts = parts
                self._films = self._list_films()
                self._take([spot.row.run_id for part in parts for spot in part.spots if spot.row.run_id])
                self.page = self._write(self._number)
        finally:
            self._is_looking = False
            self._next = time.monotonic() + _REST * (time.monotonic() - began)


@cache
def _following() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="pixnb-walls")


__all__ = ["WallCard"]
