"""The engine behind both faces: what jobs share, and what can be done with one; sender and watcher do the work."""

from __future__ import annotations

import asyncio
import logging
import os
import uuid
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

import httpx

from pixnb import wire as wires
from pixnb.catalogue import models
from pixnb.catalogue.model import Model
from pixnb.catalogue.prices import Balance
from pixnb.client import farewell
from pixnb.client.delivery import Deliverer, Uploads
from pixnb.client.eta import Durations
from pixnb.client.job import Job, Submission
from pixnb.client.loop import LoopThread, background
from pixnb.client.polling import Patience
from pixnb.client.reach import Reach
from pixnb.client.sender import Sender
from pixnb.client.submitting import sendable
from pixnb.client.targets import Targets
from pixnb.client.transport import UNANSWERED, make_http, prepared, shared_http
from pixnb.client.uploader import Uploader
from pixnb.client.watcher import Watcher
from pixnb.errors import InvalidInput, PixnbError, ServiceUnavailable
from pixnb.media.media import Media
from pixnb.media.store import Store
from pixnb.status import JobStatus
from pixnb.wire.callback import Callback
from pixnb.wire.wire import Unreadable, Wire

logger = logging.getLogger("pixnb.client")
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
        self.reach = Reach()
        self.patience = patience or Patience()
        self.sender = Sender(self)
        self.watcher = Watcher(self, self.patience)
        self._bind()

    def _bind(self) -> None:
        self._thread = background()
        self._http = make_http(self._transport) if self._transport else None
        self.submits = asyncio.Semaphore(_AT_ONCE)
        self.answers = asyncio.Semaphore(_AT_ONCE)
        self.downloads = asyncio.Semaphore(_AT_ONCE)
        self.in_flight: set[Job] = set()
        self._uploads = Uploads()

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
        return self.reach.are_sandboxes()

    @property
    def deliverer(self) -> Deliverer:
        """What brings inputs to the services; for the loop's thread."""
        return Deliverer(self.http, self._uploader, self._uploads)

    def draft(
        self,
        model: str | Model,
        params: Mapping[str, Any],
        *,
        callback: Callback | None = None,
        idempotency_key: str | None = None,
        extra: Mapping[str, Any] | None = None,
        process: bool = False,
    ) -> Submission:
        """Check what is to be submitted; nothing leaves.

        Args:
            model: Friendly id, the service's own id, or a `Model`.
            params: Its parameters.
            callback: A webhook to be called by the service.
            idempotency_key: For services that know one; made when left out.
            extra: Fields that are sent unchecked.
            process: Whether to take the way that is answered with the media itself, where the model has both.

        Raises:
            ModelNotFound: No such model.
            InvalidInput: The params do not fit it.
        """
        spec = models.get(model)
        checked = spec.validate(params)
        direct = bool(spec.process_route) and (process or not spec.route)
        key = idempotency_key or str(uuid.uuid4())
        return Submission(spec, checked, key, sendable(spec, extra), callback, direct)

    def job(self, submission: Submission) -> Job:
        """Return a job that is not sent yet."""
        return Job(self, provider=submission.model.provider, model=submission.model.id, submission=submission)

    async def submit(self, job: Job) -> Job:
        """Record, deliver the inputs, send, record the id, begin to watch.

        Raises:
            PixnbError: By class; what was recorded says the same.
        """
        farewell.remember(self)
        await self.sender.submit(job)
        self.watch(job)
        return job

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

    def nudge(self, job: Job) -> None:
        """Have a job asked about now, because something was heard of it. From any thread."""
        thread = self.thread
        thread.loop.call_soon_threadsafe(job.rest.nudge)

    async def cancel(self, job: Job) -> None:
        """Stop waiting for a job; a POST that is under way is left to finish, and what it brings is kept."""
        if job.is_settled:
            return
        on_record = job.status not in (JobStatus.PLANNED, JobStatus.SUBMITTING)
        # said before the watch is ended, so that those who wait on it find it said
        job.status, job.error = JobStatus.CANCELLED, job.cancelled()
        job.stop_watching()
        self.ended(job)
        if on_record:
            await job.recorder.changed(job)

    async def upload(self, media: Media, provider: str) -> str:
        """Upload a file to a service that takes uploads; see `Client.upload`."""
        wire = wires.get(provider)
        target = await self.reach.ask(self.http, await asyncio.to_thread(self.targets.get, provider))
        if not wire.takes_uploads(target):
            raise InvalidInput(
                f"{provider} documents no upload. Use pixnb.Uploader, or put the file on the web yourself."
            )
        problem = wire.file_problem(media.media_type, media.size or 0)
        if problem:
            raise InvalidInput(f"The file cannot be uploaded: {problem}")
        return await self.deliverer.upload(wire, target, media, await asyncio.to_thread(lambda: media.sha256))

    async def balance(self, provider: str) -> Balance | None:
        """Ask what the wallet holds; see `Client.balance`."""
        wire: Wire = wires.get(provider)
        target = await asyncio.to_thread(self.targets.get, provider)
        question = wire.balance(target)
        if question is None:
            return None
        try:
            answer = await self.http.send(prepared(question))
        except UNANSWERED as error:
            raise _no_balance(provider, f"{type(error).__name__}: {error}") from error
        if not answer.is_success:
            raise wire.refusal(answer, model=None, job_id=None)
        try:
            return wire.balance_of(answer)
        except Unreadable as error:
            raise _no_balance(provider, str(error)) from error

    def ended(self, job: Job) -> None:
        """Note that nothing more is expected of a job."""
        self.in_flight.discard(job)
        job.notify()


def _no_balance(provider: str, what: str) -> PixnbError:
    return ServiceUnavailable(f"The balance at {provider} could not be read ({what}). Ask again.", provider=provider)


__all__ = ["Engine"]
