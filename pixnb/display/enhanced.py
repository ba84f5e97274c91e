"""A page that Python makes and a script makes alive: its films and a person's marks come and go as messages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import anywidget
import traitlets

from pixnb import visitors
from pixnb.display.films import Films
from pixnb.display.guard import guarded
from pixnb.display.scripts import join_widget

_AT_ONCE = 2  # previews that are made beside each other
_LONGEST = 20_000  # characters of a note


@dataclass(frozen=True)
class Mark:
    """What a person says of a run.

    Attributes:
        run_id: The run.
        what: "stars" (1 to 5, or None to take them away), "picked" (True or False), "note" (a text), or "unnote" (the
            id of a note that goes).
        value: As above.
        at: Seconds into the clip, of a note; None for one of the whole.
    """

    run_id: str
    what: Literal["stars", "picked", "note", "unnote"]
    value: int | bool | str | None
    at: float | None = None


def read_mark(given: Any) -> Mark | None:
    """Read a mark out of a page's message; None for what is none.

    Args:
        given: `{"run": …}` with one of `stars`, `picked`, `note` (and `at`), `unnote`.

    Example:
        >>> read_mark({"run": "r1", "stars": 4})
        Mark(run_id='r1', what='stars', value=4, at=None)
        >>> read_mark({"run": "r1", "stars": 9}) is None
        True
    """
    if not isinstance(given, dict) or not isinstance(run := given.get("run"), str):
        return None
    stars, picked, note, unnote = (given.get(name) for name in ("stars", "picked", "note", "unnote"))
    if "stars" in given and (stars is None or (type(stars) is int and 1 <= stars <= 5)):
        return Mark(run, "stars", stars)
    if isinstance(picked, bool):
        return Mark(run, "picked", picked)
    if isinstance(note, str) and note.strip():
        return Mark(run, "note", note.strip()[:_LONGEST], _read_moment(given.get("at")))
    if isinstance(unnote, str | int) and not isinstance(unnote, bool):
        return Mark(run, "unnote", unnote)
    return None


class Enhanced(anywidget.AnyWidget):
    """A widget that shows a page and lets a script make it alive. No film is ever in its state.

    The page carries its own style: it is the HTML of `html.root`, whose cells are `[data-n]`.

    Args:
        page: HTML, escaped by the caller.
        scripts: Files that make it alive, as `scripts.join` takes them.
        mount: The function in them that does: takes the page's root and a host.
        films: What its cells play, by their `data-n`.
        marks: What people said of its runs until now, by run: `{"stars": 4, "picked": True, "notes": [{"id": 1,
            "at": 1.2, "text": "…"}]}`.
        on_mark: Is called, on a thread, for each mark that a person makes; what it raises is shown. Left out, marks
            stay in the page.
        turn: Gives another page by its number, where there are several.

    Example:
        >>> made = Enhanced("<div class='pixnb'></div>", [], "Boolean", Films({}))
        >>> made.keeps
        'page'
    """

    _esm = traitlets.Unicode("").tag(sync=True)

    page = traitlets.Unicode("").tag(sync=True)
    marks = traitlets.Dict().tag(sync=True)
    keeps = traitlets.Unicode("page").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        page: str,
        scripts: Sequence[str],
        mount: str,
        films: Films,
        *,
        marks: Mapping[str, Any] | None = None,
        on_mark: Callable[[Mark], object] | None = None,
        turn: Callable[[int], str] | None = None,
    ) -> None:
        keeps = "page" if on_mark is None else "log"
        super().__init__(_esm=join_widget(scripts, mount), page=page, marks=dict(marks or {}), keeps=keeps)
        self._films, self._on_mark, self._turn = films, on_mark, turn
        self._asked: set[tuple[str, bool]] = set()
        self._lock = threading.Lock()
        self.on_msg(self._answer)

    @property
    def view(self) -> dict[str, Any]:
        """What stands for it in an output: its view, and plain text."""
        made = self._repr_mimebundle_()
        return made[0] if made else {}

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        """Do what the page asks, on another thread: a preview takes its time, and a log may be locked."""
        asked: Mapping[str, Any] = content if isinstance(content, dict) else {}
        if isinstance(name := asked.get("film"), str | int):
            self._give(str(name), by_url=asked.get("bytes") is not True)
        elif "mark" in asked and self._on_mark is not None:
            self._start(lambda: self._take_mark(asked))
        elif isinstance(number := asked.get("page"), int) and self._turn is not None:
            turn = self._turn
            self._start(lambda: setattr(self, "page", turn(number)))

    def _take_mark(self, asked: Mapping[str, Any]) -> None:
        """Have a mark kept, and tell the page whether it is: until then it is in doubt there."""
        is_kept = False
        try:
            if self._on_mark is not None and (mark := read_mark(asked["mark"])) is not None:
                self._on_mark(mark)
                is_kept = True
        finally:
            self.send({"mark": asked.get("as"), "kept": is_kept})

    def _start(self, action: Callable[[], object]) -> None:
        _marking().submit(guarded(action, self.say))

    def say(self, text: str) -> None:
        """Show what went wrong; "" for nothing."""
        self.error = visitors.hide_folders(text)

    def _give(self, name: str, *, by_url: bool) -> None:
        with self._lock:  # two views of it ask alike, and both hear the answer
            if (name, by_url) in self._asked:
                return
            self._asked.add((name, by_url))
        _filming().submit(self._send_film, name, by_url)

    def _send_film(self, name: str, by_url: bool) -> None:
        try:
            words, buffers = self._films.find(name, by_url=by_url).parts
        finally:
            with self._lock:
                self._asked.discard((name, by_url))
        self.send({"film": name, **words}, buffers)


def _read_moment(value: Any) -> float | None:
    is_moment = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6
    return float(value) if is_moment else None


@cache
def _filming() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="pixnb-films")


@cache
def _marking() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="pixnb-marks")  # in the order in which they were made


__all__ = ["Enhanced", "Mark", "read_mark"]
