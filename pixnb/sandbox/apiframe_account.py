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

OPENED_WITH = 10_000
"""Credits of an account that was never told another number."""

TARIFF: Mapping[str, Mapping[str, int]] = {
    "wan-2.7-videoedit": {"720p": 3, "1080p": 5},
    "topaz-video-upscale": {
        "720p_24": 1,
        "720p_30": 1,
        "720p_60": 2,
        "1080p_24": 2,
        "1080p_30": 2,
        "1080p_60": 4,
        "4k_24": 4,
        "4k_30": 5,
        "4k_60": 8,
    },
}
"""Credits a second, made up: by resolution, for an upscale by `<resolution>_<fps>`."""

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
    """One account for all callers.

    Args:
        state: Where it is kept, together with the jobs.
        given: What it shall hold. The same number as the last time changes nothing, so that a server started
            again does not fill the account up.
    """

    def __init__(self, state: State, given: int | None) -> None:
        self._state = state
        with state.transaction() as db:
            db.execute(_SCHEMA)
            row = db.execute("SELECT n FROM counters WHERE name = ?", (f"{_CREDITS} given",)).fetchone()
            if row is None or given not in (None, row[0]):
                wanted = OPENED_WITH if given is None else given
                self._set(_CREDITS, wanted)
                self._set(f"{_CREDITS} given", wanted)

    @property
    def available(self) -> int:
        """The credits that are left."""
        return self._state.counted(_CREDITS)

    def remembered(self, caller: str, key: str | None, request: str) -> Job | None:
        """Return the job that an earlier submit with the same key made.

        Args:
            caller: The hash of the API key.
            key: The Idempotency-Key, None for a submit without.
            request: A hash of what is asked.

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

    def put(self, job: Job, caller: str, key: str | None, request: str, keep: Callable[[Job], None]) -> Job:
        """Take a job's credits, keep it and remember its key, all or nothing; or find the job that it repeats.

        Args:
            job: The job, with its `credits`.
            caller: As for `remembered`, as are `key` and `request`.
            key: The Idempotency-Key.
            request: The hash of what is asked.
            keep: Keeps the job.

        Returns:
            The job, or the earlier one, for which nothing is taken.

        Raises:
            Conflict: If the key came with another request.
            Insufficient: If the credits do not suffice.
        """
        with self._state.transaction() as db:
            earlier = self.remembered(caller, key, request)
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
        self._state.count(name, by=n - self._state.counted(name))


def rate(model: str, settings: Mapping[str, Any]) -> int:
    """Return the credits a second of a request.

    Args:
        model: Apiframe's id of the model.
        settings: The checked parameters.

    Example:
        >>> rate("wan-2.7-videoedit", {"resolution": "720p"}), rate("wan-2.7-videoedit", {})
        (3, 5)
    """
    resolution = settings.get("resolution", settings.get("target_resolution", "1080p"))
    fps = settings.get("target_fps")
    return rates(model).get(f"{resolution}_{fps}" if fps is not None else str(resolution), _RATE)


def rates(model: str) -> Mapping[str, int]:
    """Return a model's part of the tariff; one that is not in it has one rate for all."""
    return TARIFF.get(model, {"": _RATE})


def price(model: str, settings: Mapping[str, Any], seconds: float) -> int:
    """Return the credits that a request takes, at least one.

    Args:
        model: Apiframe's id of the model.
        settings: The checked parameters.
        seconds: The length that is billed.

    Example:
        >>> price("wan-2.7-videoedit", {"resolution": "720p"}, 2.5)
        8
    """
    return max(1, math.ceil(rate(model, settings) * seconds))


__all__ = ["OPENED_WITH", "TARIFF", "Account", "Conflict", "Insufficient", "price", "rate", "rates"]
