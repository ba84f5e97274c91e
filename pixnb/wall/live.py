"""A wall with its player in a notebook: films when they are asked for, marks to the log, and runs as they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pixnb.display.films import Films
from pixnb.display.following import Follower
from pixnb.display.guard import guarded
from pixnb.display.marking import Marked
from pixnb.display.ticker import tick
from pixnb.wall.fragment import name_wall, write_styled
from pixnb.wall.matrix import is_open
from pixnb.wall.page import MOUNT, SCRIPTS
from pixnb.wall.parts import part_matrix

if TYPE_CHECKING:
    from pixnb.display.marking import Marks
    from pixnb.wall.matrix import Matrix


class WallCard(Marked):
    """A widget that plays a wall, a part of it at a time, and follows its runs until all have ended.

    Args:
        parts: What stands where, in one part or several.
        log: What keeps stars, picks and notes.
        user: Who looks at it.
        remake: Makes the matrix anew from what the log has now; None for a wall that stays as it is.
        is_renewed: Whether somebody else calls `renew` when runs begin or end.
    """

    _prepared: Films | None = None

    def __init__(
        self,
        parts: Sequence[Matrix],
        *,
        log: Marks | None = None,
        user: str | None = None,
        remake: Callable[[], Matrix] | None = None,
        is_renewed: bool = False,
    ) -> None:
        self._parts, self._number, self._remake, self._is_renewed = parts, 1, remake, is_renewed
        self._name = name_wall(parts[0])  # for good, so that new runs come into it under the eyes of who plays it
        super().__init__(self._write(1), SCRIPTS, MOUNT, self._list_films(), log=log, run_ids=self._list_runs(),
                         user=user, turn=self._write)  # fmt: skip
        if remake and self._is_followed:
            tick(Follower(self._follow))

    def renew(self, matrix: Matrix) -> None:
        """Show what stands where now; who plays it goes on from there.

        Args:
            matrix: With the runs of before and new ones.
        """
        parts = part_matrix(matrix)
        if parts != self._parts:
            self._parts = parts
            self._show(self._list_films(), self._list_runs(), lambda: self._write(self._number))
            self._prepare()

    def close(self) -> None:
        """Take it off its page, and follow no more."""
        self._remake = None
        super().close()

    def _answer(self, widget: Any, content: Any, buffers: Any) -> None:
        super()._answer(widget, content, buffers)
        self._prepare()

    def _prepare(self) -> None:
        """Once somebody looks at it: who never does needs no previews."""
        if self._is_watching and self._prepared is not self._films:
            self._prepared = self._films
            self._films.prepare()

    def _write(self, number: int) -> str:
        self._number = min(max(1, number), len(self._parts))
        place = (self._number, len(self._parts))
        part, name = self._parts[self._number - 1], f"{self._name}-{self._edition}-{self._number}"
        return write_styled(part, "live", page=place, about={"wall": name}, is_followed=self._is_followed)

    def _list_films(self) -> Films:
        beside = max(len(set(part.files.values()) - {None}) for part in self._parts)
        return Films({name: place for part in self._parts for name, place in part.files.items()}, beside=beside)

    def _list_runs(self) -> list[str]:
        return [spot.row.run_id for part in self._parts for spot in part.spots if spot.row.run_id]

    @property
    def _is_followed(self) -> bool:
        return (self._remake is not None or self._is_renewed) and any(is_open(part) for part in self._parts)

    def _follow(self) -> bool:
        if remake := self._remake:
            guarded(lambda: self.renew(remake()), self.say)()
        return self._remake is not None and self._is_followed


__all__ = ["WallCard"]
