"""Sends a sweep's cells: a part for each service, which sends as it may, and pauses where going on is vain."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pixnb.errors import BudgetExceeded, ContentRefused, PixnbError
from pixnb.log import sweeps
from pixnb.runs.parts import Part, Place
from pixnb.runs.record import NoPlace, NotPlanned
from pixnb.runs.stops import judge
from pixnb.status import JobStatus
from pixnb.terminal import get_logger

if TYPE_CHECKING:
    from pixnb.runs.cells import Cell
    from pixnb.runs.limits import Limits
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner

logger = get_logger(__name__)
REFUSALS = 2
"""Refusals of a prompt's content after which no more cells of it are sent, unless asked."""


class Sending:
    """Sends cells and sees them to their ends; its coroutines run on the loop.

    Args:
        runner: Begins and finds runs.
        limits: Says when a job may be sent.
        told: Is called on the loop at each change.
        ended: Is called on the loop with a cell and its run when that is over.
        join: Follows cells that somebody else sends, to their ends.

    Attributes:
        parts: What goes to each service.
        under_way: The runs that were sent, by cell, until they are over.
        refused: What the budget did not cover: the least cost by currency, and what it said.
        refusals: How often each service has refused the content of a prompt.
        is_cancelled: Whether nothing more is to be sent, ever.
        is_cut_off: Whether this process is ending, so that another one goes on.
    """

    def __init__(
        self,
        runner: Runner,
        limits: Limits,
        *,
        told: Callable[[], None],
        ended: Callable[[Cell, Run], None],
        join: Callable[[list[Cell]], Coroutine[Any, Any, None]],
    ) -> None:
        self._runner = runner
        self._limits = limits
        self._told = told
        self._ended = ended
        self._join = join
        self.parts: dict[str, Part] = {}
        self.under_way: dict[Cell, Run] = {}
        self.refused: dict[str | None, tuple[Decimal, str]] = {}
        self.refusals: Counter[tuple[str, str]] = Counter()
        self.is_cancelled = False
        self.is_cut_off = False
        self._others: set[asyncio.Task[None]] = set()

    def add(self, cells: Iterable[Cell]) -> None:
        """Have cells sent that are planned in the log."""
        for cell in cells:
            part = self.parts.setdefault(cell.provider, Part(cell.provider))
            part.waiting.append(cell)

    def resume(self) -> None:
        """Forget every pause, what the budget refused, and which prompts were refused."""
        self.refused.clear()
        self.refusals.clear()
        for part in self.parts.values():
            part.resume()

    def cancel(self) -> list[Cell]:
        """Send no more, and leave what others send; gives the cells that were waiting."""
        self.is_cancelled = True
        waiting = [cell for part in self.parts.values() for cell in part.waiting]
        for part in self.parts.values():
            part.waiting.clear()
            part.stop_waiting()
        for task in self._others - {part.worker for part in self.parts.values()}:
            task.cancel()
        return waiting

    async def run(self, joined: list[Cell]) -> None:
        """Send what can be sent; ends when all that was sent or joined is over and nothing more can be."""
        loop = asyncio.get_running_loop()
        if joined:
            self._others.add(loop.create_task(self._join(joined)))
        while True:
            for part in self.parts.values():
                if (part.worker is None or part.worker.done()) and self._may_send(part):
                    part.worker = loop.create_task(self._work(part))
                    self._others.add(part.worker)
            if not self._others:
                return
            # looked at again now and then: what was joined may turn out to be ours to send
            done, _ = await asyncio.wait(self._others, timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
            self._others -= done
            for task in done:
                if not task.cancelled() and (fault := task.exception()):
                    self._break_off(fault)

    def _break_off(self, fault: BaseException) -> None:
        logger.error("a part of a sweep broke off", exc_info=fault)
        for part in self.parts.values():
            part.pause(f"a fault of pixnb: {fault!r}")

    def _may_send(self, part: Part) -> bool:
        if self.is_cancelled or self.is_cut_off or part.reason is not None:
            return False
        return any(self._fits(cell) for cell in part.waiting) if self.refused or self.refusals else bool(part.waiting)

    def _is_refused_often(self, cell: Cell) -> bool:
        return self.refusals[_prompt_of(cell)] >= REFUSALS

    def _fits(self, cell: Cell) -> bool:
        if self._is_refused_often(cell):
            return False
        least = self.refused.get(cell.cost.currency if cell.cost else None)
        return least is None or (cell.cost is not None and cell.cost.amount < least[0])

    async def _work(self, part: Part) -> None:
        """Send one part's cells, as many at once as may be."""
        tasks: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        while True:
            if not self._may_send(part):
                if not tasks:
                    return
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                continue
            await self._rest(part)
            if not await self._acquire(part):
                continue
            cell = self._next(part)
            if cell is None:
                self._limits.release(part.provider, None)
                continue
            task = loop.create_task(self._see_through(cell, part))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def _acquire(self, part: Part) -> bool:
        """Wait for a place in flight; False where the wait was ended because nothing is sent now."""
        part.is_waiting = True
        try:
            await self._limits.acquire(part.provider)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or not (part.reason or self.is_cancelled):
                raise
            task.uncancel()
            return False
        finally:
            part.is_waiting = False
        return True

    async def _rest(self, part: Part) -> None:
        while not part.reason and not self.is_cancelled and (left := part.not_before - time.monotonic()) > 0:
            part.wake.clear()
            try:
                async with asyncio.timeout(left):
                    await part.wake.wait()
            except TimeoutError:
                return

    def _next(self, part: Part) -> Cell | None:
        if not self._may_send(part) or part.not_before > time.monotonic():
            return None
        for _ in range(len(part.waiting)):
            cell = part.waiting.popleft()
            if self._fits(cell):
                return cell
            part.waiting.append(cell)
        return None

    async def _see_through(self, cell: Cell, part: Part) -> None:
        """Send a cell, and see it to its end; its place is free as soon as the service is done with it."""
        place = Place(self._limits, part.provider)
        assert cell.run_id is not None
        run = self._runner.take_planned(
            cell.run_id,
            cell.request,
            {"take": cell.take, "attempt": cell.attempt},
            say_stop=lambda: self.say_stop(part),
        )
        self.under_way[cell] = run

        def hear(status: JobStatus) -> None:
            cell.status = status
            if run.is_overpriced:
                part.pause(f"job {run.id} cost {run.cost}, more than twice the estimate of {run.cost_estimated}.")
            if run.standing.is_made:  # a failure is counted first
                place.free(None)
            self._told()

        run.listen(hear)
        error: PixnbError | None = None
        try:
            error = await self._send(run)
            if error is None and run.id is not None:
                part.passing = 0
            if error is None:
                await self._watch(run, part)
            await self._take_end(cell, part, run, error)
        finally:
            del self.under_way[cell]
            place.free(error or run.error)
            self._told()

    async def _send(self, run: Run) -> PixnbError | None:
        """Send a run; gives what stopped it before it left."""
        try:
            sent = self._runner.begin(run)[1]
        except PixnbError as error:
            self.is_cut_off = True
            return error
        try:
            await asyncio.wrap_future(sent)
        except PixnbError as error:
            return error
        return None

    async def _watch(self, run: Run, part: Part) -> None:
        if run.standing.is_settled:
            return
        watch: Future[None] = self._runner.engine.watch(run._work)
        try:
            await asyncio.shield(asyncio.wrap_future(watch))
        except asyncio.CancelledError:
            if not watch.cancelled():  # it is this task that is cancelled
                raise
        except PixnbError as error:  # the run stays open: exp.resume() goes on with it
            if judge(error) == "every run":
                part.pause(error.message)

    async def _take_end(self, cell: Cell, part: Part, run: Run, before: PixnbError | None) -> None:
        """Draw the conclusions from how a run went, or from what stopped it."""
        error = before or run.error
        if isinstance(before, BudgetExceeded):
            self._refuse(cell, before)
        elif isinstance(before, NotPlanned):
            cell.status, cell.fate = None, "in flight"
            self._runner.leave_planned(run)
            self._others.add(asyncio.get_running_loop().create_task(self._join([cell])))
        elif isinstance(before, NoPlace) or (self.is_cut_off and before is not None):
            cell.status = JobStatus.PLANNED
            part.waiting.appendleft(cell)
        elif run.status is JobStatus.PLANNED or (run.status is JobStatus.ERROR and run.id is None):
            await self._take_refusal(cell, part, run, error)
        else:
            self._count(cell, part, run)
            self._ended(cell, run)

    async def _take_refusal(self, cell: Cell, part: Part, run: Run, error: PixnbError | None) -> None:
        """A run that the service has not taken: planned again unless it is to blame itself."""
        whom = judge(error)
        if whom == "every run" and error is not None:
            part.pause(error.message)
        if whom != "this run" and not self.is_cancelled and await self._plan_again(run):
            cell.status = JobStatus.PLANNED
            part.waiting.appendleft(cell)
            if whom == "passing" and error is not None:
                part.hold(error)
            return
        if run.status is JobStatus.PLANNED and not self.is_cancelled:
            await self._runner.refuse_planned(run, error)
        self._count(cell, part, run)
        self._ended(cell, run)

    async def _plan_again(self, run: Run) -> bool:
        if run.status is JobStatus.PLANNED:
            return True
        run_id = run.run_id
        if not await self._runner.log.write_async(lambda connection: sweeps.plan_again(connection, run_id)):
            return False
        part = self.parts[run.provider]
        self._runner.plan_again(run, lambda: self.say_stop(part))
        return True

    def _count(self, cell: Cell, part: Part, run: Run) -> None:
        if isinstance(run.error, ContentRefused):  # of this prompt, not of the account
            self.refusals[_prompt_of(cell)] += 1
        elif run.status is JobStatus.COMPLETED:
            part.passing = 0
            part.streak.reset()
        elif run.status is not JobStatus.CANCELLED and run.standing.is_settled and part.streak.add(run.error):
            said = run.error.message if run.error else str(run.status)
            part.pause(f"the same failure {part.streak.count} times in a row: {said}")

    def _refuse(self, cell: Cell, error: BudgetExceeded) -> None:
        currency, amount = (cell.cost.currency, cell.cost.amount) if cell.cost else (None, Decimal(0))
        least = self.refused.get(currency)
        if least is None or amount < least[0]:
            said = error.message.replace("The run costs", "The next run costs").replace(" Nothing was sent.", "")
            self.refused[currency] = (amount, said)  # of this run nothing was: of others much may be
        cell.status = JobStatus.PLANNED
        self.parts[cell.provider].waiting.appendleft(cell)

    def say_stop(self, part: Part) -> str | None:
        """Say why a part sends nothing now; None while it does."""
        if self.is_cancelled:
            return "the sweep was cancelled."
        if part.reason:
            return part.reason
        return None if self._may_send(part) else self.explain_left()

    def explain_left(self) -> str | None:
        """Say what keeps the cells that wait from being sent, where no service pauses."""
        waiting = [cell for part in self.parts.values() for cell in part.waiting]
        refused = next((cell for cell in waiting if self._is_refused_often(cell)), None)
        if refused is not None:
            provider, prompt = _prompt_of(refused)
            return f"{provider} has refused the content of {prompt!r:.80} {REFUSALS} times or more."
        return next((said for _, said in self.refused.values()), None)


def _prompt_of(cell: Cell) -> tuple[str, str]:
    return cell.provider, str(cell.request.params.get("prompt", ""))


__all__ = ["Sending"]
