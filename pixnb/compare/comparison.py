"""Runs beside each other as a table with their clips: in a notebook, as a web page, as a picture, as text."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pixnb import show
from pixnb.compare import clips, contact, pages
from pixnb.compare.content import Content, content
from pixnb.compare.files import choose_form, write_whole
from pixnb.compare.latex import write_latex
from pixnb.compare.markdown import write_markdown
from pixnb.compare.outcomes import warn_of_enhancer
from pixnb.compare.table import text_of
from pixnb.display import wording
from pixnb.display.publish import alive_bundle
from pixnb.living import Outlook

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.display.enhanced import Enhanced
    from pixnb.display.marking import Marks

_FORMS = (".html", ".png", ".txt", ".md", ".tex")
_TEXT_ROWS = 60  # of the plain text beside a notebook's output
_MANY_ROWS = 100  # beyond which its picture has as many stills as there is room for beside the HTML
_BYTES, _TILE_BYTES = 385_000, 12_000  # of an output of so many, and of a still in its picture, in letters


@dataclass(frozen=True, repr=False)
class Table(Outlook):
    """A row a run: clip, prompt with the differing words marked, what varies, and what came of it.

    Attributes:
        content: What it says; `content.rows` are its rows.
        title: Its heading.
        density: "compact" or "roomy"; None for what fits: ten rows are roomy, more are compact.
        log: What keeps the stars that are clicked in a notebook; None where they stay in its page.
        user: Who clicks them.

    Example:
        >>> import pandas as pd
        >>> runs = pd.DataFrame({"run_id": ["a", "b"], "prompt": ["A red coat", "A blue coat"], "take": [1, 1]})
        >>> compare(runs)
        #  prompt
        ─  ───────────
        1  A red coat
        2  A blue coat
    """

    _guesses: ClassVar[Mapping[str, str]] = {
        "show display view plot": "a table as the last line of a cell shows itself; display(table) does it within one",
        "to_html to_page": 'table.save("runs.html") writes a page, table.html() gives what a notebook shows',
        "to_png to_image": 'table.png() gives the contact sheet, table.save("runs.png") writes it',
        "to_pdf pdf savefig figure fig": 'exp.wall().save("wall.pdf") is the figure, table.to_latex() the table',
        "to_string to_text": "table.text() gives it as plain text",
        "to_csv to_excel to_parquet to_pandas to_frame df frame": "the frame has the numbers: df.pixnb.to_csv(path)",
        "write export to_file": "table.save(path) writes it",
        "rows": "table.content.rows has them",
    }

    content: Content
    title: str = "Runs"
    density: str | None = None
    log: Marks | None = field(default=None, compare=False)
    user: str | None = field(default=None, compare=False)

    def html(self) -> str:
        """Return it as a notebook keeps it: a `<div>` with its own style and stills, at most 400 kB."""
        return pages.write_fragment(self.content, self.title, density=self.density)

    def png(self) -> bytes:
        """Return it as a contact sheet: a still of each run with its words."""
        return contact.draw_sheet(self.content, self.title)

    def text(self) -> str:
        """Return it as plain text, for a terminal."""
        return text_of(self.content)

    def to_markdown(self, *, whole: bool = False) -> str:
        """Return it as a table in Markdown, the words that differ in bold.

        Args:
            whole: Whether long prompts stay whole; else they are cut to the words that differ.
        """
        return write_markdown(self.content, whole=whole)

    def to_latex(self, *, caption: str | None = None, label: str | None = None, whole: bool = False) -> str:
        r"""Return it as a table in LaTeX, for a paper; it needs the package booktabs.

        Its comments say what all runs have alike, and what letters it has that not every LaTeX knows.

        Args:
            caption: Under it, in LaTeX; with one it floats.
            label: What `\ref` calls it.
            whole: Whether long prompts stay whole; else they are cut to the words that differ.
        """
        return write_latex(self.content, caption=caption, label=label, whole=whole)

    def make_live(self) -> Enhanced:
        """Return the widget that a notebook shows: sorted by a click, filtered by words, stars to click."""
        from pixnb.compare.live import TableCard

        return TableCard(self.content, self.title, density=self.density, log=self.log, user=self.user)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, in the form that the ending says.

        Args:
            path: With ".html" for a page that needs nothing else, its clips in it; ".png" for the contact sheet;
                ".txt" for text, ".md" and ".tex" for a paper. Without an ending ".html" is added.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: Another ending, or the file cannot be written.
        """
        target, form = choose_form(path, _FORMS, "A table")
        if form == ".png":
            return write_whole(target, self.png())
        write = {".html": self._page, ".md": self.to_markdown, ".tex": self.to_latex}.get(form, self.text)
        return write_whole(target, f"{write().rstrip()}\n".encode())

    def _page(self) -> str:
        return pages.write_page(self.content, self.title, density=self.density)

    def __len__(self) -> int:
        return len(self.content.rows)

    def __repr__(self) -> str:
        return self.text()

    _repr_mimebundle_ = show.shown
    _display_ = show.hand_over
    _ipython_display_ = show.enliven


def compare(
    frame: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    columns: str | Sequence[str] | None = None,
    title: str | None = None,
    density: str | None = None,
    log: Marks | None = None,
    user: str | None = None,
) -> Table:
    """Set runs beside each other.

    Args:
        frame: A log's frame, or any with `run_id`, `output_path` or `output_sha256`.
        by: Columns that rows are grouped by, such as "prompt" or "fps"; None for one group.
        columns: Columns that are shown, such as ["prompt", "metrics", "cost"]; None for what differs between the
            runs, and what came of them.
        title: A heading; the experiment's name when left out.
        density: "compact" or "roomy"; None for what fits the number of rows.
        log: What keeps the stars that are clicked in a notebook.
        user: Who clicks them.

    Returns:
        The table, as things stand now.

    Raises:
        InvalidInput: The frame lacks the columns that it needs, or there is no column of a name.
    """
    pages.check_density(density)
    title = title if title is not None else title_of(frame)
    said = content(frame, by=by, columns=columns)
    warn_of_enhancer(frame, title)
    return Table(said, wording.legible(title), density, log, user)


def title_of(frame: pd.DataFrame) -> str:
    """Return a heading for a frame: the name of its experiment, where there is one."""
    names = list(frame["experiment"].dropna().unique()) if "experiment" in frame else []
    return str(names[0]) if len(names) == 1 else "Runs"


def bundle(table: Table) -> dict[str, Any]:
    """Return a table's bundle: HTML, a contact sheet, plain text."""
    said = table.content
    made: dict[str, Any] = {"text/html": table.html(), "text/plain": text_of(said, most=_TEXT_ROWS)}
    room = (_BYTES - sum(map(len, made.values()))) // _TILE_BYTES
    if len(said.rows) > clips.MANY:  # stills of the HTML alone: it is there in half a second
        room = 0
    most = max(0, room) if len(said.rows) > _MANY_ROWS else contact.MOST_TILES
    made["image/png"] = contact.draw_sheet(said, table.title, most=most)
    return alive_bundle(table, made)


__all__ = ["Table", "bundle", "compare", "title_of"]
