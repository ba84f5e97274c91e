"""What was launched: begun, stopped, taken up, of a sweep; by the module's own names."""

from __future__ import annotations

import threading

import pytest
from fake_pixazo import FakePixazo
from patience import until

import pixnb
from pixnb.request import Request
from pixnb.status import JobStatus
from pixnb.widgets.launches import Launches

LUCY = "lucy-edit-fast"
CLIP = "https://example.org/clip.mp4"


@pytest.fixture
def service():
    return FakePixazo()


@pytest.fixture
def exp(service, tmp_path):
    client = pixnb.Client(
        keys={"pixazo": "a-secret-key"}, base_urls={"pixazo": "https://pixazo.example"}, transport=service.transport
    )
    with pixnb.Log(tmp_path / "log.db") as log:
        yield pixnb.Experiment("coats", log=log, client=client)


@pytest.fixture
def launches(exp):
    return Launches(exp._runner)


def ask(prompt, video=CLIP):
    return Request(LUCY, {"prompt": prompt, "video": video})


def test_a_launch_has_its_run_before_the_service_has_answered(launches, service):
    """So that what it looks like can be followed from the first moment on."""
    answer = threading.Event()
    service.before_answer = lambda _: answer.wait(20)
    launch = launches.begin(ask("A red coat"))
    assert (launch.is_on_its_way, launch.error, launches.runs) == (True, None, [])
    assert launch.run.run_id
    answer.set()
    assert launch.sent.result(20) is launch.run
    assert (launch.is_on_its_way, launches.runs) == (False, [launch.run])


def test_what_stops_it_is_kept_with_it(launches, service, tmp_path):
    """A file that is not there; the others are not touched by it."""
    stopped = launches.begin(ask("A red coat", str(tmp_path / "missing.mp4")))
    sent = launches.begin(ask("A blue coat"))
    assert isinstance(stopped.sent.exception(20), pixnb.InvalidInput)
    assert "missing.mp4" in str(stopped.error)
    assert [launch.number for launch in launches] == [1, 2]
    run = sent.sent.result(20)
    assert launches.runs == [run]


def test_who_waits_for_it_cannot_stop_it(launches, service):
    """A future that is left ends all the same."""
    answer = threading.Event()
    service.before_answer = lambda _: answer.wait(20)
    launch = launches.begin(ask("A red coat"))
    assert not launch.sent.cancel()
    answer.set()
    run = launch.sent.result(20)
    assert launches.runs == [run]


def test_runs_from_elsewhere_come_in_once(launches, exp):
    """By their ids, in the order in which they are given; one that was launched here stays where it is."""
    mine = launches.begin(ask("A red coat")).sent.result(20)
    other = exp.submit(LUCY, prompt="A blue coat", video=CLIP)
    launches.take([mine, other])
    launches.take([other])
    assert launches.runs == [mine, other]
    assert [launch.request is None for launch in launches] == [False, True]


def test_a_sweeps_runs_come_in_at_once_also_those_yet_to_be_sent(launches, exp, service):
    """In its order; each is followed."""
    sweep = exp.sweep(LUCY, prompt=["[held] red", "[held] blue", "[held] green"], video=CLIP)
    launches.add(sweep)
    assert [run.params["prompt"] for run in launches.runs] == ["[held] red", "[held] blue", "[held] green"]
    service.released.set()
    sweep.wait(20)
    assert until(lambda: {run.status for run in launches.runs} == {JobStatus.COMPLETED})
    assert launches.runs == sweep.runs


def test_who_listens_hears_of_each_change(launches):
    """Of its beginning, its end, what is taken up and what is chosen; one that fails does not silence the others."""
    heard = []
    launches.listen(lambda: 1 / 0)
    launches.listen(lambda: heard.append([str(run.status) for run in launches.runs]))
    run = launches.begin(ask("A red coat")).sent.result(20)
    run.wait(20)
    until(lambda: ["COMPLETED"] in heard)
    assert heard[0] == []
    count = len(heard)
    launches.choose([run.run_id])
    assert (launches.chosen, len(heard)) == ([run.run_id], count + 1)


def test_one_that_ended_for_us_is_collected(launches, service):
    """What was cancelled here is followed again, and those who listen hear when it has come."""
    launch = launches.begin(ask("[held] red"))
    run = launch.sent.result(20)
    assert not launch.can_be_collected
    run.cancel()
    assert launch.can_be_collected
    heard = threading.Event()
    launches.listen(lambda: run.status is JobStatus.COMPLETED and heard.set())
    coming = launches.collect(run)
    service.released.set()
    coming.result(20)
    assert heard.wait(20)
    assert run.output.size
    assert not launch.can_be_collected
