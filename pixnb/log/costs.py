"""Frames of money: what an experiment has cost by currency, and what was paid for and brought no clip, as CSV too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pixnb.log.money import budget_of, totals
from pixnb.log.series import TEXT

if TYPE_CHECKING:
    from pixnb.log.log import Log

_FREE = ("not charged", "refunded")
_DISPUTE = (
    *("job_id", "provider", "submitted_at", "ended_at", "price", "currency", "charged", "missing", "status"),
    *("idempotency_key", "run_id", "model", "sandbox"),
)
_OUTSIDE = ("job_id", "missing", "idempotency_key", "model")
_NO_FILE = "no file"
_WHY = {
    "COMPLETED": _NO_FILE,
    "FAILED": "no clip: the job failed",
    "CANCELLED": "no clip: the service cancelled the job",
    "UNCONFIRMED": "no answer to the submit, so no job id",
}
_REFUSED = "no clip: the {stage} was refused by the content rules"


def read_costs(log: Log, experiment: str) -> pd.DataFrame:
    """Read an experiment's money; see `Spending.costs`."""
    sums, budget = log.reading(lambda connection: (totals(connection, experiment), budget_of(connection, experiment)))
    rows: dict[tuple[bool | None, str | None], dict[str, Any]] = {}
    for one in sums:
        row = rows.setdefault((one.sandbox, one.currency), {"spent": 0.0, "reserved": 0.0, "runs": 0, "unpriced": 0})
        row["reserved" if one.group == "reserved" else "spent"] += float(one.amount)
        row["runs"] += one.runs
        row["unpriced"] += one.unpriced
    kinds = {
        "sandbox": "boolean",
        "currency": TEXT,
        "runs": "Int64",
        "spent": "Float64",
        "reserved": "Float64",
        "unpriced": "Int64",
        "budget": "Float64",
    }
    limits = {currency: float(amount) for currency, amount in (budget or {}).items()}
    listed = [{"sandbox": key[0], "currency": key[1], "budget": limits.get(key[1] or ""), **row}
              for key, row in sorted(rows.items(), key=lambda item: str(item[0]))]  # fmt: skip
    return pd.DataFrame(listed, columns=list(kinds)).astype(kinds)


def find_disputes(frame: pd.DataFrame) -> pd.DataFrame:
    """Find the runs that were paid for, or may have been, and brought no clip; see `Spending.disputes`.

    Args:
        frame: A log's.
    """
    missing = [_missing(row) for row in frame.to_dict("records")]
    found = frame.loc[[said is not None for said in missing]].rename(columns={"completed_at": "ended_at"})
    rows = found.to_dict("records")
    found = found.assign(
        charged=pd.Series(["yes" if _is_charged(row) else "not documented" for row in rows], found.index, TEXT),
        missing=pd.Series([said for said in missing if said is not None], found.index, TEXT),
    )
    return found[[*_DISPUTE]].reset_index(drop=True)


def write_disputes(found: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write what `find_disputes` gives as CSV that spreadsheets open as it is: UTF-8 with its mark, times in UTC.

    Args:
        found: The frame.
        path: Where to; ".csv" is added when it has no ending.

    Returns:
        The file's path.
    """
    target = Path(path).expanduser()
    target = target if target.suffix else target.with_suffix(".csv")
    times = {name: found[name].dt.strftime("%Y-%m-%d %H:%M:%S") for name in ("submitted_at", "ended_at")}
    written = found.assign(**times, **{name: found[name].map(_defuse, na_action="ignore") for name in _OUTSIDE})
    written = written.rename(columns={name: f"{name}_utc" for name in times})
    target.parent.mkdir(parents=True, exist_ok=True)
    # Excel takes a file without the mark for one in the machine's old code page
    written.to_csv(target, index=False, encoding="utf-8-sig")
    return target


def _defuse(text: str) -> str:
    """Keep a spreadsheet from reading what a service said as a formula.

    See https://owasp.org/www-community/attacks/CSV_Injection.
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _missing(row: dict[Any, Any]) -> str | None:
    """Say what a paid run has not brought; None where it has, or was not paid."""
    stage = row["refused_stage"] if isinstance(row["refused_stage"], str) else None
    if stage:
        what = _REFUSED.format(stage=stage)
    elif row["status"] == "CANCELLED" and pd.isna(row["completed_at"]):
        return None  # by who works here; what it may cost is reserved
    elif row["status"] == "COMPLETED" and isinstance(row["output_sha256"], str) and row["output_sha256"]:
        return None
    elif row["status"] in _WHY:
        what = _WHY[row["status"]]
    else:
        return None
    is_free = row["cost_kind"] in _FREE or (stage and not pd.isna(row["refused_billed"]) and not row["refused_billed"])
    if is_free or _first(row["cost"], row["cost_simulated"]) == 0:
        return None
    return f"{what} ({row['error']})" if isinstance(row["error"], str) and row["error"] else what


def _is_charged(row: dict[Any, Any]) -> bool:
    """Whether the service itself says so: by its answer, or by a page."""
    said = row["refused_billed"]
    return bool(row["cost_kind"] == "charged" or (not pd.isna(said) and said))


def _first(*amounts: Any) -> Any:
    return next((amount for amount in amounts if not pd.isna(amount)), None)


__all__ = ["find_disputes", "read_costs", "write_disputes"]
