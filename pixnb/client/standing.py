"""Where a job stands, as one frozen value, and the one function that knows which step may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pixnb.catalogue.prices import Cost
from pixnb.errors import PixnbError
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.client.inputs import Input
    from pixnb.media.media import Media
    from pixnb.wire.wire import Output


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a job stands, as far as known.

    What a `Job` has by the same name is said there.

    Attributes:
        polling_url: Where the service says to ask, if it does.
        word: The service's own word for the status.
        is_sent: Whether the submit has begun to leave, so that what follows is the service's word.
        is_made: Whether the service has finished it, and only its files are on their way.
        submitted_at: When it was written down, UTC.
        queued_at: When the service was last seen to have it in its queue, UTC.
        started_at: When the service began with it, as far as known, UTC.
        ran: The seconds that it took then, by a log that has it; else they are measured, see `clocks.find_time`.
        inputs: The media that it was given, once they are read.
        outputs: The files that the service names.
    """

    status: JobStatus = JobStatus.PLANNED
    id: str | None = None
    polling_url: str | None = None
    word: str | None = None
    progress: float | None = None
    error: PixnbError | None = None
    cost: Cost | None = None
    estimate: Cost | None = None
    sandbox: bool | None = None
    is_sent: bool = False
    is_made: bool = False
    submitted_at: datetime | None = None
    created_at: datetime | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    ran: float | None = None
    updated_at: datetime | None = None
    completed_at: datetime | None = None
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    media: tuple[Media, ...] = ()
    prompt_used: str | None = None
    seed_used: int | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is expected: ended, and its files here or known to be out of reach."""
        return self.status.is_terminal or self.status is JobStatus.UNCONFIRMED

    @property
    def is_final(self) -> bool:
        """Whether nothing can change any more: what was cancelled here, never sent, or is out of reach still may."""
        return bool(self.media) or (self.id is not None and self.status in (JobStatus.FAILED, JobStatus.ERROR))

    @property
    def is_overpriced(self) -> bool:
        """Whether the service has charged more than twice what was expected, in the same currency."""
        cost, estimate = self.cost, self.estimate
        if cost is None or estimate is None or cost.kind == "estimated" or cost.currency != estimate.currency:
            return False
        return cost.amount > 2 * estimate.amount


_ENDS = {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.ERROR, JobStatus.CANCELLED}

NEXT: Mapping[JobStatus, frozenset[JobStatus]] = {
    status: frozenset(following)
    for status, following in {
        JobStatus.PLANNED: {JobStatus.SUBMITTING, JobStatus.CANCELLED},
        # back to PLANNED where it could not be written down: nothing was sent
        JobStatus.SUBMITTING: {
            JobStatus.PLANNED,
            JobStatus.QUEUED,
            JobStatus.PROCESSING,
            JobStatus.UNCONFIRMED,
            JobStatus.ERROR,
            JobStatus.CANCELLED,
        },
        JobStatus.UNCONFIRMED: set(),
        JobStatus.QUEUED: {JobStatus.PROCESSING, *_ENDS},
        # services put jobs back into their queue; what is answered with its media may lose that answer
        JobStatus.PROCESSING: {JobStatus.QUEUED, JobStatus.UNCONFIRMED, *_ENDS},
        JobStatus.COMPLETED: set(),
        JobStatus.FAILED: set(),
        JobStatus.ERROR: set(),
        # cancelled here only: the service goes on, and what it says later is taken in
        JobStatus.CANCELLED: {JobStatus.PROCESSING, *_ENDS},
    }.items()
}
"""Which status may follow which; each may follow itself, with more known."""


def advance(standing: Standing, status: JobStatus | None = None, **known: Any) -> Standing:
    """Return the standing after a step: a new status, or more known at the same one.

    Args:
        standing: Where the job stands.
        status: The new status; None for the same.
        **known: What else is known now, by the attributes of `Standing`.

    Raises:
        ValueError: No such step is possible, or no such status.

    Example:
        >>> advance(Standing(), JobStatus.SUBMITTING).status
        <JobStatus.SUBMITTING: 'SUBMITTING'>
        >>> advance(Standing(JobStatus.COMPLETED), JobStatus.QUEUED)
        Traceback (most recent call last):
        ...
        ValueError: A job that is COMPLETED cannot become QUEUED.
    """
    if status is None:
        return replace(standing, **known)
    status = JobStatus(status)
    if status is not standing.status and status not in NEXT[standing.status]:
        raise ValueError(f"A job that is {standing.status} cannot become {status}.")
    return replace(standing, status=status, **known)


__all__ = ["NEXT", "Standing", "advance"]
