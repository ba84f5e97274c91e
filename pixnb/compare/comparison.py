"""Runs beside each other as a table with their clips: in a notebook, as a web page, as a picture, as text."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pixnb import html, show
from pixnb.compare import contact, pages
from pixnb.compare.content import Content, content
from pixnb.compare.files import target_of, write_whole
from pixnb.compare.outcomes import warn_of_enhancer
from pixnb.compare.table import text_of
from pixnb.display import wording
from pixnb.errors import InvalidInput
from pixnb.living import Guessed

if TYPE_CHECKING:
    import pandas as pd

_FORMS = (".html", ".png", ".txt")


@dataclass(frozen=True, repr=False)
class Table(Guessed):
    """A row a run: clip, prompt with the differing words marked, what varies, and what came of it.

    Attributes:
        content: What it says; `content.rows` are its rows.
        title: Its heading.

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
        "to_string to_text": "table.text() gives it as plain text",
        "to_csv to_excel to_parquet to_pandas to_frame df frame": "the frame has the numbers: exp.frame().to_csv(path)",
        "write export to_file": "table.save(path) writes it",
        "rows": "table.content.rows has them",
    }

    content: Content
    title: str = "Runs"

    def html(self) -> str:
        """Return it as a notebook shows it: a `<div>` with its own style, at most 2 MB of it embedded media."""
        return pages.write_fragment(self.content, self.title)

    def png(self) -> bytes:
        """Return it as a contact sheet: a still of each run with its words."""
        return contact.draw_sheet(self.content, self.title)

    def text(self) -> str:
        """Return it as plain text, for a terminal."""
        return text_of(self.content)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, in the form that the ending says.

        Args:
            path: With ".html" for a page that needs nothing else, its clips in it; ".png" for the contact sheet;
                ".txt" for text. Without an ending ".html" is added.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: Another ending, or the file cannot be written.
        """
        target = target_of(path, ".html")
        form = target.suffix.lower()
        if form not in _FORMS:
            raise InvalidInput(
                f"A table is saved as {', '.join(_FORMS)}, not as {target.suffix!r}: choose one of them; for the "
                "numbers write the frame, exp.frame().to_csv(path) or exp.frame().pixnb.to_excel(path)."
            )
        if form == ".png":
            return write_whole(target, self.png())
        text = pages.write_page(self.content, self.title) if form == ".html" else self.text() + "\n"
        return write_whole(target, text.encode("utf-8"))

    def __len__(self) -> int:
        return len(self.content.rows)

    def __repr__(self) -> str:
        return self.text()

    _repr_mimebundle_ = show.shown


def compare(
    frame: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    columns: str | Sequence[str] | None = None,
    title: str | None = None,
) -> Table:
    """Set runs beside each other.

    Args:
        frame: A log's frame, or any with `run_id`, `output_path` or `output_sha256`.
        by: Columns that rows are grouped by, such as "prompt" or "fps"; None for one group.
        columns: Columns that are shown, such as ["prompt", "metrics", "cost"]; None for what differs between the
            runs, and what came of them.
        title: A heading; the experiment's name when left out.

    Returns:
        The table, as things stand now.

    Raises:
        InvalidInput: The frame lacks the columns that it needs, or there is no column of a name.
    """
    title = title if title is not None else title_of(frame)
    said = content(frame, by=by, columns=columns)
    warn_of_enhancer(frame, title)
    return Table(said, wording.legible(title))


def title_of(frame: pd.DataFrame) -> str:
    """Return a heading for a frame: the name of its experiment, where there is one."""
    names = list(frame["experiment"].dropna().unique()) if "experiment" in frame else []
    return str(names[0]) if len(names) == 1 else "Runs"


def bundle(table: Table) -> dict[str, Any]:
    """Return a table's bundle: HTML, a contact sheet, plain text."""
    png = table.png()
    text = pages.write_fragment(table.content, table.title, spent=html.uri_size(len(png)))
    return {"text/html": text, "image/png": png, "text/plain": table.text()}


__all__ = ["Table", "bundle", "compare", "title_of"]
