"""What a user allows: of each service, as `PIXNB_LIMITS` says it, and of money unasked (`PIXNB_CONFIRM_ABOVE`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from pixnb import providers
from pixnb.errors import InvalidInput

EXAMPLE = "pixazo=4,apiframe=2@30"
CONFIRM_ABOVE: Mapping[str, Decimal] = MappingProxyType({"USD": Decimal(5), "credits": Decimal(300)})
"""What a sweep of real money may be estimated at without being asked for, unless the user says otherwise."""

_AMOUNT = re.compile(
    r"\s*(?:([a-z]+)\s*=)?\s*([0-9]{1,12}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}|inf)\s*([a-z]+)?\s*", re.ASCII | re.IGNORECASE
)
_PART = re.compile(r"\s*([^=\s]+)\s*=\s*([0-9]{1,6})?\s*(?:@\s*([0-9]{1,6}))?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """What is allowed of one service, over all kernels that work with one log.

    Attributes:
        in_flight: Jobs at once; None for no limit.
        starts: Starts within any minute; None for no limit.
    """

    in_flight: int | None = None
    starts: int | None = None


def parse(text: str | None) -> Mapping[str, Limit]:
    """Read what a user allows.

    Args:
        text: For each service `name=N` (jobs in flight), `name=@M` (starts a minute) or `name=N@M`, with commas
            between; nothing or None for no limits.

    Returns:
        The limits by service.

    Raises:
        InvalidInput: It cannot be read, or names no service.

    Example:
        >>> parse("pixazo=4, apiframe=2@30")["apiframe"]
        Limit(in_flight=2, starts=30)
    """
    found: dict[str, Limit] = {}
    for part in (text or "").split(",") if (text or "").strip() else ():
        match = _PART.fullmatch(part)
        if match is None or match[2] is None is match[3]:
            raise _unreadable(f"{part.strip()!r:.80} is no limit")
        name, *numbers = match.groups()
        if name not in providers.names():
            raise _unreadable(f"{name!r:.80} is no service; there are {', '.join(providers.names())}")
        if name in found:
            raise _unreadable(f"{name} is there twice")
        if "0" in {number.lstrip("0") or "0" for number in numbers if number}:
            raise _unreadable(f"{part.strip()!r} allows nothing: at least 1")
        found[name] = Limit(*(int(number) if number else None for number in numbers))
    return MappingProxyType(found)


def parse_confirm(text: str | None) -> Mapping[str, Decimal]:
    """Read above which amounts a sweep asks first.

    Args:
        text: "5" is 5 USD; "5, 300 credits" or "USD=5, credits=300" says it of several currencies, "inf" never asks.
            Of a currency that is left out the default holds; nothing or None for the defaults.

    Returns:
        The amounts by currency; of one that is not there every amount asks.

    Raises:
        InvalidInput: It cannot be read.

    Example:
        >>> dict(parse_confirm("2.50, 100 credits"))
        {'USD': Decimal('2.50'), 'credits': Decimal('100')}
        >>> dict(parse_confirm("10"))
        {'USD': Decimal('10'), 'credits': Decimal('300')}
    """
    found: dict[str, Decimal] = {}
    for part in (text or "").split(",") if (text or "").strip() else ():
        match = _AMOUNT.fullmatch(part)
        if match is None or (match[1] and match[3]):
            raise _unclear(f"{part.strip()!r:.80} is no amount")
        currency = name_currency(match[1] or match[3] or "USD")
        if currency in found:
            raise _unclear(f"{currency} is there twice")
        found[currency] = Decimal(match[2])
    return MappingProxyType({**CONFIRM_ABOVE, **found})


def name_currency(word: str) -> str:
    """Write a currency as prices have it.

    Example:
        >>> name_currency(" usd"), name_currency("Credit")
        ('USD', 'credits')
    """
    name = word.strip()
    name = name.upper() if len(name) == 3 else name.lower()
    return "credits" if name == "credit" else name


def _unclear(what: str) -> InvalidInput:
    return InvalidInput(
        f"PIXNB_CONFIRM_ABOVE cannot be read: {what}. Write above how much a sweep asks first, such as "
        'PIXNB_CONFIRM_ABOVE=5 for 5 USD, or "5, 300 credits", or unset it.'
    )


def _unreadable(what: str) -> InvalidInput:
    return InvalidInput(
        f"PIXNB_LIMITS cannot be read: {what}. Write for each service how many jobs may be in flight, and after @ how "
        f"many may start within a minute, such as PIXNB_LIMITS={EXAMPLE}, or unset it."
    )


__all__ = ["CONFIRM_ABOVE", "EXAMPLE", "Limit", "name_currency", "parse", "parse_confirm"]
