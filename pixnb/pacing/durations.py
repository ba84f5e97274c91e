"""How long jobs take, learned from those that have ended: by model, by size, the sandbox's apart from real ones."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pixnb.pacing.schedule import Schedule
from pixnb.pacing.sizes import Growth, Size, find_size
from pixnb.wire.wire import PollAdvice

_REMEMBERED = 50
_ENOUGH = 3  # jobs of one size, for those of other sizes to be left out
_TELLING = 5  # jobs, for one to be called slower than they were
_SLOWER_THAN = 0.95


@dataclass(frozen=True, slots=True)
class Took:
    """How long one job took, in seconds.

    Attributes:
        ran: Once it was begun.
        queued: Before that; 0 where nobody saw it begin.
        is_done: Whether it was completed; one that failed tells when to look, not how long work takes.
    """

    ran: float
    queued: float = 0.0
    is_done: bool = True


class Past:
    """What is known of earlier jobs of a kind.

    Args:
        jobs: How long they took.
    """

    def __init__(self, jobs: Iterable[Took] = ()) -> None:
        self._all = tuple(jobs)
        self._ran = sorted(job.ran for job in self._all if job.is_done)
        self._schedules: dict[PollAdvice, Schedule] = {}

    def left(self, elapsed: float) -> float | None:
        """Return the seconds that a job is expected to need yet, or None where nothing is known.

        Args:
            elapsed: Seconds since it was begun.

        Example:
            >>> past = Past([Took(30.0), Took(40.0), Took(50.0)])
            >>> past.left(30.0), past.left(45.0), past.left(90.0), Past().left(1.0)
            (15.0, 5.0, 0.0, None)
        """
        if not self._ran:
            return None
        slower = [seconds for seconds in self._ran if seconds > elapsed]
        return statistics.median(slower) - elapsed if slower else 0.0

    def is_slow(self, elapsed: float) -> bool:
        """Whether a job takes longer than 95 % of them did.

        Args:
            elapsed: Seconds since it was begun.

        Example:
            >>> past = Past([Took(30.0), Took(40.0), Took(50.0), Took(45.0), Took(45.0)])
            >>> past.is_slow(49.0), past.is_slow(51.0), Past([Took(30.0)]).is_slow(51.0)
            (False, True, False)
        """
        known = len(self._ran)
        return known >= _TELLING and sum(seconds < elapsed for seconds in self._ran) >= _SLOWER_THAN * known

    def schedule(self, advice: PollAdvice) -> Schedule:
        """Return when to look at a job of this kind, by the service's advice and what is known."""
        found = self._schedules.get(advice)
        if found is None:
            found = self._schedules[advice] = Schedule([job.queued + job.ran for job in self._all], advice)
        return found


class Durations:
    """The newest jobs of each model, by size; callable from any thread."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[str, bool], dict[Size, tuple[Took, ...]]] = {}
        self._pasts: dict[tuple[str, bool, Size], Past] = {}
        self._lock = threading.Lock()

    def add(self, model: str, params: Mapping[str, Any], took: Took, *, sandbox: bool | None) -> None:
        """Remember how long a job took."""
        side, size = (model, bool(sandbox)), find_size(model, params)
        with self._lock:
            sizes = self._jobs.setdefault(side, {})
            sizes[size] = (*sizes.pop(size, ()), took)[-_REMEMBERED:]  # the newest last
            for old in list(sizes)[:-_REMEMBERED]:
                del sizes[old]
            for known in [known for known in self._pasts if known[:2] == side]:
                del self._pasts[known]

    def of(self, model: str, params: Mapping[str, Any], *, sandbox: bool | None) -> Past:
        """Return what is known of jobs of a model and size.

        Where there were too few of this one: of others of its kind by their length, if several lengths are known; else
        of any size.

        Args:
            model: The model's friendly id.
            params: The job's parameters.
            sandbox: Whether a sandbox does it; None while nobody knows: real jobs tell, else the sandbox's.
        """
        size = find_size(model, params)
        with self._lock:
            side = (model, (model, False) not in self._jobs if sandbox is None else sandbox)
            past = self._pasts.get((*side, size))
            if past is None:
                past = self._pasts[*side, size] = Past(_choose(self._jobs.get(side, {}), size))
            return past


def _choose(sizes: Mapping[Size, tuple[Took, ...]], size: Size) -> Sequence[Took]:
    same = sizes.get(size, ())
    if len(same) >= _ENOUGH:
        return same
    each = max(1, _REMEMBERED // max(1, len(sizes)))
    newest = {one: jobs[-each:] for one, jobs in sizes.items()}
    scaled = _scale(newest, size)
    return scaled if len(scaled) >= _ENOUGH else [job for jobs in newest.values() for job in jobs]


def _scale(sizes: Mapping[Size, tuple[Took, ...]], size: Size) -> list[Took]:
    """Return the jobs of a kind as if they had been of a length; none where their lengths tell nothing of it."""
    like = [(one.length, job) for one, jobs in sizes.items() if one.kind == size.kind and one.length for job in jobs]
    growth = Growth((length, job.ran) for length, job in like if length is not None and job.is_done)
    if not growth.is_known or not size.length:
        return []
    return [
        replace(job, ran=growth.scale(job.ran, length, to=size.length)) if job.is_done else job
        for length, job in like
        if length is not None
    ]


__all__ = ["Durations", "Past", "Took"]
