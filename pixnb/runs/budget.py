"""A limit on what an experiment may spend, checked in the same transaction that reserves a run's price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import total_ordering
from typing import Any

from sqlalchemy import Connection

from pixnb.catalogue.prices import Cost, format_amount
from pixnb.errors import BudgetExceeded, InvalidInput
from pixnb.log.money import Total, budget_of, totals


@total_ordering
class Amounts(Mapping[str, Decimal]):
    """Money by currency; where there is one currency, it also compares and converts as that number.

    Example:
        >>> left = Amounts({"USD": Decimal("0.6")})
        >>> left["USD"], float(left), left < 1, print(left)
        $0.60
        (Decimal('0.6'), 0.6, True, None)
    """

    def __init__(self, amounts: Mapping[str, Decimal]) -> None:
        self._amounts = dict(amounts)

    def __getitem__(self, currency: str) -> Decimal:
        return self._amounts[currency]

    def __iter__(self) -> Iterator[str]:
        return iter(self._amounts)

    def __len__(self) -> int:
        return len(self._amounts)

    def __float__(self) -> float:
        return float(self._single())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Mapping):
            return self._amounts == dict(other)
        return isinstance(other, int | float | Decimal) and self._single() == _decimal(other)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, int | float | Decimal | Amounts):
            return NotImplemented
        return self._single() < (other._single() if isinstance(other, Amounts) else _decimal(other))

    def __hash__(self) -> int:
        return hash(frozenset(self._amounts.items()))

    def _single(self) -> Decimal:
        if len(self._amounts) > 1:
            raise TypeError(f"{self} is in several currencies: pick one, as in amounts['USD'].")
        return next(iter(self._amounts.values()), Decimal(0))

    def __str__(self) -> str:
        return " + ".join(format_amount(amount, currency) for currency, amount in self._amounts.items()) or "nothing"

    def __repr__(self) -> str:
        return f"<{self}>"


def parse(budget: Any) -> dict[str, str] | None:
    """Read a budget as a person writes it: 5 is 5 USD; `{"USD": 5, "credits": 300}` names the currencies.

    Returns:
        Amounts as text by currency, as the log keeps them; None for no budget.

    Raises:
        InvalidInput: It is no budget.
    """
    if budget is None:
        return None
    items = budget if isinstance(budget, Mapping) else {"USD": budget}
    if not items:
        raise InvalidInput("An empty budget allows nothing. Leave it out for no limit, or write budget=5 for 5 USD.")
    return {_currency(currency): str(_amount(amount)) for currency, amount in items.items()}


def check(
    connection: Connection, experiment: str, cost: Cost | None, *, sandbox: bool | None, allow_unpriced: bool
) -> None:
    """Refuse a run that the budget does not cover; in one transaction with its insert, so that many at once hold too.

    Args:
        connection: The op's.
        experiment: Its name.
        cost: What the run is expected to cost; None where its price is unknown.
        sandbox: Which ledger: the sandbox's own, or real money; None while nobody knows, which has to fit both.
        allow_unpriced: Whether a run of unknown price may go under a budget.

    Raises:
        BudgetExceeded: It does not; nothing was sent.
    """
    budget = budget_of(connection, experiment)
    if budget is None:
        return
    if cost is None:
        if not allow_unpriced:
            raise BudgetExceeded(_UNPRICED.format(experiment=experiment))
        return
    if cost.currency not in budget:
        raise BudgetExceeded(_OTHER.format(experiment=experiment, cost=cost, currency=cost.currency))
    sums, limit = totals(connection, experiment), budget[cost.currency]
    for side in (True, False) if sandbox is None else (sandbox,):
        used = [part.get(cost.currency, Decimal(0)) for part in ledger(sums, sandbox=side)]
        left = limit - sum(used)
        if cost.amount > left:
            said = [format_amount(amount, cost.currency) for amount in (limit, left, *used)]
            raise BudgetExceeded(_EXCEEDED.format(experiment=experiment, cost=cost, said=said))


_UNPRICED = (
    "The price of this run is unknown, and experiment {experiment!r} has a budget. Tell its price with "
    "pixnb.models.set_price(model, amount), or pass allow_unpriced=True. Nothing was sent."
)
_OTHER = (
    "The run costs {cost}, and the budget of experiment {experiment!r} has no {currency}. Give it some: "
    "Experiment({experiment!r}, budget={{…, {currency!r}: …}}). Nothing was sent."
)
_EXCEEDED = (
    "The run costs about {cost}, and of the budget of {said[0]} of experiment {experiment!r} {said[1]} is left "
    "({said[2]} spent, {said[3]} reserved by runs that may still be billed). Nothing was sent. "
    "Raise it with Experiment({experiment!r}, budget=…)."
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


def _currency(currency: Any) -> str:
    if not isinstance(currency, str) or not currency.strip():
        raise InvalidInput(f'A budget\'s currency is a word such as "USD" or "credits", not {currency!r}.')
    return currency.strip()


def _amount(amount: Any) -> Decimal:
    problem = f"A budget is an amount above 0, as in budget=5 (USD), not {amount!r}."
    if isinstance(amount, bool) or not isinstance(amount, int | float | str | Decimal):
        raise InvalidInput(problem)
    try:
        value = _decimal(amount)
    except InvalidOperation:
        raise InvalidInput(problem) from None
    if not value.is_finite() or value <= 0:
        raise InvalidInput(problem)
    return value


def _decimal(value: float | str | Decimal) -> Decimal:
    return Decimal(str(value))


__all__ = ["Amounts", "budget_of", "check", "ledger", "parse"]
