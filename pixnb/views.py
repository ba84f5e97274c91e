"""What can be seen of an experiment: its clips beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.log.log import Log
    from pixnb.wall.axes import Names
    from pixnb.wall.wall import Wall


class Views:
    """Ways to look at the runs of an experiment."""

    name: str
    log: Log
    _user: str | None

    if TYPE_CHECKING:

        def frame(self) -> pd.DataFrame:
            """Return its runs as a DataFrame."""

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
