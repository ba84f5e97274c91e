"""What can be set about a sandbox, the same for its whole life."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pixnb.sandbox.assumed import Assumed


@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings of one server: most are options of the command line, which says what each does."""

    state: Path  # the folder of its jobs, uploads and clips
    speed: float = 1.0
    draft: bool = False
    workers: int = 1
    link_life: float = 0.0
    strict: bool = False  # else parameters that no page documents are ignored: what a service does is not known
    credits: int | None = None
    room: int = 10**10  # bytes
    names: frozenset[str] = frozenset()
    queued: float = 1.0  # seconds that a job is QUEUED at speed 1
    least: float = 6.0  # seconds that a video is PROCESSING, at the least, at speed 1
    least_image: float = 2.0  # the same for a picture
    assumed: Assumed = field(default_factory=Assumed)


__all__ = ["Options"]
