"""What can be set about a sandbox, the same for its whole life."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pixnb.sandbox.assumed import Assumed


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
        credits: What Apiframe's account holds; it is set when it differs from what the state was last given, so that
            a server started again does not fill it up. None leaves it, or opens it with 10000.
        room: Bytes that uploads and fetched inputs may take together.
        names: Other names than this computer's own by which the server may be called.
        queued: Seconds that a job is QUEUED at speed 1.
        least: Seconds that a video is PROCESSING, at the least, at speed 1.
        least_image: The same for a picture.
        assumed: What it does where no page says what a service does.
    """

    state: Path
    speed: float = 1.0
    draft: bool = False
    workers: int = 1
    link_life: float = 0.0
    strict: bool = False
    credits: int | None = None
    room: int = 10**10
    names: frozenset[str] = frozenset()
    queued: float = 1.0
    least: float = 6.0
    least_image: float = 2.0
    assumed: Assumed = field(default_factory=Assumed)


__all__ = ["Options"]
