"""The exact bytes of every kind of request, as a raw socket receives them: a GET is a GET, redirected or not."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from fake_server import BareServer
from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience
from pixnb.http.client import make_http
from pixnb.http.failures import UNANSWERED
from pixnb.http.transport import ExactTransport
from pixnb.media.store import Store

KEY = "very-secret-key"


class Service:
    """Answers any request by its path: `answers[path]` is (status, headers, body); else the three services' own."""

    def __init__(self, routes):
        self.routes = routes
        self.requests = []

    def __call__(self, connection, method):
        raw = self.server.heads[-1]
        self.requests.append(raw)
        path = raw.split(b" ", 2)[1].decode()
        status, headers, body = self.routes.get(path) or self.routes["*"]
        head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        return True

    def named(self, method, path):
        """Return the one request that was made of a path: its head, and its fields in small letters."""
        found = [raw for raw in self.requests if raw.startswith(f"{method} {path} ".encode())]
        assert len(found) == 1, [raw.split(b"\r\n")[0] for raw in self.requests]
        lines = found[0].decode().split("\r\n")[1:]
        return dict(re.split(": ?", line.lower(), maxsplit=1) for line in lines)


def serve(routes):
    """Run a `Service` on a bare socket."""
    service = Service(routes)
    server = BareServer(service)
    service.server = server
    return server, service


def json_body(**data):
    return 200, ["Content-Type: application/json"], json.dumps(data).encode()


def moved(to):
    return 302, [f"Location: {to}"], b""


def all_is_a_request(service):
    """Nothing came that is no request line: a stray body is read as the next one's first line."""
    for raw in service.requests:
        assert re.fullmatch(rb"(GET|POST) /\S* HTTP/1\.1", raw.split(b"\r\n")[0]), raw


def plain_get(fields, *more):
    """A GET carries these fields, no body and nothing that says that there is one."""
    assert set(fields) == {"host", "accept", "user-agent", *more}


def client_of(provider, url, store):
    return pixnb.Client(
        keys={provider: KEY}, base_urls={provider: url}, sandbox=False, store=store, patience=Patience(pause=0.02)
    )


@pytest.fixture
def store(tmp_path):
    return Store(str(tmp_path / "assets"))


def test_pixazo(store):
    """A submit, a poll that is sent on within the host, a result whose link moves twice, once to another origin."""
    other, cdn = serve({"*": (200, ["Content-Type: video/mp4"], tiny_clip())})
    with other:
        server, service = serve({
            "/ltx-2-3-text-to-video/v1/ltx-2-3-text-to-video-request": json_body(request_id="j", status="QUEUED"),
            "/v2/requests/status/j": moved("/moved/status"),
            "/moved/status": json_body(request_id="j", status="COMPLETED", output={"media_url": ["URL/clip"]}),
            "/clip": moved("/near.mp4"),
            "/near.mp4": moved(f"{other.url}/far.mp4"),
            "*": (404, [], b""),
        })  # fmt: skip
        status, headers, body = service.routes["/moved/status"]
        service.routes["/moved/status"] = (status, headers, body.replace(b"URL", server.url.encode()))
        with server:
            result = client_of("pixazo", server.url, store).run("ltx-2.3-text-to-video", prompt="a")
            assert result.video.bytes() == tiny_clip()
    all_is_a_request(service)
    all_is_a_request(cdn)
    post = service.named("POST", "/ltx-2-3-text-to-video/v1/ltx-2-3-text-to-video-request")
    key = "ocp-apim-subscription-key"
    assert set(post) == {"host", "accept", "user-agent", "content-type", "content-length", "cache-control", key}
    plain_get(service.named("GET", "/v2/requests/status/j"), key)
    plain_get(service.named("GET", "/moved/status"), key)
    plain_get(service.named("GET", "/clip"), "accept-encoding")
    plain_get(service.named("GET", "/near.mp4"), "accept-encoding")
    plain_get(cdn.named("GET", "/far.mp4"), "accept-encoding")


def test_decart(store):
    """An input's address that moves, a form with the file, a result with the key that moved elsewhere."""
    other, cdn = serve({"*": (200, ["Content-Type: video/mp4"], tiny_clip())})
    with other:
        server, service = serve({
            "/v1/jobs/lucy-pro-v2v": json_body(job_id="j", status="pending"),
            "/v1/jobs/j": json_body(job_id="j", status="completed"),
            "/v1/jobs/j/content": moved(f"{other.url}/far.mp4"),
            "/": (404, [], b""),
            "*": (404, [], b""),
        })  # fmt: skip
        cdn.routes["/in"] = moved("/in.mp4")
        with server:
            job = client_of("decart", server.url, store).submit(
                "lucy-pro-v2v", prompt="a", video=f"{other.url}/in", extra={"seed": 3}
            )
            assert job.result(timeout=20).video.bytes() == tiny_clip()
    all_is_a_request(service)
    all_is_a_request(cdn)
    post = service.named("POST", "/v1/jobs/lucy-pro-v2v")
    assert set(post) == {"host", "accept", "user-agent", "content-type", "content-length", "x-api-key"}
    plain_get(service.named("GET", "/v1/jobs/j"), "x-api-key")
    plain_get(service.named("GET", "/v1/jobs/j/content"), "x-api-key", "accept-encoding")
    for path in ("/in", "/in.mp4", "/far.mp4"):
        plain_get(cdn.named("GET", path), "accept-encoding")


def test_apiframe(store):
    """An upload, a submit, a result that moved, and the balance."""
    server, service = serve({"*": (404, [], b"")})
    service.routes |= {
        "/v2/uploads": json_body(url=f"{server.url}/kept.mp4"),
        "/v2/videos/edit": json_body(jobId="j", status="QUEUED"),
        "/v2/jobs/j": json_body(jobId="j", status="COMPLETED", result={"videoUrl": f"{server.url}/clip"}),
        "/clip": (307, ["Location: /near.mp4"], b"moved"),
        "/near.mp4": (200, [], tiny_clip()),
        "/v2/me": json_body(team={"credits": 7}),
    }
    with server:
        client = client_of("apiframe", server.url, store)
        job = client.submit("wan-2.7-videoedit", prompt="a", video=tiny_clip(), duration=2)
        assert job.result(timeout=20).video.bytes() == tiny_clip()
        assert client.balance("apiframe").amount == 7
    all_is_a_request(service)
    sent = {"host", "accept", "user-agent", "content-type", "content-length", "x-api-key"}
    assert set(service.named("POST", "/v2/uploads")) == sent
    assert set(service.named("POST", "/v2/videos/edit")) == {*sent, "idempotency-key"}
    plain_get(service.named("GET", "/v2/jobs/j"), "x-api-key")
    plain_get(service.named("GET", "/v2/me"), "x-api-key")
    plain_get(service.named("GET", "/clip"), "accept-encoding")
    plain_get(service.named("GET", "/near.mp4"), "accept-encoding")


@pytest.mark.anyio
@pytest.mark.parametrize("to", ["/loop", "http://[", "//", "javascript:alert(1)", "http://a:b/", ""])
async def test_a_redirect_to_nowhere_is_a_failure_with_a_name(to):
    """A link that turns in circles or names no address is a failure as httpx names it."""
    server, service = serve({"/loop": moved(to), "*": (404, [], b"")})
    with server:
        async with make_http(ExactTransport()) as http:
            with pytest.raises(UNANSWERED):
                await http.send(httpx.Request("GET", f"{server.url}/loop"), follow_redirects=True)
    all_is_a_request(service)


@pytest.mark.anyio
async def test_an_address_with_a_password_is_asked_with_it_and_its_redirect_elsewhere_without():
    """Whatever a user wrote into a link goes to that origin alone."""
    other, cdn = serve({"*": (200, [], b"{}")})
    with other:
        server, service = serve({"/in": moved("/near"), "/near": moved(f"{other.url}/far"), "*": (404, [], b"")})
        with server:
            async with make_http(ExactTransport()) as http:
                url = server.url.replace("://", "://jo:secret@") + "/in"
                await http.send(httpx.Request("GET", url), follow_redirects=True)
    for path in ("/in", "/near"):
        assert service.named("GET", path)["authorization"] == "basic am86c2vjcmv0"
    plain_get(cdn.named("GET", "/far"))
