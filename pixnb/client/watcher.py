"""Following a job to its end: what each answer means, and how the files come home."""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pixnb import wire as wires
from pixnb.catalogue.prices import Cost
from pixnb.client.download import LinkGone, download
from pixnb.client.polling import Pace, Patience, PollFault, not_found, poll
from pixnb.errors import (
    JobErrored,
    JobFailed,
    OutputUnavailable,
    PixnbError,
    ServiceUnavailable,
    SubmitUnconfirmed,
)
from pixnb.media.media import Media
from pixnb.status import JobStatus
from pixnb.wire.wire import Output, Update

if TYPE_CHECKING:
    from pixnb.client.engine import Engine
    from pixnb.client.job import Job

logger = logging.getLogger(__name__)

_ERRORED = "{provider} could not finish the job: {why}. It is not charged; try again."
_FAILED = (
    "The job failed at {provider}: {why}. Whether it is charged is not documented; change the params or try again."
)


class Watcher:
    """Follows the jobs of an engine; everything here runs on the background loop."""

    def __init__(self, engine: Engine, patience: Patience) -> None:
        self._engine = engine
        self._patience = patience

    async def watch(self, job: Job) -> None:
        """Poll until the job ends; what ends the wait before that is raised."""
        if job.is_settled:
            return
        if job.id is None:
            raise SubmitUnconfirmed(f"The job was never accepted by {job.provider}.", provider=job.provider)
        self._engine.in_flight.add(job)
        pace, end = (
            Pace(wires.get(job.provider).poll, self._patience),
            time.monotonic() + self._patience.deadline,
        )
        asked_to_wait = 0.0
        while not job.is_settled:
            if job.sandbox:
                pace.sandbox()
            await asyncio.sleep(max(pace.next_pause(), asked_to_wait))
            asked_to_wait = await self._ask_patiently(job, pace)
            if time.monotonic() > end and not job.is_settled:
                raise job.late(self._patience.deadline)

    async def _ask_patiently(self, job: Job, pace: Pace) -> float:
        try:
            update = await self._ask(job)
        except PollFault as fault:
            pace.faulted()
            if job.target is not None and job.target.is_embedded:
                job.target, job.polling_url = None, None  # its server may have died: the next poll starts another
            logger.info("asking %s about job %s failed and may pass: %s", job.provider, job.id, fault)
            return fault.pause or 0.0
        except PixnbError as error:
            if not pace.bears(error, time.monotonic()):
                job.error = not_found(error, job.id or "") if error.status_code not in (401, 403) else error
                raise job.error from error
            return 0.0
        pace.answered()
        await self._take(job, update)
        return 0.0

    async def _ask(self, job: Job) -> Update:
        if job.target is None:
            find = job.resolve_target or functools.partial(self._engine.targets.get, job.provider)
            job.target = await asyncio.to_thread(find)
        assert job.id is not None
        update, job.sandbox = await poll(
            self._engine.http, wires.get(job.provider), job.target, job.id, job.polling_url
        )
        return update

    async def _take(self, job: Job, update: Update) -> None:
        async with job.gate:
            if job.media:
                return
            if update.status is None:
                logger.warning("%s says %r of job %s, a status that pixnb does not know; polling goes on",
                               job.provider, update.word, job.id)  # fmt: skip
                return
            job.created_at = update.created_at or job.created_at
            job.updated_at, job.progress = update.updated_at, update.progress
            if update.status is JobStatus.COMPLETED:
                await self._collect(job, update)
            elif update.status.is_terminal:
                await self._fail(job, update)
            elif update.status is not job.status and job.status is not JobStatus.CANCELLED:
                job.status, job.error = update.status, None
                await job.recorder.changed(job)
                job.notify()

    async def _fail(self, job: Job, update: Update) -> None:
        errored = update.status is JobStatus.ERROR
        text = (_ERRORED if errored else _FAILED).format(
            provider=job.provider, why=update.error or "no reason was given"
        )
        kind = JobErrored if errored else JobFailed
        job.error = kind(text, provider=job.provider, job_id=job.id, body=update.error)
        job.status = JobStatus.ERROR if errored else JobStatus.FAILED
        job.completed_at = update.completed_at or update.updated_at or datetime.now(UTC)
        job.cost = not_charged(job.cost) if errored else job.cost
        await job.recorder.changed(job)
        self._engine.ended(job)

    async def _collect(self, job: Job, update: Update) -> None:
        job.outputs = update.outputs
        job.completed_at = update.completed_at or update.updated_at or datetime.now(UTC)
        try:
            media, job.error = await self._fetch(job, update.outputs), None
        except OutputUnavailable as error:
            error.provider, error.job_id = job.provider, job.id
            media, job.error = (), error
        job.media, job.status, job.progress = media, JobStatus.COMPLETED, 1.0
        if job.submitted_at is not None:
            self._engine.durations.add(job.model, (datetime.now(UTC) - job.submitted_at).total_seconds())
        await job.recorder.delivered(job)
        self._engine.ended(job)

    async def _fetch(self, job: Job, outputs: tuple[Output, ...]) -> tuple[Media, ...]:
        if not outputs:
            raise OutputUnavailable(
                f"{job.provider} says that job {job.id} is done but names no file. Call refresh() later."
            )
        try:
            return await self._download(job, outputs)
        except LinkGone:
            pass
        try:
            # a link may have lived for a short time only: ask for a new one
            return await self._download(job, (await self._ask(job)).outputs)
        except (LinkGone, PollFault, PixnbError) as gone:
            raise OutputUnavailable(
                f"Job {job.id} of {job.provider} is done but its link is gone ({gone}). Call refresh() to try again, "
                f"or look into the console of {job.provider}."
            ) from gone

    async def _download(self, job: Job, outputs: tuple[Output, ...]) -> tuple[Media, ...]:
        store = job.store or self._engine.store
        async with self._engine.downloads:
            assets = [(await download(self._engine.http, store, output.url), output) for output in outputs]
        return tuple(
            Media(asset.path, url=output.url, media_type=asset.media_type, sha256=asset.sha256)
            for asset, output in assets
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


def not_charged(cost: Cost | None) -> Cost:
    """Return the cost of what the service did not do."""
    return Cost(Decimal(0), cost.currency if cost else "USD", "not charged")


__all__ = ["Watcher", "not_charged"]
