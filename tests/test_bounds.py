"""No answer holds us, fills us or crashes us: sizes, packing, drips, redirects, and who waits behind them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import time
import tracemalloc
import zlib

import pytest
from fake_server import BareServer, answers

import pixnb
from pixnb.errors import OutputUnavailable
from pixnb.http import httpx
from pixnb.http.bounds import Bounds
from pixnb.http.client import make_http
from pixnb.http.failures import UNANSWERED
from pixnb.http.transport import ExactTransport
from pixnb.media.download import Slots, download
from pixnb.media.store import Store

pytestmark = pytest.mark.anyio
SMALL = Bounds(size=100_000, seconds=1.0)


@pytest.fixture(params=[ExactTransport, httpx.AsyncHTTPTransport], ids=["aiohttp", "httpx"])
async def http(request):
    """A client with small bounds, over each transport in use."""
    async with make_http(request.param(), SMALL) as client:
        yield client


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def head(*lines, length=None):
    fields = [*lines, *([f"Content-Length: {length}"] if length is not None else ["Connection: close"])]
    return ("\r\n".join(["HTTP/1.1 200 OK", *fields]) + "\r\n\r\n").encode()


def packed(coding, body):
    return head(f"Content-Encoding: {coding}", length=len(body)) + body


TEXT = b'{"request_id": "job-1"}'
READABLE = {
    "gzip": packed("gzip", gzip.compress(TEXT)),
    "x-gzip in capitals": packed("X-GZIP", gzip.compress(TEXT)),
    "two gzips": packed("gzip", gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:])),
    "zlib": packed("deflate", zlib.compress(TEXT)),
    "raw deflate": packed("deflate", raw_deflate(TEXT)),
    "said to be gzip": packed("gzip", TEXT),
    "said to be deflate": packed("deflate", TEXT),
    "never asked for": packed("br", TEXT),
    "no such coding": packed("x", TEXT),
    "many layers": packed(",".join(["gzip"] * 200), TEXT),
    "empty": head("Content-Encoding: gzip", length=0),
}


@pytest.mark.parametrize("kind", READABLE)
async def test_packed_answers_are_read(kind, http):
    """Also those whose packing is none: the answer may name a paid job."""
    with BareServer(answers(READABLE[kind])) as server:
        response = await http.send(httpx.Request("GET", server.url))
    assert response.content == (b"" if kind == "empty" else TEXT)


ZEROS = 60_000_000  # thrice what may be taken

ENDLESS = {  # made where they are sent: a bomb takes a while to pack
    "gzip bomb": lambda: packed("gzip", gzip.compress(bytes(ZEROS))),
    "zlib bomb": lambda: packed("deflate", zlib.compress(bytes(ZEROS))),
    "deflate bomb": lambda: packed("deflate", raw_deflate(bytes(ZEROS))),
    "many gzips": lambda: packed("gzip", gzip.compress(bytes(1_000_000)) * 60),
    "large": lambda: head(length=10_000_000) + bytes(10_000_000),
    "large, no length": lambda: head() + bytes(10_000_000),
    "chunked": lambda: (
        head("Transfer-Encoding: chunked", length=None) + (b"10000\r\n" + bytes(0x10000) + b"\r\n") * 100
    ),
    "headers": lambda: b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 1_000_000,
    "one header": lambda: b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 10_000_000,
    "status line": lambda: b"HTTP/1.1 200 " + b"b" * 10_000_000,
    "half a gzip": lambda: packed("gzip", gzip.compress(TEXT)[:-9]),
    "a gzip with a broken middle": lambda: packed("gzip", gzip.compress(TEXT)[:12] + b"\xff" * 30),
}


@pytest.mark.parametrize("kind", ENDLESS)
async def test_what_is_too_much_ends_and_takes_no_memory(kind, http):
    """Bombs, endless bodies, endless heads."""
    with BareServer(answers(ENDLESS[kind]())) as server:
        tracemalloc.start()
        with pytest.raises(UNANSWERED):
            await http.send(httpx.Request("POST", server.url, json={}))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 20_000_000


def drips(first):
    def behave(connection, _):
        connection.sendall(first)
        while True:
            connection.sendall(b"\r\n" if first.endswith(b"chunked\r\n") else b"a")
            time.sleep(0.05)

    return behave


DRIPS = {
    "nothing": b"",
    "a status line": b"HTTP/1.1 2",
    "a head": b"HTTP/1.1 200 OK\r\nX-A: ",
    "a body": head(length=10_000),
    "a body without a length": head(),
    "a body of a refusal": b"HTTP/1.1 500 X\r\nContent-Length: 1000\r\n\r\n",
}


@pytest.mark.parametrize("kind", DRIPS)
async def test_what_drips_ends_in_time(kind, http):
    """No byte that comes in time makes the whole of it late."""
    with BareServer(drips(DRIPS[kind])) as server:
        started = time.monotonic()
        with pytest.raises(UNANSWERED):
            await http.send(httpx.Request("POST", server.url, json={}))
    assert time.monotonic() - started < 3


async def test_a_long_upload_is_no_late_answer(http):
    """The bound counts from the end of what was sent."""

    async def body():
        for _ in range(8):
            await asyncio.sleep(0.2)
            yield b"x"

    with BareServer(answers(head(length=2) + b"{}")) as server:
        request = httpx.Request("POST", server.url, content=body(), headers={"Content-Length": "8"})
        assert (await http.send(request)).status_code == 200


async def test_what_a_redirect_says_is_not_read(http):
    """Neither where it is followed nor where it is only looked at."""

    def behave(connection, _):
        if len(server.heads) % 2:
            connection.sendall(b"HTTP/1.1 302 X\r\nLocation: /x\r\nTransfer-Encoding: chunked\r\n\r\n")
            with contextlib.suppress(OSError):
                for _ in range(1000):
                    connection.sendall(b"10000\r\n" + bytes(0x10000) + b"\r\n")
            return False
        connection.sendall(head(length=2) + b"{}")
        return True  # closed now, it might be what the next request is sent on

    with BareServer(behave) as server:
        request = httpx.Request("GET", server.url)
        assert (await http.send(request, follow_redirects=True)).json() == {}
        looked_at = await http.send(httpx.Request("GET", server.url))
    assert looked_at.status_code == 302
    assert looked_at.content == b""


ODD_PLACES = [
    "http://[::1",
    "http://xn--/",
    "http://\u2100.example/",
    "//",
    "http://127.0.0.1:99999/",
    "file:///etc/passwd",
    "data:text/html,x",
    "javascript:alert(1)",
    "http://a b/",
    "/" + "a" * 70_000,
    "http://%00/",
    "\\\\x",
]


@pytest.mark.parametrize("place", ODD_PLACES)
async def test_redirects_to_odd_places(place, http):
    """They end in an answer or in one of the documented faults."""
    moved = f"HTTP/1.1 302 X\r\nLocation: {place}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    with BareServer(answers(moved)) as server, contextlib.suppress(*UNANSWERED):
        await http.send(httpx.Request("GET", server.url), follow_redirects=True)


GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""One pixel."""


@contextlib.contextmanager
def media_server():
    """Serves a picture at /good, and one byte at a time at any other path."""

    def behave(connection, _):
        if server.heads[-1].startswith(b"GET /good"):
            connection.sendall(head(length=len(GIF)) + GIF)
            return False
        connection.sendall(head(length=1_000_000))
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    with BareServer(behave) as server:
        yield server


async def test_slow_downloads_let_others_go_first(tmp_path):
    """A slot that drips is given back; the next file is there long before the slow one."""
    store, slots = Store(str(tmp_path)), Slots(2)
    async with make_http(ExactTransport()) as http:
        with media_server() as server:
            slow = [asyncio.create_task(download(http, store, f"{server.url}/{n}", slots=slots)) for n in range(2)]
            await asyncio.sleep(0.2)
            started = time.monotonic()
            asset = await download(http, store, f"{server.url}/good", slots=slots)
            assert asset.media_type == "image/gif"
            assert time.monotonic() - started < 4
            assert not any(task.done() for task in slow)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_there_is_room_for_a_number_of_slow_ones_only(tmp_path):
    """Above that they are ended as too slow, and their connections with them."""
    slots = Slots(1, beside=0)
    async with make_http(ExactTransport()) as http:
        with media_server() as server:
            with pytest.raises(httpx.ReadTimeout, match="too slowly"):
                async with slots.lend(lambda: 0):
                    await asyncio.sleep(10)
            asset = await download(http, Store(str(tmp_path)), f"{server.url}/good", slots=slots)
    assert asset.size == len(GIF)


@pytest.mark.parametrize("length", [None, 3_000_000])
async def test_a_file_has_a_largest_size(length, tmp_path, monkeypatch):
    """PIXNB_MAX_MEDIA, for results, inputs and links; announced or not."""
    monkeypatch.setenv("PIXNB_MAX_MEDIA", "2 MB")
    with BareServer(answers(head(length=length) + b"GIF89a" + bytes(3_000_000))) as server:
        async with make_http(ExactTransport()) as http:
            with pytest.raises(OutputUnavailable, match="PIXNB_MAX_MEDIA"):
                await download(http, Store(str(tmp_path)), server.url)
        with pytest.raises(OutputUnavailable, match="PIXNB_MAX_MEDIA"):
            await asyncio.to_thread(pixnb.Media(server.url).bytes)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
