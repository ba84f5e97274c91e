"""Work that follows changes: begun at once on a thread of its own, and done again when the last is old enough."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pixnb.display.guard import guarded


class Throttle:
    """Does a piece of work whenever something has changed, but not more often than every so many seconds.

    Args:
        work: Takes its time; never runs twice at once, and once after the last change.
        period: Seconds from the end of one to the beginning of the next, at least.
        say: Is told what went wrong, or "" before each time.

    Example:
        >>> done = threading.Event()
        >>> Throttle(done.set, period=0.1)()
        >>> done.wait(5)
        True
    """

    def __init__(
        self, work: Callable[[], object], *, period: float, say: Callable[[str], object] | None = None
    ) -> None:
        self._work = guarded(work, say or (lambda _: None))
        self._period = period
        self._lock = threading.Lock()
        self._is_working = self._is_changed = False

    def __call__(self, *_: object) -> None:
        """Note a change; returns at once, from any thread."""
        with self._lock:
            self._is_changed = True
            starts, self._is_working = not self._is_working, True
        if starts:
            threading.Thread(target=self._run, daemon=True, name="pixnb-throttle").start()

    def _run(self) -> None:
        while True:
            with self._lock:
                self._is_working, self._is_changed = self._is_changed, False
                if not self._is_working:
                    return
            self._work()
            time.sleep(self._period)


__all__ = ["Throttle"]
