"""A wall: runs in a matrix that one player drives, in a notebook, a page, a picture, a film, as text."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pixnb import show
from pixnb.compare.comparison import title_of
from pixnb.compare.files import choose_form, write_whole
from pixnb.compare.outcomes import warn_of_enhancer
from pixnb.display.publish import alive_bundle
from pixnb.living import Outlook
from pixnb.wall.axes import Names
from pixnb.wall.fragment import write_styled
from pixnb.wall.lines import write_lines
from pixnb.wall.matrix import Matrix, lay_matrix
from pixnb.wall.parts import part_matrix

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.display.enhanced import Enhanced
    from pixnb.display.marking import Marks

_FORMS = (".html", ".mp4", ".pdf", ".png", ".txt")


@dataclass(frozen=True, repr=False)
class Wall(Outlook):
    """Clips beside each other, rows by columns, each at its place whatever is missing.

    Shown in a notebook, one player drives them all: Space plays, the arrows go from cell to cell, 1 to 5 give stars,
    `?` shows the keys. A saved notebook holds stills alone.

    Attributes:
        matrix: What stands where.
        log: What keeps stars, picks and notes; None where the page does.
        user: Who looks at it.
        remake: Makes the matrix anew from what the log has now; None where no log is known.

    Example:
        >>> import pandas as pd
        >>> runs = {"run_id": ["a", "b"], "prompt": ["A red coat", "A blue coat"], "seed": [1, 1]}
        >>> make_wall(pd.DataFrame(runs))
        A red coat  A blue coat
        ──────────  ───────────
        1 No file   2 No file
    """

    _guesses: ClassVar[Mapping[str, str]] = {
        "show display view plot play": "a wall as a cell's last line shows itself; display(wall) does it within one",
        "to_html to_page": 'wall.save("wall.html") writes a page that plays, wall.html() gives what a notebook keeps',
        "to_png to_image to_pdf pdf savefig figure": 'wall.save("wall.pdf") and wall.save("wall.png") draw it',
        "to_mp4 to_video film video": 'wall.save("wall.mp4") writes one video of all cells',
        "to_string to_text": "wall.text() gives it as plain text",
        "write export to_file report": "wall.save(path) writes it; exp.report(path) writes it with the table",
        "frame df to_frame": "the frame that it was made of has the numbers",
        "stars picks picked chosen notes votes": "they are in the log: exp.frame() has stars, picked and notes",
        "columns rows by": 'it is said before: exp.wall(rows="prompt", columns="take")',
        "cells spots": "wall.matrix.spots has them",
    }

    matrix: Matrix
    log: Marks | None = field(default=None, compare=False)
    user: str | None = None
    remake: Callable[[], Matrix] | None = field(default=None, compare=False)

    @cached_property
    def parts(self) -> list[Matrix]:
        """The matrix in parts of 96 runs at most: a notebook shows one at a time."""
        return part_matrix(self.matrix)

    def html(self) -> str:
        """Return it as a saved notebook keeps it: stills and words, and clips by the address of their file."""
        return write_styled(self.parts[0], "still", page=(1, len(self.parts)))

    def png(self) -> bytes:
        """Return it as one picture: a still of each run under the same heads."""
        from pixnb.wall.picture import draw_wall

        return draw_wall(self.matrix)

    def text(self) -> str:
        """Return it as plain text: its heads, and how each run stands."""
        return write_lines(self.matrix)

    def make_live(self) -> Enhanced:
        """Return a widget of it with the player; no film is in its state."""
        from pixnb.wall.live import WallCard

        return WallCard(self.parts, log=self.log, user=self.user, remake=self.remake)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, in the form that the ending says.

        Args:
            path: With ".html" for a page that plays and needs nothing else; ".png" for one picture, ".pdf" for the
                same as a figure of 7 inches whose words are text; ".mp4" for one video in which all play in step;
                ".txt" for text. Without an ending ".html" is added.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: Another ending, or the file cannot be written.
        """
        target, form = choose_form(path, _FORMS, "A wall")
        if form == ".mp4":
            from pixnb.wall.film import make_film

            return make_film(self.matrix, target)
        return write_whole(target, self._draw(form))

    def _draw(self, form: str) -> bytes:
        if form == ".txt":
            return f"{self.text()}\n".encode()
        if form == ".html":
            from pixnb.wall.page import write_page

            return write_page(self.matrix, self.log).encode()
        from pixnb.wall import picture

        return picture.draw_pdf(self.matrix) if form == ".pdf" else picture.draw_wall(self.matrix, scale=2, most=None)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "remake": None}

    def __len__(self) -> int:
        return len(self.matrix.spots)

    def __repr__(self) -> str:
        return self.text()

    _repr_mimebundle_ = show.shown
    _display_ = show.hand_over
    _ipython_display_ = show.enliven


def make_wall(
    frame: pd.DataFrame,
    *,
    rows: Names = None,
    columns: Names = None,
    facts: Names = None,
    title: str | None = None,
    in_line: bool = False,
    log: Marks | None = None,
    user: str | None = None,
    again: Callable[[], pd.DataFrame] | None = None,
) -> Wall:
    """Set runs beside each other in a matrix.

    Args:
        frame: A log's frame, or any with `run_id`, `output_path` or `output_sha256`.
        rows: Columns that go down, such as "prompt" or "colour"; several nest; None for what fits.
        columns: Columns that go across, such as "seed" or ["model", "seed"]; likewise.
        facts: What is said of each run, such as ["metrics", "cost"]; None for all there is to say.
        title: A heading; the experiment's name when left out.
        in_line: Whether all stand in one row, each by itself.
        log: What keeps stars, picks and notes.
        user: Who looks at it.
        again: Gives the frame as it is now, for a wall whose runs go on.

    Raises:
        InvalidInput: The frame lacks the columns that it needs, or there is no column of a name.
    """
    title = title if title is not None else title_of(frame)
    lay = partial(lay_matrix, rows=rows, columns=columns, facts=facts, title=title, in_line=in_line)
    matrix = lay(frame)
    warn_of_enhancer(frame, title)
    return Wall(matrix, log, user, (lambda: lay(again())) if again else None)


def bundle(wall: Wall) -> dict[str, Any]:
    """Return a wall's bundle: HTML, a picture, plain text; with the player where widgets live in it."""
    made = {"text/html": wall.html(), "image/png": wall.png(), "text/plain": wall.text()}
    return alive_bundle(wall, made)


__all__ = ["Wall", "bundle", "make_wall"]
