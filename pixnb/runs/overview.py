"""What can be read off a sweep at any time: its plan, how its cells stand, its money, its runs as objects and frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from pixnb.log import sweeps
from pixnb.log.amounts import Amounts
from pixnb.runs.reuse import find_files
from pixnb.runs.spending import Left, read_left
from pixnb.runs.telling import Listener, Telling
from pixnb.status import JobStatus

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.runs.cells import Cell
    from pixnb.runs.conductor import Conductor
    from pixnb.runs.plan import Plan
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner


class Overview:
    """A sweep, as it is looked at; nothing here changes it.

    Attributes:
        sweep_id: Its id in the log.
        cells: Its cells: each says its axes, how it stands, its run and the file that came of it.
        notes: What a person should know of how the grid was read.
    """

    sweep_id: str
    cells: list[Cell]
    notes: list[str]
    _runner: Runner
    _conductor: Conductor
    _telling: Telling
    _done: Future[None] | None

    def __len__(self) -> int:
        return len(self.cells)

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"<Sweep of {len(self.cells)} cells in {self._runner.experiment!r}: {self.state}; {counts}>"

    @property
    def state(self) -> str:
        """How it stands: "planned", "confirm", "running", "paused", "stopped", "lost", "cancelled" or "done".

        It is "confirm" where it waits for `confirm=True`, and "lost" where the process that ran it has ended.
        """
        return self._conductor.state

    @property
    def stopped(self) -> str | None:
        """Why it does not go on, and what to do; None where nothing holds it up."""
        return self._conductor.stopped

    @property
    def is_running(self) -> bool:
        """Whether it is under way, in this process or, as far as this one looks on, in another."""
        return self._done is not None and not self._done.done()

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is another process that runs it; what is seen of it here comes through the log."""
        return self.is_running and not self._conductor.is_started

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
        found = Counter(str(cell.status or JobStatus.PLANNED) for cell in self.cells)
        return dict(sorted(found.items()))  # which cell left first makes no difference

    @property
    def spent(self) -> Amounts:
        """What the runs that it sent have cost so far, by currency; in the sandbox, simulated."""
        return self._conductor.spent

    @property
    def is_sandbox(self) -> bool:
        """Whether a sandbox does all of it, so that its money is play money."""
        return {cell.sandbox for cell in self.cells} - {None} == {True}

    def read_budget(self) -> list[Left]:
        """Read what is left of the budgets that hold here: of each currency the tighter one."""
        return read_left(self._runner.log, self._runner.experiment, sandbox=self.is_sandbox)

    def find_files(self) -> None:
        """Note in the cells where the files are that were there before; reads the log."""
        find_files(self._runner.log, self.cells)

    @property
    def ended(self) -> int:
        """How many cells have come to their end."""
        return sum(cell.is_over for cell in self.cells)

    @property
    def eta(self) -> float | None:
        """Seconds until all that is to come may be done; None where nothing is known.

        By the log's own durations, and by the progress of the jobs under way where their service tells it.
        """
        left = [cell for cell in self.cells if cell.is_to_send or not cell.is_over]
        told = {cell: run.eta for cell, run in list(self._conductor.sending.under_way.items())}
        seconds = [cell.seconds if told.get(cell) is None else told[cell] for cell in left]
        known = [one for one in seconds if one is not None]
        if not left or not known:
            return None if left else 0.0
        last = max((one for one in told.values() if one is not None), default=0.0)
        return max(last, sum(known) / len(known) * max(1.0, len(left) / self._at_once()))

    @property
    def runs(self) -> list[Run]:
        """The runs that stand for its cells, in their order."""
        return self.load([cell.run_id for cell in self.cells if cell.run_id])

    def load(self, run_ids: Sequence[str]) -> list[Run]:
        """Give runs by their ids, in their order."""
        found = sweeps.read_runs(self._runner.log, run_ids)
        those = self._runner.from_rows(list(found.values()))
        by_id = {run.run_id: run for run in those}
        return [by_id[run_id] for run_id in run_ids if run_id in by_id]

    def frame(self) -> pd.DataFrame:
        """Return its runs as a DataFrame, one row each, in the order of its cells; cells without a run are left out.

        The columns `vars.*` are this sweep's own, also of runs that another line had made.
        """
        from pixnb.log.frame import frame
        from pixnb.log.schema import runs
        from pixnb.runs.factors import set_factors

        by_id = {cell.run_id: cell.request.vars for cell in self.cells if cell.run_id}
        found = frame(self._runner.log, where=[sweeps.among(self._runner.log, runs.c.run_id, list(by_id))])
        place = {run_id: number for number, run_id in enumerate(by_id)}
        found = found.sort_values("run_id", key=lambda column: column.map(place), ignore_index=True)
        return set_factors(found, [by_id[run_id] for run_id in found["run_id"]])

    def listen(self, listener: Listener, *, at_end: Listener | None = None) -> None:
        """Have a listener called on pixnb's thread at changes, twice a second at most; `at_end` before a wait ends."""
        self._telling.add(listener, at_end)

    def ignore(self, listener: Listener) -> None:
        """Call a listener no more."""
        self._telling.remove(listener)


__all__ = ["Overview"]
