"""How the files of a job come home, and how a job is brought to its end."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pixnb import wire as wires
from pixnb.client.download import Key, LinkGone, download
from pixnb.client.polling import PollFault
from pixnb.errors import OutputUnavailable, PixnbError
from pixnb.media.media import Media
from pixnb.status import JobStatus
from pixnb.wire.wire import Output, Update, Wire

if TYPE_CHECKING:
    from pixnb.client.engine import Engine
    from pixnb.client.job import Job
    from pixnb.media.part import Asset
    from pixnb.media.store import Store

Ask = Callable[[], Coroutine[Any, Any, Update]]


class Collector:
    """Keeps what the jobs of an engine made; everything here runs on the background loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._unkept: list[Job] = []  # their files are nowhere but in them

    async def collect(self, job: Job, update: Update, ask: Ask) -> None:
        """Fetch the files that a finished job names, and end it.

        Args:
            job: The job.
            update: What the service says of it.
            ask: Asks the service once more, for a link that is gone.
        """
        job.outputs, ended = update.outputs, ended_at(update)
        media: tuple[Media, ...] = ()
        problem: OutputUnavailable | None = None
        try:
            media = await self._fetch(job, update, ask)
        except OutputUnavailable as error:
            error.provider, error.job_id = job.provider, job.id
            problem = error
        took = (ended - (update.created_at or job.submitted_at or ended)).total_seconds()
        if took > 0:
            self._engine.durations.add(job.model, took)
        await end(
            self._engine,
            job,
            job.recorder.delivered,
            media=media,
            error=problem,
            completed_at=ended,
            progress=1.0,
            status=JobStatus.COMPLETED,
        )

    async def _fetch(self, job: Job, update: Update, ask: Ask) -> tuple[Media, ...]:
        why = update.error
        try:
            return await self._download(job, job.outputs, why)
        except LinkGone:
            pass
        try:
            # a link may have lived for a short time only: ask for a new one
            again = await ask()
            job.outputs, why = again.outputs, again.error
            return await self._download(job, job.outputs, why)
        except OutputUnavailable:
            raise
        except (LinkGone, PollFault, PixnbError) as gone:
            raise OutputUnavailable(
                f"Job {job.id} of {job.provider} is done but its link is gone ({why or gone}). Call refresh() to try "
                f"again, or look into the console of {job.provider}."
            ) from gone

    async def _download(self, job: Job, outputs: tuple[Output, ...], why: str | None) -> tuple[Media, ...]:
        if not outputs:
            raise OutputUnavailable(
                f"{job.provider} says that job {job.id} is done but {why or 'names no file'}. Call refresh() later."
            )
        store = job.store or self._engine.store
        async with self._engine.downloads:
            assets = [
                (await download(self._engine.http, store, output.url, key=_key(job, output)), output)
                for output in outputs
            ]
        return tuple(
            Media(asset.path, url=output.url, media_type=asset.media_type, sha256=asset.sha256)
            for asset, output in assets
        )

    async def keep(self, job: Job, content: bytes) -> None:
        """Take in the media of a job whose answer they were."""
        ended, media, problem = datetime.now(UTC), (Media(content),), None
        try:
            asset = await _put(job.store or self._engine.store, content)
            media = (Media(asset.path, media_type=asset.media_type, sha256=asset.sha256),)
        except Exception as error:  # a store of the user's has errors of its own
            # it is paid for and cannot be fetched again: it is handed over all the same
            problem = OutputUnavailable(_UNKEPT.format(error=error), provider=job.provider)
            self._unkept.append(job)
        if job.submitted_at is not None:
            self._engine.durations.add(job.model, (ended - job.submitted_at).total_seconds())
        values = {"media": media, "error": problem, "completed_at": ended, "progress": 1.0}
        # where it cannot be written down now, who waits next has it tried again: nobody can be asked for it
        job.pursuit = functools.partial(self._ended, {**values, "status": JobStatus.COMPLETED})
        await job.pursuit(job)

    async def _ended(self, values: Mapping[str, Any], job: Job) -> None:
        async with job.gate:
            if job.status is not JobStatus.COMPLETED:
                await end(self._engine, job, job.recorder.delivered, **values)


async def end(engine: Engine, job: Job, record: Callable[[Job], Coroutine[Any, Any, None]], **values: Any) -> None:
    """Bring a job to its end; where that cannot be recorded, it stays open, to be ended again."""
    before = {name: getattr(job, name) for name in values}
    _set(job, values)

    async def finish() -> None:
        try:
            await record(job)
        except BaseException:
            _set(job, before)
            raise
        engine.ended(job)

    # shielded: a cancel that comes now comes too late
    await asyncio.shield(asyncio.ensure_future(finish()))


async def _put(store: Store, content: bytes) -> Asset:
    try:
        return await asyncio.to_thread(store.put, content)
    except RuntimeError:  # while the process ends no thread is lent any more, and this is its last chance
        return store.put(content)


def _set(job: Job, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(job, name, value)


def ended_at(update: Update) -> datetime:
    """Return when the service says that a job ended; now where it says nothing."""
    return update.completed_at or update.updated_at or datetime.now(UTC)


_UNKEPT = (
    "The file is here, in memory only, because it could not be kept: {error}. Save it elsewhere before this process "
    'ends: job.media[0].save("…").'
)


def _key(job: Job, output: Output) -> Key | None:
    """What gives the key, for a file that its service gives to nobody else, and only on its own host."""
    target = job.target
    if not output.private or target is None or not target.owns(output.url):
        return None
    wire: Wire = wires.get(job.provider)
    return functools.partial(wire.headers, target)


__all__ = ["Collector", "end", "ended_at"]
