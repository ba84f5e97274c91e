"""The table alive in a notebook: sorted, filtered and starred there, its clips played where they are."""

from __future__ import annotations

from pixnb.compare.content import Content
from pixnb.compare.pages import MOUNT, SCRIPTS, films_of, name_table, write_table
from pixnb.display.films import Films
from pixnb.display.marking import Marked, Marks


class TableCard(Marked):
    """A widget of a table.

    Args:
        said: What it says.
        title: Its heading.
        density: "compact" or "roomy"; None for what fits.
        log: What keeps its stars; None for its page.
        user: Who gives them.
        is_renewed: Whether somebody calls `renew` when runs begin or end.
    """

    def __init__(
        self,
        said: Content,
        title: str,
        *,
        density: str | None = None,
        log: Marks | None = None,
        user: str | None = None,
        is_renewed: bool = False,
    ) -> None:
        self._said, self._title, self._density, self._is_renewed = said, title, density, is_renewed
        self._name = name_table(said)
        super().__init__(self._write(), SCRIPTS, MOUNT, Films(films_of(said)), log=log, run_ids=_runs(said), user=user)

    def renew(self, said: Content) -> None:
        """Show what it says now, sorted and filtered as it is."""
        if said != self._said:
            self._said = said
            self._show(Films(films_of(said)), _runs(said), self._write)

    def _write(self) -> str:
        name = f"{self._name}-{self._edition}"
        return write_table(self._said, self._title, density=self._density, name=name, is_renewed=self._is_renewed)


def _runs(said: Content) -> list[str]:
    return [row.run_id for row in said.rows if row.run_id]


__all__ = ["TableCard"]
