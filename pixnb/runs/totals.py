"""What a sweep's cells come to, in sentences: how many are sent, at what cost, in what time, and what is left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pixnb.log.amounts import Amounts, add_up

if TYPE_CHECKING:
    from pixnb.runs.cells import Cell


def sum_costs(cells: Iterable[Cell]) -> Amounts:
    """Add up what sending cells costs, by currency; unknown prices add nothing."""
    return add_up(cell.cost for cell in cells)


def say_total(cells: Sequence[Cell], *, at_once: int = 1) -> str:
    """Say in a sentence what cells come to."""
    sent = [cell for cell in cells if cell.fate in ("new", "planned")]
    counts = Counter(cell.fate for cell in cells)
    said = [f"{len(sent)} to send"]
    if sent:
        costs, unknown = sum_costs(sent), sum(cell.cost is None for cell in sent)
        priced = [f"about {costs}"] if costs else []
        if unknown:
            priced.append(f"{unknown} of unknown price")
        if all(cell.sandbox for cell in sent):
            priced.append("simulated")
        said[0] += f" ({', '.join(priced)})"
        known = [cell.seconds for cell in sent if cell.seconds is not None]
        if known:
            whole = sum(known) / len(known) * max(1.0, len(sent) / at_once)
            said.append(f"about {say_seconds(whole)}")
    said += [f"{counts[fate]} {fate}" for fate in ("reused", "in flight", "unconfirmed", "failed") if counts[fate]]
    return f"{len(cells)} cell{'' if len(cells) == 1 else 's'}: {', '.join(said)}."


def say_seconds(seconds: float) -> str:
    """Write a time for people, roughly.

    Example:
        >>> say_seconds(45), say_seconds(200), say_seconds(9000)
        ('45 s', '3 min', '2.5 h')
    """
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def warn(cells: Sequence[Cell]) -> Iterable[str]:
    """Name the cells that are left alone, and say what to do."""
    named: Mapping[str, list[str]] = {
        fate: [cell.run_id or "" for cell in cells if cell.fate == fate] for fate in ("unconfirmed", "failed")
    }
    if ids := named["unconfirmed"]:
        yield (
            f"Never sent again, because nobody knows whether the service took them: {_list(ids)}. Look into its "
            "console; client.job(provider, id) collects a job that is there."
        )
    if ids := named["failed"]:
        yield f"Failed before, and not sent again unless asked: {_list(ids)}. sweep.retry_failed() tries them again."


def _list(ids: Sequence[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")


__all__ = ["say_seconds", "say_total", "sum_costs", "warn"]
