"""The cells of a wall as HTML: each a figure with its still, its words, and what the player wants to know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pixnb import html
from pixnb.compare.column_kinds import Money, Note, Picked, Stars
from pixnb.compare.columns import Cell, Column
from pixnb.compare.rows import small
from pixnb.display import wording
from pixnb.display.films import find_url
from pixnb.display.host import Host
from pixnb.display.looks import Look
from pixnb.display.poster import shrink_uri
from pixnb.display.video import Source as Played
from pixnb.display.video import is_playable, words_if_lost
from pixnb.media.media import Media
from pixnb.terminal import shorten
from pixnb.wall.matrix import Spot
from pixnb.wall.sources import Source

Form = Literal["page", "live", "still"]
"""Where it is shown: in a page of its own whose script knows the films; in a notebook with the player; in a notebook
that is read without its kernel."""

_WHY, _NOTE = 120, 90  # letters in a cell


@dataclass(frozen=True)
class Figures:
    """Writes the cells of a wall.

    Attributes:
        form: Where they are shown.
        at: The host.
        look: What is seen of each file.
        films: Addresses of films by the cells' names, for a page that has them.
        is_simulated: Whether a sandbox made all of it, which then is said once.
    """

    form: Form
    at: Host
    look: Callable[[Path | None], Look]
    films: Mapping[str, str]
    is_simulated: bool

    def write_source(self, source: Source, *, is_inset: bool = False) -> str:
        """Return the cell of a source; a small one, where it stands in the place of runs."""
        why = "" if source.path else "A URL, which is not loaded here"
        caption = html.tag("span", html.escape(source.label))
        tone = "calm wall-source wall-inset" if is_inset else "calm wall-source"
        return self.write_figure(source.name, source.path, source.label, tone, caption=caption, why=why)

    def write_run(self, spot: Spot, source: str | None, *, is_called: bool) -> str:
        """Return the cell of a run.

        Args:
            spot: The run.
            source: The name of the source beside it.
            is_called: Whether it says what it is: no head does.
        """
        row, look = spot.row, self.look(spot.row.output)
        tone = wording.tone(row.status) if row.status else "good" if look.kind != "none" else "calm"
        picked = any(isinstance(column, Picked) for column, _ in spot.facts)
        caption = self._caption(spot, is_called=is_called)
        tone += " picked" if picked else ""
        return self.write_figure(str(row.number), row.output, spot.label, tone, caption=caption, why=spot.why,
                                 data_run=row.run_id or None, data_source=source)  # fmt: skip

    def write_figure(
        self, name: str, place: Path | None, label: str, tone: str, *, caption: str = "", why: str = "", **more: object
    ) -> str:
        """Return a cell.

        Args:
            name: What the player calls it.
            place: Its file; None where it has none.
            label: What it is, in one line.
            tone: Classes.
            caption: HTML under it.
            why: Why there is nothing to see; found when left out.
            **more: Attributes.
        """
        look = self.look(place)
        screen, is_playing = self._screen(place, look, label, is_called=html.escape(label) in caption)
        why = why or look.why or ("" if screen else "This file cannot be shown")
        shown = screen or html.tag("div", html.escape(shorten(why, _WHY)), class_="wall-why", title=_long(why, _WHY))
        return html.tag(
            "figure",
            shown + html.tag("figcaption", caption, class_="wall-said"),
            class_=f"wall-cell {tone}{' loaded' if is_playing else ''}",
            data_n=name,
            **more,
            data_kind=look.kind,
            data_label=label,
            data_seconds=f"{look.seconds:.3f}".rstrip("0").rstrip(".") if look.seconds else None,
            data_fps=f"{look.fps:.6g}" if look.fps else None,
            data_sound="1" if look.has_sound else None,
            **self._addresses(name, place, look),
            style=f"--w:{look.size[0]};--h:{look.size[1]}" if look.size else None,
        )

    def _addresses(self, name: str, place: Path | None, look: Look) -> dict[str, str | None]:
        """Return where the player finds a film; one that is heavy is for who looks at it alone."""
        if look.kind == "none" or self.form == "still":
            return {}
        if self.form == "page":
            return {"data_src": self.films.get(name)}
        return {"data_whole" if look.is_heavy else "data_src": find_url(place, at=self.at)}

    def _screen(self, place: Path | None, look: Look, label: str, is_called: bool) -> tuple[str, bool]:
        """Return what is seen of a file, and whether it plays there without the player."""
        if look.kind == "none" or place is None:
            return "", False
        url = self.still_url(place) if self.form == "still" else None
        size = small(look.size)
        if look.kind == "audio":
            inner = (
                html.audio(url, label=label) if url else html.tag("span", "♪", class_="wall-sound", aria_hidden="true")
            )
        elif look.kind == "video" and url:
            inner = html.video(url, poster=look.poster, label=label, size=size, preload="none",
                               lost=words_if_lost(Played(url, "file")), still=shrink_uri(look.poster))  # fmt: skip
        else:
            # what its caption says is not read out twice
            inner = html.tag("img", class_="wall-poster", alt="" if is_called else label, src=look.poster,
                             width=size and size[0], height=size and size[1])  # fmt: skip
            if url:
                inner = html.tag("a", inner, href=url, target="_blank", rel="noopener", title="Open in full size")
        return html.tag("div", inner, class_="wall-screen"), bool(url)

    def _caption(self, spot: Spot, *, is_called: bool) -> str:
        row = spot.row
        parts = [html.tag("span", html.escape(spot.apart), class_="wall-label")] if is_called and spot.apart else []
        parts.append(html.tag("b", str(row.number), title=f"Run {row.number} of the table"))
        if row.status and row.status != "COMPLETED":
            parts.append(html.tag("span", html.escape(row.status.lower()), class_=f"badge {wording.tone(row.status)}"))
        stars, notes = "", []
        for column, cell in spot.facts:
            if isinstance(column, Stars):
                count = cell.text.count("★")
                stars = html.tag("span", html.escape(cell.text), class_="wall-stars", data_stars=count, role="img",
                                 aria_label=f"{count} of 5 stars")  # fmt: skip
            elif isinstance(column, Note):
                notes.append(cell.text)
            elif isinstance(column, Picked):
                continue
            else:
                parts.append(html.tag("span", html.escape(self._say(column, cell)), class_="wall-fact"))
        if notes:
            words = "; ".join(notes)
            parts.append(
                html.tag("span", html.escape(shorten(words, _NOTE)), class_="wall-noted", title=_long(words, _NOTE))
            )
        return " ".join(filter(None, [*parts, stars]))  # words stay apart where the style sheet is taken away

    def _say(self, column: Column, cell: Cell) -> str:
        if isinstance(column, Money) and self.is_simulated and cell.aside == "simulated":
            return cell.text
        return column.named(cell)

    def still_url(self, place: Path) -> str | None:
        """Return the address at which a saved notebook finds a file that plays as it is; None where it finds none."""
        url = self.at.relative_url(place)
        return url if url and is_playable(Media(place)) else None


def _long(text: str, most: int) -> str | None:
    return text if len(text) > most else None


__all__ = ["Figures", "Form"]
