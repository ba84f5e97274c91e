"""When a job is asked about: what earlier jobs took decides, by size; its card says when it is slow."""

from __future__ import annotations

import itertools
import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from bench import bench_polling
from faces import options
from fake_service import ACCEPTED, FakeService, done, said
from hypothesis import given, settings
from hypothesis import strategies as st

import pixnb
from pixnb.client.job import Job
from pixnb.client.polling import Pace, Patience
from pixnb.client.standing import Standing
from pixnb.client.work import Work
from pixnb.display import job as looks
from pixnb.log import rows
from pixnb.pacing.durations import Durations, Past, Took
from pixnb.pacing.progress import Progress
from pixnb.pacing.schedule import Schedule
from pixnb.pacing.sizes import Size, find_size
from pixnb.status import JobStatus
from pixnb.wire.wire import PollAdvice

TEXT = "ltx-2.3-text-to-video"
ADVICE = PollAdvice(first=5, low=5, high=10)
MINUTE = [55.0, 58.0, 60.0, 60.0, 61.0, 63.0] * 3


def times(seconds, advice=ADVICE, count=40):
    """When a job is looked at."""
    schedule, now = Schedule(seconds, advice), 0.0
    found = []
    for _ in range(count):
        now += schedule.pause(now)
        found.append(now)
    return found


def test_few_polls_before_a_job_can_be_done_and_quick_ones_when_it_is_due():
    """One model whose jobs take about a minute."""
    found = times(MINUTE)
    assert found[0] > 45
    assert sum(at < 55 for at in found) <= 3
    due = [at for at in found if 55 <= at <= 66]
    assert max(later - at for at, later in itertools.pairwise(due)) < 2.5
    # one that takes far longer than any did is asked about ever less
    late = [later - at for at, later in itertools.pairwise(times(MINUTE, count=200)) if at > 300]
    assert min(late) > 20
    assert max(late) < 60.1


def test_jobs_that_took_hours_once_do_not_spoil_it():
    """A job that is found again after a night counts as one that took that long."""
    usual, spoilt = times(MINUTE), times([*MINUTE, 40_000.0])
    assert spoilt[0] > 40
    assert sum(at < 66 for at in spoilt) <= sum(at < 66 for at in usual) + 2


def test_two_humps_are_both_looked_at():
    """Half of the jobs are refused at once: that is not seen only when the others are done."""
    found = times([4.0, 60.0] * 10)
    assert any(3 <= at <= 7 for at in found)
    assert sum(10 < at < 45 for at in found) <= 4


@pytest.mark.parametrize("advice", [ADVICE, PollAdvice(0.5, 1.5, 1.5), PollAdvice(0.2, 0.2, 0.2), PollAdvice(9, 9, 9)])
def test_of_a_model_that_nothing_is_known_of_the_first_look_is_the_services(advice):
    """Then ever later up to a steady pace."""
    found = times([], advice)
    assert found[0] == advice.low
    assert len([at for at in found if at <= 60]) <= 15
    assert max(later - at for at, later in itertools.pairwise(found)) <= 60


@settings(max_examples=60)
@given(
    st.lists(st.floats(0.0, 1e6, allow_nan=False), max_size=60),
    st.floats(0.0, 1e7, allow_nan=False),
    st.floats(0.01, 100),
)
def test_a_pause_is_always_one_that_can_be_slept(seconds, elapsed, low):
    """Whatever jobs took, and however long this one has."""
    pause = Schedule(seconds, PollAdvice(low, low, low)).pause(elapsed)
    assert min(1.0, low) <= pause <= max(60.0, low)


def test_the_figures_of_the_simulation_hold():
    """As the table of figures has them, with fewer jobs and the bounds as wide as that makes them."""
    random.seed(7)
    polls, lag = bench_polling.learn(0.5, 50)
    assert polls < 8.4
    assert lag < 3.3
    assert bench_polling.learn(0.3, 50)[1] < 1.6
    (polls, lag), fixed = bench_polling.learn(0.5, 0), bench_polling.fix(0.5, 5.0)
    assert polls < fixed[0]
    assert lag < fixed[1] * 1.05


def paced(durations, age=0.0, patience=None, **kind):
    """A pace on a clock that stands, of a kind of job."""
    return Pace(
        lambda: durations.of("ltx-2", kind, sandbox=False).schedule(ADVICE),
        patience or Patience(),
        age=age,
        clock=lambda: 0.0,
    )


def fed(*jobs, model="ltx-2", sandbox=False):
    """Durations of jobs, each given by its params and seconds."""
    durations = Durations()
    for params, seconds in jobs:
        durations.add(model, params, Took(seconds), sandbox=sandbox)
    return durations


def test_the_sandbox_and_real_services_learn_apart():
    """A minute in one says nothing of the other; a sandbox is asked every 0.3 s whatever it took."""
    slow = [({}, 60.0)] * 20
    assert paced(fed(*slow)).next_pause() > 40
    assert paced(fed(*slow, sandbox=True)).next_pause() < 6
    assert fed(*slow, sandbox=True).of("ltx-2", {}, sandbox=False).left(1.0) is None
    assert fed(*slow, sandbox=True).of("ltx-2", {}, sandbox=None).left(1.0) == 59.0
    both = fed(*slow, sandbox=True)
    both.add("ltx-2", {}, Took(20.0), sandbox=False)
    assert both.of("ltx-2", {}, sandbox=None).left(1.0) == 19.0
    pace = paced(fed(*slow))
    pace.sandbox()
    assert [pace.next_pause() for _ in range(3)] == [0.3] * 3


def test_sizes_are_told_apart_once_they_are_known():
    """Three jobs of a size are enough; until then those of other sizes are better than nothing."""
    long, short = {"duration": 10}, {"duration": 6, "resolution": "1080p"}
    durations = fed(*[(long, 200.0)] * 20, *[(short, 20.0)] * 2)
    assert durations.of("ltx-2", {}, sandbox=False).left(0.0) > 20
    durations.add("ltx-2", {"prompt": "A lake"}, Took(20.0), sandbox=False)  # at its defaults: the short size
    assert durations.of("ltx-2", {}, sandbox=False).left(0.0) == 20
    assert durations.of("ltx-2", long, sandbox=False).left(0.0) == 200
    assert durations.of("ltx-2-pro", {}, sandbox=False).left(0.0) is None
    assert find_size("nobody's", {"duration": 3, "prompt": "A lake"}) == Size("", 3.0)


@pytest.mark.parametrize(
    ("known", "asked", "expected"),
    [
        ({6: 30, 10: 50}, 8, 40),  # in proportion
        ({6: 40, 10: 60}, 8, 50),  # with a start that takes the same always
        ({6: 40, 8: 50}, 10, 60),  # beyond what is known
        ({6: 50, 10: 40}, 8, 45),  # longer ones that took less: the median of all
        ({6: 30, 8: 30}, 10, 30),
        ({6: 10, 8: 200}, 10, 133),  # steeper than in proportion is chance: no more than that is believed
        ({6: 30}, 10, 30),  # one length tells nothing of another
    ],
)
def test_other_lengths_count_by_how_times_go_by_length(known, asked, expected):
    """Where the log has several, and too few of this one."""
    durations = fed(*[({"duration": length}, float(seconds)) for length, seconds in known.items() for _ in range(4)])
    left = durations.of("ltx-2", {"duration": asked}, sandbox=False).left(0.0)
    assert left == pytest.approx(expected, rel=0.25)
    for length, seconds in known.items():
        assert durations.of("ltx-2", {"duration": length}, sandbox=False).left(0.0) == seconds
    other = durations.of("ltx-2", {"duration": asked, "resolution": "2160p"}, sandbox=False).left(0.0)
    assert min(known.values()) <= other <= max(known.values())  # of another kind: as they are


class Clip:
    """A medium of which the length is known."""

    def __init__(self, seconds):
        self.known_duration = seconds


def test_the_length_of_the_clip_counts_where_the_model_has_none_of_its_own():
    """An edit of 20 s takes longer than one of 5 s; of a clip that nobody looked into, all count."""
    clips = [(Clip(5.02), 30.0), (Clip(10.0), 50.0)] * 4
    durations = Durations()
    for clip, seconds in clips:
        durations.add("lucy-edit-fast", {"video_url": clip}, Took(seconds), sandbox=False)

    def left(clip):
        return durations.of("lucy-edit-fast", {"video_url": clip}, sandbox=False).left(0.0)

    assert (left(Clip(5.0)), left(Clip(10.0))) == (30, 50)
    assert left(Clip(20.0)) == pytest.approx(90, rel=0.02)
    for unknown in (Clip(None), "clip.mp4", "https://example.org/clip.mp4"):
        assert left(unknown) == 40
    assert find_size("lucy-edit-fast", {"video_url": Clip(5.02)}) == Size("", 5.0)


@given(
    st.lists(st.tuples(st.floats(0.1, 1e4), st.floats(0.001, 1e5)), min_size=1, max_size=12),
    st.floats(0.1, 1e4),
)
def test_a_time_is_scaled_within_proportion(jobs, length):
    """Whatever was known: never below 0, never more than in proportion, never the wrong way."""
    durations = fed(*[({"duration": of}, seconds) for of, seconds in jobs], model="nobody's")
    left = durations.of("nobody's", {"duration": length}, sandbox=False).left(0.0)
    ratios = [max(1.0, length / of) for of, _ in jobs]
    least = min(min(1.0, length / of) * seconds for of, seconds in jobs)
    most = max(ratio * seconds for ratio, (_, seconds) in zip(ratios, jobs, strict=True))
    assert least * 0.999 <= left <= most * 1.001


@pytest.mark.parametrize(
    ("told", "at", "left"),
    [
        ([], 30.0, None),
        ([(None, 10.0)], 30.0, None),
        ([(0.0, 10.0)], 30.0, None),
        ([(0.05, 10.0)], 30.0, None),  # that it has begun
        ([(1.0, 10.0)], 30.0, None),
        ([(0.5, 30.0)], 30.0, 30.0),
        ([(0.5, 30.0)], 40.0, 20.0),
        ([(0.5, 30.0), (0.5, 60.0)], 60.0, 0.0),  # it hangs
        ([(0.1, 100.0), (0.2, 110.0)], 110.0, 80.0),  # after a long queue
        ([(0.6, 10.0), (0.2, 20.0), (0.4, 30.0)], 30.0, 30.0),  # begun anew
        ([(float("nan"), 10.0), (-1.0, 20.0), (7.0, 30.0)], 30.0, None),
    ],
)
def test_what_a_services_own_progress_tells(told, at, left):
    """Seconds that are left, by its pace; nothing where it tells nothing."""
    progress = Progress()
    for share, seen in told:
        progress.hear(share, at=seen)
    assert progress.left(at) == (left if left is None else pytest.approx(left))
    steered = progress.steer(20.0, at=at, quickest=1.0)
    assert steered == (pytest.approx(left) if left and left < 20 else 20.0)


def test_progress_draws_the_next_look_nearer_and_puts_it_off():
    """History says a minute; one that says it is nearly done is looked at then, one that crawls is left for a while."""
    now = 0.0
    durations = fed(*[({}, 60.0)] * 20)

    def pace():
        return Pace(lambda: durations.of("ltx-2", {}, sandbox=False).schedule(ADVICE), Patience(), age=0.0,
                    clock=lambda: now)  # fmt: skip

    quick, slow, silent = pace(), pace(), pace()
    for one in (quick, slow, silent):
        one.next_pause()
    now = 20.0
    quick.hear(0.9)
    slow.hear(0.1)
    assert quick.next_pause() < 3
    assert silent.next_pause() > 20
    now = 60.0
    slow.hear(0.3)
    assert silent.next_pause() < 4
    assert 10 < slow.next_pause() < 16


def test_a_card_tells_what_is_left_by_progress_alone():
    """Of a model that nothing is known of; with a history, the less of both."""
    engine = pixnb.Client(keys={"pixazo": "key"}).engine
    standing = Standing(JobStatus.PROCESSING, id="j1", submitted_at=datetime.now(UTC) - timedelta(seconds=30),
                        progress=0.5, sandbox=False)  # fmt: skip
    job = Job(engine, Work("pixazo", TEXT, standing=standing))
    assert job.eta == pytest.approx(30, abs=1)
    engine.durations.add(TEXT, {}, Took(300.0), sandbox=False)
    assert job.eta == pytest.approx(30, abs=1)
    engine.durations.add(TEXT, {}, Took(40.0), sandbox=False)


def test_only_the_newest_jobs_count():
    """A service that has become quicker is believed."""
    durations = fed(*[({}, 200.0)] * 100, *[({}, 20.0)] * 50)
    assert durations.of("ltx-2", {}, sandbox=False).left(0.0) == 20


def test_what_failed_tells_when_to_look_and_not_how_long_work_takes():
    """An ETA is that of jobs that were done."""
    past = Past([Took(4.0, is_done=False)] * 10 + [Took(60.0)] * 10)
    assert past.left(0.0) == 60
    assert past.schedule(ADVICE).pause(0.0) < 6


def test_a_fixed_pause_an_old_job_and_trouble():
    """Patience's own pause goes before what is learned; an old job is asked at once; a failing service more slowly."""
    durations = fed(*[({}, 60.0)] * 20)
    assert paced(durations, patience=Patience(pause=0.02)).next_pause() == 0.02
    for age in (60.0, float("inf")):
        assert paced(durations, age=age).next_pause() == 0
    pace = paced(Durations())
    calm = pace.next_pause()
    for _ in range(10):
        pace.faulted()
    assert pace.next_pause() > 4 * calm
    pace.answered()
    assert pace.next_pause() < 1.2 * calm


def test_jobs_that_began_together_are_not_asked_about_together():
    """Two hundred cells of a sweep do not knock in the same moment."""
    durations = fed(*[({}, 60.0)] * 20)
    pauses = {round(paced(durations).next_pause(), 3) for _ in range(200)}
    assert len(pauses) > 100
    assert max(pauses) < 1.15 * min(pauses)


def logged(log, seconds, count, **values):
    """Write runs down that were completed."""
    row = {"experiment": "coats", "provider": "pixazo", "model": TEXT, "status": "COMPLETED", "sandbox": False}
    for number in range(count):
        params = {"prompt": f"Lake {number}"}
        values = {**row, "run_seconds": seconds, "queue_seconds": 0.0, **values}
        log.write(lambda connection, v=values, p=params: rows.insert_run(connection, v, params=p)).result()


class Slow(FakeService):
    """A service whose job takes a while, in real time."""

    def __init__(self, seconds):
        super().__init__(submits=[self.begin], polls=[self.tell], sandbox=False)
        self.seconds, self.asked_after = seconds, []

    def begin(self, request):
        self.begun = time.monotonic()
        return ACCEPTED

    def tell(self, request):
        self.asked_after.append(time.monotonic() - self.begun)
        return done() if self.asked_after[-1] >= self.seconds else said("PROCESSING")


@pytest.mark.slow
def test_a_wait_asks_by_what_the_log_knows(tmp_path):
    """Runs of the model took 4 s, real ones; those of the sandbox took 60. Nothing is asked before about 3 s."""
    service = Slow(4.0)
    with pixnb.Log(tmp_path / "log.db") as log:
        logged(log, 4.0, 20)
        logged(log, 60.0, 60, sandbox=True)
        logged(log, 0.1, 60, status="ERROR", error="Refused")  # at once: it has no job
        client = pixnb.Client(**options(service, patience=Patience()))
        run = pixnb.Experiment("coats", log=log, client=client).submit(TEXT, prompt="A lake")
        assert 2 < run.eta <= 4
        run.wait(30)
        assert run.status == "COMPLETED"
    assert service.asked_after[0] > 2.5
    assert len(service.asked_after) <= 4
    assert service.asked_after[-1] < 5.6


def test_a_wait_learns_from_what_it_saw():
    """By the service's own clock, which says that the job took a minute."""
    clocks = {"created_at": "2026-05-22T13:00:00Z", "completed_at": "2026-05-22 13:01:00"}
    status, body = done()
    service = FakeService(polls=[(status, {**body, **clocks})], sandbox=False)
    client = pixnb.Client(**options(service))
    job = client.submit(TEXT, prompt="A lake")
    job.wait(10)
    past = client.engine.durations.of(TEXT, {"prompt": "Another"}, sandbox=False)
    assert past.left(0.0) == 60
    assert client.engine.durations.of(TEXT, {}, sandbox=True).left(0.0) is None


def test_a_card_says_when_a_run_is_slower_than_nearly_all(tmp_path):
    """Not before five are known, and not while it is queued."""
    engine = pixnb.Client(keys={"pixazo": "key"}).engine

    def last_words(status, seconds):
        began = datetime.now(UTC) - timedelta(seconds=seconds)
        standing = Standing(status, id="j1", submitted_at=began, sandbox=False)
        return looks.times(Job(engine, Work("pixazo", TEXT, standing=standing)))[-1]

    for _ in range(4):
        engine.durations.add(TEXT, {}, Took(60.0), sandbox=False)
    assert last_words(JobStatus.PROCESSING, 70) == "nearly done"
    engine.durations.add(TEXT, {}, Took(50.0), sandbox=False)
    assert last_words(JobStatus.PROCESSING, 70) == "slower than 95 % of your runs"
    assert last_words(JobStatus.PROCESSING, 54.5) == "about 5 s left"
    assert last_words(JobStatus.QUEUED, 70) == "1 min 10 s"
