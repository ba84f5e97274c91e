"""Answers that no healthy server gives: closed connections, silence, nonsense, bodies cut short."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class Protocol(H11Protocol):
    """uvicorn's HTTP, with each connection's transport in reach of the application, which ASGI does not offer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        """Hand the transport on in the state that each request of the connection gets."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class Dropped(Response):
    """Close the connection and say nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close it."""
        await _close(scope)


class Silence(Response):
    """Say nothing until the client goes away."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait."""
        while (await receive())["type"] != "http.disconnect":
            pass


class Cut(Response):
    """Promise a whole file and close the connection after half of it."""

    def __init__(self, path: Path, media_type: str) -> None:
        self._path = path
        size = path.stat().st_size
        super().__init__(media_type=media_type, headers={"Content-Length": str(size), "Accept-Ranges": "bytes"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send half."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for chunk in _half(self._path):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await _close(scope)


def _half(path: Path) -> Iterator[bytes]:
    left = path.stat().st_size // 2
    with open(path, "rb") as source:
        while left and (chunk := source.read(min(left, 1 << 16))):
            left -= len(chunk)
            yield chunk


def garbage(status: int) -> Response:
    """Answer with a page that a proxy might have put there."""
    return HTMLResponse("<!doctype html><title>Welcome</title><p>This is not what you asked for.", status)


def elsewhere(request: Request, status: int) -> Response:
    """Send the client to the same path under this computer's other name."""
    other = "localhost" if request.url.hostname != "localhost" else "127.0.0.1"
    return RedirectResponse(str(request.url.replace(hostname=other).include_query_params(moved=1)), status)


async def _close(scope: Scope) -> None:
    transport: Any = scope["state"]["transport"]
    transport.close()
    await asyncio.sleep(0.01)  # uvicorn must see the connection lost before the application returns


__all__ = ["Cut", "Dropped", "Protocol", "Silence", "elsewhere", "garbage"]
