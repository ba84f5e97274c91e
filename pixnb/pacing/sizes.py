"""How large a job is: what its work grows with by name, and how long its clip is; and how times go by length."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pixnb.catalogue.registry import models

_SIZES = ("resolution", "target_resolution", "video_size", "num_inference_steps")
_LENGTHS = ("duration", "num_frames")
_TIMED = ("video", "audio")


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a job.

    Attributes:
        kind: Parameters that its work grows with, those at their defaults included, but for its length.
        length: Of its clip, in seconds or frames; None where nobody knows.
    """

    kind: str = ""
    length: float | None = None


def find_size(model: str, params: Mapping[str, Any]) -> Size:
    """Find the size of a job by its parameters, or by the clip that it works on as far as that was looked into.

    Example:
        >>> find_size("ltx-2", {"prompt": "A lake", "duration": 8})
        Size(kind='resolution=1080p', length=8.0)
        >>> find_size("ltx-2", {}).length
        6.0
    """
    spec = models.get(model) if model in models else None
    fields = spec.params.model_fields if spec else {}

    def find(name: str) -> Any:
        return params.get(name, fields[name].default if name in fields else None)

    kind = " ".join(f"{name}={value}" for name in _SIZES if (value := find(name)) is not None)
    said = (find(name) for name in _LENGTHS)
    length = next((float(value) for value in said if isinstance(value, int | float | str) and _is_number(value)), None)
    if length is None and spec is not None:
        clips = (params.get(name) for role, name in spec.inputs.items() if role in _TIMED)
        length = next((round(found, 1) for clip in clips if (found := getattr(clip, "known_duration", None))), None)
    return Size(kind, length)


def _is_number(value: float | str) -> bool:
    return not isinstance(value, str) or value.replace(".", "", 1).isdecimal()


class Growth:
    """How the time that jobs of a kind take goes by their length: a straight line through the median of each length.

    Args:
        jobs: The lengths and times, in seconds, of jobs that were done.

    Example:
        >>> growth = Growth([(5.0, 30.0), (5.0, 34.0), (10.0, 52.0)])
        >>> growth.is_known, growth.scale(52.0, 10.0, to=15.0)
        (True, 72.0)
    """

    def __init__(self, jobs: Iterable[tuple[float, float]]) -> None:
        by_length: dict[float, list[float]] = {}
        for length, seconds in jobs:
            by_length.setdefault(length, []).append(seconds)
        points = [(length, statistics.median(times)) for length, times in by_length.items()]
        self.is_known = len(points) > 1
        if self.is_known:
            slope, start = statistics.linear_regression(*zip(*points, strict=True))
            if start < 0 < slope:  # nothing takes less than no time: in proportion, then
                slope, start = statistics.linear_regression(*zip(*points, strict=True), proportional=True)
            # longer clips that took less time tell nothing of length
            self._slope, self._start = (slope, start) if slope > 0 else (0.0, 1.0)

    def scale(self, seconds: float, length: float, *, to: float) -> float:
        """Return what a job would have taken at another length."""
        return seconds * (self._start + self._slope * to) / (self._start + self._slope * length)


__all__ = ["Growth", "Size", "find_size"]
