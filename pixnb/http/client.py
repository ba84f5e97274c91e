"""httpx's client at its leanest: no cookies, no logins of anybody else, redirects without a key, bounded answers."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from typing import Any

from pixnb._version import __version__
from pixnb.http import httpx
from pixnb.http.bounds import Alarm, Bounded, Bounds
from pixnb.http.failures import PLAIN_HEADERS, hide_headers
from pixnb.http.loop import LoopThread
from pixnb.http.transport import ExactTransport

TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=60.0, pool=30.0)
USER_AGENT = f"pixnb/{__version__}"
_MOUTHFUL = 1 << 20
_REDIRECTS = 20


def share_transport(thread: LoopThread) -> httpx.AsyncBaseTransport:
    """Return the transport that everything on a loop shares, so that nobody has to close theirs."""
    if thread.transport is None:
        thread.transport = ExactTransport()
        thread.closers.append(thread.transport.aclose)
    return thread.transport


def make_http(transport: httpx.AsyncBaseTransport, bounds: Bounds | None = None) -> httpx.AsyncClient:
    """Return an httpx client over a transport; redirects are never followed with a key, so not by default."""
    return _LeanClient(transport, bounds or Bounds())


class _LeanClient(httpx.AsyncClient):
    """httpx's client without the steps that nobody here needs on the way to the transport: cookies, auth, hooks.

    They cost as much as the transport itself. A request's extension `bounds` goes before the client's own.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport, bounds: Bounds) -> None:
        headers = {"User-Agent": USER_AGENT}
        super().__init__(transport=transport, timeout=TIMEOUT, headers=headers, follow_redirects=False, trust_env=False)
        self._lean = transport
        self._bounds = bounds

    async def send(
        self, request: httpx.Request, *, stream: bool = False, follow_redirects: Any = False, **options: Any
    ) -> httpx.Response:
        """Send a request, as httpx does; only a GET or HEAD has a `next_request`, which carries no body."""
        prepare(request)
        bounds: Bounds = request.extensions.get("bounds", self._bounds)
        try:
            async with Alarm(bounds.seconds) as alarm:
                if _is_streaming(request):  # it may take as long as it takes; its answer may not
                    request.stream = _Sent(request.stream, alarm, bounds.seconds)
                response = await self._follow(request, follow_redirects is True)
                if not stream:
                    await _read(response, bounds.size)
                return response
        except TimeoutError:
            if not alarm.expired():
                raise
        raise httpx.ReadTimeout(f"no whole answer came within {bounds.seconds:g} s", request=request)

    async def _follow(self, request: httpx.Request, onward: bool) -> httpx.Response:
        for _ in range(_REDIRECTS):
            response = await self._send_once(request)
            if not onward or response.next_request is None:
                return response
            await response.aclose()
            request = response.next_request
        raise httpx.TooManyRedirects(f"{_REDIRECTS} redirects, one after another", request=request)

    async def _send_once(self, request: httpx.Request) -> httpx.Response:
        if request.url.userinfo:  # the address's own; as a header it is known to every transport
            request.headers.setdefault("Authorization", _basic(request.url))
            request.url = request.url.copy_with(userinfo=b"")
        response = await self._lean.handle_async_request(request)
        response.request = request
        phrase = response.reason_phrase
        if phrase and phrase != httpx.codes.get_reason_phrase(
            response.status_code
        ):  # else a traceback with locals has it
            response.extensions["reason_phrase"] = hide_headers(phrase, request).encode("ascii", "replace")
        if response.has_redirect_location and request.method in ("GET", "HEAD"):
            try:
                response.next_request = _redirect(request, response.headers["location"])
            except BaseException:
                await response.aclose()
                raise
        coding = response.headers.get("content-encoding")
        if coding is not None and not response.is_closed:
            del response.headers["content-encoding"]  # else httpx unpacks, without bounds
            response.headers.pop("content-length", None)  # of what is packed
            response.stream = Bounded(response.stream, coding, None)
        return response


async def _read(response: httpx.Response, most: int) -> None:
    if response.is_closed:  # it is all here
        return
    if response.next_request is not None:  # what a redirect says is read by nobody
        await response.stream.aclose()  # type: ignore[union-attr]  # of an async client
        response.stream = httpx.ByteStream(b"")
    else:
        response.stream = Bounded(response.stream, "identity", most)
    try:
        await response.aread()
    finally:
        await response.aclose()


def _redirect(request: httpx.Request, location: str) -> httpx.Request:
    # not httpx's own: with the stream of the first it goes out as if it had a body, which stores refuse
    try:
        url = request.url.join(location)
        if (url.port or 0) > 65535:
            raise ValueError(f"no port {url.port}")
        same = (url.scheme, url.host, url.port) == (request.url.scheme, request.url.host, request.url.port)
        if request.url.fragment and not url.fragment:
            url = url.copy_with(fragment=request.url.fragment)
    except (httpx.InvalidURL, ValueError) as error:
        text = hide_headers(f"a redirect to {location!r}: {error}", request)
        raise httpx.RemoteProtocolError(f"{text:.300}", request=request) from None
    kept = {
        name: value for name, value in request.headers.items() if name != "host" and (same or name in PLAIN_HEADERS)
    }
    return httpx.Request(request.method, url, headers=kept, extensions=request.extensions)


def _basic(url: httpx.URL) -> str:
    return "Basic " + base64.b64encode(f"{url.username}:{url.password}".encode()).decode()


def prepare(request: httpx.Request) -> httpx.Request:
    """Give a request that was built outside a client what a client would have given it."""
    request.extensions.setdefault("timeout", _TIMEOUT)
    raw = request.headers.raw
    known = {name.lower() for name, _ in raw}
    missing = [(name, value) for name, value in _USUAL if name.lower() not in known]
    if missing:  # at once: httpx sets each by going through all
        request.headers = httpx.Headers([*raw, *missing])
    if isinstance(request.stream, httpx.SyncByteStream) and not isinstance(request.stream, httpx.ByteStream):
        request.stream = _FromThread(request.stream)
    return request


_TIMEOUT = TIMEOUT.as_dict()
_USUAL = ((b"User-Agent", USER_AGENT.encode()), (b"Accept", b"*/*"))


def _is_streaming(request: httpx.Request) -> bool:
    return not isinstance(request.stream, httpx.ByteStream)


class _Sent(httpx.AsyncByteStream):
    """A body that stops the alarm for the answer as long as it is being sent."""

    def __init__(self, body: Any, alarm: Alarm, seconds: float) -> None:
        self._body = body
        self._alarm = alarm
        self._seconds = seconds
        alarm.set(None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._body:
            yield piece
        if not self._alarm.expired():
            self._alarm.set(self._seconds)


class _FromThread(httpx.AsyncByteStream):
    """A body of files, read on threads: a slow disk must not hold up the loop."""

    def __init__(self, body: httpx.SyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = iter(self._body)
        while mouthful := await asyncio.to_thread(_mouthful, chunks):
            yield mouthful


def _mouthful(chunks: Iterator[bytes]) -> bytes:
    taken = bytearray()
    for chunk in chunks:
        taken += chunk
        if len(taken) >= _MOUTHFUL:
            break
    return bytes(taken)


__all__ = ["TIMEOUT", "make_http", "prepare", "share_transport"]
