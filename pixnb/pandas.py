"""The accessor `df.pixnb`: what can be done with a frame of runs, from the frame alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pixnb import settings
from pixnb.accessor import register
from pixnb.compare.choice import asked, check
from pixnb.compare.comparison import Table, compare, title_of
from pixnb.compare.excel import write_workbook
from pixnb.errors import InvalidInput
from pixnb.log.address import file_of, parse
from pixnb.log.log import Log, find, open_log
from pixnb.project import is_file

if TYPE_CHECKING:
    import pandas as pd


class Runs:
    """Runs in a DataFrame, as `df.pixnb`.

    It is there for every frame that pixnb makes, and for any other after `import pixnb.pandas`. It needs a column
    `run_id`, `output_path` or `output_sha256`; what else a log knows of the runs is taken from there.

    Args:
        frame: The DataFrame.

    Example:
        >>> import pandas as pd
        >>> pd.DataFrame({"run_id": ["a", "b"], "prompt": ["A red coat", "A blue coat"]}).pixnb.table()
        #  prompt
        ─  ───────────
        1  A red coat
        2  A blue coat
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def table(
        self,
        by: str | Sequence[str] | None = None,
        *,
        columns: str | Sequence[str] | None = None,
        title: str | None = None,
    ) -> Table:
        """Set the runs beside each other: a row a run, with its clip and what differs.

        Args:
            by: Columns that rows are grouped by, such as "prompt" or "fps"; None for one group.
            columns: Columns that are shown; None for what differs, and what came of it.
            title: A heading; the experiment's name when left out.

        Raises:
            InvalidInput: The frame has none of these columns, or one twice; or there is no column of a name.
        """
        check(self._frame)
        return compare(fill(self._frame), by=by, columns=columns, title=title)

    def report(
        self,
        path: str | os.PathLike[str],
        *,
        columns: str | Sequence[str] | None = None,
        title: str | None = None,
    ) -> Path:
        """Write one HTML file that shows the clips and needs nothing else.

        Args:
            path: Where to; ".html" is added when it has no ending.
            columns: What is said of each run, as for `table`.
            title: Its heading; the experiment's name when left out.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: As for `table`, or the file cannot be written.
        """
        from pixnb.report.report import write_report

        check(self._frame)
        frame = fill(self._frame)
        title = title if title is not None else title_of(frame)
        return write_report(frame, path, title=title, columns=columns)

    def summary(self, by: str | Sequence[str] = "prompt") -> pd.DataFrame:
        """Count what came of the runs, by group.

        Args:
            by: Columns that make a group, such as "prompt", "model" or "fps"; several as a list.

        Returns:
            A row a group, in the order in which they came: `runs`, `completed`, `refused` by content rules,
            `refused_rate` (of those that were done, failed or refused), `failed` otherwise, `cost` and
            `cost_simulated` (with `currency`; where there are several, a column each, as `cost.USD`, for they never
            add up), `seconds` (the median from submit to end).

        Raises:
            InvalidInput: As for `table`.

        Example:
            >>> exp.frame().pixnb.summary("prompt")  # doctest: +SKIP
        """
        from pixnb.compare.outcomes import summarize

        check(self._frame)
        return summarize(fill(self._frame), by)

    def to_excel(self, path: str | os.PathLike[str]) -> Path:
        """Write the frame as a workbook in which no text is a formula; any frame will do.

        Args:
            path: Where to; ".xlsx" is added when it has no ending.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: openpyxl is not installed, or the file cannot be written.
        """
        frame = self._frame
        has_names = any(name is not None for name in frame.index.names)
        return write_workbook(frame.reset_index(allow_duplicates=True) if has_names else frame, path)


def fill(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with the columns that it lacks and a log knows, row by row; its own values stay.

    The log is the one that the frame came from, else the one of the settings if that has any of the runs. Without
    one the frame is returned as it is.

    Raises:
        InvalidInput: There is nothing to show: the frame holds no more than ids, and no log knows them.
    """
    key = next((name for name in ("run_id", "output_sha256") if name in frame), None)
    if key is None or all(name in frame for name in ("output_path", "prompt", "status")):
        return frame
    log = _log_of(frame)
    known = log.frame() if log is not None else None
    if log is not None and known is not None and known[key].isin(frame[key].dropna()).any():
        known = known.drop_duplicates(key).set_index(key)
        found = known[[name for name in known if name not in frame]].reindex(frame[key])
        return frame.assign(**{str(name): found[name].array for name in found if found[name].notna().any()})
    if "output_path" not in frame and not asked(frame):
        place = f"the log at {log.where}" if log is not None else "the settings' log"
        raise InvalidInput(
            "There is nothing to show: the frame has no output_path and no prompt, and "
            f"{place} does not know its {key}. Open the log that the runs are in, pixnb.Log(path), and ask again."
        )
    return frame


def _log_of(frame: pd.DataFrame) -> Log | None:
    log = find(str(frame.attrs.get("pixnb_log", "")))
    if log is not None:
        return log
    url = settings.load().log_url
    file = file_of(parse(url))
    # A log is not made for the sake of looking into it.
    return open_log(url) if file is None or is_file(file) else None


register()

__all__ = ["Runs", "fill"]
