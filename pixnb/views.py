"""What can be seen of an experiment: its runs as a table, its clips as a wall."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.compare.comparison import Table
    from pixnb.log.log import Log
    from pixnb.report.embedding import Quality
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

    def wall(
        self, rows: Names = None, columns: Names = None, *, facts: Names = None, title: str | None = None
    ) -> Wall:  # fmt: skip
        """Set its clips beside each other: rows by columns, each at its place whatever is missing.

        Args:
            rows: Columns that go down, with or without their prefix: "prompt", "colour", "params.fps"; a list nests.
                None for what the runs differ in.
            columns: Columns that go across, likewise: "seed", ["model", "seed"].
            facts: What is said of each clip, such as ["metrics", "cost"]; None for all there is to say, [] for nothing.
            title: A heading; the experiment's name when left out.

        Returns:
            A wall that plays in a notebook, and has `save(path)`, `html()`, `png()` and `text()`.

        Raises:
            InvalidInput: There is no column of a name.

        Example:
            >>> exp.wall("prompt", ["model", "seed"]).save("wall.mp4")  # doctest: +SKIP
        """
        from pixnb.wall.wall import make_wall

        options: dict[str, Any] = {"rows": rows, "columns": columns, "facts": facts}
        options |= {"log": self.log, "user": self._user, "again": self.frame}
        return make_wall(self.frame(), title=self.name if title is None else title, **options)

    def report(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        quality: Quality = "mail",
        question: str | None = None,
        mailto: str | None = None,
    ) -> Path:
        """Write one HTML file that plays its clips in step, takes stars and blind votes, and needs nothing else.

        Args:
            path: Where to; ".html" is added when it has no ending. Left out, the experiment's name here.
            quality: "mail" for at most 10 MB, clips as previews where need be; "full" for the originals.
            question: What its judges are asked of each pair; "Which one is better?" when left out.
            mailto: An address that they can mail their votes to.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: There is no such quality, nothing to judge where that is asked for, or the file cannot be
                written.

        Example:
            >>> exp.report("coats.html", question="Which coat looks real?")  # doctest: +SKIP
        """
        from pixnb.compare.files import name_file
        from pixnb.report.report import write_report

        target = name_file(self.name, ".html") if path is None else path
        options: dict[str, Any] = {"quality": quality, "question": question, "mailto": mailto}
        return write_report(self.frame(), target, title=self.name, **options)


__all__ = ["Views"]
