"""One clock for all live cards: a second's tick on pixnb's own loop while anything runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

from pixnb.http.loop import LoopThread, background
from pixnb.terminal import get_logger

logger = get_logger(__name__)

PERIOD = 1.0
"""Seconds between two ticks."""

_ticking: set[Callable[[], bool]] = set()
_clock: tuple[LoopThread, Future[None]] | None = None


def tick(callback: Callable[[], bool]) -> None:
    """Have a callback called each second on pixnb's thread until it returns False.

    Args:
        callback: Quick; True while it wants to be called again.
    """
    global _clock
    _ticking.add(callback)
    thread = background()
    if _clock is None or _clock[0] is not thread or _clock[1].done():
        _clock = thread, thread.start(_run())


async def _run() -> None:
    while _ticking:
        await asyncio.sleep(PERIOD)
        for callback in list(_ticking):
            if not _again(callback):
                _ticking.discard(callback)


def _again(callback: Callable[[], bool]) -> bool:
    try:
        return callback()
    except Exception as error:
        if "after shutdown" not in str(error) and "after interpreter shutdown" not in str(error):  # Python's own end
            logger.exception("a live card could not be brought up to date")
        return False


__all__ = ["PERIOD", "tick"]
