"""Asking a service how a job stands: which failures end a wait, and which are weather."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from pixnb.client.retrying import Hear
from pixnb.errors import Forbidden, InvalidAPIKey, JobNotFound, PixnbError
from pixnb.http import httpx
from pixnb.http.failures import UNANSWERED
from pixnb.pacing.progress import Progress
from pixnb.pacing.schedule import Schedule
from pixnb.wire.refusals import retry_after
from pixnb.wire.wire import Target, Unreadable, Update, Wire

SANDBOX_PAUSE = 0.3
_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a wait bears with a service, in seconds.

    Attributes:
        deadline: A wait without a timeout of its own ends after this long; the job does not.
        missing: A job that the service does not know (yet) is looked for this long.
        pause: Between two polls, whatever earlier jobs took; None for what they tell.
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What a service said of a job.

    Attributes:
        update: Of the job.
        sandbox: Whether a sandbox said it.
        wait: Seconds that it asks to wait before the next question; None where it does not.
    """

    update: Update
    sandbox: bool
    wait: float | None


async def poll(
    http: httpx.AsyncClient, wire: Wire, target: Target, job_id: str, polling_url: str | None, hear: Hear
) -> Asked:
    """Ask once how a job stands.

    Args:
        http: The HTTP client.
        wire: The service's wire.
        target: Where it is.
        job_id: Which job.
        polling_url: Where the service says to ask, if it does.
        hear: Is told of the answer.

    Raises:
        PollFault: It may pass: 5xx, 429, a drop, a timeout, an answer that cannot be read.
        InvalidAPIKey, Forbidden: The key is refused; asking again would not help.
        PixnbError: Any other refusal; JobNotFound for 404.
    """
    sent_at = time.monotonic()
    try:
        response = await _send(http, wire.status(target, job_id, polling_url), target)
    except UNANSWERED as error:
        raise PollFault(f"{type(error).__name__}: {error}") from error
    hear(response, sent_at)
    wait = retry_after(response)
    if response.is_success:
        try:
            return Asked(wire.update(response), response.headers.get("x-pixnb-sandbox") == "1", wait)
        except Unreadable as error:
            raise PollFault(f"HTTP {response.status_code}, {error}") from error
    if response.status_code == 429 or response.status_code >= 500 or response.is_redirect:
        raise PollFault(f"HTTP {response.status_code}", wait)
    raise wire.refusal(response, model=None, job_id=job_id)


async def _send(http: httpx.AsyncClient, request: httpx.Request, target: Target) -> httpx.Response:
    # redirects are followed by hand: the key goes to no other origin
    response = await http.send(request)
    for _ in range(_REDIRECTS):
        onward = response.next_request
        if onward is None or not target.owns(str(onward.url)):
            break
        response = await http.send(onward)
    return response


class Pace:
    """When to ask next: as the schedule of the job's kind says, slower while the service is in trouble.

    Args:
        schedule: Gives the schedule as it is known by now; other jobs end meanwhile.
        patience: How long to bear with the service.
        age: Seconds since the job was submitted: one that is not new, above 0, is asked about at once.
        clock: Gives the seconds of a clock that never goes back.
    """

    def __init__(
        self,
        schedule: Callable[[], Schedule],
        patience: Patience,
        *,
        age: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._schedule = schedule
        self._patience = patience
        self._clock = clock
        # of one whose age nobody knows the time counts from now
        self._begun = clock() - (age if math.isfinite(age) else 0.0)
        self._is_new = age <= 0
        self._faults = 0
        self._missing_since: float | None = None
        self._is_sandbox = False
        self._progress = Progress()
        self._asked = 0

    def sandbox(self) -> None:
        """Ask a sandbox more often: it is on this computer, and its jobs take what it is told."""
        self._is_sandbox = True

    def hear(self, progress: float | None) -> None:
        """Take in what the service says of its progress, 0 to 1."""
        self._progress.hear(progress, at=self._clock() - self._begun)

    def next_pause(self) -> float:
        """Return the seconds to sleep before the next poll."""
        self._asked += 1
        if self._asked == 1 and not self._is_new:
            return 0.0
        return self._usual_pause() * min(2.0**self._faults, 6.0)

    def _usual_pause(self) -> float:
        if self._patience.pause is not None:
            return self._patience.pause
        if self._is_sandbox:
            return SANDBOX_PAUSE
        schedule, elapsed = self._schedule(), 0.0 if self._asked == 1 else self._clock() - self._begun
        pause = self._progress.steer(schedule.pause(elapsed), at=elapsed, quickest=schedule.quickest)
        return pause * random.uniform(0.95, 1.05)  # jobs that began together are not all asked about together

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


__all__ = ["SANDBOX_PAUSE", "Asked", "Pace", "Patience", "PollFault", "not_found", "poll"]
