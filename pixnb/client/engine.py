"""The engine behind both faces: submits jobs on the background loop and hands them to the watcher."""

from __future__ import annotations

import asyncio
import atexit
import functools
import logging
import os
import sys
import uuid
import weakref
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx

from pixnb import wire as wires
from pixnb.catalogue import models
from pixnb.catalogue.model import Model
from pixnb.catalogue.prices import Cost
from pixnb.client.eta import Durations
from pixnb.client.inputs import Deliverer, identify
from pixnb.client.job import CANCELLED, Job, Submission
from pixnb.client.loop import LoopThread, background
from pixnb.client.polling import Patience
from pixnb.client.submitting import Answer, submit
from pixnb.client.targets import Targets
from pixnb.client.transport import make_http, prepared, shared_http
from pixnb.client.uploader import Uploader
from pixnb.client.watcher import Watcher, not_charged
from pixnb.errors import (
    JobFailed,
    LogError,
    PixnbError,
    ServiceUnavailable,
    SubmitUnconfirmed,
)
from pixnb.media.store import Store
from pixnb.settings import PROVIDERS
from pixnb.status import JobStatus
from pixnb.wire.callback import Callback
from pixnb.wire.wire import Target, Wire

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
        self._sandboxes: dict[str, bool] = {}
        self.watcher = Watcher(self, patience or Patience())
        self._bind()
        _engines.add(self)

    def _bind(self) -> None:
        self._thread = background()
        self._http = make_http(self._transport) if self._transport else None
        self._submits = asyncio.Semaphore(_AT_ONCE)
        self.downloads = asyncio.Semaphore(_AT_ONCE)
        self.in_flight: set[Job] = set()

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
        return all(self._sandboxes.values()) if self._sandboxes else None

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
        return Submission(spec, checked, idempotency_key or str(uuid.uuid4()), dict(extra or {}), callback)

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
        async with self._submits:
            await self._prepare(job, submission)
            job.status, job.submitted_at = JobStatus.SUBMITTING, datetime.now(UTC)
            await job.recorder.intended(job)
            self.in_flight.add(job)
            try:
                answer = await self._send(job, submission)
            except PixnbError as error:
                await self._not_accepted(job, error)
                raise
            await self._accept(job, answer)
        self.watch(job)
        return job

    async def _prepare(self, job: Job, submission: Submission) -> None:
        """Everything that can stop the job before it is written down."""
        if job.target is None:
            job.target = await asyncio.to_thread(self.targets.get, job.provider)
        model, params = submission.model, submission.params
        if any(name in params for name in model.inputs.values()):
            job.inputs, job.cost = await asyncio.to_thread(_identify, model, params)
            job.target = await self._reachable(job, job.target)
            await self._deliverer.check(wires.get(job.provider), job.target, model, job.inputs)
        else:
            job.cost = model.estimate(**params)
        job.sandbox = self._says_sandbox(job.target)
        # what the wire refuses is refused before anything is written or sent
        self._request(job, submission, params)

    def _says_sandbox(self, target: Target) -> bool | None:
        """Whether a sandbox will do it: known of our own and of the documented hosts, else of those that answered."""
        if target.sandbox or target.base_url == PROVIDERS[target.provider]:
            return target.sandbox
        return self._sandboxes.get(target.base_url)

    def _request(self, job: Job, submission: Submission, params: Mapping[str, Any]) -> httpx.Request:
        assert job.target is not None
        media = set(submission.model.inputs.values())
        texts = {name: str(value) if name in media else value for name, value in params.items()}
        wire: Wire = wires.get(job.provider)
        return wire.submit(
            job.target,
            submission.model,
            {**texts, **submission.extra},
            callback=submission.callback,
            idempotency_key=submission.idempotency_key,
        )

    async def _send(self, job: Job, submission: Submission) -> Answer:
        wire, target, model = wires.get(job.provider), job.target, submission.model
        assert target is not None
        try:
            urls = await self._deliverer.deliver(wire, target, model, job.inputs)
            build = functools.partial(self._request, job, submission, {**submission.params, **urls})
            job.is_sent = True
            return await submit(self.http, wire, build, model=model.id, may_repeat_lost=wire.repeats_lost_submits)
        except (PixnbError, asyncio.CancelledError):
            raise
        except Exception as error:  # a fault of ours or of a library: the books are to be right all the same
            raise _broke_off(job, error) from error

    async def _reachable(self, job: Job, target: Target) -> Target:
        """Find out whether an address that is not the documented one is a sandbox, where a file has to go there."""
        has_files = any(given.has_bytes for given in job.inputs)
        if target.sandbox or not has_files or target.base_url == PROVIDERS[target.provider]:
            return target
        if target.base_url not in self._sandboxes:
            try:
                answer = await self.http.send(prepared(httpx.Request("GET", target.base_url)))
            except httpx.TransportError as error:
                text = f"{target.provider} could not be reached at {target.base_url}: {error}. Nothing was sent."
                raise ServiceUnavailable(text, provider=target.provider) from error
            self._sandboxes[target.base_url] = answer.headers.get("x-pixnb-sandbox") == "1"
        return replace(target, sandbox=self._sandboxes[target.base_url])

    async def _not_accepted(self, job: Job, error: PixnbError) -> None:
        lost = isinstance(error, SubmitUnconfirmed)
        job.status, job.error = JobStatus.UNCONFIRMED if lost else JobStatus.ERROR, error
        if not lost:
            job.cost = not_charged(job.cost)
        await job.recorder.changed(job)
        self.ended(job)

    async def _accept(self, job: Job, answer: Answer) -> None:
        assert job.target is not None
        self._sandboxes[job.target.base_url] = answer.sandbox
        job.id, job.polling_url, job.sandbox = (
            answer.accepted.job_id,
            answer.accepted.polling_url,
            answer.sandbox,
        )
        cancelled = job.status is JobStatus.CANCELLED
        job.status = JobStatus.CANCELLED if cancelled else answer.accepted.status
        job.created_at = job.submitted_at
        try:
            await job.recorder.accepted(job)
        except LogError as error:
            # the job runs and is paid for: it is collected all the same, and later records carry its id
            job.error = error
            logger.warning("job %s of %s runs but its id could not be logged: %s", job.id, job.provider, error)
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
        under_way = job.status is JobStatus.SUBMITTING
        job.stop_watching()
        async with job.gate:
            if job.is_settled:
                return
            job.status = JobStatus.CANCELLED
            text = CANCELLED.format(provider=job.provider, id=job.id)
            job.error = JobFailed(text, provider=job.provider, job_id=job.id, code="CANCELLED")
            if not under_way:
                await job.recorder.changed(job)
        self.ended(job)

    def ended(self, job: Job) -> None:
        """Note that nothing more is expected of a job."""
        self.in_flight.discard(job)
        job.notify()


def _identify(model: Model, params: Mapping[str, Any]) -> tuple[Any, Cost | None]:
    inputs = identify(model, params)
    seconds = None
    if model.price is not None and model.price.per == "second" and "duration" not in model.params.model_fields:
        timed = next((given for given in inputs if given.has_bytes and given.role in ("video", "audio")), None)
        seconds = timed.media.info.duration if timed else None
    return inputs, model.estimate(seconds=seconds, **params)


def _broke_off(job: Job, error: Exception) -> PixnbError:
    if not job.is_sent:
        return PixnbError(f"The inputs could not be delivered to {job.provider} ({error!r}). Nothing was sent.")
    text = f"The submit to {job.provider} broke off ({error!r}); the job may be running. It was not sent again."
    return SubmitUnconfirmed(text, provider=job.provider)


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


@atexit.register
def _name_what_is_in_flight() -> None:
    """Say at exit, in one line, which jobs go on without this process."""
    jobs = [job for engine in _engines if engine.thread.pid == os.getpid() for job in engine.in_flight if job.id]
    if jobs:
        named = ", ".join(f"{job.provider} {job.id}" for job in jobs[:5]) + (" …" if len(jobs) > 5 else "")
        what = "job goes" if len(jobs) == 1 else "jobs go"
        sys.stderr.write(f"pixnb: {len(jobs)} {what} on without this process ({named}); resume() or job() collects.\n")


__all__ = ["Engine"]
