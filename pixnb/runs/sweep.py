"""Many runs by one line: planned, paid for once, sent as budget and services allow, and seen to their ends."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pixnb.errors import InvalidInput, JobTimeout
from pixnb.http.loop import wait_for
from pixnb.living import Living
from pixnb.log import rows, sweeps
from pixnb.runs.budget import Amounts
from pixnb.runs.conductor import Conductor
from pixnb.runs.limits import Limits
from pixnb.runs.reuse import find_files
from pixnb.runs.spending import read_left
from pixnb.runs.telling import Listener, Telling, show_bar
from pixnb.show import keep_up, shown
from pixnb.status import JobStatus
from pixnb.terminal import say

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.runs.cells import Cell
    from pixnb.runs.plan import Plan
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner


class Sweep(Living):
    """Runs over a grid.

    Iterate over it to have its runs as they end, `await` it or call `wait()`; nothing is sent twice, by another sweep
    of the same line neither.

    Args:
        runner: Begins and finds runs.
        cells: Its cells, with what is done with each.
        user: Who works here.
        notes: What a person should know of how the grid was read.
        allow_unpriced: Whether runs of unknown price may go under a budget.
        fresh: Whether each cell is a new take.
        explain_limit: Says why it may not start without `confirm=True`; None where it may.
        sweep_id: Its id; of one that goes on after its process ended, the same.

    Attributes:
        sweep_id: Its id in the log.
        cells: Its cells: each says its axes, how it stands, its run and the file that came of it.
        notes: What a person should know of how the grid was read.

    Example:
        >>> sweep = exp.sweep("lucy-edit-fast", prompt=["A red coat", "A blue coat"], video=clip)  # doctest: +SKIP
        >>> for run in sweep: print(run.params["prompt"], run.status)  # doctest: +SKIP
    """

    _instead = "Keep its line and run it again: what is there is not paid for twice"
    _guesses: ClassVar[Mapping[str, str]] = {
        "df dataframe data to_pandas results table": "sweep.frame() gives its runs as a DataFrame",
        "run launch begin send": "sweep.start() sends what is planned",
        "stop abort pause": "sweep.cancel() drops what is not sent",
        "retry": "sweep.retry_failed() tries again what failed",
        "status progress": "sweep.state says how it stands, sweep.counts how many cells stand where",
        "cost price total estimate": "sweep.plan has each cell's cost, sweep.spent what it has cost",
        "join result gather": "sweep.wait() waits for its end",
    }

    def __init__(
        self,
        runner: Runner,
        cells: Sequence[Cell],
        *,
        user: str = "",
        notes: Iterable[str] = (),
        allow_unpriced: bool = False,
        fresh: bool = False,
        explain_limit: Callable[[Sequence[Cell]], str | None] = lambda cells: None,
        sweep_id: str | None = None,
    ) -> None:
        self.sweep_id = sweep_id or rows.new_run_id()
        self.cells = list(cells)
        self.notes = list(notes)
        self._runner = runner
        self._explain_limit = explain_limit
        self._lock = threading.RLock()
        self._done: Future[None] | None = None
        self._said: str | None = None
        self._telling = Telling(self)
        self._conductor = Conductor(
            runner,
            self.cells,
            sweep_id=self.sweep_id,
            is_written=sweep_id is not None,
            user=user,
            allow_unpriced=allow_unpriced,
            fresh=fresh,
            limits=Limits(runner),
            told=self._telling.tell,
        )

    _repr_mimebundle_ = shown
    _ipython_display_ = keep_up

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"<Sweep of {len(self.cells)} cells in {self._runner.experiment!r}: {self.state}; {counts}>"

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def state(self) -> str:
        """How it stands: "planned", "confirm", "running", "paused", "stopped", "cancelled" or "done"."""
        return self._conductor.state

    @property
    def stopped(self) -> str | None:
        """Why it does not go on, and what to do; None where nothing holds it up."""
        return self._conductor.stopped

    @property
    def plan(self) -> Plan:
        """What each cell costs, takes and reuses: a DataFrame that shows itself with its total."""
        from pixnb.runs.plan import make_plan  # pandas, which is loaded when it is needed

        return make_plan(self.cells, notes=self.notes, at_once=self._at_once())

    def _at_once(self) -> int:
        caps = self._runner.engine.caps
        return min((caps.of(provider).size for provider in {cell.provider for cell in self.cells}), default=1)

    @property
    def counts(self) -> dict[str, int]:
        """How many cells stand where, by the status of their runs; "PLANNED" for those that have none yet."""
        return dict(Counter(str(cell.status or JobStatus.PLANNED) for cell in self.cells))

    @property
    def spent(self) -> Amounts:
        """What the runs that it sent have cost so far, by currency; in the sandbox, simulated."""
        return Amounts(dict(self._conductor.spent))

    @property
    def is_sandbox(self) -> bool:
        """Whether a sandbox does all of it, so that its money is play money."""
        return {cell.sandbox for cell in self.cells} - {None} == {True}

    def read_budget(self) -> tuple[Amounts, Amounts] | None:
        """Read the experiment's budget and what is left of it; None where it has none."""
        return read_left(self._runner.log, self._runner.experiment, sandbox=self.is_sandbox)

    def find_files(self) -> None:
        """Note in the cells where the files are that were there before; reads the log."""
        find_files(self._runner.log, self.cells)

    @property
    def ended(self) -> int:
        """How many cells have come to their end."""
        return len(self._conductor.over)

    @property
    def eta(self) -> float | None:
        """Seconds until all that is to come may be done, by the log's own durations; None where nothing is known."""
        left = [cell for cell in self.cells if cell.is_to_send or (cell.status and not cell.status.is_terminal)]
        known = [cell.seconds for cell in left if cell.seconds is not None]
        if not left or not known:
            return None if left else 0.0
        return sum(known) / len(known) * max(1.0, len(left) / self._at_once())

    @property
    def is_running(self) -> bool:
        """Whether it is under way in this process."""
        return self._done is not None and not self._done.done()

    @property
    def runs(self) -> list[Run]:
        """The runs that stand for its cells, in their order."""
        return self._load([cell.run_id for cell in self.cells if cell.run_id])

    def start(self, *, confirm: bool | None = None) -> Self:
        """Write the cells down and send them; after a pause or stop, go on.

        Args:
            confirm: True to send whatever it is estimated to cost.

        Returns:
            Itself, at once; `.stopped` says why where it does not start.

        Raises:
            InvalidInput: It was cancelled.
            LogError: The log cannot be written; nothing was sent.
        """
        with self._lock:
            if self.is_running:
                return self
            if self._conductor.sending.is_cancelled:
                raise InvalidInput("This sweep was cancelled. Run its line again: what is done is not paid for twice.")
            asks = not (confirm or self._conductor.is_written)  # what goes on was allowed when it began
            why = self._explain_limit([cell for cell in self.cells if cell.is_to_send]) if asks else None
            if why is not None:
                self._conductor.state, self._conductor.stopped = "confirm", why
                say(f"{self.plan.text}\npixnb: {why}", sys.stdout)
                return self
            self._conductor.write()
            self._said = None
            self._runner.beat_for(lambda: self.is_running)
            self._done = self._runner.engine.thread.start(self._conductor.drive())
        return self

    def wait(self, timeout: float | None = None) -> Self:
        """Block until all that can be sent is over; a pause or a stop ends it too, and never raises.

        Args:
            timeout: Seconds; None for as long as it takes.

        Returns:
            Itself; `.stopped` says why it did not go on, if it did not.

        Raises:
            JobTimeout: The time is up; the sweep goes on.
        """
        done = self._done
        if done is not None:
            try:
                with show_bar(self):
                    wait_for(done, timeout)
                self._telling.finish()
            except TimeoutError:
                raise JobTimeout(f"The sweep is under way after {timeout:g} s. It goes on; wait() again.") from None
        self._say_stop()
        return self

    def _say_stop(self) -> None:
        """Say once why it does not go on, in the thread of who waits for it."""
        if self.stopped and self._said != self.stopped and self.state != "confirm":
            self._said = self.stopped
            say(f"pixnb: {self.stopped}", sys.stdout)

    def cancel(self) -> Self:
        """Drop what is not sent, for nothing, and stop waiting for what is: its service may finish and bill it.

        Returns:
            Itself; `.stopped` says how many of either there were.
        """
        conductor, thread = self._conductor, self._runner.engine.thread
        with self._lock:
            conductor.sending.is_cancelled = True
            if conductor.is_written:
                dropped, sent = wait_for(thread.start(conductor.detach()))
            else:
                dropped, sent = sum(cell.is_to_send for cell in self.cells), 0
            conductor.state = "cancelled"
            conductor.stopped = self._said = (
                f"Cancelled: {dropped} unsent dropped for nothing, {sent} sent left to their service, which may finish "
                "and bill them; exp.resume(cancelled=True) collects them."
            )
        say(f"pixnb: {self.stopped}", sys.stdout)
        thread.loop.call_soon_threadsafe(self._telling.tell)
        return self

    def retry_failed(self, *, confirm: bool | None = None) -> Self:
        """Try again what failed: the next attempt of each take, paid anew.

        Args:
            confirm: True to send them whatever they are estimated to cost.

        Returns:
            Itself, under way.

        Raises:
            InvalidInput: It is under way, or was cancelled.
        """
        with self._lock:
            if self.is_running:
                raise InvalidInput("The sweep is under way: wait() for it, then retry_failed().")
            failed = [cell for cell in self.cells if cell.has_failed]
            why = None if confirm else self._explain_limit(failed)
            if why is not None:
                self._conductor.state, self._conductor.stopped = "confirm", f"{why} That is of retry_failed()."
                say(f"pixnb: {self.stopped}", sys.stdout)
                return self
            for cell in failed:
                cell.plan_next_attempt()
            return self.start(confirm=True)

    def frame(self) -> pd.DataFrame:
        """Return its runs as a DataFrame, one row each, in the order of its cells; cells without a run are left out."""
        from pixnb.log.frame import frame
        from pixnb.log.schema import runs

        ids = [cell.run_id for cell in self.cells if cell.run_id]
        found = frame(self._runner.log, where=[sweeps.among(self._runner.log, runs.c.run_id, ids)])
        place = {run_id: number for number, run_id in enumerate(ids)}
        return found.sort_values("run_id", key=lambda column: column.map(place), ignore_index=True)

    def listen(self, listener: Listener, *, at_end: Listener | None = None) -> None:
        """Have a listener called on pixnb's thread at changes, twice a second at most; `at_end` before a wait ends."""
        self._telling.add(listener, at_end)

    def ignore(self, listener: Listener) -> None:
        """Call a listener no more."""
        self._telling.remove(listener)

    def __iter__(self) -> Iterator[Run]:
        seen = 0
        while True:
            with self._conductor.news:
                while seen >= len(self._conductor.over) and self.is_running:
                    self._conductor.news.wait(0.5)
                new = self._conductor.over[seen:]
            if not new:
                self._say_stop()
                return
            seen += len(new)
            yield from self._load(new)

    def _load(self, run_ids: Sequence[str]) -> list[Run]:
        found = sweeps.read_runs(self._runner.log, run_ids)
        those = self._runner.from_rows(list(found.values()))
        by_id = {run.run_id: run for run in those}
        return [by_id[run_id] for run_id in run_ids if run_id in by_id]

    def __await__(self) -> Generator[Any, None, Self]:
        return self._finish().__await__()

    async def _finish(self) -> Self:
        if self._done is not None:
            await asyncio.shield(asyncio.wrap_future(self._done))
            await asyncio.to_thread(self._telling.finish)
        self._say_stop()
        return self


__all__ = ["Sweep"]
