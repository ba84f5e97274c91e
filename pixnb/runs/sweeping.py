"""How a sweep comes about: from a line of a person's, or from what a process that ended has left in the log."""

from __future__ import annotations

import hashlib
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pixnb.log import owners, sweeps
from pixnb.runs.asking import find_excess
from pixnb.runs.cells import Cell, CellMaker
from pixnb.runs.grid import expand
from pixnb.runs.restoring import Past
from pixnb.runs.reuse import Reuse, find_reused
from pixnb.runs.run import Run
from pixnb.runs.sweep import Sweep
from pixnb.runs.sweeps import Sweeps
from pixnb.runs.totals import say_total, sum_costs
from pixnb.terminal import say

if TYPE_CHECKING:
    from pixnb.runs.runner import Runner

_SEEDS = 2**31


def plan_sweep(
    runner: Runner,
    models: Any,
    grid: Mapping[str, Any],
    *,
    over: Any = None,
    repeats: int = 1,
    fresh: bool = False,
    reuse: Reuse = "experiment",
    max_age: float | timedelta | None = None,
    baseline: Any = None,
    allow_unpriced: bool = False,
    user: str = "",
) -> Sweep:
    """Plan a sweep; nothing is written or sent. See `Experiment.sweep`.

    Raises:
        PixnbError: What would stop its runs before they are sent.
    """
    asked = expand(models, grid, over=over, repeats=repeats, baseline=baseline, draw=_draw(runner, fresh))
    maker = CellMaker(runner.engine, runner.log.assets)
    cells = [maker.make(point, allow_unpriced=allow_unpriced) for point in asked.points]
    find_reused(runner.log, runner.experiment, cells, fresh=fresh, reuse=reuse, max_age=max_age)
    _time(runner, cells)
    return Sweep(
        runner,
        cells,
        user=user,
        notes=asked.notes,
        allow_unpriced=allow_unpriced,
        fresh=fresh,
        explain_limit=_limit(runner, "sweep.start(confirm=True), or the same line with confirm=True,"),
    )


def _draw(runner: Runner, fresh: bool) -> Callable[[int], int]:
    """Give seeds by chance that the same line has again when it runs again, so that it is not paid for twice."""
    about = secrets.token_hex(8) if fresh else f"{runner.log.id}/{runner.experiment}"

    def draw(number: int) -> int:
        return int.from_bytes(hashlib.sha256(f"{about}/{number}".encode()).digest()[:8]) % _SEEDS

    return draw


def _time(runner: Runner, cells: Sequence[Cell]) -> None:
    """Say of each cell how long it may take, by what the log knows of its model and size."""
    for model in {cell.request.model.id for cell in cells}:
        runner.learn(model)
    for cell in cells:
        past = runner.engine.durations.of(cell.request.model.id, cell.request.params, sandbox=cell.sandbox)
        cell.seconds = past.left(0.0)


def _limit(runner: Runner, how: str) -> Callable[[Iterable[Cell]], str | None]:
    """Say why a sweep may not start unasked: real money, no budget, and dearer than PIXNB_CONFIRM_ABOVE."""
    targets = runner.engine.targets

    def explain(cells: Iterable[Cell]) -> str | None:
        costs = sum_costs(cell for cell in cells if not cell.sandbox and not targets.goes_to_sandbox(cell.provider))
        why = find_excess(runner, costs)
        return why and f"Nothing was sent: {why}. To send it: {how} or give the experiment a budget."

    return explain


def list_sweeps(runner: Runner, *, user: str = "") -> Sweeps:
    """List an experiment's sweeps, those of other processes too.

    Args:
        runner: Of the experiment.
        user: Who works here.
    """
    return Sweeps(runner, lambda row: _restore(runner, row, me=user))


def resume_sweeps(
    runner: Runner, *, user: str | None = None, me: str = "", confirm: bool | None = None
) -> tuple[list[Sweep], list[Run]]:
    """Go on with sweeps that were running when their process ended: what was not sent is sent now.

    Args:
        runner: Of their experiment.
        user: Only those of this user; None for everybody's.
        me: Who works here.
        confirm: True to send whatever it is estimated to cost.

    Returns:
        The sweeps, under way, and the runs that they send; not those that another process has taken up first.
    """
    taken, runs = [], list[Run]()
    for number, row in enumerate(sweeps.read_all(runner.log, runner.experiment)):
        if row["state"] == "running" and owners.is_free(row):
            sweep = _restore(runner, row, me=me, user=user)
            ids = _go_on(sweep, number, confirm)
            taken += [] if ids is None else [sweep]
            runs += sweep.load(ids or [])
    return taken, runs


def _restore(runner: Runner, row: Mapping[Any, Any], *, me: str, user: str | None = None) -> Sweep:
    past = Past(runner, row)
    cells = past.read_cells(user=user)
    _time(runner, cells)
    explain = _limit(runner, "exp.resume(confirm=True), or sweep.start(confirm=True),")
    return Sweep(runner, cells, user=me, allow_unpriced=bool(row["allow_unpriced"]), explain_limit=explain, past=past)


def _go_on(sweep: Sweep, number: int, confirm: bool | None) -> list[str] | None:
    """Start a sweep that was cut off, and say so; gives the runs that it is to send, None where it is not started."""
    sweep.prepare()
    waiting = [cell for cell in sweep.cells if cell.is_to_send]
    if not waiting and sweep.is_partial:
        return None
    total = say_total(waiting)
    if waiting and not confirm and (why := sweep.explain_limit(waiting)) is not None:
        say(f"pixnb: a sweep was cut off. {total} {why}", sys.stdout)
        return None
    if sweep.start(confirm=True).is_elsewhere:  # another process was quicker
        return None
    if waiting:
        named = f"exp.sweeps[{number}] shows it; its .cancel() drops what is not sent."
        say(f"pixnb: a sweep was cut off, and goes on now. {total} {named}", sys.stdout)
    return [cell.run_id for cell in waiting if cell.run_id]


__all__ = ["list_sweeps", "plan_sweep", "resume_sweeps"]
