"""Waits for what other threads do, without a pause longer than it takes."""

from __future__ import annotations

import time


def until(holds, seconds=20.0):
    """Wait until `holds()` is true, and return what it gave."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)
    return found
