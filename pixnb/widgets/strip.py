"""The filmstrip of a launcher: a tile for each launch, the newest first, and one of them large in the wall's player."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from pixnb import html
from pixnb.display import job as looks
from pixnb.display.films import Films
from pixnb.display.following import Follower
from pixnb.display.guard import guarded
from pixnb.display.host import host
from pixnb.display.looks import Look, look_at
from pixnb.display.marking import Marked
from pixnb.display.ticker import tick
from pixnb.wall.cells import Figures
from pixnb.wall.page import SCRIPTS
from pixnb.widgets.apart import find_shared, name_source, tell_apart
from pixnb.widgets.deeds import Deeds
from pixnb.widgets.tile import Tile, find_output, find_source, name_status, write_pair

if TYPE_CHECKING:
    from pixnb.display.marking import Marks
    from pixnb.media.media import Media
    from pixnb.runs.run import Run
    from pixnb.widgets.launches import Launch, Launches

PAUSE = 0.5
"""Seconds between two updates, at least."""

_STILL = 5_000  # bytes of a still, about
_FEW = 3  # changes that are told one by one


@dataclass(eq=False)
class _Drawn:
    """A launch as it was drawn last."""

    tile: Tile
    status: str = ""
    standing: Any = None
    seen: tuple[Any, ...] = ()
    shown: tuple[Any, ...] = ()
    inputs: Mapping[str, Media] = field(default_factory=dict)


class Strip(Marked):
    """A widget that shows what was launched, follows it, and plays what came of it.

    Args:
        launches: What was launched.
        experiment: The experiment's name, for the names of saved files.
        log: What keeps stars, picks and notes.
        user: Who looks at it.
        use: Fills the form with a run's model and settings.
        code: Writes the line that repeats a run.
        find: Finds in the log what was launched elsewhere; called while somebody looks at it, when the log has news.

    Attributes:
        tiles: The model ids of its tiles, the newest first.
        source: HTML of the sources that most launches share.
        chosen: The ids of the runs that are chosen.
        said: What has changed, for who listens to the page.
    """

    tiles = traitlets.List(traitlets.Unicode()).tag(sync=True)
    source = traitlets.Unicode("").tag(sync=True)
    chosen = traitlets.List(traitlets.Unicode()).tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        launches: Launches,
        *,
        experiment: str,
        log: Marks,
        user: str | None,
        use: Callable[[Run], object],
        code: Callable[[Run], str],
        find: Callable[[], object] = lambda: None,
    ) -> None:
        self._launches, self._find = launches, find
        self._drawn: dict[int, _Drawn] = {}
        self._places: dict[str, Path | None] = {}
        self._shared: Mapping[str, Media] = {}
        self._drawn_at, self._is_due, self._is_ticking, self._is_closed = 0.0, False, False, False
        self._due, self._drawing = threading.Lock(), threading.Lock()
        films = Films(self._places, beside=2)
        super().__init__(_write_page(), [*SCRIPTS, "clipboard", "opened", "strip"], "mountStrip", films,
                         log=log, run_ids=[], user=user)  # fmt: skip
        self._deeds = Deeds(launches, experiment=experiment, use=use, code=code, send=self.send)
        launches.listen(self.draw_soon)
        self.draw_soon()

    @property
    def shown(self) -> list[Tile]:
        """Its tiles, the newest first, as far as they are on the page."""
        found = {drawn.tile.model_id: drawn.tile for drawn in list(self._drawn.values())}
        return [found[name] for name in self.tiles if name in found]

    def draw_soon(self) -> None:
        """Have it brought up to date on a thread, twice a second at most; callable from any thread."""
        with self._due:
            if self._is_due or self._is_closed or not len(self._launches):
                return
            self._is_due = True
            wait = max(0.0, self._drawn_at + PAUSE - time.monotonic())
        # a poster takes its time, and this may be the thread that polls
        timer = threading.Timer(wait, guarded(self._draw, self.say, clears=False))
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        """Take it and its tiles off the page."""
        with self._drawing:
            self._is_closed = True
            for drawn in self._drawn.values():
                drawn.tile.close()
            super().close()

    def _answer(self, widget: Any, content: Any, buffers: Any) -> None:
        if isinstance(content, dict) and "act" in content:
            self._deeds.do(content)
        elif isinstance(content, dict) and isinstance(chosen := content.get("choose"), list):
            known = {drawn.tile.run for drawn in self._drawn.values()}
            self._launches.choose([run_id for run_id in chosen if run_id in known])
        else:
            super()._answer(widget, content, buffers)

    def _look_for_marks(self) -> bool:
        known = self._last
        goes_on = super()._look_for_marks()
        if self._last != known:
            guarded(self._find, self.say, clears=False)()
        return goes_on

    def _draw(self) -> None:
        with self._drawing:
            with self._due:
                self._is_due, self._drawn_at = False, time.monotonic()
            if self._is_closed:
                return
            launches = list(self._launches)
            words = tell_apart([(launch.model, launch.params) for launch in launches])
            self._say_changes([self._write(launch, text) for launch, text in zip(launches, words, strict=True)])
            self._put_up(launches)
            # last, for stills take their time
            self._show_sources(launches)
            for launch, text in zip(launches, words, strict=True):
                self._show_pictures(launch, text)
            if any(_is_open(launch) for launch in launches) and not self._is_ticking:
                self._is_ticking = True
                tick(Follower(self._go_on, rest=0))

    def _go_on(self) -> bool:
        """Have the clocks of its tiles moved on; False when all have ended."""
        self._is_ticking = any(_is_open(launch) for launch in self._launches)
        self.draw_soon()
        return self._is_ticking

    def _write(self, launch: Launch, words: str) -> str:
        """Bring the words of a tile up to date; returns what is to be told of it."""
        drawn = self._drawn.get(launch.number)
        if drawn is None:
            drawn = self._drawn[launch.number] = _Drawn(Tile(number=launch.number))
        standing = launch.run.standing if launch.run is not None else None
        seen = (launch.error, launch.is_on_its_way, launch.place, words)
        if drawn.status and not _is_open(launch) and drawn.standing is standing and drawn.seen == seen:
            return ""
        drawn.standing, drawn.seen = standing, seen
        drawn.tile.write(launch, words)
        before, drawn.status = drawn.status, name_status(launch)
        is_news = before or launch.request is not None or _is_open(launch)  # what had ended before is none
        return f"{launch.called}: {drawn.status}" if is_news and before != drawn.status else ""

    def _say_changes(self, told: Sequence[str]) -> None:
        new = [text for text in told if text]
        if len(new) > _FEW:
            counts = {text.split(": ")[1] for text in new}
            ends = (f"{sum(text.endswith(f': {status}') for text in new)} {status}" for status in sorted(counts))
            self.said = f"{len(new)} runs: {', '.join(ends)}"
        elif new:
            self.said = "; ".join(new)

    def _put_up(self, launches: Sequence[Launch]) -> None:
        mine = [run.run_id for launch in launches if (run := launch.logged) is not None]
        self._take(mine)
        self.tiles = [self._drawn[launch.number].tile.model_id for launch in reversed(launches)]
        self.chosen = list(self._launches.chosen)

    def _show_sources(self, launches: Sequence[Launch]) -> None:
        for launch in launches:
            drawn = self._drawn[launch.number]
            if launch.run is not None and (not drawn.inputs or _is_open(launch)):
                drawn.inputs = looks.input_media(launch.run)
        shared = find_shared([self._drawn[launch.number].inputs for launch in launches])
        if _key(shared) != _key(self._shared):
            self._shared = shared
            self.source = "".join(_write_source(role, media) for role, media in shared.items())

    def _show_pictures(self, launch: Launch, words: str) -> None:
        """Bring the pictures of a tile up to date."""
        drawn, output = self._drawn[launch.number], find_output(launch)
        shown = (output, _key(drawn.inputs), _key(self._shared), words)
        if shown == drawn.shown:
            return
        drawn.shown = shown
        own = [media for role, media in drawn.inputs.items() if (role, media) not in self._shared.items()]
        _, source = find_source(drawn.inputs)
        self._places |= {str(launch.number): output, f"s{launch.number}": source}
        with drawn.tile.hold_sync():
            drawn.tile.inset = next(filter(None, (_look(media.path).poster for media in own)), "")
            drawn.tile.pair = write_pair(launch, words, Figures("live", host(), _look_bare, {}, False), drawn.inputs)
            drawn.tile.picture = _look(output).poster or ""


def _is_open(launch: Launch) -> bool:
    run = launch.logged
    return launch.is_on_its_way or (run is not None and not run.standing.is_settled)


def _key(inputs: Mapping[str, Media]) -> tuple[tuple[str, str], ...]:
    return tuple((role, name_source(media)) for role, media in inputs.items())


def _look(place: Path | None) -> Look:
    return look_at(place, _STILL) if place is not None else Look()


def _look_bare(place: Path | None) -> Look:
    """Look at a file for a cell whose still is in its tile already."""
    return replace(_look(place), poster=None)


def _write_source(role: str, media: Media) -> str:
    look, called = _look(media.path), f"source {looks.called(role)}"
    shown = (
        html.tag("img", src=look.poster, alt=called) if look.poster
        else html.tag("span", "♪" if look.kind == "audio" else "a URL", class_="strip-why")
    )  # fmt: skip
    return html.tag("figure", shown + html.tag("figcaption", html.escape(called)))


def _write_page() -> str:
    sheets = "".join(html.tag("style", html.css(name)) for name in ("wall", "cells", "strip"))
    side = html.tag("div", "", class_="strip-side")
    row = html.tag("ul", "", class_="strip-row", aria_label="Runs, the newest first")
    opened = html.tag("section", "", class_="strip-open", aria_label="One run", tabindex="-1", hidden=True)
    live = html.tag("span", "", class_="wall-live strip-live", role="status")
    line = html.tag("div", side + row, class_="strip-line-up")
    root = html.tag("div", line + opened + live, class_=f"pixnb {html.NO_MATH} pixnb-strip", hidden=True)
    return html.tag("div", sheets + root)


__all__ = ["PAUSE", "Strip"]
