"""What the log already has of a sweep's cells: taken as it is, joined, sent, or left alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, get_args

from pixnb.errors import ContentRefused, InvalidInput
from pixnb.log import owners, rows, sweeps
from pixnb.runs.cells import Cell
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.log.log import Log

Reuse = Literal["experiment", "log"]
_UNDER_WAY = (JobStatus.SUBMITTING, JobStatus.QUEUED, JobStatus.PROCESSING)
_Row = Mapping[str, Any]


def find_reused(
    log: Log,
    experiment: str,
    cells: Sequence[Cell],
    *,
    fresh: bool = False,
    reuse: Reuse = "experiment",
    max_age: float | timedelta | None = None,
) -> None:
    """Decide what is done with each cell, by what the log has; one query for all.

    Args:
        log: The log.
        experiment: The experiment's name.
        cells: In their order; those with the same params are takes of them, from 1.
        fresh: Whether every cell is a new take, whatever there is.
        reuse: Whether clips of other experiments count too.
        max_age: How old a clip may be that is taken, in seconds or as a timedelta.

    Raises:
        InvalidInput: `reuse` or `max_age` is none.
    """
    oldest = _read_age(max_age)
    if reuse not in get_args(Reuse):
        raise InvalidInput(f'reuse= is "experiment" or "log", not {reuse!r}.')
    hashes = {cell.sha256 for cell in cells}
    found = sweeps.find_cells(log, experiment, {cell.request.model.id for cell in cells}, hashes)
    known: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in found:
        known[row["model"], row["params_sha256"]].append(row)
    _count_takes(cells, known, fresh=fresh)
    if fresh:
        return
    lives = _Lives(log, found)
    lacking = [cell for cell in cells if not _take_own(cell, known, oldest, lives)]
    if reuse == "log" and lacking:
        _take_others(log, experiment, lacking, oldest)


def _count_takes(cells: Iterable[Cell], known: Mapping[Any, Sequence[_Row]], *, fresh: bool) -> None:
    counts: dict[tuple[str, str], int] = {}
    for cell in cells:
        key = cell.request.model.id, cell.sha256
        if key not in counts:
            counts[key] = max((row["take"] for row in known.get(key, ())), default=0) if fresh else 0
        counts[key] += 1
        cell.take = counts[key]


def _take_own(cell: Cell, known: Mapping[Any, Sequence[_Row]], oldest: int, lives: _Lives) -> bool:
    """Decide by what its own experiment has of its take; False where nothing there stands for it."""
    attempts = [row for row in known.get((cell.request.model.id, cell.sha256), ()) if row["take"] == cell.take]
    if not attempts:
        return False
    attempts.sort(key=lambda row: row["attempt"])
    cell.after = attempts[-1]["run_id"]
    there = [row for row in attempts if _is_same_place(cell, row)]
    row = there[-1] if there else None
    if row is None:
        return False
    if row["status"] == JobStatus.COMPLETED and (row["completed_at"] or 0) < oldest:
        return False
    take_row(cell, row, is_sent_elsewhere=lives.has(row["sweep_id"]))
    return True


def take_row(cell: Cell, row: _Row, *, is_sent_elsewhere: bool = True) -> None:
    """Have a run of the log stand for a cell, and decide by its status what is done.

    Args:
        cell: The cell.
        row: Its run's row.
        is_sent_elsewhere: Of a planned one, whether it is another sweep's to send.
    """
    status = JobStatus(row["status"])
    if status is JobStatus.COMPLETED:
        cell.at, cell.fate = row["completed_at"], "reused"
    elif status is JobStatus.PLANNED:
        cell.fate = "in flight" if is_sent_elsewhere else "planned"
    elif status in _UNDER_WAY or (status is JobStatus.CANCELLED and row["job_id"]):
        cell.fate = "in flight"
    else:
        cell.fate = "unconfirmed" if status is JobStatus.UNCONFIRMED else "failed"
    cell.run_id, cell.status, cell.error = row["run_id"], status, row["error"]
    cell.attempt, cell.planned_by = row["attempt"], row["sweep_id"]
    cell.is_refused = row["error_code"] == ContentRefused.default_code


def _is_same_place(cell: Cell, row: _Row) -> bool:
    """Whether a run was the sandbox's where this cell is, and real where it is; one that nobody knows yet is both."""
    if cell.sandbox is None or row["sandbox"] is None:
        return bool(row["base_url"] == cell.home)
    return bool(row["sandbox"] == cell.sandbox)


def _take_others(log: Log, experiment: str, cells: Sequence[Cell], oldest: int) -> None:
    """Take clips of other experiments, each once, the newest first."""
    spare: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in sweeps.find_elsewhere(log, experiment, {cell.sha256 for cell in cells}):
        if (row["completed_at"] or 0) >= oldest:
            spare[row["model"], row["params_sha256"]].append(row)
    for cell in cells:
        same_take: list[_Row] = [
            row
            for row in spare[cell.request.model.id, cell.sha256]
            if row["take"] == cell.take and _is_same_place(cell, row)
        ]
        if same_take:
            newest: _Row = max(same_take, key=_age)
            cell.fate, cell.source, cell.at = "reused", newest["run_id"], newest["completed_at"]


def find_files(log: Log, cells: Iterable[Cell]) -> None:
    """Note in cells that are done where their files are, where this process does not know yet."""
    lacking = {cell.run_id: cell for cell in cells if cell.status is JobStatus.COMPLETED and not cell.path}
    found = sweeps.read_copies(log, [run_id for run_id in lacking if run_id]) if lacking else {}
    for run_id, row in found.items():
        lacking[run_id].path = str(log.assets.locate(row["output_path"])) if row["output_path"] else None


def _age(row: _Row) -> int:
    return int(row["completed_at"] or 0)


class _Lives:
    """Which sweeps are running in a process that lives, so that their planned runs are theirs to send."""

    def __init__(self, log: Log, found: Iterable[_Row]) -> None:
        planned = {row["sweep_id"] for row in found if row["status"] == JobStatus.PLANNED and row["sweep_id"]}
        kept = sweeps.read_owners(log, planned)
        self._living = {name for name, row in kept.items() if row["state"] == "running" and not owners.is_free(row)}

    def has(self, sweep_id: str | None) -> bool:
        return sweep_id in self._living


def _read_age(max_age: Any) -> int:
    """Give the earliest time, in µs, at which a clip that is taken was made."""
    if max_age is None:
        return 0
    seconds = max_age.total_seconds() if isinstance(max_age, timedelta) else max_age
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds >= 0:
        raise InvalidInput(f"max_age= is a number of seconds or a timedelta, not {max_age!r:.60}.")
    return rows.now() - round(min(seconds, 1e10) * 1_000_000)


__all__ = ["Reuse", "find_files", "find_reused", "take_row"]
