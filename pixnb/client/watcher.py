"""Following a job to its end: what each answer means, and how the files come home."""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pixnb import wire as wires
from pixnb.catalogue.prices import Cost
from pixnb.client.collecting import Collector, end, ended_at
from pixnb.client.polling import Pace, Patience, PollFault, not_found, poll
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
from pixnb.wire.wire import Update

if TYPE_CHECKING:
    from pixnb.client.engine import Engine
    from pixnb.client.job import Job

logger = logging.getLogger(__name__)

_ERRORED = "{provider} could not finish the job: {why}. It is not charged; try again."
_FAILED = "The job failed at {provider}: {why}. {charge}; change the params or try again."
_CHARGES = {"refunded": "What it cost was given back", "charged": "It cost {cost}"}


class Watcher:
    """Follows the jobs of an engine; everything here runs on the background loop."""

    def __init__(self, engine: Engine, patience: Patience) -> None:
        self._engine = engine
        self._patience = patience
        self.collector = Collector(engine)

    async def watch(self, job: Job) -> None:
        """Poll until the job ends; what ends the wait before that is raised."""
        if job.is_settled:
            return
        if job.id is None:
            raise SubmitUnconfirmed(f"The job was never accepted by {job.provider}.", provider=job.provider)
        self._engine.in_flight.add(job)
        pace = Pace(wires.get(job.provider).poll, self._patience, _age(job))
        late = time.monotonic() + self._patience.deadline
        asked_to_wait = 0.0
        while not job.is_settled:
            if job.sandbox:
                pace.sandbox()
            # a service may ask for more patience than there is: the deadline holds all the same
            await job.rest.sleep(min(max(pace.next_pause(), asked_to_wait), max(0.0, late - time.monotonic())))
            asked_to_wait = await self._ask_patiently(job, pace)
            if time.monotonic() >= late and not job.is_settled:
                raise job.late(self._patience.deadline)

    async def _ask_patiently(self, job: Job, pace: Pace) -> float:
        try:
            update = await self._ask(job)
        except PollFault as fault:
            pace.faulted()
            logger.info("asking %s about job %s failed and may pass: %s", job.provider, job.id, fault)
            return fault.pause or 0.0
        except PixnbError as error:
            if pace.bears(error, time.monotonic()):
                return 0.0
            job.error = not_found(error, job.id or "")
            raise job.error from None
        pace.answered()
        if isinstance(job.error, InvalidAPIKey | Forbidden | JobNotFound):
            job.error = None  # what ended an earlier wait is over
        await self._take(job, update)
        return 0.0

    async def _ask(self, job: Job) -> Update:
        if job.target is None:
            find = job.resolve_target or functools.partial(self._engine.targets.get, job.provider)
            job.target = await asyncio.to_thread(find)
        assert job.id is not None
        wire = wires.get(job.provider)
        try:
            update, job.sandbox = await poll(self._engine.http, wire, job.target, job.id, job.polling_url)
        except PollFault:
            if job.target.is_embedded:
                job.target, job.polling_url = None, None  # its server may have died: the next poll starts another
            raise
        return update

    async def _take(self, job: Job, update: Update) -> None:
        async with job.gate:
            if job.media:
                return
            news, job.word = update.word != job.word, update.word
            if update.status is None:
                if news:
                    logger.warning("%s says %r of job %s, a status that pixnb does not know; polling goes on",
                                   job.provider, update.word, job.id)  # fmt: skip
                return
            job.created_at = update.created_at or job.created_at
            moved, told = update.progress != job.progress, update.cost is not None and update.cost != job.cost
            job.updated_at, job.progress = update.updated_at, update.progress
            job.cost = update.cost or job.cost
            if update.status is JobStatus.COMPLETED:
                await self.collector.collect(job, update, functools.partial(self._ask, job))
            elif update.status.is_terminal:
                await self._fail(job, update)
            elif job.status is not JobStatus.CANCELLED and (update.status is not job.status or told):
                await self._move(job, update)
            elif moved:
                job.notify()

    async def _move(self, job: Job, update: Update) -> None:
        assert update.status is not None
        job.status, job.error = update.status, None
        try:
            await job.recorder.changed(job)
        except Exception as error:  # a step on the way that is not on record: the next record says more
            logger.warning("a status of job %s of %s could not be recorded: %s", job.id, job.provider, error)
        job.notify()

    async def _fail(self, job: Job, update: Update) -> None:
        assert update.status is not None
        errored = update.status is JobStatus.ERROR
        await end(
            self._engine,
            job,
            job.recorder.changed,
            error=_failure(job, update),
            status=update.status,
            completed_at=ended_at(update),
            cost=not_charged(job.cost) if errored and update.cost is None else job.cost,
        )

    async def reopen(self, job: Job) -> None:
        """Follow a job again that was cancelled here, or whose file was out of reach."""
        if job.status is JobStatus.CANCELLED:
            job.status, job.error = JobStatus.PROCESSING, None
            await job.recorder.changed(job)
            await self.watch(job)
        else:
            await self.refresh(job)

    async def refresh(self, job: Job) -> None:
        """Ask once; takes in what is new, also for a job that was cancelled here or whose file was out of reach."""
        if job.id is None or job.media or job.status in (JobStatus.FAILED, JobStatus.ERROR):
            return
        try:
            update = await self._ask(job)
        except PollFault as fault:
            raise ServiceUnavailable(
                f"{job.provider} gave no readable answer about job {job.id} ({fault}). The job is not affected; "
                "refresh() again.", provider=job.provider, job_id=job.id) from fault  # fmt: skip
        await self._take(job, update)


def _failure(job: Job, update: Update) -> JobFailed:
    why = (update.error or "no reason was given").rstrip(".")
    said: dict[str, Any] = {"provider": job.provider, "job_id": job.id, "body": update.error}
    if update.status is JobStatus.ERROR:
        return JobErrored(_ERRORED.format(provider=job.provider, why=why), **said)
    if update.status is JobStatus.CANCELLED:
        return JobFailed(f"{why}.", code="CANCELLED", **said)
    charge = _CHARGES.get(update.cost.kind if update.cost else "", "Whether it is charged is not documented")
    text = _FAILED.format(provider=job.provider, why=why, charge=charge.format(cost=update.cost))
    return JobFailed(text, **said)


def _age(job: Job) -> float:
    """Seconds since a job was submitted; of one that was found again, long enough to ask at once."""
    if job.submitted_at is None:
        return float("inf")
    return max(0.0, (datetime.now(UTC) - job.submitted_at).total_seconds())


def not_charged(cost: Cost | None) -> Cost:
    """Return the cost of what the service did not do."""
    return Cost(Decimal(0), cost.currency if cost else "USD", "not charged")


__all__ = ["Watcher", "not_charged"]
