"""The table alive in a notebook: sorted, filtered and starred there, its clips played where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.compare.pages import MOUNT, SCRIPTS, films_of, write_table
from pixnb.display.films import Films
from pixnb.display.marking import Marked

if TYPE_CHECKING:
    from pixnb.compare.comparison import Table


def make_live(table: Table) -> Marked:
    """Make the widget of a table; its marks are kept in the log that the table has."""
    said = table.content
    return Marked(
        write_table(said, table.title, density=table.density),
        SCRIPTS,
        MOUNT,
        Films(films_of(said)),
        log=table.log,
        run_ids=[row.run_id for row in said.rows if row.run_id],
        user=table.user,
    )


__all__ = ["make_live"]
