"""What the report's scripts know of its runs: numbers, labels, films, marks; as data in the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pixnb.compare.content import Content, Row
from pixnb.display import wording
from pixnb.report.pictured import Pictured

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "pixnb-report/1"


def describe(
    frame: pd.DataFrame,
    said: Content,
    *,
    report: str,
    title: str,
    pictured: Pictured,
    keys: Mapping[str, str],
) -> dict[str, Any]:
    """Return the page's data, nothing of it a path or the name of a computer.

    Args:
        frame: A log's frame, or any other.
        said: What table and wall say of it.
        report: The report's id.
        title: Its heading.
        pictured: The wall and the table.
        keys: The films that the page holds, by cell.
    """
    experiments = list(dict.fromkeys(frame["experiment"].dropna().astype(str))) if "experiment" in frame else []
    records = frame.drop_duplicates("run_id").set_index("run_id") if "run_id" in frame else None
    runs = []
    for row in said.rows:
        record = records.loc[row.run_id].to_dict() if records is not None and row.run_id in records.index else {}
        n = str(row.number)
        runs.append(
            {
                "n": row.number,
                "run": row.run_id,
                "label": _label(said, row),
                "prompt": wording.legible(_text(record.get("prompt"))),
                "model": wording.legible(_text(record.get("model"))),
                "sources": list(pictured.sources.get(n, ())),
                "marks": _marks(record),
            }
        )
    return {
        "format": FORMAT,
        "report": report,
        "log": str(frame.attrs.get("pixnb_log") or ""),
        "experiment": experiments[0] if len(experiments) == 1 else "",
        "title": title,
        "seed": int(report[:8], 16),
        "runs": runs,
        "films": dict(keys),
        "whys": {n: row.error or row.absence for row in said.rows if (n := str(row.number)) not in keys},
    }


def _label(said: Content, row: Row) -> str:
    """Say what a run is, in a line: what differs."""
    return " · ".join(c.named(cell) for c, cell in said.cells(row) if not cell.is_empty and c.name not in _CAME)


def _marks(record: Mapping[Any, Any]) -> dict[str, Any]:
    stars = wording.number(record.get("stars"))
    note = _text(record.get("note"))
    return {
        **({"stars": int(stars)} if stars else {}),
        **({"picked": True} if wording.is_true(record.get("picked")) else {}),
        **({"notes": [{"id": "note", "at": None, "text": wording.legible(note)}]} if note else {}),
    }


def _text(value: Any) -> str:
    return str(value) if wording.is_given(value) else ""


_CAME = ("prompt_used", "seed_used", "tags", "note", "notes", "picked", "cost", "time", "status", "refused", "stars")

__all__ = ["FORMAT", "describe"]
