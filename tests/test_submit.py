"""Rule 2: what is sent again, what never is, and which error says so."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from faces import FACES, options
from fake_server import BareServer, closed_port, hangs_up
from fake_service import ACCEPTED, BASE, FakeService, lost, never_sent

import pixnb
from pixnb.request import Request
from pixnb.status import JobStatus

TEXT = "ltx-2.3-text-to-video"
NOW = {"Retry-After": "0"}


@pytest.fixture(params=FACES)
def face(request):
    """Make either face talk to a service."""
    return lambda service, **more: request.param(**options(service, **more))


def refused(face, *answers):
    """Submit where the service answers like this; return the error and the number of POSTs."""
    service = FakeService(answers)
    with pytest.raises(pixnb.PixnbError) as caught:
        face(service).submit(TEXT, prompt="A lake")
    return caught.value, len(service.posts)


LOST = {
    "dropped": lost,
    "500": (500, {"error": "Internal Server Error"}),
    "502": (502, "<html><title>502 Bad Gateway</title></html>"),
    "504": (504, ""),
    "not json": (202, "<html>Welcome</html>"),
    "no id": (202, {"status": "QUEUED"}),
    "an id of null": (202, {"request_id": None}),
    "a list": (200, ["job-1"]),
    "empty": (202, ""),
    "deep": (202, "[" * 100_000),
    "not utf-8": (202, b"\xff\xfe\xff"),
    "not gzip": (202, b"{}", {"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("answer", LOST)
def test_a_lost_answer_is_not_sent_again(face, answer):
    """The service may have taken the job: SubmitUnconfirmed, one POST, and what to do."""
    error, posts = refused(face, LOST[answer], ACCEPTED)
    assert type(error) is pixnb.SubmitUnconfirmed
    assert posts == 1
    assert "may be billed" in error.message
    assert "client.job('pixazo'" in error.message


@pytest.mark.parametrize("kind", [httpx.ReadTimeout, httpx.WriteTimeout, httpx.WriteError, httpx.RemoteProtocolError])
def test_every_fault_after_the_request_left_is_a_lost_answer(face, kind):
    """A timeout too: nobody knows what became of it."""

    def fail(request):
        raise kind("broke", request=request)

    error, posts = refused(face, fail, ACCEPTED)
    assert (type(error), posts) == (pixnb.SubmitUnconfirmed, 1)


REFUSED = {
    400: (
        pixnb.InvalidInput,
        {"error": "Bad Request", "message": "duration must be one of 6, 8, 10"},
        "must be one of",
    ),
    401: (pixnb.InvalidAPIKey, {"statusCode": 401, "message": "invalid subscription key"}, "PIXAZO_API_KEY"),
    402: (
        pixnb.InsufficientBalance,
        {"error": "Insufficient Balance", "message": "Your wallet is empty."},
        "Add funds",
    ),
    403: (pixnb.Forbidden, "<!DOCTYPE html><html><title>Forbidden &amp; out</title></html>", "Forbidden & out"),
    404: (pixnb.ModelNotFound, "", "pixnb.models"),
    413: (pixnb.InvalidInput, "too large", "too large"),
    422: (pixnb.InvalidInput, {"detail": [{"loc": ["prompt"], "msg": "too long"}]}, "too long"),
    409: (pixnb.PixnbError, {"error": {"message": "conflict"}}, "409: conflict"),
    418: (pixnb.PixnbError, "", "418"),
}


@pytest.mark.parametrize("status", REFUSED)
def test_a_refusal_has_its_class_and_is_final(face, status):
    """The service considered it and said no: one POST, its words, and what to do."""
    kind, body, words = REFUSED[status]
    error, posts = refused(face, (status, body), ACCEPTED)
    assert (type(error), posts) == (kind, 1)
    assert words in error.message
    assert (error.provider, error.status_code) == ("pixazo", status)
    assert str(status) in error.message


def test_a_disabled_model_is_model_not_found(face):
    """Pixazo says so with 400 (https://www.pixazo.ai/models/lucy-edit, "Queue System Errors")."""
    body = {"error": "Model not found", "message": "Model 'ltx-2-3-text-to-video' not found or is disabled"}
    error, posts = refused(face, (400, body))
    assert (type(error), posts) == (pixnb.ModelNotFound, 1)
    assert "not found or is disabled" in error.message


REPEATED = {
    "429": ((429, {"error": "Too Many Requests"}, NOW), pixnb.RateLimited),
    "503": ((503, "", NOW), pixnb.ServiceUnavailable),
}


@pytest.mark.parametrize("answer", REPEATED)
def test_an_unprocessed_submit_is_repeated_three_times(face, answer):
    """429 and 503 say that nothing was taken; after three repeats the error comes."""
    error, posts = refused(face, REPEATED[answer][0])
    assert (type(error), posts) == (REPEATED[answer][1], 4)


@pytest.mark.parametrize("answer", [*(first for first, _ in REPEATED.values()), never_sent])
def test_a_repeat_that_is_taken_is_the_job(face, answer):
    """One trouble that passes is not seen by the caller."""
    service = FakeService([answer, ACCEPTED])
    assert face(service).submit(TEXT, prompt="A lake").id == "job-1"
    assert len(service.posts) == 2
    assert service.posts[0].content == service.posts[1].content


def test_a_repeat_whose_answer_is_lost_is_not_repeated(face):
    """What was known of the first attempt says nothing about the second."""
    error, posts = refused(face, (429, "", NOW), lost, ACCEPTED)
    assert (type(error), posts) == (pixnb.SubmitUnconfirmed, 2)


def test_retry_after_is_kept_in_seconds_and_as_a_date(face):
    """The second POST comes no sooner than was asked."""
    for value in ("1", lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)):
        value = value if isinstance(value, str) else value()
        service, begun = FakeService([(429, "", {"Retry-After": value}), ACCEPTED]), time.monotonic()
        face(service).submit(TEXT, prompt="A lake")
        assert time.monotonic() - begun >= 0.9
        assert len(service.posts) == 2


@pytest.mark.parametrize("seconds", [31, 3600])
@pytest.mark.parametrize("as_date", [False, True])
def test_a_retry_after_beyond_patience_raises_at_once(face, seconds, as_date):
    """Nobody waits half a minute for a submit: the error says how long the service asked for."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds + 1), usegmt=True)
    error, posts = refused(face, (429, "", {"Retry-After": date if as_date else str(seconds)}), ACCEPTED)
    assert (type(error), posts) == (pixnb.RateLimited, 1)
    assert error.retry_after == pytest.approx(seconds, abs=5)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_with_a_key(face, status):
    """A key goes to no other address, not even the same host's."""
    error, posts = refused(face, (status, "", {"Location": f"https://elsewhere.example/x?{status}"}), ACCEPTED)
    assert (type(error), posts) == (pixnb.ServiceUnavailable, 1)
    assert "elsewhere.example" in error.message


def test_the_same_idempotency_key_goes_with_every_attempt(face):
    """One key a run, kept; Pixazo knows none, so none is sent there."""
    service = FakeService([never_sent, ACCEPTED])
    request = Request(TEXT, {"prompt": "A lake"}, idempotency_key="mine")
    assert request.idempotency_key == "mine"
    face(service).submit(TEXT, prompt="A lake", idempotency_key="mine")
    assert all("idempotency-key" not in request.headers for request in service.posts)


def test_only_what_was_set_is_sent(face):
    """Rule 8: the service applies its own defaults; extra goes unchecked."""
    service = FakeService()
    face(service).submit(TEXT, prompt="A lake", fps=None, duration=8, extra={"new_field": [1, {"a": None}]})
    assert json.loads(service.posts[0].content) == {
        "prompt": "A lake",
        "duration": 8,
        "new_field": [1, {"a": None}],
    }


@pytest.mark.parametrize("extra", [{"x": object()}, {"x": float("nan")}, {"x": {1, 2}}])
def test_extra_must_be_json(face, extra):
    """What no request can carry is refused before anything leaves."""
    service = FakeService()
    with pytest.raises(pixnb.InvalidInput, match="extra= must be plain JSON"):
        face(service).submit(TEXT, prompt="A lake", extra=extra)
    assert service.requests == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, f"Invalid inputs for {TEXT}: prompt is required"),
        ({"prompt": ""}, "prompt is empty"),
        ({"prompt": "A lake", "duration": 7}, "duration"),
        ({"prompt": "A lake", "sed": 1}, "sed is not a parameter"),
    ],
)
def test_bad_params_are_refused_before_anything_leaves(face, params, words):
    """Each says which parameter, and nothing is sent."""
    service = FakeService()
    with pytest.raises(pixnb.InvalidInput) as caught:
        face(service).submit(TEXT, **params)
    assert words in caught.value.message
    assert service.requests == []


def test_an_unknown_model_is_refused_before_anything_leaves(face):
    """With the nearest names."""
    service = FakeService()
    with pytest.raises(pixnb.ModelNotFound, match=r"ltx-2\.3-text-to-video"):
        face(service).submit("ltx-2.3-text-to-vidoe", prompt="A lake")
    assert service.requests == []


def test_what_the_record_says_of_each_end(face):
    """The recorder hears SUBMITTING before the POST, then what became of it."""
    heard = []

    class Recorder:
        async def intended(self, work):
            heard.append(("intended", work.standing.status, len(service.posts)))

        async def accepted(self, work):
            heard.append(("accepted", work.standing.status, work.standing.id))

        async def changed(self, work):
            heard.append(("changed", work.standing.status, type(work.standing.error)))

        async def delivered(self, work):
            heard.append(("delivered", work.standing.status, len(work.standing.media)))

    for service in (FakeService([lost]), FakeService([(402, "")]), FakeService()):
        engine = face(service).client.engine
        work = engine.new_work(Request(TEXT, {"prompt": "A lake"}))
        work.recorder = Recorder()
        future = engine.see_through(work, engine.submit(work))
        if future.exception(10) is None:
            pixnb.Job(engine, work).result(10)
    assert heard == [
        ("intended", JobStatus.SUBMITTING, 0),
        ("changed", JobStatus.UNCONFIRMED, pixnb.SubmitUnconfirmed),
        ("intended", JobStatus.SUBMITTING, 0),
        ("changed", JobStatus.ERROR, pixnb.InsufficientBalance),
        ("intended", JobStatus.SUBMITTING, 0),
        ("accepted", JobStatus.QUEUED, "job-1"),
        ("delivered", JobStatus.COMPLETED, 1),
    ]


def test_a_record_that_fails_stops_the_post(face):
    """What cannot be written down is not sent."""

    class Broken:
        async def intended(self, work):
            raise pixnb.LogError("The log is read-only.")

    service = FakeService()
    engine = face(service).client.engine
    work = engine.new_work(Request(TEXT, {"prompt": "A lake"}))
    work.recorder = Broken()
    assert isinstance(engine.see_through(work, engine.submit(work)).exception(10), pixnb.LogError)
    assert (work.standing.status, service.requests) == (JobStatus.PLANNED, [])


def test_a_record_that_fails_after_the_post_loses_no_job(face, caplog):
    """The id could not be written: the job is collected all the same; a lost answer is still called one."""

    class Broken:
        async def intended(self, work):
            pass

        async def accepted(self, work):
            raise pixnb.LogError("The disk is full.")

        changed = accepted

        async def delivered(self, work):
            pass

    for service, kind in ((FakeService(), None), (FakeService([lost]), pixnb.SubmitUnconfirmed)):
        engine = face(service).client.engine
        work = engine.new_work(Request(TEXT, {"prompt": "A lake"}))
        work.recorder = Broken()
        error = engine.see_through(work, engine.submit(work)).exception(10)
        assert type(error) is (kind or type(None))
        if kind is None:
            assert pixnb.Job(engine, work).result(10).video.size
    assert "could not be recorded" in caplog.text


def test_real_sockets_lost(face):
    """Through the transport that users have: the server reads the POST and hangs up; one POST arrives."""
    with BareServer(hangs_up) as server:
        client = face(FakeService(), base_urls={"pixazo": server.url}, transport=None)
        with pytest.raises(pixnb.SubmitUnconfirmed):
            client.submit(TEXT, prompt="A lake")
        assert server.methods == ["POST"]


def test_real_sockets_refused():
    """Nobody listens: the error says where it was tried, after the repeats."""
    url = f"http://127.0.0.1:{closed_port()}"
    with pytest.raises(pixnb.ServiceUnavailable, match=r"could not be reached at 127\.0\.0\.1.*Nothing was sent"):
        pixnb.Client(keys={"pixazo": "k"}, base_urls={"pixazo": url}).submit(TEXT, prompt="A lake")


@pytest.mark.parametrize(
    "url", ["gateway.pixazo.ai", "ftp://x.example", "https://", "https://a:b@x.example", "http://["]
)
def test_a_base_url_that_is_none_is_refused(url, monkeypatch):
    """In the argument and in the variable, before anything is sent."""
    with pytest.raises(pixnb.InvalidInput, match="base_urls"):
        pixnb.Client(keys={"pixazo": "k"}, base_urls={"pixazo": url})
    monkeypatch.setenv("PIXAZO_BASE_URL", url)
    with pytest.raises(pixnb.InvalidInput, match="PIXAZO_BASE_URL"):
        pixnb.Client()


def test_many_submits_at_once_all_arrive_once():
    """Fifty threads, one client: fifty POSTs, fifty jobs."""
    service = FakeService([lambda request: (202, {"request_id": json.loads(request.content)["prompt"]})])
    client = pixnb.Client(**options(service))
    with ThreadPoolExecutor(50) as pool:
        jobs = list(pool.map(lambda n: client.submit(TEXT, prompt=f"job {n}"), range(50)))
    assert sorted(job.id for job in jobs) == sorted(f"job {n}" for n in range(50))
    assert len(service.posts) == 50
    assert len({job.result(10).video.sha256 for job in jobs}) == 1
    assert {str(request.url) for request in service.posts} == {
        f"{BASE}/ltx-2-3-text-to-video/v1/ltx-2-3-text-to-video-request"
    }
