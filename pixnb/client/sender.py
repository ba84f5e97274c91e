"""A job's way to its service: checked, written down, sent, and its answer taken in."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pixnb.client.input_upload import keep_inputs
from pixnb.client.inputs import identify_and_price, only_urls, open_attachments
from pixnb.client.retrying import Answer, Way, submit
from pixnb.client.watcher import not_charged
from pixnb.errors import ContentRefused, JobFailed, PixnbError, SubmitUnconfirmed
from pixnb.http import httpx
from pixnb.media.kinds import HEAD, kind, sniff
from pixnb.status import JobStatus
from pixnb.terminal import get_logger
from pixnb.unsent import nothing_sent
from pixnb.wire import registry as wires
from pixnb.wire.refusals import reason
from pixnb.wire.wire import Accepted, Attachment, Target, Unreadable

if TYPE_CHECKING:
    from pixnb.client.collector import Collector
    from pixnb.client.flights import Flights
    from pixnb.client.input_upload import InputUpload
    from pixnb.client.work import Work
    from pixnb.media.store import Store
    from pixnb.pacing.caps import Caps
    from pixnb.request import Request
    from pixnb.targets import SandboxHosts, Targets

logger = get_logger(__name__)
_AT_ONCE = 16
"""Submits under way at the same time, and open answers; more of them wait here and cost nothing."""


@dataclass(eq=False)
class Sender:
    """Sends jobs; everything here runs on the background loop.

    Attributes:
        store: Where inputs that have to be fetched are kept.
        answer_within: Seconds for an answer that is the media itself.
    """

    http: httpx.AsyncClient
    targets: Targets
    hosts: SandboxHosts
    input_upload: InputUpload
    store: Store
    collector: Collector
    flights: Flights
    caps: Caps
    answer_within: float

    def __post_init__(self) -> None:
        self._submits, self._answers = asyncio.Semaphore(_AT_ONCE), asyncio.Semaphore(_AT_ONCE)

    async def submit(self, work: Work) -> None:
        """Record, send the inputs, then the request, record what was answered.

        Work that is answered with its media is only begun here; the watch of the job ends with the answer.

        Raises:
            PixnbError: By class; what was recorded says the same.
        """
        request = work.request
        assert request is not None
        with nothing_sent():
            params = await self._fetch(work, request)  # which may take long, and keeps nobody else waiting
        if request.is_direct:
            await self._open(work, request, params)
            return
        async with self._submits:
            with nothing_sent():
                target = await self._prepare(work, request, params)
                await self._intend(work)
            try:
                answer = await self._send(work, request, target)
            except (PixnbError, asyncio.CancelledError) as error:
                await self._refuse(work, error)
                raise
            await self._accept(work, answer)

    async def _open(self, work: Work, request: Request, params: Mapping[str, Any]) -> None:
        """Open a POST that is answered with the media; its slot is free again when the answer is there."""
        await self._answers.acquire()
        try:
            with nothing_sent():
                target = await self._prepare(work, request, params)
                await self._intend(work)
            work.advance(created_at=work.standing.submitted_at)
            if work.standing.status is not JobStatus.CANCELLED:  # while it was written down; the answering says so
                work.advance(JobStatus.PROCESSING, started_at=datetime.now(UTC))
                await _note(work)
            answering = self.flights.see_through(work, self._take_answer(work, request, target))
        except BaseException:
            self._answers.release()
            raise
        work.follower = _AnswerFollower(answering)
        work.tell()

    async def _take_answer(self, work: Work, request: Request, target: Target) -> None:
        try:
            answer = await self._send(work, request, target)
        except (PixnbError, asyncio.CancelledError) as error:
            if work.standing.status is not JobStatus.CANCELLED or not _is_lost(error):
                await self._refuse(work, error)
            return
        finally:
            self._answers.release()
        await self.collector.keep(work, answer.value)

    async def _intend(self, work: Work) -> None:
        """Have the job written down; whatever stops that stops the job."""
        before = work.standing
        work.advance(JobStatus.SUBMITTING, submitted_at=datetime.now(UTC))
        try:
            await work.recorder.intended(work)
        except asyncio.CancelledError as error:  # the process is ending; what is being written is written all the same
            await self._refuse(work, error)
            raise
        except BaseException:
            if work.standing.status is not JobStatus.CANCELLED:
                work.advance(JobStatus.PLANNED, submitted_at=before.submitted_at)
            raise
        self.flights.jobs.add(work)

    async def prepare(self, work: Work) -> Target:
        """Do what can stop the job before it is written down, and find where it goes; no sandbox is started for it."""
        assert work.request is not None
        params = await self._fetch(work, work.request, starts=False)
        return await self._prepare(work, work.request, params, starts=False)

    async def _fetch(self, work: Work, request: Request, *, starts: bool = True) -> Mapping[str, Any]:
        wire = wires.get(work.provider)
        if not (request.has_media and wire.takes_files):
            return request.params
        await self._find_target(work.provider, starts)  # a key that is missing is said first
        return await self.input_upload.fetch(work.store or self.store, wire, request)

    async def _find_target(self, provider: str, starts: bool) -> Target:
        found = self.targets.found(provider)
        return found if found is not None else await asyncio.to_thread(self.targets.get, provider, starts=starts)

    async def _prepare(self, work: Work, request: Request, params: Mapping[str, Any], *, starts: bool = True) -> Target:
        model, wire = request.model, wires.get(work.provider)
        target = await self.hosts.clear(self.http, await self._find_target(work.provider, starts))
        if "://" in (store := work.store or self.store).url:
            await asyncio.to_thread(store.check)
        if request.has_media:
            await self._identify(work, request, params)
        else:
            cost = model.estimate(**request.params)
            work.advance(cost=cost, estimate=cost)
        inputs = work.standing.inputs
        if any(given.has_bytes for given in inputs) or (request.callback and request.callback.is_local):
            target = await self.hosts.ask(self.http, target)
        await self.input_upload.check(wire, target, model, inputs)
        work.target = target
        work.advance(sandbox=self.hosts.is_sandbox(target))
        # what the wire refuses is refused before anything is written or sent
        empty = Attachment(io.BytesIO(), 0, "application/octet-stream", "input")
        stand_in = empty if wire.takes_files else "https://"
        self._request(work, request, target, {given.name: stand_in for given in inputs})
        return target

    async def _identify(self, work: Work, request: Request, params: Mapping[str, Any]) -> None:
        if only_urls(request.model, params):  # nothing to read: a thread would cost more than the work
            inputs, cost = identify_and_price(request.model, params, request.called)
        else:
            inputs, cost = await asyncio.to_thread(identify_and_price, request.model, params, request.called)
        if work.store is not None and any(given.has_bytes and given.media.path is None for given in inputs):
            inputs = await asyncio.to_thread(keep_inputs, work.store, inputs)
        work.advance(inputs=inputs, cost=cost, estimate=cost)

    def _request(self, work: Work, request: Request, target: Target, media: Mapping[str, Any]) -> httpx.Request:
        if work.standing.status is JobStatus.CANCELLED:
            raise JobFailed("The job was cancelled before it was sent; it costs nothing.", code="CANCELLED")
        return wires.get(work.provider).submit(
            target,
            request.model,
            {**request.params, **media, **request.extra},
            route=request.route,
            callback=request.callback,
            idempotency_key=request.idempotency_key,
        )

    @contextlib.contextmanager
    def _build(self, work: Work, request: Request, target: Target, urls: Mapping[str, str]) -> Iterator[httpx.Request]:
        with open_attachments(work.standing.inputs if wires.get(work.provider).takes_files else ()) as files:
            yield self._request(work, request, target, {**urls, **files})

    async def _send(self, work: Work, request: Request, target: Target) -> Answer[Any]:
        """Bring the inputs to the service, then send the request."""
        wire, model = wires.get(work.provider), request.model
        with _name_break(work):
            urls = {} if wire.takes_files else await self.input_upload.send(wire, target, model, work.standing.inputs)
            build = functools.partial(self._build, work, request, target, urls)
            way: Way[Any] = Way(wire, build, wire.accepted, model.id, may_repeat_lost=wire.repeats_lost_submits)
            if request.is_direct:
                way = Way(wire, build, _read_media, model.id, timeout=self.answer_within, lost_code="PROCESSING_ERROR")
            work.advance(is_sent=True)
            answer = await submit(self.http, way, self.caps.of(work.provider).hear)
        self.hosts.heard(target, sandbox=answer.sandbox)
        if answer.sandbox is not work.standing.sandbox:
            work.advance(sandbox=answer.sandbox)
        return answer

    async def _refuse(self, work: Work, error: BaseException) -> None:
        """Write down that the service has not taken the job, or that nobody knows whether it has."""
        if isinstance(error, asyncio.CancelledError):  # the process is ending
            error = _break_off(work, error)
        assert isinstance(error, PixnbError)
        lost = _is_lost(error)
        status = JobStatus.CANCELLED if error.code == "CANCELLED" else JobStatus.ERROR
        # a page that says nothing of refused content does not say that it is free
        may_cost = lost or (isinstance(error, ContentRefused) and error.billed is not False)
        cost = work.standing.cost if may_cost else not_charged(work.standing.cost)
        if lost:  # one that was cancelled on its way stays so, with its price reserved
            status = JobStatus.CANCELLED if work.standing.status is JobStatus.CANCELLED else JobStatus.UNCONFIRMED
        work.advance(status, error=error, cost=cost)
        await _note(work)
        self.flights.end(work)

    async def _accept(self, work: Work, answer: Answer[Accepted]) -> None:
        accepted, before = answer.value, work.standing
        is_cancelled = before.status is JobStatus.CANCELLED
        known = {"id": accepted.job_id, "polling_url": accepted.polling_url, "created_at": before.submitted_at}
        work.advance(None if is_cancelled else accepted.status, **known)
        if is_cancelled:
            work.advance(error=work.explain_cancel())
        try:
            await work.recorder.accepted(work)
        except Exception as error:
            # the job runs and is paid for: it is collected all the same, and later records carry its id
            work.advance(error=error if isinstance(error, PixnbError) else work.standing.error)
            logger.warning(
                "job %s of %s runs but its id could not be recorded: %s", accepted.job_id, work.provider, error
            )
        work.tell()


class _AnswerFollower:
    """Waits for the answer that is the media; who stops watching does not take the POST along."""

    def __init__(self, answering: Future[None]) -> None:
        self._answering, self._pid = answering, os.getpid()

    async def __call__(self, work: Work) -> None:
        if self._pid == os.getpid():
            await asyncio.shield(asyncio.wrap_future(self._answering))
        elif work.fallback is not None:
            await work.fallback(work)
        else:
            raise SubmitUnconfirmed(_FORKED.format(provider=work.provider), provider=work.provider)


async def _note(work: Work) -> None:
    try:
        await work.recorder.changed(work)
    except Exception as fault:  # the caller is to hear what became of the submit, not of its record
        logger.warning("what became of a submit to %s could not be recorded: %s", work.provider, fault)


def _read_media(response: httpx.Response) -> bytes:
    """Read an answer that is the media itself, whatever type it declares."""
    content = response.content
    if not content:
        raise Unreadable("an empty answer")
    if kind(sniff(content[:HEAD])) is None:
        raise Unreadable(f"no media but {reason(response)[:200]!r}")
    return content


def _is_lost(error: BaseException) -> bool:
    return isinstance(error, SubmitUnconfirmed | asyncio.CancelledError)


@contextlib.contextmanager
def _name_break(work: Work) -> Iterator[None]:
    """Say of a fault of ours or of a library what became of the submit: the books are to be right all the same."""
    try:
        yield
    except (PixnbError, asyncio.CancelledError):
        raise
    except Exception as error:
        raise _break_off(work, error) from error


def _break_off(work: Work, error: BaseException) -> PixnbError:
    if not work.standing.is_sent:
        return PixnbError(f"The inputs could not be delivered to {work.provider} ({error!r}). Nothing was sent.")
    what = "this process ended" if isinstance(error, asyncio.CancelledError) else repr(error)
    text = f"The submit to {work.provider} broke off ({what}); the job may be running. It was not sent again."
    return SubmitUnconfirmed(text, provider=work.provider)


_FORKED = (
    "The answer of {provider} comes to the process that sent the job, which this one was forked from. It has no id to "
    "ask by: wait for it there."
)

__all__ = ["Sender"]
