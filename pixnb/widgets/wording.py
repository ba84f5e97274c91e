"""What the launcher says, as HTML: all outside text in it is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import html
from pixnb.catalogue.problems import joined
from pixnb.display import wording
from pixnb.widgets.spec import specs

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.catalogue.prices import Cost

_STATIC = Path(__file__).parent / "static"


def head(experiment: str, *, sandbox: bool | None) -> str:
    """Say which experiment this is, and where its runs go."""
    badge = wording.sandbox_badge() if sandbox else ""
    said = html.tag("span", f"Launch into <b>{html.escape(experiment)}</b>") + badge
    return html.tag(
        "style", html.css() + html.css("ended") + html.css("launcher", _STATIC) + html.css("form", _STATIC)
    ) + html.tag("div", said, class_="head pixnb-head")


def without_widgets(experiment: str, model: Model) -> str:
    """Say what to do in the form's place where it is not shown: marimo knows no ipywidgets."""
    given = "".join(f", {spec.role or spec.name}=…" for spec in specs(model) if spec.required)
    line = f'run = exp.submit("{model.id}"{given})'
    parts = [
        f"The launcher of <b>{html.escape(experiment)}</b> is a form of ipywidgets, which marimo does not show.",
        f"The same in code: <code>{html.escape(line)}</code>, or <code>exp.sweep(…)</code> for many.",
        "What was made lives here: <code>exp.wall()</code> plays it, <code>exp.compare()</code> lists it.",
    ]
    return html.root("".join(html.tag("p", part) for part in parts), class_="card")


def about(model: Model) -> str:
    """Say what a model does, and where the service describes it."""
    page = html.escape(model.docs_url)
    link = f' <a href="{page}" target="_blank" rel="noopener">Documentation</a>' if page else ""
    return f'<div class="pixnb-about">{html.escape(model.description)}{link}</div>'


def retired(model: Model, *, sandbox: bool | None) -> str:
    """Say, before anything is paid, that a service has withdrawn the model; nothing of any other model."""
    text = model.retirement()
    if not text:
        return ""
    said = f"{text} The sandbox still runs it." if sandbox else text
    return html.tag("div", html.linked(said), class_="pixnb-retired", role="note")


def cost(model: Model, expected: Cost | None, *, sandbox: bool | None) -> str:
    """Say what a launch will cost; unknown is said in words, never as a zero."""
    if expected is None and model.price is not None:
        text = f"{model.price}; the length is not known yet"
    else:
        text = wording.money(expected, sandbox=sandbox)
    return _cost(html.escape(f"Cost: {text}"), title="The sandbox charges nothing" if sandbox else None)


def cost_unclear(lacking: str = "") -> str:
    """Say that the cost cannot be told yet: a place in the prompt lacks its values, or a field is wrong."""
    waits_for = f"{html.escape(f'{{{lacking}}}')} has its values" if lacking else "the fields are right"
    return _cost(f"The cost shows when {waits_for}")


def planning(count: int) -> str:
    """Say that a batch is being planned."""
    return _cost(f"Planning {count} runs …")


def batch_cost(total: str) -> str:
    """Say what a batch comes to.

    Args:
        total: The plan's own sentence.
    """
    return html.tag("span", html.escape(total), class_="pixnb-cost pixnb-total", role="status")


def all_there(count: int) -> str:
    """Say that a batch has nothing to send.

    Example:
        >>> all_there(2)
        'All 2 are there already. More repeats make other takes.'
    """
    return f"All {count} are there already. More repeats make other takes."


def plan(table: str) -> str:
    """Return a plan's table, folded away.

    Args:
        table: Its HTML.
    """
    body = html.root(html.tag("div", table, class_="card"), class_="plan")
    return html.tag("details", html.tag("summary", "Plan: every run, its price, what is there already") + body,
                    class_="pixnb-plan")  # fmt: skip


def question(why: str) -> str:
    """Ask whether what is dear is to be sent."""
    return html.tag("span", html.escape(f"Not sent yet: {why}."), role="alert")


def to_mend(names: Sequence[str]) -> str:
    """Say which fields are wrong.

    Example:
        >>> to_mend(["prompt", "fps"])
        'Nothing was sent. See the fields prompt and fps.'
    """
    if not names:
        return "Nothing was sent."
    return f"Nothing was sent. See the field{'s' if len(names) > 1 else ''} {joined(names, 'and')}."


def copied(is_copied: bool) -> str:
    """Say whether the code is on the clipboard."""
    text = "Copied" if is_copied else "Not copied: select the line and press Ctrl+C"
    return f'<span class="pixnb-said" role="status">{text}</span>'


def _cost(text: str, title: str | None = None) -> str:
    return html.tag("span", text, class_="pixnb-cost", title=title)


__all__ = [
    "about",
    "all_there",
    "batch_cost",
    "copied",
    "cost",
    "cost_unclear",
    "head",
    "plan",
    "planning",
    "question",
    "retired",
    "to_mend",
    "without_widgets",
]
