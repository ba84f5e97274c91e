"""What a sweep and its plan look like: a small table with the total, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pixnb import html
from pixnb.display import wording

_MOST = 12
_CUT = 80
_HEADS = {"cell": "", "plan": "plan", "age": "made", "seconds": "time"}
_LEFT_OUT = ("reused", "currency", "run_id", "sandbox")


class PlanFrame(Protocol):
    """What is shown of a plan: a frame that says its total."""

    columns: Any
    said: list[str]
    text: str

    def head(self, n: int) -> Any:
        """Give its first rows."""

    def __len__(self) -> int:
        """How many rows it has."""


class Shown(Protocol):
    """What is shown of a sweep."""

    state: str
    stopped: str | None
    counts: Mapping[str, int]
    spent: Any
    plan: PlanFrame
    ended: int

    def __len__(self) -> int:
        """How many cells it has."""


def plan_bundle(plan: PlanFrame) -> dict[str, Any]:
    """Return a plan's bundle."""
    inner = _table(plan) + _sentences(plan.said)
    return {"text/html": html.root(inner, class_="plan"), "text/plain": plan.text}


def sweep_bundle(sweep: Shown) -> dict[str, Any]:
    """Return a sweep's bundle: how far it is, what it has cost, why it waits, and its plan."""
    marks = [
        html.tag("b", html.escape(f"{sweep.ended} of {len(sweep)}")),
        html.tag("span", sweep.state, class_="badge"),
    ]
    for status, count in sweep.counts.items():
        marks.append(html.tag("span", html.escape(f"{count} {status}"), class_=f"badge {wording.tone(status)}"))
    facts = [f"{sweep.spent} spent"] + ([sweep.stopped] if sweep.stopped else [])
    plan = sweep.plan
    inner = html.tag("div", " ".join(marks), class_="head") + _sentences(facts) + _table(plan) + _sentences(plan.said)
    text = "\n".join([repr(sweep), *facts, plan.text])
    return {"text/html": html.root(inner, class_="sweep"), "text/plain": text}


def _sentences(said: Sequence[str]) -> str:
    return "".join(html.tag("div", html.escape(sentence), class_="facts") for sentence in said)


def _table(plan: PlanFrame) -> str:
    names = [name for name in plan.columns if name not in _LEFT_OUT]
    head = html.tag("tr", "".join(html.tag("th", html.escape(_HEADS.get(name, name))) for name in names))
    rows = plan.head(_MOST).to_dict("records")
    body = "".join(html.tag("tr", "".join(html.tag("td", _cell(name, row)) for name in names)) for row in rows)
    more = len(plan) - len(rows)
    rest = html.tag("small", f"and {more} more; .plan is a DataFrame with all of them") if more > 0 else ""
    return html.tag("table", html.tag("thead", head) + html.tag("tbody", body)) + rest


def _cell(name: str, row: Mapping[str, Any]) -> str:
    value = row[name]
    if not wording.is_given(value):
        return "price unknown" if name == "cost" else ""
    if name == "age":
        return html.escape(f"{wording.duration(value.total_seconds(), whole=True)} ago")
    if name == "seconds":
        return html.escape(wording.duration(float(value)))
    if name == "cost":
        return html.escape(f"{value:g} {row['currency'] or ''}".rstrip()) if value else ""
    text = str(value)
    return html.escape(text if len(text) <= _CUT else f"{text[: _CUT - 1]}…")


__all__ = ["plan_bundle", "sweep_bundle"]
