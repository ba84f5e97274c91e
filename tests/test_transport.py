"""What each failure says about a request, over real sockets: never sent, or its answer lost."""

from __future__ import annotations

import gzip

import httpx
import pytest
from fake_server import (
    OK,
    BareServer,
    answers,
    closed_port,
    full_port,
    hangs_up,
    hangs_up_on_the_second,
    resets,
    stalls,
)

from pixnb.http.client import make_http
from pixnb.http.failures import NEVER_SENT, UNANSWERED
from pixnb.http.transport import ExactTransport

pytestmark = pytest.mark.anyio

KEY = "very-secret-key"
LOST = {
    "hangs up": hangs_up,
    "hangs up on a reused connection": hangs_up_on_the_second,
    "resets": resets,
    "stalls": stalls,
    "garbage": answers(b"\0\1garbage\r\n\r\n"),
    "half a head": answers(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "cut body": answers(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"),
    "cut chunks": answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab"),
    "bad chunks": answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n"),
    "half a gzip": answers(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + gzip.compress(b"{}")[:12]
    ),
    "stalls in the body": lambda connection, method: connection.sendall(OK[:-1]) or stalls(connection, method),
}


@pytest.fixture(params=[ExactTransport, httpx.AsyncHTTPTransport], ids=["aiohttp", "httpx"])
async def http(request):
    """An httpx client over each transport in use."""
    async with make_http(request.param()) as client:
        yield client


def post(url):
    """A submit with a key, and with little patience."""
    request = httpx.Request("POST", url, json={"prompt": "A lake"}, headers={"Ocp-Apim-Subscription-Key": KEY})
    request.extensions["timeout"] = httpx.Timeout(0.3).as_dict()
    return request


async def failure(http, request):
    """Send a request that must fail, and return how."""
    with pytest.raises(UNANSWERED) as caught:
        await http.send(request)
    return caught.value


@pytest.mark.parametrize("behaviour", LOST)
async def test_a_request_that_left_is_lost_and_not_repeated(http, behaviour):
    """Whatever the server does once it has read the POST: it may have taken it, and exactly one POST arrived."""
    with BareServer(LOST[behaviour]) as server:
        await http.send(httpx.Request("GET", server.url)) if "reused" in behaviour else None
        error = await failure(http, post(server.url))
        assert not isinstance(error, NEVER_SENT), f"{type(error).__name__}: {error}"
        assert server.methods.count("POST") == 1
    assert KEY not in spelled_out(error)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}", "https://127.0.0.1:{port}", "http://nowhere.invalid", "ftp://127.0.0.1/x"],
)
async def test_a_connection_that_was_never_made_sent_nothing(http, url):
    """Refused, no such name, not HTTP at all: nothing has left, so sending again is safe."""
    error = await failure(http, post(url.format(port=closed_port())))
    assert isinstance(error, NEVER_SENT), f"{type(error).__name__}: {error}"
    assert KEY not in spelled_out(error)
    assert " ssl:" not in str(error), "an object's address tells a reader nothing"


async def test_a_connection_that_takes_too_long_sent_nothing(http):
    """A machine that does not answer the call has read nothing."""
    with full_port() as port:
        assert isinstance(await failure(http, post(f"http://127.0.0.1:{port}")), NEVER_SENT)


async def test_tls_that_is_none_sent_nothing(http):
    """A handshake that fails ends before the request."""
    with BareServer(answers(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        error = await failure(http, post(server.url.replace("http:", "https:").replace("127.0.0.1", "localhost")))
        assert isinstance(error, NEVER_SENT), f"{type(error).__name__}: {error}"
        assert "POST" not in server.methods


async def test_what_is_right_goes_through(http):
    """An answer is an answer, connections are used again, and no header is added to what was built."""
    with BareServer(answers(OK, stay=True)) as server:
        for _ in range(3):
            assert (await http.send(post(server.url))).json() == {}
        fields = [line.split(b":")[0].lower() for line in server.heads[0].split(b"\r\n")[1:]]
    expected = {b"host", b"content-length", b"content-type", b"ocp-apim-subscription-key", b"user-agent", b"accept"}
    assert set(fields) == expected
    assert len(fields) == len(expected)


async def test_a_reason_phrase_does_not_repeat_the_key(http):
    """Nor does what a debugger shows of the answer."""
    with BareServer(answers(f"HTTP/1.1 418 no {KEY} here\r\nContent-Length: 0\r\n\r\n".encode())) as server:
        response = await http.send(post(server.url))
    assert response.reason_phrase == "no *** here"
    assert KEY not in repr(response)


async def test_a_proxy_is_not_asked_about_this_machine(monkeypatch):
    """The sandbox is reached past any proxy; all else goes to it, and one that is not there sent nothing."""
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    with BareServer(answers(OK)) as server:
        async with make_http(ExactTransport()) as http:
            assert (await http.send(post(server.url))).status_code == 200
            assert isinstance(await failure(http, post("http://nowhere.invalid")), NEVER_SENT)


def spelled_out(error):
    """All that an error and those behind it say, in every form."""
    said = ""
    while error is not None:
        said += f"{error} {error!r} {error.args!r} "
        error = error.__cause__ or error.__context__
    return said
