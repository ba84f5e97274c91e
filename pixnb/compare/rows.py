"""The rows of a table as HTML: a run each with its clip, its cells, and why there is none where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pixnb import html
from pixnb.compare.clips import PAGE, Clip
from pixnb.compare.column_kinds import Prompt, Status, mark
from pixnb.compare.columns import Cell, Column
from pixnb.compare.content import Content, Group, Row
from pixnb.compare.prompts import excerpt
from pixnb.compare.table import cut
from pixnb.display import wording
from pixnb.display.poster import shrink_uri
from pixnb.display.video import words_if_lost

_LONG_ERROR, _LEAN_ERROR = 70, 42
_STILL = html.tag("span", "still", class_="still without-film", title="The clip does not play here: see above")
_PROMPT, _DENSE_PROMPT, _LEAN_PROMPT = 150, 84, 60  # characters


@dataclass(frozen=True)
class Drawing:
    """How rows are drawn.

    Attributes:
        content: What they say.
        clips: For each row's number its clip.
        stills: Pictures of inputs, as data URIs by place.
        is_dense: Whether rows are low.
        has_clips: Whether there is a column of clips.
        plays: Whether clips play by themselves; else a script makes stills play.
        is_whole: Whether rows that are not seen at first have all that the others have.
    """

    content: Content
    clips: Mapping[int, Clip]
    stills: Mapping[str, str | None]
    is_dense: bool
    has_clips: bool
    plays: bool
    is_whole: bool = False

    def write(self, most: int) -> tuple[str, int]:
        """Return the bodies of the table within so many letters, and how many rows are in them."""
        parts, count = [], 0
        for group in self.content.groups:
            rows = []
            for row in group.rows:
                drawn = self._row(row, is_later=count >= PAGE) if self.is_whole or count < PAGE else self._lean(row)
                most -= len(drawn)
                if most < 0 and count:
                    break
                rows.append(drawn)
                count += 1
            if rows:
                head = self._head(group, is_later=count - len(rows) >= PAGE) if group.heads else ""
                parts.append(html.tag("tbody", head + "".join(rows)))
            if most < 0:
                break
        return "".join(parts), count

    def _head(self, group: Group, *, is_later: bool) -> str:
        said = [_told(column, cell) for column, cell in group.heads]
        same = [
            html.tag("span", self._still_of(cell) + _told(column, cell), class_="same")
            for column, cell in group.same
        ]  # fmt: skip
        across = 1 + self.has_clips + len(self.content.columns)
        count = html.tag("small", f"{len(group.rows)} run{'' if len(group.rows) == 1 else 's'}")
        inner = html.tag("th", " ".join([*said, count, *same]), colspan=across, scope="rowgroup")
        return html.tag("tr", inner, class_="group", hidden=is_later)

    def _still_of(self, cell: Cell) -> str:
        return "".join(html.image(still) for place in cell.places if (still := self.stills.get(place)))

    def _row(self, row: Row, *, is_later: bool) -> str:
        clip = self.clips[row.number]
        named = f"run_id {row.run_id}" if row.run_id else None
        cells = [html.tag("td", str(row.number), class_="nr", title=named)]
        if self.has_clips:
            cells.append(html.tag("td", self._clip(row, clip), class_="clip"))
        most = _DENSE_PROMPT if self.is_dense else _PROMPT
        cells += [
            html.tag("td", column.html(cell, self.stills, most=most), class_=column.css(cell),
                     data_label=column.title if column.is_named else None)
            for column, cell in self.content.cells(row)
        ]  # fmt: skip
        shape = "none" if not clip.kind else "high" if clip.is_tall or row.error else ""
        return html.tag("tr", "".join(cells), class_=f"run {shape}".strip(), data_run=row.run_id or None,
                        hidden=is_later)  # fmt: skip

    def _lean(self, row: Row) -> str:
        """A row that is not seen at first: its words alone; the script gives it the looks of the others."""
        cells = [_lean_text(column, cell) for column, cell in self.content.cells(row)]
        if self.has_clips:
            clip = self.clips[row.number]
            why = html.escape(cut(row.error or row.absence, _LEAN_ERROR)) if not clip.kind else ""
            kind = f' data-kind="{clip.kind}"' if clip.kind in ("image", "audio") else ""
            cells[:1] = [f"<td{kind}>{why}</td><td>{cells[0]}"] if cells else [f"<td{kind}>{why}"]
        elif cells:
            cells[0] = f"<td>{cells[0]}"
        run = f' data-run="{html.escape(row.run_id)}"' if row.run_id else ""
        return f"<tr data-lean hidden{run}><td>{row.number}</td>{'</td><td>'.join(cells)}</td></tr>"

    def _clip(self, row: Row, clip: Clip) -> str:
        if clip.kind:
            error = _why(row.error, "error") if row.error else ""
            return write_figure(clip, f"Clip of run {row.number}", name=str(row.number), plays=self.plays) + error
        if row.error:
            return _why(row.error, "gap why" if wording.tone(row.status) == "bad" else "gap why calm")
        return html.tag("div", row.absence, class_="gap")


def write_figure(clip: Clip, label: str, *, name: str, plays: bool, caption: str = "") -> str:
    """Return a clip as a figure.

    Args:
        clip: The clip.
        label: What a screen reader says.
        name: How the script asks for it.
        plays: Whether it plays by itself; else a script makes the still play.
        caption: HTML under it.
    """
    width, height = clip.size or (None, None)
    inner = _player(clip, label) if plays else ""
    if not inner:
        inner = _still(clip, label) + (_STILL if plays and clip.kind == "video" else "")
    return html.tag(
        "figure",
        inner + caption,
        class_="tall" if clip.is_tall else None,
        data_n=name,
        data_kind=clip.kind,
        style=f"--w:{width};--h:{height}" if width else None,
    )


def _player(clip: Clip, label: str) -> str:
    """The element that plays or shows a clip by itself; "" where only its still is at hand."""
    url, lost = clip.source.url, words_if_lost(clip.source)
    if url and clip.kind == "audio":
        return html.audio(url, label=label, lost=lost, preload="metadata")
    if url and clip.kind == "video":
        return html.video(url, poster=clip.poster, label=label, size=small(clip.size), lost=lost,
                          still=shrink_uri(clip.poster))  # fmt: skip
    if url and clip.kind == "image":
        if clip.source.how == "embedded":
            return html.image(url, label=label, size=small(clip.size))
        return html.picture(clip.poster or url, label=label, size=small(clip.size), full=url)
    return ""


def _still(clip: Clip, label: str) -> str:
    if clip.poster:
        return html.image(clip.poster, label=label, size=small(clip.size))
    return html.tag("div", html.escape(clip.name), class_="gap") if clip.kind == "audio" else ""


def small(size: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return a size for the tags, for a notebook of somebody else's, whose style sheets are taken out."""
    if size is None:
        return None
    scale = min(1.0, 320 / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _told(column: Column, cell: Cell) -> str:
    title = html.tag("span", html.escape(column.title), class_="soft")
    return f"{title} {html.tag('span', column.heading(cell), class_='told')}"


def _why(error: str, classes: str) -> str:
    """What went wrong; a long text is opened by a press, for rows are low."""
    if len(error) <= _LONG_ERROR:
        return html.tag("div", html.escape(error), class_=classes)
    return html.tag("details", html.tag("summary", html.escape(error)), class_=classes)


def _lean_text(column: Column, cell: Cell) -> str:
    if isinstance(column, Prompt) and cell.pieces:
        return mark(excerpt(cell.pieces, most=_LEAN_PROMPT, around=1))
    return html.escape(cell.text.lower() if isinstance(column, Status) else column.line(cell))


def heads_of(columns: Sequence[Column]) -> Iterator[str]:
    """Give the heads of columns, with what the script needs to know of them."""
    for column in columns:
        yield html.tag("th", html.escape(column.title), scope="col", class_=column.css(),
                       data_label=column.title if column.is_named else None)  # fmt: skip


__all__ = ["PAGE", "Drawing", "heads_of", "small", "write_figure"]
