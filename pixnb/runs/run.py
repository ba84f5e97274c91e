"""A logged job: everything a job has, and what the log knows of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pixnb import guesses
from pixnb.client.job import Job
from pixnb.errors import InvalidInput
from pixnb.log import rows
from pixnb.runs.record import RunRecorder

if TYPE_CHECKING:
    from pixnb.client.work import Work
    from pixnb.log.log import Log
    from pixnb.media.media import Media
    from pixnb.runs.runner import Runner


class Run(Job):
    """A logged job.

    Args:
        runner: What submits and finds runs.
        work: The job as the engine knows it; its recorder is a `RunRecorder`.

    Attributes:
        run_id: Its id in the log.
        experiment: The experiment's name.

    Example:
        >>> run = exp.submit("lucy-edit-fast", prompt="Make it snow", video=pixnb.sample("video"))  # doctest: +SKIP
        >>> run.star(5).tag("winter").result().video.save("snow.mp4")  # doctest: +SKIP
    """

    _instead = "Keep run.run_id: exp.run(run_id) takes it up anywhere"
    _guesses: ClassVar[Mapping[str, str]] = {**Job._guesses, **guesses.RUN}

    def __init__(self, runner: Runner, work: Work, *, run_id: str, experiment: str) -> None:
        super().__init__(runner.engine, work)
        self.run_id = run_id
        self.experiment = experiment
        self._runner = runner

    def __repr__(self) -> str:
        mark = " sandbox" if self.sandbox else ""
        return f"<Run {self.experiment!r} {self.model} take {self.take} {self.status} run_id={self.run_id}{mark}>"

    @property
    def take(self) -> int | None:
        """Its number among runs of the same model and params in the experiment; None until it is written down."""
        return self._record.take

    @property
    def attempt(self) -> int | None:
        """Which try of its take it is, from 1; None until it is written down."""
        return self._record.attempt

    @property
    def output(self) -> Media | None:
        """The first file that it made, if it is here."""
        return self.media[0] if self.media else None

    @property
    def parent(self) -> Run | None:
        """The run whose output is an input of this one."""
        return self._runner.parent(self)

    @property
    def children(self) -> list[Run]:
        """The runs that took this one's output as an input."""
        return self._runner.children(self)

    def tag(self, name: str, value: str | None = None) -> Self:
        """Mark it with a tag; without a value, the frame's `tags.<name>` says "true"."""
        tagged = rows.checked_tag(name, value)
        self._log.write(lambda connection: rows.set_tags(connection, self.run_id, tagged)).result()
        return self

    def note(self, text: str | None, at: float | None = None) -> Self:
        """Write a note to it, in place of the one before; None removes it.

        Args:
            text: The note.
            at: A moment of the clip, in seconds: such a note is kept besides others, in the frame's `notes`.

        Raises:
            InvalidInput: It is no text, or no moment.
        """
        return self._mark(note=text, at=at)

    def star(self, stars: int | None) -> Self:
        """Give it 1 to 5 stars; None takes them away.

        Raises:
            InvalidInput: Not 1 to 5.
        """
        return self._mark(stars=stars)

    def pick(self, on: bool = True) -> Self:
        """Pick it, or with False no more.

        Raises:
            InvalidInput: Neither True nor False.
        """
        return self._mark(picked=on)

    def log_metric(self, name: str, value: float) -> Self:
        """Keep a number about it; it becomes the column `metrics.<name>`.

        Raises:
            InvalidInput: It has no name, or is no finite number.
        """
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not isinstance(name, str) or not name.strip() or not math.isfinite(number):
            raise InvalidInput(f"A metric has a name and a finite number, not {name!r:.80} and {value!r:.80}.")
        self._log.write(lambda connection: rows.set_metrics(connection, self.run_id, {name: number})).result()
        return self

    def retry(self) -> Run:
        """Try again what this run asked for: a new run, the next attempt of the same take; it is paid anew.

        Returns:
            The new run; where somebody has tried again meanwhile, that one.

        Raises:
            InvalidInput: It is open yet, or done, or its input files are gone.
            InvalidAPIKey, BudgetExceeded, LogError: Before anything was sent.
        """
        return self._runner.retry(self)

    def _mark(self, **given: Any) -> Self:
        self._log.mark(self.run_id, **given, user=self._runner.user)
        return self

    @property
    def _log(self) -> Log:
        return self._runner.log

    @property
    def _record(self) -> RunRecorder:
        assert isinstance(self._work.recorder, RunRecorder)
        return self._work.recorder


__all__ = ["Run"]
