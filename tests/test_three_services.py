"""One clip and three wordings on three services, into one table: by roles, with each service's own money."""

from __future__ import annotations

import asyncio
import threading
from decimal import Decimal

import pytest
from patience import until
from served import list_jobs, tiny_clip

import pixnb
from pixnb.catalogue.prices import Balance

EDITORS = ("lucy-edit-fast", "lucy-pro-v2v", "wan-2.7-videoedit")


@pytest.fixture(scope="module")
def sandbox():
    with pixnb.Sandbox(speed=20, draft=True) as started:
        yield started


@pytest.fixture
def exp(sandbox, tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        yield pixnb.Experiment("three services", log=log, client=pixnb.Client(sandbox=sandbox))


def test_apiframes_credits_are_its_own_figures(exp):
    """What it charged is on record, a failure is refunded, and the balance is what is left."""
    client = exp.client
    before = client.balance("apiframe")
    run = exp.submit("wan-2.7-videoedit", prompt="Make it night", video=tiny_clip(), duration=4, resolution="720p")
    run.result(60)
    assert (run.cost.currency, run.cost.kind, run.progress) == ("credits", "charged", 1.0)
    failed = exp.submit("wan-2.7-videoedit", prompt="[FAILED] Make it night", video=tiny_clip()).wait(60)
    assert (failed.status, failed.cost.amount, failed.cost.kind) == ("FAILED", 0, "refunded")
    assert "was given back" in failed.error.message
    assert client.balance("apiframe") == Balance(before.amount - run.cost.amount, "credits")
    assert (client.balance("pixazo"), client.balance("decart")) == (None, None)
    assert exp.spent == {"credits": run.cost.amount}
    row = exp.frame().set_index("run_id").loc[run.run_id]
    assert (row["cost_kind"], Decimal(str(row["cost_simulated"]))) == ("charged", run.cost.amount)


def test_an_empty_account_says_what_is_missing(sandbox):
    """402 names both amounts."""
    client = pixnb.Client(keys={"apiframe": "no-balance"}, base_urls=sandbox.base_urls)
    with pytest.raises(pixnb.InsufficientBalance) as caught:
        client.submit("wan-2.7-videoedit", prompt="Make it night", video=tiny_clip())
    assert caught.value.required > caught.value.available
    assert f"{caught.value.required}" in caught.value.message


def test_a_lost_answer_is_asked_for_again_under_the_same_key(exp, sandbox):
    """Only Apiframe knows idempotency keys: the job is found again, and there is one of it."""
    run = exp.submit("wan-2.7-videoedit", prompt="[drop once] Make it night", video=tiny_clip())
    assert run.result(60).video.size > 0
    assert exp.frame()["idempotency_key"].notna().all()
    lost = exp.submit("lucy-2.5", prompt="[drop once] Make it night", video=tiny_clip())
    assert (lost.status, type(lost.error)) == ("UNCONFIRMED", pixnb.SubmitUnconfirmed)


def test_progress_is_told_on_the_way(exp):
    """Apiframe's 0 to 100 reach the listeners of a job, rising, before its end."""
    seen = []
    run = exp.submit("wan-2.7-videoedit", prompt="A long night", video=pixnb.sample("video"))
    run.listen(lambda status: seen.append(run.progress))
    run.result(60)
    told = [value for value in seen if value is not None]
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert any(0 < value < 1 for value in told)


def test_a_decart_job_survives_its_process(exp, sandbox, tmp_path):
    """The jobs API has ids: another client collects the file, which only the key opens."""
    job = exp.client.submit("lucy-pro-v2v", prompt="Make it night", video=tiny_clip())
    again = pixnb.Client(sandbox=sandbox).job("decart", job.id)
    assert again.result(60).video.sha256 == job.result(60).video.sha256


def test_pictures_are_runs_like_clips(exp, tmp_path):
    """Made, edited from an earlier output, linked by hash, and in the report."""
    made = exp.submit("lucy-pro-t2i", prompt="A lighthouse at dusk", seed=7, resolution="480p")
    assert made.id is None
    picture = made.result(60).image
    edited = exp.submit("lucy-image-2", prompt="Oil painting", image=picture, resolution="480p")
    assert edited.result(60).image.media_type == "image/png"
    assert edited.parent is made
    frame = exp.frame()
    assert list(frame["task"]) == ["text-to-image", "image-to-image"]
    assert list(frame["media_type"]) == ["image/png"] * 2
    page = exp.report(tmp_path / "pictures.html").read_text(encoding="utf-8")
    assert page.count("<img") >= 2
    assert "<video" not in page


def test_process_serves_every_provider(exp):
    """The same call for a model of each: bytes of a clip, logged."""
    for model in EDITORS:
        data = exp.process({"model": pixnb.models.video(model), "prompt": "Make it night", "video": tiny_clip()})
        assert pixnb.Media(data).kind == "video"
    assert list(exp.frame()["status"]) == ["COMPLETED"] * 3


@pytest.mark.slow
def test_a_token_ends_process_at_every_provider(exp, sandbox):
    """Set once the service has the job: the call ends, and what was accepted keeps its id."""
    for model in EDITORS:
        token, prompt = threading.Event(), f"[stall] {model}"
        threading.Thread(target=lambda: (until(lambda: prompt in prompts(sandbox)), token.set())).start()  # noqa: B023
        with pytest.raises(asyncio.CancelledError):
            exp.process({"model": model, "prompt": prompt, "video": tiny_clip(), "cancel_token": token})
    until(lambda: list(exp.frame()["job_id"].notna()) == [True, False, True])
    assert list(exp.frame()["status"]) == ["CANCELLED"] * 3


def prompts(sandbox):
    """What the sandbox was asked for so far."""
    return [job["params"].get("prompt") for job in list_jobs(sandbox.url)]
