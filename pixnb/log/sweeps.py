"""What is kept of sweeps: their state and owner, the runs that wait to be sent, what there is of a grid's cells."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Text, cast, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from pixnb.log.owners import OWNER
from pixnb.log.rows import append_event, now
from pixnb.log.schema import inputs, outputs, runs, sweeps
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.log.log import Log

Row = Mapping[Any, Any]
_FOUND = (
    *("run_id", "model", "params_sha256", "take", "attempt", "status", "sandbox", "base_url", "completed_at"),
    *("submitted_at", "job_id", "sweep_id", "output_sha256", "error", "error_code", *OWNER, "heartbeat_at"),
)
_CELL = (
    *(*_FOUND, "params_json", "vars_json", "extra_json", "note", "price_amount", "price_currency", "cost_amount"),
    *("cost_currency", "cost_kind", "output_path", "reused_from", "user", "rev", "deleted_at"),
)
_BLANK = dict.fromkeys(
    (
        *("submitted_at", "started_at", "completed_at", "queue_seconds", "run_seconds", "error", "error_code"),
        *("cost_amount", "cost_currency", "cost_kind", "polling_url", "refused_stage", "refused_billed"),
    )
)


def among(log: Log, column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Give the condition that a column holds one of many texts, which go to the database as one value."""
    listed = literal(json.dumps(list(values)))
    if log.dialect == "sqlite":
        return column.in_(select(func.json_each(listed).table_valued("value").c.value))
    return column.in_(select(cast(func.jsonb_array_elements_text(cast(listed, JSONB)), Text)))


def find_cells(log: Log, experiment: str, models: Iterable[str], hashes: Collection[str]) -> list[dict[str, Any]]:
    """Find what an experiment has of models and params, all attempts, in one query; the columns that decide."""
    where = [runs.c.experiment == experiment, runs.c.model.in_(list(models)), runs.c.deleted_at.is_(None)]
    return _find(log, *where, among(log, runs.c.params_sha256, hashes))


def find_elsewhere(log: Log, experiment: str, hashes: Collection[str]) -> list[dict[str, Any]]:
    """Find what other experiments have made of params, with its file."""
    done = [runs.c.status == str(JobStatus.COMPLETED), runs.c.output_sha256.is_not(None)]
    kept = [runs.c.experiment != experiment, runs.c.reused_from.is_(None), runs.c.deleted_at.is_(None)]
    return _find(log, *done, *kept, among(log, runs.c.params_sha256, hashes))


def _find(log: Log, *where: ColumnElement[bool]) -> list[dict[str, Any]]:
    statement = select(*(runs.c[name] for name in _FOUND)).where(*where).order_by(runs.c.id)
    found = log.reading(lambda connection: connection.execute(statement).all())
    return [dict(zip(_FOUND, row, strict=True)) for row in found]


def count_refusals(log: Log, experiment: str) -> dict[tuple[str, str], int]:
    """Count how often each service has refused the content of each prompt of an experiment."""
    keys = (runs.c.provider, runs.c.prompt)
    where = (runs.c.experiment == experiment, runs.c.refused_stage.is_not(None), runs.c.deleted_at.is_(None))
    statement = select(*keys, func.count()).where(*where).group_by(*keys)
    found = log.reading(lambda connection: connection.execute(statement).all())
    return {(provider, prompt or ""): count for provider, prompt, count in found}


def read_copies(log: Log, run_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Read of runs what a row that stands for the same clip takes over: their output and how it was made."""
    names = (
        "run_id",
        "sandbox",
        "completed_at",
        "output_path",
        "output_url",
        "output_sha256",
        "media_type",
        "cost_currency",
    )
    statement = select(*(runs.c[name] for name in names)).where(among(log, runs.c.run_id, run_ids))
    return {row["run_id"]: dict(row) for row in log.read(statement)}


def write_sweep(connection: Connection, sweep_id: str, experiment: str, *, owner: Row, allow_unpriced: bool) -> None:
    """Write a sweep down as running."""
    values = {"sweep_id": sweep_id, "experiment": experiment, "state": "running", "allow_unpriced": allow_unpriced}
    connection.execute(insert(sweeps).values(**values, created_at=now(), heartbeat_at=now(), **owner))


def set_state(connection: Connection, sweep_id: str, state: str, paused: Mapping[str, str], owner: Row) -> bool:
    """Write how a sweep stands, and whose it is; False where it was cancelled, which it stays."""
    values = {"state": state, "paused_json": dict(paused) or None, "heartbeat_at": now(), **owner}
    mine = update(sweeps).where(sweeps.c.sweep_id == sweep_id, sweeps.c.state != "cancelled")
    return connection.execute(mine.values(**values)).rowcount == 1


def take_up(connection: Connection, sweep_id: str, me: Row, seen: Row | None) -> str:
    """Make a sweep run here, unless it was cancelled or is running elsewhere.

    Args:
        connection: The op's.
        sweep_id: Its id.
        me: Who takes it.
        seen: Of one whose process has ended, its row as it was read: of all who take it up then the first one gets it.

    Returns:
        "running", "cancelled" or "elsewhere".
    """
    row = connection.execute(select(sweeps).where(sweeps.c.sweep_id == sweep_id)).mappings().one()
    if row["state"] == "cancelled":
        return "cancelled"
    expected = me if seen is None else {name: seen[name] for name in (*OWNER, "heartbeat_at")}
    if row["state"] == "running" and any(row[name] != value for name, value in expected.items()):
        return "elsewhere"
    set_state(connection, sweep_id, "running", {}, me)
    return "running"


def cancel_sweep(connection: Connection, sweep_id: str) -> list[str]:
    """Write down that a sweep is cancelled, and delete what it has planned; gives those runs."""
    connection.execute(update(sweeps).where(sweeps.c.sweep_id == sweep_id).values(state="cancelled"))
    planned = (runs.c.sweep_id == sweep_id, runs.c.status == str(JobStatus.PLANNED), runs.c.deleted_at.is_(None))
    ids = connection.scalars(select(runs.c.run_id).where(*planned).order_by(runs.c.id)).all()
    return drop_planned(connection, ids)


def read_running(log: Log, experiment: str) -> Sequence[Row]:
    """Read an experiment's sweeps that are running, or were when their process ended."""
    return log.read(
        select(sweeps)
        .where(sweeps.c.experiment == experiment, sweeps.c.state == "running")
        .order_by(sweeps.c.created_at)
    )


def read_owners(log: Log, sweep_ids: Collection[str]) -> dict[str, Row]:
    """Read sweeps by their ids."""
    found = log.read(select(sweeps).where(sweeps.c.sweep_id.in_(list(sweep_ids)))) if sweep_ids else []
    return {row["sweep_id"]: row for row in found}


def read_all(log: Log, experiment: str) -> Sequence[Row]:
    """Read an experiment's sweeps, the oldest first."""
    return log.read(
        select(sweeps).where(sweeps.c.experiment == experiment).order_by(sweeps.c.created_at, sweeps.c.sweep_id)
    )


def count_cells(log: Log, sweep_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Count the runs that sweeps have written, by status."""
    keys = (runs.c.sweep_id, runs.c.status)
    wanted = (runs.c.sweep_id.in_(list(sweep_ids)), runs.c.deleted_at.is_(None))
    found: dict[str, dict[str, int]] = {}
    for row in log.read(select(*keys, func.count().label("runs")).where(*wanted).group_by(*keys)):
        found.setdefault(row["sweep_id"], {})[row["status"]] = row["runs"]
    return found


def read_cells(log: Log, sweep_id: str, *, since: int = 0) -> Sequence[Row]:
    """Read the runs that a sweep has written, in that order, as far as their cells tell of them.

    Args:
        log: The log.
        sweep_id: Its id.
        since: Only what has changed after this revision; then also what was deleted.
    """
    wanted = [runs.c.sweep_id == sweep_id, runs.c.rev > since]
    wanted += [] if since else [runs.c.deleted_at.is_(None)]
    return log.read(select(*(runs.c[name] for name in _CELL)).where(*wanted).order_by(runs.c.id))


def read_with_inputs(log: Log, run_ids: Collection[str]) -> list[tuple[Row, list[Row]]]:
    """Read runs whole, each with its inputs."""
    found = log.read(select(runs).where(among(log, runs.c.run_id, run_ids)).order_by(runs.c.id))
    given: dict[str, list[Row]] = {row["run_id"]: [] for row in found}
    of_those = select(inputs).where(among(log, inputs.c.run_id, run_ids))
    for item in log.read(of_those.order_by(inputs.c.run_id, inputs.c.position)):
        given.setdefault(item["run_id"], []).append(item)
    return [(row, given[row["run_id"]]) for row in found]


def adopt_planned(connection: Connection, run_id: str, seen: str | None, sweep_id: str, owner: Row) -> bool:
    """Make a planned run another sweep's; False where it was sent, dropped or adopted meanwhile."""
    planned = (runs.c.status == str(JobStatus.PLANNED), runs.c.deleted_at.is_(None))
    those = update(runs).where(runs.c.run_id == run_id, runs.c.sweep_id.is_not_distinct_from(seen), *planned)
    return _change(connection, run_id, those, {"sweep_id": sweep_id, **owner}, "adopted")


def drop_planned(connection: Connection, run_ids: Iterable[str]) -> list[str]:
    """Delete planned runs, which cost nothing; gives those that still were planned."""
    dropped = []
    for run_id in run_ids:
        planned = update(runs).where(runs.c.run_id == run_id, runs.c.status == str(JobStatus.PLANNED))
        if _change(connection, run_id, planned, {"deleted_at": now()}, "dropped"):
            dropped.append(run_id)
    return dropped


def plan_again(connection: Connection, run_id: str) -> bool:
    """Make a run planned again that its service refused for a reason that is not its own; it was not taken."""
    refused = (runs.c.status == str(JobStatus.ERROR), runs.c.job_id.is_(None))
    those = update(runs).where(runs.c.run_id == run_id, *refused)
    return _change(connection, run_id, those, {**_BLANK, "status": str(JobStatus.PLANNED)}, "replanned")


def refuse_planned(connection: Connection, run_id: str, message: str, code: str) -> bool:
    """Write down why a planned run cannot be sent: it failed, and cost nothing."""
    planned = update(runs).where(runs.c.run_id == run_id, runs.c.status == str(JobStatus.PLANNED))
    said = {"error": message, "error_code": code, "completed_at": now()}
    return _change(connection, run_id, planned, {**said, "status": str(JobStatus.ERROR)}, "error")


def read_runs(log: Log, run_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Read runs by their ids, those that are deleted too."""
    return {row["run_id"]: row for row in log.rows(among(log, runs.c.run_id, run_ids), deleted=True)}


def _change(connection: Connection, run_id: str, those: Any, values: Row, event: str) -> bool:
    if connection.execute(those.values(**values)).rowcount != 1:
        return False
    rev = append_event(connection, run_id, event)
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(rev=rev))
    return True


def copy_outputs(connection: Connection, source: str, run_id: str) -> None:
    """Give a run the output files of another."""
    names = [column.name for column in outputs.c if column.name != "run_id"]
    chosen = select(literal(run_id), *(outputs.c[name] for name in names)).where(outputs.c.run_id == source)
    connection.execute(insert(outputs).from_select(["run_id", *names], chosen))


__all__ = [
    "adopt_planned",
    "among",
    "cancel_sweep",
    "copy_outputs",
    "count_cells",
    "drop_planned",
    "find_cells",
    "find_elsewhere",
    "plan_again",
    "read_all",
    "read_cells",
    "read_copies",
    "read_owners",
    "read_running",
    "read_runs",
    "read_with_inputs",
    "refuse_planned",
    "set_state",
    "take_up",
    "write_sweep",
]
