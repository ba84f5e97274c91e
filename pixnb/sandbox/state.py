"""The sandbox's memory: jobs and counters in one SQLite file, so that the next server goes on where this one ended."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_VERSION = 2  # raised when an older pixnb could not read what is written: 2 has jobs of all three services
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    open INTEGER NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jobs_open ON jobs (open) WHERE open;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
"""
_ENDS = frozenset({"COMPLETED", "FAILED", "ERROR", "CANCELLED"})
_REFUNDED = frozenset({"FAILED", "ERROR"})


@dataclass(frozen=True)
class Job:
    """A job as the sandbox knows it, in no provider's words.

    Attributes:
        id: Its id as the provider spells it.
        model: The service's own id of the model; `name` is the friendly one.
        prompt: The prompt without fault markers; `params` are the request as it came.
        settings: The parameters for the renderer, defaults filled in.
        inputs: For each role the URL of its media; `files` has the local paths once they are here.
        faults: The markers that still matter, with how many times each holds.
        callback: Where and how the provider calls back.
        created: Seconds since 1970, as are `started`, `updated` and `completed`.
        variant: How many equal requests came before.
        output: The clip's file name.
        notified: Whether the last callback is done; `delivered` is whether it arrived.
        credits: What was taken for it from its provider's account here; 0 once given back.
        expected: Seconds that it will be PROCESSING, as far as that is known beforehand.
    """

    id: str
    provider: str
    model: str
    name: str
    task: str
    prompt: str
    params: Mapping[str, Any]
    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    faults: Mapping[str, int | None]
    created: float = field(default_factory=time.time)
    callback: Mapping[str, Any] | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    status: str = "QUEUED"
    error: str | None = None
    started: float | None = None
    updated: float | None = None
    completed: float | None = None
    variant: int | None = None
    output: str | None = None
    media_type: str | None = None
    seconds: float | None = None
    sha256: str | None = None
    submits: int = 1
    notified: bool = False
    delivered: bool | None = None
    credits: int | None = None
    expected: float | None = None

    @property
    def makes(self) -> str:
        """What comes out: "video" or "image"."""
        return self.task.rpartition("-")[2]

    @property
    def ended(self) -> bool:
        """Whether its status is one of the last."""
        return self.status in _ENDS

    @property
    def open(self) -> bool:
        """Whether something is still to be done for it."""
        return not self.ended or (self.callback is not None and not self.notified)


class NewerState(sqlite3.DatabaseError):
    """A newer pixnb has written the state. It is left as it is."""

    def __init__(self, version: int) -> None:
        super().__init__(f"a newer pixnb made it (version {version} of the state; this one reads up to {_VERSION})")


class State:
    """The jobs and counters of one state folder, in a SQLite file; ":memory:" keeps nothing.

    Every change is on its way to the disk before it is answered for, so SIGKILL loses nothing (a power cut may
    lose the last second, which a toy service can bear).

    Raises:
        NewerState: A newer pixnb has written it.

    Example:
        >>> state = State(":memory:")
        >>> state.count("posts"), state.count("posts")
        (0, 1)
        >>> state.close()
    """

    def __init__(self, path: Path | str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            self._db.close()
            raise NewerState(version)
        self._db.executescript(_SCHEMA)
        self._db.execute(f"PRAGMA user_version={_VERSION}")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Make all changes inside at once, or none if one raises; nothing inside may await."""
        if self._db.in_transaction:
            yield self._db  # the outer one sees to the end
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def add(self, job: Job) -> None:
        """Keep a new job."""
        self._db.execute("INSERT INTO jobs (id, open, data) VALUES (?, ?, ?)", (job.id, job.open, _text(job)))

    def job(self, job_id: str) -> Job | None:
        """Return a job by its id."""
        row = self._db.execute("SELECT data FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return Job(**json.loads(row[0])) if row else None

    def jobs(self, *, open_only: bool = False) -> list[Job]:
        """Return the jobs in the order they came."""
        where = "WHERE open" if open_only else ""
        # `where` is one of two constants
        rows = self._db.execute(f"SELECT data FROM jobs {where} ORDER BY seq")  # noqa: S608
        return [Job(**json.loads(data)) for (data,) in rows]

    def change(self, job: Job, **values: Any) -> Job:
        """Keep new values of a job and return it as it is now; one that failed gets its credits back."""
        changed = dataclasses.replace(job, **values)
        with self.transaction() as db:
            if changed.credits and changed.status in _REFUNDED:
                self.count(f"{job.provider}:credits", by=changed.credits)
                changed = dataclasses.replace(changed, credits=0)
            db.execute("UPDATE jobs SET open = ?, data = ? WHERE id = ?", (changed.open, _text(changed), job.id))
        return changed

    def count(self, name: str, *, by: int = 1) -> int:
        """Count one more of something (or so many) and return how many there were before."""
        row = self._db.execute(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n RETURNING n",
            (name, by),
        ).fetchone()
        return int(row[0]) - by

    def read_count(self, name: str) -> int:
        """Return how many of something were counted."""
        row = self._db.execute("SELECT n FROM counters WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _text(job: Job) -> str:
    return json.dumps(vars(job), separators=(",", ":"))


__all__ = ["Job", "NewerState", "State"]
