"""What an experiment's runs cost and may still cost, summed exactly by the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection, bindparam, case, func, select

from pixnb.log.prepared import Prepared
from pixnb.log.schema import experiments, runs
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
    .where(runs.c.experiment == bindparam("experiment"), runs.c.status != str(JobStatus.PLANNED))
    .group_by("sandbox", "currency", "group")
)


_budget = Prepared(select(experiments.c.budget_json).where(experiments.c.name == bindparam("name")))


def totals(connection: Connection, experiment: str) -> list[Total]:
    """Sum an experiment's money; in an op, the sum and a run inserted after it are one step for all processes.

    Args:
        connection: The op's, or a reader's.
        experiment: Its name.

    Returns:
        One sum for each (sandbox, currency, group) that has runs.
    """
    rows = connection.execute(_statement, {"experiment": experiment})
    return [
        Total(row.sandbox, row.currency, row.group, row.amount or Decimal(0), row.runs, row.unpriced) for row in rows
    ]


def budget_of(connection: Connection, experiment: str) -> dict[str, Decimal] | None:
    """Give an experiment's budget by currency, or None."""
    kept = _budget.scalar(connection, {"name": experiment})
    return {currency: Decimal(amount) for currency, amount in json.loads(kept).items()} if kept else None


__all__ = ["Total", "budget_of", "totals"]
