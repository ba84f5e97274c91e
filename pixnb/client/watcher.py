"""Following a job to its end: what each answer means, and how the files come home."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pixnb.awake import Awake
from pixnb.catalogue.prices import Cost
from pixnb.client.clocks import find_start
from pixnb.client.collector import Collector, find_end
from pixnb.client.polling import Asked, Pace, Patience, PollFault, not_found, poll
from pixnb.errors import (
    Forbidden,
    InvalidAPIKey,
    JobErrored,
    JobFailed,
    JobNotFound,
    PixnbError,
    ServiceUnavailable,
    SubmitUnconfirmed,
)
from pixnb.status import JobStatus
from pixnb.terminal import get_logger
from pixnb.wire import registry as wires
from pixnb.wire.refusals import explain_refused
from pixnb.wire.wire import Target, Update

if TYPE_CHECKING:
    from pixnb.client.flights import Flights
    from pixnb.client.work import Work
    from pixnb.http import httpx
    from pixnb.pacing.caps import Caps
    from pixnb.pacing.durations import Durations
    from pixnb.pacing.schedule import Schedule
    from pixnb.targets import SandboxHosts, Targets

logger = get_logger(__name__)

_ERRORED = "{provider} could not finish the job: {why}. It is not charged; try again."
_FAILED = "The job failed at {provider}: {why}. {charge}; change the params or try again."
_OVERPRICED = (
    "{provider} charged {cost} for job {id}, which was estimated at {estimate}: more than twice as much. Look at its "
    "price page, and tell pixnb: pixnb.models.set_price(model, amount)."
)
_CHARGES = {"refunded": "What it cost was given back", "charged": "It cost {cost}"}


class Watcher:
    """Follows jobs at their services; everything here runs on the background loop.

    Args:
        http: The HTTP client.
        targets: Where each provider's work goes.
        hosts: Knows where a sandbox answers.
        collector: Fetches what a job made, and ends it.
        flights: What is under way.
        caps: Hear how a service bears the questions.
        durations: Knows how long jobs take.
        patience: How long waits bear with a service.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        targets: Targets,
        hosts: SandboxHosts,
        collector: Collector,
        flights: Flights,
        caps: Caps,
        durations: Durations,
        patience: Patience,
    ) -> None:
        self._http = http
        self._caps = caps
        self._durations = durations
        self._targets = targets
        self._hosts = hosts
        self._collector = collector
        self._flights = flights
        self._patience = patience

    async def watch(self, work: Work) -> None:
        """Poll until the job ends; what ends the wait before that is raised."""
        if work.standing.is_settled:
            return
        if work.standing.id is None:
            raise SubmitUnconfirmed(
                f"{work.provider} never named a job for this submit, so there is none to wait for. Look into its "
                "console before you send it again.",
                provider=work.provider,
            )
        self._flights.jobs.add(work)
        pace = Pace(functools.partial(self._schedule, work), self._patience, age=_age(work))
        late, waited = time.monotonic() + self._patience.deadline, Awake()
        asked_to_wait = 0.0
        while not work.standing.is_settled:
            if work.standing.sandbox:
                pace.sandbox()
            # a service may ask for more patience than there is: the deadline holds all the same
            pause = min(max(pace.next_pause(), asked_to_wait), max(0.0, late - time.monotonic()))
            began = time.monotonic()
            await work.watching.pause(pause)
            late += waited.count(pause, time.monotonic() - began)  # the laptop was closed: the job went on, ask
            # an answer or a file that drips holds no wait beyond its deadline
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(1.0, late - time.monotonic())):
                    asked_to_wait = await self._ask_patiently(work, pace)
            if time.monotonic() >= late and not work.standing.is_settled:
                raise work.explain_lateness(self._patience.deadline)

    def _schedule(self, work: Work) -> Schedule:
        past = self._durations.of(work.model, work.params, sandbox=work.standing.sandbox)
        return past.schedule(wires.get(work.provider).poll)

    async def _ask_patiently(self, work: Work, pace: Pace) -> float:
        try:
            asked = await self._ask(work)
        except PollFault as fault:
            pace.faulted()
            logger.info("asking %s about job %s failed and may pass: %s", work.provider, work.standing.id, fault)
            return fault.pause or 0.0
        except PixnbError as error:
            if pace.bears(error, time.monotonic()):
                return 0.0
            final = not_found(error, work.standing.id or "")
            work.advance(error=final)
            raise final from None
        pace.answered()
        if isinstance(work.standing.error, InvalidAPIKey | Forbidden | JobNotFound):
            work.advance(error=None)  # what ended an earlier wait is over
        pace.hear(asked.update.progress)
        await self._take(work, asked.update)
        return asked.wait or 0.0

    async def _ask(self, work: Work) -> Asked:
        job_id = work.standing.id
        assert job_id is not None
        target, wire = work.target, wires.get(work.provider)
        if target is None:
            target = work.target = await self._find(work)
        try:
            hear = functools.partial(self._caps.of(work.provider).hear, is_submit=False)
            asked = await poll(self._http, wire, target, job_id, work.standing.polling_url, hear)
        except PollFault:
            if target.is_embedded:
                work.target = None  # its server may have died: the next poll starts another
                work.advance(polling_url=None)
            raise
        if asked.sandbox is not work.standing.sandbox:
            work.advance(sandbox=asked.sandbox)
        return asked

    async def _ask_again(self, work: Work) -> Update:
        return (await self._ask(work)).update

    async def _find(self, work: Work) -> Target:
        found = await asyncio.to_thread(self._targets.find, work.provider, work.home)
        try:
            return await self._hosts.clear(self._http, found)
        except ServiceUnavailable as error:
            raise PollFault(error.message) from error

    async def _take(self, work: Work, update: Update) -> None:
        async with work.watching.gate:
            before = work.standing
            if before.media:
                return
            if update.status is None:
                work.advance(word=update.word)
                if update.word != before.word:
                    logger.warning("%s says %r of job %s, a status that pixnb does not know; polling goes on",
                                   work.provider, update.word, before.id)  # fmt: skip
                return
            now = datetime.now(UTC)
            work.advance(
                word=update.word,
                queued_at=now if update.status is JobStatus.QUEUED else before.queued_at,
                started_at=find_start(before, update, now),
                created_at=update.created_at or before.created_at,
                updated_at=update.updated_at,
                progress=update.progress,
                cost=update.cost or before.cost,
                prompt_used=update.prompt_used or before.prompt_used,
                seed_used=before.seed_used if update.seed_used is None else update.seed_used,
            )
            if work.standing.is_overpriced and not before.is_overpriced:
                told = {"cost": work.standing.cost, "estimate": work.standing.estimate, "provider": work.provider}
                logger.warning(_OVERPRICED.format(**told, id=before.id))
            if update.status is JobStatus.COMPLETED and update.refused:
                await self._fail(work, update, JobStatus.FAILED)  # it made nothing, whatever its word
            elif update.status is JobStatus.COMPLETED:
                work.advance(is_made=True)
                work.tell()
                await self._collector.collect(work, update, functools.partial(self._ask_again, work))
            elif update.status.is_terminal:
                await self._fail(work, update, update.status)
            elif before.status is not JobStatus.CANCELLED and (
                update.status is not before.status or work.standing.cost != before.cost
            ):
                await self._move(work, update.status)
            elif update.progress != before.progress:
                work.tell()

    async def _move(self, work: Work, status: JobStatus) -> None:
        work.advance(status, error=None)
        try:
            await work.recorder.changed(work)
        except Exception as error:  # a step on the way that is not on record: the next record says more
            logger.warning("a status of job %s of %s could not be recorded: %s", work.standing.id, work.provider, error)
        work.tell()

    async def _fail(self, work: Work, update: Update, status: JobStatus) -> None:
        cost = work.standing.cost
        is_free = status is JobStatus.ERROR or (update.refused is not None and update.refused.billed is False)
        known = {
            "error": _explain_failure(work, update),
            "completed_at": find_end(update),
            "cost": not_charged(cost) if is_free and update.cost is None else cost,
        }
        await self._collector.end(work, work.recorder.changed, status, known)

    async def reopen(self, work: Work) -> None:
        """Follow a job again that was cancelled here, or whose file was out of reach."""
        if work.standing.status is JobStatus.CANCELLED:
            work.advance(JobStatus.PROCESSING, error=None)
            await work.recorder.changed(work)
            await self.watch(work)
        else:
            await self.refresh(work)

    async def refresh(self, work: Work) -> None:
        """Ask once; takes in what is new, also for a job that was cancelled here or whose file was out of reach."""
        standing = work.standing
        if standing.id is None or standing.is_final:
            return
        try:
            asked = await self._ask(work)
        except PollFault as fault:
            raise ServiceUnavailable(
                f"{work.provider} gave no readable answer about job {standing.id} ({fault}). The job is not affected; "
                "refresh() again.", provider=work.provider, job_id=standing.id) from fault  # fmt: skip
        await self._take(work, asked.update)


def _explain_failure(work: Work, update: Update) -> JobFailed:
    why = (update.error or "no reason was given").rstrip(".")
    said: dict[str, Any] = {"provider": work.provider, "job_id": work.standing.id, "body": update.error}
    if update.refused is not None:
        return explain_refused(update.refused, work.provider, why, job_id=work.standing.id, body=update.error)
    if update.status is JobStatus.ERROR:
        return JobErrored(_ERRORED.format(provider=work.provider, why=why), **said)
    if update.status is JobStatus.CANCELLED:
        return JobFailed(f"{why}.", code="CANCELLED", **said)
    charge = _CHARGES.get(update.cost.kind if update.cost else "", "Whether it is charged is not documented")
    text = _FAILED.format(provider=work.provider, why=why, charge=charge.format(cost=update.cost))
    return JobFailed(text, **said)


def _age(work: Work) -> float:
    """Seconds since a job was submitted; of one that was found again and tells nothing, long enough to ask at once."""
    if work.request is not None:  # sent from here: since the answer, however long its inputs were on their way
        return work.watching.find_age(time.monotonic())
    if work.standing.submitted_at is None:
        return float("inf")
    return max(0.0, (datetime.now(UTC) - work.standing.submitted_at).total_seconds())


def not_charged(cost: Cost | None) -> Cost:
    """Return the cost of what the service did not do."""
    return Cost(Decimal(0), cost.currency if cost else "USD", "not charged")


__all__ = ["Watcher", "not_charged"]
