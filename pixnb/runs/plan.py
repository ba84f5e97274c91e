"""A sweep's plan: what each cell costs, takes and reuses, as a frame that shows itself as a small table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from pixnb.log import rows
from pixnb.runs.totals import say_total, warn
from pixnb.show import hand_over, shown

if TYPE_CHECKING:
    from pixnb.runs.cells import Cell

_MOST = 12
"""Rows that a plan shows of itself; the frame has all."""
_OWN = {"cell", "take", "plan", "reused", "age", "cost", "currency", "seconds", "sandbox", "run_id"}


class Plan(pd.DataFrame):
    """A DataFrame of one row a cell, which shows itself with its total; what is made from it is a plain frame.

    Its columns: `cell`, `model`, what varies, `take`, `plan` ("new", "planned", "reused", "in flight", "unconfirmed",
    "failed"), `reused`, `age` of what is reused, `cost` and `currency` of what is sent, `seconds` that it may take,
    `sandbox` and `run_id`.
    """

    _repr_mimebundle_ = shown
    _display_ = hand_over

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__

    def _repr_html_(self) -> None:  # the bundle has it
        return None

    @property
    def text(self) -> str:
        """The plan in plain text: the first cells, the total, what to know."""
        table = pd.DataFrame(self).head(_MOST).drop(columns=["run_id", "currency", "reused"])
        lines = [table.to_string(index=False, na_rep="", max_colwidth=40)] if len(self) else []
        if len(self) > _MOST:
            lines.append(f"… and {len(self) - _MOST} more")
        return "\n".join([*lines, *self.said])

    @property
    def said(self) -> list[str]:
        """The total in a sentence, then what to know."""
        found: list[str] = self.attrs["pixnb_said"]
        return found


def make_plan(cells: Sequence[Cell], *, notes: Iterable[str] = (), at_once: int = 1) -> Plan:
    """Make a plan of cells.

    Args:
        cells: With their fates.
        notes: What else to say.
        at_once: How many may be under way at the same time, for the time that all of them take.
    """
    now = rows.now()
    names = list(dict.fromkeys(name for cell in cells for name in cell.axes if name != "model"))
    ages = [None if cell.at is None else max(0, now - cell.at) for cell in cells]
    sent = [cell.fate in ("new", "planned") for cell in cells]
    columns: dict[str, Any] = {
        "cell": range(1, len(cells) + 1),
        "model": [cell.request.model.id for cell in cells],
        **{f"params.{n}" if n in _OWN else n: _column([cell.axes.get(n) for cell in cells]) for n in names},
        "take": pd.array([cell.take for cell in cells], dtype="Int64"),
        "plan": [cell.fate for cell in cells],
        "reused": [cell.fate == "reused" for cell in cells],
        "age": pd.to_timedelta(pd.array(ages, dtype="Int64"), unit="us").round("s"),
        "cost": pd.array([_cost(cell, is_sent) for cell, is_sent in zip(cells, sent, strict=True)], dtype="Float64"),
        "currency": [cell.cost.currency if cell.cost else None for cell in cells],
        "seconds": pd.array(
            [cell.seconds if is_sent else None for cell, is_sent in zip(cells, sent, strict=True)], dtype="Float64"
        ),
        "sandbox": pd.array([cell.sandbox for cell in cells], dtype="boolean"),
        "run_id": [cell.run_id or cell.source for cell in cells],
    }
    plan = Plan(columns)
    plan.attrs["pixnb_said"] = [say_total(cells, at_once=at_once), *warn(cells), *notes]
    return plan


def _column(labels: list[Any]) -> Any:
    """Keep whole numbers whole where some cells have none."""
    is_whole = all(label is None or type(label) is int for label in labels)
    return pd.array(labels, dtype="Int64") if is_whole else labels


def _cost(cell: Cell, is_sent: bool) -> float | None:
    if not is_sent:
        return 0.0
    return None if cell.cost is None else float(cell.cost.amount)


__all__ = ["Plan", "make_plan"]
