"""One job on its way through the engine: what was asked, where it stands, who records it and who watches."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pixnb.client.standing import Standing, advance
from pixnb.client.watching import Watching
from pixnb.errors import JobErrored, JobFailed, JobTimeout, OutputUnavailable, PixnbError, SubmitUnconfirmed
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.media.store import Store
    from pixnb.request import Request
    from pixnb.wire.wire import Target


class Recorder(Protocol):
    """Is told of each step of a job, and is waited for; the engine itself knows no log.

    The POST waits for `intended`, the first poll for `accepted`, and a job is COMPLETED only after
    `delivered`: what is paid for is on disk before the next step can lose it.
    """

    async def intended(self, work: Work) -> None:
        """The job is about to be sent. Raising stops it: nothing is sent."""

    async def accepted(self, work: Work) -> None:
        """The service has answered with the job's id."""

    async def changed(self, work: Work) -> None:
        """The status has changed."""

    async def delivered(self, work: Work) -> None:
        """The job's files are in the store, or it is known that they cannot be had."""


class NoRecorder:
    """Keeps nothing: the recorder of a plain client."""

    async def _keep_nothing(self, work: Work) -> None: ...

    intended = accepted = changed = delivered = _keep_nothing


Follower = Callable[["Work"], Coroutine[Any, Any, None]]
"""Follows a job to its end, where that is not done by asking its service: through the log, or by an open answer."""


@dataclass(eq=False)
class Work:
    """One job, as sender, watcher, collector and recorder hand it on; users see it as a `Job` or `Run`.

    Attributes:
        provider: The service.
        model: The model's friendly id; "" where it is not known.
        request: What was asked for, in the process that sends it.
        params: The parameters as they were set; the request's when left out.
        standing: Where it stands; replaced as a whole, by `advance` or, where the log knows better, by what it says.
        home: The base URL that it was sent to, of a job that was found again; None for what the settings say.
        recorder: Is told of each step.
        store: Where its files are kept; None for the engine's.
        follower: Follows it in place of asking the service.
        fallback: Follows it in a forked child, where the answer comes to the parent.
        target: Where it goes, once that is known.
        watching: Who watches.
    """

    provider: str
    model: str
    _: KW_ONLY
    request: Request | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    home: str | None = None
    recorder: Recorder = field(default_factory=NoRecorder)
    store: Store | None = None
    follower: Follower | None = None
    fallback: Follower | None = None
    target: Target | None = field(default=None, init=False)
    watching: Watching = field(default_factory=Watching, init=False)
    _pid: int = field(default_factory=os.getpid, init=False)

    def __post_init__(self) -> None:
        self.params = dict(self.params or (self.request.params if self.request else {}))

    def advance(self, status: JobStatus | None = None, **known: Any) -> None:
        """Take a step; see `standing.advance`."""
        self.standing = advance(self.standing, status, **known)

    def tell(self) -> None:
        """Tell the listeners where it stands."""
        self.watching.tell(self.standing.status, is_last=self.standing.is_final)

    @property
    def is_direct(self) -> bool:
        """Whether it is answered with the media itself, so that it has no id to ask by."""
        return self.request.is_direct if self.request else self.standing.id is None

    @property
    def is_at_work(self) -> bool:
        """Whether this process does the work by it: the watch of one that only looks on while others do is none."""
        if self.request is None:
            return self.watching.is_under_way and self.follower is None
        # what a direct submit brings, or has brought, is nowhere but here; a forked child has none of it
        sending = self.standing.status is JobStatus.SUBMITTING or (self.is_direct and not self.standing.is_settled)
        return self.watching.is_under_way or (sending and self._pid == os.getpid())

    def explain(self) -> PixnbError:
        """Return the error of a job that has no result: what is known, else what its status says."""
        if self.standing.error is not None:
            return self.standing.error
        status, named = self.standing.status, f"Job {self.standing.id} of {self.provider}"
        kinds: dict[JobStatus, tuple[type[PixnbError], str]] = {
            JobStatus.FAILED: (JobFailed, f"{named} failed."),
            JobStatus.ERROR: (JobErrored, f"{named} had a system error; it is not charged."),
            JobStatus.UNCONFIRMED: (SubmitUnconfirmed, f"Nobody knows whether {self.provider} took this job."),
            JobStatus.COMPLETED: (OutputUnavailable, f"{named} is done; its file is not here. Call refresh()."),
        }
        if status is JobStatus.CANCELLED:
            return self.explain_cancel()
        kind, text = kinds.get(status, (JobTimeout, f"{named} is not done yet. Call wait()."))
        return kind(text, provider=self.provider, job_id=self.standing.id)

    def explain_cancel(self) -> JobFailed:
        """Return the error of a job that was cancelled here."""
        text = _CANCELLED_DIRECT if self.is_direct else _CANCELLED
        job_id = self.standing.id
        said = text.format(provider=self.provider, id=job_id)
        if not isinstance(self.recorder, NoRecorder):
            said += " run.retry() tries again, which is paid anew."
        return JobFailed(said, provider=self.provider, job_id=job_id, code="CANCELLED")

    def explain_lateness(self, timeout: float | None) -> JobTimeout:
        """Return the error of a wait whose time, in seconds, is up."""
        job_id, after = self.standing.id, f" after {timeout:g} s" if timeout is not None else ""
        text = f"Job {job_id} of {self.provider} is still {self.standing.status}{after}. It goes on; wait() again to "
        return JobTimeout(f"{text}collect it.", provider=self.provider, job_id=job_id)


_CANCELLED = (
    "The job was cancelled here, not at {provider}, which documents no cancel call: it may finish and bill it. "
    "Its id is {id}; refresh() still collects the clip."
)
_CANCELLED_DIRECT = (
    "The work was cancelled here, not at {provider}, which documents no cancel call: it may finish and bill it. It has "
    "no id to ask by; should its answer still come to this process, it is kept and the status says COMPLETED."
)

__all__ = ["Follower", "NoRecorder", "Recorder", "Work"]
