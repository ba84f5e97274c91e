"""A job at a service: one class, usable by blocking calls from any thread and by `await`."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import os
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from pixnb.catalogue.prices import Cost
from pixnb.client.loop import wait_for
from pixnb.client.recorder import NoRecorder, Recorder
from pixnb.client.rest import Rest
from pixnb.client.result import Result
from pixnb.client.updates import Updates
from pixnb.errors import JobErrored, JobFailed, JobTimeout, OutputUnavailable, PixnbError, SubmitUnconfirmed
from pixnb.show import followed, shown
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.client.engine import Engine
    from pixnb.client.inputs import Input
    from pixnb.media.media import Media
    from pixnb.media.store import Store
    from pixnb.wire.callback import Callback
    from pixnb.wire.wire import Output, Target


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Submission:
    """What is asked of the service: checked params as the user set them, and what goes along.

    Attributes:
        direct: Whether the answer to the submit is the media itself, so that there is no job to ask about.
    """

    model: Model
    params: Mapping[str, Any]
    idempotency_key: str
    extra: Mapping[str, Any] = field(default_factory=dict)
    callback: Callback | None = None
    direct: bool = False

    @property
    def route(self) -> str:
        """The path that it is posted to."""
        return self.model.process_route if self.direct else self.model.route


class Job:
    """A job at a service.

    Blocking calls work from any thread, also while a notebook's loop runs; in async code `await job` gives
    the `Result`. Polling and the download go on behind by themselves.

    Attributes:
        id: The service's id; None until it has answered, and for work that is answered with the media itself.
        provider: The service.
        model: The model's friendly id.
        params: The parameters as they were set.
        status: Where it stands, as far as known; a re-attached job says QUEUED until it was first asked about.
        progress: Done so far, 0 to 1, where the service tells.
        error: What went wrong, or None.
        created_at: When the service took it, UTC.
        updated_at: When the service last changed it, UTC.
        completed_at: When the service ended it, UTC.
        sandbox: Whether a sandbox is doing it; None while nobody has said.
        cost: What it costs as far as known; None where the price is unknown.

    Example:
        >>> clip = pixnb.sample("video")  # doctest: +SKIP
        >>> job = pixnb.Client().submit("lucy-edit-fast", prompt="Make it night", video=clip)  # doctest: +SKIP
        >>> job.result().video.save("night.mp4")  # doctest: +SKIP
    """

    def __init__(
        self,
        engine: Engine,
        *,
        provider: str,
        model: str,
        submission: Submission | None = None,
        target: Target | None = None,
        job_id: str | None = None,
        status: JobStatus = JobStatus.PLANNED,
        recorder: Recorder | None = None,
    ) -> None:
        self.id = job_id
        self.provider = provider
        self.model = model
        self.params: Mapping[str, Any] = dict(submission.params) if submission else {}
        self.status = status
        self.progress: float | None = None
        self.error: PixnbError | None = None
        self.created_at: datetime | None = None
        self.updated_at: datetime | None = None
        self.completed_at: datetime | None = None
        self.submitted_at: datetime | None = None
        self.sandbox: bool | None = target.sandbox or None if target else None
        self.cost: Cost | None = None
        self.submission = submission
        self.target = target
        self.polling_url: str | None = None
        self.word: str | None = None  # the service's own word for its status
        self.inputs: tuple[Input, ...] = ()
        self.outputs: tuple[Output, ...] = ()
        self.media: tuple[Media, ...] = ()
        self.recorder: Recorder = recorder or NoRecorder()
        self.is_sent = False  # whether the submit has begun to leave, so that what follows is the service's word
        self.store: Store | None = None
        self.resolve_target: Callable[[], Target] | None = None
        self.pursuit: Callable[[Any], Coroutine[Any, Any, None]] | None = None
        # how a forked child follows work whose answer comes to its parent
        self.elsewhere: Callable[[Any], Coroutine[Any, Any, None]] | None = None
        self._engine = engine
        self._lock = threading.Lock()
        self._watching: concurrent.futures.Future[None] | None = None
        self._pid, self._watcher_pid, self._gate_pid = os.getpid(), 0, 0
        self._listeners: list[Callable[[JobStatus], object]] = []
        self._gate: asyncio.Lock | None = None
        self.rest = Rest()

    _repr_mimebundle_ = shown
    _ipython_display_ = followed

    def __repr__(self) -> str:
        mark = " sandbox" if self.sandbox else ""
        return f"<{type(self).__name__} {self.provider} {self.model} {self.status} id={self.id}{mark}>"

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is expected: ended, and its files here or known to be out of reach."""
        return self.status.is_terminal or self.status is JobStatus.UNCONFIRMED

    @property
    def eta(self) -> float | None:
        """Seconds until it may be done, learned from earlier jobs of the model; None where nothing is known."""
        if not self.status.is_running or self.submitted_at is None:
            return None
        return self._engine.durations.left(self.model, (datetime.now(UTC) - self.submitted_at).total_seconds())

    def refresh(self) -> Self:
        """Ask the service once, and collect the files if they can be had (again).

        Returns:
            Itself.

        Raises:
            InvalidAPIKey, Forbidden, JobNotFound: The service refuses to tell.
            ServiceUnavailable: It gave no readable answer.
        """
        wait_for(self._engine.thread.start(self._engine.refresh(self)))
        return self

    def wait(self, timeout: float | None = None) -> Self:
        """Block until it is done, failed or cancelled.

        Args:
            timeout: Seconds; None for the engine's deadline of one hour.

        Returns:
            Itself; a failure is in `.status` and `.error`.

        Raises:
            JobTimeout: The time is up. The job goes on, and so does its collection.
            InvalidAPIKey, Forbidden, JobNotFound: The service refuses to tell; the job stays open.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.is_watched or not self.is_settled:
            try:
                wait_for(self._engine.watch(self), None if end is None else max(0.0, end - time.monotonic()))
            except concurrent.futures.CancelledError:
                break
            except TimeoutError:
                raise self.late(timeout) from None
            except JobTimeout:  # the engine's deadline; a longer one of the caller's goes on
                if end is None or time.monotonic() >= end:
                    raise
        return self

    def result(self, timeout: float | None = None) -> Result:
        """Block until it is done and return what it made.

        Args:
            timeout: Seconds, as in `wait`.

        Raises:
            JobFailed: It failed (JobErrored: and is not charged), or was cancelled here.
            SubmitUnconfirmed: Nobody knows whether the service took it.
            OutputUnavailable: It is done and its file could not be fetched or kept; `refresh()` tries again.
            JobTimeout: The time is up.
        """
        return self.wait(timeout).outcome()

    def cancel(self) -> Self:
        """Stop waiting. No service documents a cancel call, so it may finish the job and bill it.

        The id and the reserved cost are kept; `refresh()` still collects the clip.
        """
        wait_for(self._engine.thread.start(self._engine.cancel(self)))
        return self

    def updates(self) -> Updates:
        """Iterate over the statuses as they change, with `for` or `async for`; ends when the job does."""
        return Updates(self, self._engine.watch)

    def __await__(self) -> Generator[Any, None, Result]:
        return self.finished().__await__()

    async def finished(self, timeout: float | None = None) -> Result:  # noqa: ASYNC109 - as in `result`
        """Do what `result` does, in async code."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.is_watched or not self.is_settled:
            future = self._engine.watch(self)
            try:
                # shielded: a waiter that is cancelled leaves, the watch goes on for others
                waiting = asyncio.shield(asyncio.wrap_future(future))
                await asyncio.wait_for(waiting, None if end is None else max(0.0, end - time.monotonic()))
            except asyncio.CancelledError:
                if not future.cancelled():
                    raise
                break
            except TimeoutError:
                raise self.late(timeout) from None
            except JobTimeout:
                if end is None or time.monotonic() >= end:
                    raise
        return self.outcome()

    def outcome(self) -> Result:
        """Return the result of an ended job, or raise what became of it; never waits."""
        if self.status is JobStatus.COMPLETED and self.media:
            return Result(self, self.media, self.cost)
        raise self.error or self._plain_error()

    def _plain_error(self) -> PixnbError:
        named = f"Job {self.id} of {self.provider}"
        kinds: dict[JobStatus, tuple[type[PixnbError], str]] = {
            JobStatus.FAILED: (JobFailed, f"{named} failed."),
            JobStatus.ERROR: (JobErrored, f"{named} had a system error; it is not charged."),
            JobStatus.CANCELLED: (JobFailed, self.cancelled().message),
            JobStatus.UNCONFIRMED: (SubmitUnconfirmed, f"Nobody knows whether {self.provider} took this job."),
            JobStatus.COMPLETED: (OutputUnavailable, f"{named} is done; its file is not here. Call refresh()."),
        }
        kind, text = kinds.get(self.status, (JobTimeout, f"{named} is not done yet. Call wait()."))
        return kind(text, provider=self.provider, job_id=self.id)

    def cancelled(self) -> JobFailed:
        """Return the error of a job that was cancelled here."""
        direct = self.submission.direct if self.submission else self.id is None
        text = (_CANCELLED_DIRECT if direct else _CANCELLED).format(provider=self.provider, id=self.id)
        return JobFailed(text, provider=self.provider, job_id=self.id, code="CANCELLED")

    def late(self, timeout: float | None) -> JobTimeout:
        """Return the error of a wait whose time is up."""
        after = f" after {timeout:g} s" if timeout is not None else ""
        return JobTimeout(
            f"Job {self.id} of {self.provider} is still {self.status}{after}. It goes on; wait() again to collect it.",
            provider=self.provider,
            job_id=self.id,
        )

    def listen(self, listener: Callable[[JobStatus], object]) -> None:
        """Have `listener(status)` called on pixnb's thread at each change from now on."""
        with self._lock:
            self._listeners.append(listener)

    def notify(self) -> None:
        """Tell the listeners the status."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(self.status)
            except Exception:
                logger.exception("a listener of job %s failed", self.id)

    @property
    def is_watched(self) -> bool:
        """Whether it is being followed right now; an end is on record only when that is over."""
        # a watch of the parent's does not come to an end in a forked child
        return self._watching is not None and self._watcher_pid == os.getpid() and not self._watching.done()

    @property
    def is_at_work(self) -> bool:
        """Whether this object does the work: the watch of one that only looks on while others do it is none."""
        if self.submission is None:
            return self.is_watched and self.pursuit is None
        # what a direct submit brings, or has brought, is nowhere but here; a forked child has none of it
        sending = self.status is JobStatus.SUBMITTING or (self.submission.direct and not self.is_settled)
        return self.is_watched or (sending and self._pid == os.getpid())

    def watched(self, start: Callable[[], concurrent.futures.Future[None]]) -> concurrent.futures.Future[None]:
        """Return the watch that is under way, or the one that `start()` begins."""
        with self._lock:
            if self._watching is None or not self.is_watched:
                self._watching, self._watcher_pid = start(), os.getpid()
            return self._watching

    def stop_watching(self) -> None:
        """End the watch, if one is under way; the job itself goes on."""
        with self._lock:
            if self._watching is not None and self.is_watched:
                self._watching.cancel()

    @property
    def gate(self) -> asyncio.Lock:
        """Held while an answer is taken in, so that two askers do not collect twice. For the loop's thread."""
        if self._gate is None or self._gate_pid != os.getpid():
            self._gate, self._gate_pid = asyncio.Lock(), os.getpid()
        return self._gate


_CANCELLED = (
    "The job was cancelled here, not at {provider}, which documents no cancel call: it may finish and bill it. "
    "Its id is {id}; refresh() still collects the clip."
)
_CANCELLED_DIRECT = (
    "The work was cancelled here, not at {provider}, which documents no cancel call: it may finish and bill it. It has "
    "no id to ask by; should its answer still come to this process, it is kept and the status says COMPLETED."
)


__all__ = ["Job", "Submission"]
