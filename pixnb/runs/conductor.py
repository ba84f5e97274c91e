"""How a sweep goes on behind its face: its cells written down, sent or joined, their ends counted, its state kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from pixnb.errors import ContentRefused, PixnbError
from pixnb.log import owners, sweeps
from pixnb.log.amounts import Amounts, add_up
from pixnb.runs.joining import Joining
from pixnb.runs.planning import write_cells
from pixnb.runs.restoring import Past, note_cost, update_cell
from pixnb.runs.sending import Sending
from pixnb.status import SETTLED, JobStatus
from pixnb.terminal import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from pixnb.catalogue.prices import Cost
    from pixnb.runs.cells import Cell
    from pixnb.runs.limits import Limits
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner

logger = get_logger(__name__)
_GLANCE = 1.0
"""Seconds between two looks at what another process does."""


class Conductor:
    """Sees a sweep's cells to their ends.

    Args:
        runner: Begins and finds runs.
        cells: The sweep's.
        sweep_id: Its id in the log.
        past: What the log has of it, where it was begun before.
        user: Who works here.
        allow_unpriced: Whether runs of unknown price may go under a budget.
        fresh: Whether each cell is a new take.
        limits: Says when a job may be sent.
        told: Is called on the loop at each change.

    Attributes:
        is_written: Whether the log has it.
        is_started: Whether it was started in this process.
        state: As `Sweep.state`.
        stopped: Why it does not go on, or None.
        over: The runs that have come to their ends, in that order.
        news: Is notified when there is one more.
        sending: Sends the cells.
    """

    def __init__(
        self,
        runner: Runner,
        cells: Sequence[Cell],
        *,
        sweep_id: str,
        past: Past | None,
        user: str,
        allow_unpriced: bool,
        fresh: bool,
        limits: Limits,
        told: Callable[[], None],
    ) -> None:
        self._runner, self._cells, self._sweep_id, self._past = runner, cells, sweep_id, past
        self.is_written, self.is_started = past is not None, False
        self._allow_unpriced, self._told = allow_unpriced, told
        self._write_cells = partial(
            write_cells, runner.log, experiment=runner.experiment, sweep_id=sweep_id, user=user, fresh=fresh
        )
        self.state = "planned"
        self.stopped: str | None = None
        self.over: list[str] = []
        self.news = threading.Condition()
        self._paid: dict[str, Cost] = past.paid if past else {}
        self._is_left = False
        self._take_ends()
        self._joining = Joining(runner, ended=self._end, send=self._send_orphans)
        self.sending = Sending(runner, limits, told=told, ended=self._end, join=self._joining.follow)

    def write(self) -> str:
        """Write down that it is running, and the cells that are to be sent; blocks until that is on the disk.

        Returns:
            "running"; or "cancelled" or "elsewhere", with nothing written, where another process was quicker.
        """
        log, first = self._runner.log, not self.is_written
        if self.is_written:
            seen = self._past.row if self._past is not None and self._past.state == "lost" else None
            take_up = partial(sweeps.take_up, sweep_id=self._sweep_id, me=owners.owner(), seen=seen)
            standing: str = log.write(take_up).result()
            if standing != "running":
                self.state = "running" if standing == "elsewhere" else standing
                return standing
        else:
            log.write(self._write_sweep).result()
        self.is_written = self.is_started = True
        self._past = None
        copied = [cell for cell in self._cells if cell.source is not None and cell.run_id is None]
        waiting = [cell for cell in self._cells if cell.is_to_send]
        those = {*copied, *waiting}
        self._write_cells([cell for cell in self._cells if cell in those])  # a row's number is its place in the plan
        self.over += [cell.run_id for cell in copied if cell.run_id]
        self._queue(waiting)
        self.sending.resume()
        if first:  # who goes on after a stop asks for them all the same
            self.sending.refusals.update(sweeps.count_refusals(log, self._runner.experiment))
        self.state, self.stopped = "running", None
        return self.state

    def _write_sweep(self, connection: Any) -> None:
        experiment, unpriced = self._runner.experiment, self._allow_unpriced
        sweeps.write_sweep(connection, self._sweep_id, experiment, owner=owners.owner(), allow_unpriced=unpriced)

    def _set_state(self, connection: Any, *, state: str, paused: dict[str, str] | None = None) -> bool:
        return sweeps.set_state(connection, self._sweep_id, state, paused or {}, owners.owner())

    def _queue(self, cells: Iterable[Cell]) -> None:
        known = {cell for part in self.sending.parts.values() for cell in part.waiting}
        self.sending.add(cell for cell in cells if cell.is_to_send and cell not in known)

    async def _send_orphans(self, cells: list[Cell]) -> None:
        if await asyncio.to_thread(self._is_cancelled_elsewhere):
            self._leave()
            return
        await asyncio.to_thread(self._write_cells, cells)
        self._queue(cells)

    def _is_cancelled_elsewhere(self) -> bool:
        row = sweeps.read_owners(self._runner.log, [self._sweep_id]).get(self._sweep_id)
        return row is not None and row["state"] == "cancelled"

    def _leave(self) -> None:
        """Take in that another process has cancelled it: what was not sent is gone, what was sent is seen through."""
        self._is_left = True
        self.sending.cancel()
        for cell in self._cells:
            if cell.is_to_send or cell.status is None:
                cell.status, cell.error = JobStatus.CANCELLED, _DROPPED
        self._told()

    async def look_on(self) -> None:
        """Follow through the log what another process does; on the loop."""
        log, since = self._runner.log, 0
        try:
            while True:
                # before the rows are read: who is done by now has written them
                row = (await asyncio.to_thread(sweeps.read_owners, log, [self._sweep_id]))[self._sweep_id]
                since = await asyncio.to_thread(self._look, since)
                if row["state"] != "running" or owners.is_free(row):
                    break
                await asyncio.sleep(_GLANCE)
            past = self._past = Past(self._runner, row)
            self.state, self.stopped = past.state, past.explain(self._cells)
        finally:
            self._told()
            with self.news:
                self.news.notify_all()

    def _look(self, since: int) -> int:
        rows = sweeps.read_cells(self._runner.log, self._sweep_id, since=since)
        by_take = {(cell.request.model.id, cell.sha256, cell.take): cell for cell in self._cells}
        for row in rows:
            note_cost(self._paid, row)
            cell = by_take.get((row["model"], row["params_sha256"], row["take"]))
            if cell is not None and row["deleted_at"] is not None and row["run_id"] == cell.run_id:
                cell.status, cell.error = JobStatus.CANCELLED, _DROPPED
            elif cell is not None and row["deleted_at"] is None and row["attempt"] >= cell.attempt:
                update_cell(cell, row, self._runner)
        self._take_ends()
        if rows:
            self._told_soon()
        return max((row["rev"] for row in rows), default=since)

    def _told_soon(self) -> None:
        self._runner.engine.thread.loop.call_soon_threadsafe(self._told)

    def _take_ends(self) -> None:
        """Count the cells that are over by what the log says of them."""
        known = set(self.over)
        over = [cell for cell in self._cells if cell.run_id and (cell.fate == "reused" or _is_over(cell))]
        with self.news:
            self.over += [cell.run_id for cell in over if cell.run_id and cell.run_id not in known]
            self.news.notify_all()

    @property
    def spent(self) -> Amounts:
        """What its runs have cost, by currency."""
        return add_up(list(self._paid.values()))

    async def drive(self) -> None:
        """Send and join until nothing more can be done now; on the loop."""
        try:
            await self.sending.run([cell for cell in self._cells if cell.fate == "in flight" and not _is_over(cell)])
        except asyncio.CancelledError:  # the loop ends with its process
            self.sending.is_cut_off = True
            raise
        finally:
            await self._conclude()
            self._told()
            with self.news:
                self.news.notify_all()

    async def _conclude(self) -> None:
        """Say how it stands now that nothing more is under way, here and in the log."""
        parts = self.sending.parts.values()
        paused = {part.provider: part.reason for part in parts if part.reason and part.waiting}
        left = sum(len(part.waiting) for part in parts)
        if self.sending.is_cut_off:
            self.stopped = f"This process is ending; exp.resume() sends the other {left} in another one."
            return
        if self.sending.is_cancelled:
            self.state = "cancelled"
        elif paused:
            why = "; ".join(f"{provider} pauses: {reason}" for provider, reason in paused.items())
            self.state, self.stopped = "paused", f"{why} {_say_left(left)} sweep.start() goes on."
        elif left:
            why = self.sending.explain_left() or "It broke off."
            self.state, self.stopped = "stopped", f"{why} {_say_left(left)} Then sweep.start() goes on."
        else:
            self.state = "done"
        try:
            stays = await self._runner.log.write_async(partial(self._set_state, state=self.state, paused=paused))
        except PixnbError as error:  # who waits is to hear how it ended all the same
            logger.warning("how a sweep ended could not be recorded: %s", error)
            return
        if self._is_left or (not stays and self.state != "cancelled"):
            dropped = sum(cell.error == _DROPPED for cell in self._cells)
            self.state = "cancelled"
            self.stopped = f"Cancelled in another process: {dropped} unsent dropped for nothing."

    def _end(self, cell: Cell, run: Run) -> None:
        """Take in that a cell's run is over; on the loop."""
        cell.status, cell.error = run.status, run.error.message if run.error else None
        cell.paid, cell.is_refused = run.cost, isinstance(run.error, ContentRefused)
        cell.sandbox = cell.sandbox if run.sandbox is None else run.sandbox
        if run.output is not None and run.output.path is not None:
            cell.path = str(run.output.path)
        if (cell.fate != "in flight" or cell.is_own) and run.cost is not None and run.status in SETTLED:
            self._paid[run.run_id] = run.cost
        with self.news:
            self.over.append(run.run_id)
            self.news.notify_all()
        self._told()

    async def detach(self, *, is_left: bool = True) -> tuple[int, int, str]:
        """Drop what is not sent and, if that is to be left, stop waiting for what is; on the loop.

        Returns:
            How many there were of either, and what becomes of those that were sent, in words.
        """
        self.sending.cancel()
        self._joining.is_left = True
        log, sweep_id = self._runner.log, self._sweep_id
        dropped = set(await log.write_async(lambda connection: sweeps.cancel_sweep(connection, sweep_id)))
        for cell in self._cells:
            if cell.run_id in dropped:
                cell.status, cell.error = JobStatus.CANCELLED, _DROPPED
        under_way = [run for run in list(self.sending.under_way.values()) if run.run_id not in dropped]
        if not is_left and self.is_started:
            return len(dropped), len(under_way), SEEN_THROUGH
        for run in under_way:
            await self._runner.engine.cancel(run._work)
        if self.is_started:
            return len(dropped), len(under_way), LEFT
        sent = sum(cell.fate == "in flight" for cell in self._cells if cell.status not in (None, JobStatus.PLANNED))
        if self.state == "running":
            return len(dropped), sent, "seen to by the process that sent them"
        return len(dropped), sent, "left open, which exp.resume() collects"


def _is_over(cell: Cell) -> bool:
    return cell.status is not None and cell.status.is_terminal and cell.status is not JobStatus.CANCELLED


def _say_left(count: int) -> str:
    return f"{count} cell{' was' if count == 1 else 's were'} not sent."


LEFT = "left to their service, which may finish and bill them; exp.resume(cancelled=True) collects them"
"""What becomes of jobs that are cancelled here, since no service documents a cancel call."""
SEEN_THROUGH = "seen through to their ends"
_DROPPED = "Dropped before it was sent; it costs nothing."

__all__ = ["LEFT", "SEEN_THROUGH", "Conductor"]
