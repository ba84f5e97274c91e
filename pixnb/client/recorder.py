"""What the engine tells whoever keeps records; the engine itself knows no log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pixnb.client.job import Job


class Recorder(Protocol):
    """Is told of each step of a job, and is waited for.

    The POST waits for `intended`, the first poll for `accepted`, and a job is COMPLETED only after
    `delivered`: what is paid for is on disk before the next step can lose it.
    """

    async def intended(self, job: Job) -> None:
        """The job is about to be sent. Raising stops it: nothing is sent."""

    async def accepted(self, job: Job) -> None:
        """The service has answered with the job's id."""

    async def changed(self, job: Job) -> None:
        """The status has changed."""

    async def delivered(self, job: Job) -> None:
        """The job's files are in the store, or it is known that they cannot be had."""


class NoRecorder:
    """Keeps nothing: the recorder of a plain client."""

    async def intended(self, job: Job) -> None:
        """Keep nothing."""

    async def accepted(self, job: Job) -> None:
        """Keep nothing."""

    async def changed(self, job: Job) -> None:
        """Keep nothing."""

    async def delivered(self, job: Job) -> None:
        """Keep nothing."""


__all__ = ["NoRecorder", "Recorder"]
