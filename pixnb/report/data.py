"""What the report's scripts know of its runs: numbers, labels, films, marks; as data in the page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pixnb.compare.content import Content, Row
from pixnb.display import wording
from pixnb.errors import InvalidInput
from pixnb.report.pictured import Pictured
from pixnb.votes.page import QUESTION, judge_data
from pixnb.votes.pairs import clips_of

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "pixnb-report/1"

_MOMENT = re.compile(r"(\d{1,6}):([0-5]\d\.\d) ")
_BEFORE_MOMENT = re.compile(r"; (?=\d{1,6}:[0-5]\d\.\d )")


@dataclass(frozen=True)
class Judging:
    """What the judges of a report are asked; None for what is usual.

    Attributes:
        question: Of each pair.
        mailto: Where votes can be mailed to.
    """

    question: str | None = None
    mailto: str | None = None


def describe(
    frame: pd.DataFrame,
    said: Content,
    *,
    report: str,
    title: str,
    pictured: Pictured,
    keys: Mapping[str, str],
    judging: Judging,
) -> dict[str, Any]:
    """Return the page's data, nothing of it a path or the name of a computer.

    Args:
        frame: A log's frame, or any other.
        said: What table and wall say of it.
        report: The report's id.
        title: Its heading.
        pictured: The wall and the table.
        keys: The films that the page holds, by cell.
        judging: What judges are asked.
    """
    experiments = list(dict.fromkeys(frame["experiment"].dropna().astype(str))) if "experiment" in frame else []
    records = _read(frame)
    by_run = {record["run_id"]: record for record in records if wording.is_given(record.get("run_id"))}
    runs: list[dict[str, Any]] = []
    for row in said.rows:
        record = by_run.get(row.run_id, {})
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
    numbers = {run["run"]: run["n"] for run in runs if run["run"] and str(run["n"]) in keys}
    about = {
        "report": report,
        "log": str(frame.attrs.get("pixnb_log") or ""),
        "experiment": experiments[0] if len(experiments) == 1 else None,
    }
    return {
        "format": FORMAT,
        **about,
        "title": title,
        "runs": runs,
        "judge": _judge(records, numbers, pictured, judging, **about),
        "films": dict(keys),
        "whys": {n: row.error or row.absence for row in said.rows if (n := str(row.number)) not in keys},
    }


def _read(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in one.items()} for one in frame.to_dict("records")]


def _judge(
    records: Sequence[Mapping[str, Any]], numbers: Mapping[str, int], pictured: Pictured, judging: Judging, **about: Any
) -> dict[str, Any] | None:
    """Return what a judge sees, of runs that the page plays; None where there is no pair and nobody asks for one."""
    sources = {run: named[0] for run, n in numbers.items() if (named := pictured.sources.get(str(n)))}
    try:
        return judge_data(
            clips_of(records),
            numbers=numbers,
            sources=sources,
            question=judging.question if judging.question is not None else QUESTION,
            mailto=judging.mailto,
            **about,
        )
    except InvalidInput:
        if judging == Judging():
            return None
        raise


def _label(said: Content, row: Row) -> str:
    """Say what a run is, in a line: what differs."""
    return " · ".join(c.named(cell) for c, cell in said.cells(row) if not cell.is_empty and c.name not in _CAME)


def _marks(record: Mapping[Any, Any]) -> dict[str, Any]:
    stars = wording.number(record.get("stars"))
    note = wording.legible(_text(record.get("note")))
    notes = [{"id": "note", "at": None, "text": note}] if note else []
    notes += _read_moments(_text(record.get("notes")))
    return {
        **({"stars": int(stars)} if stars else {}),
        **({"picked": True} if wording.is_true(record.get("picked")) else {}),
        **({"notes": notes} if notes else {}),
    }


def _read_moments(text: str) -> list[dict[str, Any]]:
    """Read notes as a frame writes them, "0:01.2 the hem flickers; 0:03.0 sharp again"; what has no moment is of all.

    A frame without the column keeps its notes out of the report, table and player alike.
    """
    found = []
    for number, part in enumerate(_BEFORE_MOMENT.split(text) if text else (), 1):
        moment = _MOMENT.match(part)
        at = round(int(moment[1]) * 60 + float(moment[2]), 1) if moment else None
        said = wording.legible(part[moment.end() :] if moment else part)
        found.append({"id": f"said-{number}", "at": at, "text": said})
    return found


def _text(value: Any) -> str:
    return str(value) if wording.is_given(value) else ""


_CAME = ("prompt_used", "seed_used", "tags", "note", "notes", "picked", "cost", "time", "status", "refused", "stars")

__all__ = ["FORMAT", "describe"]
