"""When to look whether a job is done: each look finds it done with the same chance, by what earlier jobs took."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections.abc import Sequence
from statistics import NormalDist

from pixnb.wire.wire import PollAdvice

_NORMAL = NormalDist()
_LOOKS = 6.7
_LOOKS_WHERE_NARROW = 9.2
_NARROW, _BROAD = 0.34, 0.42
"""Spreads (of the logarithm) between which the looks become fewer: where times spread little, two more of them buy a
wait of under 1.5 s; where they spread much, as many would only be more."""
_LOOKS_FOR_LITTLE = 7.0  # shared out by how many jobs are known: one known job tells less than ten
_LOOKS_BLIND = 13.0
_USUAL_SPREAD = 0.4  # of one model's jobs, until they tell
_TWO_HUMPS = 0.8
_FAR = 2.0  # of the logarithm, from the middle: a job that was found again after a night, say
_SPREAD_OF_ANY = 0.8  # of the jobs of a model that nothing is known of
_USUAL = 60.0  # services say 10 to 60 s for images, 1 to 5 min for videos
_QUICKEST = 1.0
_SLOWEST = 60.0  # a person who looks on sees signs of life, and a job that failed early is not waited for long
_GROWTH = 0.1  # of the time gone by, where a job takes longer than nearly all
_NEARLY_ALL = 0.97

Points = list[tuple[float, float]]


class Schedule:
    """The times at which jobs of a kind are looked at.

    A chance that is the same for each look means about as many looks whatever the times are like: few while no job
    can be done yet, many when most are.

    Args:
        seconds: What earlier jobs took from submit to end, however that was; none where nothing is known.
        advice: What the service advises: it bounds how quick looks are, and says when the first one comes where nothing
            is known.

    Attributes:
        quickest: The shortest pause between two looks, in seconds.

    Example:
        >>> schedule = Schedule([60.0, 62.0, 58.0, 61.0, 59.0] * 4, PollAdvice(5, 5, 10))
        >>> schedule.pause(0.0) > 45, schedule.pause(60.0) < 2
        (True, True)
    """

    def __init__(self, seconds: Sequence[float], advice: PollAdvice) -> None:
        self._first = advice.low
        self.quickest = max(min(_QUICKEST, advice.low), advice.low / 5)
        self._is_blind = not seconds
        points, looks = _spread(seconds) if seconds else (_scatter(math.log(_USUAL), _SPREAD_OF_ANY, 1.0), _LOOKS_BLIND)
        self._times, self._chances = _add_up(points)
        self._step = 1 - math.exp(-1 / looks)

    def pause(self, elapsed: float) -> float:
        """Return the seconds until the next look.

        Args:
            elapsed: Seconds since the submit; 0 before the first look.
        """
        gone = self._chance(elapsed)
        # half a step at first: on the average a job ends in the middle of one
        aim = gone + (1 - gone) * (self._step if elapsed else self._step / 2)
        due = self._time(aim)
        pause = 0.0 if due is None else due - elapsed
        if due is None or gone > _NEARLY_ALL:
            pause = max(pause, _GROWTH * elapsed)
        if self._is_blind:  # some models are far quicker than most
            pause = min(pause, 2 * elapsed) if elapsed else self._first
        return max(self.quickest, min(pause, _SLOWEST))

    def _chance(self, elapsed: float) -> float:
        """Return the chance that a job is done by then."""
        times, chances = self._times, self._chances
        after = bisect_left(times, elapsed)
        if after in (0, len(times)):
            return 0.0 if after == 0 else chances[-1]
        part = (elapsed - times[after - 1]) / (times[after] - times[after - 1])
        return chances[after - 1] + part * (chances[after] - chances[after - 1])

    def _time(self, chance: float) -> float | None:
        """Return when that chance is reached; None where it never is."""
        times, chances = self._times, self._chances
        after = bisect_left(chances, chance)
        if after == len(chances):
            return None
        if after == 0:
            return times[0]
        part = (chance - chances[after - 1]) / (chances[after] - chances[after - 1])
        return times[after - 1] + part * (times[after] - times[after - 1])


def _spread(seconds: Sequence[float]) -> tuple[Points, float]:
    """Make of what jobs took what others may take: around each of them, and, less likely, anything."""
    logs = [math.log(max(0.01, value)) for value in seconds]
    known, middle = len(logs), statistics.median(logs)
    near = [value for value in logs if abs(value - middle) < _FAR] or logs
    mean = statistics.fmean(near)
    spread = math.sqrt((_USUAL_SPREAD**2 + sum((value - mean) ** 2 for value in near)) / len(near))
    width = spread * known**-0.2  # Silverman's rule
    anything = max(0.03, 1 / (known + 1))
    points = _scatter(middle, 1.0, anything)
    # half by their mean and spread, which chance disturbs less, half around each; all so where there may be two humps
    shaped = 0.0 if spread > _TWO_HUMPS else (1 - anything) / 2
    points += _scatter(mean, spread, shaped, many=60) if shaped else []
    for value in logs:
        points += _scatter(value, width, (1 - anything - shaped) / known, many=5)
    broad = min(1.0, max(0.0, (spread - _NARROW) / (_BROAD - _NARROW)))
    looks = _LOOKS_WHERE_NARROW + broad * (_LOOKS - _LOOKS_WHERE_NARROW) + _LOOKS_FOR_LITTLE / known
    return points, looks


def _scatter(middle: float, spread: float, weight: float, many: int = 25) -> Points:
    """Give points of a log-normal distribution that have the same chance each."""
    away = (_NORMAL.inv_cdf((number + 0.5) / many) for number in range(many))
    return [(math.exp(middle + spread * distance), weight / many) for distance in away]


def _add_up(points: Points) -> tuple[list[float], list[float]]:
    times, chances, sum_ = [0.0], [0.0], 0.0
    for time, weight in sorted(points):
        if time > times[-1]:
            times.append(time)
            chances.append(sum_ + weight / 2)
        sum_ += weight
    return times, chances


__all__ = ["Schedule"]
