"""Nothing paid for is lost or paid twice: real processes, killed for real, against the real sandbox."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from children import jobs_of, kill, program, told
from patience import until
from served import list_jobs
from sqlalchemy import func, select

import pixnb
from pixnb.log.schema import events

PROGRAMS = Path(__file__).with_name("run_programs.py")
SPEED = 4
SIX = [f"a coat in colour {i}" for i in range(6)]


def resumed(*arguments):
    """What a new process finds."""
    with program(PROGRAMS, "resume", *arguments) as process:
        return told(process)


def begun(*arguments):
    """A program whose jobs are under way when it is killed, however busy the machine is; the next server is quick."""
    return program(PROGRAMS, *arguments, env={**os.environ, "PIXNB_SANDBOX_SPEED": "0.5"})


def count_jobs(data):
    """How many jobs that sandbox has accepted."""
    with jobs_of(data, SPEED) as jobs:
        return len(jobs)


def test_each_service_survives_a_kill_in_its_way(data):
    """Jobs are collected by their ids, without a second POST; work that has no id is UNCONFIRMED."""
    with begun("submit_each", "three", "lucy-edit-fast", "lucy-2.5", "wan-2.7-videoedit", "lucy-pro-t2i") as process:
        told(process)
        until(lambda: count_jobs(data) == 4)  # the direct POST is told of before it has left
        kill(process)
    found = resumed("three")
    assert [status for _, _, status, _ in found] == ["COMPLETED"] * 3 + ["UNCONFIRMED"]
    with jobs_of(data, SPEED) as jobs:
        assert sorted(job["provider"] for job in jobs) == ["apiframe", "decart", "decart", "pixazo"]
        hashes = {job["id"]: job["sha256"] for job in jobs}
    assert all(hashes[job_id] == sha256 for _, job_id, _, sha256 in found[:3])
    assert found[3][1] is None


def test_six_jobs_survive_a_kill(data):
    """SIGKILL with six jobs in flight, then resume() in a new process: all finish, six POSTs, every hash right."""
    with begun("submit", "coats", *SIX) as process:
        said = told(process)
        kill(process)
    found = resumed("coats")
    assert sorted(run_id for run_id, *_ in found) == sorted(said["runs"])
    assert {status for _, _, status, _ in found} == {"COMPLETED"}
    with jobs_of(data, SPEED) as jobs:
        assert sorted(job["id"] for job in jobs) == sorted(said["jobs"])
        made = {job["id"]: job["sha256"] for job in jobs}
    assert {job_id: sha for _, job_id, _, sha in found} == made
    with pixnb.Log(data / "log.db") as log:
        for path, sha in log.frame()[["output_path", "output_sha256"]].itertuples(index=False):
            assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == sha


def test_two_processes_that_resume_at_once_share_the_work(data):
    """Each run is taken over by one of them; both see every run end."""
    with begun("submit", "coats", *SIX[:3]) as process:
        said = told(process)
        kill(process)
    with program(PROGRAMS, "resume", "coats") as one, program(PROGRAMS, "resume", "coats") as two:
        for process in (one, two):
            found = told(process)
            assert {run_id for run_id, *_ in found} <= set(said["runs"])
            assert {status for _, _, status, _ in found} <= {"COMPLETED"}
    with pixnb.Log(data / "log.db") as log:
        claims = select(events.c.run_id, func.count()).where(events.c.kind == "claimed").group_by(events.c.run_id)
        assert all(row["count"] == 1 for row in log.read(claims))
        assert set(log.frame()["status"]) == {"COMPLETED"}
    with jobs_of(data, SPEED) as jobs:
        assert len(jobs) == 3


@pytest.mark.slow
def test_a_run_that_another_process_works_on_is_followed(data, monkeypatch):
    """The living owner goes on; who resumes elsewhere sees the end all the same, and takes nothing over."""
    monkeypatch.setenv("PIXNB_SANDBOX_SPEED", "1")  # so that it is still under way when the other looks
    with program(PROGRAMS, "resume_when_asked", "coats", stdin=subprocess.PIPE) as other:
        assert told(other) == "ready"
        with program(PROGRAMS, "submit", "coats", SIX[0]) as process:
            (run_id,) = told(process)["runs"]
            other.stdin.write("\n")
            other.stdin.flush()
            assert [(r, s) for r, _, s, _ in told(other)] == [(run_id, "COMPLETED")]
    with pixnb.Log(data / "log.db") as log:
        kinds = [row["kind"] for row in log.read(select(events.c.kind).where(events.c.run_id == run_id))]
    assert "claimed" not in kinds


def test_a_run_killed_while_its_answer_was_awaited_is_unconfirmed(data):
    """Nobody knows whether the service took it: it is shown, and not sent again."""
    with program(PROGRAMS, "submit", "coats", "[hang] a coat") as process:
        until(lambda: statuses(data) == ["SUBMITTING"])
        with jobs_of(data, SPEED):
            until(lambda: len(jobs_now(data)) == 1)
        kill(process)
    for _ in range(2):
        ((_, job_id, status, _),) = resumed("coats")
        assert (job_id, status) == (None, "UNCONFIRMED")
    with jobs_of(data, SPEED) as jobs:
        assert len(jobs) == 1
    with pixnb.Log(data / "log.db") as log:
        assert "not sent again" in log.frame()["error"].iloc[0]


def test_a_sandbox_that_is_killed_is_started_again_and_finishes(data):
    """The wait goes on through it, and nothing is sent again."""
    exp = pixnb.Experiment("coats")
    run = exp.submit("lucy-edit-fast", prompt=SIX[0], video=pixnb.sample("video"))
    server = json.loads((data / "sandbox" / "server.json").read_text())
    os.kill(server["pid"], signal.SIGKILL)
    assert run.result(60).video.info.duration == pytest.approx(5.3, abs=0.2)
    with jobs_of(data, SPEED) as jobs:
        assert [job["id"] for job in jobs] == [run.id]


@pytest.mark.slow
def test_a_storm_of_kills_loses_nothing_and_pays_nothing_twice(data):
    """Ten submitters killed at any moment: every job that the sandbox took is in the log once, and is collected."""
    told_ids = []
    for turn in range(10):
        with program(PROGRAMS, "submit_one_by_one", "storm", f"turn {turn}") as process:
            end = time.monotonic() + random.uniform(1.5, 3.0)
            told_ids.append(told(process))
            while time.monotonic() < end:
                told_ids.append(told(process))
            kill(process)
    found = {run_id: (job_id, status) for run_id, job_id, status, _ in resumed("storm")}
    with pixnb.Log(data / "log.db") as log:
        frame = log.frame("storm").set_index("run_id")
    assert set(told_ids) <= set(frame.index)
    assert set(frame["status"]) <= {"COMPLETED", "UNCONFIRMED"}
    assert set(frame.loc[told_ids, "status"]) == {"COMPLETED"}
    with jobs_of(data, SPEED) as jobs:
        known = set(frame["job_id"].dropna())
        orphans = [job for job in jobs if job["id"] not in known]
        unconfirmed = [run_id for run_id, (job_id, _) in found.items() if job_id is None]
        assert known <= {job["id"] for job in jobs}
        assert len(orphans) <= len(unconfirmed) <= 10
        prompts = [job["params"]["prompt"] for job in jobs]
        assert len(prompts) == len(set(prompts))


def statuses(data):
    if not (data / "log.db").exists():
        return []
    with pixnb.Log(data / "log.db") as log:
        return list(log.frame()["status"])


def jobs_now(data):
    server = json.loads((data / "sandbox" / "server.json").read_text())
    return list_jobs(f"http://127.0.0.1:{server['port']}")
