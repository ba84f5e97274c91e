"""What an experiment may spend, has spent, and has left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection

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

    def disputes(self, path: str | os.PathLike[str] | None = None) -> pd.DataFrame:
        """Return what was paid for, or may have been, and brought no clip: the list that a support desk asks for.

        Args:
            path: Where to write it as CSV too, for a mail or a spreadsheet; ".csv" is added when it has no ending.

        Returns:
            A row a run, the oldest first: `job_id`, `provider`, `submitted_at` and `ended_at` (UTC), `price`,
            `currency`, `charged` ("yes" or "not documented"), `missing` (what there is not, and what the service said),
            `status`, `idempotency_key`, `run_id`, `model`, `sandbox`.

        Raises:
            OSError: The file cannot be written.

        Example:
            >>> exp.disputes("disputes.csv")  # doctest: +SKIP
        """
        from pixnb.log.costs import find_disputes, write_disputes

        found = find_disputes(self.log.frame(self.name))
        if path is not None:
            write_disputes(found, path)
        return found

    def _ledger(self) -> tuple[Amounts, Amounts]:
        _, *sides = read_ledger(self.log, self.name, sandbox=self.client.engine.is_sandbox)
        return sides[0], sides[1]


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a budget in one currency.

    Attributes:
        owner: Whose budget it is: "experiment" or "log".
        limit: All of it.
        left: What of it is neither spent nor reserved.
        spent: What its runs have cost.
        reserved: What runs may still cost that are in flight, unconfirmed, or cancelled here.
    """

    owner: Literal["experiment", "log"]
    limit: Amounts
    left: Amounts
    spent: Amounts
    reserved: Amounts


def read_ledger(log: Log, experiment: str, *, sandbox: bool | None) -> tuple[bool, Amounts, Amounts]:
    """Read what an experiment has spent and reserved, on one side of the ledger.

    Args:
        log: The log.
        experiment: Its name.
        sandbox: Which side; None while nobody knows: then that which its runs are on.

    Returns:
        Which side it is, what is spent and what is reserved there.
    """
    sums = log.reading(lambda connection: totals(connection, experiment))
    if sandbox is None:
        sandbox = bool(sums) and all(total.sandbox for total in sums)
    return sandbox, *ledger(sums, sandbox=sandbox)


def read_left(log: Log, experiment: str, *, sandbox: bool) -> list[Left]:
    """Read what is left of the budgets that hold for an experiment, its own and the log's, on one side of the ledger.

    Args:
        log: The log.
        experiment: Its name.
        sandbox: Which side: the sandbox's money, or real money.

    Returns:
        For each currency the budget of which less is left; none where there is no budget.
    """
    return log.reading(lambda connection: list(_find_tightest(connection, experiment, sandbox=sandbox)))


def _find_tightest(connection: Connection, experiment: str, *, sandbox: bool) -> Iterator[Left]:
    found: dict[str, list[tuple[Decimal, str, tuple[Amounts, ...]]]] = {}
    for owner, name in (("experiment", experiment), ("log", None)):
        kept = budget_of(connection, name)
        if kept is not None:
            used = ledger(totals(connection, name), sandbox=sandbox)
            for currency, rest in subtract(Amounts(kept), *used).items():
                parts = (Amounts({currency: part.get(currency, Decimal(0))}) for part in (kept, *used))
                found.setdefault(currency, []).append((rest, owner, tuple(parts)))
    for currency, several in found.items():
        rest, owner, (limit, spent, reserved) = min(several, key=lambda one: one[:2])
        yield Left("log" if owner == "log" else "experiment", limit, Amounts({currency: rest}), spent, reserved)


def subtract(limit: Amounts, *used: Amounts) -> Amounts:
    """Take amounts off a limit, in its currencies."""
    zero = Decimal(0)
    return Amounts({c: amount - sum((part.get(c, zero) for part in used), zero) for c, amount in limit.items()})


__all__ = ["Left", "Spending", "read_ledger", "read_left", "subtract"]
