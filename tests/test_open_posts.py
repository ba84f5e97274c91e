"""While a POST is open that is answered with the media: nothing is sent unasked, taken for lost, or lost."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import pytest
from children import program
from fake_decart import BASE, KEY, FakeDecart, Held, picture
from patience import until

import pixnb
from pixnb.client.polling import Patience
from pixnb.media.store import Store
from pixnb.status import JobStatus

PROGRAMS = Path(__file__).with_name("run_programs.py")
CITY = {"model": "lucy-pro-t2i", "prompt": "A city"}


def client(service, **options):
    named = {"keys": {"decart": KEY}, "base_urls": {"decart": BASE}, "patience": Patience(pause=0.02)}
    return pixnb.Client(**named, transport=service.transport, **options)


@pytest.fixture
def service():
    return FakeDecart()


@pytest.fixture
def log(tmp_path):
    with pixnb.Log(tmp_path / "log.db", busy_timeout=0.05) as log:
        yield log


@pytest.fixture
def exp(service, log):
    return pixnb.Experiment("pictures", log=log, client=client(service))


def submitted(face):
    return face.submit(CITY["model"], prompt=CITY["prompt"])


@contextlib.contextmanager
def locked(path):
    """The log is held by another program."""
    held = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    held.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        held.close()


def test_a_token_that_is_set_while_the_run_is_written_down_sends_nothing(service, exp, log):
    """The POST has not left yet: it never does, and the run says CANCELLED at no cost."""
    begun, go, token = threading.Event(), threading.Event(), threading.Event()
    log.write(lambda connection: (begun.set(), go.wait(20)))
    begun.wait(20)
    intended = threading.Timer(0.3, token.set)
    intended.start()
    with pytest.raises(asyncio.CancelledError):
        exp.process({**CITY, "cancel_token": token})
    go.set()
    until(lambda: list(exp.frame().status) == ["CANCELLED"])
    (run,) = exp.runs
    assert (service.posts, run.cost.amount) == ([], 0)


@pytest.mark.parametrize("way", ["process", "result"])
def test_an_answer_that_cannot_be_written_down_stays_here(service, exp, log, tmp_path, way):
    """LogError says so; meanwhile nobody here takes it for lost, and who waits later has it written down."""
    service.held = Held()
    other = pixnb.Experiment("pictures", log=log, client=client(service))
    raised = []

    def work():
        try:
            return exp.process(CITY) if way == "process" else submitted(exp).result()
        except pixnb.LogError as error:
            raised.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    until(lambda: service.posts)
    with locked(tmp_path / "log.db"):
        service.held.set()
        worker.join(20)
        assert [error.code for error in raised] == [pixnb.LogError.default_code]
        (same,) = other.resume()
    gc.collect()
    time.sleep(0.7)  # longer than a glance of who looks on
    assert same.status is JobStatus.PROCESSING
    (run,) = exp.runs
    assert run.result(10).image.bytes() == picture()
    assert same.result(10).image.sha256 == run.output.sha256
    assert (list(exp.frame().status), len(service.posts)) == (["COMPLETED"], 1)


class Refusing(Store):
    """A store of the user's, with errors of its own."""

    def put(self, source, *, sha256=None):
        raise RuntimeError("the credentials have expired")


def test_a_store_with_errors_of_its_own_loses_nothing(service, tmp_path):
    """The picture is handed over, whatever the store raises."""
    assert client(service, store=Refusing(tmp_path / "store")).process(CITY) == picture()


def test_a_picture_in_memory_only_is_held(service, exp, log):
    """Nobody else has it: it stays while the process lives, also when the user holds no run."""
    log.assets.root.mkdir(parents=True, exist_ok=True)
    (log.assets.root / "incoming").write_text("a file where the folder should be")
    submitted(exp)
    until(lambda: list(exp.frame().status) == ["COMPLETED"])
    log.write(lambda connection: None).result()  # the writer lets go of what it wrote last
    gc.collect()
    (run,) = exp.runs
    assert run.result().image.bytes() == picture()


def test_a_forked_child_follows_its_parents_post(service, exp):
    """A run is followed through the log; a plain job says where its answer comes to."""
    service.held = Held()
    run, job = submitted(exp), submitted(exp.client)
    until(lambda: len(service.posts) == 2)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, json.dumps([_said(job), _said(run)]).encode())
        os._exit(0)
    os.close(writer)
    time.sleep(0.3)
    service.held.set()
    kept = run.result(10).image.sha256
    with open(reader) as said:
        assert json.load(said) == ["SubmitUnconfirmed", kept]
    os.waitpid(child, 0)


def _said(job):
    try:
        return job.result(10).image.sha256
    except Exception as error:
        return type(error).__name__


def test_two_that_look_on_notice_that_the_owner_is_gone(service, log, tmp_path):
    """Each of them sees the other follow the run too; one takes it over all the same."""
    with program(PROGRAMS, "open_post", str(tmp_path / "log.db"), stderr=subprocess.PIPE) as owner:
        assert "open" in owner.stdout.readline()
        two = [pixnb.Experiment("pictures", log=log, client=client(service)) for _ in range(2)]
        runs = [run for exp in two for run in exp.resume()]
        time.sleep(0.7)  # longer than a glance
        assert [run.status for run in runs] == [JobStatus.PROCESSING] * 2
        owner.kill()
        owner.wait()
        assert [run.wait(10).status for run in runs] == [JobStatus.UNCONFIRMED] * 2
    assert service.posts == []


def test_a_program_that_ends_waits_for_its_picture(log, tmp_path):
    """It is paid for and nobody can ask for it later: the process stays for the answer, and keeps it."""
    with program(PROGRAMS, "open_post", str(tmp_path / "log.db"), "end", stderr=subprocess.PIPE) as process:
        _, said = process.communicate(timeout=30)
    assert said == ""
    (row,) = log.frame().to_dict("records")
    assert (row["status"], Path(row["output_path"]).read_bytes()) == ("COMPLETED", picture())


class Slow(FakeDecart):
    """Beside it, a slow place on the web."""

    async def __call__(self, request):
        if request.url.host != "127.0.0.1":
            await asyncio.sleep(21)
        return await super().__call__(request)


@pytest.mark.slow
def test_a_run_whose_inputs_took_long_looks_alive(log):
    """Its owner's heartbeats go on through the fetching, so that no other host takes it for lost."""
    service = Slow()
    exp = pixnb.Experiment("pictures", log=log, client=client(service))
    service.held = Held()
    run = exp.submit("lucy-pro-i2i", prompt="Rain", data="https://example.com/photo.png")
    submitted_at = log.row(run.run_id)["submitted_at"]
    until(lambda: log.row(run.run_id)["heartbeat_at"] > submitted_at + 1_000_000, 25)
    service.held.set()
    run.result(10)
