"""A closed laptop: processes that stood still go on where they were, and nobody gives up because of the clock."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import time
from datetime import UTC, datetime, timedelta

import httpx
import psutil
import pytest
from children import program
from faces import options
from fake_service import FakeService, done, said
from patience import until
from served import Pixazo, list_jobs

import pixnb
from pixnb.client.job import Job
from pixnb.client.polling import Patience
from pixnb.client.standing import Standing
from pixnb.client.work import Work
from pixnb.http.bounds import Bounds
from pixnb.http.client import make_http
from pixnb.pacing.durations import Took
from pixnb.sandbox.start import Sandbox
from pixnb.status import JobStatus

TEXT = "ltx-2.3-text-to-video"

LOCKING = """
import os, sys
import fcntl
from pixnb.sandbox.start import take_lock
held = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
print("waiting", flush=True)
print(take_lock(held, fcntl.LOCK_EX, patience=1.5))
"""
SWEEPING = """
import pixnb
sweep = pixnb.Experiment("asleep").sweep(
    "lucy-edit-fast", prompt=["Make it snow", "A red coat"], video=pixnb.sample("video"), repeats=2
)
sweep.wait()
print(len(sweep.frame()), set(sweep.frame()["status"]), sweep.frame()["job_id"].nunique())
"""


@pytest.mark.anyio
@pytest.mark.parametrize(("stands_still", "is_late"), [(2.5, False), (0.0, True)])
async def test_an_answer_that_lies_there_at_waking_is_read(stands_still, is_late):
    """A submit's cannot be asked for again; one that does not come is late all the same."""

    async def answer(_):
        if stands_still:
            asyncio.get_running_loop().call_later(0.1, time.sleep, stands_still)
        await asyncio.sleep(0.2 if stands_still else 30)
        return httpx.Response(200, content=b"accepted")

    async with make_http(httpx.MockTransport(answer), Bounds(seconds=1.0)) as http:
        asked = http.send(httpx.Request("GET", "https://api.example.org/"))
        if is_late:
            with pytest.raises(httpx.ReadTimeout, match="no whole answer came within 1 s"):
                await asked
        else:
            assert (await asked).content == b"accepted"


@pytest.mark.slow
def test_a_wait_does_not_count_what_was_slept():
    """The job went on at its service: it is asked for again, not given up."""

    def fall_asleep(_):
        asyncio.get_running_loop().call_later(0.02, time.sleep, 4.0)
        return said("PROCESSING")

    service = FakeService(polls=[fall_asleep, said("PROCESSING"), said("PROCESSING"), done()])
    client = pixnb.Client(**options(service, patience=Patience(deadline=2.0, pause=0.1)))
    result = client.submit(TEXT, prompt="A lake").result()
    assert result.video.size
    assert len(service.posts) == 1


@pytest.mark.slow
def test_a_lock_is_waited_for_in_time_awake(tmp_path):
    """Who holds it stood still too: neither the sandbox nor the log is given up at waking."""
    path = tmp_path / "lock"
    with open(path, "w") as holder, program("-c", LOCKING, str(path)) as child:
        fcntl.flock(holder, fcntl.LOCK_EX)
        assert child.stdout.readline() == "waiting\n"
        until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_SLEEPING)  # it does wait
        child.send_signal(signal.SIGSTOP)
        time.sleep(2.5)
        child.send_signal(signal.SIGCONT)
        time.sleep(0.3)
        fcntl.flock(holder, fcntl.LOCK_UN)
        assert child.communicate(timeout=20)[0] == "True\n"


@pytest.mark.slow
def test_all_stands_still_and_goes_on(tmp_path):
    """Kernel, sandbox and renderers: every clip is collected, none is sent twice."""
    noted = tmp_path / "pixnb-data" / "sandbox" / "server.json"
    quick = {"PIXNB_SANDBOX_SPEED": "2", "PIXNB_SANDBOX_DRAFT": "1", "PIXNB_DATA": str(tmp_path / "pixnb-data")}
    environment = {**os.environ, **quick}
    with program("-c", SWEEPING, cwd=tmp_path, env=environment, stderr=subprocess.PIPE) as child:
        until(noted.exists)
        known = json.loads(noted.read_text())
        until(lambda: "PROCESSING" in [job["status"] for job in list_jobs(f"http://127.0.0.1:{known['port']}")])
        kernel, server = psutil.Process(child.pid), psutil.Process(known["pid"])
        family = {*(kernel, server), *kernel.children(recursive=True), *server.children(recursive=True)}
        for one in family:
            one.suspend()
        time.sleep(8)
        for one in family:
            one.resume()
        out, err = child.communicate(timeout=90)
    assert out.splitlines()[-1] == "4 {'COMPLETED'} 4", out + err


@pytest.mark.slow
def test_a_clock_that_was_set_back_holds_no_job_of_the_sandbox(tmp_path):
    """It was made an hour from now: it waits its second, not the hour."""
    with Sandbox(tmp_path, speed=0.02, draft=True) as sandbox, (pixazo := Pixazo(sandbox)).http:
        job_id = pixazo.edit("snow").json()["request_id"]
        kept = sandbox.state / "state.db"
    with contextlib.closing(sqlite3.connect(kept)) as db, db:
        (data,) = db.execute("SELECT data FROM jobs").fetchone()
        db.execute("UPDATE jobs SET data = ?", (json.dumps(json.loads(data) | {"created": time.time() + 3600}),))
    with Sandbox(tmp_path, speed=50, draft=True) as sandbox, (pixazo := Pixazo(sandbox)).http:
        assert pixazo.end(job_id, patience=30)["status"] == "COMPLETED"


def test_a_clock_that_was_set_back_leaves_an_eta_sane():
    """What began in the future is not waited for any longer than others took."""
    engine = pixnb.Client(keys={"pixazo": "key"}).engine
    later = datetime.now(UTC) + timedelta(hours=1)
    standing = Standing(JobStatus.PROCESSING, id="j1", submitted_at=later, started_at=later, sandbox=False)
    engine.durations.add(TEXT, {}, Took(40.0), sandbox=False)
    assert Job(engine, Work("pixazo", TEXT, standing=standing)).eta == pytest.approx(40, abs=1)
