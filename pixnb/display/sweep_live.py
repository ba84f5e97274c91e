"""A sweep that is watched: its cells fill as their clips come, and it can be cancelled, gone on with, tried again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from pixnb import html
from pixnb.display import sweep as looks
from pixnb.display.films import find_film
from pixnb.display.guard import start_behind
from pixnb.display.sweep_cells import Cells, is_media
from pixnb.display.throttle import Throttle
from pixnb.display.ticker import tick

if TYPE_CHECKING:
    from pixnb.runs.sweep import Sweep

PERIOD = 0.5
"""Seconds between two updates at least."""

_PACE = 3  # cells that have ended here after which their pace tells more than the log


def is_worth_watching(sweep: Sweep) -> bool:
    """Whether a sweep goes on, or somebody may press a button of it."""
    return sweep.is_running or bool(name_buttons(sweep))


def name_buttons(sweep: Sweep) -> list[str]:
    """Name what can be pressed now."""
    if sweep.is_running:
        return [] if sweep.state == "cancelled" else ["Cancel"]
    if sweep.state in ("planned", "confirm", "cancelled"):
        return []
    failed = sum(cell.has_failed for cell in sweep.cells)
    named = ["Go on"] if sweep.state in ("paused", "stopped", "lost") else []
    return [*named, f"Retry {failed} failed"] if failed else named


class SweepCard(anywidget.AnyWidget):
    """A widget that follows a sweep. Its state has no picture: those go to the page once, in messages.

    Args:
        sweep: In any state.
        ended: Is called, on a thread, each time that it has come to a stop or an end.
    """

    _esm = Path(__file__).parent / "static" / "sweep.js"
    _css = html.css() + html.css("sweep") + html.css("ended")

    grid = traitlets.Unicode("").tag(sync=True)
    summary = traitlets.Unicode("").tag(sync=True)
    faults = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    buttons = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, sweep: Sweep, *, ended: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.sweep = sweep
        self._ended = ended
        self._cells = Cells(sweep.cells)
        self._sent: dict[int, Any] = {}
        self._lock, self._soon = threading.Lock(), Throttle(self.update, period=PERIOD, say=self._say)
        self._ticks = self._was_running = False
        self._began, self._over = 0.0, 0
        self.on_msg(self._answer)
        self.update()
        sweep.listen(self._hear, at_end=lambda _: self.update())
        self._follow()

    @property
    def view(self) -> dict[str, Any]:
        """What stands for it in an output: its view, and plain text."""
        made = self._repr_mimebundle_()
        return made[0] if made else {}

    def update(self) -> None:
        """Bring it up to date; callable from any thread but pixnb's own, for pictures take their time."""
        with self._lock:
            sweep, running = self.sweep, self.sweep.is_running
            if running and not self._was_running:
                self._began, self._over = time.monotonic(), looks.count_over(sweep.cells)
            sweep.find_files()
            with self.hold_sync():
                self.summary = looks.write_summary(sweep, left=self._estimate())
                self.faults = looks.write_faults(sweep.cells)
                self.buttons = name_buttons(sweep)
                if not running or not self.grid:
                    self.grid = self._cells.write(posters=False)
            if running != self._was_running or not self.words:
                self.words = looks.say_state(sweep)
            self._send_changes()
            has_ended, self._was_running = self._was_running and not running, running
            if has_ended:
                self._ended()

    def _estimate(self) -> float | None:
        over = looks.count_over(self.sweep.cells)
        made, left = over - self._over, len(self.sweep) - over
        if made >= _PACE:
            return (time.monotonic() - self._began) / made * left
        return self.sweep.eta

    def _send_changes(self) -> None:
        changed = []
        for number, cell in enumerate(self.sweep.cells):
            now = (cell.status, cell.fate, cell.run_id, cell.error, cell.path, cell.paid)
            if self._sent.get(number) != now:
                self._sent[number] = now
                parts = self._cells
                changed.append(
                    [number, parts.looks(number), parts.title(number), parts.inner(number, parts.poster(number))]
                )
        if changed:
            self.send({"cells": changed})

    def _hear(self, _: object = None) -> None:
        """Note a change; it is shown at once, or when the last update is half a second old."""
        self._soon()
        self._follow()

    def _follow(self) -> None:
        if self.sweep.is_running and not self._ticks:
            self._ticks = True
            tick(self._tick)

    def _tick(self) -> bool:
        self._ticks = self.sweep.is_running
        self._hear()
        return self._ticks

    def _say(self, text: str) -> None:
        self.error = text

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        """Do what the page asks, on a thread of its own."""
        asked: Mapping[str, Any] = content if isinstance(content, dict) else {}
        if asked.get("want") == "cells":
            self._sent.clear()
            self._hear()
        elif isinstance(asked.get("press"), str):
            start_behind(self.press, self._say, asked["press"])
        elif isinstance(asked.get("clip"), int):
            start_behind(self._send_clip, self._say, asked["clip"], asked.get("bytes") is True)

    def press(self, name: str) -> None:
        """Do what a button says.

        Args:
            name: As it is in `buttons`; what is not there now does nothing.
        """
        if name not in name_buttons(self.sweep):
            return
        if name == "Cancel":
            self.sweep.cancel()
        elif name == "Go on":
            self.sweep.start()
        else:
            self.sweep.retry_failed()
        self._hear()

    def _send_clip(self, number: int, is_bytes: bool) -> None:
        if not 0 <= number < len(self.sweep) or not is_media(self.sweep.cells[number]):
            return
        words, buffers = find_film(Path(self.sweep.cells[number].path or ""), by_url=not is_bytes).parts
        self.send({"clip": number, **words}, buffers)


__all__ = ["PERIOD", "SweepCard", "is_worth_watching", "name_buttons"]
