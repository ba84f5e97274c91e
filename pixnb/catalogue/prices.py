"""Money as exact figures: what a run costs, what is left, what a model asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from numbers import Number
from typing import Any, Literal, get_args

from pixnb.errors import InvalidInput

Per = Literal["run", "second", "image"]


@dataclass(frozen=True, repr=False)
class Cost:
    """What something costs.

    Args:
        amount: How much, exactly, in units of the currency.
        currency: "USD" or another currency, or "credits".
        kind: "estimated" before the service has billed; how sure it is afterwards.

    Example:
        >>> print(Cost(Decimal("0.2"), "USD"))
        $0.20
    """

    amount: Decimal
    currency: str
    kind: str = "estimated"

    def __str__(self) -> str:
        return format_amount(self.amount, self.currency)

    def __repr__(self) -> str:
        return f"<Cost {self}, {self.kind}>"


@dataclass(frozen=True, repr=False)
class Balance:
    """What is left in a wallet.

    Args:
        amount: How much, exactly, in units of the currency.
        currency: "USD" or another currency, or "credits".

    Example:
        >>> print(Balance(Decimal(300), "credits"))
        300 credits
    """

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return format_amount(self.amount, self.currency)

    def __repr__(self) -> str:
        return f"<Balance {self}>"


@dataclass(frozen=True, repr=False)
class Price:
    """What a model asks for a unit of work.

    Args:
        amount: How much for one unit, exactly.
        currency: "USD" or another currency, or "credits".
        per: The unit: a run, a second of the clip, or an image.
        when: Parameter values that it holds for; empty means always.
        source: Where the price comes from.
        as_of: The day on which it was so, as 2026-11-20; "" where nobody wrote it down.

    Example:
        >>> print(Price(Decimal("0.08"), "USD", per="second", when={"resolution": "1080p"}))
        $0.08 per second with resolution=1080p
    """

    amount: Decimal
    currency: str = "USD"
    per: Per = "run"
    when: Mapping[str, Any] = field(default_factory=dict, hash=False)
    source: str = ""
    as_of: str = ""

    def matches(self, params: Mapping[str, Any]) -> bool:
        """Whether the price holds for these parameters."""
        return all(name in params and params[name] == value for name, value in self.when.items())

    def of(self, units: Decimal | None) -> Cost | None:
        """Return the cost of so many seconds or images, or of a run; None when their number is not known."""
        if self.per == "run":
            return Cost(self.amount, self.currency)
        return None if units is None else Cost(self.amount * units, self.currency)

    def __str__(self) -> str:
        terms = ", ".join(f"{name}={value}" for name, value in self.when.items())
        return f"{format_amount(self.amount, self.currency)} per {self.per}" + (f" with {terms}" if terms else "")

    def __repr__(self) -> str:
        return f"<Price {self}>"


def format_amount(amount: Decimal, currency: str) -> str:
    """Write an amount for people: cents from one up, four digits below, but never a small amount as zero.

    Example:
        >>> format_amount(Decimal("1234.5"), "USD"), format_amount(Decimal("0.00001"), "USD")
        ('$1,234.50', '$0.00001')
        >>> format_amount(Decimal("18.1675"), "USD"), format_amount(Decimal("0.99999"), "EUR")
        ('$18.17', '1.00 EUR')
    """
    fewest, finest = (0, 4) if currency == "credits" else (2, 2)
    with localcontext(rounding=ROUND_HALF_UP):
        text = f"{abs(amount):,.{max(4, -amount.adjusted())}f}"
        if not text.startswith("0."):
            text = f"{abs(amount):,.{finest}f}"
    whole, _, part = text.partition(".")
    part = part[:fewest] + part[fewest:].rstrip("0")
    text = f"{whole}.{part}" if part else whole
    sign = "-" if amount < 0 else ""
    if currency == "USD":
        return f"{sign}${text}"
    return f"{sign}{text} {'credit' if text == '1' and currency == 'credits' else currency}"


def price(
    amount: object,
    currency: object = "USD",
    per: str = "run",
    when: Mapping[str, Any] | None = None,
    source: str = "",
    as_of: str = "",
) -> Price:
    """Make a price from what a person wrote.

    Args:
        amount: A number, or its text; 0.08 is taken as exactly 0.08.
        currency: "USD" or another currency, or "credits".
        per: "run", "second" or "image".
        when: Parameter values that it holds for.
        source: Where the price comes from.
        as_of: The day on which it was so, as 2026-11-20.

    Returns:
        The price.

    Raises:
        InvalidInput: Something of it is no price.

    Example:
        >>> price(0.08, "usd", "second")
        <Price $0.08 per second>
    """
    if per not in get_args(Per):
        raise InvalidInput(f'A price is per "run", "second" or "image", not {per!r}.')
    if not isinstance(currency, str) or not currency.strip():
        raise InvalidInput(f'A price needs a currency such as "USD" or "credits", not {currency!r}.')
    unit = currency.strip()
    unit = unit.upper() if len(unit) == 3 else unit.lower()
    if unit == "credit":
        unit = "credits"
    unit_of_work: Per = per  # type: ignore[assignment]  # checked above
    return Price(_amount(amount), unit, unit_of_work, dict(when or {}), source, as_of)


def _amount(value: object) -> Decimal:
    wrong = f"A price must be a number from 0 up, such as 0.08, not {value!r}."
    if isinstance(value, bool) or not isinstance(value, Number | str):
        raise InvalidInput(wrong)
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise InvalidInput(wrong) from None
    if not amount.is_finite() or amount < 0:
        raise InvalidInput(wrong)
    return abs(amount)  # no -0


__all__ = ["Balance", "Cost", "Per", "Price", "format_amount", "price"]
