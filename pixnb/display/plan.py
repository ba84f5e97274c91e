"""What a sweep's plan looks like: a small table of the first cells, the total above it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pixnb import html
from pixnb.display import wording
from pixnb.terminal import shorten

if TYPE_CHECKING:
    from pixnb.runs.plan import Plan

_MOST = 12
_CUT = 90
_HEADS = {"cell": "", "age": "made", "seconds": "time"}
_LEFT_OUT = ("reused", "currency", "run_id", "sandbox")
_NUMBERS = ("cell", "take", "cost", "seconds")
_TONES = {"new": "busy", "planned": "busy", "reused": "good", "unconfirmed": "bad", "failed": "bad"}


def bundle(plan: Plan) -> dict[str, Any]:
    """Return a plan's bundle."""
    return {"text/html": html.root(plan_html(plan), class_="plan"), "text/plain": plan.text}


def plan_html(plan: Plan) -> str:
    """Return a plan's total, what to know, and its first cells."""
    total, *more = plan.said
    said = html.tag("div", html.tag("b", html.escape(total)), class_="head")
    said += "".join(html.tag("div", html.escape(sentence), class_="facts") for sentence in more)
    names = [name for name in plan.columns if name not in _LEFT_OUT and not _is_idle(plan, name)]
    heads = html.tag("tr", "".join(_head(name) for name in names))
    rows: list[dict[Any, Any]] = plan.head(_MOST).to_dict("records")
    body = "".join(html.tag("tr", "".join(_cell(name, row) for name in names)) for row in rows)
    table = html.tag("table", html.tag("thead", heads) + html.tag("tbody", body), class_="rows")
    left = len(plan) - len(rows)
    rest = html.tag("small", f"and {left} more: .plan is a DataFrame of all of them") if left > 0 else ""
    return said + html.tag("div", table, class_="scroll", tabindex=0, role="group", aria_label="The plan") + rest


def _is_idle(plan: Plan, name: str) -> bool:
    """Whether a column says nothing here: ages where nothing is reused, a model or take that is the same in all."""
    if name in ("age", "seconds"):
        return bool(plan[name].isna().all())
    return name in ("model", "take") and len(plan) > 1 and plan[name].nunique(dropna=False) == 1


def _head(name: str) -> str:
    # an empty head is told as one cell of the table, not as a head without words
    text = html.escape(_HEADS.get(name, name))
    return html.tag("th", text, scope="col", class_=_class(name)) if text else html.tag("td", "", class_=_class(name))


def _cell(name: str, row: Mapping[str, Any]) -> str:
    value, title = row[name], None
    if name == "plan":
        inner = html.tag("span", html.escape(value), class_=f"badge {_TONES.get(value, 'calm')}")
    elif not wording.is_given(value):
        inner = wording.UNKNOWN_PRICE if name == "cost" else ""
    elif name == "age":
        inner = html.escape(f"{wording.duration(value.total_seconds(), whole=True)} ago")
    elif name == "seconds":
        inner = html.escape(wording.duration(float(value)))
    elif name == "cost":
        inner = html.escape(_money(value, row["currency"])) if value else "–"
    else:
        text = wording.legible(str(value))
        cut = shorten(text, _CUT)
        inner, title = html.escape(cut), text if cut != text else None
    return html.tag("td", inner, class_=_class(name), title=title)


def _money(amount: Any, currency: Any) -> str:
    return wording.cost({"cost": amount, "currency": currency})


def _class(name: str) -> str | None:
    return "num" if name in _NUMBERS else None


__all__ = ["bundle", "plan_html"]
