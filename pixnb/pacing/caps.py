"""How many jobs each service is given at once: learned from it, more while jobs go well, half at a 429."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable

from pixnb.http import httpx
from pixnb.wire.allowance import read_allowance

FIRST, MOST = 4, 16
_REST = 1.0  # seconds after a 429 that does not say how long


class Cap:
    """How many jobs of sweeps may be in flight at one service; for the loop's thread.

    It begins at 4. As long as the service never said that it was too much, each job that went well makes it one more;
    after that, as many jobs as it is large do. Only a cap that is made use of grows.

    Args:
        clock: Gives the seconds of a clock that never goes back.

    Attributes:
        taken: Places that are taken.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._size = float(FIRST)
        self._was_cut = float("-inf")
        self._not_before = 0.0
        self._left: int | None = None
        self._resets = 0.0
        self._freed: asyncio.Event | None = None
        self._accepted = 0
        self.taken = 0

    @property
    def size(self) -> int:
        """How many may be in flight."""
        return int(self._size)

    @property
    def rest(self) -> float:
        """Seconds before which the service asks for no more submits; 0 where it does not."""
        now = self._clock()
        if self._left is not None and now >= self._resets:
            self._left = None
        asked = self._resets if self._left == 0 else 0.0
        return max(0.0, self._not_before - now, asked - now)

    async def take(self) -> None:
        """Wait for a place, and for what the service asks for."""
        while (rest := self.rest) or self.taken >= self.size:
            self._freed = self._freed or asyncio.Event()
            self._freed.clear()
            # a rest may become longer meanwhile, and a place free
            try:
                async with asyncio.timeout(rest or None):
                    await self._freed.wait()
            except TimeoutError:
                pass
        self.taken += 1
        if self._left:
            self._left -= 1

    def free(self, *, is_good: bool = False) -> None:
        """Give a place back.

        Args:
            is_good: Whether the job that had it went well.
        """
        if is_good and self._accepted:
            self._accepted -= 1
            if self.taken >= self.size:
                grown = 1.0 if self._was_cut == float("-inf") else 1 / self._size
                self._size = min(float(MOST), self._size + grown)
        self.taken -= 1
        self._wake()

    def hear(self, response: httpx.Response, sent_at: float, *, is_submit: bool = True) -> None:
        """Take in what a service answered.

        Args:
            response: The answer.
            sent_at: When the question left, by the clock: of many that left together only one 429 halves.
            is_submit: Whether it answers a submit: without one that was accepted no place can go well.
        """
        now, allowance = self._clock(), read_allowance(response)
        if response.status_code == 429:
            if sent_at > self._was_cut:
                self._size, self._was_cut = max(1.0, self._size // 2), now
            self._not_before = max(self._not_before, now + (_REST if allowance.wait is None else allowance.wait))
        elif allowance.wait is not None and not response.is_success:
            self._not_before = max(self._not_before, now + allowance.wait)
        elif response.is_success and is_submit:
            self._accepted += 1
        if allowance.left is not None and allowance.resets is not None:
            self._left, self._resets = allowance.left, now + allowance.resets
        self._wake()

    def _wake(self) -> None:
        if self._freed is not None:
            self._freed.set()


class Caps:
    """The caps of an engine, by service."""

    def __init__(self) -> None:
        self._caps: dict[str, Cap] = defaultdict(Cap)

    def of(self, provider: str) -> Cap:
        """Return a service's cap."""
        return self._caps[provider]


__all__ = ["FIRST", "MOST", "Cap", "Caps"]
