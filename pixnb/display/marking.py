"""A page whose marks are a log's: what a person says in it is kept there, what is said elsewhere is seen in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from pixnb.display.enhanced import Enhanced, Mark
from pixnb.display.films import Films


class Marks(Protocol):
    """What such a page asks of a log."""

    @property
    def mark(self) -> Callable[..., None]:
        """Keeps a mark of a run."""

    def marks(self, run_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Give the marks of runs."""

    def follow_marks(self, method: Callable[[set[str]], object]) -> None:
        """Have a bound method told of runs whose marks changed."""


class Marked(Enhanced):
    """An `Enhanced` page of runs in a log.

    Args:
        page: As for `Enhanced`, and so `scripts`, `mount`, `films` and `more`.
        log: What keeps the marks; None for a page that keeps them itself.
        run_ids: The runs in the page.
        user: Who looks at it.
    """

    _edition = 0  # part of the page's name, by which its script knows that cells are called as before

    def __init__(
        self,
        page: str,
        scripts: Sequence[str],
        mount: str,
        films: Films,
        *,
        log: Marks | None,
        run_ids: Iterable[str],
        user: str | None = None,
        **more: Any,
    ) -> None:
        self._log, self._user = log, user
        self._run_ids = frozenset(run_ids)
        marks: Mapping[str, Any] = log.marks(self._run_ids) if log else {}
        super().__init__(page, scripts, mount, films, marks=marks, on_mark=self._keep if log else None, **more)
        if log:
            log.follow_marks(self._hear)

    def _show(self, films: Films, run_ids: Iterable[str], write: Callable[[], str]) -> None:
        """Have another page; who watches the one before is not disturbed where its films are those of before."""
        if not films.have_all_of(self._films):
            self._edition += 1
        self._films = films
        self._take(run_ids)
        self.page = write()

    def _take(self, run_ids: Iterable[str]) -> None:
        """Have other runs in the page."""
        new = frozenset(run_ids) - self._run_ids
        self._run_ids |= new
        if self._log is not None and new:
            self.marks = {**self.marks, **self._log.marks(new)}

    def _keep(self, mark: Mark) -> None:
        assert self._log is not None
        moment = {"at": mark.at} if mark.what == "note" else {}
        self._log.mark(mark.run_id, **{mark.what: mark.value}, **moment, user=self._user)

    def _hear(self, changed: set[str]) -> None:
        if self._log is not None and (mine := changed & self._run_ids):
            self.marks = {**self.marks, **self._log.marks(mine)}


__all__ = ["Marked", "Marks"]
