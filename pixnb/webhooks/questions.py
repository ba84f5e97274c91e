"""What a webhook sets off: the run is looked up, and its service is asked; nothing that was called in is believed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pixnb.errors import PixnbError
from pixnb.log import queries
from pixnb.runs.runner import Runner
from pixnb.terminal import get_logger

if TYPE_CHECKING:
    from pixnb.client.engine import Engine
    from pixnb.client.work import Work
    from pixnb.log.log import Log

logger = get_logger(__name__)

_GAP = 1.0
"""Seconds between two questions about one job, however often it is called about: a service that calls whenever it is
asked would otherwise go round in circles with us."""
_LATER = (0.2, 1.0, 3.0, 10.0)
"""Seconds until an unknown job is looked for again, while the answer to a submit is on its way."""
_MOST = 10_000
"""Jobs that are seen to at once; polling finds the others."""


class Questions:
    """Has services asked about the runs of a log; the work is done on pixnb's own thread.

    Args:
        log: The log.
        engine: What asks, for runs that nobody in this process works on.
        user: Who works here.
    """

    def __init__(self, log: Log, engine: Engine, *, user: str = "") -> None:
        self._log = log
        self._runner = Runner(log, engine, user=user)
        self._thread = engine.thread
        self._called_again: dict[tuple[str, str], bool] = {}

    def ask(self, provider: str, job_id: str) -> None:
        """Have a service asked about a job, if it is one of an open run. Returns at once; from any thread."""
        thread = self._runner.engine.thread
        if thread is not self._thread:  # a forked child: what the parent was at, the parent goes on with
            self._thread, self._called_again = thread, {}
        thread.start(self._heed((provider, job_id)))

    def open_runs(self, provider: str, job_id: str) -> list[Mapping[Any, Any]]:
        """Return the rows of the open runs with a job's id."""
        return [row for row in self._rows(provider, job_id) if row["job_id"] == job_id]

    def _rows(self, provider: str, job_id: str) -> Sequence[Mapping[Any, Any]]:
        """Read the open runs with this id, and those whose id is not known yet."""
        return queries.read_open_of_job(self._log, provider, job_id)

    async def _heed(self, call: tuple[str, str]) -> None:
        """See to a job; calls that come meanwhile are one more question, and calls during that one another."""
        seen_to = self._called_again
        if call in seen_to or len(seen_to) >= _MOST:
            seen_to.update({call: True} if call in seen_to else {})
            return
        seen_to[call] = True
        try:
            while seen_to[call]:
                seen_to[call] = False
                await self._ask(*call)
                await asyncio.sleep(_GAP)
        except PixnbError as error:
            logger.warning("a webhook about job %s of %s was of no use: %s", call[1], call[0], error)
        except Exception:
            logger.exception("a webhook about job %s of %s could not be seen to", call[1], call[0])
        finally:
            del seen_to[call]

    async def _ask(self, provider: str, job_id: str) -> None:
        for row in await self._find(provider, job_id):
            known = Runner.living(self._log.id, row["run_id"])
            if not known:
                known = [(await asyncio.to_thread(self._runner.from_row, row))._work]
            unsettled = [work for work in known if not work.standing.is_settled]
            for work in [work for work in unsettled if work.watching.is_under_way] or unsettled[:1]:
                self._runner.engine.nudge(work)
                if not work.watching.is_under_way:
                    self._thread.start(self._see_through(work, row["run_id"]))

    async def _see_through(self, work: Work, run_id: str) -> None:
        """Follow a run that nobody followed; taken over where its owner is gone."""
        try:
            await asyncio.shield(asyncio.wrap_future(self._runner.engine.watch(work)))
        except PixnbError as error:
            if not work.standing.is_settled:
                logger.warning("run %s cannot be followed: %s", run_id, error)

    async def _find(self, provider: str, job_id: str) -> list[Mapping[Any, Any]]:
        """Find the runs of a job, also of one whose call overtook the answer to its submit."""
        for pause in (*_LATER, 0.0):
            rows = await asyncio.to_thread(self._rows, provider, job_id)
            found = [row for row in rows if row["job_id"] == job_id]
            if found or not rows:
                return found
            await asyncio.sleep(pause)
        return []


__all__ = ["Questions"]
