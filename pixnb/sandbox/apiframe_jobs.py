"""Apiframe's view of the sandbox's jobs: as it shows one, lists them, and tells of them by signed webhooks."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pixnb.sandbox.callbacks import Message, encoded
from pixnb.sandbox.state import Job

NAME = "apiframe"

EVENTS = ("progress", "completed", "failed")
"""What a webhook can be about."""

STATUSES = ("QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED")
"""The documented words. A system error, which other services tell apart, is FAILED here."""

_TOLD = {"PROCESSING": "progress", "COMPLETED": "completed", "FAILED": "failed", "ERROR": "failed"}


def status(job: Job) -> str:
    """Return Apiframe's word for a job's status."""
    if "[unknown status]" in job.faults and not job.ended:
        return "WARMING_UP"
    return "FAILED" if job.status == "ERROR" else job.status


def progress(job: Job, now: float) -> int | None:
    """Return how far a job is, 0 to 100: in the time that it should take up to 90, then ever slower.

    Args:
        job: The job.
        now: Seconds since 1970.
    """
    if job.ended:
        return {"COMPLETED": 100, "CANCELLED": None}.get(job.status, 0)
    if job.started is None:
        return 0
    share = max(0.0, now - job.started) / (job.expected or 1.0)
    return int(90 * share if share < 1 else 99 - 9 / share)


def shown(job: Job, base: str, *, expired: bool) -> dict[str, Any]:
    """Return the body of `GET /v2/jobs/{id}`.

    Args:
        job: The job.
        base: The server's address, for the result's link.
        expired: Whether its output is gone.
    """
    said = {
        "id": job.id,
        "status": status(job),
        "model": job.model,
        "progress": progress(job, time.time()),
        "result": _result(job, base),
        "error": job.error,
        "creditCost": job.credits,
        "webhookStatus": _webhook_status(job),
        "createdAt": moment(job.created),
        "completedAt": moment(job.completed),
        "input": {name: value for name, value in job.params.items() if not name.startswith("webhook")},
    }
    return said | {"expired": True} if expired and job.ended else said


def message(job: Job, base: str) -> Message | None:
    """Write the webhook call about a job, signed with the hash of the key that sent it.

    Args:
        job: The job as it is now.
        base: The server's own address.

    Returns:
        The call, or None for an event that the caller did not ask for.
    """
    wanted, event = job.callback or {}, _TOLD.get(job.status)
    if event not in wanted["events"]:
        return None
    body: dict[str, Any] = {
        "event": event,
        "jobId": job.id,
        "status": "PROCESSING" if event == "progress" else status(job),
    }
    if event == "failed":
        body |= {"error": job.error, "model": job.model}
    elif event == "progress":
        body |= {"progress": progress(job, time.time()), "model": job.model}
    else:
        body |= {"progress": 100, "result": _result(job, base), "model": job.model}
        body |= {"creditCost": job.credits, "completedAt": moment(job.completed)}
    raw = encoded(body)
    signature = "sha256=" + hmac.digest(bytes.fromhex(wanted["secret"]), raw, "sha256").hex()
    return Message(wanted["url"], raw, {"X-Webhook-Signature": signature, "X-Webhook-Event": str(event)})


def moment(seconds: float | None) -> str | None:
    """Write a time as the pages do.

    Example:
        >>> moment(1773568800.0)
        '2026-03-15T10:00:00.000Z'
    """
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def page(jobs: Sequence[Job], asked: Mapping[str, str], show: Callable[[Job], dict[str, Any]]) -> dict[str, Any]:
    """Return the body of `GET /v2/jobs`, newest first.

    Args:
        jobs: All jobs, in the order they came.
        asked: The query.
        show: Gives the body of one.

    Raises:
        ValueError: With the parameter's name and what is wrong with it.
    """
    limit, cursor = _limit(asked.get("limit", "20")), asked.get("cursor")
    if asked.get("status") not in (None, *STATUSES):
        raise ValueError("status", f"Expected one of {', '.join(STATUSES)}")
    found = [job for job in jobs if job.provider == NAME and _fits(job, asked)]
    found.sort(key=_place, reverse=True)
    if cursor is not None:
        after = _read(cursor)
        found = [job for job in found if _place(job) < after]
    more = len(found) > limit
    said = {"jobs": [show(job) for job in found[:limit]], "hasMore": more}
    said["nextCursor"] = _cursor(found[limit - 1]) if more else None
    if asked.get("include_models") == "true":
        said["models"] = sorted({job.model for job in jobs if job.provider == NAME})
    return said


def _fits(job: Job, asked: Mapping[str, str]) -> bool:
    told = {"status": status(job), "model": job.model, "search": job.id}
    return all(asked.get(name, value) == value for name, value in told.items())


def _place(job: Job) -> tuple[float, str]:
    return job.created, job.id


def _limit(word: str) -> int:
    if not word.isascii() or not word.isdigit() or not 1 <= int(word[:9]) <= 100:
        raise ValueError("limit", "Expected a whole number from 1 to 100")
    return int(word)


def _cursor(job: Job) -> str:
    return base64.urlsafe_b64encode(json.dumps(_place(job)).encode()).decode()


def _read(cursor: str) -> tuple[float, str]:
    try:
        created, job_id = json.loads(base64.urlsafe_b64decode(cursor))
        return float(created), str(job_id)
    except (ValueError, TypeError):
        raise ValueError("cursor", "Invalid cursor") from None


def _result(job: Job, base: str) -> dict[str, str] | str | None:
    if job.output is None:
        return None
    url = f"{base}media/v1/{job.id}/output{Path(job.output).suffix}"
    return url if "[plain result]" in job.faults else {"videoUrl": url}


def _webhook_status(job: Job) -> str | None:
    if job.callback is None or (job.ended and _TOLD.get(job.status) not in job.callback["events"]):
        return None
    if not job.notified:
        return "pending"
    return "delivered" if job.delivered else "failed"


__all__ = ["EVENTS", "NAME", "STATUSES", "message", "moment", "page", "progress", "shown", "status"]
