"""Rule 3: what a wait bears, what ends it, and rule 7: what a cancel is."""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from faces import FACES, Blocking, options
from fake_service import ACCEPTED, BASE, KEY, KEY_HEADER, FakeService, clip, done, lost, said
from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience
from pixnb.request import Request
from pixnb.status import JobStatus

TEXT = "ltx-2.3-text-to-video"
HURRIED = Patience(deadline=0.15, pause=0.02)


@pytest.fixture(params=FACES)
def face(request):
    """Make either face talk to a service."""
    return lambda service, **more: request.param(**options(service, **more))


def submitted(client):
    """Submit a job."""
    return client.submit(TEXT, prompt="A lake")


def slow_then(*polls):
    """Give a service whose polls answer like this, the last one for ever."""
    return FakeService(polls=polls)


WEATHER = {
    "500": (500, "oops"),
    "503": (503, "<html>down</html>", {"Retry-After": "0"}),
    "429": (429, "", {"Retry-After": "0"}),
    "dropped": lost,
    "refused": lambda request: (_ for _ in ()).throw(httpx.ConnectError("refused", request=request)),
    "timeout": lambda request: (_ for _ in ()).throw(httpx.ReadTimeout("slow", request=request)),
    "garbage": (200, b"\xff\xfe\0"),
    "html": (200, "<html>maintenance</html>"),
    "no status": (200, {"request_id": "job-1"}),
    "a list": (200, []),
    "deep": (200, "[" * 100_000),
    "not gzip": (200, b"{}", {"Content-Encoding": "gzip"}),
    "unknown status": said("DREAMING"),
    "redirect": (302, "", {"Location": "https://elsewhere.example/"}),
    "broken redirect": (302, "", {"Location": "https://["}),
}


@pytest.mark.parametrize("weather", WEATHER)
def test_a_poll_that_fails_does_not_end_the_wait(face, weather):
    """Whatever comes in place of an answer, the next one counts."""
    service = slow_then(WEATHER[weather], done())
    client = face(service)
    result = client.result(submitted(client))
    assert result.video.bytes() == tiny_clip()
    assert len(service.polls) == 2
    assert len(service.posts) == 1


def test_an_unknown_status_is_named_once(face, caplog):
    """Polling goes on, and the log says which word it was, not at every poll."""
    client = face(slow_then(said("DREAMING"), said("DREAMING"), done()))
    with caplog.at_level(logging.WARNING, "pixnb"):
        client.result(submitted(client))
    assert [record.message.count("DREAMING") for record in caplog.records] == [1]


def test_a_redirected_poll_carries_no_key_away(face):
    """It is followed on the same host only."""
    service = slow_then(
        (302, "", {"Location": "https://elsewhere.example/v2/requests/status/x"}),
        (307, "", {"Location": "/v2/requests/status/moved"}),
        done(),
    )
    client = face(service)
    client.result(submitted(client))
    assert {request.url.host for request in service.polls} == {"gateway.example"}
    assert [request.headers[KEY_HEADER] for request in service.polls] == [KEY] * 3


@pytest.mark.parametrize(
    "polling_url", ["https://elsewhere.example/status/1", "http://gateway.example/s", "http://[", 7]
)
def test_a_polling_url_is_followed_only_where_the_key_may_go(face, polling_url):
    """Another host or scheme, or no address at all: the documented one is built in its place."""
    service = FakeService([(202, {"request_id": "job-1", "polling_url": polling_url})])
    client = face(service)
    client.result(submitted(client))
    assert [str(request.url) for request in service.polls] == [f"{BASE}/v2/requests/status/job-1"]


@pytest.mark.parametrize(("status", "kind"), [(401, pixnb.InvalidAPIKey), (403, pixnb.Forbidden)])
def test_a_refused_key_raises_and_the_job_stays_open(face, status, kind):
    """Asking again would not help; with a key that works it is collected."""
    service = slow_then((status, {"message": "no"}), said("PROCESSING"), done())
    client = face(service)
    job = submitted(client)
    with pytest.raises(kind) as caught:
        client.result(job)
    assert caught.value.__cause__ is not caught.value
    assert not job.status.is_terminal
    assert job.error is caught.value
    assert client.result(job).video
    assert job.error is None


def test_an_unknown_job_is_looked_for_before_it_is_missing(face):
    """404 may come a moment too early; then JobNotFound, and the job stays open."""
    service = slow_then((404, {"error": "Not found"}), (404, ""), done())
    client = face(service)
    assert client.result(submitted(client)).video
    service = slow_then((404, {"error": "Not found", "message": "no such request"}))
    client = face(service, patience=Patience(missing=0.1, pause=0.02))  # no deadline that a busy machine meets before
    job = submitted(client)
    with pytest.raises(pixnb.JobNotFound, match="no such request") as caught:
        client.result(job)
    assert caught.value.job_id == "job-1"
    assert not job.status.is_terminal
    assert len(service.polls) >= 2


def test_a_deadline_detaches_and_loses_nothing(face):
    """JobTimeout names the job; a later wait collects it with no second POST."""
    service = slow_then(said("PROCESSING"))
    client = face(service)
    job = submitted(client)
    with pytest.raises(pixnb.JobTimeout, match=r"job-1 of pixazo is still \w+ after 0\.005 s\. It goes on"):
        client.result(job, 0.005)
    service.scripts["poll"] = [done()]
    assert client.result(job).video
    assert len(service.posts) == 1


def test_the_deadline_of_the_engine_ends_a_wait_that_has_none(face):
    """An hour by default; one of the caller's that is longer goes on."""
    service = slow_then(*[said("PROCESSING")] * 20, done())
    client = face(service, patience=HURRIED)
    job = submitted(client)
    with pytest.raises(pixnb.JobTimeout):
        client.result(job)
    assert not job.status.is_terminal
    assert client.result(job, 30).video


def test_retry_after_of_a_poll_is_kept_within_the_deadline(face):
    """A service that asks for a day does not get more than there is."""
    service = slow_then((429, "", {"Retry-After": "86400"}))
    client = face(service, patience=HURRIED)
    with pytest.raises(pixnb.JobTimeout):
        client.result(submitted(client))
    assert len(service.polls) <= 2
    service, begun = slow_then((503, "", {"Retry-After": "1"}), done()), time.monotonic()
    client = face(service)
    client.result(submitted(client))
    assert time.monotonic() - begun >= 0.9


@pytest.mark.parametrize(
    ("word", "kind", "status", "cost"),
    [
        ("FAILED", pixnb.JobFailed, JobStatus.FAILED, None),
        ("ERROR", pixnb.JobErrored, JobStatus.ERROR, 0),
        ("error", pixnb.JobErrored, JobStatus.ERROR, 0),
        ("CANCELLED", pixnb.JobFailed, JobStatus.FAILED, None),
    ],
)
def test_a_job_that_fails_says_why(face, word, kind, status, cost):
    """The service's reason is in the error; only ERROR is known to cost nothing."""
    client = face(slow_then(said(word, error="the scene was too dark")))
    job = submitted(client)
    with pytest.raises(kind, match="the scene was too dark"):
        client.result(job)
    assert (type(job.error), job.status) == (kind, status)
    assert (job.cost.amount if job.cost else None) == cost


def test_statuses_are_told_as_they_change(face):
    """`updates()` gives each status once, also begun late, and ends with the job."""
    client = face(slow_then(said("QUEUED"), said("PROCESSING"), said("PROCESSING"), done()))
    job = submitted(client)
    assert client.statuses(job) == [JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.COMPLETED]
    assert client.statuses(job) == [JobStatus.COMPLETED]


def test_updates_made_early_and_read_late_end_with_the_end():
    """What was missed is not told, the end is."""
    client = Blocking(**options(slow_then(done())))
    job = submitted(client)
    updates = job.updates()
    job.wait()
    assert list(updates)[-1] is JobStatus.COMPLETED


def test_updates_raise_what_ends_the_wait_and_are_over(face):
    """The error comes once, not a wait for ever after it."""
    client = face(slow_then((401, "")))
    job = submitted(client)
    with pytest.raises(pixnb.InvalidAPIKey):
        client.statuses(job)
    updates = job.updates()
    with pytest.raises(pixnb.InvalidAPIKey):
        list(updates)
    assert list(updates) == []


def test_several_waiters_share_one_watch(face):
    """Ten threads and a coroutine wait for one job: it is polled once a turn and fetched once."""
    service = slow_then(said("PROCESSING"), done())
    client = face(service)
    job = submitted(client)
    with ThreadPoolExecutor(10) as pool:
        waiting = [pool.submit(client.result, job) for _ in range(10)]
        results = {future.result(10).video.sha256 for future in waiting}
    assert len(results) == 1
    assert (len(service.polls), len(service.links)) == (2, 1)


def test_a_waiter_that_leaves_takes_nothing_along():
    """A cancelled `await job` ends that waiter only."""
    client = Blocking(**options(service := slow_then(said("PROCESSING"))))
    job = submitted(client)

    async def leave():
        waiter = asyncio.ensure_future(job._finish())
        await asyncio.sleep(0.005)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter

    asyncio.run(leave())
    service.scripts["poll"] = [done()]
    assert job.result(10).video


def test_a_cancel_is_honest_and_refresh_still_collects(face):
    """It stops waiting, keeps id and cost, says that the provider may bill; refresh() collects the clip."""
    service = FakeService(polls=[said("PROCESSING")])
    client = face(service)
    job = client.submit("lucy-edit-fast", prompt="A red coat", video="https://example.org/a.mp4")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.result, job)
        while not service.polls:
            time.sleep(0.01)
        job.cancel()
        with pytest.raises(pixnb.JobFailed, match=r"may finish and bill it\. Its id is job-1") as caught:
            waiting.result(5)
    assert caught.value.code == "CANCELLED"
    assert (job.status, job.id, job.cost.amount > 0) == (JobStatus.CANCELLED, "job-1", True)
    assert not job._work.watching.is_under_way
    polls = len(service.polls)
    service.scripts["poll"] = [said("PROCESSING"), done()]
    assert job.refresh().status is JobStatus.CANCELLED
    assert job.refresh().status is JobStatus.COMPLETED
    assert job.result().video.size
    assert len(service.polls) == polls + 2
    assert len(service.posts) == 1


def test_a_cancel_in_the_middle_of_a_download_can_be_undone():
    """The half-fetched file is dropped, and fetched whole by refresh()."""
    begun, go = threading.Event(), threading.Event()

    async def body():
        yield tiny_clip()[:100]
        begun.set()
        await asyncio.to_thread(go.wait, 5)
        yield tiny_clip()[100:]

    service = FakeService(links=[lambda _: httpx.Response(200, content=body()), clip])
    client = Blocking(**options(service))
    job = submitted(client)
    assert begun.wait(5)
    job.cancel()
    go.set()
    assert job.status is JobStatus.CANCELLED
    assert job.refresh().result().video.bytes() == tiny_clip()


def test_a_cancel_that_comes_too_late_changes_nothing():
    """A job that has ended stays ended."""
    client = Blocking(**options(FakeService()))
    job = submitted(client)
    job.wait()
    assert job.cancel().status is JobStatus.COMPLETED
    assert job.result().video


def test_a_cancel_while_the_post_is_under_way_keeps_the_id():
    """The POST is never broken off; its id is recorded and refresh() collects."""
    arrived, go = threading.Event(), threading.Event()

    def slow(_):
        arrived.set()
        go.wait(5)
        return ACCEPTED

    async def answer(request):
        return await asyncio.to_thread(service, request)

    service = FakeService([slow])
    engine = pixnb.Client(**options(service, transport=httpx.MockTransport(answer))).engine
    work = engine.new_work(Request(TEXT, {"prompt": "A lake"}))
    submit = engine.see_through(work, engine.submit(work))
    job = pixnb.Job(engine, work)
    assert arrived.wait(5)
    job.cancel()
    go.set()
    submit.result(5)
    assert (job.status, job.id) == (JobStatus.CANCELLED, "job-1")
    assert "Its id is job-1" in job.error.message
    assert job.refresh().result().video


def test_a_cancel_before_a_repeat_stops_it():
    """Between two attempts nothing has been taken: the next one is not made, and nothing is owed."""
    refusedonce = threading.Event()

    def refuse(_):
        refusedonce.set()
        return 429, "", {"Retry-After": "1"}

    service = FakeService([refuse, ACCEPTED])
    engine = pixnb.Client(**options(service)).engine
    work = engine.new_work(Request("lucy-edit-fast", {"prompt": "A coat", "video": "https://example.org/a.mp4"}))
    submit = engine.see_through(work, engine.submit(work))
    job = pixnb.Job(engine, work)
    assert refusedonce.wait(5)
    job.cancel()
    assert submit.exception(5).code == "CANCELLED"
    assert (job.status, job.cost.amount, len(service.posts)) == (JobStatus.CANCELLED, 0, 1)


def test_a_job_is_found_again_by_its_id(face):
    """From any process, at once: the first poll does not wait."""
    service = FakeService(polls=[done()], sandbox=False)
    client = face(service, patience=Patience())
    job = client.client.job("pixazo", " job-1 ")
    assert job.status is JobStatus.QUEUED
    assert client.result(job, 3).video
    assert service.posts == []
    for bad in ("", "  ", None, 7):
        with pytest.raises(pixnb.InvalidInput):
            client.client.job("pixazo", bad)
    with pytest.raises(pixnb.InvalidInput, match="Unknown provider"):
        client.client.job("pixaso", "job-1")


def test_an_id_cannot_lead_elsewhere():
    """An id is one segment of the path, whatever is in it."""
    service = FakeService()
    pixnb.Client(**options(service)).job("pixazo", "../../x?y#z").wait()
    assert service.polls[0].url.raw_path == b"/v2/requests/status/..%2F..%2Fx%3Fy%23z"


def test_refresh_asks_once_and_says_what_is_wrong(face):
    """No answer: ServiceUnavailable; unknown: JobNotFound; the job is as it was."""
    service = FakeService(polls=[lost, (404, ""), (401, ""), said("PROCESSING"), done()])
    job = face(service).client.job("pixazo", "job-1")
    for kind in (pixnb.ServiceUnavailable, pixnb.JobNotFound, pixnb.InvalidAPIKey):
        with pytest.raises(kind):
            job.refresh()
        assert job.status is JobStatus.QUEUED
    assert job.refresh().status is JobStatus.PROCESSING
    assert job.refresh().status is JobStatus.COMPLETED
    polls = len(service.polls)
    job.refresh()
    assert len(service.polls) == polls


def test_an_eta_is_learned_from_earlier_jobs():
    """None until one has ended, then what is left of the usual time."""
    times = {"created_at": "2026-05-22T13:00:00Z", "completed_at": "2026-05-22 13:01:00"}
    status, body = done()
    service = FakeService(polls=[(status, {**body, **times}), said("PROCESSING")])
    client = Blocking(**options(service))
    first = submitted(client)
    assert first.eta is None
    first.wait()
    second = submitted(client)
    assert 55 < second.eta <= 60
    second.cancel()
    assert second.eta is None


def test_a_listener_that_fails_harms_nobody():
    """Its fault is logged; the job goes on."""
    client = Blocking(**options(slow_then(said("PROCESSING"), done())))
    job = submitted(client)
    heard = []
    job.listen(lambda status: 1 / 0)
    job.listen(heard.append)
    job.wait()
    # also where only its clip is made by now: what is known has changed, not the status
    assert [status for status, _ in itertools.groupby(heard)] == [JobStatus.PROCESSING, JobStatus.COMPLETED]


class Recorder:
    """A recorder whose steps fail as told."""

    def __init__(self, **faults):
        self.faults = {name: itertools.chain(fault, itertools.repeat(None)) for name, fault in faults.items()}
        self.steps = []

    def __getattr__(self, step):
        async def record(work):
            self.steps.append((step, str(work.standing.status)))
            fault = next(self.faults.get(step, iter([None])))
            if fault:
                raise fault

        return record


def test_an_end_that_cannot_be_recorded_is_no_end():
    """The disk of the log is full: the wait says so, the job stays open, the next wait ends it for good."""
    for last in (done(), said("FAILED")):
        service = slow_then(said("PROCESSING"), last)
        engine = pixnb.Client(**options(service)).engine
        work = engine.new_work(Request(TEXT, {"prompt": "A lake"}))
        full = pixnb.LogError("The disk is full.")
        # a status on the way that cannot be recorded ends no wait
        work.recorder = Recorder(delivered=[full], changed=[full, full])
        engine.see_through(work, engine.submit(work)).result(5)
        job = pixnb.Job(engine, work)
        with pytest.raises(pixnb.LogError):
            job.wait()
        assert job.status is JobStatus.PROCESSING
        job.wait()
        assert job.status.is_terminal
        assert work.recorder.steps[-1][1] == job.status
