"""The engine behind both faces: what jobs share, and what can be done with one; its parts do the work."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from pixnb.catalogue.prices import Balance
from pixnb.client.collector import Collector
from pixnb.client.flights import Flights, end_before_logs_close
from pixnb.client.input_upload import InputUpload
from pixnb.client.polling import Patience
from pixnb.client.sender import Sender
from pixnb.client.watcher import Watcher
from pixnb.client.work import Work
from pixnb.errors import InvalidInput, PixnbError, ServiceUnavailable
from pixnb.http import httpx
from pixnb.http.bounds import Bounds
from pixnb.http.client import make_http, share_transport
from pixnb.http.failures import UNANSWERED
from pixnb.http.loop import LoopThread, background
from pixnb.media.media import Media
from pixnb.media.store import Store
from pixnb.media.uploader import Uploader
from pixnb.pacing.caps import Caps
from pixnb.pacing.durations import Durations
from pixnb.request import Request
from pixnb.status import JobStatus
from pixnb.targets import SandboxHosts, Targets
from pixnb.terminal import get_logger
from pixnb.unsent import nothing_sent
from pixnb.wire import registry as wires
from pixnb.wire.wire import Unreadable, Wire

T = TypeVar("T")
logger = get_logger("pixnb.client")
logger.addHandler(logging.NullHandler())


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
        self.durations = Durations()
        self._store = store
        self._uploader = uploader
        self._transport = transport
        self._hosts = SandboxHosts()
        self._patience = patience or Patience()
        self._bind()

    def _bind(self) -> None:
        """Make the parts anew, on the loop of this process."""
        self._thread = background()
        bounds = Bounds(seconds=min(Bounds().seconds, self._patience.deadline))
        self._http = http = make_http(self._transport or share_transport(self._thread), bounds)
        self._flights = flights = Flights(self._thread)
        self.caps = caps = Caps()
        self._input_upload = InputUpload(http, self._uploader, within=self._patience.deadline)
        collector = Collector(http, store=self._store, durations=self.durations, flights=flights)
        self._watcher = Watcher(
            http,
            targets=self.targets,
            hosts=self._hosts,
            collector=collector,
            flights=flights,
            caps=caps,
            durations=self.durations,
            patience=self._patience,
        )
        self._sender = Sender(
            http,
            targets=self.targets,
            hosts=self._hosts,
            input_upload=self._input_upload,
            store=self._store,
            collector=collector,
            flights=flights,
            caps=caps,
            answer_within=self._patience.answer,
        )

    @property
    def thread(self) -> LoopThread:
        """The background loop; a new one in a forked child."""
        if self._thread.pid != os.getpid():
            self._bind()
        return self._thread

    @property
    def in_flight(self) -> frozenset[Work]:
        """What was sent and has not come to its end."""
        return frozenset(self._flights.jobs)

    @property
    def is_sandbox(self) -> bool | None:
        """Whether a sandbox does the work; None while nobody has answered."""
        if self.targets.is_sandbox():
            return True
        return self._hosts.are_sandboxes()

    def see_through(self, work: Work, submit: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin what submits a job, on the loop, and see it through whoever stops waiting. From any thread.

        Returns:
            Its outcome. Cancelling that, or waiting no longer, never stops a submit.

        Raises:
            PixnbError: This process is ending; nothing was sent.
        """
        _ = self.thread
        end_before_logs_close()
        return self._flights.see_through(work, submit)

    async def prepare(self, work: Work) -> None:
        """Read a job's inputs, check and price it, and find where it goes; nothing leaves. On the loop."""
        with nothing_sent():
            await self._sender.prepare(work)

    async def submit(self, work: Work) -> None:
        """Record, send the inputs, then the request, record the id, begin to watch. On the loop, seen through.

        Raises:
            PixnbError: What stopped it before it was sent, or what the service refused it with, by class.
        """
        await self._sender.submit(work)
        self.watch(work)

    def new_work(self, request: Request) -> Work:
        """Return a job that nobody records and that is not sent yet."""
        return Work(request.model.provider, request.model.id, request=request)

    def watch(self, work: Work) -> Future[None]:
        """Return a future that is done when the job is; begins to watch if nobody does. From any thread."""
        thread = self.thread
        return work.watching.share(lambda: thread.start((work.follower or self._watcher.watch)(work)))

    async def follow_service(self, work: Work) -> None:
        """Ask the service until the job ends; on the loop."""
        await self._watcher.watch(work)

    async def refresh(self, work: Work) -> None:
        """Ask once; see `Job.refresh`. On the loop."""
        await self._watcher.refresh(work)

    def reopen(self, work: Work) -> Future[None]:
        """Follow a job again that had ended for us without its files. From any thread."""
        thread = self.thread
        return work.watching.share(lambda: thread.start(self._watcher.reopen(work)))

    def nudge(self, work: Work) -> None:
        """Have a job asked about now, because something was heard of it. From any thread."""
        self.thread.loop.call_soon_threadsafe(work.watching.nudge)

    def end(self, work: Work) -> None:
        """Note that nothing more is expected of a job, and tell its listeners."""
        self._flights.end(work)

    def drain(self, seconds: float) -> bool:
        """Wait until no submit is under way, from any thread but the loop's; False when the time is up."""
        return self._flights.drain(seconds)

    async def cancel(self, work: Work) -> None:
        """Stop waiting for a job; a POST that is under way is left to finish, and what it brings is kept."""
        if work.standing.is_settled:
            return
        on_record = work.standing.status not in (JobStatus.PLANNED, JobStatus.SUBMITTING)
        # said before the watch is ended, so that those who wait on it find it said
        work.advance(JobStatus.CANCELLED, error=work.explain_cancel())
        work.watching.stop()
        self._flights.end(work)
        if on_record:
            await work.recorder.changed(work)

    async def upload(self, media: Media, provider: str) -> str:
        """Upload a file to a service that takes uploads; see `Client.upload`."""
        wire, found = wires.get(provider), await asyncio.to_thread(self.targets.get, provider)
        target = await self._hosts.ask(self._http, await self._hosts.clear(self._http, found))
        if not wire.takes_uploads(target):
            raise InvalidInput(
                f"{provider} documents no upload. Use pixnb.Uploader, or put the file on the web yourself."
            )
        problem = wire.file_problem(media.media_type, media.size or 0)
        if problem:
            raise InvalidInput(f"The file cannot be uploaded: {problem}")
        return await self._input_upload.upload(wire, target, media, await asyncio.to_thread(lambda: media.sha256))

    async def balance(self, provider: str) -> Balance | None:
        """Ask what the wallet holds; see `Client.balance`."""
        wire: Wire = wires.get(provider)
        target = await self._hosts.clear(self._http, await asyncio.to_thread(self.targets.get, provider))
        question = wire.balance(target)
        if question is None:
            return None
        try:
            answer = await self._http.send(question)
        except UNANSWERED as error:
            raise _no_balance(provider, f"{type(error).__name__}: {error}") from error
        if not answer.is_success:
            raise wire.refusal(answer, model=None, job_id=None)
        try:
            return wire.balance_of(answer)
        except Unreadable as error:
            raise _no_balance(provider, str(error)) from error


def _no_balance(provider: str, what: str) -> PixnbError:
    return ServiceUnavailable(f"The balance at {provider} could not be read ({what}). Ask again.", provider=provider)


__all__ = ["Engine"]
