"""Apiframe's view of the sandbox's jobs: as it shows one, lists them, and tells of them by signed webhooks."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pixnb.sandbox.answers import write_moment
from pixnb.sandbox.callbacks import Message, encode
from pixnb.sandbox.state import Job

NAME = "apiframe"

EVENTS = ("progress", "completed", "failed")  # what a webhook can be about
_STATUSES = ("QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED")  # a system error is FAILED here
_TOLD = {"PROCESSING": "progress", "COMPLETED": "completed", "FAILED": "failed", "ERROR": "failed"}


def status(job: Job) -> str:
    """Return Apiframe's word for a job's status."""
    if "[unknown status]" in job.faults and not job.ended:
        return "WARMING_UP"
    return "FAILED" if job.status == "ERROR" else job.status


def _progress(job: Job) -> int | None:
    """Return how far a job is, 0 to 100: in the time that it should take up to 90, then ever slower."""
    if job.ended:
        return {"COMPLETED": 100, "CANCELLED": None}.get(job.status, 0)
    if job.started is None:
        return 0
    share = max(0.0, time.time() - job.started) / (job.expected or 1.0)
    return int(90 * share if share < 1 else 99 - 9 / share)


def show(job: Job, base: str, *, expired: bool) -> dict[str, Any]:
    """Return the body of `GET /v2/jobs/{id}`; `expired` says whether its output is gone."""
    said = {
        "id": job.id,
        "status": status(job),
        "model": job.model,
        "progress": _progress(job),
        "result": _result(job, base),
        "error": job.error,
        "creditCost": job.credits,
        "webhookStatus": _webhook_status(job),
        "createdAt": write_moment(job.created),
        "completedAt": write_moment(job.completed),
        "input": {name: value for name, value in job.params.items() if not name.startswith("webhook")},
    }
    return said | {"expired": True} if expired and job.ended else said


def message(job: Job, base: str) -> Message | None:
    """Write the webhook call about a job, signed with the hash of the key that sent it; None if nobody asked for it."""
    wanted, event = job.callback or {}, _TOLD.get(job.status)
    if event not in wanted["events"]:
        return None
    word = "PROCESSING" if event == "progress" else status(job)
    body: dict[str, Any] = {"event": event, "jobId": job.id, "status": word, "model": job.model}
    if event == "failed":
        body |= {"error": job.error}
    elif event == "progress":
        body |= {"progress": _progress(job)}
    else:
        body |= {"progress": 100, "result": _result(job, base)}
        body |= {"creditCost": job.credits, "completedAt": write_moment(job.completed)}
    raw = encode(body)
    signature = "sha256=" + hmac.digest(bytes.fromhex(wanted["secret"]), raw, "sha256").hex()
    return Message(wanted["url"], raw, {"X-Webhook-Signature": signature, "X-Webhook-Event": str(event)})


def list_jobs(jobs: Sequence[Job], query: Mapping[str, str], show: Callable[[Job], dict[str, Any]]) -> dict[str, Any]:
    """Return the body of `GET /v2/jobs`, newest first, each job as `show` says; `jobs` are all, in the order they came.

    Raises:
        ValueError: With the parameter's name and what is wrong with it.
    """
    limit, cursor = _limit(query.get("limit", "20")), query.get("cursor")
    if query.get("status") not in (None, *_STATUSES):
        raise ValueError("status", f"Expected one of {', '.join(_STATUSES)}")
    found = [job for job in jobs if job.provider == NAME and _fits(job, query)]
    found.sort(key=_place, reverse=True)
    if cursor is not None:
        after = _read(cursor)
        found = [job for job in found if _place(job) < after]
    more = len(found) > limit
    said = {"jobs": [show(job) for job in found[:limit]], "hasMore": more}
    said["nextCursor"] = _cursor(found[limit - 1]) if more else None
    if query.get("include_models") == "true":
        said["models"] = sorted({job.model for job in jobs if job.provider == NAME})
    return said


def _fits(job: Job, query: Mapping[str, str]) -> bool:
    told = {"status": status(job), "model": job.model, "search": job.id}
    return all(query.get(name, value) == value for name, value in told.items())


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


__all__ = ["EVENTS", "NAME", "list_jobs", "message", "show", "status"]
