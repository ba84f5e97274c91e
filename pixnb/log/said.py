"""What people said of runs, as columns of a frame: stars, picks, notes at a moment, blind votes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, case, func, select, union_all

from pixnb.log.arrow import Query
from pixnb.log.opinions import marks, notes, votes
from pixnb.log.schema import runs
from pixnb.log.series import series

_sides = union_all(
    select(votes.c.left_run_id.label("run_id"), case((votes.c.choice == "left", 1), else_=0).label("won")),
    select(votes.c.right_run_id.label("run_id"), case((votes.c.choice == "right", 1), else_=0).label("won")),
).subquery()


def queries(where: Sequence[ColumnElement[bool]]) -> list[Query]:
    """Return the statements that `columns` needs the rows of, for the runs for which conditions hold."""
    said = select(notes.c.run_id, notes.c.id, notes.c.at, notes.c.text, notes.c.user, notes.c.report)
    sent = select(marks.c.run_id, marks.c.made_at, marks.c.stars, marks.c.picked)
    won = func.sum(_sides.c.won, type_=BigInteger).label("won")
    judged = select(_sides.c.run_id, won, func.count().label("of")).group_by(_sides.c.run_id)
    return [
        (
            said.where(notes.c.run_id == runs.c.run_id, *where),
            {"run_id": "text", "id": "integer", "at": "number", "text": "text", "user": "text", "report": "text"},
        ),
        (
            sent.where(marks.c.run_id == runs.c.run_id, *where),
            {"run_id": "text", "made_at": "integer", "stars": "integer", "picked": "boolean"},
        ),
        (
            judged.where(_sides.c.run_id == runs.c.run_id, *where),
            {"run_id": "text", "won": "integer", "of": "integer"},
        ),
    ]


def columns(own: Mapping[str, pd.Series[Any]], *tables: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """Return the columns `stars`, `picked`, `notes`, and `votes.*` where there are votes.

    Args:
        own: The frame's columns so far: `run_id`, and `stars` and `picked` as they were given here. Where nobody here
            has said a word of a run, the newest of those that came in files counts.
        tables: What the queries gave.
    """
    said, sent, judged = tables
    rows = pd.Index(own["run_id"])
    found = {name: own[name] for name in ("stars", "picked")}
    if len(sent):
        newest = sent.sort_values("made_at", kind="stable").groupby("run_id")[list(found)].last().reindex(rows)
        found = {name: own[name].fillna(newest[name].reset_index(drop=True)) for name in found}
    found["picked"] = found["picked"].fillna(False)
    found["notes"] = series("text", _written(said, rows))
    for name in ("won", "of") if len(judged) else ():
        found[f"votes.{name}"] = judged.set_index("run_id")[name].reindex(rows).reset_index(drop=True)
    return found


def _written(said: pd.DataFrame, rows: pd.Index[Any]) -> list[str | None]:
    lines: dict[str, list[tuple[Any, ...]]] = {}
    for run_id, number, at, text, user, report in said.itertuples(index=False):
        moment = None if pd.isna(at) else float(at)
        line = text if moment is None else f"{clock(moment)} {text}"
        whose = "" if pd.isna(report) or pd.isna(user) else f" ({user})"
        lines.setdefault(run_id, []).append((-1.0 if moment is None else moment, number, line + whose))
    return ["; ".join(line for *_, line in sorted(lines[run])) if run in lines else None for run in rows]


def clock(seconds: float) -> str:
    """Say a moment of a clip.

    Example:
        >>> clock(1.24), clock(59.97), clock(83)
        ('0:01.2', '1:00.0', '1:23.0')
    """
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


__all__ = ["clock", "columns", "queries"]
