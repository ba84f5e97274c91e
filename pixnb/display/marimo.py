"""What marimo shows of an object: a widget that lives where there is one, else its HTML.

marimo asks an object for `_display_`, before anything that IPython asks for. It knows widgets of anywidget, in a shadow
root each, and none of ipywidgets; of a bundle it would show each kind in a tab of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pixnb import html
from pixnb.display.host import host
from pixnb.show import shown
from pixnb.terminal import get_logger

logger = get_logger(__name__)


@dataclass(frozen=True)
class Page:
    """HTML that marimo takes as it is.

    Attributes:
        html: A whole output.

    Example:
        >>> Page("<b>lamp</b>")._mime_()
        ('text/html', '<b>lamp</b>')
    """

    html: str

    def _mime_(self) -> tuple[str, str]:
        return "text/html", self.html


def choose(given: Any) -> Any:
    """Choose what marimo shows in an object's place.

    Args:
        given: Any object of ours that shows itself.

    Returns:
        A widget of anywidget's, in a notebook that runs; else a `Page`. An error never hides the object.
    """
    if host().name == "marimo":
        try:
            if (live := _make_live(given)) is not None:
                return live
        except Exception:
            logger.exception("showing a %s alive failed; it is shown as it stands", type(given).__name__)
    made = shown(given)
    return Page(made.get("text/html") or html.root(html.tag("pre", html.escape(made["text/plain"]))))


def stack(*parts: Any) -> Any:
    """Put what marimo shows under each other.

    Args:
        *parts: Pages and widgets of anywidget.

    Returns:
        One thing for `_display_` to return; in a process where no notebook of marimo runs, the pages alone.
    """
    if host().name == "marimo":
        return sys.modules["marimo"].vstack(list(parts))
    return Page("".join(part.html for part in parts if isinstance(part, Page)))


def _make_live(given: Any) -> Any:
    for kind in type(given).__mro__:
        if make := _LIVE.get(f"{kind.__module__}.{kind.__qualname__}"):
            return make(given)
    return None


def _watch(sweep: Any) -> Any:
    from pixnb.display.sweep_live import SweepCard, is_worth_watching

    return SweepCard(sweep) if is_worth_watching(sweep) else None


def _follow(job: Any) -> Any:
    from pixnb.display.followed import Followed

    return None if job.standing.is_settled else Followed(job)


_LIVE: Mapping[str, Callable[[Any], Any]] = {
    "pixnb.client.job.Job": _follow,
    "pixnb.compare.comparison.Table": lambda table: table.make_live(),
    "pixnb.runs.sweep.Sweep": _watch,
    "pixnb.wall.wall.Wall": lambda wall: wall.make_live(),
}

__all__ = ["Page", "choose", "stack"]
