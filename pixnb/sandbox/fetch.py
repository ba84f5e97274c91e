"""Inputs by URL: what the sandbox has itself comes from its disk, anything else over HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from pixnb.sandbox.files import Files, TooLarge, is_past
from pixnb.sandbox.outbound import Outbound, is_local

_UPLOAD = re.compile(r"/media/uploads/([^/]+)")
_OUTPUT = re.compile(r"/media/v1/([^/]+)/output\.\w+")
_LONGEST = 120.0  # seconds for one input
_AT_ONCE = 8


class FetchError(Exception):
    """An input could not be had; the message says why."""


class Fetcher:
    """Gets the media that a URL names and keeps them in `files`.

    `output` gives the path of a job's clip, None if the job has none, or its link is gone.
    """

    def __init__(self, files: Files, outbound: Outbound, output: Callable[[str], Path | None]) -> None:
        self._files = files
        self._outbound = outbound
        self._output = output
        self._under_way: dict[str, asyncio.Future[Path]] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def fetch(self, url: str) -> Path:
        """Return a local path of the media; the file stays as it is. `FetchError` if it cannot be had."""
        try:
            own = self._find_own(url)
        except ValueError as error:
            raise FetchError(f"it is no address: {error}") from error
        if own is not None:
            return own
        # One download serves all who wait for the same URL, and they go on in the order they came.
        if url not in self._under_way:
            self._under_way[url] = task = asyncio.ensure_future(self._download(url))
            task.add_done_callback(lambda _: self._under_way.pop(url))
        return await asyncio.shield(self._under_way[url])

    def _find_own(self, url: str) -> Path | None:
        # Not compared by port: the server that gave out the link may have had another.
        path = urlsplit(url).path
        if not is_local(url):
            return None
        if match := _UPLOAD.fullmatch(path):
            return None if is_past(url) else self._files.path(match[1])  # over HTTP its own server says why
        if match := _OUTPUT.fullmatch(path):
            return self._output(match[1])
        return None

    async def _download(self, url: str) -> Path:
        from pixnb.http import httpx

        try:
            async with (
                self._room,
                asyncio.timeout(_LONGEST),
                self._outbound.client.stream("GET", url, follow_redirects=True) as answer,
            ):
                if answer.status_code != 200:
                    raise FetchError(f"the server answered {answer.status_code} {answer.reason_phrase}".strip())
                name = await self._files.keep(answer.aiter_bytes(1 << 16))
        except TimeoutError:
            raise FetchError(f"it took longer than {_LONGEST:g} s") from None
        except (TooLarge, OSError, ValueError, httpx.InvalidURL, httpx.HTTPError) as error:  # ValueError: a host's name
            raise FetchError(getattr(error, "strerror", None) or str(error) or type(error).__name__) from error
        path = self._files.path(name)
        assert path is not None
        return path


__all__ = ["FetchError", "Fetcher"]
