"""What an experiment has made already, to choose an input from: so edits chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from pixnb.display.guard import start_behind
from pixnb.display.poster import tile_uri
from pixnb.media.opening import UNREADABLE
from pixnb.terminal import shorten

if TYPE_CHECKING:
    from pixnb.runs.earlier import Made

_POSTER = 3_000
_CUT = 70


class Earlier(anywidget.AnyWidget):
    """A row of earlier outputs, each a small picture with its words; it takes no room while it is closed.

    Args:
        read: Reads what there is, the newest first.
        chosen: Called with the one that is chosen, and its words.
        closed: Called when a person closes it.
        label: What a screen reader says.

    Attributes:
        items: What is shown: the number, a poster and the words of each. No file is among it.
        note: Why there is nothing to show.
    """

    _esm = Path(__file__).parent / "static" / "earlier.js"
    items = traitlets.List(traitlets.Dict()).tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    is_open = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        read: Callable[[], Sequence[Made]],
        *,
        chosen: Callable[[Made, str], object],
        closed: Callable[[], object],
        label: str,
    ) -> None:
        super().__init__(label=label)
        self._read, self._chosen, self._closed = read, chosen, closed
        self._found: Sequence[Made] = ()
        self.on_msg(self._hear)

    def unfold(self, is_open: bool) -> None:
        """Show what there is now, or close it."""
        self.is_open = is_open
        if is_open:
            self.note = "Looking …" if not self.items else ""
            # posters are made of files, behind
            start_behind(self._fill, self._say, clears=False)

    def _fill(self) -> None:
        self._found = found = list(self._read())
        self.items = [{"n": number, "poster": _draw(made), "words": _word(made)} for number, made in enumerate(found)]
        self.note = "" if found else "Nothing yet: what this experiment has made is offered here."

    def _say(self, text: str) -> None:
        self.note = f"The log cannot be read: {text}"

    def _hear(self, _: object, content: Mapping[str, Any], __: object) -> None:
        number = content.get("choose")
        if isinstance(number, int) and 0 <= number < len(self._found):
            made = self._found[number]
            self._chosen(made, _word(made))
        self._closed()


def _draw(made: Made) -> str:
    try:
        return tile_uri(made.media, _POSTER) or ""
    except UNREADABLE:
        return ""


def _word(made: Made) -> str:
    return " · ".join(part for part in (shorten(made.prompt, _CUT), made.model, f"take {made.take}") if part)


__all__ = ["Earlier"]
