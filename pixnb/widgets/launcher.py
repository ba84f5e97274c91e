"""The launcher: pick a model, fill its form, launch as often as you like, watch, and copy the code."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from pixnb.display.guard import guarded
from pixnb.display.marimo import Page
from pixnb.living import Living
from pixnb.widgets import wording
from pixnb.widgets.desk import Desk
from pixnb.widgets.launches import Launches
from pixnb.widgets.pickup import pick_up
from pixnb.widgets.saved import Saved
from pixnb.widgets.strip import Strip
from pixnb.widgets.tray import Tray

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner


class Launcher(Living, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """A form for any model, with what was launched from it below.

    Launch returns at once: runs are submitted behind, several at a time, and each has a tile in the strip below. What
    stops a run before it is sent is said at its field or at the top of the form too.

    Args:
        runner: What submits, to its experiment.
        model: The model to begin with; the first of the list when left out.

    Attributes:
        launches: What was launched, one by one.

    Raises:
        ModelNotFound: There is no such model.

    Example:
        >>> launcher = exp.launcher("lucy-edit-fast")  # doctest: +SKIP
        >>> launcher  # doctest: +SKIP
        >>> launcher.last.result().video.save("snow.mp4")  # doctest: +SKIP
        >>> print(launcher.code())  # doctest: +SKIP
    """

    _instead: ClassVar[str] = "Keep its experiment's name and launcher.params, and make exp.launcher(model) there"
    _guesses: ClassVar[Mapping[str, str]] = {
        "submit run send start": "launcher.launch() launches what the form says",
        "show display view": "a launcher as the last line of a cell shows itself; display(launcher) does it within one",
        "value values get_value": "launcher.params has what the form says",
        "prompt": 'launcher.params["prompt"] has it, launcher.fill(prompt=…) sets it',
        "wall compare report": "exp.wall(), exp.compare() and exp.report(path) show what was launched",
        "set set_value update": "launcher.fill(prompt=…) fills its fields",
        "frame df results result": "launcher.runs has what was launched, exp.frame() as a DataFrame",
    }

    def __init__(self, runner: Runner, model: str | Model | None = None) -> None:
        super().__init__()
        self._experiment = runner.experiment
        self.launches = launches = Launches(runner)
        self._desk = Desk(runner, model, begin=lambda request: launches.begin(request).sent, add=launches.add)

        def find() -> None:
            launches.take(pick_up(runner), is_others=True)

        self._strip = Strip(
            launches,
            experiment=runner.experiment,
            log=runner.log,
            user=runner.user or None,
            use=self.use,
            code=self.code,
            find=find,
        )
        for css in ("pixnb", "pixnb-launcher"):
            self.add_class(css)
        self._tray = Tray(runner, launches)
        self._saved = Saved(runner.experiment, launches, lambda: self.model)
        head = ipywidgets.HTML(wording.head(self._experiment, sandbox=runner.engine.is_sandbox))
        top = ipywidgets.HBox([head, self._tray.money])
        top.add_class("pixnb-headline")
        self.children = [top, self._desk, self._strip, self._tray]
        # what is said above stands even where a log cannot be read
        guarded(find, self._tray.bar.say)()

    def _ipython_display_(self) -> None:
        self._saved.publish(self._view())

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        # a saved notebook has no kernel behind the form: it then shows the page in its place
        return {**self._saved.make(), **self._view(**options)}

    def _view(self, **options: Any) -> dict[str, Any]:
        return {**(super()._repr_mimebundle_(**options) or {}), "text/plain": repr(self)}

    def _display_(self) -> Page:
        return Page(wording.without_widgets(self._experiment, self.model))

    def __repr__(self) -> str:
        return f"<Launcher of {self._experiment!r}, {self.model.id}, {len(self.runs)} launched>"

    @property
    def model(self) -> Model:
        """The model whose form is shown."""
        return self._desk.model

    @property
    def params(self) -> dict[str, Any]:
        """What is set in the form, by the service's own names; unchecked."""
        return self._desk.params

    @property
    def runs(self) -> list[Run]:
        """The runs launched from here that the service has answered, the first launched first."""
        return [run for run in self.launches.runs if run.run_id not in self.launches.others]

    @property
    def last(self) -> Run | None:
        """The run launched last, once the service has answered; None before."""
        runs = self.runs
        return runs[-1] if runs else None

    def fill(self, **params: Any) -> Launcher:
        """Write values into the form; media by their own name or by role, None clears a field.

        Returns:
            Itself.

        Raises:
            InvalidInput: A name is no parameter of the model, or a value is none that its field can show.
        """
        self._desk.fill(params)
        return self

    def use(self, run: Run) -> Launcher:
        """Fill the form with what a run asked for: its model, its params, its media from where the log keeps them.

        Args:
            run: A run of this log.

        Returns:
            Itself. A file that is gone is named at its field.

        Raises:
            InvalidInput: The log has no such run.
            ModelNotFound: Its model is no longer known.

        Example:
            >>> launcher.use(exp.runs[-1]).fill(prompt="Make it rain").launch()  # doctest: +SKIP
        """
        self._desk.use(run)
        return self

    def launch(self, *, confirm: bool = False) -> Future[Any]:
        """Do what the button does: check the form, and submit it behind.

        Args:
            confirm: Whether to send it whatever it is estimated to cost.

        Returns:
            The run to be, for a batch its sweep, or what stopped it before it was sent; all of it is shown too.
        """
        return self._desk.launch(confirm=confirm)

    def code(self, run: Run | None = None) -> str:
        """Write the line that repeats a run, with its take, or a batch: what is in the log is not paid for twice.

        Args:
            run: The run. Left out, it is what the form shows: with the take of the latest run launched from it,
                which is waited for while it is on its way; or as the first take.

        Raises:
            InvalidInput: The form is not right.
        """
        return self._desk.code(run)


__all__ = ["Launcher"]
