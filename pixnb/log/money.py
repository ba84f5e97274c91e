"""What an experiment's or a log's runs have cost and may still cost, and the budgets of both."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from pixnb.log.amounts import Amounts, parse
from pixnb.log.ledger import Total, ledger_of
from pixnb.log.prepared import Prepared
from pixnb.log.rows import append_event
from pixnb.log.schema import canonical, experiments, meta

_budget = Prepared(select(experiments.c.budget_json).where(experiments.c.name == bindparam("name")))
_log_budget = Prepared(select(meta.c.value).where(meta.c.key == "budget"))


def totals(connection: Connection, experiment: str | None) -> list[Total]:
    """Sum an experiment's money; in an op, the sum and a run inserted after it are one step for all processes.

    Args:
        connection: The op's, or a reader's.
        experiment: Its name; None for the whole log.

    Returns:
        One sum for each (sandbox, currency, group) that has runs. However many there are, only those are read that
        changed since this process looked last.
    """
    return ledger_of(connection.engine).totals(connection, experiment)


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
