"""How often a job is asked about, and how late its end is seen: `python tests/bench/bench_polling.py`.

A simulation on a clock of its own: `Durations` learns what earlier jobs took, `Pace` says when to ask, as in a wait;
the polls themselves take no time. Durations are log-normal around 60 s, cut to 20 to 180 s. Each line is a row of the
table of figures.
"""

from __future__ import annotations

import bisect
import json
import math
import random
import statistics
from collections.abc import Callable, Iterator
from statistics import NormalDist

from pixnb.client.polling import Pace, Patience
from pixnb.pacing.durations import Durations, Took
from pixnb.wire.wire import PollAdvice

ADVICE = PollAdvice(first=5.0, low=5.0, high=10.0)  # of two services of three
SHORTEST, LONGEST, USUAL = 20.0, 180.0, math.log(60)
HISTORIES, JOBS = 150, 40
STEP = 0.5
Outcome = tuple[float, float]


def draw(spread: float, count: int) -> list[float]:
    """Draw durations."""
    found: list[float] = []
    while len(found) < count:
        seconds = random.lognormvariate(USUAL, spread)
        if SHORTEST <= seconds <= LONGEST:
            found.append(seconds)
    return found


def follow(seconds: float, pauses: Iterator[float]) -> Outcome:
    """Follow a job to its end; gives how often it was asked about and how late its end was seen."""
    now, polls = 0.0, 0
    while now < seconds:
        now += next(pauses)
        polls += 1
    return polls, now - seconds


def summarize(outcomes: list[Outcome]) -> Outcome:
    """Give the mean of the polls and the median of the lag, in seconds."""
    polls, lags = zip(*outcomes, strict=True)
    return statistics.fmean(polls), statistics.median(lags)


def learn(spread: float, known: int) -> Outcome:
    """Follow jobs of a model of which so many runs are known."""
    outcomes = []
    for _ in range(HISTORIES):
        durations = Durations()
        for seconds in draw(spread, known):
            durations.add("model", {}, Took(seconds), sandbox=False)
        outcomes += [follow(seconds, _pauses(durations)) for seconds in draw(spread, JOBS)]
    return summarize(outcomes)


def watch(spread: float) -> Outcome:
    """Follow jobs of a service that never tells when they ended: each counts as what its polls saw."""
    outcomes = []
    for _ in range(HISTORIES // 2):
        durations = Durations()
        for number, seconds in enumerate(draw(spread, 3 * JOBS)):
            outcome = follow(seconds, _pauses(durations))
            durations.add("model", {}, Took(seconds + outcome[1]), sandbox=False)
            outcomes += [outcome] if number >= 2 * JOBS else []
    return summarize(outcomes)


def _pauses(durations: Durations) -> Iterator[float]:
    now = 0.0
    pace = _pace(durations, lambda: now)
    while True:
        pause = pace.next_pause()
        now += pause
        yield pause


def _pace(durations: Durations, clock: Callable[[], float]) -> Pace:
    return Pace(lambda: durations.of("model", {}, sandbox=False).schedule(ADVICE), Patience(), age=0.0, clock=clock)


def be_told(spread: float, known: int) -> Outcome:
    """Follow jobs whose service tells its progress in steps of 5 %, as time goes by or a little quicker at the end."""
    outcomes = []
    for _ in range(HISTORIES // 2):
        durations = Durations()
        for seconds in draw(spread, known):
            durations.add("model", {}, Took(seconds), sandbox=False)
        outcomes += [_follow_progress(seconds, durations) for seconds in draw(spread, JOBS)]
    return summarize(outcomes)


def _follow_progress(seconds: float, durations: Durations) -> Outcome:
    now, polls = 0.0, 0
    pace, bent = _pace(durations, lambda: now), random.uniform(0.8, 1.3)
    while now < seconds:
        now += pace.next_pause()
        polls += 1
        pace.hear(math.floor(20 * min(1.0, now / seconds) ** bent) / 20)
    return polls, now - seconds


def fix(spread: float, pause: float) -> Outcome:
    """Follow jobs that are asked about at a fixed pace."""
    return summarize([follow(seconds, iter(lambda: pause, None)) for seconds in draw(spread, HISTORIES * JOBS)])


def know(spread: float, polls: float) -> Outcome:
    """Follow jobs by the times that are best for this very distribution, where so many polls may be spent."""
    chances = _chances(spread)
    jobs = sorted(draw(spread, HISTORIES * JOBS))
    low, high = 0.01, 2.0
    for _ in range(12):
        price = math.sqrt(low * high)
        times = _best(chances, price)
        found = [bisect.bisect_left(times, seconds) for seconds in jobs]
        outcome = summarize([(at + 1, times[at] - seconds) for at, seconds in zip(found, jobs, strict=True)])
        low, high = (price, high) if outcome[0] > polls else (low, price)
    return outcome


def _chances(spread: float) -> list[float]:
    normal = NormalDist(USUAL, spread)
    first, last = normal.cdf(math.log(SHORTEST)), normal.cdf(math.log(LONGEST))
    times = (max(SHORTEST, number * STEP) for number in range(round(LONGEST / STEP) + 1))
    return [(normal.cdf(math.log(time)) - first) / (last - first) for time in times]


def _best(chances: list[float], price: float) -> list[float]:
    """Find the times for which polls, each at a price in seconds of lag, and the mean lag are least together."""
    last = len(chances) - 1
    until = [0.0]  # the sum of chance times seconds
    for at in range(last):
        until.append(until[-1] + (chances[at + 1] - chances[at]) * (at + 0.5) * STEP)
    least, following = [0.0] * (last + 1), [last] * (last + 1)
    for at in range(last - 1, -1, -1):
        going_on = price * (1 - chances[at])
        costs = [
            going_on + to * STEP * (chances[to] - chances[at]) - (until[to] - until[at]) + least[to]
            for to in range(at + 1, last + 1)
        ]
        least[at] = min(costs)
        following[at] = at + 1 + costs.index(least[at])
    times, at = [], 0
    while at < last:
        at = following[at]
        times.append(at * STEP)
    return times


def _row(what: str, outcome: Outcome, most_polls: float | None = None, most_lag: float | None = None) -> None:
    polls, lag = outcome
    bounds = [f"≤ {most_polls:.1f} polls"] if most_polls else []
    bounds += [f"≤ {most_lag:.1f} s"] if most_lag else []
    held = (most_polls is None or polls <= most_polls) and (most_lag is None or lag <= most_lag)
    print(json.dumps([what, f"{polls:.1f} polls, {lag:.2f} s", ", ".join(bounds), held], ensure_ascii=False))


def main() -> None:
    """Print the rows."""
    random.seed(60)
    broad = "polls a job and median lag, σ 0.5"
    fixed: dict[float, Outcome] = {}
    for pause in (10.0, 5.0, 1.5):
        fixed[pause] = fix(0.5, pause)
        _row(f"{broad}, every {pause:g} s", fixed[pause])
    for polls in (7.8, 12.1):
        _row(f"{broad}, best for who knows the distribution, {polls} polls", know(0.5, polls))
    _row(f"{broad}, 50 runs known", learn(0.5, 50), 8.0, 3.0)
    _row(f"{broad}, after 80 runs whose ends only polls have seen", watch(0.5))
    for known in (10, 3, 1):
        _row(f"{broad}, {known} known", learn(0.5, known))
    _row(f"{broad}, none known", learn(0.5, 0), *fixed[5.0])
    _row(f"{broad}, 50 runs known, and the service tells its progress", be_told(0.5, 50), 8.0, 3.0)
    _row(f"{broad}, none known, and the service tells its progress", be_told(0.5, 0), *fixed[5.0])
    for spread in (0.3, 0.1):
        for known in (50, 20, 10, 3):
            most = 1.5 if known == 50 else None
            _row(f"the same, σ {spread}, {known} known", learn(spread, known), None, most)


if __name__ == "__main__":
    main()
