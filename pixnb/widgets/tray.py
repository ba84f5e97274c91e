"""What stands around a launcher's strip: money above, below it a wall of the runs, a report and a zip to take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from pixnb import html, visitors
from pixnb.compare.archive import pack
from pixnb.compare.content import NUMBERS
from pixnb.compare.files import name_file
from pixnb.display import wording
from pixnb.display.guard import ErrorLine, guarded, start_behind
from pixnb.display.scripts import join
from pixnb.display.throttle import Throttle
from pixnb.errors import InvalidInput
from pixnb.log.frame import frame_of
from pixnb.widgets.downloads import Handover, open_place
from pixnb.widgets.money import write_money

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.runs.runner import Runner
    from pixnb.widgets.launches import Launches

PERIOD = 0.5
"""Seconds between two looks at the money at least."""

BUTTONS = ("wall", "report", "zip")
_NOTHING = "Nothing has finished yet: a wall, a report and a zip are of runs that have ended."


class Bar(anywidget.AnyWidget):
    """Buttons, a line that says how far a file is, and the script that takes files away.

    Args:
        pressed: Is called with a button's name and the page that it was pressed in, on a thread.

    Attributes:
        handover: Gives files to pages.
    """

    _esm = join("served", "tray")

    labels = traitlets.Dict().tag(sync=True)
    can_press = traitlets.Bool(False).tag(sync=True)
    is_busy = traitlets.Bool(False).tag(sync=True)
    is_open = traitlets.Bool(False).tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    done = traitlets.Float(-1.0).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)

    def __init__(self, pressed: Callable[[str, str], object]) -> None:
        super().__init__()
        self._pressed = pressed
        self.handover = Handover(lambda words, buffers: self.send(words, buffers))
        self.on_msg(self._hear)

    def say(self, text: str) -> None:
        """Show what went wrong; "" for nothing."""
        self.error = visitors.hide_folders(text)
        if text:
            self.said = ""

    def _hear(self, _: object, content: Any, __: object) -> None:
        asked: Mapping[str, Any] = content if isinstance(content, dict) else {}
        who = asked.get("who")
        if not isinstance(who, str):
            return
        if "got" in asked:
            self.handover.hear(who)
        elif asked.get("again") is True:
            start_behind(self.handover.give_again, self.say, who)
        elif (name := asked.get("press")) in BUTTONS and not self.is_busy:
            self.is_busy = True  # the second click of a double click finds it so
            start_behind(self._press, self.say, str(name), who)

    def _press(self, name: str, who: str) -> None:
        # once it can be pressed again, it is told what went wrong
        guarded(lambda: self._pressed(name, who), self.say)()
        self.is_busy, self.done = False, -1.0


class Tray(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """What can be done with the runs of a launcher: those that are chosen, else all that have ended.

    Args:
        runner: Of the experiment.
        launches: The runs.

    Attributes:
        money: What is spent of the budget, for the launcher's head.
        bar: Its buttons.
        wall: The wall that is shown; None for none.
    """

    def __init__(self, runner: Runner, launches: Launches) -> None:
        self._runner, self._launches = runner, launches
        self.money = ipywidgets.HTML()
        self.money.add_class("pixnb-money-place")
        self.bar = Bar(self._press)
        self.wall: Any = None
        self._place = ipywidgets.VBox()
        style = ipywidgets.HTML(html.tag("style", html.css("tray")), layout={"display": "none"})
        self._trouble = ErrorLine()
        super().__init__([style, self.bar, self._trouble, self._place])
        self.add_class("pixnb-tray")
        self._soon = Throttle(self.update, period=PERIOD, say=self._trouble.say)
        launches.listen(self._soon)
        guarded(self.update, self._trouble.say)()

    def update(self) -> None:
        """Bring money and buttons up to date; the log is read."""
        runner, ids = self._runner, self._list()
        self.money.value = write_money(runner.log, runner.experiment, sandbox=runner.engine.is_sandbox)
        chosen = len(self._launches.chosen)
        of = f" of {chosen}" if chosen else ""
        self.bar.labels = {"wall": f"Wall{of}", "report": f"Report{of}", "zip": f"Zip{of}"}
        self.bar.can_press = bool(ids)

    def _list(self) -> list[str]:
        """The ids of what is chosen, else of all that have ended."""
        runs = {run.run_id: run for run in self._launches.runs}
        chosen = [run_id for run_id in self._launches.chosen if run_id in runs]
        return chosen or [run_id for run_id, run in runs.items() if run.standing.is_settled]

    def _press(self, name: str, who: str) -> None:
        if name == "wall" and self.wall is not None:
            self._show_wall(None)
            return
        ids = self._list()
        if not ids:
            raise InvalidInput(_NOTHING)
        read = partial(self._read, ids)
        {"wall": self._open_wall, "report": self._give_report, "zip": self._give_zip}[name](read, who)

    def _read(self, ids: list[str]) -> pd.DataFrame:
        """Read runs, which keep the numbers of their tiles."""
        frame = frame_of(self._runner.log, ids)
        frame.attrs[NUMBERS] = {run.run_id: one.place for one in self._launches if (run := one.logged)}
        return frame

    def _open_wall(self, read: Callable[[], pd.DataFrame], _: str) -> None:
        from pixnb.wall.wall import make_wall

        runner = self._runner
        named: dict[str, Any] = {"log": runner.log, "user": runner.user, "again": read}
        self._show_wall(make_wall(read(), title=runner.experiment, **named).make_live())

    def _show_wall(self, wall: Any) -> None:
        before, self.wall = self.wall, wall
        self._place.children = [wall] if wall is not None else []
        self.bar.is_open, self.bar.said = wall is not None, ""
        if before is not None:
            before.close()

    def _give_report(self, read: Callable[[], pd.DataFrame], who: str) -> None:
        from pixnb.report.report import write_report

        frame = read()
        self.bar.said = f"Making the report of {_count(frame)}"
        with open_place(self._runner.log) as place:
            target = place.folder / name_file(self._runner.experiment, ".html")
            write_report(frame, target, title=self._runner.experiment)
            self._hand_over(target, who, place.is_kept, [_count(frame), place.say(target)])

    def _give_zip(self, read: Callable[[], pd.DataFrame], who: str) -> None:
        frame = read()
        packed = pack(frame, fetch=self._runner.log.assets.path)
        whole = max(1, packed.size)
        self.bar.said = f"Packing {len(packed.files)} files, {wording.size(whole)}"
        with open_place(self._runner.log) as place:
            target = place.folder / name_file(self._runner.experiment, ".zip")
            packed.write(target, progress=lambda done: self._show_done(done / whole))
            lost = f"{len(packed.lost)} missing: {packed.lost[0]}" if packed.lost else ""
            self._hand_over(target, who, place.is_kept, [_count(frame), lost, place.say(target)])

    def _hand_over(self, target: Path, who: str, is_kept: bool, said: list[str]) -> None:
        self.bar.said = f"Giving {target.name} to the browser"
        size = wording.size(target.stat().st_size)
        self.bar.handover.give(target, who, is_kept=is_kept)
        self.bar.said = " · ".join([target.name, size, *filter(None, said)])

    def _show_done(self, done: float) -> None:
        if done - self.bar.done >= 0.02 or done >= 1.0:
            self.bar.done = min(1.0, done)


def _count(frame: pd.DataFrame) -> str:
    return f"{len(frame)} run{'' if len(frame) == 1 else 's'}"


__all__ = ["BUTTONS", "PERIOD", "Bar", "Tray"]
