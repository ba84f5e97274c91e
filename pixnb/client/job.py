"""A job at a service: one class, usable by blocking calls from any thread and by `await`; and what it made."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pixnb.client.watching import Updates
from pixnb.errors import JobTimeout
from pixnb.http.loop import wait_for
from pixnb.living import Guessed, Living
from pixnb.pacing.progress import Progress
from pixnb.show import follow, hand_over, shown
from pixnb.status import JobStatus
from pixnb.terminal import legible

if TYPE_CHECKING:
    from pixnb.catalogue.prices import Cost
    from pixnb.client.engine import Engine
    from pixnb.client.standing import Standing
    from pixnb.client.work import Work
    from pixnb.errors import PixnbError
    from pixnb.media.media import Media
    from pixnb.pacing.durations import Past


@dataclass(frozen=True, slots=True)
class Result(Guessed):
    """What a finished job made.

    Attributes:
        job: The job.
        media: Its files, in the service's order; kept in the store.
        cost: What it cost, as far as known; None where the price is unknown, never 0 for that.
    """

    _guesses: ClassVar[Mapping[str, str]] = {
        "save download write": "result.video.save(path) writes it; result.media has all files",
        "output outputs files file clip": "result.media has all files, result.video the first video",
        "show display play": "a result as the last line of a cell shows itself",
        "url path bytes": "result.video has them",
        "status params model id": "result.job has it",
        "price": "result.cost says it",
    }

    job: Job
    media: tuple[Media, ...]
    cost: Cost | None

    _repr_mimebundle_ = shown
    _display_ = hand_over

    @property
    def video(self) -> Media | None:
        """The first video, if there is one."""
        return self._first("video")

    @property
    def image(self) -> Media | None:
        """The first image, if there is one."""
        return self._first("image")

    def _first(self, kind: str) -> Media | None:
        return next((media for media in self.media if media.kind == kind), None)


class Job(Living):
    """A job at a service.

    Blocking calls work from any thread, also while a notebook's loop runs; in async code `await job` gives
    the `Result`. Polling and the download go on behind by themselves. What is known of it is read only.

    Args:
        engine: What does the work.
        work: The job as the engine knows it.

    Example:
        >>> clip = pixnb.sample("video")  # doctest: +SKIP
        >>> job = pixnb.Client().submit("lucy-edit-fast", prompt="Make it night", video=clip)  # doctest: +SKIP
        >>> job.result().video.save("night.mp4")  # doctest: +SKIP
    """

    _instead = "Keep job.provider and job.id: Client().job(provider, id) takes it up anywhere"
    _guesses: ClassVar[Mapping[str, str]] = {
        "save download write to_file": "job.result().media[0].save(path) writes what it made",
        "show display view plot play": "a job as the last line of a cell shows itself; display(job) does it within one",
        "video image output outputs url path file files": "job.result() has them: .video, .image, .media",
        "get get_result output_media": "job.result() waits for what it made",
        "state is_done done finished completed": "job.status says where it stands",
        "delete remove": "no service documents a way to delete a job; job.cancel() stops waiting for it",
        "stop abort terminate": "job.cancel() stops waiting for it",
        "poll reload update fetch": "job.refresh() asks the service once",
        "prompt seed": 'job.params["prompt"] has what it was given',
        "price": "job.cost says it",
        "exception failure": "job.error says what went wrong",
    }

    def __init__(self, engine: Engine, work: Work) -> None:
        self._engine = engine
        self._work = work

    _repr_mimebundle_ = shown
    _display_, _ipython_display_ = hand_over, follow

    def __repr__(self) -> str:
        mark = " sandbox" if self.sandbox else ""
        return f"<{type(self).__name__} {self.provider} {self.model} {self.status} id={legible(str(self.id))}{mark}>"

    @property
    def standing(self) -> Standing:
        """All that is known of where it stands, as one frozen value."""
        return self._work.standing

    @property
    def id(self) -> str | None:
        """The service's id; None until it has answered, and for work that is answered with the media itself."""
        return self._work.standing.id

    @property
    def provider(self) -> str:
        """The service."""
        return self._work.provider

    @property
    def model(self) -> str:
        """The model's friendly id."""
        return self._work.model

    @property
    def params(self) -> Mapping[str, Any]:
        """The parameters as they were set."""
        return self._work.params

    @property
    def status(self) -> JobStatus:
        """Where it stands, as far as known; a re-attached job says QUEUED until it was first asked about."""
        return self._work.standing.status

    @property
    def progress(self) -> float | None:
        """Done so far, 0 to 1, where the service tells."""
        return self._work.standing.progress

    @property
    def error(self) -> PixnbError | None:
        """What went wrong, or None."""
        return self._work.standing.error

    @property
    def created_at(self) -> datetime | None:
        """When the service took it, UTC."""
        return self._work.standing.created_at

    @property
    def updated_at(self) -> datetime | None:
        """When the service last changed it, UTC."""
        return self._work.standing.updated_at

    @property
    def completed_at(self) -> datetime | None:
        """When the service ended it, UTC."""
        return self._work.standing.completed_at

    @property
    def sandbox(self) -> bool | None:
        """Whether a sandbox is doing it; None while nobody has said."""
        return self._work.standing.sandbox

    @property
    def cost(self) -> Cost | None:
        """What it costs as far as known; None where the price is unknown."""
        return self._work.standing.cost

    @property
    def media(self) -> tuple[Media, ...]:
        """The files that it made and that are here."""
        return self._work.standing.media

    @property
    def cost_estimated(self) -> Cost | None:
        """What it was expected to cost when it was sent; None where the price was unknown."""
        return self._work.standing.estimate

    @property
    def is_overpriced(self) -> bool:
        """Whether the service has charged more than twice what was expected, in the same currency."""
        return self._work.standing.is_overpriced

    @property
    def eta(self) -> float | None:
        """Seconds until it may be done, by earlier jobs of the model and its own progress; None where neither tells.

        Of a job that is QUEUED it is the least: no service tells how long its queue is.
        """
        elapsed = self._elapsed()
        if elapsed is None:
            return None
        by_progress = Progress(self.progress, at=elapsed).left(elapsed)
        return min((s for s in (self._past().left(elapsed), by_progress) if s is not None), default=None)

    @property
    def is_slow(self) -> bool:
        """Whether it takes longer than 95 % of earlier jobs of the model and size did; at least five must be known."""
        elapsed = self._elapsed()
        return elapsed is not None and self._past().is_slow(elapsed)

    def _elapsed(self) -> float | None:
        """Return the seconds since the service began with it, of one that is not done; 0 while it is queued."""
        standing, now = self._work.standing, datetime.now(UTC)
        if not standing.status.is_running or standing.submitted_at is None:
            return None
        since = now if standing.status is JobStatus.QUEUED else standing.started_at or standing.submitted_at
        return max(0.0, (now - since).total_seconds())  # a clock may have been set back

    def _past(self) -> Past:
        return self._engine.durations.of(self.model, self.params, sandbox=self.sandbox)

    def refresh(self) -> Self:
        """Ask the service once, and collect the files if they can be had (again).

        Returns:
            Itself.

        Raises:
            InvalidAPIKey, Forbidden, JobNotFound: The service refuses to tell.
            ServiceUnavailable: It gave no readable answer.
        """
        wait_for(self._engine.thread.start(self._engine.refresh(self._work)))
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
        end = _add(timeout)
        while self._is_awaited():
            future = self._engine.watch(self._work)
            with self._leaving(future, timeout, end):
                wait_for(future, None if end is None else max(0.0, end - time.monotonic()))
            if future.cancelled():
                break
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
        return self.wait(timeout)._outcome()

    def cancel(self) -> Self:
        """Stop waiting. No service documents a cancel call, so it may finish the job and bill it.

        The id and the reserved cost are kept; `refresh()` still collects the clip.
        """
        wait_for(self._engine.thread.start(self._engine.cancel(self._work)))
        return self

    def updates(self) -> Updates:
        """Iterate over the statuses as they change, with `for` or `async for`; ends when the job does."""
        return Updates(
            lambda: self.status,
            lambda: None if self._work.standing.is_settled else self._engine.watch(self._work),
            self._work.watching.listen,
        )

    def listen(self, listener: Callable[[JobStatus], object]) -> None:
        """Have `listener(status)` called on pixnb's thread at each change from now on."""
        self._work.watching.listen(listener)

    def __await__(self) -> Generator[Any, None, Result]:
        return self._finish().__await__()

    async def _finish(self, timeout: float | None = None) -> Result:  # noqa: ASYNC109 - as in `result`
        """Do what `result` does, in async code."""
        await self._settle(timeout)
        return self._outcome()

    async def _settle(self, timeout: float | None) -> None:  # noqa: ASYNC109 - as in `wait`
        end = _add(timeout)
        while self._is_awaited():
            future = self._engine.watch(self._work)
            with self._leaving(future, timeout, end):
                # shielded: a waiter that is cancelled leaves, the watch goes on for others
                waiting = asyncio.shield(asyncio.wrap_future(future))
                await asyncio.wait_for(waiting, None if end is None else max(0.0, end - time.monotonic()))
            if future.cancelled():
                break

    @contextlib.contextmanager
    def _leaving(self, watch: Future[None], timeout: float | None, end: float | None) -> Iterator[None]:
        """Say what ends a wait; a watch that somebody cancelled does so in silence."""
        try:
            yield
        except (asyncio.CancelledError, CancelledError):
            if not watch.cancelled():
                raise
        except TimeoutError:
            raise self._work.explain_lateness(timeout) from None
        except JobTimeout:  # the engine's deadline; a longer one of the caller's goes on
            if end is None or time.monotonic() >= end:
                raise

    def _is_awaited(self) -> bool:
        return self._work.watching.is_under_way or not self._work.standing.is_settled

    def _outcome(self) -> Result:
        """Return the result of an ended job, or raise what became of it; never waits."""
        if self.status is JobStatus.COMPLETED and self.media:
            return Result(self, self.media, self.cost)
        raise self._work.explain()


def _add(timeout: float | None) -> float | None:
    return None if timeout is None else time.monotonic() + timeout


__all__ = ["Job", "Result"]
