"""PIXNB_LIMITS: how it is read, what takes a place, and that kernels on one log hold it together."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest
from children import program, told
from hypothesis import given, settings
from hypothesis import strategies as st
from limits_programs import TEXT, experiment, send
from sqlalchemy import select
from sqlalchemy import update as change
from test_log_rows import add, update

import pixnb
from pixnb import settings as pixnb_settings
from pixnb.errors import InvalidInput
from pixnb.limits import Limit, parse
from pixnb.log.log import Log
from pixnb.log.owners import owner
from pixnb.log.places import find_wait
from pixnb.log.rows import append_event, begin_planned, now
from pixnb.log.schema import events

PROGRAMS = Path(__file__).with_name("limits_programs.py")


@pytest.fixture
def address(tmp_path):
    """Where a log may be."""
    return str(tmp_path / "log.db")


@pytest.fixture
def log(address):
    """A log of its own, closed afterwards."""
    with Log(address) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, {}),
        ("", {}),
        ("  ", {}),
        ("pixazo=4", {"pixazo": Limit(4)}),
        ("pixazo=4,apiframe=2@30", {"pixazo": Limit(4), "apiframe": Limit(2, 30)}),
        (" pixazo = 4 , apiframe = 2 @ 30 ", {"pixazo": Limit(4), "apiframe": Limit(2, 30)}),
        ("decart=@30", {"decart": Limit(None, 30)}),
        ("pixazo=100000", {"pixazo": Limit(100_000)}),
        ("pixazo=010", {"pixazo": Limit(10)}),
    ],
)
def test_limits_are_read(text, found):
    """Of each service jobs in flight, starts a minute, or both."""
    assert parse(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pixazo", "'pixazo' is no limit"),
        ("4", "'4' is no limit"),
        ("pixazo=", "'pixazo=' is no limit"),
        ("pixazo=@", "is no limit"),
        ("pixazo=four", "is no limit"),
        ("pixazo=-1", "is no limit"),
        ("pixazo=1.5", "is no limit"),
        ("pixazo=٤", "is no limit"),
        ("pixazo=4@30@2", "is no limit"),
        ("pixazo=4;apiframe=2", "is no limit"),
        ("pixazo=4 apiframe=2", "is no limit"),
        ("pixazo=4,", "'' is no limit"),
        ("pixazo=12345678", "is no limit"),
        ("pixazo=0", "allows nothing"),
        ("pixazo=2@00", "allows nothing"),
        ("pixazo=4,pixazo=5", "pixazo is there twice"),
        ("pixaso=4", "'pixaso' is no service; there are pixazo, decart, apiframe"),
        ("Pixazo=4", "is no service"),
    ],
)
def test_what_is_no_limit_is_said_with_an_example(text, said, monkeypatch):
    """By name, wherever settings are read."""
    monkeypatch.setenv("PIXNB_LIMITS", text)
    with pytest.raises(InvalidInput) as raised:
        pixnb_settings.load()
    assert said in raised.value.message
    assert "PIXNB_LIMITS=pixazo=4,apiframe=2@30" in raised.value.message


@settings(max_examples=200)
@given(st.one_of(st.text(), st.text("pixazo=@,0123 \n")))
def test_garbage_is_refused_or_read(text):
    """Nothing but the one error; what is read allows at least something, and reads the same when written again."""
    try:
        found = parse(text)
    except InvalidInput:
        return
    for limit in found.values():
        assert {limit.in_flight, limit.starts} != {None}
        assert all(number is None or number >= 1 for number in (limit.in_flight, limit.starts))
    written = (
        f"{name}={limit.in_flight or ''}" + (f"@{limit.starts}" if limit.starts else "")
        for name, limit in found.items()
    )
    assert parse(",".join(written)) == found


def test_limits_are_a_setting(monkeypatch, tmp_path):
    """From the environment and from `.env`."""
    assert pixnb_settings.load().limits == {}
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("PIXNB_LIMITS=decart=3\n")
    assert pixnb_settings.load().limits == {"decart": Limit(3)}
    monkeypatch.setenv("PIXNB_LIMITS", "pixazo=4")
    assert pixnb_settings.load().limits == {"pixazo": Limit(4)}


def wait(log, limit, **more):
    """Ask whether a job may start."""
    more = {"sandbox": False, **more}
    return log.reading(lambda connection: find_wait(connection, "pixazo", limit, **more))


@pytest.mark.parametrize(
    ("status", "takes"),
    [
        ("PLANNED", False),
        ("SUBMITTING", True),
        ("UNCONFIRMED", False),
        ("QUEUED", True),
        ("PROCESSING", True),
        ("COMPLETED", False),
        ("FAILED", False),
        ("ERROR", False),
        ("CANCELLED", False),
    ],
)
def test_which_runs_take_a_place(log, status, takes):
    """What the service has, as far as anybody follows it."""
    made = add(log, sandbox=False, **owner())
    update(log, made["run_id"], status=status)
    assert (wait(log, Limit(1)) is not None) is takes
    assert wait(log, Limit(2)) is None


def test_places_are_of_a_service_and_a_side(log):
    """Another service's jobs take none, nor do the sandbox's of a real one; an unknown side is both."""
    add(log, provider="decart", sandbox=False, **owner())
    add(log, sandbox=True, **owner())
    assert wait(log, Limit(1)) is None
    assert wait(log, Limit(1), sandbox=True) > 0
    assert wait(log, Limit(1), sandbox=None) > 0
    add(log, sandbox=None, **owner())
    assert wait(log, Limit(1)) > 0


def test_the_places_of_a_dead_kernel_are_free(log):
    """Nobody follows its jobs; a kernel on another host is dead after a minute of silence."""
    add(log, sandbox=False, **{**owner(), "owner_start": 1})
    add(log, sandbox=False)
    far = {**owner(), "owner_host": "elsewhere"}
    add(log, sandbox=False, **far, heartbeat_at=now() - 61_000_000)
    assert wait(log, Limit(1)) is None
    add(log, sandbox=False, **{**far, "owner_pid": 7}, heartbeat_at=now() - 1_000_000)
    assert wait(log, Limit(1)) > 0
    assert wait(log, Limit(2)) is None


def test_jobs_that_are_about_to_start(log):
    """Three let through here of which the log knows one, two allowed beside those of others."""
    add(log, sandbox=False, **owner())
    assert wait(log, Limit(3), held=3) > 0
    assert wait(log, Limit(4), held=3) is None
    assert wait(log, Limit(None, 3), held=3) > 0
    assert wait(log, Limit(None, 4), held=3) is None


def age(log, run_id, seconds):
    """Put a run's start into the past."""
    moved = change(events).where(events.c.run_id == run_id).values(at=now() - int(seconds * 1e6))
    log.write(lambda connection: connection.execute(moved)).result()


def test_starts_within_a_minute(log):
    """Also of jobs that are over; the wait is until the oldest that counts is a minute old. Planning is no start."""
    for seconds in (90, 50, 20):
        run_id = add(log, sandbox=False)["run_id"]
        update(log, run_id, status="COMPLETED")
        age(log, run_id, seconds)
    assert wait(log, Limit(None, 3)) is None
    assert wait(log, Limit(None, 2)) == pytest.approx(10, abs=1)
    assert wait(log, Limit(None, 1)) == pytest.approx(40, abs=1)
    planned = add(log, sandbox=False, status="PLANNED")["run_id"]
    add(log, sandbox=False, provider="decart")
    assert wait(log, Limit(None, 3)) is None
    log.write(lambda connection: begin_planned(connection, planned, {})).result()
    assert wait(log, Limit(None, 3)) == pytest.approx(10, abs=1)


def test_starts_are_found_behind_many_others(log):
    """More than one read brings."""
    first = add(log, sandbox=False)["run_id"]

    def chatter(connection):
        for _ in range(1000):
            append_event(connection, first, "changed")

    log.write(chatter).result()
    assert wait(log, Limit(None, 1)) > 50
    assert wait(log, Limit(None, 2)) is None


def most_at_once(log):
    """How many jobs were in flight at the same time, by the log's own order of events; and how many started."""
    over = {"delivered", "error", "failed", "cancelled", "unconfirmed"}
    at_once, most, starts = 0, 0, 0
    for kind in log.read(select(events.c.kind).order_by(events.c.seq)):
        at_once += (kind["kind"] == "intended") - (kind["kind"] in over)
        starts += kind["kind"] == "intended"
        most = max(most, at_once)
    return most, starts


def go(process):
    """Let a program begin."""
    process.stdin.write("go\n")
    process.stdin.flush()


def test_two_kernels_hold_a_limit_together(address, monkeypatch):
    """Two in flight over both, and everything is sent once."""
    monkeypatch.setenv("PIXNB_LIMITS", "pixazo=2")
    Log(address).close()
    with (
        program(PROGRAMS, "sweep", address, "a", "6", stdin=-1) as one,
        program(PROGRAMS, "sweep", address, "b", "6", stdin=-1) as other,
    ):
        assert [told(process) for process in (one, other)] == ["ready", "ready"]
        for process in (one, other):
            go(process)
        assert [told(process) for process in (one, other)] == ["done", "done"]
    with Log(address) as log:
        most, starts = most_at_once(log)
        assert Counter(row["status"] for row in log.rows()) == {"COMPLETED": 12}
    assert (most, starts) == (2, 12)


def test_a_minutes_starts_are_held(tmp_path, monkeypatch):
    """Four a minute: the fifth is not sent within the time of this test."""
    monkeypatch.setenv("PIXNB_LIMITS", "pixazo=@4")
    with program(PROGRAMS, "sweep", str(tmp_path / "log.db"), "a", "6", stdin=-1) as process:
        assert told(process) == "ready"
        go(process)
        with Log(tmp_path / "log.db") as log:
            ended = threading.Event()
            for _ in range(100):
                statuses = Counter(row["status"] for row in log.rows())
                if statuses["COMPLETED"] == 4:
                    break
                ended.wait(0.1)
            ended.wait(1.5)
            assert Counter(row["status"] for row in log.rows()) == {"COMPLETED": 4, "PLANNED": 2}


def test_a_killed_kernels_places_are_used_by_the_next(tmp_path, monkeypatch):
    """Its jobs may still run at the service, but nobody follows them."""
    path = tmp_path / "log.db"
    with program(PROGRAMS, "hold", str(path), "2") as process:
        assert told(process) == "held"
    monkeypatch.setenv("PIXNB_LIMITS", "pixazo=2")
    exp = experiment(path)
    send(exp, "a", 3)
    statuses = Counter(row["status"] for row in exp.log.rows())
    exp.log.close()
    assert (statuses["COMPLETED"], statuses["QUEUED"] + statuses["PROCESSING"]) == (3, 2)


def test_plain_submits_are_never_held(tmp_path, monkeypatch):
    """They take their places all the same."""
    monkeypatch.setenv("PIXNB_LIMITS", "pixazo=1@1")
    exp = experiment(tmp_path / "log.db", polls=10**6)
    made = [exp.submit(TEXT, prompt=f"{number}") for number in range(3)]
    assert {run.status for run in made} <= {"QUEUED", "PROCESSING"}
    assert wait(exp.log, exp._runner.limits["pixazo"]) > 0
    for run in made:
        run.cancel()
    exp.log.close()


def test_limits_that_cannot_be_read_stop_an_experiment_before_anything_is_sent(tmp_path, monkeypatch):
    """They are not passed over in silence."""
    monkeypatch.setenv("PIXNB_LIMITS", "pixazo:4")
    with pytest.raises(InvalidInput, match="PIXNB_LIMITS"):
        pixnb.Experiment("coats", log=pixnb.Log(tmp_path / "log.db"))
