"""When a person is asked before money goes: above PIXNB_CONFIRM_ABOVE, where no budget holds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from pixnb import settings
from pixnb.catalogue.prices import format_amount
from pixnb.log.amounts import Amounts
from pixnb.runs.budget import is_limited

if TYPE_CHECKING:
    from pixnb.runs.runner import Runner


def find_excess(runner: Runner, costs: Mapping[str, Decimal]) -> str | None:
    """Say by what real money is dearer than may be sent unasked; None where it is not.

    Args:
        runner: Of the experiment.
        costs: What is to be sent, by currency, without the sandbox's play money.
    """
    most = settings.load().confirm_above
    above = {currency: most.get(currency, Decimal(0)) for currency in costs}
    above = {currency: limit for currency, limit in above.items() if costs[currency] > limit}
    if not above or runner.log.reading(lambda connection: is_limited(connection, runner.experiment)):
        return None
    said = " and ".join(format_amount(limit, currency) for currency, limit in above.items())
    return (
        f"this is estimated at {Amounts(costs)}, above {said} (PIXNB_CONFIRM_ABOVE), and the experiment has no budget"
    )


__all__ = ["find_excess"]
