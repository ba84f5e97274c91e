"""The pause between two polls, which a webhook may cut short."""

from __future__ import annotations

import asyncio


class Rest:
    """Sleeps until the time is up or somebody nudges; everything here runs on the loop's thread.

    Example:
        >>> async def main():
        ...     rest = Rest()
        ...     rest.nudge()
        ...     await rest.sleep(3600.0)
        >>> asyncio.run(main())
    """

    def __init__(self) -> None:
        self._sleep: asyncio.Future[None] | None = None
        self._is_nudged = False

    async def sleep(self, seconds: float) -> None:
        """Sleep; not at all where somebody nudged since the last time."""
        if not self._is_nudged:
            loop = asyncio.get_running_loop()
            self._sleep = sleep = loop.create_future()
            alarm = loop.call_later(seconds, _wake, sleep)
            try:
                await sleep
            finally:
                alarm.cancel()
                self._sleep = None
        self._is_nudged = False

    def nudge(self) -> None:
        """End the sleep that is under way, else the next one."""
        self._is_nudged = True
        if self._sleep is not None:
            _wake(self._sleep)


def _wake(sleep: asyncio.Future[None]) -> None:
    if not sleep.done():
        sleep.set_result(None)


__all__ = ["Rest"]
