"""What each service may answer instead of what it should: a class and a message each; nothing lost or sent twice."""

from __future__ import annotations

import json

import httpx
import pytest
from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience

KEY = "key_very-secret-key"
QUICK = Patience(pause=0.01, missing=0.05)
UUID = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
CDN = "https://cdn.example/clip.mp4"
HTML = (502, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>")


class Service:
    """Answers from scripts, as one of the services; the last answer of a script repeats."""

    def __init__(self, provider, *, submits=(), polls=(), links=()):
        said = SERVICES[provider]
        self.scripts = {
            "submit": list(submits) or [said["accepted"]],
            "poll": list(polls) or [said["done"]],
            "link": list(links) or [(200, tiny_clip())],
        }
        self.asked = {"submit": [], "poll": [], "link": [], "upload": []}

    def __call__(self, request):
        kind = self._kind(request)
        self.asked[kind].append(request)
        if kind == "upload":
            return httpx.Response(201, json={"id": "u", "url": "https://cdn.example/in.mp4", "kind": "video"})
        script = self.scripts[kind]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise type(answer)(str(answer), request=request)
        status, body, *headers = answer
        content = {"content": body} if isinstance(body, bytes | str) else {"json": body}
        return httpx.Response(status, headers=headers[0] if headers else None, **content)

    def _kind(self, request):
        if request.method == "POST":
            return "upload" if request.url.path.endswith("/uploads") else "submit"
        return "link" if request.url.host == "cdn.example" or request.url.path.endswith("/content") else "poll"

    @property
    def posts(self):
        return self.asked["submit"]


def pixazo_said(status, **more):
    return 200, {"request_id": "job-1", "status": status, "error": None, "output": None, **more}


def apiframe_said(status, **more):
    return 200, {"id": UUID, "status": status, "progress": None, "result": None, "error": None, **more}


SERVICES = {
    "pixazo": {
        "model": "lucy-edit-fast",
        "accepted": (202, {"request_id": "job-1", "status": "QUEUED"}),
        "done": pixazo_said("COMPLETED", output={"media_url": [CDN]}),
        "said": pixazo_said,
        "empty": pixazo_said("COMPLETED", output={"media_url": []}),
        "running": "PROCESSING",
    },
    "decart": {
        "model": "lucy-2.5",
        "accepted": (200, {"job_id": "job-1", "status": "pending"}),
        "done": (200, {"job_id": "job-1", "status": "completed"}),
        "said": lambda status: (200, {"job_id": "job-1", "status": status}),
        "running": "processing",
    },
    "apiframe": {
        "model": "wan-2.7-videoedit",
        "accepted": (202, {"jobId": UUID, "status": "QUEUED"}),
        "done": apiframe_said("COMPLETED", result={"videoUrl": CDN}, progress=100),
        "said": apiframe_said,
        "empty": apiframe_said("COMPLETED", result={}),
        "running": "PROCESSING",
    },
}
EACH = pytest.mark.parametrize("provider", SERVICES)


@pytest.fixture
def submit(tmp_path):
    """Submit to a service by an experiment; gives the run."""
    logs = []

    def submit(provider, service, **more):
        log = pixnb.Log(tmp_path / "log.db")
        logs.append(log)
        client = pixnb.Client(
            keys={provider: KEY}, transport=httpx.MockTransport(service), patience=QUICK, store=tmp_path / "assets"
        )
        video = tiny_clip() if provider == "decart" else "https://example.org/clip.mp4"
        exp = pixnb.Experiment("bad", log=log, client=client)
        return exp.submit(SERVICES[provider]["model"], prompt="A red coat", video=video, **more)

    yield submit
    for log in logs:
        log.close()


REFUSALS = [
    ("pixazo", (400, {"error": "Model not found", "message": "Model 'x' not found"}), "ModelNotFound", "not found"),
    ("pixazo", (401, {"statusCode": 401, "message": "Access denied"}), "InvalidAPIKey", "PIXAZO_API_KEY"),
    ("pixazo", (402, {"error": "Insufficient Balance", "message": "Your wallet …"}), "InsufficientBalance", "wallet"),
    ("pixazo", (403, ""), "Forbidden", "plan"),
    ("pixazo", (404, {}), "ModelNotFound", "pixnb.models"),
    ("pixazo", (429, {}, {"retry-after": "90"}), "RateLimited", "Wait"),
    ("decart", (401, {"detail": "Invalid API key"}), "InvalidAPIKey", "DECART_API_KEY"),
    ("decart", (403, {"detail": [{"msg": "no access", "loc": [], "type": "x"}]}), "InvalidAPIKey", "no access"),
    ("decart", (422, {"detail": [{"loc": ["header", "x-api-key"], "msg": "Required"}]}), "InvalidAPIKey", "DECART_API"),
    ("decart", (422, {"detail": [{"loc": ["body", "seed"], "msg": "Too large"}]}), "InvalidInput", "Too large"),
    ("decart", (404, {"detail": "Not Found"}), "ModelNotFound", "pixnb.models"),
    ("decart", (413, "too large"), "InvalidInput", "too large"),
    ("decart", (429, {}, {"retry-after": "90"}), "RateLimited", "Wait"),
    ("apiframe", (400, {"error": "Validation error", "details": {"x.duration": ["at most 10"]}}), "InvalidInput", "10"),
    ("apiframe", (401, {"error": "Invalid API key"}), "InvalidAPIKey", "APIFRAME_API_KEY"),
    ("apiframe", (402, {"error": "x", "creditsRequired": 120, "creditsAvailable": 7}), "InsufficientBalance", "120"),
    ("apiframe", (403, {"error": "API key is inactive"}), "Forbidden", "inactive"),
    ("apiframe", (409, {"error": "Idempotency key reused"}), "InvalidInput", "24 h"),
    ("apiframe", (429, {"error": "slow down"}, {"retry-after": "90"}), "RateLimited", "slow down"),
]  # fmt: skip


@pytest.mark.parametrize(("provider", "answer", "kind", "said"), REFUSALS)
def test_a_refused_submit_is_typed_and_not_repeated(submit, provider, answer, kind, said):
    """By its class, with what to do and without the key; nothing is charged; one POST."""
    service = Service(provider, submits=[answer])
    run = submit(provider, service)
    assert (type(run.error).__name__, str(run.status)) == (kind, "ERROR")
    assert said in run.error.message
    assert KEY not in run.error.message
    assert (run.cost.amount, len(service.posts)) == (0, 1)
    assert (run.error.provider, run.error.status_code) == (provider, answer[0])


LOST = {
    "HTML": HTML,
    "500": (500, {"error": "oops"}),
    "garbage": (200, "{'job_id': "),
    "no id": (202, {"status": "QUEUED"}),
    "a list": (200, ["job-1"]),
    "a web page": (200, "<html>Welcome</html>", {"content-type": "text/html"}),
    "dropped": httpx.ReadError("connection reset"),
    "silence": httpx.ReadTimeout("timed out"),
}


@pytest.mark.parametrize("case", LOST)
@pytest.mark.parametrize("provider", ["pixazo", "decart"])
def test_a_lost_answer_is_never_repeated(submit, provider, case):
    """Where no key makes it safe, the run is UNCONFIRMED after one POST."""
    service = Service(provider, submits=[LOST[case]])
    run = submit(provider, service)
    assert (type(run.error), str(run.status)) == (pixnb.SubmitUnconfirmed, "UNCONFIRMED")
    assert "not sent again" in run.error.message
    assert len(service.posts) == 1


@pytest.mark.parametrize("case", LOST)
def test_apiframe_is_asked_again_under_the_same_key(submit, case):
    """The same body and the same Idempotency-Key, so there is one job; it is found and collected."""
    service = Service("apiframe", submits=[LOST[case], (202, {"jobId": UUID, "status": "COMPLETED"})])
    run = submit("apiframe", service, idempotency_key="mine-1")
    assert run.result(10).video.bytes() == tiny_clip()
    assert [request.headers["idempotency-key"] for request in service.posts] == ["mine-1"] * 2
    assert service.posts[0].content == service.posts[1].content


@pytest.mark.slow
def test_apiframe_is_not_asked_for_ever(submit):
    """Three repeats, then UNCONFIRMED, which says that the key made them safe."""
    service = Service("apiframe", submits=[(500, {"error": "oops"})])
    run = submit("apiframe", service)
    assert (str(run.status), len(service.posts)) == ("UNCONFIRMED", 4)
    assert len({request.headers["idempotency-key"] for request in service.posts}) == 1
    assert "same idempotency key" in run.error.message


AFTERWARDS = {
    "never connected": httpx.ConnectError("no route"),
    "busy": (503, {}, {"retry-after": "0"}),
    "no credits": (402, {"error": "Insufficient credits", "creditsRequired": 9, "creditsAvailable": 1}),
    "conflict": (409, {"error": "in use"}),
    "key": (401, {"error": "Invalid API key"}),
}


@pytest.mark.parametrize("case", AFTERWARDS)
def test_a_refused_repeat_does_not_undo_the_doubt(submit, case):
    """The first submit may have been taken: whatever a repeat is refused with, the run stays UNCONFIRMED and priced."""
    service = Service("apiframe", submits=[httpx.ReadError("reset"), AFTERWARDS[case]])
    run = submit("apiframe", service)
    assert (type(run.error), str(run.status)) == (pixnb.SubmitUnconfirmed, "UNCONFIRMED")
    assert run.cost is None
    assert len(service.posts) >= 2


@EACH
def test_a_busy_service_is_asked_again(submit, provider):
    """503 and 429 made no job."""
    service = Service(
        provider,
        submits=[(503, "", {"retry-after": "0"}), (429, "", {"retry-after": "0"}), SERVICES[provider]["accepted"]],
    )
    assert submit(provider, service).result(10).video.bytes() == tiny_clip()
    assert len(service.posts) == 3


WEATHER = {"HTML": HTML, "500": (500, {}), "garbage": (200, "{"), "list": (200, []), "drop": httpx.ReadError("reset")}


@pytest.mark.parametrize("case", WEATHER)
@EACH
def test_a_bad_status_answer_is_weather(submit, provider, case):
    """The wait goes on to the clip."""
    said = SERVICES[provider]
    polls = [WEATHER[case], said["said"]("zzz-unknown"), said["said"](said["running"]), said["done"]]
    service = Service(provider, polls=polls)
    assert submit(provider, service).result(20).video.bytes() == tiny_clip()
    assert len(service.posts) == 1


@EACH
def test_a_refused_key_ends_the_wait_but_not_the_run(submit, provider):
    """It can be waited for again, and is collected."""
    said = SERVICES[provider]
    service = Service(provider, polls=[(401, {"error": "no"})])
    run = submit(provider, service)
    with pytest.raises(pixnb.InvalidAPIKey):
        run.wait(10)
    assert not run.standing.is_settled
    service.scripts["poll"] = [said["done"]]
    assert run.result(10).video.bytes() == tiny_clip()


@EACH
def test_an_unknown_job_is_looked_for_and_then_missed(submit, provider):
    """404 is borne for a while."""
    run = submit(provider, Service(provider, polls=[(404, {"error": "Job not found"})]))
    with pytest.raises(pixnb.JobNotFound):
        run.result(10)


@EACH
def test_a_file_that_is_none_is_not_taken_for_a_clip(submit, provider):
    """A web page where the clip should be: the run is done, its file is not there, and refresh() gets it later."""
    service = Service(
        provider, links=[(200, "<html>Not found</html>", {"content-type": "video/mp4"}), (200, tiny_clip())]
    )
    run = submit(provider, service)
    with pytest.raises(pixnb.OutputUnavailable, match="neither video, image nor sound"):
        run.result(10)
    assert run.refresh().result(10).video.bytes() == tiny_clip()
    assert len(service.posts) == 1


@pytest.mark.parametrize("provider", ["pixazo", "apiframe"])
def test_a_job_that_is_done_without_a_file(submit, provider):
    """COMPLETED and OutputUnavailable; later it may be there."""
    service = Service(provider, polls=[SERVICES[provider]["empty"], SERVICES[provider]["done"]])
    run = submit(provider, service)
    with pytest.raises(pixnb.OutputUnavailable, match="names no file"):
        run.result(10)
    assert str(run.status) == "COMPLETED"
    assert run.refresh().result().video.bytes() == tiny_clip()


def test_what_apiframe_has_purged_is_said(submit):
    """`expired` with a dead link: the error says that the service keeps it no longer."""
    gone = apiframe_said("COMPLETED", result={"videoUrl": CDN}, expired=True)
    run = submit("apiframe", Service("apiframe", polls=[gone], links=[(404, "")]))
    with pytest.raises(pixnb.OutputUnavailable, match=r"purged|expired"):
        run.result(10)


def test_what_apiframe_cancels_stays_reserved(submit):
    """CANCELLED by the service: an end of which nobody documents the refund."""
    polls = [apiframe_said("PROCESSING", creditCost=40), apiframe_said("CANCELLED", creditCost=40)]
    run = submit("apiframe", Service("apiframe", polls=polls))
    with pytest.raises(pixnb.JobFailed, match="given back is not documented"):
        run.result(10)
    assert (str(run.status), run.error.code, str(run.cost)) == ("CANCELLED", "CANCELLED", "40 credits")


SHAPES = [CDN, {"videoUrl": CDN}, {"videos": [CDN]}, {"videos": [{"url": CDN}]}]


@pytest.mark.parametrize("result", SHAPES, ids=json.dumps)
def test_every_shape_of_apiframes_result(submit, result):
    """A plain URL or an object."""
    run = submit("apiframe", Service("apiframe", polls=[apiframe_said("COMPLETED", result=result)]))
    assert run.result(10).video.bytes() == tiny_clip()


@EACH
def test_a_failure_says_what_it_costs(submit, provider):
    """Only Apiframe gives back; of the others nobody documents it."""
    word = "failed" if provider == "decart" else "FAILED"
    run = submit(provider, Service(provider, polls=[SERVICES[provider]["said"](word)]))
    with pytest.raises(pixnb.JobFailed) as caught:
        run.result(10)
    assert caught.value.code == "PROCESSING_ERROR"
    expected = "given back" if provider == "apiframe" else "not documented"
    assert expected in caught.value.message


@pytest.mark.parametrize(
    ("provider", "size", "said"), [("apiframe", (50 << 20) + 1, "50 MB"), ("decart", (200 << 20) + 1, "200 MB")]
)
def test_a_file_that_is_too_large_is_not_sent(tmp_path, provider, size, said):
    """Refused before anything is written or sent, with the limit; the file is not read into memory for it."""
    path = tmp_path / "long.mp4"
    path.write_bytes(tiny_clip())
    with path.open("r+b") as file:
        file.truncate(size)
    service = Service(provider)
    client = pixnb.Client(keys={provider: KEY}, transport=httpx.MockTransport(service))
    with pytest.raises(pixnb.InvalidInput, match=said):
        client.submit(SERVICES[provider]["model"], prompt="A red coat", video=path)
    assert not any(service.asked.values())


def test_an_upload_serves_all_prompts_while_it_lives(tmp_path):
    """Apiframe says until when it keeps a file; till then the same bytes are not sent again."""

    class Keeping(Service):
        def __call__(self, request):
            answer = super().__call__(request)
            if request.url.path.endswith("/uploads"):
                body = {**answer.json(), "expiresAt": "2099-01-01T00:00:00.000Z"}
                return httpx.Response(201, json=body)
            return answer

    service = Keeping("apiframe")
    client = pixnb.Client(
        keys={"apiframe": KEY}, transport=httpx.MockTransport(service), patience=QUICK, store=tmp_path
    )
    for prompt in ("a", "b", "c"):
        client.run("wan-2.7-videoedit", prompt=prompt, video=tiny_clip(), timeout=10)
    assert (len(service.asked["upload"]), len(service.posts)) == (1, 3)
    assert b'name="file"' in service.asked["upload"][0].content


@pytest.mark.parametrize(
    ("model", "price", "given", "cost"),
    [
        ("wan-2.7-videoedit", {"amount": 5}, {"prompt": "a"}, 1),
        ("wan-2.7-videoedit", {"amount": 5}, {"prompt": "a", "duration": 4}, 20),
        (
            "topaz-video-upscale",
            {"amount": 10, "when": {"target_resolution": "1080p"}},
            {"target_resolution": "1080p", "target_fps": 30},
            2,
        ),
    ],
)
def test_an_estimate_by_the_second_uses_the_clips_length(tmp_path, model, price, given, cost):
    """Where the duration is left out, the service probes the clip and bills its length; so does the estimate."""
    pixnb.models.set_price(model, currency="credits", per="second", **price)
    service = Service("apiframe", polls=[apiframe_said("PROCESSING")])
    client = pixnb.Client(keys={"apiframe": KEY}, transport=httpx.MockTransport(service), store=tmp_path)
    job = client.submit(model, video=tiny_clip(), **given)
    assert (float(job.cost.amount), job.cost.currency) == (pytest.approx(cost), "credits")
    job.cancel()
