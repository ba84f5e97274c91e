"""The sandbox as Apiframe over plain HTTP: documented bodies and codes, credits, replays, uploads, signed webhooks."""

from __future__ import annotations

import concurrent.futures
import hashlib
import hmac
import json
import os
import re
import signal
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from make_media import make_image, make_sound
from served import AFK as KEY
from served import Apiframe, receiving, tiny_clip

from pixnb.sandbox import faults
from pixnb.sandbox.apiframe_account import Account
from pixnb.sandbox.start import Sandbox
from pixnb.sandbox.state import Job, State

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
FIELDS = {"id", "status", "model", "progress", "result", "error", "creditCost", "webhookStatus"}
FIELDS |= {"createdAt", "completedAt", "input"}
PAGES = json.loads((Path(__file__).parent / "data" / "apiframe_params.json").read_text())["models"]
BODIES = [pytest.param(page["path"], body, id=page["model"]) for page in PAGES for body in page["bodies"]]
NOWHERE = "http://127.0.0.1:9/clip.mp4"
MB = 1 << 20


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox(tmp_path_factory.mktemp("data"), speed=50, draft=True) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def apiframe(sandbox):
    caller = Apiframe(sandbox)
    with caller.http:
        yield caller


@pytest.fixture(scope="module")
def clip(apiframe):
    return apiframe.clip


@pytest.fixture(scope="module")
def done(apiframe, clip):
    """Every body that polling a good job gave."""
    return apiframe.end(apiframe.edit("Make it snow", video=clip, resolution="720p"))


# Jobs


def test_an_edit_answers_as_documented(apiframe):
    """202 with a UUID and QUEUED, nothing else; a request id in the headers."""
    answer = apiframe.edit("rain [stall]")
    assert answer.status_code == 202
    assert re.fullmatch(UUID, answer.json()["jobId"])
    assert answer.json() == {"jobId": answer.json()["jobId"], "status": "QUEUED"}
    assert re.fullmatch(UUID, answer.headers["x-request-id"])
    assert answer.headers["x-pixnb-sandbox"] == "1"


def test_every_documented_parameter_is_taken(apiframe):
    """Both levels full, at the edges of what is allowed."""
    params = {"video": NOWHERE, "reference_image": NOWHERE, "resolution": "1080p", "aspect_ratio": "3:4"}
    params |= {"duration": 10, "audio_setting": "origin", "negative_prompt": "x" * 2500, "seed": 2**31 - 1}
    top = {"webhookUrl": NOWHERE, "webhookEvents": ["progress", "completed", "failed"]}
    assert apiframe.edit(f"{'x' * 4992} [stall]", top=top, **params).status_code == 202


@pytest.mark.parametrize(("path", "body"), BODIES)
def test_every_documented_request_is_accepted(apiframe, path, body):
    """Each body of the service's own README and tests, with media that are here."""
    clip = f"{apiframe.clip}#[stall]"
    here = {name: clip if str(value).startswith("http") else value for name, value in _params(body).items()}
    changed = {name: here if name.endswith("Params") else value for name, value in body.items()}
    changed |= {"prompt": f"{body['prompt']} [stall]"} if "prompt" in body else {}
    answer = apiframe.http.post(path.removeprefix("/v2/"), json=changed)
    assert answer.status_code == 202, answer.text


def _params(body):
    """Return the nested object."""
    (found,) = [value for name, value in body.items() if name.endswith("Params")]
    return found


def test_a_job_moves_with_its_time(apiframe):
    """Progress grows from 0, fast at first, and is not 100 before the end."""
    job_id, seen, deadline = apiframe.edit("[stall]").json()["jobId"], [0], time.monotonic() + 20
    while seen[-1] < 98:
        assert time.monotonic() < deadline, seen
        seen.append(apiframe.job(job_id).json()["progress"])
    assert seen == sorted(seen)
    assert seen[-1] < 100
    assert apiframe.job(job_id).json()["status"] == "PROCESSING"


def test_a_completed_job_answers_as_documented(done):
    """All fields; the result is an object with the clip's link."""
    assert [body["completedAt"] for body in done[:-1]] == [None] * (len(done) - 1)
    last = done[-1]
    assert last.keys() == FIELDS
    assert (last["status"], last["progress"], last["error"]) == ("COMPLETED", 100, None)
    assert (last["model"], last["webhookStatus"]) == ("wan-2.7-videoedit", None)
    assert re.fullmatch(MOMENT, last["createdAt"])
    assert re.fullmatch(MOMENT, last["completedAt"])
    assert list(last["result"]) == ["videoUrl"]
    assert httpx.get(last["result"]["videoUrl"]).content[4:8] == b"ftyp"


def test_an_upscale_takes_no_prompt(apiframe, clip):
    """It is rendered too; a prompt is an unknown key; faults stand in the fragment of the clip's URL."""
    assert apiframe.end(apiframe.upscale(clip))[-1]["status"] == "COMPLETED"
    body = {"model": "topaz-video-upscale", "prompt": "x", "topazVideoParams": {"video": clip, "target_fps": 25}}
    answer = apiframe.http.post("videos/upscale", json=body)
    assert answer.status_code == 400
    assert {"prompt", "topazVideoParams.target_resolution", "topazVideoParams.target_fps"} == set(
        answer.json()["details"]
    )
    assert apiframe.end(apiframe.upscale(f"{clip}#[FAILED]"))[-1]["status"] == "FAILED"
    assert apiframe.upscale(f"{clip}#[503]").status_code == 503


WAN = "wan27VideoeditParams"


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"model": None}, ["model"]),
        ({"model": "topaz-video-upscale"}, ["model"]),
        ({"prompt": ""}, ["prompt"]),
        ({"prompt": "x" * 5001}, ["prompt"]),
        ({"prompt": None}, ["prompt"]),
        ({"seed": 1}, ["seed"]),
        ({WAN: "clip"}, [WAN]),
        ({WAN: {}}, [f"{WAN}.video"]),
        ({WAN: {"video": NOWHERE, "prompt": "x"}}, [f"{WAN}.prompt"]),
        ({WAN: {"video": NOWHERE, "reference": NOWHERE}}, [f"{WAN}.reference"]),
        ({WAN: {"video": "clip.mp4"}}, [f"{WAN}.video"]),
        ({WAN: {"video": NOWHERE, "resolution": "480p"}}, [f"{WAN}.resolution"]),
        ({WAN: {"video": NOWHERE, "aspect_ratio": "21:9"}}, [f"{WAN}.aspect_ratio"]),
        ({WAN: {"video": NOWHERE, "duration": 1}}, [f"{WAN}.duration"]),
        ({WAN: {"video": NOWHERE, "duration": 11, "seed": "1"}}, [f"{WAN}.duration", f"{WAN}.seed"]),
        ({WAN: {"video": NOWHERE, "audio_setting": "none"}}, [f"{WAN}.audio_setting"]),
        ({WAN: {"video": NOWHERE, "negative_prompt": "x" * 2501}}, [f"{WAN}.negative_prompt"]),
        ({"webhookUrl": "http://example.com/hook"}, ["webhookUrl"]),
        ({"webhookUrl": "hook"}, ["webhookUrl"]),
        ({"webhookEvents": ["started"]}, ["webhookEvents"]),
        ({"webhookEvents": []}, ["webhookEvents"]),
        ({"webhookEvents": "completed"}, ["webhookEvents"]),
    ],
)
def test_a_bad_body_is_a_400_with_details(apiframe, change, places):
    """Each place in the JSON with its messages; no job, no credits."""
    before, held = apiframe.posts(), apiframe.credits
    body = {"model": "wan-2.7-videoedit", "prompt": "snow", WAN: {"video": NOWHERE, "duration": 2}, **change}
    answer = apiframe.http.post("videos/edit", json=body)
    assert answer.status_code == 400
    assert answer.json().keys() == {"error", "details"}
    assert sorted(answer.json()["details"]) == places
    assert all(isinstance(text, str) for texts in answer.json()["details"].values() for text in texts)
    assert (apiframe.posts(), apiframe.credits) == (before, held)


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff", b" " * 2_000_000, b'{"model": NaN}'])
def test_a_body_that_is_no_object_is_a_400(apiframe, raw):
    """Whatever comes in, the server answers."""
    answer = apiframe.http.post("videos/edit", content=raw)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_half_a_surrogate_pair_is_told_back(apiframe):
    """JSON can spell what no text may hold."""
    raw = json.dumps({"model": "wan-2.7-videoedit", "prompt": "\ud800", "\udfff": 1, WAN: {"video": NOWHERE}})
    answer = apiframe.http.post("videos/edit", content=raw)
    assert set(answer.json()["details"]) == {"prompt", "\udfff"}


def test_an_unknown_job_is_404_and_no_uuid_400(apiframe):
    """As documented; another service's job is unknown here."""
    assert apiframe.job("00000000-0000-4000-8000-000000000000").json() == {"error": "Job not found"}
    assert apiframe.job("00000000-0000-4000-8000-000000000000").status_code == 404
    assert apiframe.job("nobody").status_code == 400
    assert "id" in apiframe.job("nobody").json()["details"]


@pytest.mark.parametrize(
    ("key", "code", "body"),
    [
        (None, 401, {"error": "API key is required"}),
        ("", 401, {"error": "API key is required"}),
        ("bad-key", 401, {"error": "Invalid API key"}),
        ("forbidden", 403, {"error": "API key is inactive"}),
    ],
)
def test_some_keys_do_not_pass(apiframe, key, code, body):
    """On every route but the list of models, which asks for none."""
    headers = {"X-API-Key": key} if key is not None else {}
    base = apiframe.http.base_url
    for method, path in [
        ("POST", "videos/edit"),
        ("POST", "uploads"),
        ("GET", "me"),
        ("GET", "jobs"),
        ("GET", "jobs/x"),
    ]:
        answer = httpx.request(method, base.join(path), headers=headers)
        assert (answer.status_code, answer.json()) == (code, body)
        assert re.fullmatch(UUID, answer.headers["x-request-id"])
    assert httpx.get(base.join("models"), headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("mark", "code", "error"),
    [
        ("[401]", 401, "Invalid API key"),
        ("[403]", 403, "API key is inactive"),
        ("[429]", 429, "Too many requests"),
        ("[500]", 500, "Internal server error"),
        ("[503]", 503, "Service unavailable"),
    ],
)
def test_a_submit_is_refused_on_request(apiframe, mark, code, error):
    """No job and no credits; 429 says when to come again."""
    before, held = apiframe.posts(), apiframe.credits
    answer = apiframe.edit(f"snow {mark}")
    assert (answer.status_code, answer.json()) == (code, {"error": error})
    assert answer.headers.get("retry-after") == ("1" if code == 429 else None)
    assert (apiframe.posts(), apiframe.credits) == (before, held)


def test_a_status_call_is_refused_on_request(apiframe):
    """Once 429, once 500, then the job."""
    job_id = apiframe.edit("[stall] [poll 429 once] [poll 500 once]").json()["jobId"]
    assert [apiframe.job(job_id).status_code for _ in range(3)] == [429, 500, 200]


def test_jobs_end_in_every_documented_way(apiframe):
    """Apiframe has no ERROR: a system error is FAILED there; what is CANCELLED keeps its price."""
    for mark, status, progress, cost in [
        ("[FAILED]", "FAILED", 0, 0),
        ("[ERROR]", "FAILED", 0, 0),
        ("[CANCELLED]", "CANCELLED", None, 6),
        ("[no output]", "COMPLETED", 100, 6),
    ]:
        body = apiframe.end(apiframe.edit(f"x {mark}", resolution="720p"))[-1]
        assert (body["status"], body["progress"], body["creditCost"], body["result"]) == (status, progress, cost, None)
        assert bool(body["error"]) == (status != "COMPLETED")


def test_results_are_strange_on_request(apiframe, clip):
    """A bare URL; a job that says expired, whose link is gone; a status that no page documents."""
    plain = apiframe.end(apiframe.edit("x [plain result]", video=clip))[-1]
    assert httpx.head(plain["result"]).status_code == 200
    purged = apiframe.end(apiframe.edit("x [purged]", video=clip))[-1]
    assert purged["expired"] is True
    assert httpx.get(purged["result"]["videoUrl"]).status_code == 410
    job_id = apiframe.edit("x [stall] [unknown status]").json()["jobId"]
    assert apiframe.job(job_id).json()["status"] not in ("QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED")
    assert {"[CANCELLED]", "[plain result]", "[purged]"} <= set(faults.FAULTS)


def test_jobs_are_listed_newest_first_in_pages(tmp_path):
    """By status and model; the cursor goes on where a page ended; bad queries are 400."""
    with Sandbox(tmp_path, speed=50, draft=True) as sandbox:
        caller = Apiframe(sandbox)
        with caller.http:
            made = [caller.edit(f"{number} [stall]").json()["jobId"] for number in range(5)]
            first = caller.http.get("jobs", params={"limit": 2}).json()
            second = caller.http.get("jobs", params={"limit": 3, "cursor": first["nextCursor"]}).json()
            assert [job["id"] for job in first["jobs"] + second["jobs"]] == made[::-1]
            assert (first["hasMore"], second["hasMore"], second["nextCursor"]) == (True, False, None)
            assert set(first["jobs"][0]) == FIELDS
            for query in ({"status": "COMPLETED"}, {"model": "topaz-video-upscale"}):
                assert caller.http.get("jobs", params=query).json() == {
                    "jobs": [],
                    "hasMore": False,
                    "nextCursor": None,
                }
            for query in ({"limit": 0}, {"limit": 101}, {"limit": "x"}, {"status": "DONE"}, {"cursor": "x"}):
                answer = caller.http.get("jobs", params=query)
                assert (answer.status_code, list(answer.json()["details"])) == (400, list(query))


def test_models_are_listed_with_what_they_cost(apiframe):
    """For everybody; by modality."""
    models = httpx.get(apiframe.http.base_url.join("models"), params={"modality": "video"}).json()["models"]
    assert [model["id"] for model in models] == ["wan-2.7-videoedit", "topaz-video-upscale"]
    for model in models:
        assert (model["modality"], model["pricingMode"]) == ("video", "per-second")
        assert 0 < model["costMin"] < model["costMax"]
        assert model["label"]
    assert apiframe.http.get("models", params={"modality": "image"}).json() == {"models": []}
    assert apiframe.http.get("models", params={"modality": "text"}).status_code == 400


# Credits


def test_me_tells_the_credits(apiframe):
    """Every documented field."""
    said = apiframe.http.get("me").json()
    assert {name: set(part) for name, part in said.items()} == {
        "user": {"id", "email", "role"},
        "team": {"id", "name", "credits", "plan", "customerId"},
        "apiKey": {"id", "name", "prefix"},
    }
    assert KEY not in json.dumps(said)


@pytest.mark.parametrize(
    ("params", "cost"),
    [({"resolution": "720p", "duration": 2}, 6), ({"duration": 10}, 50), ({"resolution": "1080p", "duration": 3}, 15)],
)
def test_an_edit_takes_credits_by_the_second(apiframe, params, cost):
    """At submission; 1080p costs more and is the default."""
    before = apiframe.credits
    job_id = apiframe.edit("[stall]", **params).json()["jobId"]
    assert (before - apiframe.credits, apiframe.job(job_id).json()["creditCost"]) == (cost, cost)


def test_without_a_duration_the_clip_is_measured(apiframe, clip, done):
    """A fifth of a second rounds up to a credit; what cannot be had counts 5 s, and is given back with the failure."""
    assert done[-1]["creditCost"] == 1
    before = apiframe.credits
    body = {"model": "wan-2.7-videoedit", "prompt": "x", WAN: {"video": NOWHERE}}
    end = apiframe.end(apiframe.http.post("videos/edit", json=body))
    assert end[0]["creditCost"] == 25
    assert (end[-1]["status"], end[-1]["creditCost"]) == ("FAILED", 0)
    assert "could not be fetched" in end[-1]["error"]
    assert apiframe.credits == before


def test_a_render_that_fails_is_given_back(apiframe):
    """What was taken is there again in full."""
    url = apiframe.upload(b"GIF89a" + b"This is no picture. " * 10).json()["url"]
    before = apiframe.credits
    end = apiframe.end(apiframe.edit("x", video=url, duration=2))[-1]
    assert (end["status"], end["creditCost"], apiframe.credits) == ("FAILED", 0, before)


def test_402_says_both_amounts(apiframe):
    """By a key and by a marker; that key's account is empty."""
    body = {"error": "Insufficient credits", "creditsRequired": 10, "creditsAvailable": 0}
    for answer in (apiframe.edit("x", headers={"X-API-Key": "no-balance"}), apiframe.edit("x [402]")):
        assert (answer.status_code, answer.json()) == (402, body)
    assert apiframe.http.get("me", headers={"X-API-Key": "no-balance"}).json()["team"]["credits"] == 0


def test_credits_never_fall_below_none(tmp_path):
    """Of eight submits at once four can be paid; the others are told what they lack, and no more."""
    with Sandbox(tmp_path, speed=50, draft=True, credits=45) as sandbox:
        caller = Apiframe(sandbox)
        with caller.http, concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: caller.edit(f"{number} [stall]"), range(8)))
            assert sorted(answer.status_code for answer in answers) == [202] * 4 + [402] * 4
            refused = {json.dumps(answer.json()) for answer in answers if answer.status_code == 402}
            body = {"error": "Insufficient credits", "creditsRequired": 10, "creditsAvailable": 5}
            assert refused == {json.dumps(body)}
            assert (caller.credits, caller.posts()) == (5, 4)


def test_an_account_is_filled_by_another_number_only():
    """It opens with 10000; the number of the last start leaves it, another one sets it."""
    state = State(":memory:")
    assert Account(state, None).available == 10_000
    assert Account(state, 70).available == 70
    Account(state, 70).put(_job(credits=20), "me", None, "x", state.add)
    assert [Account(state, given).available for given in (70, None, 60, 0)] == [50, 50, 60, 0]
    state.close()


def _job(**values):
    told = {"id": f"job-{uuid.uuid4()}", "provider": "apiframe", "model": "m", "name": "m", "task": "video-to-video"}
    told |= {"prompt": "", "params": {}, "settings": {}, "inputs": {}, "faults": {}, "created": time.time()}
    return Job(**{**told, **values})


# Idempotency


def headed(key):
    return {"Idempotency-Key": key}


def test_a_replay_answers_the_first_job(apiframe):
    """The same id, its status of now, no second job, no more credits."""
    first = apiframe.edit("x [FAILED]", headers=headed("replay"))
    apiframe.end(first)
    before, held = apiframe.posts(), apiframe.credits
    again = apiframe.edit("x [FAILED]", headers=headed("replay"))
    assert (again.status_code, again.json()) == (202, {"jobId": first.json()["jobId"], "status": "FAILED"})
    assert (apiframe.posts(), apiframe.credits) == (before, held)


def test_a_key_belongs_to_one_body_and_one_caller(apiframe):
    """Another body is 409; another caller's equal key is another key; another key, or none, is another job."""
    first = apiframe.edit("x [stall]", headers=headed("mine")).json()["jobId"]
    other = apiframe.edit("y [stall]", headers=headed("mine"))
    assert (other.status_code, list(other.json())) == (409, ["error"])
    ids = {first, apiframe.edit("x [stall]").json()["jobId"]}
    ids.add(apiframe.edit("x [stall]", headers=headed("mine2")).json()["jobId"])
    ids.add(apiframe.edit("x [stall]", headers=headed("mine") | {"X-API-Key": "afk_other"}).json()["jobId"])
    assert len(ids) == 4


def test_a_key_is_at_most_255_characters(apiframe):
    """256 are a 400, and none are too."""
    assert apiframe.edit("x [stall]", headers=headed("k" * 255)).status_code == 202
    assert apiframe.edit("x [stall]", headers=headed("k" * 256)).status_code == 400


def test_a_key_is_kept_for_a_day():
    """Then it stands for another job."""
    state = State(":memory:")
    account = Account(state, None)
    old, young = _job(created=time.time() - 25 * 3600), _job(created=time.time() - 23 * 3600)
    assert account.put(old, "me", "k", "x", state.add) is old
    assert account.recall("me", "k", "x") is None
    assert account.put(young, "me", "k", "y", state.add) is young
    assert account.recall("me", "k", "y") == young
    state.close()


def test_a_lost_answer_is_found_again_with_its_key(apiframe):
    """[drop once] makes the job and says nothing; the repeat finds it. A refusal leaves the key free."""
    before = apiframe.posts()
    with pytest.raises(httpx.RemoteProtocolError):
        apiframe.edit("lost [stall] [drop once]", headers=headed("lost"))
    found = apiframe.edit("lost [stall] [drop once]", headers=headed("lost"))
    assert (found.status_code, apiframe.posts()) == (202, before + 1)
    codes = [apiframe.edit("busy [stall] [503 once]", headers=headed("busy")).status_code for _ in range(2)]
    assert (codes, apiframe.posts()) == ([503, 202], before + 2)


def test_equal_submits_at_once_make_one_job(apiframe, clip):
    """Eight connections with one key; the clip is measured while they wait."""
    before, held = apiframe.posts(), apiframe.credits

    def submit(_):
        return apiframe.edit("at once [stall]", video=clip, headers=headed("at once")).json()["jobId"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(submit, range(8)))) == 1
    assert (apiframe.posts(), held - apiframe.credits) == (before + 1, 1)


def test_keys_credits_and_signatures_survive_a_kill(tmp_path):
    """kill -9 after the answer: the next server knows the key, the credits, and how to sign."""
    with receiving() as hook, Sandbox(tmp_path, speed=50, draft=True, credits=100) as sandbox:
        caller = Apiframe(sandbox)
        top = {"webhookUrl": hook.url}
        with caller.http:
            source = {"video": caller.clip, "duration": 2}
            first = caller.edit("x [stall]", top=top, headers=headed("k"), **source).json()["jobId"]
            slow = caller.edit("x [FAILED]", top=top).json()["jobId"]
            _kill(tmp_path)
            sandbox.start()
            caller = Apiframe(sandbox)
            again = caller.edit("x [stall]", top=top, headers=headed("k"), **source)
            assert again.json()["jobId"] == first
            assert caller.edit("y [stall]", top=top, headers=headed("k")).status_code == 409
            (*_, body) = hook.wait(1, "FAILED")
            headers, raw = hook.calls[-1]
            assert (body["jobId"], headers["X-Webhook-Signature"]) == (slow, signature(raw))
            assert (caller.credits, caller.posts()) == (90, 2)
            caller.http.close()


def _kill(data):
    """Kill the server and wait until it is gone."""
    pid = json.loads((data / "sandbox" / "server.json").read_text())["pid"]
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


# Uploads


def test_an_upload_answers_as_documented(apiframe):
    """201; its type is told by its bytes, whatever was declared; its URL serves it."""
    answer = apiframe.upload(name="picture.png", kind="image/png")
    body = answer.json()
    assert answer.status_code == 201
    assert body == {
        "id": body["id"],
        "url": body["url"],
        "kind": "video",
        "contentType": "video/mp4",
        "byteSize": len(tiny_clip()),
        "expiresAt": body["expiresAt"],
    }
    assert re.fullmatch(UUID, body["id"])
    life = datetime.fromisoformat(body["expiresAt"]) - datetime.now(UTC)
    assert 3600 <= life.total_seconds() <= 7200
    assert httpx.get(body["url"]).content == tiny_clip()


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "image"), ("a.jpg", "image"), ("a.gif", "image"), ("a.wav", "audio")]
)
def test_pictures_and_sounds_are_taken(apiframe, tmp_path, name, kind):
    """By their first bytes."""
    path = make_sound(tmp_path / name, "pcm_s16le") if kind == "audio" else make_image(tmp_path / name)
    answer = apiframe.upload(path.read_bytes())
    assert (answer.status_code, answer.json()["kind"]) == (201, kind)


@pytest.mark.parametrize(
    ("head", "size", "code"),
    [
        (b"\0\0\0\x18ftypmp42", 49 * MB, 201),
        (b"\0\0\0\x18ftypmp42", 51 * MB, 400),
        (b"\0\0\0\x18ftypmp42", 80 * MB, 400),
        (b"\x89PNG\r\n\x1a\n", 24 * MB, 201),
        (b"\x89PNG\r\n\x1a\n", 26 * MB, 400),
        (b"RIFF\0\0\0\0WAVE", 26 * MB, 400),
    ],
)
def test_uploads_have_limits(apiframe, tmp_path, head, size, code):
    """50 MB for a video, 25 MB for the rest; a client that is still sending gets the answer all the same."""
    path = tmp_path / "sparse"
    with open(path, "wb") as target:
        target.write(head)
        target.truncate(size)
    with open(path, "rb") as source:
        answer = apiframe.http.post("uploads", files={"file": ("a.bin", source)})
    assert answer.status_code == code, answer.text
    assert code == 201 or "too large" in answer.json()["error"]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"files": {"clip": ("a.mp4", b"x")}},
        {"data": {"file": "a.mp4"}},
        {"files": {"file": ("a.txt", b"A text is no media. " * 10)}},
        {"files": {"file": ("a.mp4", b"")}},
        {"content": b"no form", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"json": {"file": "x"}},
    ],
    ids=["nothing", "other-field", "a-word", "a-text", "empty", "no-form", "json"],
)
def test_a_bad_upload_is_a_400(apiframe, sent):
    """Missing, or of a type that is not documented."""
    answer = apiframe.http.post("uploads", **sent)
    assert answer.status_code == 400
    assert answer.json()["error"]


# Webhooks


def signature(raw):
    """Sign as the service's own SDK checks: HMAC-SHA256 with the raw SHA-256 of the key."""
    return "sha256=" + hmac.new(hashlib.sha256(KEY.encode()).digest(), raw, hashlib.sha256).hexdigest()


def test_webhooks_tell_progress_and_end_and_are_signed(apiframe, clip):
    """Each event's body as documented; the signature is over the very bytes."""
    with receiving() as hook:
        top = {"webhookUrl": hook.url, "webhookEvents": ["progress", "completed", "failed"]}
        answer = apiframe.edit("Schnee über Köln", video=clip, top=top)
        end = apiframe.end(answer)[-1]
        hook.wait(2, "COMPLETED")
        calls = [(headers, raw, json.loads(raw)) for headers, raw in list(hook.calls)]
    for headers, raw, body in calls:
        assert headers["X-Webhook-Signature"] == signature(raw)
        assert headers["X-Webhook-Event"] == body["event"]
        assert headers["Content-Type"] == "application/json"
    (last,) = (body for _, _, body in calls if body["event"] == "completed")
    running = [body for _, _, body in calls if body is not last]
    assert running
    for body in running:
        assert body == {
            "event": "progress",
            "jobId": end["id"],
            "status": "PROCESSING",
            "progress": body["progress"],
            "model": "wan-2.7-videoedit",
        }
        assert 0 <= body["progress"] < 100
    assert last == {
        "event": "completed",
        "jobId": end["id"],
        "status": "COMPLETED",
        "progress": 100,
        "result": end["result"],
        "model": "wan-2.7-videoedit",
        "creditCost": 1,
        "completedAt": end["completedAt"],
    }


def _webhook_status(apiframe, answer, wanted):
    """Wait for a job's webhookStatus."""
    deadline = time.monotonic() + 20
    while (found := apiframe.job(answer.json()["jobId"]).json()["webhookStatus"]) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.01)


def test_a_refused_call_comes_again_and_its_fate_is_told(apiframe):
    """The same bytes and signature; pending, then delivered; or failed after the last try."""
    with receiving(codes=[500, 500]) as hook:
        waiting = apiframe.edit("x [stall]", top={"webhookUrl": hook.url})
        assert apiframe.job(waiting.json()["jobId"]).json()["webhookStatus"] == "pending"
        answer = apiframe.edit("x [FAILED]", top={"webhookUrl": hook.url})
        bodies = hook.wait(3)
        _webhook_status(apiframe, answer, "delivered")
        error = apiframe.job(answer.json()["jobId"]).json()["error"]
    assert bodies[0] == {
        "event": "failed",
        "jobId": answer.json()["jobId"],
        "status": "FAILED",
        "error": error,
        "model": "wan-2.7-videoedit",
    }
    assert (
        len({raw for _, raw in hook.calls}) == len({headers["X-Webhook-Signature"] for headers, _ in hook.calls}) == 1
    )
    _webhook_status(apiframe, apiframe.edit("x [FAILED]", top={"webhookUrl": hook.url}), "failed")


def test_only_what_was_asked_for_is_told(apiframe):
    """Nobody is called about a failure who asked for completed, nor about a cancelled job: there is no such event."""
    with receiving() as hook:
        quiet = {"webhookUrl": hook.url, "webhookEvents": ["completed"]}
        for mark in ("[FAILED]", "[CANCELLED]"):
            answer = apiframe.edit(f"x {mark}", top=quiet)
            apiframe.end(answer)
            _webhook_status(apiframe, answer, None)
        loud = apiframe.edit("x [FAILED]", top={"webhookUrl": hook.url}).json()["jobId"]
        assert [body["jobId"] for body in hook.wait(1)] == [loud]
