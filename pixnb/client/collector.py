"""How the files of a job come home, and how a job is brought to its end."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pixnb.client.clocks import measure
from pixnb.client.polling import PollFault
from pixnb.errors import OutputUnavailable, PixnbError
from pixnb.http import httpx
from pixnb.media.arrival import examine
from pixnb.media.download import Key, LinkGone, Slots, download
from pixnb.media.media import Media
from pixnb.pacing.durations import Durations, Took
from pixnb.status import JobStatus
from pixnb.wire import registry as wires
from pixnb.wire.wire import Output, Update, Wire

if TYPE_CHECKING:
    from pixnb.client.flights import Flights
    from pixnb.client.work import Work
    from pixnb.media.part import Asset
    from pixnb.media.store import Store

Ask = Callable[[], Coroutine[Any, Any, Update]]
_AT_ONCE = 16
"""Downloads under way at the same time; more of them wait here and cost nothing."""


@dataclass(eq=False)
class Collector:
    """Keeps what jobs made; everything here runs on the background loop."""

    http: httpx.AsyncClient
    store: Store
    durations: Durations
    flights: Flights

    def __post_init__(self) -> None:
        self._downloads = Slots(_AT_ONCE)
        self._unkept: list[Work] = []  # their files are nowhere but in them

    async def collect(self, work: Work, update: Update, ask: Ask) -> None:
        """Fetch the files that a finished job names, and end it.

        Args:
            work: The job.
            update: What the service says of it.
            ask: Asks the service once more, for a link that is gone.
        """
        ended, standing = find_end(update), work.standing
        outputs, media, problem = update.outputs, standing.media, None
        try:
            outputs, media = await self._fetch(work, update, ask)
        except OutputUnavailable as error:
            error.provider, error.job_id = work.provider, standing.id
            problem = error
        known = {"outputs": outputs, "media": media, "error": problem, "completed_at": ended, "progress": 1.0}
        await self.end(work, work.recorder.delivered, JobStatus.COMPLETED, known)

    async def _fetch(self, work: Work, update: Update, ask: Ask) -> tuple[tuple[Output, ...], tuple[Media, ...]]:
        why = update.error
        try:
            return update.outputs, await self._download(work, update.outputs, why)
        except LinkGone:
            pass
        try:
            # a link may have lived for a short time only: ask for a new one
            again = await ask()
            why = again.error
            return again.outputs, await self._download(work, again.outputs, why)
        except OutputUnavailable:
            raise
        except (LinkGone, PollFault, PixnbError) as gone:
            raise OutputUnavailable(
                f"Job {work.standing.id} of {work.provider} is done but its link is gone ({why or gone}). Call "
                f"refresh() to try again, or look into the console of {work.provider}."
            ) from gone

    async def _download(self, work: Work, outputs: tuple[Output, ...], why: str | None) -> tuple[Media, ...]:
        if not outputs:
            raise OutputUnavailable(
                f"{work.provider} says that job {work.standing.id} is done but {why or 'names no file'}. Call "
                "refresh() later."
            )
        store = work.store or self.store
        http, slots = self.http, self._downloads
        return tuple(
            [
                Media.kept(await download(http, store, output.url, key=_key(work, output), slots=slots), output.url)
                for output in outputs
            ]
        )

    async def keep(self, work: Work, content: bytes) -> None:
        """Take in the media of a job whose answer they were."""
        ended, problem = datetime.now(UTC), None
        media: tuple[Media, ...] = (Media(content),)
        try:
            asset, broken = await _put(work.store or self.store, content)
            media = (Media.kept(asset),)
            if broken:
                said = _BROKEN.format(provider=work.provider, broken=broken, path=asset.path)
                media, problem = (), OutputUnavailable(said, provider=work.provider)
        except Exception as error:  # a store of the user's has errors of its own
            # it is paid for and cannot be fetched again: it is handed over all the same
            problem = OutputUnavailable(_UNKEPT.format(error=error), provider=work.provider)
            self._unkept.append(work)
        known = {"media": media, "error": problem, "completed_at": ended, "progress": 1.0}
        # where it cannot be written down now, who waits next has it tried again: nobody can be asked for it
        work.follower = functools.partial(self._end_kept, known)
        await work.follower(work)

    async def _end_kept(self, known: Mapping[str, Any], work: Work) -> None:
        async with work.watching.gate:
            if work.standing.status is not JobStatus.COMPLETED:
                await self.end(work, work.recorder.delivered, JobStatus.COMPLETED, known)

    async def end(
        self,
        work: Work,
        record: Callable[[Work], Coroutine[Any, Any, None]],
        status: JobStatus,
        known: Mapping[str, Any],
    ) -> None:
        """Bring a job to its end; where that cannot be recorded, it stays open, to be ended again.

        Args:
            work: The job.
            record: Writes the end down.
            status: The end.
            known: What is known of it, by the attributes of a standing.
        """
        before = work.standing
        work.advance(status, **known)

        async def finish() -> None:
            try:
                await record(work)
            except BaseException:
                work.standing = before
                raise
            self._learn(work)
            self.flights.end(work)

        # shielded: a cancel that comes now comes too late
        await asyncio.shield(asyncio.ensure_future(finish()))

    def _learn(self, work: Work) -> None:
        """Remember how long a job took, to know when to look at the next."""
        standing = work.standing
        if standing.completed_at is None or (standing.submitted_at is None and standing.created_at is None):
            return
        queued, ran = measure(standing, standing.completed_at)
        if queued or ran:
            took = Took(ran, queued or 0.0, standing.status is JobStatus.COMPLETED)
            self.durations.add(work.model, work.params, took, sandbox=standing.sandbox)


async def _put(store: Store, content: bytes) -> tuple[Asset, str | None]:
    """Keep a file with what is in it, and say what is broken about it."""
    try:
        asset = await asyncio.to_thread(store.put, content)
        found = await asyncio.to_thread(examine, asset.path)
        return replace(asset, kind=found.kind, info=found.info), found.problem
    except RuntimeError:  # while the process ends no thread is lent any more, and this is its last chance
        return store.put(content), None


def find_end(update: Update) -> datetime:
    """Return when the service says that a job ended; now where it says nothing."""
    return update.completed_at or update.updated_at or datetime.now(UTC)


_BROKEN = (
    "{provider} answered with a file that is broken: {broken} It is kept as {path}, and cannot be asked for again. "
    "Submit again."
)
_UNKEPT = (
    "The file is here, in memory only, because it could not be kept: {error}. Save it elsewhere before this process "
    'ends: job.media[0].save("…").'
)


def _key(work: Work, output: Output) -> Key | None:
    """What gives the key, for a file that its service gives to nobody else, and only on its own host."""
    target = work.target
    if not output.private or target is None or not target.owns(output.url):
        return None
    wire: Wire = wires.get(work.provider)
    return functools.partial(wire.headers, target)


__all__ = ["Collector", "find_end"]
