"""The batches that a launcher has sent: how far each is, and the button that stops it or goes on with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets

from pixnb import html
from pixnb.display.guard import start_behind
from pixnb.display.sweep import count_over

if TYPE_CHECKING:
    from pixnb.runs.sweep import Sweep

_MOST = 3


class UnderWay(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """A line for each batch, the newest on top; those that are over go when another one begins.

    Args:
        report: Shows what went wrong.
    """

    def __init__(self, report: Callable[[str], object]) -> None:
        super().__init__()
        self._report = report
        self._lines: list[_Line] = []
        self.add_class("pixnb-under-way")

    def show(self, sweep: Sweep) -> None:
        """Show a batch that was sent; one that is shown already stays where it is."""
        if any(line.sweep is sweep for line in self._lines):
            return
        left = [line for line in self._lines if line.sweep.is_running or line.sweep.stopped][: _MOST - 1]
        self._lines = [_Line(sweep, self._report), *left]
        self.children = [line.box for line in self._lines]


class _Line:
    def __init__(self, sweep: Sweep, report: Callable[[str], object]) -> None:
        self.sweep = sweep
        self._said = ipywidgets.HTML()
        self._stop = ipywidgets.Button(description="Cancel all unsent")
        self._go_on = ipywidgets.Button(description="Go on")
        self.box = ipywidgets.HBox([self._said, self._stop, self._go_on])
        self.box.add_class("pixnb-batch")
        # either writes to the log, and blocks
        self._stop.on_click(lambda _: start_behind(lambda: sweep.cancel(sent=False), report))
        self._go_on.on_click(lambda _: start_behind(self._resume, report))
        sweep.listen(self._tell)
        self._tell(sweep)

    def _resume(self) -> None:
        self.sweep.start(confirm=True)
        self._tell(self.sweep)

    def _tell(self, _: object) -> None:
        sweep = self.sweep
        unsent = sum(cell.is_to_send for cell in sweep.cells)
        simulated = " simulated" if sweep.is_sandbox and sweep.spent else ""
        said = [f"Batch: {count_over(sweep.cells)} of {len(sweep)} done"]
        said += [f"{unsent} unsent"] if unsent else []
        said += [f"{sweep.spent}{simulated} spent"] if sweep.spent else []
        text = " · ".join(said) + (f". {sweep.stopped}" if sweep.stopped else "")
        self._said.value = html.tag("span", html.escape(text), role="status")
        self._stop.layout.display = "" if unsent and sweep.state in ("running", "paused", "stopped") else "none"
        self._go_on.layout.display = "" if unsent and sweep.state in ("paused", "stopped") else "none"


__all__ = ["UnderWay"]
