"""What goes to Apiframe and comes from it is what its pages and its API description show."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes

import httpx
import pytest
from faces import FACES
from fake_apiframe import ACCEPTED, BASE, CLIP, JOB, KEY, FakeApiframe, done, told
from make_media import make_video
from odd_answers import answered, target
from served import tiny_clip

import pixnb
from pixnb.catalogue.prices import Cost
from pixnb.status import JobStatus
from pixnb.wire import registry as wires
from pixnb.wire.wire import Attachment

WIRE = wires.get("apiframe")
EDIT = {"prompt": "Make it snow", "video": "https://example.com/video.mp4"}
WEB = "https://your-server.com/webhook"


@pytest.fixture(params=FACES)
def face(request):
    return lambda service: request.param(**service.options())


def built(extra=None, callback=None, model="wan-2.7-videoedit", **more):
    """Build a submit and return its body."""
    options = {"callback": callback, "idempotency_key": "key-1", "route": "/v2/videos/edit", **more}
    place = options.pop("place", target("apiframe"))
    request = WIRE.submit(place, pixnb.models.get(model), {**EDIT, **(extra or {})}, **options)
    return json.loads(request.content)


def test_what_is_sent_unchecked_goes_where_it_belongs():
    """Fields of the route at the top, an object under the model's name merged, all else nested."""
    extra = {"webhookUrl": WEB, "webhookEvents": ["failed"], "wan27VideoeditParams": {"seed": 3, "new": 1}, "mode": "x"}
    assert built(extra) == {
        "model": "wan-2.7-videoedit",
        "prompt": "Make it snow",
        "wan27VideoeditParams": {"video": EDIT["video"], "mode": "x", "seed": 3, "new": 1},
        "webhookUrl": WEB,
        "webhookEvents": ["failed"],
    }


REFUSED = {
    "sync": (pixnb.Callback(WEB, mode="sync"), {}, "events=('progress', 'completed', 'failed')"),
    "unknown event": (pixnb.Callback(WEB, events=("done",)), {}, "'done'. Use: progress, completed, failed"),
    "local": (pixnb.Callback("http://localhost:1/hook"), {}, "public https"),
    "twice": (pixnb.Callback(WEB), {"webhookUrl": WEB}, "either callback= or the parameter webhookUrl"),
    "twice events": (pixnb.Callback(WEB), {"webhookEvents": ["failed"]}, "either callback= or"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_callback_that_cannot_work_is_refused(name):
    """Before anything leaves, with what to do."""
    callback, extra, words = REFUSED[name]
    with pytest.raises(pixnb.InvalidInput) as caught:
        built(extra, callback)
    assert words in caught.value.message


def test_a_callback_reaches_a_sandbox_on_this_machine():
    """Which can call it there."""
    callback = pixnb.Callback("http://127.0.0.1:8000/hook", events=["failed"])
    body = built(None, callback, place=target("apiframe", sandbox=True))
    assert (body["webhookUrl"], body["webhookEvents"]) == ("http://127.0.0.1:8000/hook", ["failed"])


@pytest.mark.parametrize("key", ["x", "a b", "k" * 255, "!~"])
def test_an_idempotency_key_is_a_header(key):
    """1 to 255 characters, as they are."""
    place = target("apiframe")
    model = pixnb.models.get("wan-2.7-videoedit")
    request = WIRE.submit(place, model, EDIT, route="/x", callback=None, idempotency_key=key)
    assert request.headers["idempotency-key"] == key
    assert request.headers.raw[1][0] == b"X-API-Key"


@pytest.mark.parametrize("key", ["", "k" * 256, "ä", "a\nb", "a\0", " a", "a\t", "\x7f", "\u2028", 7, None])
def test_an_idempotency_key_that_no_header_carries_is_refused(key):
    """Before anything leaves."""
    with pytest.raises(pixnb.InvalidInput, match="idempotency_key"):
        built(idempotency_key=key)


def test_a_lost_submit_is_repeated_with_its_key(face):
    """The service keeps it for a day, so that one job is made; a replay may tell of any status."""
    service = FakeApiframe([httpx.ReadError("reset"), (202, {"jobId": JOB, "status": "COMPLETED"})])
    result = face(service).run("wan-2.7-videoedit", timeout=20, **EDIT)
    assert len({request.headers["idempotency-key"] for request in service.posts}) == 1
    assert len({request.content for request in service.posts}) == 1
    assert len(service.posts) == 2
    assert (result.job.id, result.video.bytes()) == (JOB, tiny_clip())
    assert result.cost == Cost(Decimal(12), "credits", "charged")
    assert [request.headers.get("x-api-key") for request in service.asked["link"]] == [None]


@pytest.mark.parametrize("word", ["QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "failed", "NEW", None, 7])
def test_an_accepted_job_is_never_over(word):
    """A replay's 202 may say so; the first poll confirms it."""
    accepted = WIRE.accepted(answered(WIRE, 202, {"jobId": JOB, "status": word}))
    assert accepted.job_id == JOB
    assert not accepted.status.is_terminal


def seen(status="COMPLETED", **more):
    """Read a job."""
    return WIRE.update(answered(WIRE, *told(status, **more)))


STATUSES = {
    "QUEUED": JobStatus.QUEUED,
    "PROCESSING": JobStatus.PROCESSING,
    "COMPLETED": JobStatus.COMPLETED,
    "FAILED": JobStatus.FAILED,
    "CANCELLED": JobStatus.CANCELLED,
    "Completed ": JobStatus.COMPLETED,
    "canceled": JobStatus.CANCELLED,
    "WARMING_UP": None,
}


@pytest.mark.parametrize("word", STATUSES)
def test_status_words_are_read_without_regard_to_case(word):
    """The five documented ones; what is not known is None, and polling goes on."""
    update = seen(word)
    assert (update.status, update.word) == (STATUSES[word], word.strip())


RESULTS = {
    "URL": (CLIP, [CLIP]),
    "videoUrl": ({"videoUrl": CLIP}, [CLIP]),
    "videos": ({"videos": [CLIP, "https://cdn.example/2.mp4"]}, [CLIP, "https://cdn.example/2.mp4"]),
    "objects": (
        {"videos": [{"url": CLIP}, {"videoUrl": "https://cdn.example/2.mp4", "width": 1}]},
        [CLIP, "https://cdn.example/2.mp4"],
    ),
    "both": ({"videoUrl": CLIP, "videos": [CLIP]}, [CLIP]),
    "one in videos": ({"videos": CLIP}, [CLIP]),
    "images": (
        {"images": ["https://cdn.example/1.png"], "gridUrl": "https://cdn.example/g.png"},
        ["https://cdn.example/1.png"],
    ),
    "list": ([CLIP, {"url": "https://cdn.example/2.mp4"}], [CLIP, "https://cdn.example/2.mp4"]),
    "null": (None, []),
    "empty": ({}, []),
    "blank": ({"videoUrl": " ", "videos": ["", None, 7, [CLIP], {}, {"url": 7}]}, []),
    "number": (7, []),
    "null first": ({"videoUrl": None, "images": [CLIP]}, [CLIP]),
}


@pytest.mark.parametrize("name", RESULTS)
def test_results_are_read_in_every_shape(name):
    """The pages disagree; each file is named once, and needs no key."""
    result, urls = RESULTS[name]
    outputs = seen(result=result).outputs
    assert [output.url for output in outputs] == urls
    assert not any(output.private for output in outputs)


PROGRESS = {0: 0.0, 50: 0.5, 33.3: 0.333, 100: 1.0, 130: 1.0, None: None, "50": None, True: None, -1: None}


@pytest.mark.parametrize("value", PROGRESS)
def test_progress_is_a_share(value):
    """0 to 100, or null; what is no such number tells nothing."""
    assert seen("PROCESSING", progress=value).progress == (
        None if PROGRESS[value] is None else pytest.approx(PROGRESS[value])
    )
    assert WIRE.update(answered(WIRE, 200, b'{"status": "PROCESSING", "progress": NaN}')).progress is None


COSTS = {
    ("QUEUED", 12): ("12", "charged"),
    ("PROCESSING", 12): ("12", "charged"),
    ("PROCESSING", 0): None,
    ("PROCESSING", None): None,
    ("COMPLETED", 12): ("12", "charged"),
    ("COMPLETED", 0): ("0", "charged"),
    ("COMPLETED", None): None,
    ("COMPLETED", "12"): None,
    ("COMPLETED", True): None,
    ("COMPLETED", -3): None,
    ("FAILED", 0): ("0", "refunded"),
    ("FAILED", None): ("0", "refunded"),
    ("FAILED", 12): ("0", "refunded"),
    ("CANCELLED", 12): ("12", "charged"),
    ("CANCELLED", None): None,
    ("WARMING_UP", 12): None,
}


@pytest.mark.parametrize(("status", "credits_"), COSTS)
def test_credits_are_the_service_s_own_figure(status, credits_):
    """Taken at submission, given back on failure; unknown is None, never 0."""
    wanted = COSTS[status, credits_]
    cost = seen(status, creditCost=credits_).cost
    assert cost == (wanted and Cost(Decimal(wanted[0]), "credits", wanted[1]))


def test_times_are_read():
    """`2026-03-15T10:00:00.000Z`, or null."""
    update = seen(completedAt="2026-03-15T10:02:00.500Z")
    assert update.created_at == datetime(2026, 3, 15, 10, tzinfo=UTC)
    assert update.completed_at == datetime(2026, 3, 15, 10, 2, 0, 500_000, tzinfo=UTC)
    assert seen("PROCESSING").completed_at is None


def test_a_failure_says_why(face):
    """In the service's words, without the key, and that the credits are back."""
    service = FakeApiframe(polls=[told("FAILED", error=f"bad {KEY}", creditCost=0)])
    job = face(service).submit("wan-2.7-videoedit", **EDIT)
    with pytest.raises(pixnb.JobFailed, match=r"bad \*\*\*. What it cost was given back"):
        job.result(10)
    assert job.cost == Cost(Decimal(0), "credits", "refunded")
    assert seen("FAILED").error is None


def test_a_job_that_the_service_cancelled_says_what_is_known_of_its_credits(face):
    """Nothing: no page tells whether they come back."""
    service = FakeApiframe(polls=[told("CANCELLED", error="Stopped by an admin.")])
    job = face(service).submit("wan-2.7-videoedit", **EDIT)
    with pytest.raises(pixnb.JobFailed) as caught:
        job.result(10)
    assert job.status is JobStatus.CANCELLED
    words = "Apiframe cancelled the job: Stopped by an admin. Whether its credits were given back is not documented"
    assert words in caught.value.message
    assert "client.balance('apiframe')" in caught.value.message


def test_files_that_were_purged_are_told_apart(face):
    """`expired`: the job is done, its links may be dead."""
    service = FakeApiframe(polls=[done(expired=True)])
    service.scripts["link"] = [(404, "")]
    job = face(service).submit("wan-2.7-videoedit", **EDIT)
    with pytest.raises(pixnb.OutputUnavailable, match="its files were purged"):
        job.result(20)
    assert job.status is JobStatus.COMPLETED
    assert [output.url for output in seen(expired=True, result=CLIP).outputs] == [CLIP]
    assert seen("PROCESSING", expired=True).error is None
    assert seen(expired=False).error is None


def test_details_name_the_fields():
    """`details` of a 400, by the path in the body."""
    details = {"wan27VideoeditParams.duration": ["Too big: at most 10", "Not an integer"], "prompt": ["Required"]}
    body = {"error": "Validation error", "details": details}
    error = WIRE.refusal(answered(WIRE, 400, body), model="wan-2.7-videoedit", job_id=None)
    wanted = "Validation error (wan27VideoeditParams.duration: Too big: at most 10; Not an integer; prompt: Required)."
    assert wanted in error.message


MONEY = {
    "both": ({"creditsRequired": 120, "creditsAvailable": 5}, Decimal(120), Decimal(5)),
    "one": ({"creditsRequired": 120}, Decimal(120), None),
    "none": ({}, None, None),
    "odd": ({"creditsRequired": "many", "creditsAvailable": None}, None, None),
}


@pytest.mark.parametrize("name", MONEY)
def test_402_says_what_is_needed_and_what_is_there(name):
    """In figures, in words, and through a client."""
    more, required, available = MONEY[name]
    service = FakeApiframe([(402, {"error": "Insufficient credits", **more})])
    with pytest.raises(pixnb.InsufficientBalance) as caught:
        pixnb.Client(**service.options()).submit("wan-2.7-videoedit", **EDIT)
    assert (caught.value.required, caught.value.available) == (required, available)
    assert ("120 credits are required" in caught.value.message) is (required is not None)
    assert ("5 are available" in caught.value.message) is (available is not None)


def test_409_is_explained_and_never_repeated(face):
    """The earlier job goes on; this one was not made."""
    service = FakeApiframe([(409, {"error": "Idempotency key reused"}), ACCEPTED])
    with pytest.raises(pixnb.InvalidInput, match=r"earlier submit with other parameters.*no job was made of this one"):
        face(service).submit("wan-2.7-videoedit", idempotency_key="mine", **EDIT)
    assert len(service.posts) == 1


def test_a_status_is_asked_for_by_id():
    """An id cannot lead elsewhere, nor can a polling URL."""
    request = WIRE.status(target("apiframe", "https://api.apiframe.ai"), "../me?x", "https://evil.example/")
    assert str(request.url) == "https://api.apiframe.ai/v2/jobs/..%2Fme%3Fx"


def test_files_are_uploaded_and_named_by_their_url(face, tmp_path):
    """`POST /v2/uploads`, the form's field `file`; what lives long enough goes up once."""
    service = FakeApiframe()
    path = tmp_path / "clip.mp4"
    path.write_bytes(tiny_clip())
    client = face(service)
    for prompt in ("one", "two"):
        client.submit("wan-2.7-videoedit", prompt=prompt, video=path).cancel()
    assert [json.loads(r.content)["wan27VideoeditParams"]["video"] for r in service.posts] == [
        f"{BASE}/media/clip.mp4"
    ] * 2
    (request,) = service.asked["upload"]
    assert (request.method, request.url.path, request.headers["x-api-key"]) == ("POST", "/v2/uploads", KEY)
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    (part,) = message_from_bytes(head + request.content).get_payload()
    assert part["Content-Disposition"] == 'form-data; name="file"; filename="input.mp4"'
    assert (part["Content-Type"], part.get_payload(decode=True)) == ("video/mp4", tiny_clip())
    assert request.headers["content-length"] == str(len(request.content))


def test_an_upload_says_how_long_it_lives():
    """`expiresAt`; an answer without is taken too."""
    body = {"url": CLIP, "expiresAt": "2026-03-15T12:00:00.000Z"}
    assert WIRE.uploaded(answered(WIRE, 201, body)).expires_at == datetime(2026, 3, 15, 12, tzinfo=UTC)
    assert WIRE.uploaded(answered(WIRE, 201, {"url": CLIP})).expires_at is None


@pytest.mark.parametrize(("status", "kind"), [(400, pixnb.InvalidInput), (502, pixnb.ServiceUnavailable)])
def test_a_refused_upload_sends_no_job(face, status, kind):
    """400 when it is too big or of another type, 502 when its upstream fails."""
    service = FakeApiframe(uploads=[(status, {"error": "File too large"})])
    with pytest.raises(kind, match="File too large"):
        face(service).submit("wan-2.7-videoedit", prompt="x", video=tiny_clip())
    assert service.posts == []


MB = 1 << 20
FILES = {
    ("image/png", 25 * MB): None,
    ("image/jpeg", 25 * MB + 1): "25 MB at most of an image",
    ("image/webp", 1): None,
    ("image/gif", 1): None,
    ("image/avif", 1): "PNG, JPEG, WebP, GIF",
    ("image/heic", 1): "takes no image/heic files",
    ("video/mp4", 50 * MB): None,
    ("video/webm", 50 * MB): None,
    ("video/quicktime", 50 * MB + 1): "50 MB at most of a video",
    ("video/x-matroska", 1): "MP4, WebM, MOV",
    ("video/x-msvideo", 1): "takes no video/x-msvideo files",
    ("audio/mpeg", 25 * MB): None,
    ("audio/wav", 25 * MB + 1): "25 MB at most of an audio",
    ("audio/ogg", 1): None,
    ("audio/mp4", 1): None,
    ("audio/flac", 1): "MP3, WAV, OGG, M4A",
    ("application/octet-stream", 1): "PNG, JPEG, WebP, GIF, MP4, WebM, MOV, MP3, WAV, OGG, M4A",
}


@pytest.mark.parametrize(("media_type", "size"), FILES)
def test_files_that_would_be_refused_are_refused_here(media_type, size):
    """By type and size, as documented; the text says the limit and what to do."""
    words, problem = FILES[media_type, size], WIRE.file_problem(media_type, size)
    assert (problem is None) is (words is None)
    assert words is None or words in problem


def test_a_file_of_another_type_is_refused_before_anything_leaves(face, tmp_path):
    """Also in a sandbox."""
    avi = make_video(tmp_path / "a.avi", size=(64, 48), frames=5)
    service = FakeApiframe()
    with pytest.raises(pixnb.InvalidInput, match=r"wan-2\.7-videoedit: video: apiframe takes no"):
        face(service).submit("wan-2.7-videoedit", prompt="x", video=avi)
    assert service.asked["upload"] == service.posts == []


def test_the_balance_is_the_team_s_credits():
    """`GET /v2/me`, of which only `team.credits` is documented alike everywhere."""
    service = FakeApiframe(me=[(200, {"user": {}, "team": {"credits": 4321, "plan": "pro"}, "apiKey": None})])
    balance = pixnb.Client(**service.options()).balance("apiframe")
    assert (balance.amount, balance.currency, str(balance)) == (Decimal(4321), "credits", "4,321 credits")
    (request,) = service.asked["me"]
    assert (str(request.url), request.headers["x-api-key"]) == (f"{BASE}/v2/me", KEY)


BALANCES = {
    "no team": ({"team": None}, "this key belongs to none"),
    "no credits": ({"team": {}}, "no team.credits"),
    "text": ({"team": {"credits": "many"}}, "no team.credits"),
    "null": ({"team": {"credits": None}}, "no team.credits"),
    "odd team": ({"team": ["x"]}, "no team.credits"),
}


@pytest.mark.parametrize("name", BALANCES)
def test_a_balance_that_is_none_is_never_zero(name):
    """Nobody knows it; it says why."""
    body, words = BALANCES[name]
    with pytest.raises(pixnb.ServiceUnavailable, match=words):
        pixnb.Client(**FakeApiframe(me=[(200, body)]).options()).balance("apiframe")


def test_a_balance_needs_a_good_key():
    """401 is the key's."""
    service = FakeApiframe(me=[(401, {"error": "Invalid API key"})])
    with pytest.raises(pixnb.InvalidAPIKey, match="APIFRAME_API_KEY"):
        pixnb.Client(**service.options()).balance("apiframe")


def test_what_apiframe_does():
    """Uploads, and repeats under one key; media go as URLs."""
    assert (WIRE.takes_files, WIRE.repeats_lost_submits) == (False, True)
    assert WIRE.takes_uploads(target("apiframe"))
    assert (WIRE.poll.low, WIRE.poll.high) == (5.0, 10.0)
    file = Attachment(io.BytesIO(b"clip"), 4, "video/mp4", "input.mp4")
    assert WIRE.upload(target("apiframe", "https://api.apiframe.ai"), file).url == "https://api.apiframe.ai/v2/uploads"
