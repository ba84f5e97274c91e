"""How long a job waited and how long it ran: what the sandbox says, what the log says, and odd times of services."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from served import Apiframe, Decart, Pixazo, list_jobs, tiny_clip
from test_sandbox_gate import serving

import pixnb
from pixnb.client.clocks import find_start, measure
from pixnb.client.standing import Standing
from pixnb.display import job as looks
from pixnb.log import rows
from pixnb.sandbox.callbacks import Callbacks
from pixnb.sandbox.fetch import Fetcher
from pixnb.sandbox.files import Files
from pixnb.sandbox.options import Options
from pixnb.sandbox.outbound import Outbound
from pixnb.sandbox.pool import Pool
from pixnb.sandbox.queue import Queue
from pixnb.sandbox.state import Job, State
from pixnb.status import JobStatus
from pixnb.widgets.launches import Launch
from pixnb.widgets.tile import Tile
from pixnb.wire.wire import Update

NOON = datetime(2026, 5, 22, 12, tzinfo=UTC)
JOBS = 6
LUCY = "lucy-edit-fast"
SAMPLE = Path(pixnb.__file__).parent / "media" / "samples" / "big-buck-bunny-640x360.mp4"


def grows(values):
    """Tell whether the second half is well above the first: what the order of submission would do."""
    half = len(values) // 2
    first, second = sum(values[:half]) / half, sum(values[half:]) / half
    return second > 1.5 * first + 0.05


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_job_is_begun_when_a_worker_has_it(workers):
    """No more are PROCESSING than there are workers; what it waited grows with its turn, what it took does not."""
    with serving("--workers", workers, "--speed", "1000") as sandbox:  # a job lasts as long as it is drawn
        sent = {"pixazo": Pixazo(sandbox), "decart": Decart(sandbox), "apiframe": Apiframe(sandbox)}
        clip = SAMPLE.read_bytes()
        video = sent["pixazo"].upload(clip)
        submits = {
            "pixazo": lambda: sent["pixazo"].edit("snow", video_url=video),
            "decart": lambda: sent["decart"].post("jobs", "lucy-pro-v2v", {"prompt": "snow"}, data=clip),
            "apiframe": lambda: sent["apiframe"].edit("snow", video=video, duration=5),
        }
        answers = [submits[name]() for _ in range(JOBS // 2) for name in submits]
        assert all(answer.is_success for answer in answers)
        jobs, most, seen = [{}], 0, set()
        while any(job.get("completed") is None for job in jobs):
            jobs = list_jobs(sandbox.url)
            most = max(most, sum(job["started"] is not None and job["completed"] is None for job in jobs))
            waiting = [(job["provider"], job["id"]) for job in jobs if job["started"] is None]
            seen |= {(name, told(sent[name], job_id)) for name, job_id in waiting[-3:]}
            time.sleep(0.01)  # who draws needs the processor more
        assert {("pixazo", "QUEUED"), ("decart", "pending"), ("apiframe", "QUEUED")} <= seen
        # what one does after its picture, without a worker, may fall into the next
        assert most <= 2 * workers
        assert all(job["status"] == "COMPLETED" for job in jobs)
        assert grows([job["started"] - job["created"] for job in jobs])
        # were the wait for a worker counted as work, each would take about half of the whole time
        whole = max(job["completed"] for job in jobs) - min(job["created"] for job in jobs)
        assert sum(job["completed"] - job["started"] for job in jobs) < 1.5 * workers * whole
        for caller in sent.values():
            caller.http.close()


def told(caller, job_id):
    """Return the service's own word for where a job stands."""
    if isinstance(caller, Pixazo):
        return caller.status(job_id).json()["status"]
    return (caller.get(job_id) if isinstance(caller, Decart) else caller.job(job_id)).json()["status"]


def test_markers_take_no_worker():
    """A job that stalls for ever, or fails on request, holds up nobody."""
    with serving("--workers", "1") as sandbox:
        caller = Pixazo(sandbox)
        with caller.http:
            video = caller.upload()
            stalled = [caller.edit("x [stall]", video_url=video).json()["request_id"] for _ in range(3)]
            assert caller.made("x", video_url=video)["status"] == "COMPLETED"
            assert {caller.status(job_id).json()["status"] for job_id in stalled} == {"PROCESSING"}


@pytest.mark.parametrize("workers", [1, 2])
def test_the_wait_on_purpose_takes_no_worker(tmp_path, workers):
    """Jobs that are seen at work for an hour: each begins once the clip before is rendered, none has ended."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(tiny_clip())
    options = Options(state=tmp_path / "sandbox", workers=workers, draft=True, queued=0.0, least=3600.0)
    numbers = range(2 * workers + 1)

    async def see() -> list[Job]:
        state, outbound = State(":memory:"), Outbound()
        fetcher = Fetcher(Files(tmp_path / "files"), outbound, lambda job_id: None)
        queue = Queue(options, state, fetcher, Pool(workers), Callbacks(outbound, options, lambda job: None))
        for number in numbers:
            told = {"provider": "pixazo", "model": LUCY, "name": LUCY, "task": "video-to-video", "prompt": "snow"}
            empty = {name: {} for name in ("params", "settings", "inputs", "faults")}
            queue.put(Job(id=str(number), **(told | empty), files={"video": str(clip)}, created=time.time()))
        try:
            async with asyncio.timeout(120):
                while any(job.started is None for job in state.jobs()):
                    await asyncio.sleep(0.05)
            return state.jobs()
        finally:
            await queue.close()
            state.close()

    jobs = asyncio.run(see())
    assert [(job.status, job.completed) for job in jobs] == [("PROCESSING", None)] * len(numbers)


@pytest.mark.slow
@pytest.mark.parametrize("service", ["pixazo", "decart", "apiframe"])
def test_the_log_tells_the_queue_from_the_work(tmp_path, monkeypatch, service):
    """queue_seconds grows with the order of submission; run_seconds does not."""
    model, params = {
        "pixazo": ("lucy-edit-fast", {"video": pixnb.sample("video")}),
        "decart": ("lucy-pro-v2v", {"data": pixnb.sample("video")}),
        "apiframe": ("wan-2.7-videoedit", {"video": pixnb.sample("video"), "duration": 5, "resolution": "720p"}),
    }[service]
    with serving("--workers", "1") as sandbox, pixnb.Log(tmp_path / "log.db") as log:
        monkeypatch.setenv(f"{service.upper()}_BASE_URL", sandbox.base_urls[service])
        monkeypatch.setenv(f"{service.upper()}_API_KEY", "sandbox")
        exp = pixnb.Experiment("queue", log=log, client=pixnb.Client())
        if service == "decart":
            params = {"video": params["data"]}
        for run in [exp.submit(model, prompt=f"snow {number}", **params) for number in range(JOBS)]:
            run.wait(timeout=120)
        frame = exp.frame().sort_values("submitted_at")
    assert list(frame["status"]) == ["COMPLETED"] * JOBS
    queued = [0.0 if value is pd.NA else value for value in frame["queue_seconds"]]
    assert grows(queued)
    ran = list(frame["run_seconds"])
    assert sum(ran[JOBS // 2 :]) / JOBS < sum(queued[JOBS // 2 :]) / JOBS


def at(seconds):
    return None if seconds is None else NOON + timedelta(seconds=seconds)


Q, P, C = JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.COMPLETED


@pytest.mark.parametrize(
    ("status", "queued", "created", "changed", "begun"),
    [
        (Q, None, 0, 0, None),
        (P, None, None, None, 9),  # nothing is told: as it was seen
        (P, 8.7, None, None, 9),
        (P, 8.0, 100, 108.5, 8.5),  # by the service's clock, which is not ours
        (P, 8.0, -3600, -3591.5, 8.5),
        (P, 8.0, 0, 0, 8),  # a service that does not tell the step in between: not before it was seen to wait
        (P, None, 0, 99, 9),  # nor after now
        (P, None, 0.7, 0, 9),  # whole seconds, before its own creation
        (C, 8.0, 0, 9, 8),  # it began and ended between two looks
        (C, None, 0, 9, None),
        (JobStatus.FAILED, 8.0, None, None, 8),
    ],
)
def test_a_start_is_told_or_seen(status, queued, created, changed, begun):
    """Submitted at 0, asked at 9, in seconds by our clock; a start that is known stays."""
    standing = Standing(status=Q, submitted_at=NOON, queued_at=at(queued))
    update = Update(status, str(status), created_at=at(created), updated_at=at(changed))
    assert find_start(standing, update, at(9)) == at(begun)
    known = Standing(status=P, submitted_at=NOON, started_at=at(1))
    assert find_start(known, update, at(9)) == at(1)


@pytest.mark.parametrize(
    ("started", "created", "ended", "seconds"),
    [
        (2, 0, 10, (2, 8)),
        (None, 0, 10, (None, 10)),
        (2, None, 10, (2, 8)),
        (2, 3600, 3610, (2, 8)),  # its clock is an hour ahead
        (2, 0, 1, (2, 0)),
        (-1, 0, 10, (0, 10)),
    ],
)
def test_seconds_are_never_negative_nor_of_two_clocks(started, created, ended, seconds):
    """The service's times are compared with each other only."""
    standing = Standing(status=C, submitted_at=NOON, started_at=at(started), created_at=at(created))
    assert measure(standing, at(ended)) == seconds


def test_a_runs_time_is_one_number_wherever_it_is_shown(tmp_path):
    """What its service worked on it: not what it waited in the queue, which has a column of its own."""
    submitted = int(NOON.timestamp() * 1e6)
    told = {"experiment": "one", "provider": "pixazo", "model": "lucy-edit-fast", "status": "COMPLETED", "job_id": "j1"}
    told |= {"submitted_at": submitted, "started_at": submitted + 60_000_000, "completed_at": submitted + 67_000_000}
    told |= {"queue_seconds": 60.0, "run_seconds": 6.25}  # the service's clock is not ours
    with pixnb.Log(tmp_path / "log.db") as log:
        log.write(lambda connection: rows.insert_run(connection, told, params={"prompt": "x"})).result()
        exp = pixnb.Experiment("one", log=log, client=pixnb.Client(sandbox=True))
        frame = exp.frame()
        assert list(frame.pixnb.summary("model")["seconds"]) == list(frame["run_seconds"]) == [6.25]
        tile = Tile()
        tile.write(Launch(1, run=exp.runs[0]), "x")
        shown = {
            "card": looks.times(exp.runs[0]),
            "tile": tile.face,
            "opened tile": tile.facts,
            "table": exp.compare().text(),
            "experiment": exp._repr_mimebundle_()["text/html"],
            "report": exp.report(tmp_path / "one.html").read_text(encoding="utf-8"),
        }
    for place, said in shown.items():
        assert "6.2 s" in said, place
        assert "1 min 6 s" not in said, place
