"""A key that an answer repeats, wherever it does, is shown nowhere: over every wire that there is."""

from __future__ import annotations

import base64
import html
import json
import logging
from urllib.parse import quote

import httpx
import pytest
from faces import QUICK
from fake_server import BareServer, answers
from sampling import sampled
from served import tiny_clip
from test_settings import spelled_out

import pixnb
from pixnb import providers
from pixnb.http.secrets import without_key
from pixnb.wire import registry as wires

KEY = "k3y/of+ONE&only=9"
FORMS = {
    "bare": KEY,
    "with its scheme": f"Bearer {KEY}",
    "of a URL": quote(KEY, safe=""),
    "of a URL, every letter": "".join(f"%{ord(letter):02x}" for letter in KEY),
    "of HTML": html.escape(KEY),
    "of HTML, by number": "".join(f"&#{ord(letter)};" for letter in KEY),
    "of HTML, by hexadecimal number": "".join(f"&#X{ord(letter):X};" for letter in KEY),
    "of JSON": KEY.replace("/", "\\/"),
    "of JSON, every letter": "".join(f"\\u{ord(letter):04X}" for letter in KEY),
    "of base64": base64.b64encode(KEY.encode()).decode(),
    "of base64, with others": base64.b64encode(f"user:{KEY}\n".encode()).decode(),
    "of base64 for URLs": base64.urlsafe_b64encode(f"u:{KEY}".encode()).decode(),
}
ALSO = {KEY, *FORMS.values(), base64.b64encode(f"u{KEY}".encode()).decode()[2:-2]}
IDS = {"request_id": "job-1", "job_id": "job-1", "jobId": "job-1", "id": "job-1"}
ACCEPTED = (200, {**IDS, "status": "queued"})


def ended(status, error=None, url=None):
    """Say of a job how it ended, in the words of every service."""
    output = {"media_url": [url] if url else [], "media_type": f"video/{KEY}"}
    result = {"videoUrl": url} if url else None
    return 200, {**IDS, "status": status, "error": error, "message": error, "output": output, "result": result}


def refused(status, body=b"", reason=b"No", **headers):
    """Answer a submit with anything."""
    return [(status, body, headers, reason)], []


REPEATED = {
    "refusal": refused(402, {"error": f"no funds for {KEY}, said {FORMS['of a URL']}"}),
    "text with its scheme": refused(400, f"bad Bearer {KEY}".encode()),
    "name of a field": refused(422, {"error": "Bad", "details": {KEY: [KEY], "x": {KEY: KEY}}}),
    "at the cut": refused(403, ("x" * 290 + KEY + "y" * 1700 + KEY).encode()),
    "HTML": refused(401, f"<html><title>bad {html.escape(KEY)}</title>{KEY}</html>".encode()),
    "reason phrase": refused(401, reason=f"Bad key {KEY}".encode()),
    "Retry-After": refused(429, {"error": KEY}, **{"Retry-After": "99", "X-Key": KEY}),
    "redirect": refused(302, KEY.encode(), location=f"https://x.example/{KEY}?key={quote(KEY, safe='')}"),
    "content type": refused(200, b"[]", **{"content-type": f"text/{KEY}"}),
    "lost": refused(500, {"error": KEY}, reason=KEY.encode()),
    "id": ([(200, dict.fromkeys(IDS, f"x-{KEY}") | {"status": "queued"})], [(404, {"error": KEY})]),
    "failed": ([ACCEPTED], [ended("FAILED", f"no funds for {KEY}")]),
    "failed, bearer": ([ACCEPTED], [ended("failed", {"message": f"no funds for Bearer {KEY}"})]),
    "error": ([ACCEPTED], [ended("ERROR", f"broke at {KEY}")]),
    "cancelled": ([ACCEPTED], [ended("cancelled", f"because of {KEY}")]),
    "status word": ([ACCEPTED], [ended(f"warm {KEY}"), ended("FAILED", "so")]),
    "poll refused": ([ACCEPTED], [(401, {"error": KEY}, {}, KEY.encode())]),
    "poll redirected": ([ACCEPTED], [(307, b"", {"location": f"https://x.example/{KEY}"}), ended("failed", KEY)]),
    "link": ([ACCEPTED], [ended("completed", url=f"https://cdn.example/{KEY}.mp4?key={quote(KEY, safe='')}")]),
    "link is a page": ([ACCEPTED], [ended("completed", url=f"https://cdn.example/page?key={KEY}")]),
    "no link": ([ACCEPTED], [ended("completed", KEY)]),
    "polling_url": (
        [(200, {**ACCEPTED[1], "polling_url": f"https://gateway.pixazo.ai/{KEY}"})],
        [ended("failed", KEY)],
    ),
}


QUICKLY = [
    "refusal",
    "name of a field",
    "at the cut",
    "HTML",
    "redirect",
    "lost",
    "id",
    "failed",
    "link",
    "polling_url",
]


class Parrot:
    """A service of any kind that answers from a script."""

    def __init__(self, submits, polls):
        self.submits, self.polls = list(submits), list(polls)

    def __call__(self, request):
        if request.url.host == "cdn.example" or request.url.path.endswith("/content"):
            page = "page" in str(request.url)
            return httpx.Response(200, content=b"<p>moved</p>" if page else tiny_clip())
        script = self.submits if request.method == "POST" else self.polls
        answer = script.pop(0) if len(script) > 1 else script[0]
        status, body, headers, reason = (*answer, *({}, b"")[len(answer) - 2 :])
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        extensions = {"reason_phrase": reason} if reason else {}
        return httpx.Response(status, content=content, headers=headers, extensions=extensions)


def a_request(provider):
    """Give a model of a service that needs no file, and params for it."""
    for model in pixnb.models.search(provider=provider):
        media = set(model.inputs.values())
        fields = model.params.model_fields
        needed = {name for name, field in fields.items() if field.is_required()}
        if model.route and needed <= {"prompt", *media}:
            if wires.get(provider).takes_files and needed & media:
                continue
            return model, {name: "https://x.example/a.mp4" if name in media else "A lake" for name in needed}
    raise AssertionError(f"no model of {provider} fits")


def shown_of(exp, run):
    """All that can be seen of a run: texts, pages, its row, and the bytes of every file of the log."""
    yield from (repr(run), str(run), json.dumps(run._repr_mimebundle_(), default=str))
    frame = exp.frame()
    yield from (frame.to_csv(), frame.to_html(), json.dumps(exp._repr_mimebundle_(), default=str))
    yield json.dumps(exp.compare()._repr_mimebundle_(), default=str)
    if run.error is not None:
        yield spelled_out(run.error)
    for job in exp.runs:
        yield f"{vars(job)!r}"


def tried(exp, model, params):
    """Submit, wait and ask again; what was raised on the way."""
    for act in (lambda: exp.submit(model, **params).result(3), lambda: exp.runs[0].refresh(), exp.resume):
        try:
            act()
        except (pixnb.PixnbError, IndexError) as error:
            yield spelled_out(error)


@pytest.mark.parametrize("place", sampled(REPEATED, QUICKLY))
@pytest.mark.parametrize("provider", providers.names())
def test_a_repeated_key_is_shown_nowhere(provider, place, tmp_path, caplog, recwarn, capfd):
    """Not in a message, a repr, the frame, a page, a log line or the bytes of the log."""
    caplog.set_level(logging.DEBUG)
    if place == "lost" and wires.get(provider).repeats_lost_submits:
        pytest.skip("repeated for half a minute; the same words as elsewhere")
    model, params = a_request(provider)
    transport = httpx.MockTransport(Parrot(*REPEATED[place]))
    client = pixnb.Client(keys={provider: KEY}, sandbox=False, transport=transport, patience=QUICK)
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = pixnb.Experiment("keys", log=log, client=client)
        shown = list(tried(exp, model, params))
        shown += [text for run in exp.runs for text in shown_of(exp, run)]
    assert shown
    shown += [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    shown += [caplog.text, *(str(one.message) for one in recwarn), *capfd.readouterr()]
    leaks = [(form, text[max(0, text.find(form) - 80) :][:200]) for text in shown for form in ALSO if form in text]
    assert leaks == []


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("provider", providers.names())
def test_a_key_is_known_in_any_writing(provider, form):
    """In words, JSON, HTML or the reason of a failure, however the service writes it."""
    wire = wires.get(provider)
    target = pixnb.Client(keys={provider: KEY}, sandbox=False).engine.targets.get(provider)
    asked = wire.status(target, "job-1", None)
    said = [{"error": f"bad {form}"}, [f"bad {form}"], {"detail": {"message": form}, "details": {form: [form]}}]
    bodies = [form, f"<html><p>{form}", f'{{"error": "{form}"}}', *map(json.dumps, said)]
    for body in bodies:
        for status in (400, 401, 402, 422, 500):
            error = wire.refusal(httpx.Response(status, content=body, request=asked), model="m", job_id=None)
            assert "***" in error.message
            assert [one for one in ALSO if one in spelled_out(error)] == []
    update = wire.update(httpx.Response(200, json=ended("failed", f"bad {form}")[1], request=asked))
    assert "***" in update.error
    assert [one for one in ALSO if one in repr(update)] == []


BARE = {
    "status line": b"HTTP/1.1 2x0 KEY\r\n\r\n",
    "no HTTP": b"KEY KEY KEY\r\n\r\n",
    "header": b"HTTP/1.1 200 OK\r\nKEY\r\n\r\n",
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: KEY\r\n\r\n",
    "encoding": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 17\r\n\r\nKEY",
    "reason": b"HTTP/1.1 400 Bad KEY\r\nContent-Length: 0\r\n\r\n",
    "charset": b"HTTP/1.1 400 No\r\nContent-Type: text/plain; charset=KEY\r\nContent-Length: 17\r\n\r\nKEY",
    "location": b"HTTP/1.1 301 No\r\nLocation: http://KEY:KEY\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("place", BARE)
@pytest.mark.parametrize("provider", providers.names())
def test_a_key_in_an_answer_that_is_no_http_is_shown_nowhere(provider, place, caplog):
    """Over a real socket: what the library says of it holds no key either."""
    caplog.set_level(logging.DEBUG)
    with BareServer(answers(BARE[place].replace(b"KEY", KEY.encode()))) as server:
        client = pixnb.Client(keys={provider: KEY}, base_urls={provider: server.url}, sandbox=False)
        shown = []
        for ask in (client.job(provider, "job-1").refresh, lambda: client.balance(provider)):
            try:
                ask()
            except pixnb.PixnbError as error:
                shown.append(spelled_out(error))
    assert shown
    assert [text for text in (*shown, caplog.text) if KEY in text] == []


@pytest.mark.parametrize(
    "value",
    ["{key}", "Bearer {key}", "Key {key}", 'Token token="{key}"', "session={key}; Path=/", "AK:{key}", "{login}"],
)
def test_the_bare_key_is_found_in_any_header(value):
    """Whatever stands before and behind it, and in the login of Basic."""
    key = "plain-key-of-24-letters"
    login = "Basic " + base64.b64encode(f"ann:{key}".encode()).decode()
    asked = httpx.Request("GET", "https://x.example", headers={"Authorization": value.format(key=key, login=login)})
    assert key not in without_key(f"no funds for {key}.", asked)


def test_short_words_are_taken_out_of_prose_only():
    """A nonsense key such as `v1` must not break the addresses that a service gives."""
    asked = httpx.Request("GET", "https://x.example", headers={"X-API-Key": "v1"})
    assert without_key("bad key v1", asked) == "bad key ***"
    assert without_key("https://x.example/v1/jobs", asked, prose=False) == "https://x.example/v1/jobs"


@pytest.mark.parametrize("provider", providers.names())
def test_a_wire_sends_its_key_where_its_service_says(provider):
    """In the headers that the list names, and in nothing else."""
    service = providers.get(provider)
    model, params = a_request(provider)
    target = pixnb.Client(keys={provider: KEY}, sandbox=False).engine.targets.get(provider)
    wire = wires.get(provider)
    built = wire.submit(target, model, params, route=model.route, callback=None, idempotency_key="k")
    for request in (built, wire.status(target, "job-1", None), wire.balance(target)):
        if request is not None:
            carriers = {name for name, held in request.headers.items() if KEY in held}
            assert carriers == {name.lower() for name in service.key_headers}
            assert KEY not in f"{request.url} {request.read()!r} {request.extensions!r}"
            assert f"{request.url.scheme}://{request.url.host}" == service.host
