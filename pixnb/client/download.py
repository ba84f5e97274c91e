"""From a result's URL to a verified file in the store; no key is ever sent along."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Mapping

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from pixnb.client.transport import UNANSWERED, prepared
from pixnb.errors import InvalidInput, OutputUnavailable
from pixnb.media.kinds import kind
from pixnb.media.part import Asset, Part
from pixnb.media.store import Store
from pixnb.wire.wire import parsed

Key = Callable[[], Mapping[str, str]]
"""Called where the headers are needed: what holds a key would show it in a traceback with variables."""

Limit = Callable[[int], str | None]
ATTEMPTS = 5
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LinkGone(Exception):
    """The link answers 401, 403, 404 or 410."""


class _Passing(Exception):
    """A failure that may pass."""


class _NoMedia(Exception):
    """What came is no file that anybody here can use."""


async def download(
    http: httpx.AsyncClient, store: Store, url: str, *, key: Key | None = None, limit: Limit | None = None
) -> Asset:
    """Fetch a file into the store: `.part`, length check, sha256, fsync, rename.

    Args:
        http: The HTTP client; without `key` only the URL goes out.
        store: Where the file is to be.
        url: The link.
        key: Gives the headers with the key, for a file that only its service gives; they go to that origin alone.
        limit: Says what is wrong with so many bytes; the rest of a file that has more is not fetched.

    Returns:
        The asset, on disk.

    Raises:
        LinkGone: The link is no longer (or not yet) to be had.
        OutputUnavailable: The file cannot be fetched or kept; says why.
        InvalidInput: It has more bytes than the limit.
    """
    if not _is_web(url):
        raise OutputUnavailable(
            f"The service named {url!r:.200} as the result, which is no web address. Call refresh() to ask it again."
        )
    retrying = AsyncRetrying(
        retry=retry_if_exception_type(_Passing),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.3, max=8),
        reraise=True,
    )
    try:
        asset: Asset = await retrying(_fetch, http, store, url, key, limit)
    except _Passing as error:
        raise OutputUnavailable(
            f"The result could not be downloaded in {ATTEMPTS} attempts ({error}). The link is {url} . "
            "Call refresh() to try again."
        ) from error
    except OSError as error:
        raise _not_kept(error, url) from error
    return asset


async def _fetch(http: httpx.AsyncClient, store: Store, url: str, key: Key | None, limit: Limit | None) -> Asset:
    part = None
    try:
        response = await _open(http, url, key)
        try:
            _check(response)
            _bear(limit, _length(response) or 0)
            part = store.part()
            async for chunk in response.aiter_bytes():
                part.write(chunk)
                _bear(limit, part.size)
        finally:
            await response.aclose()
        asset = await _commit(part, _length(response))
    except UNANSWERED as error:
        raise _Passing(f"{type(error).__name__}: {error}") from error
    finally:
        if part is not None:
            part.abort()
    if kind(asset.media_type) is None:
        raise OutputUnavailable(
            f"The file at {url} is neither video, image nor sound ({asset.size} bytes, kept as {asset.path}). "
            "Call refresh() to try again."
        ) from _NoMedia("it is neither video, image nor sound")
    return asset


async def _open(http: httpx.AsyncClient, url: str, key: Key | None) -> httpx.Response:
    plain = {"Accept-Encoding": "identity"}  # a length that can be checked
    request = prepared(httpx.Request("GET", parsed(url), headers={**plain, **(key() if key else {})}))
    if key:
        response = await http.send(request, stream=True)
        if response.next_request is None:
            return response
        # httpx would take the key along: what lies elsewhere is fetched without it
        await response.aclose()
        request = prepared(httpx.Request("GET", response.next_request.url, headers=plain))
    return await http.send(request, stream=True, follow_redirects=True)


async def _commit(part: Part, length: int | None) -> Asset:
    work = asyncio.ensure_future(asyncio.to_thread(part.commit, length))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])  # until it is done, the part belongs to that thread
        raise
    except OutputUnavailable as error:  # fewer bytes came than were announced
        raise _Passing(error.message) from error
    except OSError:
        raise
    except Exception as error:  # a store of the user's has errors of its own
        raise OSError(f"{type(error).__name__}: {error}") from error


def _is_web(url: str) -> bool:
    try:
        read = parsed(url)
    except httpx.InvalidURL:
        return False
    return bool(read.host) and read.scheme in ("http", "https")


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status in (401, 403, 404, 410):
        raise LinkGone(f"HTTP {status}")
    if status != 200:
        raise _Passing(f"HTTP {status}")


def _bear(limit: Limit | None, size: int) -> None:
    problem = limit(size) if limit is not None else None
    if problem:
        raise InvalidInput(problem)


def _length(response: httpx.Response) -> int | None:
    if response.headers.get("content-encoding", "identity") != "identity":
        return None  # the length is that of the packed bytes
    value = response.headers.get("content-length", "")
    return int(value) if value.isdigit() else None


def _not_kept(error: OSError, url: str) -> OutputUnavailable:
    if error.errno in _FULL:
        cause, cure = "the disk is full", "Free some space, then call refresh() or exp.resume()"
    else:
        cause, cure = str(error), "Mend that, then call refresh() or exp.resume()"
    return OutputUnavailable(f"The job is done but its file could not be kept: {cause}. {cure}. The link is {url} .")


__all__ = ["Key", "Limit", "LinkGone", "download"]
