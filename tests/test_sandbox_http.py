"""The sandbox over HTTP: the documented bodies and codes, the faults on request, files, webhooks."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from served import KEY, LUCY, PRO, TEXT_TO_VIDEO, Pixazo, receiving, tiny_clip

from pixnb.sandbox import faults, server
from pixnb.sandbox.start import Sandbox

PAGES = json.loads((Path(__file__).parent / "data" / "pixazo_params.json").read_text())["models"]
EXAMPLES = [
    pytest.param(page["model"], page["path"], example, id=f"{page['model']}-{number}")
    for page in PAGES
    for number, example in enumerate(page["examples"])
]
UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox(tmp_path_factory.mktemp("data"), speed=50, draft=True) as sandbox:
        yield sandbox


@pytest.fixture
def pixazo(sandbox):
    caller = Pixazo(sandbox)
    with caller.http:
        yield caller


@pytest.fixture(scope="module")
def done(sandbox):
    """The last status body of one good job."""
    caller = Pixazo(sandbox)
    with caller.http:
        yield caller.made("Change her blue coat to a formal brown jacket")


def test_a_submit_answers_as_the_page_shows(pixazo):
    """202 with an id, QUEUED and a polling URL on the same host, nothing else."""
    answer = pixazo.edit("snow")
    body = answer.json()
    assert answer.status_code == 202
    assert re.fullmatch(f"decart-lucy-edit-video-fast-142_{UUID7}", body["request_id"])
    url = f"{pixazo.base}/v2/requests/status/{body['request_id']}"
    assert body == {"request_id": body["request_id"], "status": "QUEUED", "polling_url": url}
    assert pixazo.http.get(url).json()["request_id"] == body["request_id"]


def test_a_completed_status_answers_as_the_page_shows(done):
    """All documented fields, a link that ends in output.ext, dates in both of the page's forms."""
    fields = ["request_id", "status", "model_id", "error", "output", "created_at", "updated_at", "completed_at"]
    assert list(done) == fields
    assert (done["status"], done["error"]) == ("COMPLETED", None)
    assert done["model_id"] == "decart-lucy-edit-video-fast-142"
    assert done["output"]["media_type"] == "application/octet-stream"
    (url,) = done["output"]["media_url"]
    assert url.endswith(f"/v1/{done['request_id']}/output.ext")
    assert datetime.fromisoformat(done["created_at"]).utcoffset().total_seconds() == 0
    assert datetime.strptime(done["completed_at"], "%Y-%m-%d %H:%M:%S")


def test_a_job_takes_its_time(pixazo):
    """QUEUED for about 1 s, PROCESSING for at least 6 s, here both divided by a speed of 50."""
    pixazo.made("time [ERROR]")
    job = pixazo.job("time [ERROR]")
    assert job["started"] - job["created"] >= 1 / 50
    assert job["completed"] - job["started"] >= 6 / 50


@pytest.mark.parametrize(("model", "path", "example"), EXAMPLES)
def test_every_documented_request_is_accepted(pixazo, model, path, example):
    """Each example of the pages is a 202; [stall] spares the render."""
    answer = pixazo.post(path, {**example, "prompt": f"{example['prompt']} [stall]"})
    assert answer.status_code == 202, answer.text
    assert answer.json()["request_id"].startswith(f"{model}_")


@pytest.mark.parametrize(
    ("key", "code", "words"),
    [
        ("", 401, "missing subscription key"),
        ("bad-key", 401, "invalid subscription key"),
        ("forbidden", 403, "may not call"),
        ("no-balance", 402, "enough balance"),
    ],
)
def test_some_keys_do_not_pass(pixazo, key, code, words):
    """The keys that --help lists, and none at all."""
    answer = pixazo.edit("snow", video_url="http://127.0.0.1/x.mp4", headers={KEY: key})
    assert answer.status_code == code
    assert words in answer.json()["message"]
    assert answer.headers["x-pixnb-sandbox"] == "1"


def test_refusals_have_the_documented_bodies(pixazo):
    """402 and the unknown model, word for word; an unknown job is 404."""
    answer = pixazo.edit("snow [402]")
    text = {"error": "Insufficient Balance", "message": "Your wallet does not have enough balance."}
    assert (answer.status_code, answer.json()) == (402, text)
    answer = pixazo.post("/no-such-model/v1/no-such-model-request", {"prompt": "x"})
    text = {"error": "Model not found", "message": "Model 'no-such-model' not found or is disabled"}
    assert (answer.status_code, answer.json()) == (400, text)
    assert pixazo.status("nobody_019d").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (LUCY, {"prompt": "x"}, "video_url"),
        (LUCY, {"prompt": "", "video_url": "http://h/x"}, "prompt"),
        (LUCY, {"prompt": "x", "video_url": "clip.mp4"}, "publicly accessible URL"),
        (LUCY, {"prompt": "x", "video_url": "http://h/x", "enhance_prompt": "true"}, "enhance_prompt"),
        (TEXT_TO_VIDEO, {"prompt": "x", "duration": 7}, "duration"),
        (PRO, {"prompt": "x", "webhook": "http://example.com/"}, "webhook"),
        (LUCY, ["prompt"], "JSON object"),
    ],
)
def test_bad_parameters_are_a_400_that_says_which(pixazo, path, body, words):
    """The message names the parameter; no job is made."""
    before = len(pixazo.jobs())
    answer = pixazo.post(path, body)
    assert answer.status_code == 400
    assert words in answer.json()["message"]
    assert len(pixazo.jobs()) == before


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"prompt": NaN}', b"[" * 100_000, b" " * 2_000_000])
def test_a_body_that_is_no_json_is_a_400(pixazo, raw):
    """Whatever comes in, the server answers."""
    answer = pixazo.http.post(pixazo.base + LUCY, content=raw)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Bad Request"


def test_upstream_words_and_unknown_keys_are_accepted(pixazo):
    """What the likely upstream says, and what a service may have added yesterday."""
    path = "/ltx-2-3-retake-video/v1/ltx-2-3-retake-video-request"
    body = {"prompt": "x [stall]", "video_url": "http://h/x.mp4", "start_time": 0, "duration": 1, "new": {"a": 1}}
    assert pixazo.post(path, {**body, "retake_mode": "replace_video"}).status_code == 202
    assert pixazo.post(path, {**body, "retake_mode": "replace_nothing"}).status_code == 400


def test_other_paths_and_methods_are_json_errors_too(pixazo):
    """Every answer is marked as a sandbox's."""
    for answer in (
        pixazo.http.get(f"{pixazo.sandbox.url}/nowhere"),
        pixazo.http.put(pixazo.base + LUCY),
        pixazo.http.get(f"{pixazo.sandbox.url}/media/uploads/..%2f..%2fstate.db"),
    ):
        assert answer.status_code in (404, 405)
        assert answer.json()["error"]
        assert answer.headers["x-pixnb-sandbox"] == "1"


# Files


def test_the_output_is_served_whole_in_ranges_and_by_head(pixazo, done):
    """200, 206 with Content-Range, 416, HEAD; an If-Range that does not fit gets all."""
    (url,) = done["output"]["media_url"]
    whole = pixazo.http.get(url)
    size = len(whole.content)
    assert whole.content[4:8] == b"ftyp"
    assert (
        hashlib.sha256(whole.content).hexdigest()
        == pixazo.job("Change her blue coat to a formal brown jacket")["sha256"]
    )
    part = pixazo.http.get(url, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{size}"
    assert pixazo.http.get(url, headers={"Range": "bytes=-10"}).content == whole.content[-10:]
    beyond = pixazo.http.get(url, headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"].removeprefix("bytes ") == f"*/{size}"  # a unit that Starlette long left out
    head = pixazo.http.head(url)
    assert (head.headers["content-length"], head.headers["etag"], head.content) == (
        str(size),
        whole.headers["etag"],
        b"",
    )
    assert pixazo.http.get(url, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200


def test_equal_uploads_are_one_file(pixazo):
    """An upload is named by its bytes and served as what it is."""
    first, second = pixazo.upload(), pixazo.upload()
    assert first == second
    answer = httpx.get(first)
    assert answer.content == tiny_clip()
    assert answer.headers["content-type"] == "video/mp4"


def test_equal_requests_are_variants_in_a_row(pixazo):
    """The n-th equal request is the n-th variant; fault markers make no difference, other media do."""
    clip = pixazo.upload()
    for prompt in ("neon", "neon [poll 500 once]"):
        pixazo.edit(prompt, video_url=clip)
    pixazo.edit("neon [500]", video_url=clip)
    jobs = [job for job in pixazo.jobs() if job["prompt"] == "neon"]
    for job in jobs:
        pixazo.status(job["id"])
        pixazo.end(job["id"])
    jobs = [job for job in pixazo.jobs() if job["prompt"] == "neon"]
    assert [job["variant"] for job in jobs] == [0, 1]
    assert jobs[0]["sha256"] != jobs[1]["sha256"]


def test_an_input_comes_from_any_server(pixazo):
    """A URL of another server is fetched; of this sandbox's own clip, taken from its disk."""
    with receiving(content=tiny_clip()) as elsewhere:
        first = pixazo.made("sepia", video_url=elsewhere.url)
    assert first["status"] == "COMPLETED"
    again = pixazo.made("sepia", video_url=first["output"]["media_url"][0])
    assert again["status"] == "COMPLETED"


def test_an_input_that_cannot_be_had_is_an_error(pixazo):
    """ERROR, which is not charged, and which input it was."""
    with receiving() as elsewhere:
        url = elsewhere.url
    body = pixazo.made("an input of a server that is gone", video_url=url)
    assert (body["status"], body["output"]) == ("ERROR", None)
    assert "video could not be fetched" in body["error"]
    assert url in body["error"]
    body = pixazo.made("an upload that was never made", video_url=f"{pixazo.sandbox.url}/media/uploads/{'0' * 64}.mp4")
    assert "404" in body["error"]


def test_an_input_that_is_no_media_fails(pixazo):
    """FAILED, with the renderer's reason."""
    body = pixazo.made("a text", video_url=pixazo.upload(b"This is no video. " * 100))
    assert body["status"] == "FAILED"
    assert body["error"]


# Faults


def test_every_marker_is_parsed_and_explained():
    """Each is recognised in any letter case, with its two endings, and listed by --help."""
    text = server.parser().format_help()
    for mark in faults.FAULTS:
        assert mark in text
        assert faults.parse(f"a {mark.upper()} b") == ("a b", {mark: None})
        assert faults.parse(f"a {mark[:-1]} once]") == ("a", {mark: 1})
        assert faults.parse(f"{mark[:-1]} 12 times]") == (f"{mark[:-1]} 12 times]", {mark: 12})
    assert all(key in text for key in faults.KEYS)
    assert faults.parse("[a film] of 500 [dogs]") == ("[a film] of 500 [dogs]", {})


@pytest.mark.parametrize("code", [401, 402, 403, 404, 429, 500, 503])
def test_a_submit_is_refused_on_request(pixazo, code):
    """The code, no job; 429 says when to come again."""
    answer = pixazo.edit(f"refused [{code}]")
    assert answer.status_code == code
    assert answer.headers.get("retry-after") == ("1" if code == 429 else None)
    assert not [job for job in pixazo.jobs() if job["params"]["prompt"] == f"refused [{code}]"]


def test_once_is_the_first_of_two(pixazo):
    """Refused, accepted, refused, accepted: each submit with one retry meets the fault."""
    codes = [pixazo.edit("rain [stall] [429 once]").status_code for _ in range(4)]
    assert codes == [429, 202, 429, 202]


@pytest.mark.parametrize(("mark", "made"), [("[drop]", 1), ("[drop before]", 0), ("[garbage]", 1), ("[hang]", 1)])
def test_an_answer_is_lost_on_request(pixazo, mark, made):
    """Closed, unreadable or never given; whether a job was made is another matter."""
    prompt = f"lost [stall] {mark}"
    if mark == "[garbage]":
        answer = pixazo.edit(prompt)
        assert answer.is_success
        with pytest.raises(ValueError):
            answer.json()
    else:
        with pytest.raises(httpx.ReadTimeout if mark == "[hang]" else httpx.RemoteProtocolError):
            pixazo.edit(prompt, timeout=1 if mark == "[hang]" else 30)
    assert len([job for job in pixazo.jobs() if job["params"]["prompt"] == prompt]) == made


@pytest.mark.parametrize(
    ("mark", "status"), [("[FAILED]", "FAILED"), ("[ERROR]", "ERROR"), ("[no output]", "COMPLETED")]
)
def test_a_job_ends_badly_on_request(pixazo, mark, status):
    """The status, and no output."""
    body = pixazo.made(f"bad end {mark}")
    assert (body["status"], body["output"]) == (status, None)
    assert bool(body["error"]) == (status != "COMPLETED")


def test_a_status_is_strange_on_request(pixazo):
    """[stall] stays PROCESSING, [unknown status] says a word of its own until the end."""
    job_id = pixazo.edit("fog [stall] [unknown status]").json()["request_id"]
    assert pixazo.status(job_id).json()["status"] == "WARMING_UP"
    job_id = pixazo.edit("fog [unknown status]").json()["request_id"]
    assert pixazo.end(job_id)["status"] == "COMPLETED"


@pytest.mark.parametrize("code", [401, 404, 429, 500])
def test_a_status_call_is_refused_as_often_as_asked(pixazo, code):
    """Twice the code, then the job."""
    job_id = pixazo.edit(f"[stall] poll [poll {code} 2 times]").json()["request_id"]
    assert [pixazo.status(job_id).status_code for _ in range(3)] == [code, code, 200]


def test_a_status_call_is_lost_on_request(pixazo):
    """Closed, unreadable, silent, or sent to another host name."""
    job_id = pixazo.edit("[stall] [poll drop once] [poll garbage once] [poll redirect once]").json()["request_id"]
    with pytest.raises(httpx.RemoteProtocolError):
        pixazo.status(job_id)
    with pytest.raises(ValueError):
        pixazo.status(job_id).json()
    moved = pixazo.status(job_id)
    assert moved.status_code == 307
    assert httpx.URL(moved.headers["location"]).host == "localhost"
    assert pixazo.status(job_id).json()["status"] in ("QUEUED", "PROCESSING")
    job_id = pixazo.edit("[stall] [poll hang]").json()["request_id"]
    with pytest.raises(httpx.ReadTimeout):
        pixazo.http.get(f"{pixazo.base}/v2/requests/status/{job_id}", timeout=0.2)


def test_a_link_is_broken_on_request(pixazo):
    """Cut short, a web page, 404, 500, moved to another host, in this order; then the clip."""
    marks = "[media 404 once] [media 500 once] [cut once] [not media once] [redirect once]"
    (url,) = pixazo.made(f"links {marks}")["output"]["media_url"]
    assert [pixazo.http.get(url).status_code for _ in range(2)] == [404, 500]
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        pixazo.http.get(url)
    assert b"<!doctype" in pixazo.http.get(url).content
    moved = pixazo.http.get(url)
    assert (moved.status_code, httpx.URL(moved.headers["location"]).host) == (302, "localhost")
    assert httpx.get(moved.headers["location"]).content == httpx.get(url).content != b""


def test_a_link_is_gone_on_request(pixazo):
    """410 for all who ask; as an input too."""
    (url,) = pixazo.made("gone [expired]")["output"]["media_url"]
    assert [pixazo.http.get(url).status_code, pixazo.http.head(url).status_code] == [410, 410]
    assert "410" in pixazo.made("an input that is gone", video_url=url)["error"]


def test_a_key_sent_along_to_a_link_is_counted(pixazo, done):
    """At the real service links lie on another host, which must never see a key."""
    (url,) = done["output"]["media_url"]
    before = [job["leaks"] for job in pixazo.jobs() if job["id"] == done["request_id"]]
    httpx.get(url)
    httpx.get(url, headers={KEY: "k"})
    after = [job["leaks"] for job in pixazo.jobs() if job["id"] == done["request_id"]]
    assert after[0] - before[0] == 1


# Webhooks


def test_terminal_mode_calls_once_at_the_end(pixazo):
    """The body of the page's callback example: video/mp4, output.mp4, dates without a zone."""
    with receiving() as hook:
        job_id = pixazo.edit("hook", headers={"X-Webhook-URL": hook.url}).json()["request_id"]
        end = pixazo.end(job_id)
        (body,) = hook.wait(1)
    assert list(body) == list(end)
    assert (body["request_id"], body["status"], body["error"]) == (job_id, "COMPLETED", None)
    assert body["output"]["media_type"] == "video/mp4"
    assert body["output"]["media_url"][0].endswith(f"/v1/{job_id}/output.mp4")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", body["completed_at"])
    assert httpx.head(body["output"]["media_url"][0]).headers["content-type"] == "video/mp4"


def test_sync_mode_calls_while_it_runs_and_at_the_end(pixazo):
    """At least one call while PROCESSING, the last one terminal."""
    headers = {"X-Webhook-Mode": "sync"}
    with receiving() as hook:
        pixazo.edit("hook [FAILED]", headers={**headers, "X-Webhook-URL": hook.url})
        statuses = [body["status"] for body in hook.wait(2, "FAILED")]
    assert set(statuses[:-1]) == {"PROCESSING"}


def test_a_call_comes_again_when_it_is_refused_and_twice_on_request(pixazo):
    """A receiver must bear duplicates."""
    with receiving(codes=[500]) as hook:
        headers = {"X-Webhook-URL": hook.url}
        pixazo.edit("hook [ERROR] [callback twice]", headers=headers)
        bodies = hook.wait(3)
    assert bodies[0] == bodies[1] == bodies[2]
    assert (bodies[0]["status"], bodies[0]["output"]) == ("ERROR", None)


def test_one_model_has_its_webhook_in_the_body(pixazo):
    """With events ["completed"], a failure calls nobody; with ["*"] it does."""
    with receiving() as hook:
        body = {"prompt": "a pier [FAILED]", "webhook": hook.url}
        quiet = pixazo.post(PRO, {**body, "webhook_events_filter": ["completed"]}).json()["request_id"]
        pixazo.end(quiet)
        loud = pixazo.post(PRO, {**body, "webhook_events_filter": ["*"]}).json()["request_id"]
        assert [body["request_id"] for body in hook.wait(1)] == [loud]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Webhook-URL": "http://example.com/hook"},
        {"X-Webhook-URL": "ftp://127.0.0.1/hook"},
        {"X-Webhook-URL": "https://example.com/hook", "X-Webhook-Mode": "always"},
    ],
)
def test_a_webhook_must_be_https_or_on_this_computer(pixazo, headers):
    """ "HTTPS required - plain http:// URLs are rejected"."""
    answer = pixazo.edit("hook", video_url="http://h/x.mp4", headers=headers)
    assert answer.status_code == 400
    assert "ebhook" in answer.json()["message"]
