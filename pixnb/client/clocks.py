"""How long a job waited and how long it ran: by the service's own times where it tells them, else as it was seen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.client.standing import Standing
    from pixnb.wire.wire import Update


def find_start(standing: Standing, update: Update, now: datetime) -> datetime | None:
    """Return when a service began with a job, by this computer's clock; None while it has not, or nobody knows.

    Args:
        standing: What was known before.
        update: What the service says now.
        now: This moment.
    """
    if standing.started_at is not None or update.status in (None, JobStatus.QUEUED):
        return standing.started_at
    waiting = standing.queued_at
    if update.status is not JobStatus.PROCESSING:
        return waiting  # it began and ended between two looks
    since, created, changed = standing.submitted_at, update.created_at, update.updated_at
    if since is None or created is None or changed is None or changed < created:  # some tell whole seconds only
        return now
    return min(now, max(since + (changed - created), waiting or since))


def measure(standing: Standing, ended: datetime) -> tuple[float | None, float]:
    """Return the seconds that a job was queued, None where nobody saw it begin, and those that it took after that.

    Args:
        standing: The job.
        ended: When it ended, by the service's clock where that tells one.
    """
    submitted, started = standing.submitted_at or ended, standing.started_at
    queued = max(0.0, (started - submitted).total_seconds()) if started else None
    # the service's clock is not ours: its two times are compared with each other only
    took = (ended - (standing.created_at or submitted)).total_seconds()
    return queued, max(0.0, took - (queued or 0.0))


def find_time(standing: Standing, now: datetime) -> float | None:
    """Return a job's time in seconds, the one number that is called so wherever it is shown.

    From when the service began with it until its end, or until now; what it waited before is `queue_seconds`. Where
    nobody saw it begin it counts from the submit, and of one that is queued it is what it has waited so far.

    Args:
        standing: The job.
        now: This moment.

    Returns:
        None where nothing is known: it never left, or was cancelled.
    """
    if standing.is_settled:
        if standing.completed_at is None or standing.status is JobStatus.CANCELLED:
            return None
        return measure(standing, standing.completed_at)[1] if standing.ran is None else standing.ran
    begun = None if standing.status is JobStatus.QUEUED else standing.started_at
    since = begun or standing.submitted_at or standing.created_at
    return None if since is None else max(0.0, (now - since).total_seconds())


__all__ = ["find_start", "find_time", "measure"]
