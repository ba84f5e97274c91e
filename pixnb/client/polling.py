"""Asking a service how a job stands: which failures end a wait, and which are weather."""

from __future__ import annotations

import random
import statistics
from collections import defaultdict, deque
from dataclasses import dataclass

from pixnb.errors import Forbidden, InvalidAPIKey, JobNotFound, PixnbError
from pixnb.http import httpx
from pixnb.http.client import prepare
from pixnb.http.failures import UNANSWERED
from pixnb.wire.refusals import retry_after
from pixnb.wire.wire import PollAdvice, Target, Unreadable, Update, Wire

SANDBOX_ADVICE = PollAdvice(first=0.3, low=0.3, high=0.3)
_REDIRECTS = 3
_REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a wait bears with a service, in seconds.

    Attributes:
        deadline: A wait without a timeout of its own ends after this long; the job does not.
        missing: A job that the service does not know (yet) is looked for this long.
        pause: Between two polls, in place of what the service advises; None for its advice.
        answer: For an answer that is the media itself
            (https://docs.platform.decart.ai/sdks/python-process: its client allows 300 s).
    """

    deadline: float = 3600.0
    missing: float = 60.0
    pause: float | None = None
    answer: float = 300.0


class PollFault(Exception):
    """A poll that failed for a reason that may pass."""

    def __init__(self, what: str, pause: float | None = None) -> None:
        super().__init__(what)
        self.pause = pause


async def poll(
    http: httpx.AsyncClient, wire: Wire, target: Target, job_id: str, polling_url: str | None
) -> tuple[Update, bool]:
    """Ask once how a job stands.

    Returns:
        What the service says, and whether a sandbox said it.

    Raises:
        PollFault: It may pass: 5xx, 429, a drop, a timeout, an answer that cannot be read.
        InvalidAPIKey, Forbidden: The key is refused; asking again would not help.
        PixnbError: Any other refusal; JobNotFound for 404.
    """
    try:
        response = await _send(http, wire.status(target, job_id, polling_url), target)
    except UNANSWERED as error:
        raise PollFault(f"{type(error).__name__}: {error}") from error
    if response.is_success:
        try:
            return wire.update(response), response.headers.get("x-pixnb-sandbox") == "1"
        except Unreadable as error:
            raise PollFault(f"HTTP {response.status_code}, {error}") from error
    if response.status_code == 429 or response.status_code >= 500 or response.is_redirect:
        raise PollFault(f"HTTP {response.status_code}", retry_after(response))
    raise wire.refusal(response, model=None, job_id=job_id)


async def _send(http: httpx.AsyncClient, request: httpx.Request, target: Target) -> httpx.Response:
    # redirects are followed by hand: the key goes to no other origin
    response = await http.send(prepare(request))
    for _ in range(_REDIRECTS):
        onward = response.next_request
        if onward is None or not target.owns(str(onward.url)):
            break
        response = await http.send(prepare(onward))
    return response


class Pace:
    """When to ask next: the service's advice with jitter, slower while it is in trouble.

    Args:
        advice: The service's.
        patience: How long to bear with it.
        age: Seconds since the job was submitted: an old one is asked about at once.
    """

    def __init__(self, advice: PollAdvice, patience: Patience, age: float = 0.0) -> None:
        self._advice = advice if patience.pause is None else PollAdvice(*[patience.pause] * 3)
        self._patience = patience
        self._age = age
        self._faults = 0
        self._missing_since: float | None = None
        self._first = True

    def sandbox(self) -> None:
        """Ask a sandbox more often."""
        if self._patience.pause is None:
            self._advice = SANDBOX_ADVICE

    def next_pause(self) -> float:
        """Return the seconds to sleep before the next poll."""
        if self._first:
            self._first = False
            return max(0.0, self._advice.first * random.uniform(0.9, 1.1) - self._age)
        grown = min(2.0**self._faults, 6.0)
        return random.uniform(self._advice.low, self._advice.high) * grown

    def answered(self) -> None:
        """Note that a poll went well."""
        self._faults = 0
        self._missing_since = None

    def faulted(self) -> None:
        """Note that a poll failed and that this may pass."""
        self._faults += 1

    def bears(self, error: PixnbError, now: float) -> bool:
        """Whether a refused poll is borne for now: an unknown job may only not be there yet."""
        if isinstance(error, InvalidAPIKey | Forbidden):
            return False
        if self._missing_since is None:
            self._missing_since = now
        return now - self._missing_since < self._patience.missing


def not_found(error: PixnbError, job_id: str) -> PixnbError:
    """Return what a wait raises when a service goes on refusing to tell of a job."""
    if isinstance(error, JobNotFound | InvalidAPIKey | Forbidden):
        return error
    found = JobNotFound(f"Job {job_id}: {error.message}", provider=error.provider, status_code=error.status_code)
    found.job_id, found.body = job_id, error.body
    return found


class Durations:
    """Seconds that jobs took once they were begun, by model; the last 50 of each."""

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


__all__ = ["SANDBOX_ADVICE", "Durations", "Pace", "Patience", "PollFault", "not_found", "poll"]
