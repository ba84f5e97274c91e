"""How a sweep comes about: from a line of a person's, or from what a process that ended has left in the log."""

from __future__ import annotations

import hashlib
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pixnb import settings as _settings
from pixnb.catalogue.prices import format_amount
from pixnb.errors import InvalidInput, PixnbError
from pixnb.log import owners, sweeps
from pixnb.media.media import Media
from pixnb.runs.budget import is_limited
from pixnb.runs.cells import Cell, CellMaker
from pixnb.runs.grid import Point, expand
from pixnb.runs.loading import read_request
from pixnb.runs.reuse import Reuse, find_reused, take_row
from pixnb.runs.sweep import Sweep
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
        most = _settings.load().confirm_above
        above = {currency: most.get(currency, Decimal(0)) for currency in costs}
        above = {currency: limit for currency, limit in above.items() if costs[currency] > limit}
        if not above or runner.log.reading(lambda connection: is_limited(connection, runner.experiment)):
            return None
        said = " and ".join(format_amount(limit, currency) for currency, limit in above.items())
        why = f"Nothing was sent: this is estimated at {costs}, above {said} (PIXNB_CONFIRM_ABOVE), and the experiment "
        return f"{why}has no budget. To send it: {how} or give the experiment a budget."

    return explain


def resume_sweeps(runner: Runner, *, user: str | None = None, me: str = "", confirm: bool | None = None) -> list[Sweep]:
    """Go on with sweeps that were running when their process ended: what was not sent is sent now.

    Args:
        runner: Of their experiment.
        user: Only those of this user; None for everybody's.
        me: Who works here.
        confirm: True to send whatever it is estimated to cost.

    Returns:
        The sweeps, under way; not those that another process has taken up first.
    """
    lost = [row for row in sweeps.read_running(runner.log, runner.experiment) if owners.is_free(row)]
    taken = [_take_up(runner, row, user, me, confirm) for row in lost]
    return [sweep for sweep in taken if sweep is not None]


def _take_up(runner: Runner, row: Mapping[Any, Any], user: str | None, me: str, confirm: bool | None) -> Sweep | None:
    log = runner.log
    cells = list(_restore(runner, row, user))
    if not cells:
        return None
    total = say_total(cells)
    explain = _limit(runner, "exp.resume(confirm=True),")
    if not confirm and (why := explain(cells)) is not None:
        say(f"pixnb: a sweep was cut off. {total} {why}", sys.stdout)
        return None
    mine = owners.owner()
    if not log.write(lambda connection: sweeps.claim_sweep(connection, row, mine)).result():
        return None
    say(f"pixnb: a sweep was cut off, and goes on now. {total}", sys.stdout)
    sweep = Sweep(runner, cells, user=me, allow_unpriced=row["allow_unpriced"], sweep_id=row["sweep_id"])
    return sweep.start(confirm=True)


def _restore(runner: Runner, sweep: Mapping[Any, Any], user: str | None) -> Iterator[Cell]:
    """Make the cells again that were not sent; those that cannot be are named."""
    maker, media = CellMaker(runner.engine, runner.log.assets), dict[Any, Media]()
    for row, given in sweeps.read_planned(runner.log, sweep["sweep_id"]):
        if (user is not None and row["user"] != user) or row["provider"] in (sweep["paused_json"] or {}):
            continue
        try:
            asked = read_request(row, given, runner.log.assets, known=media)
            options = {"extra": asked.extra, "note": asked.note, "allow_unpriced": bool(sweep["allow_unpriced"])}
            cell = maker.make(Point(asked.model, dict(asked.params), dict(asked.vars), {}), **options)
            if cell.home != row["base_url"]:  # what was planned in a sandbox is not paid for because a key is set now
                raise InvalidInput(f"it was planned for {row['base_url']}, and work goes to {cell.home} now.")
        except PixnbError as error:
            say(f"pixnb: the planned run {row['run_id']} is not sent: {error.message}", sys.stdout)
            continue
        cell.take = row["take"]
        take_row(cell, row, is_sent_elsewhere=False)
        yield cell


__all__ = ["plan_sweep", "resume_sweeps"]
