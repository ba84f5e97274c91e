"""The words for a run's money and time, the same in every table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pixnb.catalogue.prices import figure


def cost(row: Mapping[str, Any]) -> str:
    """Say what a run cost; the sandbox's money is marked, an unknown price is never a zero.

    Example:
        >>> cost({"cost": None, "cost_simulated": 0.2, "currency": "USD"})
        '$0.20 simulated'
        >>> cost({"cost": None, "cost_simulated": None, "currency": None})
        'price unknown'
    """
    for name, mark in (("cost", ""), ("cost_simulated", " simulated")):
        amount = row.get(name)
        if is_given(amount):
            currency = str(row["currency"]) if is_given(row.get("currency")) else "USD"
            return figure(Decimal(str(amount)), currency) + mark
    return "price unknown"


def seconds(row: Mapping[str, Any]) -> str:
    """Say how long a run took from submit to end, queue included.

    Example:
        >>> seconds({"queue_seconds": 1.0, "run_seconds": 6.24}), seconds({"run_seconds": 75.0}), seconds({})
        ('7.2 s', '1 min 15 s', '–')
    """
    parts = [float(row[name]) for name in ("queue_seconds", "run_seconds") if is_given(row.get(name))]
    if not parts:
        return "–"
    total = sum(parts)
    return f"{total:.1f} s" if total < 60 else f"{int(total // 60)} min {int(total % 60)} s"


def is_given(value: Any) -> bool:
    """Whether a cell of a frame holds something."""
    return value is not None and value == value and str(value) != "<NA>"


__all__ = ["cost", "is_given", "seconds"]
