"""What a sweep does not go on after: what every run would meet, and the same failure again and again."""

from __future__ import annotations

import re
from typing import Literal

from pixnb.errors import (
    Forbidden,
    InsufficientBalance,
    InvalidAPIKey,
    LogError,
    ModelNotFound,
    PixnbError,
    RateLimited,
    ServiceUnavailable,
)

EQUAL_FAILURES = 3
"""Equal failures in a row after which a service's part of a sweep pauses."""

_EVERY_RUN = (InvalidAPIKey, InsufficientBalance, Forbidden, ModelNotFound, LogError)
_PASSING = (RateLimited, ServiceUnavailable)
_LOCKED = 423  # RFC 4918, section 11.3; used for accounts too
# ids, numbers and addresses: what differs between two jobs that fail alike
_OWN = re.compile(r"https?://\S+|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[\w-]*\d[\w-]*\b", re.IGNORECASE)


def judge(error: PixnbError | None) -> Literal["every run", "passing", "this run"]:
    """Say whom a refusal concerns: every run at that service, every run for a while, or this one only.

    Example:
        >>> judge(InsufficientBalance("no funds")), judge(RateLimited("slowly")), judge(None)
        ('every run', 'passing', 'this run')
    """
    if isinstance(error, _EVERY_RUN) or (error is not None and error.status_code == _LOCKED):
        return "every run"
    return "passing" if isinstance(error, _PASSING) else "this run"


class Streak:
    """Counts equal failures in a row.

    Attributes:
        count: How many there are by now.

    Example:
        >>> streak = Streak(2)
        >>> streak.add(PixnbError("Job 17: out of memory")), streak.add(PixnbError("Job 18: out of memory"))
        (False, True)
    """

    def __init__(self, most: int = EQUAL_FAILURES) -> None:
        self._most = most
        self._last: tuple[str, str, str] | None = None
        self.count = 0

    def add(self, error: PixnbError | None) -> bool:
        """Count a failure; True where it is the one too many."""
        kind = _kind(error)
        self.count = self.count + 1 if kind == self._last else 1
        self._last = kind
        return self.count >= self._most

    def reset(self) -> None:
        """Begin anew: something went well."""
        self._last, self.count = None, 0


def _kind(error: PixnbError | None) -> tuple[str, str, str]:
    if error is None:
        return ("", "", "")
    text = error.message.replace(error.job_id, "#") if error.job_id else error.message
    return (type(error).__name__, error.code, _OWN.sub("#", text))


__all__ = ["EQUAL_FAILURES", "Streak", "judge"]
