"""What an experiment does to show its runs to others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.report.embedding import Quality


class Reporting:
    """The reports of an experiment.

    Attributes:
        name: The experiment's name.
    """

    name: str

    if TYPE_CHECKING:

        def frame(self) -> pd.DataFrame: ...  # noqa: D102

    def report(self, path: str | os.PathLike[str] | None = None, *, quality: Quality = "mail") -> Path:
        """Write one HTML file that plays its clips in step, takes stars and blind votes, and needs nothing else.

        Args:
            path: Where to; ".html" is added when it has no ending. Left out, the experiment's name here.
            quality: "mail" for at most 10 MB, clips as previews where need be; "full" for the originals.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: There is no such quality, or the file cannot be written.

        Example:
            >>> exp.report("coats.html")  # doctest: +SKIP
        """
        from pixnb.compare.files import name_file
        from pixnb.report.report import write_report

        target = name_file(self.name, ".html") if path is None else path
        return write_report(self.frame(), target, title=self.name, quality=quality)


__all__ = ["Reporting"]
