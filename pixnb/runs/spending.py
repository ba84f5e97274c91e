"""What an experiment may spend, has spent, and has left."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pixnb.log.amounts import Amounts, parse
from pixnb.log.money import budget_of, set_budget, totals
from pixnb.runs.budget import ledger

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.client.faces import AsyncClient, Client
    from pixnb.log.log import Log


class Spending:
    """The money of an experiment, by currency; each read is of the log as it is now."""

    name: str
    log: Log
    client: Client | AsyncClient

    @property
    def budget(self) -> Amounts | None:
        """What may be spent, by currency; None for no limit. Each change of it is an event in the log."""
        kept = self.log.reading(lambda connection: budget_of(connection, self.name))
        return Amounts(kept) if kept is not None else None

    @budget.setter
    def budget(self, budget: Any) -> None:
        wanted = parse(budget)
        self.log.write(lambda connection: set_budget(connection, self.name, wanted)).result()

    @property
    def spent(self) -> Amounts:
        """What finished runs have cost, by currency; in the sandbox, of its own ledger."""
        return self._ledger()[0]

    @property
    def remaining(self) -> Amounts | None:
        """The budget less what is spent and what is reserved by runs that may still be billed; None without one.

        Reserved is the price of runs in flight, unconfirmed ones, and those cancelled here.
        """
        limit = self.budget
        return None if limit is None else subtract(limit, *self._ledger())

    def costs(self) -> pd.DataFrame:
        """Return all its money: a row for each currency, of the sandbox and of real money, which never add up.

        Returns:
            Columns `sandbox` (missing where no answer has told yet), `currency` (missing for unknown prices), `runs`,
            `spent`, `reserved` by runs that may still be billed, `unpriced` (how many runs have no known price),
            `budget`.
        """
        from pixnb.log.costs import read_costs

        return read_costs(self.log, self.name)

    def disputes(self) -> pd.DataFrame:
        """Return what was paid for, or may have been, and brought no clip: the list that a support desk asks for.

        Returns:
            A row a run, the oldest first: `provider`, `job_id`, `submitted_at` and `ended_at` (UTC), `price`,
            `currency`, `charged` ("yes" or "not documented"), `missing` (what there is not, and what the service said),
            `status`, `idempotency_key`, `run_id`, `model`, `sandbox`. `.to_csv(path)` writes it.

        Example:
            >>> exp.disputes().to_csv("disputes.csv", index=False)  # doctest: +SKIP
        """
        from pixnb.log.costs import find_disputes

        return find_disputes(self.log.frame(self.name))

    def _ledger(self) -> tuple[Amounts, Amounts]:
        sums = self.log.reading(lambda connection: totals(connection, self.name))
        sandbox = self.client.engine.is_sandbox
        if sandbox is None:
            sandbox = bool(sums) and all(total.sandbox for total in sums)
        return ledger(sums, sandbox=sandbox)


def read_left(log: Log, experiment: str, *, sandbox: bool) -> tuple[Amounts, Amounts] | None:
    """Read an experiment's budget and what is left of it on one side of the ledger; None without a budget."""
    limit = log.reading(lambda connection: budget_of(connection, experiment))
    if limit is None:
        return None
    sums = log.reading(lambda connection: totals(connection, experiment))
    return Amounts(limit), subtract(Amounts(limit), *ledger(sums, sandbox=sandbox))


def subtract(limit: Amounts, *used: Amounts) -> Amounts:
    """Take amounts off a limit, in its currencies."""
    zero = Decimal(0)
    return Amounts({c: amount - sum((part.get(c, zero) for part in used), zero) for c, amount in limit.items()})


__all__ = ["Spending", "read_left", "subtract"]
