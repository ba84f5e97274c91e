"""Whose an open run is: taken over where its owner is gone, followed through the log where it lives."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from pixnb.errors import SubmitUnconfirmed
from pixnb.log import owners, queries
from pixnb.status import JobStatus

if TYPE_CHECKING:
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
            await asyncio.sleep(_GLANCE)

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
        if JobStatus(row["status"]).is_terminal:
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


_LOST = (
    "The process that submitted this run ended before {provider} answered. The job may be running and may be billed, "
    "so it is not sent again. Look into the console of {provider}; if the job is there, "
    "client.job({provider!r}, its id) collects it."
)

__all__ = ["LogFollower"]
