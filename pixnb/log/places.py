"""How many jobs are in flight at a service and how many started within a minute, by what all kernels have written."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, or_, select

from pixnb.limits import Limit
from pixnb.log.owners import OWNER, is_free, owner
from pixnb.log.rows import now
from pixnb.log.schema import events, runs
from pixnb.status import JobStatus

_IN_FLIGHT = [str(status) for status in (JobStatus.SUBMITTING, JobStatus.QUEUED, JobStatus.PROCESSING)]
_MINUTE = 60_000_000  # µs
_AT_ONCE = 300  # events in one read
_A_WHILE = 1.0
"""Seconds after which it is worth looking again for a job that has come to its end."""


def find_wait(
    connection: Connection, provider: str, limit: Limit, *, sandbox: bool | None, held: int = 0
) -> float | None:
    """Say whether a job may start; in one op with what writes its start, so that many kernels hold the limit together.

    Args:
        connection: The op's, or a reader's.
        provider: The service.
        limit: What is allowed of it.
        sandbox: Whether a sandbox does the work, which has places of its own; None while nobody knows.
        held: Jobs that this process has let through and that are not over: some may not be written down yet.

    Returns:
        None if it may; else the seconds after which to ask again.
    """
    every, mine = _count_in_flight(connection, provider, sandbox)
    pending = max(0, held - mine)
    if limit.in_flight is not None and every + pending >= limit.in_flight:
        return _A_WHILE
    if limit.starts is None:
        return None
    if pending >= limit.starts:
        return _A_WHILE
    started = _find_start(connection, provider, sandbox, limit.starts - pending)
    return None if started is None else max(0.0, (started + _MINUTE - now()) / 1_000_000) + 0.01


def _side(sandbox: bool | None) -> list[ColumnElement[bool]]:
    # a run of which no answer has told yet is on both sides, as with a budget
    return [] if sandbox is None else [or_(runs.c.sandbox.is_(None), runs.c.sandbox.is_(sandbox))]


def _count_in_flight(connection: Connection, provider: str, sandbox: bool | None) -> tuple[int, int]:
    """Count the jobs of all living processes, and those of this one."""
    names = [runs.c[name] for name in OWNER]
    statement = (
        select(*names, func.max(runs.c.heartbeat_at).label("heartbeat_at"), func.count().label("jobs"))
        .where(runs.c.status.in_(_IN_FLIGHT), runs.c.provider == provider, *_side(sandbox))
        .group_by(*names)
    )
    found = [dict(row) for row in connection.execute(statement).mappings()]
    me = owner()
    # nobody follows what a process that is gone has left: its places are free
    every = sum(row["jobs"] for row in found if not is_free(row))
    return every, sum(row["jobs"] for row in found if all(row[name] == me[name] for name in OWNER))


def _find_start(connection: Connection, provider: str, sandbox: bool | None, number: int) -> int | None:
    """Find when the newest but `number` - 1 of the last minute's starts was; None where there were not as many."""
    since = now() - _MINUTE
    mine = (events.c.kind == "intended") & (runs.c.provider == provider)
    for side in _side(sandbox):
        mine &= side
    statement = (
        select(events.c.seq, events.c.at, mine.label("counts"))
        .join_from(events, runs, runs.c.run_id == events.c.run_id)
        .order_by(events.c.seq.desc())
        .limit(_AT_ONCE)
    )
    before: int | None = None
    while True:
        page = connection.execute(statement if before is None else statement.where(events.c.seq < before)).all()
        for seq, at, counts in page:
            if at < since:
                return None
            number -= bool(counts)
            if number == 0:
                return int(at)
            before = seq
        if len(page) < _AT_ONCE:
            return None


__all__ = ["find_wait"]
