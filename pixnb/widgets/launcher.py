"""The launcher: pick a model, fill its form, launch as often as you like, watch, and copy the code."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets

from pixnb.catalogue import models
from pixnb.display.guard import ErrorLine, guarded
from pixnb.display.live import card
from pixnb.display.publish import publish_standing_in
from pixnb.errors import InvalidInput, PixnbError
from pixnb.living import Living
from pixnb.request import Request
from pixnb.runs.budget import is_limited
from pixnb.terminal import get_logger
from pixnb.widgets import wording
from pixnb.widgets.companion import Companion
from pixnb.widgets.field import label_above
from pixnb.widgets.form import Form
from pixnb.widgets.picker import Picker, grouped
from pixnb.widgets.spelling import submit_line

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner

logger = get_logger(__name__)


@dataclass
class _Launch:
    """One press of Launch: what was asked, as the form said it, and what became of it."""

    model: Model
    params: dict[str, Any]
    allow_unpriced: bool
    row: Any
    sent: Future[Run] = field(default_factory=Future)


class Launcher(Living, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """A form for any model, with what was launched from it below.

    Launch returns at once: runs are submitted behind, several at a time. What stops a run before it is sent is said
    at its field or at the top of the form; what the service says later, in the run's card.

    Args:
        runner: What submits, to its experiment.
        model: The model to begin with; the first of the list when left out.

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
        self._runner = runner
        self._experiment = runner.experiment
        self._launches: list[_Launch] = []
        self._lock = threading.Lock()
        self._is_mending = False  # whether the alert names fields, and changes with them
        chosen = models.get(model if model is not None else grouped(models)[0]["options"][0]["value"])
        self._catalogue = {known.id: known for known in (*models, chosen)}
        self._build(chosen)
        self._show_form(chosen, {})

    def _build(self, chosen: Model) -> None:
        self._picker = Picker(self._catalogue.values(), chosen.id)
        self._about, self._cost, self._said = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self._retired = ipywidgets.HTML()
        self._alert = ErrorLine()
        self._place = ipywidgets.VBox()
        self._unpriced = ipywidgets.Checkbox(
            description="allow_unpriced: launch although its price is unknown and there is a budget", indent=False
        )
        self._launch = ipywidgets.Button(description="Launch", button_style="primary")
        self._copy = ipywidgets.Button(description="Copy code")
        self._line = label_above(ipywidgets.Textarea(description="code", rows=3))
        self._cards = ipywidgets.VBox()
        self._companion = Companion(pressed=self._press, copied=self._tell_copied)
        self._line.layout.display = self._unpriced.layout.display = "none"
        for widget, css in ((self, "pixnb"), (self, "pixnb-launcher"), (self._launch, "pixnb-launch")):
            widget.add_class(css)
        self._copy.add_class("pixnb-copy")
        self._unpriced.add_class("pixnb-unpriced")
        for widget, css in ((self._line, "pixnb-code"), (self._cards, "pixnb-cards")):
            widget.add_class(css)
        actions = ipywidgets.HBox([self._launch, self._copy, self._cost, self._said])
        actions.add_class("pixnb-actions")
        self.children = [
            ipywidgets.HTML(wording.head(self._experiment, sandbox=self._runner.engine.is_sandbox)),
            self._picker,
            self._about,
            self._retired,
            self._place,
            self._alert,
            self._unpriced,
            actions,
            self._line,
            self._companion,
            self._cards,
        ]
        say = self._alert.say
        self._picker.observe(guarded(lambda change: self._pick(change["new"]), say), "value")
        # where the companion's script runs, it takes the clicks
        self._launch.on_click(lambda _: self._press("launch"))
        self._copy.on_click(lambda _: self._press("copy"))

    def _ipython_display_(self) -> None:
        page = wording.without_kernel(self._experiment, self.model)
        publish_standing_in(self._repr_mimebundle_(), page, root="pixnb-launcher")

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        # a saved notebook has no kernel behind the form: it then shows this in its place
        bundle = super()._repr_mimebundle_(**options) or {}
        return {**bundle, "text/plain": repr(self), "text/html": wording.without_kernel(self._experiment, self.model)}

    def __repr__(self) -> str:
        return f"<Launcher of {self._experiment!r}, {self.model.id}, {len(self.runs)} launched>"

    @property
    def model(self) -> Model:
        """The model whose form is shown."""
        return self._form.model

    @property
    def params(self) -> dict[str, Any]:
        """What is set in the form, by the service's own names; unchecked."""
        return self._form.params

    @property
    def runs(self) -> list[Run]:
        """The runs launched from here that the service has answered, the first launched first."""
        done = (launch.sent for launch in list(self._launches) if launch.sent.done())
        return [sent.result() for sent in done if sent.exception() is None]

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
        self._form.fill(params)
        return self

    def launch(self) -> Future[Run]:
        """Do what the button does: check the form, and submit it behind.

        Returns:
            The run to be, or what stopped it before it was sent; both are shown too.
        """
        launch = _Launch(self.model, self.params, bool(self._unpriced.value), ipywidgets.HTML())
        if not self._is_right():
            launch.sent.set_exception(InvalidInput("The form is not right yet: " + ", ".join(self._form.wrong)))
            return launch.sent
        launch.row.value = wording.sending(launch.model, launch.params)
        with self._lock:
            self._launches.append(launch)
            self._cards.children = [launch.row, *self._cards.children]
        self._begin(launch)
        return launch.sent

    def code(self, run: Run | None = None) -> str:
        """Write the line that repeats a run, with its take: it finds the run in the log and pays nothing twice.

        Args:
            run: The run. Left out, it is what the form shows: with the take of the latest run launched from it,
                which is waited for while it is on its way; or as the first take.

        Raises:
            InvalidInput: The form is not right.
        """
        if run is not None:
            return self._spelled(models.get(run.model), run.params, run.take or 1)
        params = self.model.validate(self.params)
        asked = (self.model, self.params)
        same = [launch for launch in self._launches if (launch.model, launch.params) == asked]
        for launch in reversed(same):
            if launch.sent.exception() is None:
                return self._spelled(launch.model, params, launch.sent.result().take or 1, launch.allow_unpriced)
        return self._spelled(self.model, params, 1, bool(self._unpriced.value))

    def _spelled(self, model: Model, params: Any, take: int, allow_unpriced: bool = False) -> str:
        return submit_line(model, params, take=take, store=self._runner.log.assets, allow_unpriced=allow_unpriced)

    def _press(self, button: str) -> None:
        work = self.launch if button == "launch" else lambda: self._start(guarded(self._copy_code, self._alert.say))
        guarded(work, self._alert.say)()

    def _pick(self, name: str) -> None:
        self._show_form(self._catalogue[name], self._form.carried())

    def _show_form(self, model: Model, params: dict[str, Any]) -> None:
        self._form = Form(model, self._runner.log.assets, changed=self._show_price)
        self._form.take_over(params)
        self._about.value = wording.about(model)
        self._retired.value = wording.retired(model, sandbox=self._runner.engine.is_sandbox)
        self._refuse("", is_mending=False)
        self._place.children = [self._form.box]
        self._companion.watch([*(f.control for f in self._form.fields.values()), self._unpriced, self._picker])
        self._show_price()

    def _is_right(self) -> bool:
        """Check the form; where it is wrong, say so and lead to the first wrong field."""
        is_right = self._form.check()
        self._refuse("" if is_right else wording.to_mend(self._form.wrong), is_mending=not is_right)
        return is_right

    def _refuse(self, text: str, *, is_mending: bool) -> None:
        self._is_mending = is_mending
        self._alert.say(text)
        if is_mending and self._form.wrong:
            self._companion.lead(self._form.fields[self._form.wrong[0]].control)

    def _show_price(self) -> None:
        """Say what it will cost, and what is still wrong, now that something is different."""
        if self._is_mending:
            self._alert.say(wording.to_mend(self._form.wrong) if self._form.wrong else "")
            self._is_mending = bool(self._form.wrong)
        model, params = self.model, self.params
        try:
            cost = model.estimate(seconds=self._form.seconds, **params)
        except InvalidInput:
            self._cost.value = wording.cost_unclear()
            return
        self._cost.value = wording.cost(model, cost, sandbox=self._runner.engine.is_sandbox)
        asks = cost is None and self._has_budget()
        self._unpriced.layout.display = "" if asks else "none"
        if not asks:
            self._unpriced.value = False
        self._said.value = ""

    def _has_budget(self) -> bool:
        return self._runner.log.reading(lambda connection: is_limited(connection, self._experiment))

    def _begin(self, launch: _Launch) -> None:
        try:
            _, sent = self._runner.begin(Request(launch.model, launch.params, allow_unpriced=launch.allow_unpriced))
        except Exception as error:
            self._end(launch, error)
        else:
            # a card takes its time, and what is told comes on the thread that polls
            sent.add_done_callback(lambda done: self._start(self._take, launch, done))

    def _take(self, launch: _Launch, sent: Future[Run]) -> None:
        try:
            shown = card(sent.result())
        except Exception as error:
            self._end(launch, error)
        else:
            self._swap(launch.row, shown)
            launch.row = shown
            launch.sent.set_result(sent.result())

    def _end(self, launch: _Launch, error: Exception) -> None:
        self._tell_stop(launch, error)
        launch.sent.set_exception(error)

    def _tell_stop(self, launch: _Launch, error: Exception) -> None:
        """Nothing was sent: say why, at its field if that is still there."""
        self._swap(launch.row, None)
        message = error.message if isinstance(error, PixnbError) else f"{type(error).__name__}: {error}"
        if not isinstance(error, PixnbError):
            logger.error("a launch failed before it was sent", exc_info=error)
        is_here = launch.model is self.model and isinstance(error, InvalidInput)
        rest = self._form.blame(message) if is_here else message
        self._refuse(rest or wording.to_mend(self._form.wrong), is_mending=not rest and bool(self._form.wrong))

    def _swap(self, old: Any, new: Any) -> None:
        with self._lock:
            rows = [new if row is old else row for row in self._cards.children]
            self._cards.children = [row for row in rows if row is not None]

    def _copy_code(self) -> None:
        if not self._is_right():
            return
        self._line.value = self.code()
        self._line.layout.display = ""
        self._companion.copy(self._line.value)

    def _tell_copied(self, is_copied: bool) -> None:
        self._said.value = wording.copied(is_copied)

    def _start(self, work: Any, *args: Any) -> None:
        threading.Thread(target=work, args=args, daemon=True, name="pixnb-launcher").start()


__all__ = ["Launcher"]
