"""The accessor `df.pixnb`: what can be done with a frame of runs, from the frame alone."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb import guesses, settings
from pixnb.accessor import register
from pixnb.compare.anonymous import export
from pixnb.compare.archive import pack
from pixnb.compare.choice import check
from pixnb.compare.comparison import Table, compare, title_of
from pixnb.compare.excel import write_workbook
from pixnb.compare.files import target_of, write_whole
from pixnb.errors import InvalidInput
from pixnb.frames import fill, log_of, renew
from pixnb.living import Guessed
from pixnb.log import rows
from pixnb.log.log import Log, find
from pixnb.log.schema import runs
from pixnb.wall.axes import Names
from pixnb.wall.wall import Wall, make_wall

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.compare.diff import Diff
    from pixnb.report.embedding import Quality
    from pixnb.runs.run import Run


class Runs(Guessed):
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

    _guesses = guesses.FRAME

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def table(
        self,
        by: str | Sequence[str] | None = None,
        *,
        columns: str | Sequence[str] | None = None,
        title: str | None = None,
        density: str | None = None,
    ) -> Table:
        """Set the runs beside each other: a row a run, with its clip and what differs.

        Args:
            by: Columns that rows are grouped by, such as "prompt" or "fps"; None for one group.
            columns: Columns that are shown; None for what differs, and what came of it.
            title: A heading; the experiment's name when left out.
            density: "compact" or "roomy"; None for what fits: more than ten rows are compact.

        Raises:
            InvalidInput: The frame has none of these columns, or one twice; or there is no column of a name.
        """
        check(self._frame)
        log = find(str(self._frame.attrs.get("pixnb_log", "")))
        user = settings.load().user if log else None
        frame = fill(self._frame)
        return compare(frame, by=by, columns=columns, title=title, density=density, log=log, user=user)

    def diff(self, baseline: str | None = None) -> Diff:
        """Show how each prompt differs from a baseline, word by word.

        Args:
            baseline: A prompt of the frame, or its label where prompts have one; the first when left out.

        Raises:
            InvalidInput: The frame has no prompts, or none that is called so.

        Example:
            >>> import pandas as pd
            >>> pd.DataFrame({"run_id": ["a", "b"], "prompt": ["A red coat", "A blue coat"]}).pixnb.diff()
            1  A red coat
            2  A [-red-]{+blue+} coat
        """
        from pixnb.compare.diff import diff

        check(self._frame)
        return diff(fill(self._frame), baseline)

    def grid(self, rows: Names = None, columns: Names = None, *, facts: Names = None, title: str | None = None) -> Wall:
        """Set the clips beside each other as a wall: rows by columns, each at its place whatever is missing.

        Args:
            rows: Columns that go down, with or without their prefix: "prompt", "colour", "params.fps"; a list nests.
                None for what the runs differ in.
            columns: Columns that go across, likewise: "seed", ["model", "seed"].
            facts: What is said of each clip, such as ["metrics", "cost"]; None for all there is to say.
            title: A heading; the experiment's name when left out.

        Returns:
            A wall that plays in a notebook, and has `save(path)`, `html()`, `png()` and `text()`.

        Raises:
            InvalidInput: As for `table`.

        Example:
            >>> exp.frame().pixnb.grid("prompt", ["model", "seed"])  # doctest: +SKIP
        """
        return self._wall(rows=rows, columns=columns, facts=facts, title=title)

    def play(self, *, facts: Names = None, title: str | None = None) -> Wall:
        """Set a few clips side by side in one row, their source first.

        Args:
            facts: As for `grid`.
            title: A heading; the experiment's name when left out.

        Raises:
            InvalidInput: As for `table`.

        Example:
            >>> exp.frame().query("stars == 5").pixnb.play()  # doctest: +SKIP
        """
        return self._wall(in_line=True, facts=facts, title=title)

    def _wall(self, **options: Any) -> Wall:
        check(self._frame)
        log = find(str(self._frame.attrs.get("pixnb_log", "")))
        user = settings.load().user if log else None
        frame = fill(self._frame)
        return make_wall(frame, log=log, user=user, again=(lambda: renew(frame)) if log else None, **options)

    def report(
        self,
        path: str | os.PathLike[str],
        *,
        quality: Quality = "mail",
        question: str | None = None,
        mailto: str | None = None,
        columns: str | Sequence[str] | None = None,
        title: str | None = None,
    ) -> Path:
        """Write one HTML file that plays the clips in step, takes stars and blind votes, and needs nothing else.

        Args:
            path: Where to; ".html" is added when it has no ending.
            quality: "mail" for at most 10 MB, clips as previews where need be; "full" for the originals.
            question: What its judges are asked of each pair; "Which one is better?" when left out.
            mailto: An address that they can mail their votes to.
            columns: What is said of each run, as for `table`.
            title: Its heading; the experiment's name when left out.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: As for `table`, there is no such quality, or the file cannot be written.
        """
        from pixnb.report.report import write_report

        check(self._frame)
        frame = fill(self._frame)
        title = title if title is not None else title_of(frame)
        options: dict[str, Any] = {"quality": quality, "question": question, "mailto": mailto}
        return write_report(frame, path, title=title, columns=columns, **options)

    def summary(self, by: str | Sequence[str] = "prompt") -> pd.DataFrame:
        """Count what came of the runs, by group.

        Args:
            by: Columns that make a group, such as "prompt", "model" or "fps"; several as a list.

        Returns:
            A row a group, in the order in which they came: `runs`, `completed`, `refused` by content rules,
            `refused_rate` (of those that were done, failed or refused), `failed` otherwise, `cost`,
            `cost_simulated` and, in one column whichever it is, `price` (with `currency`; where there are several, a
            column each, as `cost.USD`, for they never add up), `seconds` (the median of
            `run_seconds`).

        Raises:
            InvalidInput: As for `table`.

        Example:
            >>> exp.frame().pixnb.summary("prompt")  # doctest: +SKIP
        """
        from pixnb.compare.outcomes import summarize

        check(self._frame)
        return summarize(fill(self._frame), by)

    def runs(self) -> list[Run]:
        """Return the runs themselves, in the frame's order: to wait for, to retry, to mark.

        Raises:
            InvalidInput: The frame has no column run_id, or no log has its runs.

        Example:
            >>> for run in exp.frame().query("status == 'FAILED'").pixnb.runs():  # doctest: +SKIP
            ...     run.retry()
        """
        from pixnb.client.faces import Client
        from pixnb.runs.runner import Runner

        log, ids = self._logged()
        known = {row["run_id"]: row for row in log.rows(runs.c.run_id.in_(ids))}
        if missing := [run_id for run_id in ids if run_id not in known]:
            raise InvalidInput(
                f"The log at {log.where} has no run {missing[0]}. Open the log that it is in, and ask again."
            )
        found = [known[run_id] for run_id in ids]
        runners = {
            name: Runner.of(log, name) or Runner(log, Client().engine, experiment=name, user=settings.load().user)
            for name in {row["experiment"] for row in found}
        }
        return [runners[row["experiment"]].from_row(row) for row in found]

    def star(self, stars: int | None) -> None:
        """Give each run 1 to 5 stars; None takes them away.

        Raises:
            InvalidInput: Not 1 to 5; the frame has no column run_id, or no log has its runs.
            LogError: One of them is not in the log; then none is marked.
        """
        self._mark(stars=stars)

    def pick(self, on: bool = True) -> None:
        """Pick each run, or with False no more; it raises as `star` does."""
        self._mark(picked=on)

    def note(self, text: str | None, at: float | None = None) -> None:
        """Write the same note to each run; it raises as `star` does.

        Args:
            text: The note, in place of the one before; None removes it.
            at: A moment of the clips, in seconds: such a note is kept besides others.
        """
        self._mark(note=text, at=at)

    def tag(self, name: str, value: str | None = None) -> None:
        """Mark each run with a tag; without a value it is "true". It raises as `star` does."""
        log, ids = self._logged()
        tagged = rows.checked_tag(name, value)
        log.write(lambda connection: [rows.set_tags(connection, run_id, tagged) for run_id in ids]).result()

    def _mark(self, **given: Any) -> None:
        log, ids = self._logged()
        log.mark(ids, **given, user=settings.load().user)

    def _logged(self) -> tuple[Log, list[str]]:
        if "run_id" not in self._frame:
            raise InvalidInput("Marking runs needs the column run_id. Begin with exp.frame(), or add it.")
        log = log_of(self._frame)
        if log is None:
            raise InvalidInput("No log has these runs. Open the one that they are in, pixnb.Log(path), and ask again.")
        return log, [str(run_id) for run_id in dict.fromkeys(self._frame["run_id"].dropna())]

    def to_csv(self, path: str | os.PathLike[str], *, anonymous: bool = False) -> Path:
        """Write the frame as CSV, in UTF-8; any frame will do.

        Args:
            path: Where to; ".csv" is added when it has no ending.
            anonymous: Whether to leave out who ran it and where: users, hosts, notebooks, folders, addresses.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: The file cannot be written.

        Example:
            >>> exp.frame().pixnb.to_csv("runs.csv", anonymous=True)  # doctest: +SKIP
        """
        text = export(self._frame, anonymous=anonymous).to_csv(index=False)
        return write_whole(target_of(path, ".csv"), text.encode("utf-8", "replace"))

    def to_excel(self, path: str | os.PathLike[str], *, anonymous: bool = False) -> Path:
        """Write the frame as a workbook in which no text is a formula; any frame will do.

        Args:
            path: Where to; ".xlsx" is added when it has no ending.
            anonymous: As for `to_csv`.

        Returns:
            The file's absolute path.

        Raises:
            InvalidInput: openpyxl is not installed, or the file cannot be written.
        """
        return write_workbook(export(self._frame, anonymous=anonymous), path)

    def to_zip(self, path: str | os.PathLike[str], *, anonymous: bool = False) -> Path:
        """Write a zip of the original clips, under names that speak, and of the rows as `runs.csv`.

        Args:
            path: Where to; ".zip" is added when it has no ending.
            anonymous: As for `to_csv`.

        Returns:
            The file's absolute path. Files that are gone are named in the CSV, and warned of.

        Raises:
            InvalidInput: As for `table`, or the file cannot be written.
        """
        check(self._frame)
        frame = fill(self._frame)
        log = log_of(frame)
        packed = pack(frame, anonymous=anonymous, fetch=log.assets.path if log else None)
        target = packed.write(target_of(path, ".zip"))
        if packed.lost:
            warnings.warn(f"{target.name} lacks {len(packed.lost)} of the clips: {packed.lost[0]}.", stacklevel=2)
        return target


register()

__all__ = ["Runs"]
