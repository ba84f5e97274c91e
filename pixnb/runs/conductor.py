"""How a sweep goes on behind its face: its cells written down, sent or joined, their ends counted, its state kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from pixnb.errors import ContentRefused, PixnbError
from pixnb.log import owners, sweeps
from pixnb.runs.joining import Joining
from pixnb.runs.planning import write_cells
from pixnb.runs.sending import Sending
from pixnb.status import JobStatus
from pixnb.terminal import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from pixnb.runs.cells import Cell
    from pixnb.runs.limits import Limits
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner

logger = get_logger(__name__)
_SETTLED = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.ERROR)


class Conductor:
    """Sees a sweep's cells to their ends.

    Args:
        runner: Begins and finds runs.
        cells: The sweep's.
        sweep_id: Its id in the log.
        is_written: Whether the log has it.
        user: Who works here.
        allow_unpriced: Whether runs of unknown price may go under a budget.
        fresh: Whether each cell is a new take.
        limits: Says when a job may be sent.
        told: Is called on the loop at each change.

    Attributes:
        state: As `Sweep.state`.
        stopped: Why it does not go on, or None.
        over: The runs that have come to their ends, in that order.
        news: Is notified when there is one more.
        spent: What they have cost, by currency.
        sending: Sends the cells.
    """

    def __init__(
        self,
        runner: Runner,
        cells: Sequence[Cell],
        *,
        sweep_id: str,
        is_written: bool,
        user: str,
        allow_unpriced: bool,
        fresh: bool,
        limits: Limits,
        told: Callable[[], None],
    ) -> None:
        self._runner, self._cells, self._sweep_id, self.is_written = runner, cells, sweep_id, is_written
        self._allow_unpriced, self._told = allow_unpriced, told
        self._write_cells = partial(
            write_cells, runner.log, experiment=runner.experiment, sweep_id=sweep_id, user=user, fresh=fresh
        )
        self.state = "planned"
        self.stopped: str | None = None
        self.over = [cell.run_id for cell in cells if cell.run_id and cell.fate == "reused"]
        self.news = threading.Condition()
        self.spent: dict[str, Decimal] = {}
        self._joining = Joining(runner, ended=self._end, send=self._send_orphans)
        self.sending = Sending(runner, limits, told=told, ended=self._end, join=self._joining.follow)

    def write(self) -> None:
        """Write down that it is running, and the cells that are to be sent; blocks until that is on the disk."""
        log, first = self._runner.log, not self.is_written
        if self.is_written:
            log.write(partial(self._set_state, state="running")).result()
        else:
            log.write(self._write_sweep).result()
            self.is_written = True
        copied = [cell for cell in self._cells if cell.source is not None and cell.run_id is None]
        waiting = [cell for cell in self._cells if cell.is_to_send]
        self._write_cells([*waiting, *copied])
        self.over += [cell.run_id for cell in copied if cell.run_id]
        self._queue(waiting)
        self.sending.resume()
        if first:  # who goes on after a stop asks for them all the same
            self.sending.refusals.update(sweeps.count_refusals(log, self._runner.experiment))
        self.state, self.stopped = "running", None

    def _write_sweep(self, connection: Any) -> None:
        experiment, unpriced = self._runner.experiment, self._allow_unpriced
        sweeps.write_sweep(connection, self._sweep_id, experiment, owner=owners.owner(), allow_unpriced=unpriced)

    def _set_state(self, connection: Any, *, state: str, paused: dict[str, str] | None = None) -> None:
        sweeps.set_state(connection, self._sweep_id, state, paused or {}, owners.owner())

    def _queue(self, cells: Iterable[Cell]) -> None:
        known = {cell for part in self.sending.parts.values() for cell in part.waiting}
        self.sending.add(cell for cell in cells if cell.is_to_send and cell not in known)

    async def _send_orphans(self, cells: list[Cell]) -> None:
        await asyncio.to_thread(self._write_cells, cells)
        self._queue(cells)

    async def drive(self) -> None:
        """Send and join until nothing more can be done now; on the loop."""
        try:
            await self.sending.run([cell for cell in self._cells if cell.fate == "in flight" and not _is_over(cell)])
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
            await self._runner.log.write_async(partial(self._set_state, state=self.state, paused=paused))
        except PixnbError as error:  # who waits is to hear how it ended all the same
            logger.warning("how a sweep ended could not be recorded: %s", error)

    def _end(self, cell: Cell, run: Run) -> None:
        """Take in that a cell's run is over; on the loop."""
        cell.status, cell.error = run.status, run.error.message if run.error else None
        cell.paid, cell.is_refused = run.cost, isinstance(run.error, ContentRefused)
        cell.sandbox = cell.sandbox if run.sandbox is None else run.sandbox
        if run.output is not None and run.output.path is not None:
            cell.path = str(run.output.path)
        if cell.fate != "in flight" and run.cost is not None and run.status in _SETTLED:
            self.spent[run.cost.currency] = self.spent.get(run.cost.currency, Decimal(0)) + run.cost.amount
        with self.news:
            self.over.append(run.run_id)
            self.news.notify_all()
        self._told()

    async def detach(self) -> tuple[int, int]:
        """Drop what is not sent and stop waiting for what is; gives how many there were of either. On the loop."""
        waiting = self.sending.cancel()
        self._joining.is_left = True
        ids = [cell.run_id for cell in waiting if cell.run_id]
        log = self._runner.log
        dropped = set(await log.write_async(lambda connection: sweeps.drop_planned(connection, ids)))
        for cell in waiting:
            if cell.run_id in dropped:
                cell.status, cell.error = JobStatus.CANCELLED, "Dropped before it was sent; it costs nothing."
        under_way = list(self.sending.under_way.values())
        for run in under_way:
            await self._runner.engine.cancel(run._work)
        await log.write_async(partial(self._set_state, state="cancelled"))
        return len(dropped), len(under_way)


def _is_over(cell: Cell) -> bool:
    return cell.status is not None and cell.status.is_terminal and cell.status is not JobStatus.CANCELLED


def _say_left(count: int) -> str:
    return f"{count} cell{' was' if count == 1 else 's were'} not sent."


__all__ = ["Conductor"]
