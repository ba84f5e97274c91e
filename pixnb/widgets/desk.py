"""The desk: a model's form with its price and its buttons, and what is said about it before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import ipywidgets

from pixnb.catalogue import models
from pixnb.display.guard import ErrorLine, guarded, start_behind
from pixnb.errors import InvalidInput, PixnbError
from pixnb.placeholders import escape
from pixnb.runs.budget import is_limited
from pixnb.runs.earlier import read_asked, read_made
from pixnb.terminal import get_logger
from pixnb.widgets import wording
from pixnb.widgets.batch import Batch
from pixnb.widgets.checkout import Checkout
from pixnb.widgets.code_line import Asked, CodeLine
from pixnb.widgets.companion import Companion
from pixnb.widgets.form import Form
from pixnb.widgets.picker import Picker, grouped
from pixnb.widgets.preset_bar import PresetBar
from pixnb.widgets.presets import Preset, Presets
from pixnb.widgets.variations import Variations

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.catalogue.prices import Cost
    from pixnb.request import Request
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner
    from pixnb.runs.sweep import Sweep

logger = get_logger(__name__)


class Desk(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Where a launch is prepared: model, fields, price, buttons.

    Args:
        runner: Of the experiment.
        model: The model to begin with; the first of the list when left out.
        begin: Begins a run; gives it to be, or what stopped it before it was sent. Returns at once.
        add: Is told of a sweep that was sent.

    Raises:
        ModelNotFound: There is no such model.
    """

    def __init__(
        self,
        runner: Runner,
        model: str | Model | None,
        *,
        begin: Callable[[Request], Future[Run]],
        add: Callable[[Sweep], object] = lambda sweep: None,
    ) -> None:
        super().__init__()
        self._runner = runner
        self._code = CodeLine(runner.log.assets)
        self._priced: Batch | None = None
        self._is_mending = False  # whether the alert names fields, and changes with them
        chosen = models.get(model if model is not None else grouped(models)[0]["options"][0]["value"])
        self._catalogue = {known.id: known for known in (*models, chosen)}
        self._alert = ErrorLine()
        self._checkout = Checkout(runner, begin=begin, add=add, report=self._tell, refused=self._tell_refusal)
        self._variations = Variations(self._show_price)
        self._presets = PresetBar(
            Presets(user=runner.user), apply=self._apply, collect=self._collect, report=self._tell
        )
        self._build(chosen)
        self._show_form(chosen, {})

    def _build(self, chosen: Model) -> None:
        self._picker = Picker(self._catalogue.values(), chosen.id)
        self._about, self._retired = ipywidgets.HTML(), ipywidgets.HTML()
        self._place = ipywidgets.VBox()
        self._unpriced = ipywidgets.Checkbox(
            description="allow_unpriced: launch although its price is unknown and there is a budget", indent=False
        )
        self._companion = Companion(pressed=self._press, copied=self._code.tell)
        self._unpriced.layout.display = "none"
        checkout = self._checkout
        self._more = ipywidgets.Box()
        actions = ipywidgets.HBox(
            [checkout.launch, self._code.button, self._more, self._variations.repeats, checkout.cost, self._code.said]
        )
        for widget, css in ((self, "pixnb-desk"), (self._unpriced, "pixnb-unpriced"), (actions, "pixnb-actions")):
            widget.add_class(css)
        top = ipywidgets.HBox([self._picker, self._presets.choice, self._presets.more])
        top.add_class("pixnb-top")
        self.children = [
            top,
            self._presets.box,
            self._about,
            self._retired,
            self._place,
            self._alert,
            self._unpriced,
            actions,
            checkout,
            self._code.line,
            self._companion,
        ]
        say = self._alert.say
        self._picker.observe(guarded(lambda change: self._pick(change["new"]), say), "value")
        # where the companion's script runs, it takes the clicks
        checkout.launch.on_click(lambda _: self._press("launch"))
        self._code.button.on_click(lambda _: self._press("copy"))

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

    def use(self, run: Run) -> None:
        """Show what a run asked for; see `Launcher.use`."""
        asked = read_asked(self._runner, run.run_id)
        prompt = asked.params.get("prompt")
        words = {"prompt": escape(prompt)} if isinstance(prompt, str) else {}
        self._show_all(models.get(asked.model), {**asked.params, **words})
        for name, problem in asked.gone.items():
            self._form[name].blame(problem)
        self._refuse(" ".join(asked.gone.values()), is_mending=False)

    def launch(self, *, by_hand: bool = False, confirm: bool = False) -> Future[Any]:
        """Check the form, and submit it behind; see `Launcher.launch`."""
        asked = Asked(self._read())
        if not self._is_right(asked.batch):
            asked.sent.set_exception(InvalidInput("The form is not right yet: " + ", ".join(self._wrong)))
            return asked.sent
        if asked.batch.is_one:
            self._code.asked.append(asked)
        try:
            sent = self._checkout.send(asked.batch, self._estimate(asked.batch), by_hand=by_hand, confirm=confirm)
        except Exception as error:
            self._end(asked, error)
        else:
            sent.add_done_callback(lambda done: self._take(asked, done))
        return asked.sent

    def code(self, run: Run | None = None) -> str:
        """Write the line that repeats a run or a batch; see `Launcher.code`."""
        return self._code.write(self._read(), run)

    def _read(self) -> Batch:
        return self._variations.read(Batch(self.model, self.params, allow_unpriced=bool(self._unpriced.value)))

    def _estimate(self, batch: Batch) -> Cost | None:
        return batch.model.estimate(seconds=self._form.seconds, **batch.one)

    def _collect(self) -> Preset:
        params = {name: field.kept for name, field in self._form.fields.items() if field.value is not None}
        return Preset(self.model.id, params, **self._variations.state())

    def _apply(self, preset: Preset) -> None:
        self._show_all(models.get(preset.model), dict(preset.params))
        self._variations.fill(each_line=preset.each_line, repeats=preset.repeats, values=preset.values)

    def _show_all(self, model: Model, params: dict[str, Any]) -> None:
        """Show a model's form with these values and no others."""
        if model is not self.model:
            self._picker.value = model.id
        self._variations.fill()
        self._form.fill({**dict.fromkeys(self._form.fields), **params})

    def _press(self, button: str) -> None:
        if button == "launch":
            guarded(lambda: self.launch(by_hand=True), self._alert.say)()
        elif button == "save":
            guarded(self._presets.keep, self._alert.say)()
        else:
            start_behind(self._copy_code, self._alert.say)

    def _pick(self, name: str) -> None:
        self._show_form(self._catalogue[name], self._form.carried())

    def _show_form(self, model: Model, params: dict[str, Any]) -> None:
        self._form = Form(
            model,
            self._runner.log.assets,
            changed=self._show_price,
            made=lambda kind: read_made(self._runner, kind),
        )
        self._form.take_over(params)
        self._about.value = wording.about(model)
        self._retired.value = wording.retired(model, sandbox=self._runner.engine.is_sandbox)
        self._refuse("", is_mending=False)
        self._place.children, self._more.children = [self._form.box], [self._form.more]
        if "prompt" in self._form.fields:
            box = self._form["prompt"].box
            box.children = [*box.children, self._variations.box]
        self._show_price()
        guarded(self._presets.show, self._tell, clears=False)(model)

    @property
    def _wrong(self) -> list[str]:
        lacking = self._variations.wrong
        return [*self._form.wrong, *([lacking] if lacking else [])]

    def _is_right(self, batch: Batch) -> bool:
        """Check the form; where it is wrong, say so and lead to the first wrong field."""
        self._form.check()
        self._variations.check(batch)
        is_right = not self._wrong
        self._refuse("" if is_right else wording.to_mend(self._wrong), is_mending=not is_right)
        return is_right

    def _refuse(self, text: str, *, is_mending: bool) -> None:
        self._is_mending = is_mending
        self._alert.say(text)
        if is_mending and self._form.wrong:
            self._companion.lead(self._form.fields[self._form.wrong[0]].control)
        elif is_mending and self._variations.wrong:
            self._companion.lead(self._variations.first_wrong)

    def _show_price(self) -> None:
        """Say what it will cost, and what is still wrong, now that something is different."""
        batch = self._read()
        self._watch()
        if self._is_mending:
            self._variations.check(batch)
            self._alert.say(wording.to_mend(self._wrong) if self._wrong else "")
            self._is_mending = bool(self._wrong)
        elif batch != self._priced:
            self._alert.say("")
        self._priced = batch
        try:
            batch.check()
            cost = self._estimate(batch)
        except InvalidInput:
            lacking = (name for name in batch.places if not batch.factors.get(name))
            self._checkout.price(None, lacking=next(lacking, ""))
            return
        is_ready = batch.is_one or not self._find_faults(batch)
        self._checkout.price(batch if is_ready else None, cost)
        asks = cost is None and self._has_budget()
        self._unpriced.layout.display = "" if asks else "none"
        if not asks:
            self._unpriced.value = False
        self._code.said.value = ""

    def _find_faults(self, batch: Batch) -> str:
        """Say what would stop a batch; nothing is said at the fields yet."""
        try:
            batch.model.validate(batch.one)
        except InvalidInput as error:
            return error.message
        return ""

    def _watch(self) -> None:
        """Have a press bring along what the controls hold that are there now, the model's list last."""
        fields = (field.control for field in self._form.fields.values())
        others = (*self._variations.controls, self._presets.name, self._unpriced, self._picker)
        self._companion.watch([*fields, *others])

    def _has_budget(self) -> bool:
        return self._runner.log.reading(lambda connection: is_limited(connection, self._runner.experiment))

    def _take(self, asked: Asked, sent: Future[Any]) -> None:
        if sent.cancelled():
            asked.sent.cancel()
        elif (error := sent.exception()) is not None:
            self._end(asked, error)
        else:
            asked.sent.set_result(sent.result())

    def _end(self, asked: Asked, error: BaseException) -> None:
        self._tell_refusal(asked.batch, error)
        asked.sent.set_exception(error)

    def _tell_refusal(self, batch: Batch, error: BaseException) -> None:
        """Nothing was sent: say why, at its field if that is still there."""
        message = error.message if isinstance(error, PixnbError) else f"{type(error).__name__}: {error}"
        if not isinstance(error, PixnbError):
            logger.error("a launch failed before it was sent", exc_info=error)
        is_here = batch.model is self.model and isinstance(error, InvalidInput)
        rest = self._form.blame(message) if is_here else message
        self._refuse(rest or wording.to_mend(self._wrong), is_mending=not rest and bool(self._wrong))

    def _tell(self, text: str) -> None:
        self._refuse(text, is_mending=False)

    def _copy_code(self) -> None:
        if not self._is_right(self._read()):
            return
        text = self.code()
        self._code.show(text)
        self._companion.copy(text)


__all__ = ["Desk"]
