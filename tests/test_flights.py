"""A submit under way is never dropped: cancelled at every await, at a close, at exit, by Ctrl-C, by the collector."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from fake_pixazo import FakePixazo
from fake_server import BareServer
from patience import until
from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience
from pixnb.request import Request
from pixnb.runs.runner import Runner

HERE = Path(__file__).parent
TEXT = "ltx-2.3-text-to-video"
LUCY = "lucy-edit-fast"
URLS = {"pixazo": "https://gateway.example"}


class Stepped:
    """Runs a coroutine, and cancels it at its n-th await, wherever that is."""

    def __init__(self, coroutine, number):
        self.coroutine, self.number = coroutine, number
        self.is_cancelled = False

    def __await__(self):
        steps = self.coroutine.__await__()
        send = lambda: steps.send(None)  # noqa: E731 - replaced for one step
        for count in itertools.count():
            try:
                awaited = send()
            except StopIteration as end:
                return end.value
            if count == self.number:
                self.is_cancelled = True
                try:
                    awaited = steps.throw(asyncio.CancelledError())
                except StopIteration as end:
                    return end.value
            yield awaited


def experiment(folder, service):
    """An experiment on a service that is a while away, in both directions."""

    async def answer(request):
        await asyncio.sleep(0.001)
        answered = service(request)
        await asyncio.sleep(0.001)
        return answered

    client = pixnb.Client(
        keys={"pixazo": "k"}, base_urls=URLS, transport=httpx.MockTransport(answer), patience=Patience(pause=0.02)
    )
    return pixnb.Experiment("x", log=pixnb.Log(folder / "log.db"), client=client)


def is_kept(row, posts):
    """Either nothing left, or the id is on disk, or the row says UNCONFIRMED."""
    if not posts:
        # cancelled while the request was leaving, nobody here knows how far it got
        return row is None or row["status"] in ("ERROR", "CANCELLED", "PLANNED", "UNCONFIRMED")
    return row is not None and (row["job_id"] is not None or row["status"] == "UNCONFIRMED")


@pytest.mark.parametrize("kind", ["text", "file"])
def test_a_cancel_at_every_await_of_a_submit_loses_nothing(tmp_path, kind):
    """What ends the loop's tasks while they submit finds each of them in good order."""
    params = {"prompt": "A lake"} if kind == "text" else {"prompt": "A coat", "video": tiny_clip()}
    for number in itertools.count():
        service = FakePixazo()
        exp = experiment(tmp_path, service)
        engine = exp.client.engine
        runner = Runner(exp.log, engine, experiment=f"x{number}")
        run = runner._new(Request(TEXT if kind == "text" else LUCY, params))
        stepped = Stepped(engine.submit(run._work), number)

        async def drive(stepped=stepped):
            await stepped

        outcome = engine.thread.start(drive())
        concurrent.futures.wait([outcome], 10)
        exp.log.write(lambda connection: None).result(10)  # what was queued is written
        row = exp.log.row(run.run_id)
        assert is_kept(row, service.posts), (number, row, service.posts)
        assert run.status != "SUBMITTING"
        run.cancel()
        exp.log.close()
        if not stepped.is_cancelled:
            break
    assert number > 4, "it has awaits to be cancelled at"


def test_a_log_is_closed_only_when_what_is_under_way_has_its_id(tmp_path):
    """`close()` at any moment: submits that have begun are waited for, later ones are refused."""
    for pause in (0.0, 0.002, 0.01, 0.03):
        service = FakePixazo()
        service.before_answer = lambda request: time.sleep(0.05)
        exp = experiment(tmp_path, service)
        runner = Runner(exp.log, exp.client.engine, experiment=f"close {pause}")
        run, sent = runner.begin(Request(TEXT, {"prompt": "A lake"}))
        time.sleep(pause)
        exp.log.close()
        assert sent.done()
        with pixnb.Log(tmp_path / "log.db") as again:
            assert is_kept(again.row(run.run_id), service.posts)
        _, late = runner.begin(Request(TEXT, {"prompt": "A lake"}))
        assert isinstance(late.exception(10), pixnb.LogError)
        assert len(service.posts) <= 1


def test_what_nobody_holds_any_more_is_submitted_all_the_same(tmp_path):
    """Experiment, client, run and future are gone; the collector runs; the id is recorded."""
    held, arrived = threading.Event(), threading.Event()
    service = FakePixazo()
    service.before_answer = lambda request: (arrived.set(), held.wait(10))
    with pixnb.Log(tmp_path / "log.db") as log:

        async def answer(request):
            return await asyncio.to_thread(service, request)

        client = pixnb.Client(
            keys={"pixazo": "k"}, base_urls=URLS, transport=httpx.MockTransport(answer), patience=Patience(pause=0.02)
        )
        runner = Runner(log, client.engine, experiment="x")
        run_id = runner.begin(Request(TEXT, {"prompt": "A lake"}))[0].run_id
        assert arrived.wait(10)
        del runner, client
        gc.collect()
        held.set()
        until(lambda: log.row(run_id)["job_id"])


PROGRAM = """
import sys, threading, time, warnings
import pixnb
from pixnb.client.polling import Patience
folder, url, how, pause = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
client = pixnb.Client(keys={"pixazo": "k"}, base_urls={"pixazo": url}, patience=Patience(pause=0.05))
exp = pixnb.Experiment("x", log=pixnb.Log(folder + "/log.db"), client=client)
exp.submit("ltx-2.3-text-to-video", prompt="warm").cancel()
def submit():
    try:
        exp.submit("ltx-2.3-text-to-video", prompt="A lake")
    except BaseException as error:
        print(repr(error)[:300], flush=True)
if how == "daemon":
    threading.Thread(target=submit, daemon=True).start()
elif how == "many":
    for _ in range(8):
        threading.Thread(target=submit, daemon=True).start()
elif how == "thread":
    threading.Thread(target=submit).start()
print("begun", flush=True)
if how == "ctrl-c":
    exp.submit("ltx-2.3-text-to-video", prompt="A lake")
time.sleep(pause)
"""


class Service:
    """Answers submits over a bare socket after a moment; `posts` are the prompts that arrived, by job."""

    def __init__(self):
        self.posts = {}
        self._lock = threading.Lock()

    def __call__(self, connection, method):
        body = {"request_id": "x", "status": "PROCESSING"}
        if method == "POST":
            with self._lock:
                body = {"request_id": f"job-{len(self.posts)}", "status": "QUEUED"}
                self.posts[body["request_id"]] = True
            time.sleep(0.1)
        text = json.dumps(body).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
        return True


def end_at(tmp_path, how, pause):
    """Run the program, end it so, and return the jobs that were posted and the rows that are on disk."""
    service = Service()
    with BareServer(service) as server:
        command = [sys.executable, "-W", "error", "-c", PROGRAM, str(tmp_path), server.url, how, str(pause)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            assert child.stdout.readline() == "begun\n", child.stderr.read()
            if how == "ctrl-c":
                time.sleep(pause)
                child.send_signal(signal.SIGINT)
            said = child.communicate(timeout=60)
    with sqlite3.connect(tmp_path / "log.db") as log:
        rows = log.execute("SELECT job_id, status FROM runs").fetchall()
    log.close()
    return set(service.posts), rows, said


def holds(tmp_path, how, pause):
    tmp_path.mkdir(exist_ok=True)
    posts, rows, said = end_at(tmp_path, how, pause)
    lost = posts - {job_id for job_id, _ in rows}
    unconfirmed = sum(status == "UNCONFIRMED" for _, status in rows)
    assert len(lost) <= unconfirmed, (how, pause, lost, rows, said)
    assert "SUBMITTING" not in [status for _, status in rows], (how, pause, rows, said)


@pytest.mark.parametrize(
    ("how", "pause"), [("daemon", 0.0), ("daemon", 0.005), ("many", 0.02), ("thread", 0.0), ("ctrl-c", 0.01)]
)
def test_a_process_that_ends_while_it_submits_loses_no_id(tmp_path, how, pause):
    """By running out, with threads of either kind, and by Ctrl-C."""
    holds(tmp_path, how, pause)


@pytest.mark.slow
def test_a_storm_of_ends_at_random_moments(tmp_path):
    """Forty processes, each ended at a moment of its own."""
    chance = random.Random(7)
    for number in range(40):
        how = chance.choice(["daemon", "many", "thread", "ctrl-c"])
        holds(tmp_path / str(number), how, chance.uniform(0.0, 0.25))


LEFT = """
import sys
import pixnb
exp = pixnb.Experiment("x")
prompts = [f"wording {n}" for n in range(8)]
sweep = exp.sweep("lucy-edit-fast", prompt=prompts, video=pixnb.sample("video"), confirm=True)
if sys.argv[1] == "dropped":
    sweep.cancel()
"""


@pytest.mark.parametrize("how", ["dropped", pytest.param("going on", marks=pytest.mark.slow)])
def test_a_process_that_ends_while_its_sandbox_starts_says_nothing_of_loops(tmp_path, how):
    """What has begun is seen through while the pools of threads are there, and nothing else begins."""
    environ = {**os.environ, "PIXNB_DATA": str(tmp_path), "PIXNB_SANDBOX_DRAFT": "1"}
    command = [sys.executable, "-W", "error", "-c", LEFT, how]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if not line.startswith("pixnb: ")] == []
    with sqlite3.connect(tmp_path / "log.db") as log:
        rows = log.execute("SELECT job_id, status FROM runs WHERE deleted_at IS NULL").fetchall()
    log.close()
    assert ("SUBMITTING" in [status for _, status in rows]) is False
    assert bool(rows) is (how != "dropped"), rows
