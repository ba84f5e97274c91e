"""What a service's own progress says of when a job is done: it draws the next look nearer, or puts it off a little."""

from __future__ import annotations

_TELLING = 0.1
"""Share done from which on a service's progress tells more than that it has begun."""
_SURE = 4.0
"""How much faster than it says a job may become without being seen too late."""
_OFF = 15.0  # seconds, at most, that a look is put off


class Progress:
    """The progress of one job, as it was told.

    Args:
        progress: What is known at first; None for nothing.
        at: Seconds since the job was submitted, then.

    Example:
        >>> progress = Progress()
        >>> progress.hear(0.2, at=20.0)
        >>> progress.left(20.0), progress.left(30.0)
        (80.0, 70.0)
        >>> progress.hear(0.6, at=30.0)  # it has become quicker
        >>> progress.left(30.0)
        10.0
    """

    def __init__(self, progress: float | None = None, *, at: float = 0.0) -> None:
        self._first: tuple[float, float] | None = None
        self._last: tuple[float, float] | None = None
        self.hear(progress, at=at)

    def hear(self, progress: float | None, *, at: float) -> None:
        """Take in what was told.

        Args:
            progress: Done so far, 0 to 1; None where the service does not tell.
            at: Seconds since the job was submitted.
        """
        if progress is None or not 0 < progress < 1 or (self._last and progress == self._last[0]):
            return
        if self._last is not None and progress < self._last[0]:  # it begins anew
            self._first = None
        self._first = self._first or (progress, at)
        self._last = (progress, at)

    def left(self, at: float) -> float | None:
        """Return the seconds that it needs yet if it goes on as it has; None while nothing is known.

        Args:
            at: Seconds since the job was submitted.
        """
        if self._first is None or self._last is None or self._last[0] < _TELLING:
            return None
        (begun, since), (done, seen) = self._first, self._last
        # the queue before it counts only as long as there is but one word
        rate = (done - begun) / (seen - since) if done > begun and seen > since else done / max(seen, 1e-9)
        return max(0.0, seen + (1 - done) / rate - at)

    def steer(self, pause: float, *, at: float, quickest: float) -> float:
        """Return the seconds until the next look.

        Args:
            pause: What earlier jobs tell.
            at: Seconds since the job was submitted.
            quickest: The shortest pause.
        """
        left = self.left(at)
        if left is None:
            return pause
        # one that hangs at its last percent is asked about as if it told nothing
        nearer = min(pause, max(quickest, left)) if left > 0 else pause
        return max(nearer, min(left / _SURE, _OFF))


__all__ = ["Progress"]
