"""The app: launcher, wall and table on one page, which follow what is launched, here and elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets
from sqlalchemy import select

from pixnb import html
from pixnb.compare.live import TableCard
from pixnb.display.following import Follower
from pixnb.display.guard import ErrorLine, guarded
from pixnb.display.marimo import stack
from pixnb.display.publish import publish_standing_in, replace_page
from pixnb.display.ticker import tick
from pixnb.living import Living
from pixnb.log.schema import events
from pixnb.wall.live import WallCard
from pixnb.wall.matrix import is_open

if TYPE_CHECKING:
    from pixnb.views import Views
    from pixnb.widgets.launcher import Launcher

_ROOT = "pixnb-app"
_REST = 2  # times what a look took, before the next: somebody waits for a clip
_MARKED = ("starred", "picked", "noted")  # which wall and table hear of by themselves
_latest = select(events.c.seq).where(events.c.kind.not_in(_MARKED)).order_by(events.c.seq.desc()).limit(1)


class App(Living, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Launcher, wall and table of an experiment, one under the other.

    Runs come into wall and table as they are launched, by this form, another cell or another process. Who plays a
    clip, enlarges one or filters is not disturbed by them.

    Args:
        launcher: What launches.
        views: The experiment, whose runs are seen.

    Attributes:
        launcher: As above; its `fill`, `launch` and `runs` are those of the form that is seen.

    Example:
        >>> app = exp.app("lucy-edit-fast")  # doctest: +SKIP
        >>> app  # doctest: +SKIP
        >>> app.launcher.fill(prompt="A red coat")  # doctest: +SKIP
    """

    _instead: ClassVar[str] = "Keep its experiment's name, and make exp.app(model) there"
    _guesses: ClassVar[Mapping[str, str]] = {
        "fill launch code params runs last model": "app.launcher has it",
        "show display view serve run": "an app as the last line of a cell shows itself; `pixnb app` serves it",
        "wall table compare report": "exp.wall(), exp.compare() and exp.report(path) make them by themselves",
    }

    def __init__(self, launcher: Launcher, views: Views) -> None:
        self.launcher, self._views = launcher, views
        self._names: list[str] = []  # of the pages that stand for it in a saved notebook
        self._seen: int | None = self._count()
        wall, table = views.wall(), views.compare()
        self._wall = WallCard(wall.parts, log=wall.log, user=wall.user, is_renewed=True)
        self._table = TableCard(table.content, "Runs", log=table.log, user=table.user, is_renewed=True)
        self._alert = ErrorLine()
        self._alert.add_class("pixnb")
        self._empty = ipywidgets.HTML(_write_empty())
        super().__init__([launcher, self._alert, self._empty, self._wall, self._table], layout={"grid_gap": "20px"})
        self.add_class(_ROOT)
        launcher.layout.max_width = "none"  # as wide as the wall below it
        self._make_room(len(wall))
        tick(Follower(self._follow, rest=_REST))

    def close(self) -> None:
        """Take it off its page, and follow no more."""
        self._seen = None
        super().close()

    def _follow(self) -> bool:
        if not (self._wall.is_forgotten and self._table.is_forgotten):  # as that of a cell which has run once more
            guarded(self._look, self._alert.say)()
        return self._seen is not None

    def _look(self) -> None:
        count = self._count()
        if self._seen in (None, count):
            return
        wall, table = self._views.wall(), self._views.compare()
        self._make_room(len(wall))
        self._wall.renew(wall.matrix)
        self._table.renew(table.content)
        self._seen = count
        if self._names and not is_open(wall.matrix):
            made = self._make()
            for name in self._names:
                replace_page(made, root=_ROOT, name=name)

    def _count(self) -> int:
        """Number what happened last in the log; a question that a log of any size answers at once."""
        found = self._views.log.read(_latest)
        return int(found[0]["seq"]) if found else 0

    def _make_room(self, runs: int) -> None:
        for card in (self._wall, self._table):
            card.layout.display = None if runs else "none"
        self._empty.layout.display = "none" if runs else None

    def _ipython_display_(self) -> None:
        self._names.append(publish_standing_in(self._view(), self._make(), root=_ROOT))

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**self._make(), **self._view(**options)}

    def _view(self, **options: Any) -> dict[str, Any]:
        return {**(super()._repr_mimebundle_(**options) or {}), "text/plain": repr(self)}

    def _make(self) -> dict[str, Any]:
        """Return what stands for it in a saved notebook: its wall; before the first run what stands for the form."""
        wall, plain = self._views.wall(), {"text/plain": repr(self)}
        if not len(wall):
            return {"text/html": self.launcher._repr_mimebundle_()["text/html"], **plain}
        said = html.root(html.tag("p", f"The app of <b>{html.escape(self._views.name)}</b>: run the cell to use it."))
        return {"text/html": said + wall.html(), "image/png": wall.png(), **plain}

    def _display_(self) -> Any:
        return stack(self.launcher._display_(), self._wall, self._table)

    def __repr__(self) -> str:
        return f"<App of {self._views.name!r}>"


def _write_empty() -> str:
    """Return what is seen before the first run."""
    said = html.tag("p", "Your runs come here: a wall on which all clips play in step, and a table of what each took.")
    places = html.tag("div", "<i></i>" * 4, class_="app-places", aria_hidden="true")
    return html.tag("style", html.css("app")) + html.tag("div", said + places, class_="pixnb app-empty")


__all__ = ["App"]
