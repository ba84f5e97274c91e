"""How a run's steps become rows: the engine's recorder for a log."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, select

from pixnb import __version__
from pixnb.client.job import Job
from pixnb.errors import LogError, PixnbError
from pixnb.log import owners, rows
from pixnb.log.schema import outputs
from pixnb.media.media import Media
from pixnb.runs import budget
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.log.log import Log
    from pixnb.runs.run import Run

T = TypeVar("T")
_ATTEMPTS = 3


class TakeExists(PixnbError):
    """The take that was asked for is in the log already: it is not made again.

    Attributes:
        row: Its row.
    """

    row: Mapping[str, Any]


class RunRecorder:
    """Writes one run's steps to a log.

    Args:
        log: The log.
        run: The run.
        take: The take that is wanted; None for the next.
        allow_unpriced: Whether it may go without a known price under a budget.
        tags: Tags by name.
        note: A note.
        user: Who submits.
    """

    def __init__(
        self,
        log: Log,
        run: Run,
        *,
        take: int | None = None,
        allow_unpriced: bool = False,
        tags: Mapping[str, str] | None = None,
        note: str | None = None,
        user: str = "",
    ) -> None:
        self._log = log
        self._run = run
        self._take = take
        self._allow_unpriced = allow_unpriced
        self._tags: dict[str, str | None] = dict(tags or {})
        self._note = note
        self._user = user
        self._last: JobStatus | None = None

    async def intended(self, job: Job) -> None:
        """Write the run and reserve its price, in one transaction."""
        values, media = self._first_values(job), [_input(given) for given in job.inputs]
        submission = job.submission
        assert submission is not None
        params = _plain(submission.params, media)
        values["params_sha256"] = rows.fingerprint({**params, **submission.extra}, media)

        def op(connection: Connection) -> dict[str, Any]:
            if self._take is None or not rows.find_take(connection, values, self._take):
                budget.check(
                    connection,
                    self._run.experiment,
                    job.cost,
                    sandbox=job.sandbox,
                    allow_unpriced=self._allow_unpriced,
                )
            values["parent_run_id"] = _parent(connection, media)
            row = rows.insert_run(connection, values, params=params, inputs=media, take=self._take)
            if self._tags and not row["existing"]:
                rows.set_tags(connection, self._run.run_id, self._tags)
            return row

        row = await self._write(op)
        if row["existing"]:
            exists = TakeExists(f"Take {self._take} is in the log.")
            exists.row = row
            raise exists
        self._run.take = row["take"]

    def _first_values(self, job: Job) -> dict[str, Any]:
        submission, target = job.submission, job.target
        assert submission is not None
        assert target is not None
        assert job.submitted_at is not None
        model, params, price = submission.model, submission.params, submission.model.price_for(submission.params)
        return {
            **owners.owner(),
            "heartbeat_at": rows.now(),
            "run_id": self._run.run_id,
            "experiment": self._run.experiment,
            "provider": model.provider,
            "model": model.id,
            "provider_model": model.provider_model,
            "task": model.task_for(params),
            "status": str(job.status),
            "sandbox": job.sandbox,
            "prompt": params.get("prompt"),
            "seed": params.get("seed"),
            "extra_json": dict(submission.extra) or None,
            "price_amount": job.cost.amount if job.cost else None,
            "price_currency": job.cost.currency if job.cost else None,
            "price_source": price.source if job.cost and price else None,
            "submitted_at": _micros(job.submitted_at),
            "base_url": target.home,
            "idempotency_key": submission.idempotency_key,
            "note": self._note,
            "user": self._user,
            "host": _host(),
            "notebook": _notebook(),
            "pixnb_version": __version__,
        }

    async def accepted(self, job: Job) -> None:
        """Write the job's id, at once and stubbornly: it is what was paid for."""
        self._last = job.status
        values = {**self._id_values(job), "status": str(job.status), "sandbox": job.sandbox}
        for attempt in range(_ATTEMPTS):
            try:
                await self._update(values, "accepted", {"job_id": job.id})
            except LogError:
                if attempt + 1 == _ATTEMPTS:
                    raise
                await asyncio.sleep(0.2 * 2**attempt)
            else:
                return

    async def changed(self, job: Job) -> None:
        """Write a new status; an end also with its cost and times."""
        if job.status is JobStatus.PROCESSING and self._run.started_at is None:
            self._run.started_at = datetime.now(UTC)
        values = {**self._id_values(job), "status": str(job.status), "sandbox": job.sandbox}
        values.update(_error_values(job), started_at=_micros(self._run.started_at))
        # of what was cancelled here the end is not known; a service that cancelled tells it
        if job.status.is_terminal and (job.status is not JobStatus.CANCELLED or job.completed_at is not None):
            values.update(self._end_values(job))
        elif job.cost is not None and job.cost.kind != "estimated":
            values.update(_cost_values(job))
        await self._update(values, str(job.status).lower(), {"error": job.error.message} if job.error else None)

    async def delivered(self, job: Job) -> None:
        """Write the end and the files, which are in the store by now."""
        files = [self._output(media) for media in job.media if media.path is not None]
        first = files[0] if files else {}
        values = {**self._id_values(job), "status": str(job.status), "sandbox": job.sandbox, **self._end_values(job)}
        values.update(_error_values(job), started_at=_micros(self._run.started_at))
        link = job.outputs[0].url if job.outputs else None
        values.update(
            output_path=first.get("path"),
            output_url=first.get("url") or link,
            output_sha256=first.get("sha256"),
            media_type=first.get("media_type"),
        )

        def op(connection: Connection) -> None:
            rows.update_run(connection, self._run.run_id, values, event="delivered" if files else "unavailable")
            rows.add_outputs(connection, self._run.run_id, files)

        await self._write(op)

    def _id_values(self, job: Job) -> dict[str, Any]:
        # with every record, so that an id whose own record failed is not lost
        return {"job_id": job.id, "polling_url": job.polling_url}

    def _end_values(self, job: Job) -> dict[str, Any]:
        run, ended = self._run, job.completed_at or datetime.now(UTC)
        begun = run.submitted_at or ended
        queued = (run.started_at - begun).total_seconds() if run.started_at else None
        # the service's own two times where it tells both: its clock is not ours
        since = self._run.created_at if job.completed_at and self._run.created_at else begun
        took = (ended - since).total_seconds()
        return {
            "completed_at": _micros(ended),
            "queue_seconds": queued,
            "run_seconds": max(0.0, took - (queued or 0.0)),
            **_cost_values(job),
        }

    def _output(self, media: Media) -> dict[str, Any]:
        assert media.path is not None
        path = media.path.relative_to(self._log.assets.root).as_posix()
        return {
            "sha256": media.sha256,
            "path": path,
            "url": media.url,
            "media_type": media.media_type,
            "size": media.size,
        }

    async def _update(self, values: Mapping[str, Any], event: str, payload: Any = None) -> None:
        run_id = self._run.run_id
        await self._write(lambda connection: rows.update_run(connection, run_id, values, event=event, payload=payload))

    async def _write(self, op: Callable[[Connection], T]) -> T:
        # shielded: a waiter that leaves must not take a queued record of a paid job with it
        return await asyncio.shield(asyncio.wrap_future(self._log.write(op)))


def _input(given: Any) -> dict[str, Any]:
    media = given.media
    return {
        "role": given.role,
        "name": given.name,
        "sha256": given.sha256,
        "path": str(media.path) if media.path else None,
        "url": media.url,
        "size": media.size if given.has_bytes else None,
        "media_type": media.media_type if given.has_bytes else None,
    }


def _plain(params: Mapping[str, Any], media: list[dict[str, Any]]) -> dict[str, Any]:
    """Params as JSON can hold them: of media, where it lies, or which bytes it is."""
    said = {item["name"]: item["path"] or item["url"] or f"sha256:{item['sha256']}" for item in media}
    return {name: said.get(name, value) for name, value in params.items()}


def _parent(connection: Connection, media: list[dict[str, Any]]) -> str | None:
    hashes = [item["sha256"] for item in media if not item["sha256"].startswith("url:")]
    if not hashes:
        return None
    found = connection.execute(select(outputs.c.run_id).where(outputs.c.sha256.in_(hashes)).order_by(outputs.c.run_id))
    return found.scalars().first()


def _cost_values(job: Job) -> dict[str, Any]:
    return {
        "cost_amount": job.cost.amount if job.cost else None,
        "cost_currency": job.cost.currency if job.cost else None,
        "cost_kind": job.cost.kind if job.cost else None,
    }


def _error_values(job: Job) -> dict[str, Any]:
    return {"error": job.error.message if job.error else None, "error_code": job.error.code if job.error else None}


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1_000_000)


@cache
def _host() -> str:
    return socket.gethostname()


@cache
def _notebook() -> str | None:
    # Jupyter Server tells its kernels the notebook's path by this variable
    name = os.environ.get("JPY_SESSION_NAME")
    return Path(name).name if name else None


__all__ = ["RunRecorder", "TakeExists"]
