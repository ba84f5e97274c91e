"""The engine behind both faces: submits jobs on the background loop and hands them to the watcher."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import uuid
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

import httpx

from pixnb import wire as wires
from pixnb.catalogue import models
from pixnb.catalogue.model import Model
from pixnb.client import farewell
from pixnb.client.eta import Durations
from pixnb.client.inputs import Deliverer, identify_and_price, only_urls
from pixnb.client.job import CANCELLED, Job, Submission
from pixnb.client.loop import LoopThread, background
from pixnb.client.polling import Patience
from pixnb.client.reach import Reach
from pixnb.client.submitting import Answer, sendable, submit
from pixnb.client.targets import Targets
from pixnb.client.transport import make_http, shared_http
from pixnb.client.uploader import Uploader
from pixnb.client.watcher import Watcher, not_charged
from pixnb.errors import InvalidInput, JobFailed, PixnbError, SubmitUnconfirmed
from pixnb.media.media import Media
from pixnb.media.store import Store
from pixnb.status import JobStatus
from pixnb.wire.callback import Callback
from pixnb.wire.wire import Wire

logger = logging.getLogger(__name__)
logger.addHandler(logging.NullHandler())

_AT_ONCE = 16
"""Submits, and downloads, under way at the same time; more of them wait here and cost nothing."""


class Engine:
    """Does the work of a client.

    Args:
        targets: Where each provider's work goes.
        store: Where results are kept.
        uploader: The user's own place for input files.
        transport: An httpx transport in place of the network; the one seam for fakes.
        patience: How long waits bear with a service.
    """

    def __init__(
        self,
        targets: Targets,
        store: Store,
        *,
        uploader: Uploader | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.targets = targets
        self.store = store
        self.durations = Durations()
        self._uploader = uploader
        self._transport = transport
        self._reach = Reach()
        self.watcher = Watcher(self, patience or Patience())
        self._bind()

    def _bind(self) -> None:
        self._thread = background()
        self._http = make_http(self._transport) if self._transport else None
        self._submits = asyncio.Semaphore(_AT_ONCE)
        self.downloads = asyncio.Semaphore(_AT_ONCE)
        self.in_flight: set[Job] = set()

    @property
    def pid(self) -> int:
        """The process that its loop belongs to."""
        return self._thread.pid

    @property
    def thread(self) -> LoopThread:
        """The background loop; a new one in a forked child."""
        if self._thread.pid != os.getpid():
            self._bind()
        return self._thread

    @property
    def http(self) -> httpx.AsyncClient:
        """The HTTP client; for the loop's thread."""
        return self._http or shared_http(self._thread)

    @property
    def is_sandbox(self) -> bool | None:
        """Whether a sandbox does the work; None while nobody has answered."""
        if self.targets.is_sandbox():
            return True
        return self._reach.are_sandboxes()

    @property
    def _deliverer(self) -> Deliverer:
        return Deliverer(self.http, self._uploader)

    def draft(
        self,
        model: str | Model,
        params: Mapping[str, Any],
        *,
        callback: Callback | None = None,
        idempotency_key: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Submission:
        """Check what is to be submitted; nothing leaves.

        Raises:
            ModelNotFound: No such model.
            InvalidInput: The params do not fit it.
        """
        spec = models.get(model)
        checked = spec.validate(params)
        return Submission(spec, checked, idempotency_key or str(uuid.uuid4()), sendable(spec, extra), callback)

    def job(self, submission: Submission) -> Job:
        """Return a job that is not sent yet."""
        return Job(self, provider=submission.model.provider, model=submission.model.id, submission=submission)

    async def submit(self, job: Job) -> Job:
        """Record, deliver the inputs, send, record the id, begin to watch.

        Raises:
            PixnbError: By class; what was recorded says the same.
        """
        submission = job.submission
        assert submission is not None
        farewell.remember(self)
        async with self._submits:
            await self._prepare(job, submission)
            await self._intend(job)
            try:
                answer = await self._send(job, submission)
            except PixnbError as error:
                await self._not_accepted(job, error)
                raise
            await self._accept(job, answer)
        self.watch(job)
        return job

    async def _intend(self, job: Job) -> None:
        """Have the job written down; whatever stops that stops the job."""
        job.status, job.submitted_at = JobStatus.SUBMITTING, datetime.now(UTC)
        try:
            await job.recorder.intended(job)
        except BaseException:
            job.status, job.submitted_at = JobStatus.PLANNED, None
            raise
        self.in_flight.add(job)

    async def _prepare(self, job: Job, submission: Submission) -> None:
        """Everything that can stop the job before it is written down."""
        if job.target is None:
            found = self.targets.found(job.provider)
            job.target = found if found is not None else await asyncio.to_thread(self.targets.get, job.provider)
        model, params = submission.model, submission.params
        if any(name in params for name in model.inputs.values()):
            if only_urls(model, params):  # nothing to read: a thread would cost more than the work
                job.inputs, job.cost = identify_and_price(model, params)
            else:
                job.inputs, job.cost = await asyncio.to_thread(identify_and_price, model, params)
        else:
            job.cost = model.estimate(**params)
        if any(given.has_bytes for given in job.inputs) or (submission.callback and submission.callback.is_local):
            job.target = await self._reach.ask(self.http, job.target)
        await self._deliverer.check(wires.get(job.provider), job.target, model, job.inputs)
        job.sandbox = self._reach.is_sandbox(job.target)
        # what the wire refuses is refused before anything is written or sent
        self._request(job, submission, {given.name: "https://" for given in job.inputs})

    def _request(self, job: Job, submission: Submission, urls: Mapping[str, str]) -> httpx.Request:
        if job.status is JobStatus.CANCELLED:
            raise JobFailed("The job was cancelled before it was sent; it costs nothing.", code="CANCELLED")
        assert job.target is not None
        wire: Wire = wires.get(job.provider)
        return wire.submit(
            job.target,
            submission.model,
            {**submission.params, **urls, **submission.extra},
            callback=submission.callback,
            idempotency_key=submission.idempotency_key,
        )

    async def _send(self, job: Job, submission: Submission) -> Answer:
        wire, target, model = wires.get(job.provider), job.target, submission.model
        assert target is not None
        try:
            urls = await self._deliverer.deliver(wire, target, model, job.inputs)
            build = functools.partial(self._request, job, submission, urls)
            job.is_sent = True
            return await submit(self.http, wire, build, model=model.id, may_repeat_lost=wire.repeats_lost_submits)
        except (PixnbError, asyncio.CancelledError):
            raise
        except Exception as error:  # a fault of ours or of a library: the books are to be right all the same
            raise _broke_off(job, error) from error

    async def _not_accepted(self, job: Job, error: PixnbError) -> None:
        lost, cancelled = isinstance(error, SubmitUnconfirmed), error.code == "CANCELLED"
        job.error = error
        job.status = JobStatus.UNCONFIRMED if lost else JobStatus.CANCELLED if cancelled else JobStatus.ERROR
        if not lost:
            job.cost = not_charged(job.cost)
        try:
            await job.recorder.changed(job)
        except Exception as fault:  # the caller is to hear what became of the submit, not of its record
            logger.warning("what became of a submit to %s could not be recorded: %s", job.provider, fault)
        self.ended(job)

    async def _accept(self, job: Job, answer: Answer) -> None:
        assert job.target is not None
        self._reach.heard(job.target, sandbox=answer.sandbox)
        job.id, job.polling_url, job.sandbox = answer.accepted.job_id, answer.accepted.polling_url, answer.sandbox
        job.created_at = job.submitted_at
        if job.status is JobStatus.CANCELLED:
            job.error = _cancelled(job)
        else:
            job.status = answer.accepted.status
        try:
            await job.recorder.accepted(job)
        except Exception as error:
            # the job runs and is paid for: it is collected all the same, and later records carry its id
            job.error = error if isinstance(error, PixnbError) else job.error
            logger.warning("job %s of %s runs but its id could not be recorded: %s", job.id, job.provider, error)
        job.notify()

    def watch(self, job: Job) -> Future[None]:
        """Return a future that is done when the job is; begins to watch if nobody does. From any thread."""
        thread = self.thread
        return job.watched(lambda: thread.start((job.pursuit or self.watcher.watch)(job)))

    async def refresh(self, job: Job) -> None:
        """Ask once; see `Job.refresh`."""
        await self.watcher.refresh(job)

    def reopen(self, job: Job) -> Future[None]:
        """Follow a job again that had ended for us without its files. From any thread."""
        thread = self.thread
        return job.watched(lambda: thread.start(self.watcher.reopen(job)))

    async def cancel(self, job: Job) -> None:
        """Stop waiting for a job; a POST that is under way is left to finish and its id is recorded."""
        if job.is_settled:
            return
        under_way = job.status is JobStatus.SUBMITTING
        # said before the watch is ended, so that those who wait on it find it said
        job.status, job.error = JobStatus.CANCELLED, _cancelled(job)
        job.stop_watching()
        self.ended(job)
        if not under_way:
            await job.recorder.changed(job)

    async def upload(self, media: Media, provider: str) -> str:
        """Upload a file to a service that takes uploads; see `Client.upload`."""
        wire = wires.get(provider)
        target = await self._reach.ask(self.http, await asyncio.to_thread(self.targets.get, provider))
        if wire.upload(target, "") is None:
            raise InvalidInput(
                f"{provider} documents no upload. Use pixnb.Uploader, or put the file on the web yourself."
            )
        return await self._deliverer.upload(wire, target, media)

    def ended(self, job: Job) -> None:
        """Note that nothing more is expected of a job."""
        self.in_flight.discard(job)
        job.notify()


def _cancelled(job: Job) -> JobFailed:
    text = CANCELLED.format(provider=job.provider, id=job.id)
    return JobFailed(text, provider=job.provider, job_id=job.id, code="CANCELLED")


def _broke_off(job: Job, error: Exception) -> PixnbError:
    if not job.is_sent:
        return PixnbError(f"The inputs could not be delivered to {job.provider} ({error!r}). Nothing was sent.")
    text = f"The submit to {job.provider} broke off ({error!r}); the job may be running. It was not sent again."
    return SubmitUnconfirmed(text, provider=job.provider)


__all__ = ["Engine"]
