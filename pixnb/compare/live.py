"""The table alive in a notebook: sorted, filtered and starred there, its clips played where they are."""

from __future__ import annotations

from pixnb.compare.content import Content
from pixnb.compare.pages import MOUNT, SCRIPTS, films_of, write_table
from pixnb.display.films import Films
from pixnb.display.marking import Marked, Marks


def make_live(said: Content, title: str, *, density: str | None, log: Marks | None, user: str | None) -> Marked:
    """Make the widget of a table.

    Args:
        said: What it says.
        title: Its heading.
        density: "compact" or "roomy"; None for what fits.
        log: What keeps its stars; None for its page.
        user: Who gives them.
    """
    runs = [row.run_id for row in said.rows if row.run_id]
    page = write_table(said, title, density=density)
    return Marked(page, SCRIPTS, MOUNT, Films(films_of(said)), log=log, run_ids=runs, user=user)


__all__ = ["make_live"]
