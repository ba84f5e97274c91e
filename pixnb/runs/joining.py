"""Cells of a sweep that somebody else sends: followed to their ends, and sent here where nobody does any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from pixnb.errors import PixnbError
from pixnb.log import owners, sweeps
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.runs.cells import Cell
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner

_GLANCE = 1.0
"""Seconds between two looks at what others have planned."""


class Joining:
    """Follows cells that are in flight, or planned by a sweep of another process; on the loop.

    Args:
        runner: Finds runs.
        ended: Is called with a cell and its run when that is over.
        send: Is given cells that nobody sends: planned ones whose sweep is over, and those that were dropped.
    """

    def __init__(
        self, runner: Runner, *, ended: Callable[[Cell, Run], None], send: Callable[[list[Cell]], Awaitable[None]]
    ) -> None:
        self._runner = runner
        self._ended = ended
        self._send = send
        self.is_left = False

    async def follow(self, cells: list[Cell]) -> None:
        """Follow cells until each is over, or handed over to be sent here."""
        waiting = {cell.run_id: cell for cell in cells if cell.run_id is not None}
        followed: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        while waiting and not self.is_left:
            found, living = await asyncio.to_thread(self._look, list(waiting))
            orphans = []
            for run_id, cell in list(waiting.items()):
                row = found.get(run_id)
                if row is not None and row["status"] == JobStatus.PLANNED and row["sweep_id"] in living:
                    continue
                del waiting[run_id]
                if row is None or row["deleted_at"] is not None:
                    cell.fate, cell.status, cell.run_id = "new", None, None
                    orphans.append(cell)
                elif row["status"] == JobStatus.PLANNED:
                    cell.fate, cell.planned_by = "planned", row["sweep_id"]
                    orphans.append(cell)
                else:
                    followed.add(loop.create_task(self._see_through(cell, row)))
            if orphans:
                await self._send(orphans)
            if waiting:
                await asyncio.sleep(_GLANCE)
        await asyncio.gather(*followed)

    def _look(self, run_ids: list[str]) -> tuple[Mapping[str, dict[str, Any]], set[str]]:
        log = self._runner.log
        found = sweeps.read_runs(log, run_ids)
        planned = {row["sweep_id"] for row in found.values() if row["status"] == JobStatus.PLANNED}
        kept = sweeps.read_owners(log, planned - {None})
        return found, {name for name, row in kept.items() if row["state"] == "running" and not owners.is_free(row)}

    async def _see_through(self, cell: Cell, row: Mapping[str, Any]) -> None:
        run = await asyncio.to_thread(self._runner.from_row, row)
        engine = self._runner.engine
        if not run.standing.is_settled or run.status is JobStatus.CANCELLED:
            open_again = engine.reopen if run.status is JobStatus.CANCELLED else engine.watch
            future = open_again(run._work)
            try:
                await asyncio.shield(asyncio.wrap_future(future))
            except asyncio.CancelledError:
                if not future.cancelled():
                    raise
            except PixnbError:
                pass  # it stays open, and says why
        self._ended(cell, run)


__all__ = ["Joining"]
