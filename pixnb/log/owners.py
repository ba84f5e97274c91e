"""Who is following an open run: claims by compare-and-set, heartbeats, and when a run is free."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, update

from pixnb.log.rows import append_event, now
from pixnb.log.schema import runs, sweeps
from pixnb.status import JobStatus

OWNER = ("owner_host", "owner_boot", "owner_pid", "owner_start")
OPEN = tuple(str(status) for status in JobStatus if not status.is_terminal)
PATIENCE = 60_000_000  # µs without a heartbeat after which a run of another host is free

_SENT = tuple(status for status in OPEN if status != JobStatus.PLANNED)  # planned ones live by their sweep
_heartbeat = (
    update(runs)
    .where(*(runs.c[name] == bindparam(f"_{name}") for name in OWNER), runs.c.status.in_(_SENT))
    .values(heartbeat_at=bindparam("_at"))
)
_heartbeat_of_sweeps = (
    update(sweeps)
    .where(*(sweeps.c[name] == bindparam(f"_{name}") for name in OWNER), sweeps.c.state == "running")
    .values(heartbeat_at=bindparam("_at"))
)


def owner() -> dict[str, Any]:
    """Name this process so that no other, earlier or later, has the same name.

    Returns:
        owner_host, owner_boot (the boot's id and the process namespace, so that two containers differ), owner_pid,
        owner_start (clock ticks after boot at which the process began; 0 where the system does not tell).

    Example:
        >>> owner()["owner_pid"] == os.getpid()
        True
    """
    pid = os.getpid()
    return {**_place(), "owner_pid": pid, "owner_start": _own_start(pid)}


@cache
def _own_start(pid: int) -> int:
    return _start(pid) or 0


@cache
def _place() -> dict[str, str]:
    boot = Path("/proc/sys/kernel/random/boot_id")
    namespace = Path("/proc/self/ns/pid")
    words = [boot.read_text().strip() if boot.exists() else "", str(namespace.readlink()) if boot.exists() else ""]
    return {"owner_host": socket.gethostname(), "owner_boot": "/".join(words)}


def _start(pid: int) -> int | None:
    """Give a living process's start; None when it is gone, which a zombie is too."""
    try:
        # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: a name may hold spaces and ')'
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def is_free(row: Mapping[str, Any], *, at: int | None = None) -> bool:
    """Say whether nobody follows an open run any more.

    Args:
        row: With the owner's columns and `heartbeat_at`.
        at: The time, in µs UTC; None for now.

    Returns:
        True for a run without an owner, of a process of this machine that is gone, or of another machine that has
        been silent for 60 s.
    """
    if row["owner_pid"] is None:
        return True
    silent = (at or now()) - (row["heartbeat_at"] or 0) > PATIENCE
    if any(row[name] != value for name, value in _place().items()):
        return silent
    if Path("/proc/self/stat").exists():
        return bool(_start(row["owner_pid"]) != row["owner_start"])
    return bool(silent or not _answers(row["owner_pid"]))


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def claim(
    connection: Connection,
    run_id: str,
    expected_owner: Mapping[str, Any],
    new_owner: Mapping[str, Any],
) -> bool:
    """Take a run over, if it still is as it was seen.

    Args:
        connection: The op's.
        run_id: Which run.
        expected_owner: Columns as they were read: the owner's, better with heartbeat_at too; None matches NULL.
        new_owner: What `owner` gives; all None sets the run free.

    Returns:
        True for the one process whose claim went through.
    """
    unchanged = (runs.c[name].is_not_distinct_from(value) for name, value in expected_owner.items())
    statement = update(runs).where(runs.c.run_id == run_id, *unchanged).values(**new_owner, heartbeat_at=now())
    if connection.execute(statement).rowcount != 1:
        return False
    rev = append_event(connection, run_id, "claimed", dict(new_owner))
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(rev=rev))
    return True


def write_heartbeat(connection: Connection, owner: Mapping[str, Any], at: int | None = None) -> int:
    """Say that the owner lives, for all its open runs and sweeps at once; no revision: nothing changed.

    Returns:
        How many open runs it has.
    """
    values = {f"_{name}": owner[name] for name in OWNER} | {"_at": at or now()}
    connection.execute(_heartbeat_of_sweeps, values)
    return int(connection.execute(_heartbeat, values).rowcount)


__all__ = ["OPEN", "OWNER", "claim", "is_free", "owner", "write_heartbeat"]
