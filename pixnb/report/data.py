"""What the report's scripts know of its runs: numbers, labels, films, marks; as data in the page."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pixnb.compare.content import Content, Row
from pixnb.display import wording
from pixnb.report.pictured import Pictured
from pixnb.votes.pairs import choose_pairs, clips_of, pair_id

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
    seed = int(report[:8], 16)
    return {
        "format": FORMAT,
        "report": report,
        "log": str(frame.attrs.get("pixnb_log") or ""),
        "experiment": experiments[0] if len(experiments) == 1 else "",
        "title": title,
        "seed": seed,
        "runs": runs,
        "pairs": _pairs(records, report, seed, {run["run"] for run in runs if str(run["n"]) in keys}),
        "films": dict(keys),
        "whys": {n: row.error or row.absence for row in said.rows if (n := str(row.number)) not in keys},
    }


def _read(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in one.items()} for one in frame.to_dict("records")]


def _pairs(
    records: Sequence[Mapping[str, Any]], report: str, seed: int, playing: Container[str]
) -> list[dict[str, str]]:
    """Return what a judge sees, of runs that the page plays."""
    clips = [clip for clip in clips_of(records) if clip.run in playing]
    return [
        {"pair": pair_id(report, seed, left, right), "left": left, "right": right}
        for left, right in choose_pairs(clips, seed=seed)
    ]


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
