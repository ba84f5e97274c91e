"""Who looks on at a sweep: listeners that hear of changes twice a second at most, and a bar in a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from pixnb.terminal import get_logger, is_terminal

logger = get_logger(__name__)
_PAUSE = 0.5
"""Seconds between two calls."""


Listener = Callable[[Any], object]


class Watched(Protocol):
    """What a bar shows."""

    @property
    def ended(self) -> int:
        """How many are over."""

    @property
    def spent(self) -> object:
        """What they have cost."""

    def __len__(self) -> int:
        """How many there are."""

    def listen(self, listener: Listener) -> None:
        """Call a listener from now on."""

    def ignore(self, listener: Listener) -> None:
        """Call it no more."""


class Telling:
    """Tells listeners of changes.

    Args:
        subject: What changes; listeners are called with it.
    """

    def __init__(self, subject: object) -> None:
        self._subject = subject
        self._listeners: list[Listener] = []
        self._at_end: list[Listener] = []
        self._timer: asyncio.TimerHandle | None = None
        self._last = 0.0

    def add(self, listener: Listener, at_end: Listener | None = None) -> None:
        """Tell this one too, from now on; another one when `finish` is called."""
        self._listeners.append(listener)
        self._at_end += [at_end] if at_end else []

    def remove(self, listener: Listener) -> None:
        """Tell this one no more."""
        self._listeners.remove(listener)

    def tell(self) -> None:
        """Tell of a change, now or when the pause is over; on the loop."""
        if self._timer is None and self._listeners:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, self._last + _PAUSE - loop.time()), self._call)

    def finish(self) -> None:
        """Tell whom an end concerns, on the thread of who has waited for it."""
        self._call_all(self._at_end)

    def _call(self) -> None:
        self._timer, self._last = None, asyncio.get_running_loop().time()
        self._call_all(self._listeners)

    def _call_all(self, listeners: list[Listener]) -> None:
        for listener in list(listeners):
            try:
                listener(self._subject)
            except Exception:
                logger.exception("a listener failed")


@contextlib.contextmanager
def show_bar(sweep: Watched) -> Iterator[None]:
    """Show a bar while a sweep is waited for, in a terminal only."""
    if not is_terminal(sys.stderr):
        yield
        return
    from tqdm import tqdm

    with tqdm(total=len(sweep), unit="run", file=sys.stderr) as bar:

        def update(_: Watched) -> None:
            bar.n = min(sweep.ended, len(sweep))
            bar.set_postfix_str(f"{sweep.spent} spent", refresh=False)
            bar.refresh()

        update(sweep)
        sweep.listen(update)
        try:
            yield
        finally:
            update(sweep)
            sweep.ignore(update)


__all__ = ["Listener", "Telling", "show_bar"]
