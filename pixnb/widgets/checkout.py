"""The checkout: what a launch will cost, its plan, the word that it may be dear, and what sends it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ipywidgets

from pixnb.display.guard import guarded, start_behind
from pixnb.display.plan import plan_html
from pixnb.errors import InvalidInput
from pixnb.log.amounts import Amounts
from pixnb.request import Request
from pixnb.runs.asking import find_excess
from pixnb.runs.sweeping import plan_sweep
from pixnb.runs.totals import sum_costs
from pixnb.widgets import wording
from pixnb.widgets.under_way import UnderWay

if TYPE_CHECKING:
    from pixnb.catalogue.prices import Cost
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner
    from pixnb.runs.sweep import Sweep
    from pixnb.widgets.batch import Batch


@dataclass(frozen=True, slots=True)
class _Plan:
    """A batch as it was planned, and what it came to."""

    batch: Batch
    sweep: Sweep | None = None
    error: Exception | None = None


class Checkout(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Prices what a form asks for, and sends it: a single run as a run, several as a sweep.

    A sweep is planned behind as soon as it is asked for, and what is sent is the plan that was shown. What is dearer
    than may go unasked waits for Confirm, which sends what was asked for then, whatever the form says by now.

    Args:
        runner: Of the experiment.
        begin: Begins a run; gives it to be, or what stopped it before it was sent.
        add: Is told of a sweep that was sent.
        report: Shows a sentence, "" for none.
        refused: Is told of what stops a batch: the batch and the error.

    Attributes:
        launch: The button.
        cost: What it will cost, in words.
    """

    def __init__(
        self,
        runner: Runner,
        *,
        begin: Callable[[Request], Future[Run]],
        add: Callable[[Sweep], object],
        report: Callable[[str], object],
        refused: Callable[[Batch, Exception], object],
    ) -> None:
        super().__init__()
        self._runner, self._begin, self._add, self._refused = runner, begin, add, refused
        self._report = report
        self._lock = threading.Lock()
        self._wanted: Batch | None = None
        self._plan: _Plan | None = None
        self._is_planning = False
        self._asks: Callable[[], object] | None = None
        self._drops: Callable[[], object] = lambda: None
        self.launch = ipywidgets.Button(description="Launch", button_style="primary")
        self.cost, self._table, self._question = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self._confirm = ipywidgets.Button(description="Confirm", button_style="warning")
        self._not_now = ipywidgets.Button(description="Not now")
        self._asking = ipywidgets.HBox([self._question, self._confirm, self._not_now])
        self._under_way = UnderWay(report)
        for widget, css in (
            (self, "pixnb-checkout"),
            (self.launch, "pixnb-launch"),
            (self._asking, "pixnb-asking"),
            (self._confirm, "pixnb-confirm"),
        ):
            widget.add_class(css)
        self._asking.layout.display = "none"
        self._confirm.on_click(guarded(lambda _: self._confirmed(), report))
        self._not_now.on_click(lambda _: self._ask_no_more())
        self.children = [self._table, self._asking, self._under_way]

    def price(self, batch: Batch | None, cost: Cost | None = None, *, lacking: str = "") -> None:
        """Show what a batch costs; call it whenever the form is different.

        Args:
            batch: What the form asks for; None while it is wrong.
            cost: What a single run costs, where that is known.
            lacking: The place in a prompt that has no values yet.
        """
        if batch is None or batch != self._wanted:
            self._ask_no_more()
        with self._lock:
            self._wanted = batch
            plan = self._plan
        if batch is None or batch.is_one:
            sandbox = self._runner.engine.is_sandbox
            said = wording.cost(batch.model, cost, sandbox=sandbox) if batch else wording.cost_unclear(lacking)
            self._say("Launch", said)
        elif plan is not None and plan.batch == batch:
            self._show(plan)
        else:
            self._say(f"Launch {batch.count}", wording.planning(batch.count))
            self._plan_behind()

    def send(
        self, batch: Batch, cost: Cost | None = None, *, by_hand: bool = False, confirm: bool = False
    ) -> Future[Any]:
        """Send a batch.

        Args:
            batch: What is asked for.
            cost: What a single run costs, where that is known.
            by_hand: Whether a person pressed: then a sweep is sent only once its plan was shown, and what is dear
                waits for Confirm.
            confirm: Whether to send it whatever it is estimated to cost.

        Returns:
            The run or the sweep to be, or what stopped it; cancelled where Confirm was not pressed.
        """
        done: Future[Any] = Future()
        if batch.is_one:
            self._send_one(batch, cost, done, by_hand=by_hand, confirm=confirm)
            return done
        with self._lock:
            plan, self._wanted = self._plan, batch
            is_shown = plan is not None and plan.batch == batch
            if is_shown:  # it is sent once: who presses twice finds the next plan, in which all of it is there
                self._plan = None
        if by_hand and not is_shown:
            self.price(batch)
            self._report("See first what it comes to, then press Launch again.")
            done.cancel()
        else:
            ready = plan if is_shown else None
            self._start(lambda: self._send_several(batch, ready, done, by_hand=by_hand, confirm=confirm))
        return done

    def _send_one(self, batch: Batch, cost: Cost | None, done: Future[Any], *, by_hand: bool, confirm: bool) -> None:
        request = Request(batch.model, batch.one, allow_unpriced=batch.allow_unpriced)
        is_play = self._runner.engine.targets.goes_to_sandbox(batch.model.provider)
        costs = {} if cost is None or is_play else {cost.currency: cost.amount}
        self._ask(costs, lambda: _hand_on(self._begin(request), done), done, by_hand=by_hand, confirm=confirm)

    def _send_several(self, batch: Batch, plan: _Plan | None, done: Future[Any], **how: bool) -> None:
        try:
            self._send_plan(plan or self._make_plan(batch), done, **how)
        except Exception as error:  # of the log, say; who waits hears of it
            self._refused(batch, error)
            done.set_exception(error)

    def _send_plan(self, plan: _Plan, done: Future[Any], *, by_hand: bool, confirm: bool) -> None:
        sweep = plan.sweep
        if sweep is None:
            error = plan.error or InvalidInput("Nothing was sent.")
            self._refused(plan.batch, error)
            done.set_exception(error)
            return
        self._keep(plan)
        waiting, targets = [cell for cell in sweep.cells if cell.is_to_send], self._runner.engine.targets
        if by_hand and not waiting:
            self._report(f"Nothing to send. {wording.all_there(len(sweep.cells))}")
            done.cancel()
            return
        costs = sum_costs(cell for cell in waiting if not (cell.sandbox or targets.goes_to_sandbox(cell.provider)))
        self._ask(costs, lambda: self._start(self._go, plan, sweep, done), done, by_hand=by_hand, confirm=confirm)

    def _keep(self, plan: _Plan) -> None:
        with self._lock:
            if self._wanted == plan.batch:
                self._plan = plan

    def _go(self, plan: _Plan, sweep: Sweep, done: Future[Any]) -> None:
        with self._lock:
            self._plan = None
        try:
            sweep.start(confirm=True)
            self._add(sweep)
        except Exception as error:
            self._refused(plan.batch, error)
            done.set_exception(error)
            return
        self._under_way.show(sweep)
        self._follow(sweep)
        self._plan_behind()  # anew: what was sent is there, and costs nothing more
        done.set_result(sweep)

    def _follow(self, sweep: Sweep) -> None:
        """Plan anew when a sweep is over: what was under way is there then, or failed."""

        def hear(_: object) -> None:
            if sweep.ended == len(sweep):
                sweep.ignore(hear)
                with self._lock:
                    self._plan = None
                self._plan_behind()

        sweep.listen(hear)

    def _ask(
        self,
        costs: Mapping[str, Decimal],
        send: Callable[[], object],
        done: Future[Any],
        *,
        by_hand: bool,
        confirm: bool,
    ) -> None:
        """Send what may go unasked; else have a person confirm, and what was asked before is not asked any more."""
        self._ask_no_more()
        why = None if confirm else find_excess(self._runner, costs)
        if why is None:
            send()
        elif by_hand:
            self._question.value = wording.question(why)
            self._confirm.description = f"Confirm {Amounts(costs)}"
            with self._lock:
                self._asks, self._drops = send, done.cancel
            self._asking.layout.display = ""
        else:
            done.set_exception(InvalidInput(f"Nothing was sent: {why}. launcher.launch(confirm=True) sends it."))

    def _confirmed(self) -> None:
        with self._lock:  # a second click finds nothing to confirm
            send, self._asks = self._asks, None
        self._asking.layout.display = "none"
        if send is not None:
            send()

    def _ask_no_more(self) -> None:
        with self._lock:
            asks, self._asks = self._asks, None
        if asks is not None:
            self._drops()
        self._asking.layout.display = "none"

    def _plan_behind(self) -> None:
        with self._lock:
            if self._is_planning:
                return
            self._is_planning = True
        self._start(self._plan_all)

    def _plan_all(self) -> None:
        """Plan what is wanted, until that is what was planned."""
        while True:
            with self._lock:
                batch = self._wanted
                if batch is None or batch.is_one or (self._plan is not None and self._plan.batch == batch):
                    self._is_planning = False
                    return
            plan = self._make_plan(batch)
            with self._lock:
                is_wanted = self._wanted == batch
                self._plan = plan if is_wanted else None
            if is_wanted:
                guarded(self._show, self._report, clears=False)(plan)

    def _make_plan(self, batch: Batch) -> _Plan:
        try:
            batch.check()
            sweep = plan_sweep(
                self._runner,
                batch.model,
                batch.grid,
                repeats=batch.repeats,
                allow_unpriced=batch.allow_unpriced,
                user=self._runner.user,
            )
            return _Plan(batch, sweep)
        except Exception as error:
            return _Plan(batch, error=error)

    def _show(self, plan: _Plan) -> None:
        if plan.sweep is None:
            self._say("Launch", wording.cost_unclear())
            if plan.error is not None:
                self._refused(plan.batch, plan.error)
            return
        waiting, made = [cell for cell in plan.sweep.cells if cell.is_to_send], plan.sweep.plan
        costs = sum_costs(waiting)
        button = f"Launch {len(waiting)}" + (f" · {costs}" if costs else "") if waiting else "Launch"
        total = wording.all_there(len(made)) if made["reused"].all() else made.said[0]
        self._say(button, wording.batch_cost(total), wording.plan(plan_html(made)))

    def _say(self, button: str, cost: str, table: str = "") -> None:
        self.launch.description, self.cost.value, self._table.value = button, cost, table

    def _start(self, work: Callable[..., object], *args: Any) -> None:
        start_behind(work, self._report, *args, clears=False)


def _hand_on(sent: Future[Run], done: Future[Any]) -> None:
    def end(over: Future[Run]) -> None:
        error = over.exception()
        if error is None:
            done.set_result(over.result())
        else:
            done.set_exception(error)

    sent.add_done_callback(end)


__all__ = ["Checkout"]
