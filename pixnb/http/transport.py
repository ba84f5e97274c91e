"""httpx over aiohttp, with each failure named by what it says about the request: never sent, or answer lost."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any

import aiohttp

from pixnb.http import httpx
from pixnb.http.certificates import named_by, tls_context
from pixnb.http.failures import Misconfigured, Passage, name_failure
from pixnb.http.proxies import proxy_for

_CHUNK = 1 << 18
_SMALL = 1 << 16
_passage: ContextVar[Passage] = ContextVar("passage")


class ExactTransport(httpx.AsyncBaseTransport):
    """aiohttp's speed under httpx's own error names.

    The package httpx-aiohttp (0.2) calls it a `ConnectTimeout` when a server has read the request and hung up, as if
    nothing had been sent; a submit would then be repeated and paid twice. So every failure is named by its cause.
    What the environment says of proxies and certificates is read here, not by aiohttp, which would take a login from
    `~/.netrc` as well. Requests to this machine never go through a proxy.
    """

    def __init__(self, *, connections: int = 100) -> None:
        self._connections = connections
        self._opened: aiohttp.ClientSession | None = None

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                request_class=_Request,
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                read_bufsize=_CHUNK,
                auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            )
        return self._opened

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; failures are httpx's, named by their cause."""
        if request.url.scheme not in ("http", "https") or not request.url.raw_host:
            raise httpx.UnsupportedProtocol(f"{str(request.url)!r:.200} is no web address", request=request)
        failure: httpx.TransportError | None = None
        passage = Passage()
        token = _passage.set(passage)
        try:
            response = await self._send(request, passage)
            passage.answering, size = True, response.content_length
            # a small body is read here: httpx's way to it has six layers
            inline = size is not None and size <= _SMALL and "Content-Encoding" not in response.headers
            content = await response.read() if inline else None
        except Exception as error:  # whatever it is: it says no more than whether the request may have left
            failure = name_failure(error, request, passage)
        finally:
            _passage.reset(token)
        if failure is not None:
            raise failure  # not chained: aiohttp's errors carry the request's headers, and so the key
        stream = None if content is not None else _ExactStream(response, request, passage)
        reason = (response.reason or "").encode("ascii", "replace")
        return httpx.Response(
            response.status,
            headers=response.raw_headers,
            content=content,
            stream=stream,
            request=request,
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": reason},
        )

    async def _send(self, request: httpx.Request, passage: Passage) -> aiohttp.ClientResponse:
        try:
            body = request.content or None
        except httpx.RequestNotRead:
            request.headers.pop("transfer-encoding", None)  # aiohttp's own affair
            return await self._ask_streaming(request, passage, request.extensions.get("timeout", {}).get("write"))
        return await self._ask(request, passage, body)

    async def _ask_streaming(
        self, request: httpx.Request, passage: Passage, patience: float | None
    ) -> aiohttp.ClientResponse:
        try:
            pieces = aiter(request.stream)  # type: ignore[arg-type]  # of an async client
            first = await anext(pieces, None)
        except Exception as error:
            raise Misconfigured(f"what was to be sent cannot be read ({error})", request=request) from None
        # aiohttp has no such limit: a service that stops reading would be waited for without end
        try:
            async with asyncio.timeout(None) as alarm:
                return await self._ask(request, passage, _watch(first, pieces, alarm, patience))
        except TimeoutError:
            if not alarm.expired():
                raise
        raise httpx.WriteTimeout(f"the service took nothing for {patience:g} s", request=request)

    async def _ask(self, request: httpx.Request, passage: Passage, body: object) -> aiohttp.ClientResponse:
        more: dict[str, Any] = {}
        proxy = proxy_for(request.url)
        if proxy is not None:
            passage.via, more["proxy"] = proxy.variable, proxy.url
        if request.url.scheme == "https" or (proxy is not None and proxy.url.startswith("https:")):
            passage.certificates, more["ssl"] = named_by(), tls_context()
        response = await self._session.request(
            request.method,
            str(request.url),
            headers=_pairs(request.headers),
            data=body,
            allow_redirects=False,
            compress=False,
            timeout=_timeout(**request.extensions.get("timeout", {})),
            **more,
        )
        if proxy is not None and response.status == 407:
            response.close()
            raise httpx.ProxyError(f"the proxy that {proxy.variable} names wants a login (407)", request=request)
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        if self._opened is not None:
            await self._opened.close()


class _Request(aiohttp.ClientRequest):
    """Notes when it leaves: not before there is a connection, through a proxy's CONNECT and TLS, to send it on."""

    async def send(self, conn: Any) -> aiohttp.ClientResponse:
        _passage.get().sent = True
        return await super().send(conn)


def _pairs(headers: httpx.Headers) -> list[tuple[str, str]]:
    # httpx finds out the encoding anew for each name and each value
    coding = headers.encoding
    return [(name.lower().decode(coding), value.decode(coding)) for name, value in headers.raw]


@functools.lru_cache
def _timeout(
    *, connect: float | None = None, read: float | None = None, write: float | None = None, pool: float | None = None
) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=connect, sock_read=read, connect=pool)


async def _watch(
    first: bytes | None, pieces: AsyncIterator[bytes], alarm: asyncio.Timeout, patience: float | None
) -> AsyncIterator[bytes]:
    """Set an alarm anew for each piece of a body; reading the next one from a slow disk is not the service's fault."""
    piece = first
    while piece is not None:
        for start in range(0, len(piece), _CHUNK):
            _set_alarm(alarm, patience)
            yield piece[start : start + _CHUNK]
            _set_alarm(alarm, None)
        piece = await anext(pieces, None)


def _set_alarm(alarm: asyncio.Timeout, patience: float | None) -> None:
    with contextlib.suppress(RuntimeError):  # it is over: the answer came before the end of the body
        alarm.reschedule(None if patience is None else asyncio.get_running_loop().time() + patience)


class _ExactStream(httpx.AsyncByteStream):
    def __init__(self, response: aiohttp.ClientResponse, request: httpx.Request, passage: Passage) -> None:
        self._response = response
        self._request = request
        self._passage = passage

    async def __aiter__(self) -> AsyncIterator[bytes]:
        failure: httpx.TransportError | None = None
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except Exception as error:
            failure = name_failure(error, self._request, self._passage)
        if failure is not None:
            raise failure

    async def aclose(self) -> None:
        await self._response.__aexit__(None, None, None)


__all__ = ["ExactTransport"]
