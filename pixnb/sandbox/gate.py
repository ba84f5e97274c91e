"""Who may speak to the sandbox: programs that call this computer by its own name; no web page of another origin."""

from __future__ import annotations

import re
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pixnb.sandbox.answers import write_refusal
from pixnb.sandbox.outbound import is_local

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(:\d{1,5})?")
_FILES = "/media/"  # pages may link to clips and show them, which no browser lets them read
_OUTSIDE = ("cross-site", "same-site")
_LONGEST = 100


class Gate:
    """The application behind two checks that every request has to pass, before its body is read.

    A page whose name was made to point here (DNS rebinding) names itself in `Host`; a page that posts or asks from
    elsewhere is named by its browser in `Origin` or `Sec-Fetch-Site`. Programs send neither of these two.
    """

    def __init__(self, app: ASGIApp, names: Collection[str] = ()) -> None:
        self._app = app
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        refused = self._refusal(scope) if scope["type"] == "http" else None
        if refused is None:
            return await self._app(scope, receive, send)
        await write_refusal(*refused)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if not self._is_ours(host):
            told = f"The sandbox is not called {host[:_LONGEST]!r}. Call it 127.0.0.1 or localhost"
            return 400, f"{told}, or start it with --allow-host and that name."
        origins = {origin.lower().partition("://")[2] for origin in headers.getlist("origin")}
        reads_file = scope["method"] in ("GET", "HEAD") and scope["path"].startswith(_FILES)
        outside = headers.get("sec-fetch-site", "").lower() in _OUTSIDE and not reads_file
        if outside or origins - {host}:
            return 403, "The sandbox answers programs, not web pages of another origin."
        return None

    def _is_ours(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        return found is not None and (found[1] in self._names or is_local(f"http://{found[1]}"))


__all__ = ["Gate"]
