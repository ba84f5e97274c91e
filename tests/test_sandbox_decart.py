"""The sandbox's Decart over HTTP: forms, jobs, content, POSTs answered with the media, refusals and faults."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import re
from urllib.parse import urlsplit

import av
import httpx
import psutil
import pytest
from patience import until
from PIL import Image
from served import Decart, Pixazo, tiny_clip

from pixnb.sandbox.start import Sandbox

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
V2V, I2V, T2V, FLF2V, T2I, I2I = (f"lucy-pro-{task}" for task in ("v2v", "i2v", "t2v", "flf2v", "t2i", "i2i"))


def picture(colour="teal"):
    """Return a small PNG."""
    kept = io.BytesIO()
    Image.new("RGB", (160, 90), colour).save(kept, "PNG")
    return kept.getvalue()


def clip_facts(content):
    """Decode every frame of a clip and return its size and their number."""
    with av.open(io.BytesIO(content)) as opened:
        frames = list(opened.decode(video=0))
        return frames[0].width, frames[0].height, len(frames)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox(tmp_path_factory.mktemp("data"), speed=50, draft=True) as sandbox:
        yield sandbox


@pytest.fixture
def decart(sandbox):
    caller = Decart(sandbox)
    with caller.http:
        yield caller


@pytest.fixture(scope="module")
def done(sandbox):
    """The id of one good job."""
    caller = Decart(sandbox)
    with caller.http:
        yield caller.made("Change her blue coat to a formal brown jacket")


def test_a_submit_answers_as_described(decart):
    """200 with an id and "pending", nothing else."""
    answer = decart.submit("snow")
    body = answer.json()
    assert (answer.status_code, answer.headers["x-pixnb-sandbox"]) == (200, "1")
    assert body == {"job_id": body["job_id"], "status": "pending"}
    assert re.fullmatch(UUID, body["job_id"])


def test_a_job_goes_through_the_described_words(decart):
    """Pending, processing, completed, as far as one polls in time; two keys each time."""
    job_id = decart.submit("waves").json()["job_id"]
    seen = decart.end(job_id)
    assert seen == [word for word in ("pending", "processing", "completed") if word in seen]
    assert decart.get(job_id).json() == {"job_id": job_id, "status": "completed"}


def test_the_content_is_the_clip_of_the_job(decart, done):
    """Playable bytes with their type and length, the same each time."""
    answer = decart.get(f"{done}/content")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    assert clip_facts(answer.content)[2] > 0
    (job,) = [job for job in decart.jobs() if job["id"] == done]
    assert job["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert decart.get(f"{done}/content").content == answer.content


@pytest.mark.parametrize(
    ("model", "data", "files"),
    [
        (T2V, {"prompt": "A serene lake at sunset", "seed": "42", "orientation": "landscape"}, ()),
        pytest.param(
            *(I2V, {"prompt": "Animate with gentle motion and wind", "seed": "123", "resolution": "1080p"}, ("data",)),
            marks=pytest.mark.slow,
        ),
        pytest.param("lucy-dev-i2v", {"prompt": "Gentle wind"}, ("data",), marks=pytest.mark.slow),
        (FLF2V, {"prompt": "Smooth cinematic transition", "resolution": "480p"}, ("start", "end")),
    ],
)
def test_a_direct_post_is_answered_with_the_clip(decart, model, data, files):
    """200 and an MP4 that decodes, for the models that make one of words or pictures; all are retired, and run."""
    colours = {"data": "teal", "start": "teal", "end": "tan"}
    answer = decart.generate(model, data, **{name: picture(colours[name]) for name in files})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4"), answer.text[:200]
    width, height, count = clip_facts(answer.content)
    assert width > height
    assert count > 24


@pytest.mark.parametrize("model", [V2V, "lucy-dev-v2v"])
def test_a_direct_edit_keeps_the_length_of_its_clip(decart, model):
    """As many frames as went in."""
    sent = {"prompt": "Convert to anime style", "enhance_prompt": "True"}
    answer = decart.generate(model, sent, data=tiny_clip())
    assert clip_facts(answer.content)[2] == clip_facts(tiny_clip())[2]


@pytest.mark.parametrize(
    ("model", "data", "files"),
    [
        (T2I, {"prompt": "A futuristic cityscape", "seed": "42", "orientation": "portrait"}, {}),
        (I2I, {"prompt": "Oil painting style", "enhance_prompt": "True", "seed": "123"}, {"data": picture()}),
        ("lucy-image-2", {"prompt": "Oil"}, {"data": picture(), "reference_image": picture("tan")}),
    ],
)
def test_an_image_model_answers_with_a_png(decart, model, data, files):
    """200 and a PNG that decodes; portrait stands."""
    answer = decart.generate(model, data, **files)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png"), answer.text[:200]
    with Image.open(io.BytesIO(answer.content)) as opened:
        opened.load()
        assert opened.format == "PNG"
        assert (opened.height > opened.width) == ("orientation" in data)


def test_a_picture_takes_its_time(decart):
    """At least 2 s, here divided by a speed of 50."""
    decart.generate(T2I, {"prompt": "time [no output]"})
    job = decart.job("time [no output]")
    assert job["completed"] - job["started"] >= 2 / 50


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_without_files_comes_in_both_ways(decart, kind):
    """The SDK sends such a form urlencoded; a multipart one is read the same."""
    data = {"prompt": f"lake & co. = 100 % [stall] {kind}", "seed": "42", "resolution": "1080p"}
    parts = {name: (None, value) for name, value in data.items()} if kind.startswith("multipart") else None
    url = f"{decart.base}/v1/jobs/{T2V}"
    answer = decart.http.post(url, data=None if parts else data, files=parts)
    assert answer.request.headers["content-type"].startswith(kind)
    assert answer.status_code == 200, answer.text
    job = decart.job(data["prompt"])
    assert job["params"] == data
    assert (job["settings"]["seed"], job["settings"]["resolution"]) == (42, "1080p")


@pytest.mark.parametrize(
    ("word", "value"), [("True", True), ("true", True), ("1", True), ("False", False), ("0", False)]
)
def test_booleans_come_in_every_spelling(decart, word, value):
    """Python's, JSON's, and numbers."""
    prompt = f"spelled {word} [stall]"
    data = {"prompt": prompt, "enhance_prompt": word, "num_inference_steps": "50"}
    assert decart.post("jobs", V2V, data, data=tiny_clip()).status_code == 200
    settings = decart.job(prompt)["settings"]
    assert (settings["enhance_prompt"], settings["num_inference_steps"]) == (value, 50)


def test_files_are_kept_as_they_came_and_told_by_their_bytes(decart):
    """Whatever their part says of name and type."""
    content = picture("plum")
    part = {"data": ("../../evil.html", content, "text/html")}
    answer = decart.http.post(f"{decart.base}/v1/jobs/{I2V}", data={"prompt": "plum [stall]"}, files=part)
    assert answer.status_code == 200, answer.text
    name = decart.job("plum [stall]")["params"]["data"]
    assert name == f"{hashlib.sha256(content).hexdigest()}.png"
    assert httpx.get(f"{decart.sandbox.url}/media/uploads/{name}").content == content


@pytest.mark.parametrize(
    ("model", "data", "files", "where", "kind"),
    [
        (I2V, {"prompt": "test"}, {}, ["data"], "missing"),
        (V2V, {}, {"data": b"clip"}, ["prompt"], "missing"),
        (FLF2V, {"prompt": "x"}, {"start": b"picture"}, ["end"], "missing"),
        (I2V, {"prompt": ""}, {"data": b"picture"}, ["prompt"], "value_error"),
        (T2V, {"prompt": "x" * 1001}, {}, ["prompt"], None),
        (T2V, {"prompt": "x", "seed": "many"}, {}, ["seed"], "int_type"),
        (T2V, {"prompt": "x", "seed": "4294967296"}, {}, ["seed"], "less_than_equal"),
        (T2V, {"prompt": "x", "seed": "-1"}, {}, ["seed"], "greater_than_equal"),
        (T2V, {"prompt": "x", "orientation": "sideways"}, {}, ["orientation"], "literal_error"),
        (V2V, {"prompt": "x", "enhance_prompt": "maybe"}, {"data": b"clip"}, ["enhance_prompt"], "bool_type"),
        (V2V, {"prompt": "x", "data": "https://example.com/video.mp4"}, {}, ["data"], "value_error"),
        (I2V, {"prompt": "x"}, {"data": b"clip"}, ["data"], "value_error"),
        (V2V, {"prompt": "x"}, {"data": b"picture"}, ["data"], "value_error"),
        (V2V, {"prompt": "x"}, {"data": b"This is a text."}, ["data"], "value_error"),
        (V2V, {"prompt": "x"}, {"data": b""}, ["data"], "value_error"),
        (T2V, {}, {"prompt": b"a text in a file"}, ["prompt"], "string_type"),
    ],
)
@pytest.mark.parametrize("way", ["jobs", "generate"])
def test_bad_fields_are_a_422_that_says_which(decart, way, model, data, files, where, kind):
    """In the described form; no job is made."""
    real = {b"clip": tiny_clip(), b"picture": picture()}
    before = len(decart.jobs())
    answer = decart.post(way, model, data, **{name: real.get(content, content) for name, content in files.items()})
    assert answer.status_code == 422, answer.text
    details = answer.json()["detail"]
    found = [one for one in details if one["loc"] == ["body", *where]]
    assert found, details
    assert {"loc", "msg", "type"} <= found[0].keys()
    assert kind in (None, found[0]["type"])
    assert len(decart.jobs()) == before


def test_fields_that_do_not_go_together_are_a_422(decart):
    """A restyle needs a prompt or a picture, not both."""
    for words, files in (({}, {}), ({"prompt": "ink"}, {"reference_image": picture()})):
        answer = decart.post("jobs", "lucy-restyle-2", words, data=tiny_clip(), **files)
        assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body"])
        assert "reference_image" in answer.json()["detail"][0]["msg"]


@pytest.mark.parametrize(
    ("way", "model"),
    [
        ("jobs", "no-such-model"),
        ("generate", "no-such-model"),
        ("jobs", T2I),
        ("generate", "lucy-2.5"),
        ("jobs", "ltx-2-pro"),
    ],
)
def test_a_model_that_has_no_such_route_is_a_404(decart, way, model):
    """Unknown ones, pictures as jobs, today's clips as direct answers, another service's."""
    answer = decart.post(way, model, {"prompt": "x"})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nThis is no header\r\n", 400),
        ("multipart/form-data", b"no boundary at all", 400),
        ("multipart/form-data; boundary=x", b"", 422),
        ("application/json", json.dumps({"prompt": "x"}).encode(), 422),
        ("text/plain", b"\xff\x00", 422),
        ("application/x-www-form-urlencoded", b"prompt=" + b"x" * 1_100_000, 413),
        ("application/x-www-form-urlencoded", b"%ZZ&=&&prompt=%ff%00", 422),
    ],
)
def test_a_body_that_is_no_form_is_refused(decart, kind, content, code):
    """Whatever comes in, the server answers."""
    answer = decart.http.post(f"{decart.base}/v1/jobs/{T2V}", content=content, headers={"Content-Type": kind})
    assert answer.status_code == code, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("key", "code", "text"),
    [
        (None, 401, "Invalid API key"),
        ("", 401, "Invalid API key"),
        ("bad-key", 401, "Invalid API key"),
        ("forbidden", 403, "This API key may not call this endpoint"),
        ("no-balance", 402, "Insufficient credits"),
    ],
)
def test_some_keys_do_not_pass(sandbox, done, key, code, text):
    """On every call but the status, which is described without a key; no-balance reads what is there."""
    caller = Decart(sandbox, key)
    with caller.http:
        for answer in (caller.submit("snow"), caller.generate(T2V, {"prompt": "snow"})):
            assert (answer.status_code, answer.json()) == (code, {"detail": text})
        reads = 200 if code == 402 else code
        assert caller.get(f"{done}/content").status_code == reads
        assert caller.get(done).status_code == (200 if key is None else reads)


@pytest.mark.parametrize("mark", ["[401]", "[402]", "[403]", "[404]", "[429]", "[500]", "[503]"])
@pytest.mark.parametrize("way", ["jobs", "generate"])
def test_markers_refuse_a_post(decart, way, mark):
    """The code they name, a detail, no job."""
    before = len(decart.jobs())
    answer = decart.post(way, T2V, {"prompt": f"snow {mark}"})
    assert (answer.status_code, list(answer.json())) == (int(mark[1:-1]), ["detail"])
    assert answer.headers.get("retry-after") == ("1" if mark == "[429]" else None)
    assert len(decart.jobs()) == before


@pytest.mark.parametrize("way", ["jobs", "generate"])
def test_a_marker_once_holds_for_the_first_of_two_equal_requests(decart, way):
    """Equal by words and by the bytes of files."""
    data = {"prompt": f"{way} [503 once] [no output]"}
    codes = [decart.post(way, V2V, data, data=tiny_clip()).status_code for _ in range(4)]
    assert codes == [503, 200, 503, 200]


@pytest.mark.parametrize("way", ["jobs", "generate"])
@pytest.mark.parametrize(("mark", "made"), [("[drop before]", 0), ("[drop]", 1), ("[hang]", 1), ("[garbage]", 1)])
def test_an_answer_can_get_lost(decart, way, mark, made):
    """The job is made, though nobody learns its id; [drop before] makes none."""
    prompt = f"{way} {mark} [no output]"
    before = len(decart.jobs())
    if mark == "[garbage]":
        answer = decart.post(way, T2V, {"prompt": prompt})
        assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")
    else:
        with pytest.raises(httpx.ReadTimeout if mark == "[hang]" else httpx.RemoteProtocolError):
            decart.post(way, T2V, {"prompt": prompt}, timeout=1 if mark == "[hang]" else 60)
    assert len(decart.jobs()) - before == made


def test_a_direct_post_that_fails_says_why(decart):
    """500 with the reason; an empty body where there is no output."""
    for mark in ("[FAILED]", "[ERROR]", "[CANCELLED]"):
        answer = decart.generate(T2V, {"prompt": f"storm {mark}"})
        assert (answer.status_code, list(answer.json())) == (500, ["detail"])
        assert mark in answer.json()["detail"]
    answer = decart.generate(T2V, {"prompt": "storm [no output]"})
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_direct_answer_can_be_cut_or_no_media(decart):
    """For the first of two equal requests."""
    data = {"prompt": "frost [cut once]"}
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed"):
        decart.generate(V2V, data, data=tiny_clip())
    assert clip_facts(decart.generate(V2V, data, data=tiny_clip()).content)
    answer = decart.generate(V2V, {"prompt": "frost [not media]"}, data=tiny_clip())
    assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")


def test_a_direct_job_goes_on_when_its_caller_leaves(decart):
    """It is rendered to its end, and kept."""
    request = httpx.Request(
        "POST", f"{decart.base}/v1/generate/{V2V}", data={"prompt": "left alone"}, files={"data": tiny_clip()}
    )
    caller = http.client.HTTPConnection("127.0.0.1", request.url.port)
    caller.request("POST", request.url.path, request.read(), {**request.headers, "X-API-KEY": "k"})
    until(lambda: [job for job in decart.jobs() if job["params"].get("prompt") == "left alone"])
    caller.close()
    until(lambda: decart.job("left alone")["status"] == "COMPLETED")
    assert decart.get(f"{decart.job('left alone')['id']}/content").status_code == 200


def test_a_job_that_did_not_succeed_is_failed_without_a_reason(decart):
    """The service has one word for all; its content is an error."""
    for mark in ("[FAILED]", "[ERROR]", "[CANCELLED]"):
        job_id = decart.made(f"hail {mark}", model=T2V)
        assert decart.get(job_id).json() == {"job_id": job_id, "status": "failed"}
        assert decart.get(f"{job_id}/content").status_code == 409


def test_a_word_that_nobody_described(decart):
    """[unknown status] lasts until the job ends; one without output has empty content."""
    job_id = decart.submit("fog [unknown status] [stall]", model=T2V).json()["job_id"]
    assert decart.get(job_id).json()["status"] == "warming_up"
    job_id = decart.submit("fog [unknown status] [no output]", model=T2V).json()["job_id"]
    assert decart.end(job_id)[-1] == "completed"
    answer = decart.get(f"{job_id}/content")
    assert (answer.status_code, answer.content) == (200, b"")


def test_content_comes_neither_early_nor_for_an_unknown_job(decart):
    """Each is an error with a detail."""
    job_id = decart.submit("early [stall]", model=T2V).json()["job_id"]
    answer = decart.get(f"{job_id}/content")
    assert (answer.status_code, answer.json()) == (409, {"detail": "Job is not completed yet"})
    for path in ("nobody", "nobody/content"):
        answer = decart.get(path)
        assert (answer.status_code, list(answer.json())) == (404, ["detail"])


def test_status_calls_break_on_request(decart):
    """Each marker of a poll, by code or by what cannot be read."""
    marks = "[poll 500 once] [poll 429 once] [poll 401 once] [poll 404 once]"
    job_id = decart.submit(f"ice {marks} [stall]", model=T2V).json()["job_id"]
    answers = [decart.get(job_id) for _ in range(5)]
    assert sorted(answer.status_code for answer in answers) == [200, 401, 404, 429, 500]
    assert all(list(answer.json()) == ["detail"] for answer in answers if answer.status_code != 200)
    job_id = decart.submit("ice [poll garbage] [stall]", model=T2V).json()["job_id"]
    assert decart.get(job_id).headers["content-type"][:9] == "text/html"
    job_id = decart.submit("ice [poll drop] [stall]", model=T2V).json()["job_id"]
    with pytest.raises(httpx.RemoteProtocolError):
        decart.get(job_id)
    job_id = decart.submit("ice [poll redirect] [stall]", model=T2V).json()["job_id"]
    answer = decart.get(job_id)
    assert (answer.status_code, urlsplit(answer.headers["location"]).hostname) == (307, "localhost")


@pytest.mark.parametrize(("mark", "code"), [("[expired]", 410), ("[media 404]", 404), ("[media 500]", 500)])
def test_content_breaks_on_request(decart, mark, code):
    """With the code of the marker and a detail; once, then it is there."""
    job_id = decart.made(f"dew {mark[:-1]} once]")
    answers = [decart.get(f"{job_id}/content") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [code, 200]
    assert list(answers[0].json()) == ["detail"]


def test_content_is_cut_or_no_media_on_request(decart):
    """Half of it, then all of it; a web page."""
    job_id = decart.made("mist [cut once]")
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed"):
        decart.get(f"{job_id}/content")
    assert clip_facts(decart.get(f"{job_id}/content").content)
    answer = decart.get(f"{decart.made('mist [not media]')}/content")
    assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")


def test_content_that_moves_asks_for_no_key_and_counts_one_that_comes_along(decart):
    """[redirect] leads to another host name, where a key is a leak."""
    job_id = decart.made("dusk [redirect]")
    answer = decart.get(f"{job_id}/content")
    assert answer.status_code == 302
    assert urlsplit(answer.headers["location"]).hostname == "localhost"
    assert clip_facts(httpx.get(answer.headers["location"]).content)
    assert decart.job("dusk [redirect]")["leaks"] == 0
    decart.http.get(answer.headers["location"])
    job = decart.job("dusk [redirect]")
    assert (job["leaks"], job["downloads"]) == (1, 3)


def test_no_service_knows_the_jobs_of_another(sandbox, decart, done):
    """404 there, as for any unknown id."""
    pixazo = Pixazo(sandbox)
    with pixazo.http:
        job_id = pixazo.edit("mine [stall]").json()["request_id"]
        assert decart.get(job_id).status_code == 404
        assert decart.get(f"{job_id}/content").status_code == 404
        assert pixazo.status(done).status_code == 404


def test_a_long_file_goes_to_the_disk_and_a_longer_one_is_refused(decart):
    """100 MB come in without the server growing by them; above 200 MB it answers 413, and makes no job."""
    pid = httpx.get(f"{decart.sandbox.url}/health").json()["pid"]
    head = tiny_clip()[:64]
    before = psutil.Process(pid).memory_info().rss

    def sent(megabytes):
        with_zeros = io.BytesIO(head + bytes((megabytes << 20) - len(head)))
        return decart.post("jobs", V2V, {"prompt": f"{megabytes} [stall]"}, data=with_zeros)

    assert sent(100).status_code == 200
    assert psutil.Process(pid).memory_info().rss - before < 40 << 20
    assert sent(202).status_code == 413
    assert not [job for job in decart.jobs() if job["params"].get("prompt") == "202 [stall]"]


def test_a_word_of_one_service_is_not_shown_by_another(sandbox):
    """[CANCELLED] is FAILED on Pixazo, which has no such word."""
    pixazo = Pixazo(sandbox)
    with pixazo.http:
        assert pixazo.made("gone [CANCELLED]")["status"] == "FAILED"


def test_an_unknown_path_is_a_404_with_a_detail(decart):
    """As every refusal."""
    answer = decart.http.get(f"{decart.base}/v1/nothing")
    assert (answer.status_code, answer.json()["detail"]) == (404, "Not Found")
