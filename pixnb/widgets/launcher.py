"""The launcher: pick a model, fill its form, launch as often as you like, watch, and copy the code."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from pixnb.display.marimo import Page
from pixnb.display.publish import publish_standing_in
from pixnb.living import Living
from pixnb.widgets import wording
from pixnb.widgets.desk import Desk
from pixnb.widgets.launches import Launches
from pixnb.widgets.strip import Strip

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
        "set set_value update": "launcher.fill(prompt=…) fills its fields",
        "frame df results result": "launcher.runs has what was launched, exp.frame() as a DataFrame",
    }

    def __init__(self, runner: Runner, model: str | Model | None = None) -> None:
        super().__init__()
        self._experiment = runner.experiment
        self.launches = launches = Launches(runner)
        self._desk = Desk(runner, model, begin=lambda request: launches.begin(request).sent, add=launches.add)
        self._strip = Strip(
            launches,
            experiment=runner.experiment,
            log=runner.log,
            user=runner.user or None,
            use=self.use,
            code=self.code,
        )
        for css in ("pixnb", "pixnb-launcher"):
            self.add_class(css)
        head = ipywidgets.HTML(wording.head(self._experiment, sandbox=runner.engine.is_sandbox))
        self.children = [head, self._desk, self._strip]

    def _ipython_display_(self) -> None:
        page = wording.without_kernel(self._experiment, self.model)
        publish_standing_in(self._repr_mimebundle_(), page, root="pixnb-launcher")

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        # a saved notebook has no kernel behind the form: it then shows this in its place
        bundle = super()._repr_mimebundle_(**options) or {}
        return {**bundle, "text/plain": repr(self), "text/html": wording.without_kernel(self._experiment, self.model)}

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
        return self.launches.runs

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
