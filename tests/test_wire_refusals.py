"""What every wire makes of an answer that is no 2xx, and of a 2xx that says nothing: one class and one line each."""

from __future__ import annotations

import pytest
from odd_answers import ECHOES, KEY, ODD_BODIES, SILENT, UNREADABLE, answered

import pixnb
from pixnb.providers import names
from pixnb.wire import registry as wires
from pixnb.wire.wire import Unreadable

SAME = {
    400: (pixnb.InvalidInput, "INVALID_INPUT", "Correct the parameters"),
    401: (pixnb.InvalidAPIKey, "INVALID_API_KEY", "{key}"),
    402: (pixnb.InsufficientBalance, "INSUFFICIENT_BALANCE", "Add funds"),
    403: (pixnb.Forbidden, "FORBIDDEN", "plan and permissions"),
    404: (pixnb.ModelNotFound, "MODEL_NOT_FOUND", "pixnb.models"),
    413: (pixnb.InvalidInput, "INVALID_INPUT", "Correct the parameters"),
    415: (pixnb.InvalidInput, "INVALID_INPUT", "Correct the parameters"),
    418: (pixnb.PixnbError, "ERROR", "console of {provider}"),
    422: (pixnb.InvalidInput, "INVALID_INPUT", "Correct the parameters"),
    429: (pixnb.RateLimited, "RATE_LIMITED", "Wait a little"),
    500: (pixnb.ServiceUnavailable, "SERVICE_UNAVAILABLE", "later"),
    502: (pixnb.ServiceUnavailable, "SERVICE_UNAVAILABLE", "later"),
    503: (pixnb.ServiceUnavailable, "SERVICE_UNAVAILABLE", "Submit again later"),
}
OWN = {
    "pixazo": {409: (pixnb.PixnbError, "ERROR", "console of pixazo")},
    # which code a bad key has is not documented; all that has no other word is PROCESSING_ERROR in its SDK
    "decart": {
        403: (pixnb.InvalidAPIKey, "INVALID_API_KEY", "DECART_API_KEY"),
        405: (pixnb.PixnbError, "PROCESSING_ERROR", "console of decart"),
        409: (pixnb.PixnbError, "PROCESSING_ERROR", "console of decart"),
        418: (pixnb.PixnbError, "PROCESSING_ERROR", "console of decart"),
    },
    "apiframe": {409: (pixnb.InvalidInput, "INVALID_INPUT", "Its Idempotency-Key belongs to an earlier submit")},
}
CODES = {provider: {**SAME, **own} for provider, own in OWN.items()}
EACH = pytest.mark.parametrize("provider", names())


def refused(provider, status, body, *, model="m", job_id=None):
    """Read a refusal."""
    wire = wires.get(provider)
    return wire.refusal(answered(wire, status, body), model=model, job_id=job_id)


@pytest.mark.parametrize("body", [*ODD_BODIES, *SILENT])
@EACH
def test_the_class_comes_from_the_code_and_the_words_from_any_body(provider, body):
    """HTML, text, lists, nested details or nothing, under every code: one line, which says what to do."""
    content, words = ODD_BODIES[body] if body in ODD_BODIES else (SILENT[body], "")
    for status, (kind, code, advice) in CODES[provider].items():
        error = refused(provider, status, content)
        assert (type(error), error.code, error.status_code, error.provider) == (kind, code, status, provider)
        assert error.message.startswith(f"{provider} answered {status}")
        assert words in error.message
        assert advice.format(provider=provider, key=f"{provider.upper()}_API_KEY") in error.message
        assert error.message.isprintable()
        assert "None" not in error.message


@EACH
def test_nothing_there_is_told_apart(provider):
    """404 of a submit is the model's, of a question the job's, of all else the address's."""
    asked = [{"model": "m"}, {"model": None, "job_id": "j"}, {"model": None}]
    errors = [refused(provider, 404, "", **one) for one in asked]
    assert [type(error) for error in errors] == [pixnb.ModelNotFound, pixnb.JobNotFound, pixnb.PixnbError]
    assert "base URL" in errors[2].message


@EACH
def test_a_job_that_is_asked_for_in_vain_is_not_found(provider):
    """Whichever code the service has for an unknown id: Apiframe 400 or 404, the others do not say."""
    for status in (400, 404, 410, 422):
        error = refused(provider, status, {"detail": "Not Found"}, model=None, job_id="job-1")
        assert (type(error), error.job_id) == (pixnb.JobNotFound, "job-1")
        assert "Check the id" in error.message


@pytest.mark.parametrize("body", UNREADABLE)
@EACH
def test_answers_that_tell_nothing_are_unreadable(provider, body):
    """Never an id, a status, an address or credits that are none, whatever type is declared."""
    wire = wires.get(provider)
    for declared in ("application/json", "text/html", ""):
        answer = answered(wire, 200, UNREADABLE[body], headers={"content-type": declared})
        for read in (wire.accepted, wire.update, wire.uploaded, wire.balance_of):
            with pytest.raises(Unreadable):
                read(answer)


@EACH
def test_json_is_read_whatever_type_is_declared(provider):
    """The bytes count, also behind a byte order mark."""
    wire = wires.get(provider)
    body = b'{"job_id": "job-1", "jobId": "job-1", "request_id": "job-1", "status": "processing"}'
    for declared in ("text/html", "video/mp4", "application/json; charset=nonsense", ""):
        for mark in (b"", b"\xef\xbb\xbf "):
            answer = answered(wire, 200, mark + body, headers={"content-type": declared})
            assert wire.accepted(answer).job_id == "job-1"
            assert wire.update(answer).status is pixnb.JobStatus.PROCESSING


@pytest.mark.parametrize("echo", ECHOES)
@EACH
def test_the_key_is_in_no_message(provider, echo):
    """However the service repeats it, in words, JSON, HTML or the reason of a failure."""
    bodies = [
        f"bad {echo}",
        {"error": f"bad {echo}"},
        f"<html><title>bad {echo}</title></html>",
        f'{{"message": "bad {echo}"}}',
        {"detail": [{"loc": ["header", "x"], "msg": f"bad {echo}"}], "details": {echo: [echo]}},
    ]
    for body in bodies:
        for status in (400, 401, 402, 422, 500):
            error = refused(provider, status, body)
            for form in (KEY, *ECHOES):
                assert form not in f"{error} {error.message} {error.body} {error!r}"
            assert "***" in error.message
    wire = wires.get(provider)
    failed = wire.update(answered(wire, 200, {"status": "failed", "error": f"bad {KEY}"}))
    assert KEY not in failed.error
