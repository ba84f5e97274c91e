"""The sweeps of an experiment, of this process and of others; and what resuming took up."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, overload

from pixnb.log import sweeps
from pixnb.runs.run import Run
from pixnb.runs.sweep import Sweep

if TYPE_CHECKING:
    from pixnb.runs.runner import Runner

_SHOWN = 20


class Sweeps(Sequence[Sweep]):
    """An experiment's sweeps, the oldest first: those of this process, and what the log has of others.

    Each is read when it is taken out. Of one that another process runs the grid follows what that does, and `cancel()`
    drops what it has not sent.

    Args:
        runner: Of the experiment.
        restore: Makes a sweep of its row.

    Example:
        >>> exp.sweeps[-1].cancel()  # doctest: +SKIP
    """

    def __init__(self, runner: Runner, restore: Callable[[Any], Sweep]) -> None:
        self._runner, self._restore = runner, restore
        self._rows = list(sweeps.read_all(runner.log, runner.experiment))

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Sweep: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sweep]: ...
    def __getitem__(self, index: int | slice) -> Sweep | list[Sweep]:
        if isinstance(index, slice):
            return [self._take(row) for row in self._rows[index]]
        return self._take(self._rows[index])

    def _take(self, row: Any) -> Sweep:
        known: Sweep | None = self._runner.find_sweep(row["sweep_id"])
        return known or self._restore(row)

    def __repr__(self) -> str:
        counts = sweeps.count_cells(self._runner.log, [row["sweep_id"] for row in self._rows[-_SHOWN:]])
        first = max(0, len(self) - _SHOWN)
        return "\n".join([f"<{len(self)} sweep{'' if len(self) == 1 else 's'} in {self._runner.experiment!r}>",
                          *self._lines(first, counts)])  # fmt: skip

    def _lines(self, first: int, counts: dict[str, dict[str, int]]) -> Iterator[str]:
        for number, row in enumerate(self._rows[first:], first):
            begun = datetime.fromtimestamp(row["created_at"] / 1e6, UTC)
            cells = ", ".join(f"{count} {status}" for status, count in counts.get(row["sweep_id"], {}).items())
            yield f"[{number}] {begun:%Y-%m-%d %H:%M} UTC: {row['state']}; {cells or 'nothing of its own'}"


class Resumed(list[Run]):
    """The runs that were taken up; where sweeps go on, a notebook shows their grids.

    Args:
        runs: The runs.
        sweeps: The sweeps that go on.

    Attributes:
        sweeps: The sweeps that go on.
    """

    def __init__(self, runs: Iterable[Run], sweeps: Sequence[Sweep]) -> None:
        super().__init__(runs)
        self.sweeps = list(sweeps)

    def _ipython_display_(self) -> None:
        if not self.sweeps or "IPython" not in sys.modules:
            raise NotImplementedError  # shown as a list
        display = import_module("IPython.display").display
        for sweep in self.sweeps:
            display(sweep)


__all__ = ["Resumed", "Sweeps"]
