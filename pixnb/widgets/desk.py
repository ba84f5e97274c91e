"""The desk: a model's form with its price and its buttons, and what is said about it before anything is sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ipywidgets

from pixnb.catalogue import models
from pixnb.display.guard import ErrorLine, guarded
from pixnb.errors import InvalidInput, PixnbError
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
class _Asked:
    """One launch: what was asked, as the form said it, and what became of it."""

    model: Model
    params: dict[str, Any]
    allow_unpriced: bool
    sent: Future[Run] = field(default_factory=Future)


class Desk(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Where a launch is prepared: model, fields, price, buttons.

    Args:
        runner: Of the experiment.
        model: The model to begin with; the first of the list when left out.
        begin: Begins a launch; gives the run to be, or what stopped it before it was sent. Returns at once.

    Raises:
        ModelNotFound: There is no such model.
    """

    def __init__(self, runner: Runner, model: str | Model | None, *, begin: Callable[[Request], Future[Run]]) -> None:
        super().__init__()
        self._runner = runner
        self._begin = begin
        self._asked: list[_Asked] = []
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
        self._companion = Companion(pressed=self._press, copied=self._tell_copied)
        self._line.layout.display = self._unpriced.layout.display = "none"
        actions = ipywidgets.HBox([self._launch, self._copy, self._cost, self._said])
        for widget, css in (
            *((self, "pixnb-desk"), (self._launch, "pixnb-launch"), (self._copy, "pixnb-copy")),
            *((self._unpriced, "pixnb-unpriced"), (self._line, "pixnb-code"), (actions, "pixnb-actions")),
        ):
            widget.add_class(css)
        self.children = [
            self._picker,
            self._about,
            self._retired,
            self._place,
            self._alert,
            self._unpriced,
            actions,
            self._line,
            self._companion,
        ]
        say = self._alert.say
        self._picker.observe(guarded(lambda change: self._pick(change["new"]), say), "value")
        # where the companion's script runs, it takes the clicks
        self._launch.on_click(lambda _: self._press("launch"))
        self._copy.on_click(lambda _: self._press("copy"))

    @property
    def model(self) -> Model:
        """The model whose form is shown."""
        return self._form.model

    @property
    def params(self) -> dict[str, Any]:
        """What is set in the form, by the service's own names; unchecked."""
        return self._form.params

    def fill(self, params: dict[str, Any]) -> None:
        """Write values into the form; see `Launcher.fill`."""
        self._form.fill(params)

    def launch(self) -> Future[Run]:
        """Check the form, and submit it behind; see `Launcher.launch`."""
        asked = _Asked(self.model, self.params, bool(self._unpriced.value))
        if not self._is_right():
            asked.sent.set_exception(InvalidInput("The form is not right yet: " + ", ".join(self._form.wrong)))
            return asked.sent
        self._asked.append(asked)
        try:
            sent = self._begin(Request(asked.model, asked.params, allow_unpriced=asked.allow_unpriced))
        except Exception as error:
            self._end(asked, error)
        else:
            sent.add_done_callback(lambda done: self._take(asked, done))
        return asked.sent

    def code(self, run: Run | None = None) -> str:
        """Write the line that repeats a run; see `Launcher.code`."""
        if run is not None:
            return self._spelled(models.get(run.model), run.params, run.take or 1)
        params = self.model.validate(self.params)
        now = (self.model, self.params)
        same = [asked for asked in self._asked if (asked.model, asked.params) == now]
        for asked in reversed(same):
            if asked.sent.exception() is None:
                return self._spelled(asked.model, params, asked.sent.result().take or 1, asked.allow_unpriced)
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
        return self._runner.log.reading(lambda connection: is_limited(connection, self._runner.experiment))

    def _take(self, asked: _Asked, sent: Future[Run]) -> None:
        error = sent.exception()
        if error is None:
            asked.sent.set_result(sent.result())
        else:
            self._end(asked, error)

    def _end(self, asked: _Asked, error: BaseException) -> None:
        """Nothing was sent: say why, at its field if that is still there."""
        message = error.message if isinstance(error, PixnbError) else f"{type(error).__name__}: {error}"
        if not isinstance(error, PixnbError):
            logger.error("a launch failed before it was sent", exc_info=error)
        is_here = asked.model is self.model and isinstance(error, InvalidInput)
        rest = self._form.blame(message) if is_here else message
        self._refuse(rest or wording.to_mend(self._form.wrong), is_mending=not rest and bool(self._form.wrong))
        asked.sent.set_exception(error)

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


__all__ = ["Desk"]
