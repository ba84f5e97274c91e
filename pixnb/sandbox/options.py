"""What can be set about a sandbox, the same for its whole life."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings of one server.

    Attributes:
        state: The folder of its jobs, uploads and clips.
        speed: How many times faster than a service the queue runs.
        draft: Whether clips are rendered at a quarter of the size.
        workers: How many clips are rendered at once.
        link_life: Seconds until the link of an output answers 410; 0 for never.
        strict: Whether parameters that no page documents are refused; else they are ignored, since what the
            services do with them is not known.
        queued: Seconds that a job is QUEUED at speed 1.
        least: Seconds that a video is PROCESSING, at the least, at speed 1.
    """

    state: Path
    speed: float = 1.0
    draft: bool = False
    workers: int = 1
    link_life: float = 0.0
    strict: bool = False
    queued: float = 1.0
    least: float = 6.0


__all__ = ["Options"]
