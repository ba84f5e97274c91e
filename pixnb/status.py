"""The words for where a job stands."""

from __future__ import annotations

from enum import StrEnum


class JobStatus(StrEnum):
    """Where a job stands.

    `PLANNED` is not sent yet; `SUBMITTING` is written down and on its way; `UNCONFIRMED` was sent and its
    answer was lost; `QUEUED` and `PROCESSING` are the service's; `COMPLETED`, `FAILED`, `ERROR` (a system
    error, not charged) and `CANCELLED` are ends.

    Example:
        >>> JobStatus.QUEUED.is_terminal, JobStatus("FAILED").is_terminal
        (False, True)
    """

    PLANNED = "PLANNED"
    SUBMITTING = "SUBMITTING"
    UNCONFIRMED = "UNCONFIRMED"
    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    ERROR = "ERROR"
    CANCELLED = "CANCELLED"

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self in _TERMINAL

    @property
    def is_running(self) -> bool:
        """Whether the service is known to be working on it."""
        return self in (JobStatus.QUEUED, JobStatus.PROCESSING)


_TERMINAL = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.ERROR, JobStatus.CANCELLED})

SETTLED = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.ERROR)
"""Ends that a service tells: what such a job costs is known."""

SANDBOX = "SANDBOX"
SANDBOX_MEANS = "made on this machine by simple filters; nothing is billed"
"""What is said wherever something stands that a sandbox did."""

__all__ = ["SANDBOX", "SANDBOX_MEANS", "SETTLED", "JobStatus"]
