"""What no page documents is a setting of the sandbox, and what is nobody's business is not shown."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import time

import httpx
import pytest
from make_media import make_video
from patience import until
from served import AFK, PRO, Apiframe, Decart, Pixazo, receiving, tiny_clip

from pixnb.sandbox.options import Assumed, assumed, described
from pixnb.sandbox.start import Sandbox, SandboxError

GUESSES = {
    "retry_after": 7,
    "webhook_tries": 2,
    "pixazo_bad_webhook": 422,
    "apiframe_events": "failed",
    "apiframe_upload_life": 0.5,
    "decart_bad_key": 422,
    "decart_unknown_job": 400,
    "decart_early": 425,
    "decart_largest": 1,
    "decart_longest": 0.3,
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox(tmp_path_factory.mktemp("data"), speed=50, draft=True, assume=GUESSES) as sandbox:
        yield sandbox


@pytest.fixture
def pixazo(sandbox):
    with (caller := Pixazo(sandbox)).http:
        yield caller


@pytest.fixture
def decart(sandbox):
    with (caller := Decart(sandbox)).http:
        yield caller


@pytest.fixture
def apiframe(sandbox):
    with (caller := Apiframe(sandbox)).http:
        yield caller


def test_guesses_are_read_by_name():
    """Each as its own kind; what is unknown or no number is refused, by name."""
    words = [f"{name}={value}" for name, value in GUESSES.items()]
    assert assumed(words) == Assumed(**GUESSES)
    assert assumed([]) == Assumed()
    assert {said.partition("=")[0] for said, _ in described()} == vars(Assumed()).keys()
    with pytest.raises(ValueError, match="'colour' is not among what is assumed: retry_after, "):
        assumed(["colour=red"])
    with pytest.raises(ValueError, match="decart_early must be a number, not 'soon'"):
        assumed(["decart_early=soon"])


def test_a_guess_that_is_none_is_told_at_once(tmp_path):
    """By the command and by who starts it; the help lists all."""
    with pytest.raises(SandboxError, match="argument --assume: 'colour' is not among what is assumed"):
        Sandbox(tmp_path, assume={"colour": "red"}).start()
    command = [sys.executable, "-m", "pixnb.sandbox.server", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "decart_early=409" in said


def test_a_429_asks_to_wait(pixazo, decart, apiframe):
    """So many seconds, on every service, for submits and for polls."""
    job_id = decart.submit("x [poll 429] [stall]", model="lucy-pro-t2v").json()["job_id"]
    answers = [pixazo.edit("x [429]"), decart.submit("x [429]"), apiframe.edit("x [429]"), decart.get(job_id)]
    assert [(answer.status_code, answer.headers["retry-after"]) for answer in answers] == [(429, "7")] * 4


def test_decart_answers_with_the_codes_that_are_set(sandbox, decart):
    """For a bad key, an unknown job, and content that is asked for too early."""
    job_id = decart.submit("x [stall]", model="lucy-pro-t2v").json()["job_id"]
    codes = [decart.get(path).status_code for path in (f"{job_id}/content", "nobody", "nobody/content")]
    with (stranger := Decart(sandbox, "bad-key")).http:
        codes += [stranger.get(job_id).status_code, stranger.submit("x").status_code]
    assert codes == [425, 400, 400, 422, 422]


def test_decart_takes_as_much_as_is_set(decart, tmp_path):
    """So many MB, and so many seconds, as an early page has limits."""
    assert decart.submit("short [stall]").status_code == 200
    long = make_video(tmp_path / "long.mp4", size=(64, 36), frames=12).read_bytes()
    answer = decart.post("jobs", "lucy-pro-v2v", {"prompt": "long"}, data=long)
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", "data"])
    assert "longer than 0.3 seconds" in answer.json()["detail"][0]["msg"]
    large = tiny_clip()[:64] + bytes(3 << 20)
    assert decart.post("jobs", "lucy-pro-v2v", {"prompt": "large"}, data=large).status_code == 413


def test_an_upload_to_apiframe_ends(apiframe):
    """When `expiresAt` says: the URL answers 410, and a job that names it fails; the same bytes can come again."""

    def uploaded():  # a busy machine may take longer for the way there and back than the URL lives
        url = apiframe.upload().json()["url"]
        return url if httpx.get(url).content == tiny_clip() else None

    url = until(uploaded)
    until(lambda: httpx.get(url).status_code == 410)
    end = apiframe.end(apiframe.edit("x", video=url, duration=2))[-1]
    assert (end["status"], "410" in end["error"]) == ("FAILED", True)
    assert until(uploaded) != url


def test_an_upload_cannot_be_prolonged_by_nonsense(apiframe):
    """Of an end that cannot be read the safe reading is that it is past."""
    url = apiframe.upload().json()["url"].partition("?")[0]
    codes = [httpx.get(f"{url}?expires={said}").status_code for said in ("soon", "1", f"{time.time() + 60}")]
    assert codes == [410, 410, 200]


def test_webhooks_are_tried_and_told_as_is_set(apiframe, pixazo):
    """So many times; about what is set where the caller does not say; plain http has its code."""
    with receiving(codes=[500] * 9) as hook:
        failed = apiframe.edit("x [FAILED]", top={"webhookUrl": hook.url}).json()["jobId"]
        until(lambda: apiframe.job(failed).json()["webhookStatus"] == "failed")
        # an upload to Apiframe may end before a busy machine has fetched it, and then the job fails
        quiet = apiframe.edit("x [no output]", top={"webhookUrl": hook.url}, video=pixazo.upload(), duration=2)
        assert apiframe.end(quiet)[-1]["webhookStatus"] is None
        assert [body["jobId"] for body in hook.bodies] == [failed] * 2
    answer = pixazo.edit("x", headers={"X-Webhook-URL": "http://example.com/hook"})
    assert answer.status_code == 422


def test_who_lists_the_jobs_learns_no_secret(apiframe, pixazo):
    """Neither what signs a webhook nor its address, whose path may be a secret; wherever it was given."""
    web = "https://example.com/hook/unguessable"
    apiframe.edit("x [stall]", top={"webhookUrl": web})
    pixazo.edit("x [stall]", headers={"X-Webhook-URL": web})
    pixazo.post(PRO, {"prompt": "x [stall]", "webhook": web})
    said = httpx.get(f"{apiframe.sandbox.url}/jobs", headers={"X-API-KEY": "k"}).text
    with contextlib.closing(sqlite3.connect(apiframe.sandbox.state / "state.db")) as db:
        kept = [json.loads(data)["callback"] for (data,) in db.execute("SELECT data FROM jobs")]
    secrets = {word for callback in kept if callback for word in (callback["url"], callback.get("secret")) if word}
    assert web in secrets
    assert len(secrets) > 2
    assert not [word for word in secrets if word in said]
    assert AFK not in said


def test_a_state_of_a_newer_version_is_left_alone(tmp_path):
    """It says so, and what to do; nothing is written."""
    with Sandbox(tmp_path, speed=50) as sandbox:
        path = sandbox.state / "state.db"
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        db.execute(f"PRAGMA user_version={version + 1}")
    again = Sandbox(tmp_path)
    with pytest.raises(SandboxError, match=r"a newer pixnb made it .*Upgrade pixnb, or name another with --state"):
        again.start()
    again.stop()
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (version + 1,)
