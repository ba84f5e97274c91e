"""What is asked of a log beside its frame: which runs are open, what a run made, whose child it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from socket import gethostname
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from pixnb.log.owners import OPEN
from pixnb.log.schema import inputs, outputs, runs
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.log.log import Log

Row = Mapping[Any, Any]
_AT_ONCE = 500  # ids in one statement
_ON_ITS_WAY = (str(JobStatus.PLANNED), str(JobStatus.SUBMITTING))


def read_runs(log: Log, *where: ColumnElement[bool]) -> list[Row]:
    """Read the runs for which all conditions hold, in the order in which they were written down."""
    return list(log.read(select(runs).where(runs.c.deleted_at.is_(None), *where).order_by(runs.c.id)))


def read_experiment(log: Log, experiment: str) -> list[Row]:
    """Read an experiment's runs."""
    return read_runs(log, runs.c.experiment == experiment)


def read_unfinished(log: Log, experiment: str, *, user: str | None = None, cancelled: bool = False) -> list[Row]:
    """Read the sent runs of which something is still to come: open ones, and completed ones without their file.

    Args:
        log: The log.
        experiment: Its name.
        user: Whose; None for everybody's.
        cancelled: Whether those that were cancelled here, and that the service may have finished, are among them.
    """
    wanted = [
        runs.c.status.in_([status for status in OPEN if status != JobStatus.PLANNED]),
        (runs.c.status == JobStatus.COMPLETED) & runs.c.output_sha256.is_(None) & runs.c.job_id.is_not(None),
    ]
    if cancelled:
        wanted.append((runs.c.status == JobStatus.CANCELLED) & runs.c.job_id.is_not(None))
    whose = [] if user is None else [runs.c.user == user]
    return read_runs(log, runs.c.experiment == experiment, or_(*wanted), *whose)


def read_recent(log: Log, experiment: str, most: int) -> list[Row]:
    """Read an experiment's newest runs that were sent, or were to be; the newest first."""
    wanted = (runs.c.experiment == experiment, runs.c.deleted_at.is_(None), runs.c.status != JobStatus.PLANNED)
    return list(log.read(select(runs).where(*wanted).order_by(runs.c.id.desc()).limit(most)))


def read_open_of_job(log: Log, provider: str, job_id: str) -> list[Row]:
    """Read the open runs with a job's id, and those whose id is not known yet."""
    # by the index on status: of all runs few are open
    of_job = or_(runs.c.job_id == job_id, and_(runs.c.job_id.is_(None), runs.c.status.in_(_ON_ITS_WAY)))
    return read_runs(log, runs.c.status.in_(OPEN), runs.c.provider == provider, of_job)


def read_children(log: Log, hashes: Iterable[str | None]) -> list[Row]:
    """Read the runs that took media with these hashes as inputs."""
    known = [digest for digest in hashes if digest is not None]
    ids = select(inputs.c.run_id).where(inputs.c.sha256.in_(known))
    return read_runs(log, runs.c.run_id.in_(ids)) if known else []


def read_inputs(log: Log, run_id: str) -> Sequence[Row]:
    """Read a run's inputs in their order."""
    return log.read(select(inputs).where(inputs.c.run_id == run_id).order_by(inputs.c.position))


def read_outputs(log: Log, run_ids: Iterable[str]) -> dict[str, list[Row]]:
    """Read the outputs of runs, by run_id, in their order; a run without any is not among them."""
    found: dict[str, list[Row]] = {}
    ids = list(run_ids)
    for start in range(0, len(ids), _AT_ONCE):
        wanted = outputs.c.run_id.in_(ids[start : start + _AT_ONCE])
        for file in log.read(select(outputs).where(wanted).order_by(outputs.c.run_id, outputs.c.position)):
            found.setdefault(file["run_id"], []).append(file)
    return found


def read_durations(log: Log, model: str, *, sandbox: bool, limit: int = 50) -> Sequence[Row]:
    """Read how long the newest runs of a model took that a service has ended, the newest first.

    Args:
        log: The log.
        model: Its friendly id.
        sandbox: Whether those that a sandbox did are meant, or those that none did.
        limit: How many at most.

    Returns:
        Rows of params_json, status, queue_seconds (None where nobody saw it begin) and run_seconds.
    """
    wanted = select(runs.c.params_json, runs.c.status, runs.c.queue_seconds, runs.c.run_seconds)
    # what was refused at once took no time; no index is used, for of most models a few of the newest runs are enough
    ended = (runs.c.run_seconds > 0) & (runs.c.job_id.is_not(None) | (runs.c.status == JobStatus.COMPLETED))
    # a sandbox is as quick as its machine, and what came with pixnb ran on another
    whose = and_(runs.c.sandbox.is_(True), runs.c.host == gethostname()) if sandbox else runs.c.sandbox.is_not(True)
    return log.read(wanted.where(runs.c.model == model, ended, whose).order_by(runs.c.id.desc()).limit(limit))


def find_parent(connection: Connection, hashes: Sequence[str]) -> str | None:
    """Find the first run that made a medium with one of these hashes."""
    if not hashes:
        return None
    return connection.scalar(select(outputs.c.run_id).where(outputs.c.sha256.in_(hashes)).order_by(outputs.c.run_id))


__all__ = [
    "find_parent",
    "read_children",
    "read_durations",
    "read_experiment",
    "read_inputs",
    "read_open_of_job",
    "read_outputs",
    "read_recent",
    "read_runs",
    "read_unfinished",
]
