"""The request value: checked when made, handed on whole; and runs that begin without blocking or a thread."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import threading

import httpx
import pytest
from fake_pixazo import FakePixazo
from patience import until
from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience
from pixnb.request import Request
from pixnb.runs.runner import Runner
from pixnb.status import JobStatus

TEXT = "ltx-2.3-text-to-video"
LUCY = "lucy-edit-fast"
CLIP = "https://example.org/a.mp4"


@pytest.fixture
def service():
    return FakePixazo()


@pytest.fixture
def exp(tmp_path, service):
    """An experiment on a service in memory."""
    url = {"pixazo": "https://gateway.example"}  # asked first whether it is a sandbox, which takes files
    client = pixnb.Client(
        keys={"pixazo": "k"}, base_urls=url, transport=httpx.MockTransport(service), patience=Patience(pause=0.02)
    )
    with pixnb.Log(tmp_path / "log.db") as log:
        yield pixnb.Experiment("coats", log=log, client=client, budget=5)


@pytest.mark.parametrize("how", ["exp.submit", "exp.process", "client.submit", "client.process"])
@pytest.mark.parametrize(("prompt", "place"), [("a {colour} coat", "colour"), ('{"light": "{hour}"}', "hour")])
def test_a_place_that_goes_out_as_it_is_written_is_told(exp, how, prompt, place):
    """An f-string that lost its f looks so; it is the user's to say, and JSON stays possible."""
    face, _, name = how.partition(".")
    call = getattr(exp if face == "exp" else exp.client, name)
    given = {"prompt": prompt, "video": CLIP}
    with (
        pytest.warns(UserWarning, match=rf"prompt goes to {LUCY} with {{{place}}} in it.*Template") as told,
        contextlib.suppress(pixnb.PixnbError),
    ):
        call({"model": LUCY, **given}) if name == "process" else call(LUCY, **given)
    assert [warning.filename for warning in told] == [__file__]


def test_braces_that_are_no_place_are_passed_over(exp, service):
    """JSON, doubled braces and files."""
    exp.submit(LUCY, prompt='{"light": 1} {{a}} {} {0}', video="https://example.org/{a}.mp4")
    assert service.posts[0]["prompt"] == '{"light": 1} {{a}} {} {0}'


@pytest.fixture
def runner(exp):
    return Runner(exp.log, exp.client.engine, experiment="coats")


def lucy(prompt, **options):
    return Request(LUCY, {"prompt": prompt, "video": CLIP}, **options)


WRONG = {
    "model": ({"model": "lucy-edit-fats"}, pixnb.ModelNotFound, "lucy-edit-fast"),
    "params": ({"params": {"promt": "x"}}, pixnb.InvalidInput, "prompt"),
    "missing": ({"params": {}}, pixnb.InvalidInput, "prompt"),
    "take 0": ({"take": 0}, pixnb.InvalidInput, "from 1 on"),
    "take True": ({"take": True}, pixnb.InvalidInput, "from 1 on"),
    "take text": ({"take": "1"}, pixnb.InvalidInput, "from 1 on"),
    "extra": ({"extra": {"x": object()}}, pixnb.InvalidInput, "plain JSON"),
    "extra nan": ({"extra": {"x": float("nan")}}, pixnb.InvalidInput, "plain JSON"),
    "tag": ({"tags": [7]}, pixnb.InvalidInput, "A tag is a word"),
    "empty tag": ({"tags": {" ": "x"}}, pixnb.InvalidInput, "A tag is a word"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_when_it_is_made(name):
    """Before any engine, log or network has heard of it."""
    changed, kind, said = WRONG[name]
    given = {"model": TEXT, "params": {"prompt": "A lake"}, **changed}
    with pytest.raises(kind, match=said):
        Request(given.pop("model"), given.pop("params"), **given)


def test_a_request_is_frozen_and_can_be_changed_by_copy():
    """The copy is checked anew, and has the same key unless another is given."""
    request = lucy("A red coat", tags=["calm"], vars={"colour": "red"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.take = 2
    again = dataclasses.replace(request, take=2)
    assert (again.take, again.params, again.tags, again.vars) == (2, request.params, {"calm": "true"}, request.vars)
    assert again.idempotency_key == request.idempotency_key
    with pytest.raises(pixnb.InvalidInput):
        dataclasses.replace(request, take=0)


def test_begin_returns_before_anything_is_answered(runner, service, exp):
    """The run has its id at once, and its take when the future ends; vars, tags and note reach the row."""
    held = threading.Event()
    service.before_answer = lambda request: held.wait(10)
    run, sent = runner.begin(lucy("A red coat", vars={"colour": "red"}, tags={"kind": "calm"}, note="first"))
    assert run.run_id
    assert (run.take, sent.done()) == (None, False)
    held.set()
    assert sent.result(10) is run
    assert (run.take, run.attempt) == (1, 1)
    run.wait(10)
    row = exp.frame().iloc[0]
    assert (row["vars.colour"], row["tags.kind"], row["note"]) == ("red", "calm", "first")


def test_what_stops_a_run_before_it_is_sent_is_the_futures_error(runner, exp):
    """Typed as `submit` raises it; nothing is reserved."""
    for request, kind in (
        (lucy("x", idempotency_key="k"), None),
        (Request(TEXT, {"prompt": "x"}), pixnb.BudgetExceeded),
    ):
        _, sent = runner.begin(request)
        assert type(sent.exception(10)) is (kind or type(None))
    assert len(exp.frame()) == 1


def test_who_cancels_the_future_leaves_the_wait_only(runner, service):
    """The POST is on its way; its id is recorded."""
    held, arrived = threading.Event(), threading.Event()
    service.before_answer = lambda request: (arrived.set(), held.wait(10))
    run, sent = runner.begin(lucy("A red coat"))
    assert arrived.wait(10)
    assert sent.cancel()
    held.set()
    until(lambda: run.id is not None)
    assert run.wait(10).status is JobStatus.COMPLETED
    assert runner.log.row(run.run_id)["job_id"] == run.id


def test_twenty_runs_begin_without_a_thread_of_their_own(runner, service):
    """What waits for the service costs no thread."""
    service.before_answer = lambda request: None
    before = threading.active_count()
    begun = [
        runner.begin(Request(LUCY, {"prompt": f"coat {n}", "video": CLIP}, allow_unpriced=True)) for n in range(20)
    ]
    concurrent.futures.wait([sent for _, sent in begun], 30)
    assert threading.active_count() <= before + 8, threading.enumerate()  # asyncio's few file threads
    assert len({run.run_id for run, _ in begun}) == 20
    for run, _ in begun:
        run.wait(20)


@pytest.mark.parametrize("word", ["FAILED", "ERROR"])
def test_a_take_that_failed_is_tried_again_as_its_next_attempt(exp, service, word):
    """The same line heals by being run again; a take that is done is returned and costs nothing."""
    asked = {"prompt": f"A coat [{word}]", "video": CLIP, "take": 1}
    first = exp.submit(LUCY, **asked).wait(10)
    assert (first.status, first.take, first.attempt) == (word, 1, 1)
    service._word = lambda job: "COMPLETED"
    second = exp.submit(LUCY, **asked).wait(10)
    assert (second.status, second.take, second.attempt) == ("COMPLETED", 1, 2)
    assert second.run_id != first.run_id
    assert exp.submit(LUCY, **asked) is second
    assert list(exp.frame()["attempt"]) == [1, 2]
    assert len(service.posts) == 2


def test_a_refused_take_is_tried_again(exp, service):
    """A 402 today, money tomorrow: the same line."""
    asked = {"prompt": "A coat [402]", "video": CLIP, "take": 1}
    assert isinstance(exp.submit(LUCY, **asked).error, pixnb.InsufficientBalance)
    assert isinstance(exp.submit(LUCY, **asked).error, pixnb.InsufficientBalance)
    assert list(exp.frame()["attempt"]) == [1, 2]
    assert len(service.posts) == 2


def test_an_unconfirmed_take_is_never_sent_again(exp, service):
    """Nobody knows whether it was taken: asked for again, it is returned."""
    asked = {"prompt": "A coat [lost]", "video": CLIP, "take": 1}
    first = exp.submit(LUCY, **asked)
    assert first.status is JobStatus.UNCONFIRMED
    assert exp.submit(LUCY, **asked) is first
    assert len(service.posts) == 1


def test_a_cancelled_take_is_collected_if_the_service_finished_it(exp, service):
    """Else it is returned as it is, and says how to try again."""
    asked = {"prompt": "A coat [held]", "video": CLIP, "take": 1}
    run = exp.submit(LUCY, **asked).cancel()
    assert exp.submit(LUCY, **asked) is run
    assert run.status is JobStatus.CANCELLED
    assert "run.retry()" in run.error.message
    service.released.set()
    assert exp.submit(LUCY, **asked).status is JobStatus.COMPLETED
    assert len(service.posts) == 1


def test_retry_makes_the_next_attempt(exp, service, tmp_path):
    """Also of a run that another process made, with the file that it was given; never of one that is done or open."""
    run = exp.submit(LUCY, prompt="A coat [held]", video=CLIP, tags=["calm"]).cancel()
    loaded = pixnb.Experiment("coats", log=exp.log, client=exp.client).run(run.run_id)
    service.released.set()
    again = loaded.retry().wait(10)
    assert (again.status, again.take, again.attempt) == ("COMPLETED", run.take, 2)
    assert again.params["prompt"] == run.params["prompt"]
    with pytest.raises(pixnb.InvalidInput, match="COMPLETED"):
        again.retry()
    assert loaded.retry().run_id == again.run_id  # somebody has tried again meanwhile
    assert len(service.posts) == 2


def test_retry_of_a_file_that_is_gone_says_so(exp, tmp_path, service):
    """Nothing is sent."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(tiny_clip())
    run = exp.submit(LUCY, prompt="A coat [FAILED]", video=clip).wait(10)
    clip.unlink()
    loaded = pixnb.Experiment("coats", log=exp.log, client=exp.client).run(run.run_id)
    with pytest.raises(pixnb.InvalidInput, match=r"is gone or has changed \(it was .*clip\.mp4"):
        loaded.retry()
    assert len(service.posts) == 1
