"""Apiframe's account in the sandbox: its credits, what a job takes of them, and submits known by their Idempotency-Key.

Sources: facts of https://docs-v2.apiframe.ai/docs/video-edits and the API's OpenAPI document: credits are taken at
submission and given back in full on failure; a key is kept for 24 hours. What a model costs is not documented: the
tariff is the sandbox's own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from pixnb.sandbox.state import Job, State
from pixnb.sandbox.tables import read_table

_TARIFF: Mapping[str, Mapping[str, int]] = read_table(__file__, "apiframe.toml")
_OPENED_WITH = 10_000  # credits of an account that was never told another number
_RATE = 5  # credits a second of a model that came after this tariff
_KEPT = 24 * 3600.0  # seconds that an Idempotency-Key is known
_CREDITS = "apiframe:credits"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS idempotency (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    job TEXT NOT NULL,
    created REAL NOT NULL,
    PRIMARY KEY (caller, key)
) WITHOUT ROWID
"""


class Insufficient(Exception):
    """The account holds less than a job takes."""

    def __init__(self, required: int, available: int) -> None:
        super().__init__(f"{required} of {available} credits")
        self.required = required
        self.available = available


class Conflict(Exception):
    """The Idempotency-Key belongs to another request."""


class Account:
    """One account for all callers, kept in `state` together with the jobs.

    The same number `given` as the last time changes nothing, so that a server started again does not fill it up.
    """

    def __init__(self, state: State, given: int | None) -> None:
        self._state = state
        with state.transaction() as db:
            db.execute(_SCHEMA)
            row = db.execute("SELECT n FROM counters WHERE name = ?", (f"{_CREDITS} given",)).fetchone()
            if row is None or given not in (None, row[0]):
                wanted = _OPENED_WITH if given is None else given
                self._set(_CREDITS, wanted)
                self._set(f"{_CREDITS} given", wanted)

    @property
    def available(self) -> int:
        """The credits that are left."""
        return self._state.read_count(_CREDITS)

    def recall(self, caller: str, key: str | None, request: str) -> Job | None:
        """Return the job that an earlier submit with the same Idempotency-Key made.

        `caller` is the hash of the API key, `request` of what is asked; `key` is None for a submit without one.

        Raises:
            Conflict: If the key came with another request.
        """
        with self._state.transaction() as db:
            row = db.execute(
                "SELECT request, job FROM idempotency WHERE caller = ? AND key = ? AND created > ?",
                (caller, key, time.time() - _KEPT),
            ).fetchone()
        if row is None:
            return None
        if row[0] != request:
            raise Conflict(key)
        return self._state.job(row[1])

    def put(self, job: Job, caller: str, key: str | None, request: str, keep: Callable[[Job], Any]) -> Job:
        """Take a job's credits, `keep` it and remember its key, all or nothing; or find the job that it repeats.

        Returns:
            The job, or the earlier one (see `recall`), for which nothing is taken.

        Raises:
            Conflict: If the key came with another request.
            Insufficient: If the credits do not suffice.
        """
        with self._state.transaction() as db:
            earlier = self.recall(caller, key, request)
            if earlier is not None:
                return earlier
            self._take(job.credits or 0)
            keep(job)
            if key is not None:
                db.execute("DELETE FROM idempotency WHERE created <= ?", (job.created - _KEPT,))
                row = (caller, key, request, job.id, job.created)
                db.execute("INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)", row)
        return job

    def _take(self, required: int) -> None:
        if required > self.available:
            raise Insufficient(required, self.available)
        self._state.count(_CREDITS, by=-required)

    def _set(self, name: str, n: int) -> None:
        self._state.count(name, by=n - self._state.read_count(name))


def rates(model: str) -> Mapping[str, int]:
    """Return a model's part of the tariff; one that is not in it has one rate for all."""
    return _TARIFF.get(model, {"": _RATE})


def price(model: str, settings: Mapping[str, Any], seconds: float) -> int:
    """Return the credits, at least one, that so many seconds take with a model's checked parameters.

    Example:
        >>> price("wan-2.7-videoedit", {"resolution": "720p"}, 2.5), price("wan-2.7-videoedit", {}, 1.0)
        (8, 5)
    """
    resolution = settings.get("resolution", settings.get("target_resolution", "1080p"))
    fps = settings.get("target_fps")
    rate = rates(model).get(f"{resolution}_{fps}" if fps is not None else str(resolution), _RATE)
    return max(1, math.ceil(rate * seconds))


__all__ = ["Account", "Conflict", "Insufficient", "price", "rates"]
