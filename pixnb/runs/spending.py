"""What an experiment may spend, has spent, and has left."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pixnb.log.money import totals
from pixnb.runs import budget as budgets
from pixnb.runs.budget import Amounts

if TYPE_CHECKING:
    from pixnb.client.faces import AsyncClient, Client
    from pixnb.log.log import Log


class Spending:
    """The money of an experiment, by currency; each read is of the log as it is now."""

    name: str
    log: Log
    client: Client | AsyncClient

    @property
    def budget(self) -> Amounts | None:
        """What may be spent, by currency; None for no limit."""
        kept = self.log.reading(lambda connection: budgets.budget_of(connection, self.name))
        return Amounts(kept) if kept is not None else None

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
        if limit is None:
            return None
        spent, reserved = self._ledger()
        zero = Decimal(0)
        return Amounts({c: amount - spent.get(c, zero) - reserved.get(c, zero) for c, amount in limit.items()})

    def _ledger(self) -> tuple[Amounts, Amounts]:
        sums = self.log.reading(lambda connection: totals(connection, self.name))
        sandbox = self.client.engine.is_sandbox
        if sandbox is None:
            sandbox = bool(sums) and all(total.sandbox for total in sums)
        return budgets.ledger(sums, sandbox=sandbox)


__all__ = ["Spending"]
