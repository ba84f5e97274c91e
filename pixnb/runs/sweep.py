"""Many runs by one line: planned, paid for once, sent as budget and services allow, and seen to their ends."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pixnb.errors import InvalidInput, JobTimeout
from pixnb.http.loop import wait_for
from pixnb.living import Living
from pixnb.log import rows
from pixnb.runs.conductor import LEFT, Conductor
from pixnb.runs.limits import Limits
from pixnb.runs.overview import Overview
from pixnb.runs.telling import Telling, show_bar
from pixnb.show import hand_over, keep_up, shown
from pixnb.terminal import say

if TYPE_CHECKING:
    from pixnb.runs.cells import Cell
    from pixnb.runs.restoring import Past
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner


class Sweep(Overview, Living):
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
        past: What the log has of it, where it was begun before.

    Attributes:
        sweep_id: Its id in the log.
        cells: Its cells: each says its axes, how it stands, its run and the file that came of it.
        notes: What a person should know of how the grid was read.
        explain_limit: Says why cells may not be sent without `confirm=True`; None where they may.

    Example:
        >>> sweep = exp.sweep("lucy-edit-fast", prompt=["A red coat", "A blue coat"], video=clip)  # doctest: +SKIP
        >>> for run in sweep: print(run.params["prompt"], run.status)  # doctest: +SKIP
    """

    _instead = "Keep its line and run it again: what is there is not paid for twice; exp.sweeps has it too"
    _guesses: ClassVar[Mapping[str, str]] = {
        "df dataframe data to_pandas results table sort_values head describe filter best": (
            "sweep.frame() gives its runs as a DataFrame"
        ),
        "run launch begin send resume submit go go_on confirm continue_ agent": "sweep.start() sends what is planned",
        "stop abort pause kill terminate": "sweep.cancel() drops what is not sent",
        "retry retry_all rerun again": "sweep.retry_failed() tries again what failed",
        "status progress done is_done completed failed failures errors size": (
            "sweep.state says how it stands, sweep.counts how many cells stand where"
        ),
        "cost price total estimate estimate_cost budget": (
            "sweep.plan has each cell's cost, sweep.spent what it has cost"
        ),
        "show display view plot watch follow tail": (
            "a sweep as the last line of a cell shows itself; display(sweep) does it within one"
        ),
        "wall grid compare play clips videos outputs media": (
            "sweep.frame().pixnb.grid() sets its clips beside each other, .table() as a table"
        ),
        "save report to_html export": "sweep.frame().pixnb.report(path) writes one HTML file with its clips",
        "zip to_zip download save_all archive": "sweep.frame().pixnb.to_zip(path) writes its clips and rows",
        "to_csv to_excel to_latex": "sweep.frame().pixnb.to_csv(path) writes its runs",
        "delete remove clear": "a log keeps every run that was paid for; sweep.cancel() drops what is not sent",
        "star tag note pick log_metric": "runs are marked one by one: sweep.runs[0].star(5), .tag(name), .note(text)",
        "join result gather finish": "await sweep, or sweep.wait(), waits for its end",
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
        past: Past | None = None,
    ) -> None:
        self.sweep_id = past.sweep_id if past else rows.new_run_id()
        self.cells = list(cells)
        self.notes = list(notes)
        self._runner = runner
        self.explain_limit = explain_limit
        self._past = past
        self._lock = threading.RLock()
        self._done: Future[None] | None = None
        self._said: str | None = None
        self._telling = Telling(self)
        self._conductor = Conductor(
            runner,
            self.cells,
            sweep_id=self.sweep_id,
            past=past,
            user=user,
            allow_unpriced=allow_unpriced,
            fresh=fresh,
            limits=Limits(runner),
            told=self._telling.tell,
        )
        if past is not None:
            self._conductor.state, self._conductor.stopped = past.state, past.explain(self.cells)
            if past.state == "running":  # in another process
                self._look_on()

    _repr_mimebundle_ = shown
    _display_ = hand_over
    _ipython_display_ = keep_up

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
            if self._conductor.sending.is_cancelled or self.state == "cancelled":
                raise InvalidInput(_CANCELLED)
            self.prepare()
            asks = not (confirm or self._conductor.is_started)  # what goes on was allowed when it began
            if asks and self._asks([cell for cell in self.cells if cell.is_to_send]):
                return self
            standing = self._conductor.write()
            if standing == "cancelled":
                raise InvalidInput(_CANCELLED)
            self._said = None
            if standing == "elsewhere":
                self._look_on()
                return self
            self._runner.keep_sweep(self.sweep_id, self)
            done = self._done = self._runner.engine.thread.start(self._conductor.drive())
            self._runner.beat_for(lambda: not done.done())
        return self

    @property
    def is_partial(self) -> bool:
        """Whether cells are left out here that others have planned."""
        return self._past is not None and self._past.is_partial

    def prepare(self) -> None:
        """Have the cells that a process before this one planned ready to be sent; blocks while their media are read."""
        if self._past is not None:
            self._past.prepare(self.cells)

    def _asks(self, cells: Sequence[Cell], more: str = "") -> bool:
        """Whether it waits for a person's word; then it says so, with its plan."""
        why = self.explain_limit(cells)
        if why is not None:
            self._conductor.state, self._conductor.stopped = "confirm", f"{why}{more}"
            say(f"{'' if more else self.plan.text + chr(10)}pixnb: {self.stopped}", sys.stdout)
        return why is not None

    def _look_on(self) -> None:
        """Follow what another process does, through the log."""
        self._done = self._runner.engine.thread.start(self._conductor.look_on())

    def wait(self, timeout: float | None = None) -> Self:
        """Block until all that can be sent is over; a pause or a stop ends it too, and never raises.

        In a notebook write `await sweep` instead: a cell that blocks may keep the grid's buttons from being heard
        until it ends. Ctrl-C, or the kernel's stop button, leaves the wait; the sweep goes on.

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

    def cancel(self, *, sent: bool = True) -> Self:
        """Drop what is not sent, for nothing, and stop waiting for what is: its service may finish and bill it.

        Of a sweep that another process runs what is not sent is dropped, and that process sees to the rest.

        Args:
            sent: False to see what was sent through to its end.

        Returns:
            Itself; `.stopped` says how many of either there were.
        """
        conductor, thread = self._conductor, self._runner.engine.thread
        with self._lock:
            conductor.sending.is_cancelled = True
            if conductor.is_written:
                dropped, open_, whose = wait_for(thread.start(conductor.detach(is_left=sent)))
            else:
                dropped, open_, whose = sum(cell.is_to_send for cell in self.cells), 0, LEFT
            conductor.state = "cancelled"
            conductor.stopped = self._said = f"Cancelled: {dropped} unsent dropped for nothing, {open_} sent {whose}."
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
                raise InvalidInput("The sweep is under way: wait for it (await sweep), then retry_failed().")
            if self._past is not None:
                self._past.prepare(self.cells, failed=True)
            failed = [cell for cell in self.cells if cell.has_failed]
            if not confirm and self._asks(failed, " That is of retry_failed()."):
                return self
            for cell in failed:
                cell.plan_next_attempt()
            return self.start(confirm=True)

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
            yield from self.load(new)

    def __await__(self) -> Generator[Any, None, Self]:
        return self._finish().__await__()

    async def _finish(self) -> Self:
        if self._done is not None:
            await asyncio.shield(asyncio.wrap_future(self._done))
            await asyncio.to_thread(self._telling.finish)
        self._say_stop()
        return self


_CANCELLED = "This sweep was cancelled. Run its line again: what is done is not paid for twice."

__all__ = ["Sweep"]
