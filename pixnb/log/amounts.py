"""Amounts of money by currency, which are never added up across currencies; and budgets as people write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import total_ordering
from typing import Any

from pixnb.catalogue.prices import Cost, format_amount
from pixnb.errors import InvalidInput
from pixnb.limits import name_currency


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


def add_up(costs: Iterable[Cost | None]) -> Amounts:
    """Add up costs, by currency; those that are unknown add nothing.

    Example:
        >>> print(add_up([Cost(Decimal("0.2"), "USD"), None, Cost(Decimal("0.1"), "USD"), Cost(Decimal(5), "credits")]))
        $0.30 + 5 credits
    """
    sums: dict[str, Decimal] = {}
    for cost in costs:
        if cost is not None:
            sums[cost.currency] = sums.get(cost.currency, Decimal(0)) + cost.amount
    return Amounts(sums)


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


def _currency(currency: Any) -> str:
    if not isinstance(currency, str) or not currency.strip():
        raise InvalidInput(f'A budget\'s currency is a word such as "USD" or "credits", not {currency!r}.')
    return name_currency(currency)


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


__all__ = ["Amounts", "add_up", "parse"]
