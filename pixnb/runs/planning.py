"""A sweep's cells as rows of the log: planned ones, those that another sweep had planned, and copies of old clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from pixnb.log import owners, rows, sweeps
from pixnb.runs.reuse import take_row
from pixnb.runs.row_values import identify, request_values
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.log.log import Log
    from pixnb.runs.cells import Cell

_AT_ONCE = 200
"""Cells in one transaction."""


def write_cells(
    log: Log, cells: Sequence[Cell], *, experiment: str, sweep_id: str, user: str, fresh: bool = False
) -> None:
    """Write down the cells that are to be sent, as PLANNED, and those whose clip another experiment has.

    Args:
        log: The log.
        cells: With their fates; each has its run afterwards. One that somebody else wrote meanwhile is theirs.
        experiment: The experiment's name.
        sweep_id: The sweep's.
        user: Who works here.
        fresh: Whether each is a new take, whatever there is.
    """
    wanted = [cell for cell in cells if cell.status is None and (cell.fate == "new" or cell.source is not None)]
    adopted = [cell for cell in cells if cell.fate == "planned" and cell.planned_by != sweep_id]
    copies = sweeps.read_copies(log, [cell.source for cell in wanted if cell.source])
    told: Mapping[str, Any] = {"experiment": experiment, "sweep_id": sweep_id, "user": user}
    writes = []
    for start in range(0, len(wanted), _AT_ONCE):
        those = [(cell, rows.new_run_id()) for cell in wanted[start : start + _AT_ONCE]]
        writes.append((those, log.write(partial(_insert_all, those=those, told=told, copies=copies, fresh=fresh))))
    adopt = partial(_adopt, sweep_id=sweep_id, me=owners.owner())
    takes = [(cell, log.write(partial(adopt, cell=cell))) for cell in adopted]
    for those, done in writes:
        for (cell, _), row in zip(those, done.result(), strict=True):
            _take(cell, row)
    lost = [cell for cell, done in takes if not done.result()]
    for cell in lost:
        cell.fate = "in flight"


def _adopt(connection: Connection, *, cell: Cell, sweep_id: str, me: Mapping[str, Any]) -> bool:
    assert cell.run_id is not None
    return sweeps.adopt_planned(connection, cell.run_id, cell.planned_by, sweep_id, me)


def _insert_all(connection: Connection, *, those: Sequence[tuple[Cell, str]], **known: Any) -> list[dict[str, Any]]:
    return [_insert(connection, cell, run_id, **known) for cell, run_id in those]


def _insert(
    connection: Connection,
    cell: Cell,
    run_id: str,
    *,
    told: Mapping[str, Any],
    copies: Mapping[str, Mapping[str, Any]],
    fresh: bool,
) -> dict[str, Any]:
    request, identity = cell.request, identify(cell.request, cell.inputs)
    values = {
        **request_values(request, identity, cell.cost),
        **told,
        "run_id": run_id,
        "status": str(JobStatus.PLANNED),
        "sandbox": cell.sandbox,
        "base_url": cell.home,
    }
    if cell.source is not None:
        values |= _copied(copies[cell.source])
    row = rows.insert_run(
        connection,
        values,
        params=identity.params,
        variables=request.vars,
        inputs=identity.media,
        take=None if fresh else cell.take,
        after=cell.after,
        event="reused" if cell.source is not None else None,
    )
    if cell.source is not None and not row["existing"]:
        sweeps.copy_outputs(connection, cell.source, run_id)
    return row


def _copied(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the row of a clip that another experiment made takes over: it costs nothing here."""
    names = ("sandbox", "completed_at", "output_path", "output_url", "output_sha256", "media_type")
    return {
        **{name: source[name] for name in names},
        "status": str(JobStatus.COMPLETED),
        "reused_from": source["run_id"],
        "submitted_at": rows.now(),
        "cost_amount": 0,
        "cost_currency": source["cost_currency"],
        "cost_kind": "reused",
        **dict.fromkeys(("price_amount", "price_currency", "price_source")),
    }


def _take(cell: Cell, row: Mapping[str, Any]) -> None:
    if row["existing"]:
        take_row(cell, row)
        return
    cell.run_id, cell.take, cell.attempt = row["run_id"], row["take"], row["attempt"]
    cell.status = JobStatus.COMPLETED if cell.source is not None else JobStatus.PLANNED


__all__ = ["write_cells"]
