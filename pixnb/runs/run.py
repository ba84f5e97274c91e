"""A logged job: everything a job has, and what the log knows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pixnb import errors
from pixnb.catalogue.prices import Cost
from pixnb.client.engine import Engine
from pixnb.client.job import Job, Submission
from pixnb.errors import InvalidInput, OutputUnavailable, PixnbError
from pixnb.log import rows
from pixnb.media.media import Media
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.log.log import Log
    from pixnb.runs.runner import Runner

_BY_CODE: Mapping[str, type[PixnbError]] = {
    kind.default_code: kind
    for kind in (getattr(errors, name) for name in errors.__all__)
    if kind not in (errors.JobErrored, errors.PixnbError)
}


class Run(Job):
    """A logged job.

    Attributes:
        run_id: Its id in the log.
        experiment: The experiment's name.
        take: Its number among runs of the same model and params in the experiment.

    Example:
        >>> run = exp.submit("lucy-edit-fast", prompt="Make it snow", video=pixnb.sample("video"))  # doctest: +SKIP
        >>> run.star(5).tag("winter").result().video.save("snow.mp4")  # doctest: +SKIP
    """

    def __init__(
        self,
        engine: Engine,
        *,
        runner: Runner,
        run_id: str,
        experiment: str,
        provider: str,
        model: str,
        submission: Submission | None = None,
        status: JobStatus = JobStatus.PLANNED,
    ) -> None:
        super().__init__(engine, provider=provider, model=model, submission=submission, status=status)
        self.run_id = run_id
        self.experiment = experiment
        self.take: int | None = None
        self.started_at: datetime | None = None
        self._runner = runner

    def __repr__(self) -> str:
        mark = " sandbox" if self.sandbox else ""
        return f"<Run {self.experiment!r} {self.model} take {self.take} {self.status} run_id={self.run_id}{mark}>"

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
        if not isinstance(name, str) or not name.strip():
            raise InvalidInput(f"A tag is a word, not {name!r}.")
        text = "true" if value is None else str(value)
        self._log.write(lambda connection: rows.set_tags(connection, self.run_id, {name.strip(): text})).result()
        return self

    def note(self, text: str | None) -> Self:
        """Write a note to it, in place of the one before; None removes it."""
        self._change({"note": text}, "noted")
        return self

    def star(self, stars: int | None) -> Self:
        """Give it 1 to 5 stars; None takes them away.

        Raises:
            InvalidInput: Not 1 to 5.
        """
        if stars is not None and (isinstance(stars, bool) or stars not in (1, 2, 3, 4, 5)):
            raise InvalidInput(f"Stars are 1 to 5, not {stars!r}.")
        self._change({"stars": stars}, "starred")
        return self

    def log_metric(self, name: str, value: float) -> Self:
        """Keep a number about it; it becomes the column `metrics.<name>`."""
        self._log.write(lambda connection: rows.set_metrics(connection, self.run_id, {name: float(value)})).result()
        return self

    def load(self, row: Mapping[Any, Any], files: Sequence[Mapping[Any, Any]]) -> Self:
        """Take in what the log says of it."""
        self.id, self.status = row["job_id"], JobStatus(row["status"])
        self.take, self.sandbox, self.polling_url = row["take"], row["sandbox"], row["polling_url"]
        self.params = row["params_json"] or {}
        self.submitted_at = self.created_at = _moment(row["submitted_at"])
        self.started_at, self.completed_at = _moment(row["started_at"]), _moment(row["completed_at"])
        self.cost = _cost(row)
        self.error = _error(row)
        self.media = self._files(files) if self.status is JobStatus.COMPLETED else ()
        return self

    def _files(self, files: Sequence[Mapping[Any, Any]]) -> tuple[Media, ...]:
        found = []
        for file in files:
            path = self._log.assets.locate(file["path"])
            kept: Path | None = path if path.exists() else self._log.assets.path(file["sha256"])
            if kept is None:
                self.error = _missing(path, self)
                return ()
            found.append(Media(kept, url=file["url"], media_type=file["media_type"], sha256=file["sha256"]))
        return tuple(found)

    def _change(self, values: Mapping[str, Any], event: str) -> None:
        self._log.write(
            lambda connection: rows.update_run(connection, self.run_id, values, event=event, payload=dict(values))
        ).result()

    @property
    def _log(self) -> Log:
        return self._runner.log


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else datetime.fromtimestamp(microseconds / 1_000_000, UTC)


def _cost(row: Mapping[str, Any]) -> Cost | None:
    if row["cost_amount"] is not None:
        return Cost(Decimal(row["cost_amount"]), row["cost_currency"], row["cost_kind"])
    if row["price_amount"] is not None:
        return Cost(Decimal(row["price_amount"]), row["price_currency"], "estimated")
    return None


def _error(row: Mapping[str, Any]) -> PixnbError | None:
    if not row["error"]:
        return None
    kind = _BY_CODE.get(row["error_code"])
    if row["status"] == JobStatus.UNCONFIRMED:
        kind = errors.SubmitUnconfirmed
    elif row["status"] == JobStatus.ERROR and row["job_id"]:
        kind = errors.JobErrored
    error = (kind or errors.JobFailed)(row["error"], provider=row["provider"], job_id=row["job_id"])
    error.code = row["error_code"] or error.code
    return error


def _missing(path: Path, run: Run) -> OutputUnavailable:
    return OutputUnavailable(
        f"The file of run {run.run_id} is no longer at {path}. Put it back, or call refresh() to fetch it again.",
        provider=run.provider,
        job_id=run.id,
    )


__all__ = ["Run"]
