"""Waiting that counts the time in which this process ran: a closed laptop is no reason to give up."""

from __future__ import annotations

import time


class Awake:
    """Counts what was waited; of a sleep that took far longer than asked for, because all stood still, a second.

    Attributes:
        seconds: Waited so far.

    Example:
        >>> waited = Awake()
        >>> waited.sleep(0.01)
        >>> 0.01 <= waited.seconds < 1.1
        True
    """

    def __init__(self) -> None:
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        """Sleep, and count it."""
        began = time.monotonic()
        time.sleep(seconds)
        self.count(seconds, time.monotonic() - began)

    def count(self, asked: float, took: float) -> float:
        """Count a wait that somebody else did; return how many seconds of it all stood still."""
        counted = min(took, asked + 1.0)
        self.seconds += counted
        return took - counted


__all__ = ["Awake"]
