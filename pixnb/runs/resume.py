"""Whose an open run is: taken over where its owner is gone, followed through the log where it lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from pixnb.errors import PixnbError, SubmitUnconfirmed
from pixnb.log import owners, queries, sweeps
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.client.engine import Engine
    from pixnb.client.work import Work
    from pixnb.runs.runner import Runner

_GLANCE = 0.5
"""Seconds between two looks at the log, for a run that another process works on."""


class LogFollower:
    """Follows a run through the log: looks on while others work on it, works on it where nobody does.

    Args:
        runner: What knows the log, and the other runs of this process.
        run_id: The run's id.
    """

    def __init__(self, runner: Runner, run_id: str) -> None:
        self._runner = runner
        self._run_id = run_id

    async def __call__(self, work: Work) -> None:
        """Follow the run to its end."""
        while not work.standing.is_settled:
            # before the row is read: who is done by now has written it
            at_work = self._is_at_work(work)
            row = await asyncio.to_thread(self._runner.log.row, self._run_id)
            if row is not None and not at_work and await self._take_over(work, row):
                self._runner.beat()
                await self._go_on(work)
                return
            if row is not None and await self._look_on(work, row):
                return
            if row is not None and row["status"] == JobStatus.PLANNED and not await self._will_be_sent(row):
                raise PixnbError(_NOT_SENT, provider=work.provider, code="NOT_SENT")
            await asyncio.sleep(_GLANCE)

    async def _will_be_sent(self, row: Mapping[str, Any]) -> bool:
        """Whether a sweep that is running in a process that lives has a planned run among its own."""
        kept = await asyncio.to_thread(sweeps.read_owners, self._runner.log, {row["sweep_id"]} - {None})
        return any(sweep["state"] == "running" and not owners.is_free(sweep) for sweep in kept.values())

    def _is_at_work(self, work: Work) -> bool:
        """Whether another object of this process works on the row: under another Experiment of the same name, say."""
        others = self._runner.living(self._runner.log.id, self._run_id)
        return any(other is not work and other.is_at_work for other in others)

    async def _take_over(self, work: Work, row: Mapping[str, Any]) -> bool:
        if self._is_at_work(work):
            return False
        # at work from here on, for the others of this process that would take it over too
        follower, work.follower, taken = work.follower, None, False
        try:
            taken = await self._claim(row)
        finally:
            if not taken:
                work.follower = follower
        return taken

    async def _claim(self, row: Mapping[str, Any]) -> bool:
        """Claim a run by compare-and-set; True also where it is this process's already."""
        me = owners.owner()
        status = JobStatus(row["status"])
        if status.is_terminal or status is JobStatus.PLANNED:  # a planned one is its sweep's to send
            return False
        if all(row[name] == value for name, value in me.items()):
            return True
        if not owners.is_free(row):
            return False
        seen = {name: row[name] for name in (*owners.OWNER, "heartbeat_at")}

        def op(connection: Connection) -> bool:
            return owners.claim(connection, self._run_id, seen, me)

        return await self._runner.log.write_async(op)

    async def _go_on(self, work: Work) -> None:
        """Bring a run of ours to its end: with the service if it has an id there, else as unconfirmed."""
        if work.standing.id is not None:
            await self._runner.engine.follow_service(work)
            return
        if work.standing.status is not JobStatus.UNCONFIRMED:  # never sent again
            lost = SubmitUnconfirmed(_LOST.format(provider=work.provider), provider=work.provider)
            work.advance(JobStatus.UNCONFIRMED, error=lost)
            await work.recorder.changed(work)
        self._runner.engine.end(work)

    async def _look_on(self, work: Work, row: Mapping[str, Any]) -> bool:
        """Take in what another process has written; True when the run has ended."""
        if row["status"] != work.standing.status or JobStatus(row["status"]).is_terminal:
            files = await asyncio.to_thread(queries.read_outputs, self._runner.log, [self._run_id])
            self._runner.load(work, row, files.get(self._run_id, []))
            work.tell()
        return work.standing.is_settled


class PlannedFollower:
    """Follows a run that waits to be sent, then with whatever follows it once it is.

    Args:
        engine: What talks to the services.
        say_stop: Says why it will not be sent for now; None while it will.
    """

    def __init__(self, engine: Engine, say_stop: Callable[[], str | None]) -> None:
        self._engine = engine
        self._say_stop = say_stop

    async def __call__(self, work: Work) -> None:
        """Follow the run to its end.

        Raises:
            PixnbError: It is not sent for now.
        """
        while work.standing.status in (JobStatus.PLANNED, JobStatus.SUBMITTING):
            if work.standing.status is JobStatus.PLANNED and (why := self._say_stop()):
                raise PixnbError(f"The run was not sent: {why}", provider=work.provider, code="NOT_SENT")
            await asyncio.sleep(_GLANCE)
        if work.follower is not self and work.follower is not None:
            await work.follower(work)
        elif not work.standing.is_settled:
            await self._engine.follow_service(work)


_LOST = (
    "The process that submitted this run ended before {provider} answered. The job may be running and may be billed, "
    "so it is not sent again. Look into the console of {provider}; if the job is there, "
    "client.job({provider!r}, its id) collects it."
)

_NOT_SENT = (
    "The run is planned, and no sweep is running that would send it: exp.resume(), sweep.start(), or the sweep's line "
    "run again sends it."
)

__all__ = ["LogFollower", "PlannedFollower"]
