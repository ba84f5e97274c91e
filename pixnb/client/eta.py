"""How long jobs of a model have taken, so that a running one can say when it may be done."""

from __future__ import annotations

import statistics
from collections import defaultdict, deque

_REMEMBERED = 50


class Durations:
    """Seconds from submit to end, by model; the last 50 of each."""

    def __init__(self) -> None:
        self._seconds: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))

    def add(self, model: str, seconds: float) -> None:
        """Remember how long a job took."""
        self._seconds[model].append(seconds)

    def left(self, model: str, elapsed: float) -> float | None:
        """Return the seconds that a job is expected to need yet, or None where nothing is known.

        Example:
            >>> durations = Durations()
            >>> durations.add("ltx-2", 40.0)
            >>> durations.left("ltx-2", 30.0), durations.left("ltx-2", 90.0), durations.left("ltx-2-pro", 1.0)
            (10.0, 0.0, None)
        """
        seen = self._seconds.get(model)
        return max(0.0, statistics.median(seen) - elapsed) if seen else None


__all__ = ["Durations"]
