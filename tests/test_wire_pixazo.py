"""What goes to Pixazo and comes from it is what its pages show. No code is shared with the wire."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import httpx
import pytest
from faces import FACES, options
from fake_service import FakeService, done, said
from odd_answers import answered, target

import pixnb
from pixnb.client.polling import Patience
from pixnb.status import JobStatus
from pixnb.wire import registry as wires
from pixnb.wire.wire import Attachment, Unreadable

GATEWAY = "https://gateway.pixazo.ai"
TEXT = "ltx-2.3-text-to-video"


@pytest.fixture(params=FACES)
def face(request):
    """Make either face talk to a service at the documented address."""
    return lambda service: request.param(**options(service, keys={"pixazo": "a-subscription-key"}, base_urls=None))


def test_a_status_is_asked_for_as_shown(face):
    """`GET /v2/requests/status/{request_id}` with the same key."""
    service = FakeService([(202, {"request_id": "lucy_019d", "status": "QUEUED"})])
    face(service).run(TEXT, prompt="A lake")
    (request,) = service.polls
    assert (request.method, str(request.url)) == ("GET", f"{GATEWAY}/v2/requests/status/lucy_019d")
    assert request.headers["ocp-apim-subscription-key"] == "a-subscription-key"
    assert request.content == b""


@pytest.mark.parametrize("mode", ["terminal", "sync"])
def test_a_callback_goes_as_headers(face, mode):
    """`X-Webhook-URL` and `X-Webhook-Mode`; nothing of it in the body."""
    service = FakeService()
    hook = pixnb.Callback("https://your-server.com/webhook/callback", mode=mode)
    face(service).submit(TEXT, prompt="A lake", callback=hook).cancel()
    (request,) = service.posts
    assert request.headers["x-webhook-url"] == "https://your-server.com/webhook/callback"
    assert request.headers["x-webhook-mode"] == mode
    assert json.loads(request.content) == {"prompt": "A lake"}


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("http://your-server.com/hook", {}),
        ("ftp://your-server.com/hook", {}),
        ("your-server.com/hook", {}),
        ("https://", {}),
        ("https://[", {}),
        ("https://your-server.com/a b", {}),
        ("https://your-server.com/\nX-Evil: 1", {}),
        ("https://sérveur.example/", {}),
        (None, {}),
        ("https://your-server.com/hook", {"mode": "always"}),
        ("https://your-server.com/hook", {"events": "completed"}),
        ("https://your-server.com/hook", {"events": (1,)}),
        ("https://your-server.com/hook", {"events": None}),
    ],
)
def test_a_callback_that_would_be_refused_is_refused_here(url, more):
    """Plain http is rejected by the service, and odd addresses by nobody but us."""
    with pytest.raises(pixnb.InvalidInput, match="Invalid callback"):
        pixnb.Callback(url, **more)


def test_a_callback_that_cannot_work_is_refused_before_anything_leaves(face):
    """On this machine only a sandbox can call it; two ways to say it at once are ambiguous."""
    service = FakeService(sandbox=False)
    client = face(service)
    local, web = pixnb.Callback("http://127.0.0.1:8000/hook"), pixnb.Callback("https://your-server.com/hook")
    events = pixnb.Callback("https://your-server.com/hook", events=("completed",))
    for model, callback, more in (
        (TEXT, local, {}),
        ("ltx-2-pro", web, {"webhook": "https://your-server.com/other"}),
        (TEXT, events, {}),
    ):
        with pytest.raises(pixnb.InvalidInput):
            client.submit(model, prompt="A lake", callback=callback, **more)
    assert service.requests == []


def test_a_callback_on_this_machine_reaches_a_sandbox_at_any_address():
    """`PIXAZO_BASE_URL` may lead to one: its header tells."""
    service = FakeService(links=[(404, "")])
    client = pixnb.Client(**options(service))
    client.submit(TEXT, prompt="A lake", callback=pixnb.Callback("http://localhost:8000/hook")).cancel()
    assert service.posts[0].headers["x-webhook-url"] == "http://localhost:8000/hook"


STATUSES = {
    "QUEUED": JobStatus.QUEUED,
    "PROCESSING": JobStatus.PROCESSING,
    "processing": JobStatus.PROCESSING,
    " Processing ": JobStatus.PROCESSING,
    "COMPLETED": JobStatus.COMPLETED,
    "FAILED": JobStatus.FAILED,
    "ERROR": JobStatus.ERROR,
    "error": JobStatus.ERROR,
    "EXPIRED": JobStatus.FAILED,
    "canceled": JobStatus.FAILED,
}


@pytest.mark.parametrize("word", STATUSES)
def test_status_words_are_read_without_regard_to_case(word):
    """The five of "Status Values", and ends that other services know."""
    output = {"media_url": ["https://cdn.example/out.mp4"]}
    job = refreshed((200, {"status": word, "output": output}))
    assert job.status is STATUSES[word]


def refreshed(poll, **more):
    """Return a job after one status answer."""
    return pixnb.Client(**options(FakeService(polls=[poll], **more))).job("pixazo", "job-1").refresh()


UTC_NOON = datetime(2026, 5, 22, 13, 19, 23, tzinfo=UTC)
TIMES = {
    "2026-05-22T13:19:23Z": UTC_NOON,
    "2026-05-22T13:19:23.110Z": UTC_NOON.replace(microsecond=110_000),
    "2026-05-22 13:19:23": UTC_NOON,
    "2026-05-22T15:19:23+02:00": UTC_NOON,
    "...": None,
    "0001-01-01T00:00:00+14:00": None,
    "": None,
}


@pytest.mark.parametrize("text", TIMES)
def test_times_come_in_several_forms(text):
    """One page shows two of them in one body; without a zone it is UTC."""
    job = refreshed(said("PROCESSING", created_at=text, updated_at=text))
    assert (job.created_at, job.updated_at) == (TIMES[text], TIMES[text])


@pytest.mark.parametrize("value", [None, 1779455963, ["2026"], True])
def test_a_time_that_is_none_is_no_time(value):
    """Also missing altogether."""
    assert refreshed(said("PROCESSING", created_at=value)).created_at is None
    assert refreshed((200, {"status": "PROCESSING"})).updated_at is None


def test_the_documented_answer_is_read_whole():
    """The example of "Callback Payload", word for word but for the clip's address."""
    body = {
        "request_id": "decart-lucy-edit-video-fast-142_019dxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
        "status": "COMPLETED",
        "model_id": "decart-lucy-edit-video-fast-142",
        "error": None,
        "output": {"media_url": ["https://pub-582b.r2.dev/v1/x/output.mp4"], "media_type": "video/mp4"},
        "created_at": "2026-05-22T13:17:32.110Z",
        "updated_at": "2026-05-22 13:19:23",
        "completed_at": "2026-05-22 13:19:23",
    }
    job = refreshed((200, body))
    assert (job.status, job.completed_at) == (JobStatus.COMPLETED, UTC_NOON)
    assert job.result().video.url == "https://pub-582b.r2.dev/v1/x/output.mp4"
    assert job.result().video.media_type == "video/mp4"


OUTPUTS = {
    "declared as bytes": {"media_url": ["https://cdn.example/out.ext"], "media_type": "application/octet-stream"},
    "no type": {"media_url": ["https://cdn.example/out.ext"]},
    "one address": {"media_url": "https://cdn.example/out.ext"},
    "an address alone": "https://cdn.example/out.ext",
    "addresses alone": ["https://cdn.example/out.ext"],
    "odd type": {"media_url": ["https://cdn.example/out.ext"], "media_type": 7},
}


@pytest.mark.parametrize("form", OUTPUTS)
def test_an_output_is_known_by_its_bytes(form):
    """Neither its declared type nor its ending is believed."""
    job = refreshed(said("COMPLETED", output=OUTPUTS[form]))
    assert [media.media_type for media in job.media] == ["video/mp4"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("Description of the error", "Description of the error"),
        ({"message": "no face found", "code": 3}, "no face found"),
        (["first", "second"], "first; second"),
        (None, "no reason was given"),
        ("", "no reason was given"),
        (7, "no reason was given"),
    ],
)
def test_a_reason_is_told_in_any_shape(error, words):
    """The failure's own words are in the error."""
    with pytest.raises(pixnb.JobErrored, match=words):
        refreshed(said("ERROR", error=error)).result()


def test_an_answer_that_is_an_end_already_is_confirmed_by_a_poll(face):
    """A submit's COMPLETED is believed when the status says so, with the file."""
    service = FakeService([(200, {"request_id": "job-1", "status": "COMPLETED"})], polls=[said("PROCESSING"), done()])
    client = face(service)
    job = client.submit(TEXT, prompt="A lake")
    assert not job.status.is_terminal
    assert client.result(job, 10).video


def test_a_sandbox_is_known_by_its_header_only(face):
    """Not by any name; a service without it is none."""
    for sandbox in (True, False):
        service = FakeService(sandbox=sandbox)
        job = face(service).submit(TEXT, prompt="A lake")
        assert job.sandbox is sandbox
        job.cancel()


def test_a_wait_on_a_real_service_begins_after_about_five_seconds():
    """Nothing is asked in the first half second, and all the same the job is known."""
    service = FakeService(sandbox=False)
    job = pixnb.Client(**options(service, patience=Patience())).submit(TEXT, prompt="A lake")
    with pytest.raises(pixnb.JobTimeout):
        job.wait(0.5)
    assert service.polls == []
    assert isinstance(service.posts[0], httpx.Request)
    job.cancel()


WIRE = wires.get("pixazo")


def test_an_upload_goes_to_a_sandbox_only():
    """Pixazo documents none; a sandbox takes the bare bytes, with their length."""
    file = Attachment(io.BytesIO(b"clip"), 4, "video/mp4", "input.mp4")
    request = WIRE.upload(target("pixazo", "https://sandbox.example/pixazo"), file)
    assert (request.read(), str(request.url)) == (b"clip", "https://sandbox.example/pixazo/uploads")
    assert (request.headers["content-length"], request.headers["content-type"]) == ("4", "video/mp4")
    assert [WIRE.takes_uploads(target("pixazo", sandbox=real)) for real in (True, False)] == [True, False]


def test_no_balance_is_documented():
    """It is only in the console."""
    assert pixnb.Client(**options(FakeService())).balance("pixazo") is None
    with pytest.raises(Unreadable):
        WIRE.balance_of(answered(WIRE, 200, {"credits": 3}))
