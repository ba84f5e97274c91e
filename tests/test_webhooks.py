"""Webhooks: what they set off, what they cannot do, and who may call; over real HTTP, also between processes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import httpx
import pytest
import uvicorn
from children import program
from children import told as heard
from fake_pixazo import FakePixazo
from patience import until
from served import list_jobs, tiny_clip
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Mount

import pixnb
from pixnb.client.polling import Patience
from pixnb.log import owners, rows
from pixnb.log.schema import events
from pixnb.log.tokens import token
from pixnb.webhooks import verify

pytestmark = pytest.mark.rendering

PROGRAMS = Path(__file__).with_name("webhook_programs.py")
LUCY, WAN = "lucy-edit-fast", "wan-2.7-videoedit"
CLIP = "https://example.org/clip.mp4"
SLOW = Patience(pause=60)


@pytest.fixture
def log(tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        yield log


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with pixnb.Sandbox(tmp_path_factory.mktemp("data"), speed=50, draft=True) as sandbox:
        yield sandbox


@contextlib.contextmanager
def serving(app):
    """Run an ASGI app on a port of this machine, and give its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


class Service(FakePixazo):
    """A Pixazo in memory whose answers to submits can be late."""

    answer_comes_after = 0.0

    async def late(self, request):
        answer = await asyncio.to_thread(self, request)
        await asyncio.sleep(self.answer_comes_after if request.method == "POST" else 0.0)
        return answer


class Desk:
    """A submitter and a receiver in one process, at a service that lives in memory."""

    def __init__(self, log, *, keys=None):
        self.service = Service(polls=0)
        keys = {"pixazo": "key", "apiframe": "key-of-apiframe"} if keys is None else keys
        urls = {"pixazo": "https://pixazo.example"}
        self.client = pixnb.Client(
            keys=keys, base_urls=urls, transport=httpx.MockTransport(self.service.late), patience=SLOW
        )
        self.exp = pixnb.Experiment("coats", log=log, client=self.client)
        self.hooks = pixnb.webhooks.app(log, client=self.client)

    def submit(self, prompt="A red coat"):
        return self.exp.submit(LUCY, prompt=prompt, video=CLIP)

    def row(self, run):
        return self.exp.log.row(run.run_id)


@pytest.fixture
def desk(log):
    return Desk(log)


@pytest.fixture
def call(desk):
    """A caller of the desk's receiver."""
    with serving(desk.hooks) as url, httpx.Client() as http:

        def post(body, headers=None, *, path=None):
            content = json.dumps(body) if isinstance(body, dict) else body
            return http.post(url + (path or desk.hooks.path), content=content, headers=headers)

        post.url, post.http = url, http
        yield post


def told(job_id, status="COMPLETED"):
    """Pixazo's call about a job; what it names is not to be believed."""
    output = {"media_url": ["https://evil.example/out.mp4"], "media_type": "video/mp4"}
    return {"request_id": job_id, "status": status, "error": None, "output": output}


def signed(body, key="key-of-apiframe"):
    """The headers of a call by Apiframe."""
    content = json.dumps(body).encode() if isinstance(body, dict) else body
    signature = hmac.new(hashlib.sha256(key.encode()).digest(), content, "sha256").hexdigest()
    return {"X-Webhook-Signature": f"sha256={signature}", "X-Webhook-Event": "completed"}


def calls_about(sandbox, job_id):
    """How often the sandbox was asked about a job and for its file, and how the last call about it went."""
    (job,) = [job for job in list_jobs(sandbox.url) if job["id"] == job_id]
    return job


@pytest.mark.parametrize("model", [LUCY, WAN])
@pytest.mark.parametrize("marker", ["", "[FAILED] ", "[callback twice] "])
def test_a_run_ends_by_its_callback(sandbox, log, model, marker):
    """With a poll a minute the end comes by the webhook: one question, one download, and nothing more is asked."""
    client = pixnb.Client(sandbox=sandbox, patience=SLOW)
    exp = pixnb.Experiment("coats", log=log, client=client)
    hooks = pixnb.webhooks.app(log, client=client)
    with serving(hooks) as url:
        callback = hooks.callback(url)
        run = exp.submit(model, prompt=f"{marker}A red coat", video=tiny_clip(), callback=callback).wait(30)
        until(lambda: calls_about(sandbox, run.id)["notified"])
    assert run.status == ("FAILED" if "FAILED" in marker else "COMPLETED")
    assert len(run.media) == ("FAILED" not in marker)
    assert exp.log.row(run.run_id)["status"] == run.status
    job = calls_about(sandbox, run.id)
    assert (job["polls"], job["downloads"], job["delivered"]) == (1, len(run.media), True)


@pytest.mark.parametrize("key", ["afk_mine", "afk_another"])
def test_apiframes_calls_are_checked_by_the_key_that_submitted(sandbox, log, key):
    """Progress and end, signed by the service itself; a receiver that has another key hears nothing of them."""
    address = {"base_urls": sandbox.base_urls, "patience": SLOW}
    exp = pixnb.Experiment("coats", log=log, client=pixnb.Client(keys={"apiframe": "afk_mine"}, **address))
    hooks = pixnb.webhooks.app(log, client=pixnb.Client(keys={"apiframe": key}, **address))
    with serving(hooks) as url:
        callback = hooks.callback(url, events=("progress", "completed", "failed"))
        run = exp.submit(WAN, prompt="A red coat", video=tiny_clip(), callback=callback)
        until(lambda: calls_about(sandbox, run.id)["notified"])
        if key == "afk_mine":
            assert run.result(20).video.path.exists()
    job = calls_about(sandbox, run.id)
    assert job["delivered"] is (key == "afk_mine")
    assert (job["polls"] > 0) is (key == "afk_mine")
    run.cancel()


def test_the_service_is_asked_and_the_body_is_not_believed(desk, call):
    """A call that lies about the end and the file makes one question; the run goes on as the service says."""
    run = desk.submit("[held] A red coat")
    assert call(told(run.id)).status_code == 200
    until(lambda: desk.service.polls)
    until(lambda: desk.row(run)["status"] == "PROCESSING")
    desk.service.released.set()
    call(told(run.id, "PROCESSING"))  # out of order, and all the same the end is found
    assert run.result(10).video.url == f"https://cdn.example/{run.id}/output.mp4"
    assert [request.url.host for request in desk.service.gets] == ["cdn.example"]


def test_calls_after_the_end_change_nothing(desk, call):
    """Replayed and late ones of every kind: 200, no question, the row as it was."""
    run = desk.submit()
    call(told(run.id))
    run.result(10)
    before, asked = desk.row(run), len(desk.service.polls)
    for status in ("COMPLETED", "PROCESSING", "FAILED", "QUEUED"):
        assert call(told(run.id, status)).status_code == 200
    other = desk.submit()
    call(told(other.id))  # it comes after those, and is seen to
    other.result(10)
    assert (desk.row(run), run.status) == (before, "COMPLETED")
    assert desk.service.polls == ["job-1"] * asked + ["job-2"]


def test_a_flood_about_one_job_is_a_question_a_second(desk, call):
    """A hundred calls at once: one question, and then at most one a second."""
    run = desk.submit("[held] A red coat")
    begin = time.monotonic()
    for _ in range(100):
        assert call(told(run.id, "PROCESSING")).status_code == 200
    until(lambda: desk.service.polls)
    assert 1 <= len(desk.service.polls) <= 2 + (time.monotonic() - begin)
    desk.service.released.set()
    assert run.result(10).video.path.exists()


def test_a_call_that_overtakes_the_answer_to_the_submit_is_remembered(desk, call):
    """The service calls back before its answer to the submit is here: the run ends by it all the same."""
    desk.service.before_answer = lambda _: call(told("job-1"))
    desk.service.answer_comes_after = 0.5  # looked for twice before it is known
    assert desk.submit().result(20).video.path.exists()
    assert desk.service.polls == ["job-1"]


def test_a_run_that_nobody_follows_any_more_is_taken_up_again(log):
    """A watch that ended with its deadline goes on when the service calls."""
    desk = Desk(log)
    run = desk.submit("[held] A red coat")
    run._work.watching.stop()
    until(lambda: not run._work.watching.is_under_way)
    desk.service.released.set()
    with serving(desk.hooks) as url:
        httpx.post(url + desk.hooks.path, json=told(run.id))
        until(lambda: run.media)
    assert desk.row(run)["status"] == "COMPLETED"


def test_ids_that_are_no_open_runs_change_nothing(desk, call):
    """200, and not one request to the service; a call about a run is seen to after all of them."""
    for job_id in ("nobody's", "", None, 7, ["job-1"], "a\0b", "\ud800", "x" * 10_000):
        assert call({"request_id": job_id, "status": "COMPLETED"}).status_code == 200
        assert call({"jobId": job_id}, signed({"jobId": job_id})).status_code == 200
    run = desk.submit()
    call(told(run.id))
    run.result(10)
    assert desk.service.polls == [run.id]


def test_only_a_post_with_the_token_is_answered(desk, call):
    """404 for every other path and any wrong token, 405 for other methods; no redirect tells of the token."""
    path = desk.hooks.path
    wrong = ["/", "/" + "x" * 43, path[:-1], path + "/", path + "x", "/a/b", "/%F0%9F%98%80", "/%ff"]
    assert {call(told("job-1"), path=other).status_code for other in wrong} == {404}
    assert {call.http.request(method, call.url + path).status_code for method in ("GET", "PUT", "DELETE")} == {405}
    assert call(told("job-1")).status_code == 200


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\xff\xfe", b"{", b"null", b"[]", b'"job-1"', b"NaN", b"[" * 500_000, b'{"a":' * 150_000, b"9" * 5000],
    ids=["empty", "no UTF-8", "cut", "null", "list", "text", "NaN", "deep list", "deep object", "long number"],
)
def test_what_is_no_json_object_is_refused(call, garbage):
    """400 in words; with a signature that is right too; with a wrong one 401, before anything is read."""
    answer = call(garbage)
    assert (answer.status_code, "JSON" in answer.text) == (400, True)
    assert call(garbage, signed(garbage)).status_code == 400
    assert call(garbage, {"X-Webhook-Signature": "sha256=00"}).status_code == 401
    assert call({"hello": "world"}).status_code == 200


def test_a_body_above_a_megabyte_is_refused(call):
    """413 for 10 MB, with a length and without one; a call after that is answered."""
    large = b'{"request_id": "' + b"x" * 10_000_000 + b'"}'
    assert call(large).status_code == 413
    assert call(large[i : i + 65536] for i in range(0, len(large), 65536)).status_code == 413
    assert call(b" " * 999_998 + b"{}").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Webhook-Event": "completed"},
        {"X-Webhook-Signature": ""},
        {"X-Webhook-Signature": "sha256="},
        {"X-Webhook-Signature": "sha256=é".encode()},
        signed(b"another body"),
        signed({"jobId": "job-1", "event": "completed"}, "another key"),
        signed({"jobId": "job-1", "event": "completed"}, ""),
    ],
)
def test_a_call_by_apiframe_must_be_signed(desk, call, headers):
    """Missing, empty, of another body, by another key: 401; the right one is answered."""
    body = {"jobId": "job-1", "event": "completed"}
    assert call(body, headers).status_code == 401
    assert call({**body, "request_id": "job-1"}, headers).status_code == 401
    assert call(body, signed(body)).status_code == 200


def test_the_sandboxs_key_speaks_for_the_sandbox_only(desk, call):
    """Anybody knows it: a call signed by it about a run of the service itself is refused."""
    run = {"provider": "apiframe", "model": WAN, "experiment": "coats", "status": "QUEUED", "job_id": "af-1"}
    values = {**run, "base_url": "https://api.apiframe.ai", **owners.owner()}
    desk.exp.log.write(partial(rows.insert_run, values=values, params={})).result()
    known, unknown = ({"jobId": job_id, "event": "progress"} for job_id in ("af-1", "af-2"))
    assert call(known, signed(known, "sandbox")).status_code == 401
    assert call(unknown, signed(unknown, "sandbox")).status_code == 200
    assert call(unknown, signed(unknown)).status_code == 200


def test_a_receiver_without_a_key_takes_no_signature_but_the_sandboxs(log):
    """There is nothing to check others by."""
    desk = Desk(log, keys={"pixazo": "key"})
    body = {"jobId": "job-1"}
    with serving(desk.hooks) as url:
        codes = [httpx.post(url + desk.hooks.path, json=body, headers=h).status_code for h in ({}, signed(body))]
    assert codes == [401, 401]


def test_verify_knows_signatures_made_elsewhere():
    """Signed by OpenSSL; with and without the prefix; by raw bytes of the key's hash, or by its hex where asked."""
    body = b'{"event":"completed","jobId":"j1"}'
    raw = "ba0b51feae585fb4de708b55708393f2c5a3ecaad57a9cbf4fbda07887b40cd8"
    by_hex = "19f8c7f967c627933cfc9338000b8c51b3502666a35f37db4a5d8b9f98494632"
    assert verify(body, f"sha256={raw}", "af_key")
    assert verify(body, raw, "af_key")
    assert verify(body, f"sha256={by_hex}", "af_key", hexkey=True)
    assert not verify(body, raw, "af_key", hexkey=True)
    assert not verify(body, by_hex, "af_key")
    assert not verify(body + b" ", raw, "af_key")
    assert not any(verify(body, wrong, "af_key") for wrong in (None, "", "sha256=", raw[:-1], raw + "0", "é", "\udc80"))
    assert not verify(body, hmac.new(hashlib.sha256(b"").digest(), body, "sha256").hexdigest(), "")


def test_it_can_be_mounted_and_its_token_stays_unseen(desk, caplog):
    """Below a path of another app; neither an access log nor a repr nor an error shows the token."""
    site = Starlette(routes=[Mount("/hooks", desk.hooks)])
    secret = desk.hooks.path[1:]
    with caplog.at_level(logging.DEBUG), serving(site) as url:
        callback = desk.hooks.callback(f"{url}/hooks/")
        assert callback.url == f"{url}/hooks/{secret}"
        run = desk.submit()
        assert httpx.post(f"{url}/other").status_code == 404
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it is the caller, who knows the address
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        assert httpx.post(callback.url, json=told(run.id)).status_code == 200
        assert httpx.get(callback.url).status_code == 405
        run.result(10)
    assert "POST /hooks/" in caplog.text
    assert secret not in caplog.text
    assert secret not in f"{callback!r}{desk.hooks!r}{desk.hooks.__dict__!r}"
    with pytest.raises(pixnb.InvalidInput, match="plain http") as caught:
        desk.hooks.callback("http://lab.example.org")
    assert secret not in str(caught.value)


@pytest.mark.parametrize("base", ["https://a.example/?x=1", "https://a.example/#x", "a.example", None])
def test_a_base_that_makes_no_address_is_refused(desk, base):
    """InvalidInput at the call."""
    with pytest.raises(pixnb.InvalidInput):
        desk.hooks.callback(base)


def test_a_log_has_one_token_whoever_asks_first(tmp_path):
    """Eight openers at once and a process of its own: one token; another log has another."""
    logs = [pixnb.Log(tmp_path / "pixnb-data" / "log.db") for _ in range(8)]
    found, gate = [], threading.Barrier(8)

    def ask(log):
        gate.wait()
        found.append(token(log, "webhooks"))

    threads = [threading.Thread(target=ask, args=(log,)) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with program(PROGRAMS, "token") as process:
        assert {"/" + known for known in found} == {heard(process)}
    assert len(found[0]) == 43
    with pixnb.Log(tmp_path / "other.db") as other:
        assert token(other, "webhooks") not in found
    for log in logs:
        log.close()


def test_the_name_costs_nothing_until_it_is_used():
    """`pixnb.webhooks` is there after `import pixnb`, which loads no web framework."""
    code = "import sys, pixnb; print('starlette' in sys.modules, 'webhooks' in dir(pixnb), pixnb.webhooks.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "pixnb.webhooks"]


@pytest.fixture
def shared(monkeypatch, tmp_path):
    """The data folder's sandbox, for children too."""
    monkeypatch.setenv("PIXNB_SANDBOX", "1")
    with pixnb.Sandbox(tmp_path / "pixnb-data", speed=4, draft=True) as sandbox:
        yield sandbox


@pytest.mark.slow
@pytest.mark.parametrize("killed", [True, False], ids=["killed", "alive"])
def test_a_receiver_in_another_process(shared, tmp_path, killed):
    """It takes over and collects the run of a killed submitter; what a living one works on, it leaves to that one."""
    with (
        program(PROGRAMS, "receive") as receiver,
        program(PROGRAMS, "submit", heard(receiver), "60" if killed else "0.1") as submitter,
    ):
        run_id, job_id = heard(submitter)
        if killed:
            os.kill(submitter.pid, signal.SIGKILL)
            submitter.wait()
        with pixnb.Log(tmp_path / "pixnb-data" / "log.db") as log:
            until(lambda: log.row(run_id)["status"] == "COMPLETED")
            until(lambda: calls_about(shared, job_id)["notified"])
            path = log.assets.root / log.row(run_id)["output_path"]
            assert hashlib.sha256(path.read_bytes()).hexdigest() == calls_about(shared, job_id)["sha256"]
            kinds = [row["kind"] for row in log.read(select(events.c.kind).where(events.c.run_id == run_id))]
    assert (kinds.count("claimed"), kinds.count("delivered")) == (int(killed), 1)
    assert (calls_about(shared, job_id)["downloads"], calls_about(shared, job_id)["delivered"]) == (1, True)
    assert len(list_jobs(shared.url)) == 1
