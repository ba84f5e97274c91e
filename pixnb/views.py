"""What can be seen of an experiment: its runs as a table, its clips as a wall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.compare.comparison import Table
    from pixnb.log.log import Log
    from pixnb.wall.axes import Names
    from pixnb.wall.wall import Wall


class Views:
    """Ways to look at the runs of an experiment."""

    name: str
    log: Log
    _user: str

    if TYPE_CHECKING:

        def frame(self) -> pd.DataFrame:
            """Return its runs as a DataFrame."""

    def compare(
        self, by: str | Sequence[str] | None = None, *, columns: str | Sequence[str] | None = None,
        density: str | None = None,
    ) -> Table:  # fmt: skip
        """Set its runs beside each other: a row a run with its clip, what differs, and what came of it.

        Args:
            by: Columns that rows are grouped by, such as "prompt" or "fps"; None for one group.
            columns: Columns that are shown, such as ["prompt", "metrics", "cost"]; None for all that say something.
            density: "compact" or "roomy"; None for what fits: more than ten rows are compact.

        Returns:
            A table that shows itself in a notebook, and has `save(path)`, `html()`, `png()` and `text()`.

        Raises:
            InvalidInput: There is no column of a name.

        Example:
            >>> exp.compare().save("coats.html")  # doctest: +SKIP
        """
        from pixnb.compare.comparison import compare

        return compare(self.frame(), by=by, columns=columns, title=self.name, density=density,
                       log=self.log, user=self._user)  # fmt: skip

    def wall(self, rows: Names = None, columns: Names = None, *, facts: Names = None) -> Wall:
        """Set its clips beside each other: rows by columns, each at its place whatever is missing.

        Args:
            rows: Columns that go down, with or without their prefix: "prompt", "colour", "params.fps"; a list nests.
                None for what the runs differ in.
            columns: Columns that go across, likewise: "seed", ["model", "seed"].
            facts: What is said of each clip, such as ["metrics", "cost"]; None for all there is to say.

        Returns:
            A wall that plays in a notebook, and has `save(path)`, `html()`, `png()` and `text()`.

        Raises:
            InvalidInput: There is no column of a name.

        Example:
            >>> exp.wall("prompt", ["model", "seed"]).save("wall.mp4")  # doctest: +SKIP
        """
        from pixnb.wall.wall import make_wall

        options: dict[str, Any] = {"rows": rows, "columns": columns, "facts": facts}
        return make_wall(self.frame(), title=self.name, log=self.log, user=self._user, **options)


__all__ = ["Views"]
