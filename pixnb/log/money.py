"""What an experiment's runs cost and may still cost, summed exactly by the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select, update

from pixnb.log.amounts import Amounts, parse
from pixnb.log.prepared import Prepared
from pixnb.log.rows import append_event
from pixnb.log.schema import canonical, experiments, meta, runs
from pixnb.status import JobStatus

_RESERVED = [
    str(status)
    for status in (
        JobStatus.SUBMITTING,
        JobStatus.UNCONFIRMED,
        JobStatus.QUEUED,
        JobStatus.PROCESSING,
        JobStatus.CANCELLED,  # no service documents a cancel call: it may still finish and bill
    )
]


@dataclass(frozen=True)
class Total:
    """A sum over some runs of an experiment.

    Attributes:
        sandbox: True for the sandbox's money, False for real, None where no answer has told yet.
        currency: Of the amount; None for runs of unknown price.
        group: "settled" for what is over, "reserved" for what may still be billed.
        amount: The sum: of a run its cost if that is known, else its price when sent; 0 for a system error without
            a stated cost. Runs of unknown price add nothing.
        runs: How many runs.
        unpriced: How many of them have neither cost nor price.
    """

    sandbox: bool | None
    currency: str | None
    group: Literal["settled", "reserved"]
    amount: Decimal
    runs: int
    unpriced: int


_errored = runs.c.status == str(JobStatus.ERROR)
_amount = case(
    (runs.c.cost_amount.is_not(None), runs.c.cost_amount),
    (_errored, 0),
    else_=runs.c.price_amount,
)
_currency = case(
    (runs.c.cost_amount.is_not(None), runs.c.cost_currency),
    else_=runs.c.price_currency,
)
_group = case((runs.c.status.in_(_RESERVED), "reserved"), else_="settled")
_statement = (
    select(
        runs.c.sandbox,
        _currency.label("currency"),
        _group.label("group"),
        func.sum(_amount, type_=runs.c.cost_amount.type).label("amount"),
        func.count().label("runs"),
        (func.count() - func.count(_amount)).label("unpriced"),
    )
    # A deleted run was paid for all the same.
    .where(runs.c.status != str(JobStatus.PLANNED))
    .group_by("sandbox", "currency", "group")
)
_of_experiment = _statement.where(runs.c.experiment == bindparam("experiment"))
_budget = Prepared(select(experiments.c.budget_json).where(experiments.c.name == bindparam("name")))
_log_budget = Prepared(select(meta.c.value).where(meta.c.key == "budget"))


def totals(connection: Connection, experiment: str | None) -> list[Total]:
    """Sum an experiment's money; in an op, the sum and a run inserted after it are one step for all processes.

    Args:
        connection: The op's, or a reader's.
        experiment: Its name; None for the whole log, of which every run is read.

    Returns:
        One sum for each (sandbox, currency, group) that has runs.
    """
    whole = experiment is None
    rows = connection.execute(_statement if whole else _of_experiment, {} if whole else {"experiment": experiment})
    return [
        Total(row.sandbox, row.currency, row.group, row.amount or Decimal(0), row.runs, row.unpriced) for row in rows
    ]


def budget_of(connection: Connection, experiment: str | None) -> dict[str, Decimal] | None:
    """Give the budget of an experiment, or of the log, by currency; None where there is none."""
    kept = (
        _log_budget.scalar(connection, {}) if experiment is None else _budget.scalar(connection, {"name": experiment})
    )
    return {currency: Decimal(amount) for currency, amount in json.loads(kept).items()} if kept else None


def set_budget(connection: Connection, experiment: str | None, budget: Mapping[str, str] | None) -> None:
    """Give an experiment, or the log, another budget or none; an event keeps what it was and what it is.

    Args:
        connection: The op's.
        experiment: Its name; None for the log.
        budget: Amounts as text by currency, as `amounts.parse` gives them.
    """
    before = budget_of(connection, experiment)
    wanted = {currency: Decimal(amount) for currency, amount in budget.items()} if budget else None
    if before == wanted:
        return
    if experiment is None:
        connection.execute(delete(meta).where(meta.c.key == "budget"))
        if budget:
            connection.execute(insert(meta).values(key="budget", value=canonical(dict(budget))))
    else:
        changed = update(experiments).where(experiments.c.name == experiment)
        connection.execute(changed.values(budget_json=dict(budget) if budget else None))
    was = {currency: str(amount) for currency, amount in before.items()} if before else None
    said = {"experiment": experiment, "before": was, "budget": dict(budget) if budget else None}
    append_event(connection, "", "budget", said)  # of no run


class LogBudget:
    """The budget of a whole log, which holds for every experiment in it besides the experiment's own."""

    reading: Callable[[Callable[[Connection], Any]], Any]
    write: Callable[[Callable[[Connection], Any]], Future[Any]]

    @property
    def budget(self) -> Amounts | None:
        """What all its experiments together may spend, by currency; None for no limit.

        Set it as `log.budget = 5` (USD), `log.budget = {"USD": 5, "credits": 300}` or None; each change is an event.
        """
        kept = self.reading(lambda connection: budget_of(connection, None))
        return Amounts(kept) if kept is not None else None

    @budget.setter
    def budget(self, budget: Any) -> None:
        wanted = parse(budget)
        self.write(lambda connection: set_budget(connection, None, wanted)).result()


__all__ = ["LogBudget", "Total", "budget_of", "set_budget", "totals"]
