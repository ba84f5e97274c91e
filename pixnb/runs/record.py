"""How a run's steps become rows: the engine's recorder for a log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from pixnb.errors import InvalidInput, LogError, PixnbError
from pixnb.log import places, queries, rows
from pixnb.runs import budget
from pixnb.runs.row_values import (
    cost_values,
    end_values,
    error_values,
    first_values,
    output_values,
    standing_values,
    to_micros,
)
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.client.work import Work
    from pixnb.limits import Limit
    from pixnb.log.log import Log
    from pixnb.request import Request

T = TypeVar("T")
_ATTEMPTS = 3


class TakeExists(PixnbError):
    """The take that was asked for is in the log already: it is not made again.

    Attributes:
        row: Its row.
    """

    row: Mapping[str, Any]


class NoPlace(PixnbError):
    """A planned run may not start yet, because the user's limit is reached: it is planned still.

    Attributes:
        wait: Seconds after which to try again.
    """

    wait: float = 0.0


class NotPlanned(InvalidInput):
    """A run that was planned is not any more: another process began or dropped it."""


class RunRecorder:
    """Writes one run's steps to a log.

    Args:
        log: The log.
        run_id: The run's id.
        experiment: The experiment's name.
        user: Who submits.
        after: The run whose next attempt this is; None for a take of its own.
        limit: What the user allows of the service; it holds runs that were planned, never others.

    Attributes:
        take: The run's take; None until it is written down.
        attempt: Which try of that take.
    """

    def __init__(
        self,
        log: Log,
        run_id: str,
        experiment: str,
        *,
        user: str = "",
        after: str | None = None,
        limit: Limit | None = None,
    ) -> None:
        self._log = log
        self._run_id = run_id
        self._experiment = experiment
        self._user = user
        self._after = after
        self._limit = limit
        self.take: int | None = None
        self.attempt: int | None = None
        self._is_planned = False

    def load(self, row: Mapping[Any, Any]) -> None:
        """Take in what the log says of the run."""
        self.take, self.attempt = row["take"], row["attempt"]
        self._is_planned = row["status"] == JobStatus.PLANNED

    async def intended(self, work: Work) -> None:
        """Write the run and reserve its price, in one transaction.

        Raises:
            TakeExists: The take that was asked for is in the log.
            BudgetExceeded: The budget does not cover it.
            NoPlace: It was planned, and has to wait.
        """
        values, media, params = first_values(work, self._run_id, self._experiment, self._user)
        request = work.request
        assert request is not None

        def op(connection: Connection) -> dict[str, Any] | None:
            standing = work.standing
            allowed = request.allow_unpriced
            if self._is_planned or not self._find(connection, request, values):
                budget.check(
                    connection, self._experiment, standing.cost, sandbox=standing.sandbox, allow_unpriced=allowed
                )
            if not self._is_planned:
                return self._insert(connection, work, values, params, media)
            self._hold(connection, work)
            values["parent_run_id"] = _find_parent(connection, media)
            if rows.begin_planned(connection, self._run_id, values):
                return None
            raise NotPlanned(f"Run {self._run_id} is not planned any more: it was begun or dropped elsewhere.")

        row = await self._write(op)
        self._is_planned = False
        if row is not None:
            self._settle(row)

    def _hold(self, connection: Connection, work: Work) -> None:
        if self._limit is None:
            return
        wait = places.find_wait(connection, work.provider, self._limit, sandbox=work.standing.sandbox)
        if wait is not None:
            held = NoPlace(f"PIXNB_LIMITS lets no more jobs of {work.provider} start now; try again in {wait:.1f} s.")
            held.wait = wait
            raise held

    def _find(self, connection: Connection, request: Request, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Find the logged run that stands for what is asked; None where one is to be made."""
        if request.take is None:
            return None
        found = rows.find_take(connection, values, request.take)
        return None if found is None or self._attempt_after(found) else found

    def _attempt_after(self, found: Mapping[str, Any]) -> str | None:
        """Give the run whose next attempt is to be made: of a take that failed, one is."""
        again = self._after == found["run_id"] or found["status"] in (JobStatus.FAILED, JobStatus.ERROR)
        return found["run_id"] if again else None

    def _insert(
        self,
        connection: Connection,
        work: Work,
        values: dict[str, Any],
        params: Mapping[str, Any],
        media: list[dict[str, Any]],
    ) -> dict[str, Any]:
        request = work.request
        assert request is not None
        after = None
        if request.take is not None and (found := rows.find_take(connection, values, request.take)):
            after = self._attempt_after(found)
        values["parent_run_id"] = _find_parent(connection, media)
        row = rows.insert_run(
            connection, values, params=params, variables=request.vars, inputs=media, take=request.take, after=after
        )
        if request.tags and not row["existing"]:
            rows.set_tags(connection, self._run_id, dict(request.tags))
        return row

    def _settle(self, row: Mapping[str, Any]) -> None:
        if row["existing"]:
            exists = TakeExists(f"Take {row['take']} is in the log.")
            exists.row = row
            raise exists
        self.take, self.attempt = row["take"], row["attempt"]

    async def accepted(self, work: Work) -> None:
        """Write the job's id, at once and stubbornly: it is what was paid for."""
        standing = work.standing
        values = standing_values(standing)
        for attempt in range(_ATTEMPTS):
            try:
                await self._update(values, "accepted", {"job_id": standing.id})
            except LogError:
                if attempt + 1 == _ATTEMPTS:
                    raise
                await asyncio.sleep(0.2 * 2**attempt)
            else:
                return

    async def changed(self, work: Work) -> None:
        """Write a new status; an end also with its cost and times."""
        standing = work.standing
        values = standing_values(standing)
        values.update(error_values(standing), started_at=to_micros(standing.started_at))
        # of what was cancelled here the end is not known; a service that cancelled tells it
        cancelled_here = standing.status is JobStatus.CANCELLED and standing.completed_at is None
        if standing.status.is_terminal and not cancelled_here:
            values.update(end_values(standing))
        elif standing.cost is not None and standing.cost.kind != "estimated":
            values.update(cost_values(standing))
        said = {"error": standing.error.message} if standing.error else None
        await self._update(values, str(standing.status).lower(), said)

    async def delivered(self, work: Work) -> None:
        """Write the end and the files, which are in the store by now."""
        standing = work.standing
        files = [output_values(media, self._log.assets) for media in standing.media if media.path is not None]
        first = files[0] if files else {}
        values = {**standing_values(standing), **end_values(standing)}
        values.update(error_values(standing), started_at=to_micros(standing.started_at))
        link = standing.outputs[0].url if standing.outputs else None
        values.update(
            output_path=first.get("path"),
            output_url=first.get("url") or link,
            output_sha256=first.get("sha256"),
            media_type=first.get("media_type"),
        )

        def op(connection: Connection) -> None:
            rows.update_run(connection, self._run_id, values, event="delivered" if files else "unavailable")
            rows.add_outputs(connection, self._run_id, files)

        await self._write(op)

    async def _update(self, values: Mapping[str, Any], event: str, payload: Any = None) -> None:
        run_id = self._run_id
        await self._write(lambda connection: rows.update_run(connection, run_id, values, event=event, payload=payload))

    async def _write(self, op: Callable[[Connection], T]) -> T:
        # a waiter that leaves does not take a queued record of a paid job with it
        return await self._log.write_async(op)


def _find_parent(connection: Connection, media: list[dict[str, Any]]) -> str | None:
    return queries.find_parent(connection, [item["sha256"] for item in media if not item["sha256"].startswith("url:")])


__all__ = ["NoPlace", "NotPlanned", "RunRecorder", "TakeExists"]
