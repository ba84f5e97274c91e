"""Whose an open run is: taken over where its owner is gone, followed through the log where it lives."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from pixnb.errors import SubmitUnconfirmed
from pixnb.log import owners
from pixnb.log.schema import outputs
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner

_GLANCE = 0.5
"""Seconds between two looks at the log, for a run that another process works on."""


def adopt(runner: Runner, run: Run, row: Mapping[str, Any]) -> None:
    """Give a run that was loaded from the log the right pursuit for when somebody waits for it."""
    run.pursuit = functools.partial(pursue, runner)
    run.resolve_target = lambda: runner.engine.targets.at(run.provider, row["base_url"])


async def pursue(runner: Runner, run: Any) -> None:
    """Look on while others work on a run; work on it where nobody does."""
    while not run.is_settled:
        # before the row is read: who is done by now has written it
        at_work = _is_at_work(runner, run)
        row = await asyncio.to_thread(runner.log.row, run.run_id)
        if row is not None and not at_work and await _is_taken_over(runner, run, row):
            runner.beat()
            await _go_on(runner, run, row)
            return
        if row is not None and await _follow(runner, run, row):
            return
        await asyncio.sleep(_GLANCE)


def _is_at_work(runner: Runner, run: Run) -> bool:
    """Whether another object of this process works on the row: under another Experiment of the same name, say."""
    others = (other for other in runner.living(runner.log.id, run.run_id) if other is not run)
    return any(other.is_at_work for other in others)


async def _is_taken_over(runner: Runner, run: Run, row: Mapping[str, Any]) -> bool:
    if _is_at_work(runner, run):
        return False
    # at work from here on, for the others of this process that would take it over too
    follow, run.pursuit, taken = run.pursuit, None, False
    try:
        taken = await _take_over(runner, row)
    finally:
        if not taken:
            run.pursuit = follow
    return taken


async def _take_over(runner: Runner, row: Mapping[str, Any]) -> bool:
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
        return owners.claim(connection, row["run_id"], seen, me)

    return await asyncio.wrap_future(runner.log.write(op))


async def _go_on(runner: Runner, run: Run, row: Mapping[str, Any]) -> None:
    """Bring a run of ours to its end: with the service if it has an id there, else as unconfirmed. Never sent again."""
    if run.id is None:
        if run.status is not JobStatus.UNCONFIRMED:
            run.error = SubmitUnconfirmed(_LOST.format(provider=run.provider), provider=run.provider)
            run.status = JobStatus.UNCONFIRMED
            await run.recorder.changed(run)
        runner.engine.ended(run)
        return
    run.target = await asyncio.to_thread(runner.engine.targets.at, run.provider, row["base_url"])
    await runner.engine.watcher.watch(run)


async def _follow(runner: Runner, run: Run, row: Mapping[str, Any]) -> bool:
    """Take in what another process has written; True when the run has ended."""
    if row["status"] != run.status or JobStatus(row["status"]).is_terminal:
        statement = select(outputs).where(outputs.c.run_id == run.run_id).order_by(outputs.c.position)
        files = await asyncio.to_thread(runner.log.read, statement)
        run.load(row, files)
        run.notify()
    return run.is_settled


_LOST = (
    "The process that submitted this run ended before {provider} answered. The job may be running and may be billed, "
    "so it is not sent again. Look into the console of {provider}; if the job is there, "
    "client.job({provider!r}, its id) collects it."
)

__all__ = ["adopt", "pursue"]
