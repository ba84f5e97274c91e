"""What an experiment has spent of what it may spend, as a bar with words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pixnb import html
from pixnb.log.amounts import Amounts
from pixnb.runs.spending import Left, read_ledger, read_left

if TYPE_CHECKING:
    from pixnb.log.log import Log

_RESERVED = "In flight: what runs that are under way, unconfirmed or cancelled may still cost"


def write_money(log: Log, experiment: str, *, sandbox: bool | None) -> str:
    """Return what is spent and reserved of the tighter budget, the experiment's or the log's, for each currency.

    Args:
        log: The log.
        experiment: Its name.
        sandbox: Which side of the ledger; None while nobody knows.

    Returns:
        HTML: a bar with "$1.20 of $5.00, $0.40 in flight"; "spent $1.20" where there is no budget, and nothing where
        nothing is spent either.
    """
    side, spent, reserved = read_ledger(log, experiment, sandbox=sandbox)
    limits = read_left(log, experiment, sandbox=side)
    parts = [_write_bar(left) for left in limits]
    limited = {currency for left in limits for currency in left.limit}
    rest = [Amounts({name: amount for name, amount in amounts.items() if name not in limited and amount})
            for amounts in (spent, reserved)]  # fmt: skip
    parts += [html.tag("span", html.escape(", ".join(said)))] if (said := list(_say_unlimited(*rest))) else []
    return html.tag("div", "".join(parts), class_=f"pixnb-money {html.NO_MATH}") if parts else ""


def _say_unlimited(spent: Amounts, reserved: Amounts) -> Iterator[str]:
    if spent:
        yield f"spent {spent}"
    if reserved:
        yield f"{reserved} in flight"


def _write_bar(left: Left) -> str:
    (limit,), (spent,), (reserved,) = (tuple(part.values()) for part in (left.limit, left.spent, left.reserved))
    owner = "the log's " if left.owner == "log" else ""
    said = f"{left.spent} of {owner}{left.limit}" + (f", {left.reserved} in flight" if reserved else "")
    used = [min(100.0, float(100 * amount / limit)) for amount in (spent, spent + reserved)]
    inner = html.tag("div", style=f"width:{used[1]:.1f}%", class_="part-busy")
    inner += html.tag("div", style=f"width:{used[0]:.1f}%", class_="part-spent")
    bar = html.tag("div", inner, class_="pixnb-budget", role="meter", aria_label="Budget", aria_valuemin=0,
                   aria_valuemax=float(limit), aria_valuenow=float(spent + reserved), aria_valuetext=said)  # fmt: skip
    tone = " over" if spent + reserved >= limit else ""
    return html.tag("div", bar + html.tag("span", html.escape(said)), class_=f"pixnb-limit{tone}",
                    title=_RESERVED if reserved else None)  # fmt: skip


__all__ = ["write_money"]
