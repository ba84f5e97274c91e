"""The sandbox's own requests: fetching inputs and calling webhooks."""

from __future__ import annotations

import functools
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pixnb.http import httpx


class Outbound:
    """One HTTP client, made when something has to be fetched or called."""

    @functools.cached_property
    def client(self) -> httpx.AsyncClient:
        """The client; this computer is always reached directly, whatever proxy the environment names."""
        from pixnb.http.client import make_http
        from pixnb.http.transport import ExactTransport

        return make_http(ExactTransport())

    async def close(self) -> None:
        """Close its connections."""
        if "client" in vars(self):
            await self.client.aclose()


def is_local(url: str) -> bool:
    """Tell whether a URL names this computer.

    Example:
        >>> is_local("http://127.0.0.1:8000/x"), is_local("https://example.com")
        (True, False)
    """
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def may_be_called(url: str) -> bool:
    """Tell whether a webhook may have this URL: https, or http on this computer, which a service could not reach.

    Example:
        >>> may_be_called("https://example.com/hook"), may_be_called("http://example.com/hook")
        (True, False)
    """
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_local(url)))
    except ValueError:  # no address at all, such as "https://["
        return False


__all__ = ["Outbound", "is_local", "may_be_called"]
