"""What of a sweep goes to one service: the cells that wait, why they do, and the places in flight."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from pixnb.errors import PixnbError, RateLimited
from pixnb.runs.stops import Streak

if TYPE_CHECKING:
    from pixnb.runs.cells import Cell
    from pixnb.runs.limits import Limits

_PASSING = 6
"""Times in a row that a service may be out of reach before its part pauses."""
_LONGEST = 60.0
"""Seconds to wait at most before the next try, unless the service asks for more."""


class Part:
    """What goes to one service.

    Attributes:
        waiting: Cells to be sent, in order.
        reason: Why it pauses; None while it does not.
    """

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.waiting: deque[Cell] = deque()
        self.reason: str | None = None
        self.streak = Streak()
        self.passing = 0
        self.not_before = 0.0
        self.worker: asyncio.Task[None] | None = None
        self.wake = asyncio.Event()
        self.is_waiting = False

    def resume(self) -> None:
        """Forget why it paused."""
        self.reason, self.passing, self.not_before = None, 0, 0.0
        self.streak.reset()

    def pause(self, reason: str) -> None:
        """Send no more, for one reason, the first."""
        self.reason = self.reason or reason
        self.stop_waiting()

    def stop_waiting(self) -> None:
        """End the wait for a place or for a better moment."""
        self.wake.set()
        if self.is_waiting and self.worker is not None:
            self.worker.cancel()

    def hold(self, error: PixnbError) -> None:
        """Wait before the next try; pause where that did not help often enough."""
        if time.monotonic() < self.not_before:  # one of those that left together
            return
        self.passing += 1
        if self.passing >= _PASSING:
            self.pause(error.message)
        asked = error.retry_after if isinstance(error, RateLimited) else None
        self.not_before = time.monotonic() + max(asked or 0.0, min(2.0 ** (self.passing - 1), _LONGEST))


class Place:
    """A place in flight at a service, given back once."""

    def __init__(self, limits: Limits, provider: str) -> None:
        self._limits, self._provider, self._is_free = limits, provider, False

    def free(self, error: PixnbError | None) -> None:
        """Give it back, unless that was done."""
        if not self._is_free:
            self._is_free = True
            self._limits.release(self._provider, error)


__all__ = ["Part", "Place"]
