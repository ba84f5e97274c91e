"""How many jobs of a sweep are in flight at a service: a constant, for now."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Protocol

from pixnb.errors import PixnbError

AT_ONCE = 4


class Limits(Protocol):
    """What lets a sweep send; on the loop."""

    async def acquire(self, provider: str) -> None:
        """Wait until a job may be sent."""

    def release(self, provider: str, error: PixnbError | None) -> None:
        """Note that a job is over at its service, and how it went."""


class ConstantCap:
    """Lets so many jobs at once be in flight at each service."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))

    async def acquire(self, provider: str) -> None:
        """Wait for a place."""
        await self._places[provider].acquire()

    def release(self, provider: str, error: PixnbError | None) -> None:
        """Give a place back."""
        self._places[provider].release()


__all__ = ["AT_ONCE", "ConstantCap", "Limits"]
