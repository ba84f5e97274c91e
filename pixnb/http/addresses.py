"""Web addresses as they are read, once each."""

from __future__ import annotations

import functools

from pixnb.http import httpx


@functools.lru_cache(maxsize=1024)
def parse_url(url: str) -> httpx.URL:
    """Read a URL; those of jobs in flight are asked for again and again.

    Raises:
        httpx.InvalidURL: It is none, or has a host that cannot be looked up.
    """
    try:
        read = httpx.URL(url)
        _ = read.host
    except ValueError as error:  # idna has errors of its own
        raise httpx.InvalidURL(str(error)) from None
    return read


__all__ = ["parse_url"]
