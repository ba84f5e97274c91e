"""What an experiment looks like: its counts, its money, and the newest of what it made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb import html
from pixnb.display import sheet, wording
from pixnb.display.video import Budget, figure_html
from pixnb.media.media import Media
from pixnb.project import is_file
from pixnb.status import SETTLED

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.experiment import Experiment

_NEWEST = 6
_CUT = 160


def bundle(exp: Experiment) -> dict[str, Any]:
    """Return an experiment's bundle: what there is in it, and the newest runs."""
    frame = exp.frame()
    counts = Counter(frame["status"].tolist())
    newest: list[dict[Any, Any]] = frame.iloc[::-1].head(_NEWEST).to_dict("records")
    said = [f"{len(frame)} run{'' if len(frame) == 1 else 's'}", *_money(exp, frame)]
    text = "\n".join([repr(exp), ", ".join([*said, *(f"{n} {status}" for status, n in counts.items())])])
    title = f"{exp.name} · {' · '.join(said)}"
    head = [sheet.words(title, most=2)]
    tiles = [sheet.Tile(_output(row), [sheet.words(_words(row), "soft")]) for row in newest]
    return {
        "text/html": _page(exp, said, counts, newest),
        "image/png": sheet.draw([sheet.Block(head, tiles)]),
        "text/plain": text,
    }


def _page(exp: Experiment, said: list[str], counts: Mapping[str, int], newest: list[dict[Any, Any]]) -> str:
    marks = [html.tag("b", html.escape(exp.name))]
    for status, count in counts.items():
        marks.append(html.tag("span", html.escape(f"{count} {status}"), class_=f"badge {wording.tone(status)}"))
    if any(row.get("sandbox") is True or wording.is_given(row.get("cost_simulated")) for row in newest):
        marks.append(wording.sandbox_badge())
    facts = html.escape(" · ".join([*said, f"log {exp.log.where}"]))
    budget = Budget()
    wall = "".join(_card(row, budget) for row in newest)
    hint = f"The newest {len(newest)} are shown; exp.frame() has them all." if sum(counts.values()) > _NEWEST else ""
    inner = html.tag("div", " ".join(marks), class_="head") + html.tag("div", facts, class_="facts")
    inner += html.tag("div", wall, class_="wall") if wall else html.tag("div", "No runs yet.", class_="gap")
    return html.root(inner + (html.tag("small", hint) if hint else ""), class_="experiment")


def _money(exp: Experiment, frame: pd.DataFrame) -> list[str]:
    simulated = ", simulated" if len(frame) and frame["sandbox"].fillna(False).all() else ""
    said = [f"{exp.spent} spent{simulated}"]
    remaining = exp.remaining
    return said if remaining is None else [*said, f"{remaining} left of {exp.budget}"]


def _card(row: Mapping[Any, Any], budget: Budget) -> str:
    status, media = str(row["status"]), _output(row)
    prompt = _prompt(row)
    words = _shortened(prompt)
    caption = html.tag("b", html.escape(words), title=prompt) + "<br>"
    ended = [wording.cost(row), wording.seconds(row)] if status in SETTLED else []  # before that no cost is settled
    caption += html.escape(" · ".join([row["model"], *ended]))
    if status != "COMPLETED":
        caption = html.tag("span", status, class_=f"badge {wording.tone(status)}") + " " + caption
    if media is not None:
        return figure_html(media, budget=budget, label=words, caption=caption)
    why = html.escape(_shortened(row["error"])) if wording.is_given(row["error"]) else "Nothing yet."
    return html.tag("figure", html.tag("div", why, class_="gap") + html.tag("figcaption", caption))


def _shortened(text: str) -> str:
    if len(text) <= _CUT:
        return text
    cut = text[: _CUT - 2]
    return (cut.rpartition(" ")[0] or cut) + " …"


def _output(row: Mapping[Any, Any]) -> Media | None:
    place = row["output_path"]
    return Media(place) if wording.is_given(place) and is_file(Path(place)) else None


def _prompt(row: Mapping[Any, Any]) -> str:
    return str(row["prompt"] if wording.is_given(row["prompt"]) else row["model"])


def _words(row: Mapping[Any, Any]) -> str:
    status = str(row["status"])
    return _prompt(row) if status == "COMPLETED" else f"{status}: {_prompt(row)}"


__all__ = ["bundle"]
