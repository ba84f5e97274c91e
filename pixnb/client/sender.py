"""A job's way to its service: checked, written down, sent, and its answer taken in."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx

from pixnb import wire as wires
from pixnb.client.delivery import fetched, kept
from pixnb.client.inputs import attached, identify_and_price, only_urls
from pixnb.client.submitting import Answer, Way, submit
from pixnb.client.watcher import not_charged
from pixnb.errors import JobFailed, PixnbError, SubmitUnconfirmed
from pixnb.media.kinds import HEAD, kind, sniff
from pixnb.status import JobStatus
from pixnb.wire.refusals import reason
from pixnb.wire.wire import Accepted, Attachment, Unreadable, Wire

if TYPE_CHECKING:
    from pixnb.client.engine import Engine
    from pixnb.client.job import Job, Submission

logger = logging.getLogger(__name__)


class Sender:
    """Sends the jobs of an engine; everything here runs on the background loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._answering: set[asyncio.Task[None]] = set()

    async def submit(self, job: Job) -> None:
        """Record, deliver the inputs, send, record what was answered.

        Work that is answered with its media is only begun here; the watch of the job ends with the answer.

        Raises:
            PixnbError: By class; what was recorded says the same.
        """
        submission = job.submission
        assert submission is not None
        if submission.direct:
            await self._begin(job, submission)
            return
        async with self._engine.submits:
            await self._prepare(job, submission)
            await self._intend(job)
            try:
                answer = await self._send(job, submission)
            except PixnbError as error:
                await self._not_accepted(job, error)
                raise
            await self._accept(job, answer)

    async def _begin(self, job: Job, submission: Submission) -> None:
        """Open a POST that is answered with the media; its slot is free again when the answer is there."""
        slot = self._engine.answers
        await slot.acquire()
        try:
            await self._prepare(job, submission)
            await self._intend(job)
            job.created_at = job.submitted_at
            if job.status is not JobStatus.CANCELLED:  # while it was written down; the answering says so
                job.status = JobStatus.PROCESSING
                await _noted(job)
            answering = asyncio.create_task(self._answer(job, submission))
        except BaseException:
            slot.release()
            raise
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)
        answering.add_done_callback(lambda _: slot.release())
        job.pursuit = functools.partial(_answered, answering, os.getpid())
        job.notify()

    async def _answer(self, job: Job, submission: Submission) -> None:
        try:
            urls = await self._deliver(job, submission)
            way = Way(
                wires.get(job.provider),
                self._build(job, submission, urls),
                _media_of,
                submission.model.id,
                timeout=self._engine.patience.answer,
                lost_code="PROCESSING_ERROR",
            )
            answer = await self._sent(job, way)
        except PixnbError as error:
            if job.status is not JobStatus.CANCELLED or not isinstance(error, SubmitUnconfirmed):
                await self._not_accepted(job, error)
            return
        self._heard(job, answer.sandbox)
        await self._engine.watcher.collector.keep(job, answer.value)

    async def _intend(self, job: Job) -> None:
        """Have the job written down; whatever stops that stops the job."""
        job.status, job.submitted_at = JobStatus.SUBMITTING, datetime.now(UTC)
        try:
            await job.recorder.intended(job)
        except BaseException:
            job.status, job.submitted_at = JobStatus.PLANNED, None
            raise
        self._engine.in_flight.add(job)

    async def _prepare(self, job: Job, submission: Submission) -> None:
        """Everything that can stop the job before it is written down."""
        engine, model, params = self._engine, submission.model, submission.params
        wire = wires.get(job.provider)
        if job.target is None:
            found = engine.targets.found(job.provider)
            job.target = found if found is not None else await asyncio.to_thread(engine.targets.get, job.provider)
        if any(name in params for name in model.inputs.values()):
            await self._identify(job, submission)
        else:
            job.cost = model.estimate(**params)
        if any(given.has_bytes for given in job.inputs) or (submission.callback and submission.callback.is_local):
            job.target = await engine.reach.ask(engine.http, job.target)
        await engine.deliverer.check(wire, job.target, model, job.inputs)
        job.sandbox = engine.reach.is_sandbox(job.target)
        # what the wire refuses is refused before anything is written or sent
        empty = Attachment(io.BytesIO(), 0, "application/octet-stream", "input")
        stand_in = empty if wire.takes_files else "https://"
        self._request(job, submission, {given.name: stand_in for given in job.inputs})

    async def _identify(self, job: Job, submission: Submission) -> None:
        model, params = submission.model, submission.params
        wire = wires.get(job.provider)
        if wire.takes_files:
            params = await fetched(self._engine.http, job.store or self._engine.store, wire, model, params)
        if only_urls(model, params):  # nothing to read: a thread would cost more than the work
            job.inputs, job.cost = identify_and_price(model, params)
        else:
            job.inputs, job.cost = await asyncio.to_thread(identify_and_price, model, params)
        if job.store is not None and any(given.has_bytes and given.media.path is None for given in job.inputs):
            job.inputs = await asyncio.to_thread(kept, job.store, job.inputs)

    def _request(self, job: Job, submission: Submission, media: Mapping[str, Any]) -> httpx.Request:
        if job.status is JobStatus.CANCELLED:
            raise JobFailed("The job was cancelled before it was sent; it costs nothing.", code="CANCELLED")
        assert job.target is not None
        wire: Wire = wires.get(job.provider)
        return wire.submit(
            job.target,
            submission.model,
            {**submission.params, **media, **submission.extra},
            route=submission.route,
            callback=submission.callback,
            idempotency_key=submission.idempotency_key,
        )

    def _build(
        self, job: Job, submission: Submission, urls: Mapping[str, str]
    ) -> Callable[[], AbstractContextManager[httpx.Request]]:
        takes_files = wires.get(job.provider).takes_files

        @contextlib.contextmanager
        def build() -> Iterator[httpx.Request]:
            with attached(job.inputs if takes_files else ()) as files:
                yield self._request(job, submission, {**urls, **files})

        return build

    async def _deliver(self, job: Job, submission: Submission) -> dict[str, str]:
        wire, target = wires.get(job.provider), job.target
        assert target is not None
        if wire.takes_files:
            return {}
        try:
            return await self._engine.deliverer.deliver(wire, target, submission.model, job.inputs)
        except (PixnbError, asyncio.CancelledError):
            raise
        except Exception as error:  # a fault of ours or of a library: the books are to be right all the same
            raise _broke_off(job, error) from error

    async def _send(self, job: Job, submission: Submission) -> Answer[Accepted]:
        wire, urls = wires.get(job.provider), await self._deliver(job, submission)
        build = self._build(job, submission, urls)
        repeats = wire.repeats_lost_submits
        return await self._sent(job, Way(wire, build, wire.accepted, submission.model.id, may_repeat_lost=repeats))

    async def _sent(self, job: Job, way: Way[Any]) -> Answer[Any]:
        try:
            job.is_sent = True
            return await submit(self._engine.http, way)
        except (PixnbError, asyncio.CancelledError):
            raise
        except Exception as error:  # as in `_deliver`
            raise _broke_off(job, error) from error

    async def _not_accepted(self, job: Job, error: PixnbError) -> None:
        lost, cancelled = isinstance(error, SubmitUnconfirmed), error.code == "CANCELLED"
        job.error = error
        job.status = JobStatus.UNCONFIRMED if lost else JobStatus.CANCELLED if cancelled else JobStatus.ERROR
        if not lost:
            job.cost = not_charged(job.cost)
        await _noted(job)
        self._engine.ended(job)

    async def _accept(self, job: Job, answer: Answer[Accepted]) -> None:
        accepted = answer.value
        self._heard(job, answer.sandbox)
        job.id, job.polling_url = accepted.job_id, accepted.polling_url
        job.created_at = job.submitted_at
        if job.status is JobStatus.CANCELLED:
            job.error = job.cancelled()
        else:
            job.status = accepted.status
        try:
            await job.recorder.accepted(job)
        except Exception as error:
            # the job runs and is paid for: it is collected all the same, and later records carry its id
            job.error = error if isinstance(error, PixnbError) else job.error
            logger.warning("job %s of %s runs but its id could not be recorded: %s", job.id, job.provider, error)
        job.notify()

    def _heard(self, job: Job, sandbox: bool) -> None:
        assert job.target is not None
        self._engine.reach.heard(job.target, sandbox=sandbox)
        job.sandbox = sandbox


async def _noted(job: Job) -> None:
    try:
        await job.recorder.changed(job)
    except Exception as fault:  # the caller is to hear what became of the submit, not of its record
        logger.warning("what became of a submit to %s could not be recorded: %s", job.provider, fault)


async def _answered(answering: asyncio.Task[None], pid: int, job: Job) -> None:
    if pid == os.getpid():
        await asyncio.shield(answering)  # who stops watching does not take the POST along
    elif job.elsewhere is not None:
        await job.elsewhere(job)
    else:
        raise SubmitUnconfirmed(_FORKED.format(provider=job.provider), provider=job.provider)


def _media_of(response: httpx.Response) -> bytes:
    """Read an answer that is the media itself, whatever type it declares."""
    content = response.content
    if not content:
        raise Unreadable("an empty answer")
    if kind(sniff(content[:HEAD])) is None:
        raise Unreadable(f"no media but {reason(response)[:200]!r}")
    return content


def _broke_off(job: Job, error: Exception) -> PixnbError:
    if not job.is_sent:
        return PixnbError(f"The inputs could not be delivered to {job.provider} ({error!r}). Nothing was sent.")
    text = f"The submit to {job.provider} broke off ({error!r}); the job may be running. It was not sent again."
    return SubmitUnconfirmed(text, provider=job.provider)


_FORKED = (
    "The answer of {provider} comes to the process that sent the job, which this one was forked from. It has no id to "
    "ask by: wait for it there."
)

__all__ = ["Sender"]
