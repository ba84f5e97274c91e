"""httpx over aiohttp, with each failure named by what it says about the request: never sent, or answer lost."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import AsyncIterator

import aiohttp
import httpx
from aiohttp.http_exceptions import HttpProcessingError
from httpx_aiohttp import AiohttpTransport

from pixnb import __version__
from pixnb.client.loop import LoopThread

TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=60.0, pool=None)
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

    httpx-aiohttp 0.2 calls a server that read the request and hung up a `ConnectTimeout`, as if nothing had
    been sent; a submit would then be repeated and paid twice. So every failure is named anew by its cause.
    Requests to this machine never go through a proxy.
    """

    def __init__(self, *, connections: int = 100) -> None:
        self._connections = connections
        self._direct = AiohttpTransport(client=lambda: self._session(trust_env=False))
        self._outer = AiohttpTransport(client=lambda: self._session(trust_env=True)) if _has_proxy() else self._direct

    def _session(self, *, trust_env: bool) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=self._connections, ssl=self._direct.ssl_context)
        return aiohttp.ClientSession(
            connector=connector,
            trust_env=trust_env,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; failures are httpx's, named by their cause."""
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise httpx.UnsupportedProtocol(f"{str(request.url)!r} is no web address", request=request)
        inner = self._direct if _is_loopback(request.url.host) else self._outer
        failure: httpx.TransportError | None = None
        try:
            response = await inner.handle_async_request(request)
        except _FAILURES as error:
            failure = _named(error, request, answering=False)
        if failure is not None:
            raise failure  # not chained: aiohttp's errors carry the request's headers, and so the key
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _ExactStream(response.stream, request)
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        for transport in {self._direct, self._outer}:
            await transport.aclose()


class _ExactStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, request: httpx.Request) -> None:
        self._inner = inner
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        failure: httpx.TransportError | None = None
        try:
            async for chunk in self._inner:
                yield chunk
        except _FAILURES as error:
            failure = _named(error, self._request, answering=True)
        if failure is not None:
            raise failure

    async def aclose(self) -> None:
        await self._inner.aclose()


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
    return httpx.AsyncClient(transport=transport, timeout=TIMEOUT, headers=headers, follow_redirects=False)


def prepared(request: httpx.Request) -> httpx.Request:
    """Give a request that was built outside a client what a client would have given it."""
    request.extensions.setdefault("timeout", TIMEOUT.as_dict())
    request.headers.setdefault("User-Agent", USER_AGENT)
    request.headers.setdefault("Accept", "*/*")
    return request


def _has_proxy() -> bool:
    names = ("http_proxy", "https_proxy", "all_proxy")
    return any(os.environ.get(name) or os.environ.get(name.upper()) for name in names)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


__all__ = ["NEVER_SENT", "TIMEOUT", "UNANSWERED", "ExactTransport", "make_http", "prepared", "shared_http"]
