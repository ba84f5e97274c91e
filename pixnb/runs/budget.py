"""A limit on what an experiment may spend, checked in the same transaction that reserves a run's price."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import Connection

from pixnb.catalogue.prices import Cost, format_amount
from pixnb.errors import BudgetExceeded
from pixnb.log.amounts import Amounts
from pixnb.log.money import Total, budget_of, totals


def check(
    connection: Connection, experiment: str, cost: Cost | None, *, sandbox: bool | None, allow_unpriced: bool
) -> None:
    """Refuse a run that a budget does not cover, the experiment's or that of the whole log.

    In one transaction with its insert, so that many at once hold too.

    Args:
        connection: The op's.
        experiment: Its name.
        cost: What the run is expected to cost; None where its price is unknown.
        sandbox: Which ledger: the sandbox's own, or real money; None while nobody knows, which has to fit both.
        allow_unpriced: Whether a run of unknown price may go under a budget.

    Raises:
        BudgetExceeded: It does not; nothing was sent.
    """
    for name in (experiment, None):
        budget = budget_of(connection, name)
        if budget is None:
            continue
        words = _words(name)
        if cost is None and not allow_unpriced:
            raise BudgetExceeded(_UNPRICED.format(**words))
        if cost is None:
            continue
        if cost.currency not in budget:
            words["more"] = words["more"].format(f"{{…, {cost.currency!r}: …}}")
            raise BudgetExceeded(_OTHER.format(**words, cost=cost, currency=cost.currency))
        sums, limit = totals(connection, name), budget[cost.currency]
        for side in (True, False) if sandbox is None else (sandbox,):
            used = [part.get(cost.currency, Decimal(0)) for part in ledger(sums, sandbox=side)]
            left = limit - sum(used)
            if cost.amount > left:
                said = [format_amount(amount, cost.currency) for amount in (limit, left, *used)]
                raise BudgetExceeded(_EXCEEDED.format(**words, cost=cost, said=said))


def is_limited(connection: Connection, experiment: str) -> bool:
    """Whether a budget holds for an experiment, its own or the log's."""
    return any(budget_of(connection, name) is not None for name in (experiment, None))


def _words(experiment: str | None) -> dict[str, str]:
    if experiment is None:
        return {"owner": "the log", "more": "log.budget = {}", "any": "log.budget = …"}
    more = f"Experiment({experiment!r}, budget={{}})"
    return {"owner": f"experiment {experiment!r}", "more": more, "any": f"Experiment({experiment!r}, budget=…)"}


_UNPRICED = (
    "The price of this run is unknown, and {owner} has a budget. Tell its price with "
    "pixnb.models.set_price(model, amount), or pass allow_unpriced=True. Nothing was sent."
)
_OTHER = "The run costs {cost}, and the budget of {owner} has no {currency}. Give it some: {more}. Nothing was sent."
_EXCEEDED = (
    "The run costs about {cost}, and of the budget of {said[0]} of {owner} {said[1]} is left "
    "({said[2]} spent, {said[3]} reserved by runs that may still be billed). Nothing was sent. "
    "Raise it with {any}."
)


def ledger(sums: Iterable[Total], *, sandbox: bool) -> tuple[Amounts, Amounts]:
    """Return what is spent and what is reserved, of the sandbox's money or of real money.

    A run of which no answer has told yet whether a sandbox does it counts on both sides: were it counted on one, it
    would leave room on the other that is gone a moment later.
    """
    settled: dict[str, Decimal] = {}
    reserved: dict[str, Decimal] = {}
    for total in sums:
        if total.sandbox in (None, sandbox) and total.currency is not None:
            side = reserved if total.group == "reserved" else settled
            side[total.currency] = side.get(total.currency, Decimal(0)) + total.amount
    return Amounts(settled), Amounts(reserved)


__all__ = ["check", "is_limited", "ledger"]
