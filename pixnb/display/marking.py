"""A page whose marks are a log's: what a person says in it is kept there, what is said elsewhere is seen in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from pixnb.display.enhanced import Enhanced, Mark
from pixnb.display.films import Films
from pixnb.display.following import Follower
from pixnb.display.ticker import tick
from pixnb.errors import PixnbError

_LONGEST = 600  # seconds for which a page may say that somebody looks at it: it says so again


class Marks(Protocol):
    """What such a page asks of a log."""

    @property
    def mark(self) -> Callable[..., None]:
        """Keeps a mark of a run."""

    def marks(self, run_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Give the marks of runs."""

    def follow_marks(self, method: Callable[[set[str]], object]) -> None:
        """Have a bound method told of runs whose marks changed."""

    def name_page(self, run_ids: Iterable[str]) -> dict[str, str]:
        """Give what a page of some runs writes into the files that it hands back."""

    def find_marked(self, since: int | None) -> tuple[int, set[str]]:
        """Find the runs whose marks changed after an event, and the last event's number."""


class Marked(Enhanced):
    """An `Enhanced` page of runs in a log.

    What is marked in this process is seen at once, what is marked in others within seconds while somebody looks.

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
        self._hearing = threading.Lock()
        self._lookers: dict[str, float] = {}  # pages that show it, and until when somebody looks at each
        self._was_looked_at = self._is_watching = False
        self._last = log.find_marked(None)[0] if log else None
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
            with self._hearing:
                self.marks = {**self.marks, **self._log.marks(mine)}

    def _answer(self, widget: Any, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict) or "looks" not in content:
            return super()._answer(widget, content, buffers)
        seconds, who, now = content["looks"], str(content.get("who", ""))[:64], time.monotonic()
        others = {page: until for page, until in self._lookers.items() if until > now and page != who}
        looks = self._log is not None and type(seconds) in (int, float) and 0 < seconds <= _LONGEST
        self._lookers = {**others, who: now + seconds} if looks else others
        if looks and not self._is_watching:
            self._was_looked_at = self._is_watching = True
            tick(Follower(self._look_for_marks))
        return None

    @property
    def is_looked_at(self) -> bool:
        """Whether a page says that somebody looks at it."""
        return any(until > time.monotonic() for until in self._lookers.values())

    @property
    def is_forgotten(self) -> bool:
        """Whether somebody has looked at it, and nobody does any more: its page is hidden, closed or another one's."""
        return self._was_looked_at and not self.is_looked_at

    def _look_for_marks(self) -> bool:
        """See what was marked elsewhere; False when nobody looks at the page any more."""
        self._is_watching = self.is_looked_at
        if self._is_watching and self._log is not None:
            try:
                last, changed = self._log.find_marked(self._last)
                self._hear(changed)
                self._last = last
            except PixnbError:  # closed, or its file is gone: who marks a run is told so
                self._lookers = {}
        return self._is_watching

    def close(self) -> None:
        """Take it off its page, and look no more."""
        self._lookers = {}
        super().close()


__all__ = ["Marked", "Marks"]
