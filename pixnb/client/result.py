"""What a finished job made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pixnb.show import shown

if TYPE_CHECKING:
    from pixnb.catalogue.prices import Cost
    from pixnb.client.job import Job
    from pixnb.media.media import Media


@dataclass(frozen=True, slots=True)
class Result:
    """What a finished job made.

    Attributes:
        job: The job.
        media: Its files, in the service's order; kept in the store.
        cost: What it cost, as far as known; None where the price is unknown, never 0 for that.
    """

    job: Job
    media: tuple[Media, ...]
    cost: Cost | None

    _repr_mimebundle_ = shown

    @property
    def video(self) -> Media | None:
        """The first video, if there is one."""
        return self._first("video")

    @property
    def image(self) -> Media | None:
        """The first image, if there is one."""
        return self._first("image")

    def _first(self, kind: str) -> Media | None:
        return next((media for media in self.media if media.kind == kind), None)


__all__ = ["Result"]
