"""httpx over aiohttp, with each failure named by what it says about the request: never sent, or answer lost."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import functools
import ipaddress
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import httpx
from aiohttp.http_exceptions import HttpProcessingError

from pixnb import __version__
from pixnb.client.loop import LoopThread

TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=60.0, pool=None)
_CHUNK = 1 << 18
_SMALL = 1 << 16
_MOUTHFUL = 1 << 20
USER_AGENT = f"pixnb/{__version__}"

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""What httpx raises when no byte of the request reached the service. All else may be a lost answer."""

UNANSWERED = (httpx.RequestError, httpx.InvalidURL)
"""All that may come instead of an answer: faults of the network, bodies that cannot be unpacked, bad addresses."""


class ExactTransport(httpx.AsyncBaseTransport):
    """aiohttp's speed under httpx's own error names.

    The package httpx-aiohttp (0.2) calls it a `ConnectTimeout` when a server has read the request and hung up, as if
    nothing had been sent; a submit would then be repeated and paid twice. So every failure is named by its cause.
    Requests to this machine never go through a proxy.
    """

    def __init__(self, *, connections: int = 100) -> None:
        self._connections = connections
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._has_proxy = _has_proxy()

    def _session(self, host: str) -> aiohttp.ClientSession:
        outward = self._has_proxy and not _is_loopback(host)
        if outward not in self._sessions:
            self._sessions[outward] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ssl=httpx.create_ssl_context()),
                trust_env=outward,
                cookie_jar=aiohttp.DummyCookieJar(),
                read_bufsize=_CHUNK,
                auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            )
        return self._sessions[outward]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; failures are httpx's, named by their cause."""
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise httpx.UnsupportedProtocol(f"{str(request.url)!r} is no web address", request=request)
        failure: httpx.TransportError | None = None
        answered = False
        try:
            response = await self._send(request)
            answered, size = True, response.content_length
            # a small body is read here: httpx's way to it has six layers
            content = await response.read() if size is not None and size <= _SMALL else None
        except _FAILURES as error:
            failure = _named(error, request, answering=answered)
        if failure is not None:
            raise failure  # not chained: aiohttp's errors carry the request's headers, and so the key
        stream = None if content is not None else _ExactStream(response, request)
        extensions = {"http_version": b"HTTP/1.1", "reason_phrase": (response.reason or "").encode()}
        return httpx.Response(
            response.status,
            headers=response.raw_headers,
            content=content,
            stream=stream,
            request=request,
            extensions=extensions,
        )

    async def _send(self, request: httpx.Request) -> aiohttp.ClientResponse:
        try:
            body = request.content or None
        except httpx.RequestNotRead:
            request.headers.pop("transfer-encoding", None)  # aiohttp's own affair
            return await self._ask_streaming(request, request.extensions.get("timeout", {}).get("write"))
        return await self._ask(request, body)

    async def _ask_streaming(self, request: httpx.Request, patience: float | None) -> aiohttp.ClientResponse:
        # aiohttp has no such limit: a service that stops reading would be waited for without end
        try:
            async with asyncio.timeout(None) as alarm:
                return await self._ask(request, _watched(request.stream, alarm, patience))
        except TimeoutError:
            if not alarm.expired():
                raise
        raise httpx.WriteTimeout(f"the service took nothing for {patience:g} s", request=request)

    async def _ask(self, request: httpx.Request, body: object) -> aiohttp.ClientResponse:
        return await self._session(request.url.host).request(
            request.method,
            str(request.url),
            headers=request.headers,
            data=body,
            allow_redirects=False,
            compress=False,
            timeout=_timeout(**request.extensions.get("timeout", {})),
        )

    async def aclose(self) -> None:
        """Close every connection."""
        for session in self._sessions.values():
            await session.close()


@functools.lru_cache
def _timeout(
    *, connect: float | None = None, read: float | None = None, write: float | None = None, pool: float | None = None
) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=connect, sock_read=read, connect=pool)


async def _watched(body: Any, alarm: asyncio.Timeout, patience: float | None) -> AsyncIterator[bytes]:
    """Set an alarm anew for each piece of a body; reading the next one from a slow disk is not the service's fault."""
    async for piece in body:
        for start in range(0, len(piece), _CHUNK):
            _set(alarm, patience)
            yield piece[start : start + _CHUNK]
            _set(alarm, None)


def _set(alarm: asyncio.Timeout, patience: float | None) -> None:
    with contextlib.suppress(RuntimeError):  # it is over: the answer came before the end of the body
        alarm.reschedule(None if patience is None else asyncio.get_running_loop().time() + patience)


class _ExactStream(httpx.AsyncByteStream):
    def __init__(self, response: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._response = response
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        failure: httpx.TransportError | None = None
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except _FAILURES as error:
            failure = _named(error, self._request, answering=True)
        if failure is not None:
            raise failure

    async def aclose(self) -> None:
        await self._response.__aexit__(None, None, None)


_FAILURES = (httpx.TransportError, httpx.InvalidURL, aiohttp.ClientError, HttpProcessingError, OSError)


def _named(error: Exception, request: httpx.Request, *, answering: bool) -> httpx.TransportError:
    cause = error.__cause__ if isinstance(error, httpx.TransportError) and error.__cause__ else error
    text = " ".join(str(cause).split()) or type(cause).__name__
    kind = httpx.ReadError if answering else _kind(cause)
    if isinstance(cause, aiohttp.SocketTimeoutError | httpx.ReadTimeout):
        kind = httpx.ReadTimeout
    return kind(text, request=request)


def _kind(cause: BaseException) -> type[httpx.TransportError]:
    if isinstance(cause, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return httpx.ProxyError
    if isinstance(cause, aiohttp.ClientConnectorError):
        return httpx.ConnectError
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return httpx.ConnectTimeout
    if isinstance(cause, aiohttp.InvalidURL | httpx.InvalidURL):
        return httpx.UnsupportedProtocol
    if isinstance(cause, aiohttp.ClientOSError | OSError) and not isinstance(cause, aiohttp.ServerConnectionError):
        return httpx.ReadError
    return httpx.RemoteProtocolError


def shared_http(thread: LoopThread) -> httpx.AsyncClient:
    """Return the HTTP client that all engines on a loop share, so that nobody has to close theirs."""
    if thread.http is None:
        thread.http = make_http(ExactTransport())
        thread.closers.append(thread.http.aclose)
    return thread.http


def make_http(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """Return an httpx client over a transport; redirects are never followed with a key, so not by default."""
    headers = {"User-Agent": USER_AGENT}
    return _LeanClient(transport, timeout=TIMEOUT, headers=headers, follow_redirects=False)


class _LeanClient(httpx.AsyncClient):
    """httpx's client without the steps that nobody here needs on the way to the transport: cookies, auth, hooks.

    They cost as much as the transport itself.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport, **options: Any) -> None:
        super().__init__(transport=transport, **options)
        self._lean = transport

    async def send(
        self, request: httpx.Request, *, stream: bool = False, follow_redirects: Any = False, **options: Any
    ) -> httpx.Response:
        """Send a request, as httpx does; only a GET or HEAD has a `next_request`, which carries no body."""
        for _ in range(_REDIRECTS):
            response = await self._send_once(request)
            onward = response.next_request
            if follow_redirects is not True or onward is None:
                break
            await response.aclose()
            request = onward
        else:
            raise httpx.TooManyRedirects(f"{_REDIRECTS} redirects, one after another", request=request)
        if not stream:
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response

    async def _send_once(self, request: httpx.Request) -> httpx.Response:
        if request.url.userinfo:  # the address's own; as a header it is known to every transport
            request.headers.setdefault("Authorization", _basic(request.url))
            request.url = request.url.copy_with(userinfo=b"")
        response = await self._lean.handle_async_request(request)
        response.request = request
        if response.has_redirect_location and request.method in ("GET", "HEAD"):
            try:
                response.next_request = _redirected(request, response.headers["location"])
            except BaseException:
                await response.aclose()
                raise
        return response


def _redirected(request: httpx.Request, location: str) -> httpx.Request:
    # not httpx's own: with the stream of the first it goes out as if it had a body, which stores refuse
    try:
        url = request.url.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise httpx.RemoteProtocolError(f"a redirect to {location!r:.200}: {error}", request=request) from error
    same = (url.scheme, url.host, url.port) == (request.url.scheme, request.url.host, request.url.port)
    kept = {name: value for name, value in request.headers.items() if name != "host" and (same or name in _HARMLESS)}
    if request.url.fragment and not url.fragment:
        url = url.copy_with(fragment=request.url.fragment)
    return httpx.Request(request.method, url, headers=kept, extensions=request.extensions)


def _basic(url: httpx.URL) -> str:
    return "Basic " + base64.b64encode(f"{url.username}:{url.password}".encode()).decode()


_REDIRECTS = 20
_HARMLESS = frozenset({"accept", "accept-encoding", "range", "user-agent"})
"""What a redirect takes along to another origin: nothing that could be a key, whatever a service calls its header."""


def prepared(request: httpx.Request) -> httpx.Request:
    """Give a request that was built outside a client what a client would have given it."""
    request.extensions.setdefault("timeout", TIMEOUT.as_dict())
    request.headers.setdefault("User-Agent", USER_AGENT)
    request.headers.setdefault("Accept", "*/*")
    if isinstance(request.stream, httpx.SyncByteStream) and not isinstance(request.stream, httpx.ByteStream):
        request.stream = _FromThread(request.stream)
    return request


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


def _has_proxy() -> bool:
    names = ("http_proxy", "https_proxy", "all_proxy")
    return any(os.environ.get(name) or os.environ.get(name.upper()) for name in names)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


__all__ = ["NEVER_SENT", "TIMEOUT", "UNANSWERED", "ExactTransport", "make_http", "prepared", "shared_http"]
