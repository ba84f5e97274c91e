"""What goes to Decart and comes from it is what its SDK and its API description show."""

from __future__ import annotations

import io
from email import message_from_bytes

import httpx
import pytest
from fake_decart import form_of
from odd_answers import KEY, answered, target

import pixnb
from pixnb.http.client import prepare
from pixnb.providers import get
from pixnb.status import JobStatus
from pixnb.wire import registry as wires
from pixnb.wire.wire import Attachment, Unreadable

WIRE = wires.get("decart")
T2V, V2V = pixnb.models.get("lucy-pro-t2v"), pixnb.models.get("lucy-pro-v2v")


def built(params, model=V2V, **more):
    """Build a submit."""
    options = {"route": model.route, "callback": None, "idempotency_key": "k", **more}
    return WIRE.submit(target("decart"), model, params, **options)


def test_a_form_without_a_file_is_urlencoded():
    """Word for word what the SDK sends."""
    request = built({"prompt": "lake", "seed": 42, "resolution": "1080p", "orientation": "landscape"}, T2V)
    assert request.read() == b"prompt=lake&seed=42&resolution=1080p&orientation=landscape"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (request.method, request.url.path) == ("POST", "/v1/jobs/lucy-pro-t2v")
    assert request.headers.raw[1] == (b"X-API-KEY", KEY.encode())
    assert get("decart").host == "https://api.decart.ai"


VALUES = {
    "true": (True, "True"),
    "false": (False, "False"),
    "int": (4294967295, "4294967295"),
    "zero": (0, "0"),
    "float": (0.5, "0.5"),
    "letters": ("Ein Mädchen & 100 % = „rot“ 🎬\r\n", "Ein Mädchen & 100 % = „rot“ 🎬\r\n"),
    "empty": ("", ""),
    "a list that extra= gave": ([1, {"a": None}], '[1, {"a": null}]'),
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("with_file", [True, False])
def test_values_travel_as_the_sdk_writes_them(value, with_file):
    """Booleans as Python's words, numbers decimal, text in UTF-8, in either kind of form."""
    given, wanted = VALUES[value]
    request = built({"x": given, "none": None, **({"data": attachment(b"clip")} if with_file else {})})
    request.read()
    form = form_of(request)
    assert form["x"].replace("\r\n", "\n") == wanted.replace("\r\n", "\n")
    assert set(form) == ({"x", "data"} if with_file else {"x"})


def attachment(content, name="input.mp4"):
    return Attachment(io.BytesIO(content), len(content), "video/mp4", name)


def test_parts_are_the_sdk_s():
    """A file is named by its field and has no type of its own; words are plain text."""
    request = built({"prompt": "lake", "data": attachment(b"\r\n--clip"), "reference_image": attachment(b"", "x.png")})
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + request.read()).get_payload()
    assert [(part["Content-Disposition"], part["Content-Type"]) for part in parts] == [
        ('form-data; name="prompt"', "text/plain; charset=utf-8"),
        ('form-data; name="data"; filename="data"', "application/octet-stream"),
        ('form-data; name="reference_image"; filename="reference_image"', "application/octet-stream"),
    ]
    assert request.headers["content-length"] == str(len(request.content))


class Counted(io.RawIOBase):
    """A file that is not there: so many zeros, and how much of them was asked for at once."""

    def __init__(self, size):
        self.size, self.place, self.reads = size, 0, []

    def seek(self, offset, whence=0):
        self.place = offset + (self.size if whence == 2 else 0)
        return self.place

    def tell(self):
        return self.place

    def read(self, size=-1):
        self.reads.append(size)
        taken = self.size - self.place if size < 0 else min(size, self.size - self.place)
        self.place += taken
        return bytes(taken)


@pytest.mark.anyio
@pytest.mark.parametrize("provider", ["decart", "apiframe"])
async def test_files_are_streamed_with_a_known_length(provider):
    """Building the request reads nothing; sending reads small pieces; the length is said beforehand."""
    size = 40 << 20
    file = Counted(size)
    given = Attachment(file, size, "video/mp4", "input.mp4")
    wire = wires.get(provider)
    request = built({"prompt": "x", "data": given}) if provider == "decart" else wire.upload(target(provider), given)
    assert file.reads == []
    assert "transfer-encoding" not in request.headers
    sent = 0
    async for chunk in prepare(request).stream:
        sent += len(chunk)
        assert len(chunk) < 2 << 20
    assert sent == int(request.headers["content-length"]) > size
    assert min(file.reads) > 0
    assert max(file.reads) <= 1 << 20


def test_a_callback_is_refused():
    """There is no webhook, and nobody is to wait for one."""
    with pytest.raises(pixnb.InvalidInput, match="decart documents no webhook"):
        built({"prompt": "x"}, callback=pixnb.Callback("https://your-server.com/hook"))


STATUSES = {
    "pending": JobStatus.QUEUED,
    "processing": JobStatus.PROCESSING,
    "completed": JobStatus.COMPLETED,
    "failed": JobStatus.FAILED,
    " Completed ": JobStatus.COMPLETED,
    "PENDING": JobStatus.QUEUED,
    "cancelled": JobStatus.CANCELLED,
    "warming_up": None,
    "erfüllt": None,
}


@pytest.mark.parametrize("word", STATUSES)
def test_status_words_are_read_without_regard_to_case(word):
    """The four documented ones; what is not known is None, and polling goes on."""
    update = WIRE.update(answered(WIRE, 200, {"job_id": "job-1", "status": word, "queue_position": 3}))
    assert (update.status, update.word) == (STATUSES[word], word.strip())
    assert bool(update.outputs) is (update.status is JobStatus.COMPLETED)
    assert (update.progress, update.cost) == (None, None)


@pytest.mark.parametrize("word", STATUSES)
def test_an_accepted_job_is_never_over(word):
    """An end that the answer to a submit tells of is left to the first poll."""
    accepted = WIRE.accepted(answered(WIRE, 200, {"job_id": "job-1", "status": word}))
    assert accepted.job_id == "job-1"
    assert not accepted.status.is_terminal


def test_a_result_lies_beside_the_status_and_needs_the_key():
    """`GET /v1/jobs/{id}/content`, at the address that was asked, whatever it names itself."""
    for path in ("/decart/v1/jobs/a%2Fb", "/decart/v1/jobs/a%2Fb/?x=1"):
        (output,) = WIRE.update(answered(WIRE, 200, {"job_id": "other", "status": "completed"}, path)).outputs
        assert output.url == "https://service.example/decart/v1/jobs/a%2Fb/content"
        assert output.private


def test_a_status_is_asked_for_with_the_key():
    """An id cannot lead elsewhere; a polling URL is not known here and not followed."""
    request = WIRE.status(target("decart", "https://api.decart.ai"), "../me?x", "https://evil.example/")
    assert str(request.url) == "https://api.decart.ai/v1/jobs/..%2Fme%3Fx"
    assert request.headers["x-api-key"] == KEY


def test_a_failure_says_what_there_is():
    """No reason is documented; one that comes all the same is told."""
    said = [{}, {"error": "GPU on fire"}, {"message": f"key {KEY} is odd"}]
    errors = [WIRE.update(answered(WIRE, 200, {"status": "failed", **more})).error for more in said]
    assert errors[0].startswith("no reason was given")
    assert errors[1:] == ["GPU on fire", "key *** is odd"]
    cancelled = WIRE.update(answered(WIRE, 200, {"status": "canceled"}))
    assert "Whether it is charged is not documented" in cancelled.error


DETAILS = {
    "key": ([{"loc": ["header", "x-api-key"], "msg": "Field required", "type": "missing"}], pixnb.InvalidAPIKey),
    "key, capitals": ([{"loc": ["header", "X-API-KEY"], "msg": "Bad", "type": "value_error"}], pixnb.InvalidAPIKey),
    "prompt": (
        [{"loc": ["body", "prompt"], "msg": "too long", "type": "x", "input": "the x-api-key of my heart"}],
        pixnb.InvalidInput,
    ),
    "two": (
        [{"loc": ["body", "seed"], "msg": "a"}, {"loc": ["body", "reference_image", 0], "msg": "b"}],
        pixnb.InvalidInput,
    ),
    "text": ("x-api-key", pixnb.InvalidInput),
    "odd": ([None, 7, {"loc": "x-api-key", "msg": "m"}, {"loc": []}], pixnb.InvalidInput),
}


@pytest.mark.parametrize("name", DETAILS)
def test_422_names_the_field_or_the_key(name):
    """`{"detail": [{loc, msg, type}]}`: about the header it is the key; a prompt may say anything."""
    detail, kind = DETAILS[name]
    error = WIRE.refusal(answered(WIRE, 422, {"detail": detail}), model="lucy-pro-t2v", job_id=None)
    assert type(error) is kind
    wanted = {"prompt": "prompt: too long", "two": "seed: a; reference_image.0: b", "key": "x-api-key: Field required"}
    assert wanted.get(name, "") in error.message


def test_files_above_the_limit_are_refused():
    """200 MB, as the pages of the newer models say; in words that name it."""
    assert WIRE.file_problem("video/mp4", 200 << 20) is None
    assert "200 MB" in WIRE.file_problem("video/mp4", (200 << 20) + 1)


def test_what_decart_does_not_do():
    """No uploads, no balance, no repeats."""
    assert not WIRE.takes_uploads(target("decart", sandbox=True))
    with pytest.raises(pixnb.InvalidInput, match="takes no uploads"):
        WIRE.upload(target("decart"), attachment(b""))
    assert WIRE.balance(target("decart")) is None
    with pytest.raises(Unreadable):
        WIRE.balance_of(answered(WIRE, 200, {}))
    with pytest.raises(Unreadable):
        WIRE.uploaded(answered(WIRE, 200, {}))
    assert (WIRE.takes_files, WIRE.repeats_lost_submits) == (True, False)


def test_the_model_s_route_is_the_caller_s():
    """Jobs, or the one that answers with bytes."""
    request = built({"prompt": "x"}, V2V, route=V2V.process_route)
    assert request.url.path == "/v1/generate/lucy-pro-v2v"
    assert isinstance(request, httpx.Request)
