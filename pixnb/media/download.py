"""From a result's URL to a verified file in the store; no key is ever sent along."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import random
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace

from pixnb.errors import InvalidInput, OutputUnavailable
from pixnb.http import httpx
from pixnb.http.addresses import parse_url
from pixnb.http.bounds import MB, Flow, largest_media
from pixnb.http.failures import UNANSWERED, Misconfigured
from pixnb.media.arrival import Arrival, examine
from pixnb.media.kinds import kind
from pixnb.media.part import Asset, Part
from pixnb.media.store import Store

Key = Callable[[], Mapping[str, str]]
"""Called where the headers are needed: what holds a key would show it in a traceback with variables."""

Limit = Callable[[int], str | None]
ATTEMPTS = 5
BROKEN = 3
"""How often a file that came broken is fetched once more."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LinkGone(Exception):
    """The link answers 401, 403, 404 or 410."""


class _Passing(Exception):
    """A failure that may pass."""


class _NoMedia(Exception):
    """What came is no file that anybody here can use."""


class Slots:
    """How many downloads are under way at once. One that is slow lets others go first, and goes on beside them.

    Args:
        at_once: Downloads that hold a slot.
        beside: Downloads that have given theirs back; of more, the one that gives it back is ended.
    """

    def __init__(self, at_once: int, beside: int = 32) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._beside = beside

    @contextlib.asynccontextmanager
    async def lend(self, size: Callable[[], int]) -> AsyncIterator[None]:
        """Lend a slot to a download that tells its size; slow or long, it loses it, and in the end is given up."""
        given_back = False

        def give_back() -> None:
            nonlocal given_back
            given_back = True
            self._free.release()
            self._beside -= 1
            if self._beside < 0:
                flow.end()

        await self._free.acquire()
        try:
            async with (flow := Flow(size, give_back)):
                yield
        finally:
            if given_back:
                self._beside += 1
            else:
                self._free.release()


async def download(
    http: httpx.AsyncClient,
    store: Store,
    url: str,
    *,
    key: Key | None = None,
    limit: Limit | None = None,
    slots: Slots | None = None,
) -> Asset:
    """Fetch a file into the store: `.part`, length check, sha256, fsync, rename.

    Args:
        http: The HTTP client; without `key` only the URL goes out.
        store: Where the file is to be.
        url: The link.
        key: Gives the headers with the key, for a file that only its service gives; they go to that origin alone.
        limit: Says what is wrong with so many bytes; the rest of a file that has more is not fetched.
        slots: What one is lent by for each attempt; left out, it has one of its own.

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
    broken: list[str] = []  # what was wrong with each that came whole as announced, and yet was no whole file
    slots = slots or Slots(1)
    number = 0
    while True:
        try:
            return await _fetch(http, store, url, key, limit, slots, broken)
        except _Passing as error:
            number += 1
            if number == ATTEMPTS:
                raise OutputUnavailable(
                    f"The result could not be downloaded in {ATTEMPTS} attempts ({error}). The link is {url} . "
                    "Call refresh() to try again."
                ) from error
        except OSError as error:
            raise _not_kept(error, url) from error
        # a store that is still writing needs longer than a line that failed
        longer = 0.5 * 2 ** len(broken) if broken else 0.0
        await asyncio.sleep(random.uniform(0.0, min(8.0, 0.3 * 2 ** (number - 1))) + longer)


async def _fetch(
    http: httpx.AsyncClient,
    store: Store,
    url: str,
    key: Key | None,
    limit: Limit | None,
    slots: Slots,
    broken: list[str],
) -> Asset:
    part: Part | None = None
    most = largest_media()
    try:
        async with slots.lend(lambda: part.size if part else 0):
            response = await _open(http, url, key)
            try:
                _check(response)
                _bear(limit, most, url, _length(response) or 0)
                part = store.part()
                async for chunk in response.aiter_bytes():
                    part.write(chunk)
                    _bear(limit, most, url, part.size)
            finally:
                await response.aclose()
        length = _length(response)
        asset, problem = await _keep(part, length, broken)
    except Misconfigured as error:
        raise OutputUnavailable(f"The result cannot be fetched: {error}. Correct that, then call refresh().") from error
    except UNANSWERED as error:
        raise _Passing(f"{type(error).__name__}: {error}") from error
    finally:
        if part is not None:
            part.abort()
    if problem and kind(asset.media_type):
        raise OutputUnavailable(
            f"The file at {url} came broken {BROKEN + 1} times: {problem} What came is kept as {asset.path}. Call "
            "refresh() to fetch it again."
        ) from _NoMedia(problem)
    if kind(asset.media_type) is None:
        raise OutputUnavailable(
            f"The file at {url} is neither video, image nor sound ({asset.size} bytes, kept as {asset.path}). "
            "Call refresh() to try again."
        ) from _NoMedia("it is neither video, image nor sound")
    return asset


async def _open(http: httpx.AsyncClient, url: str, key: Key | None) -> httpx.Response:
    plain = {"Accept-Encoding": "identity"}  # a length that can be checked
    request = httpx.Request("GET", parse_url(url), headers={**plain, **(key() if key else {})})
    if key:
        response = await http.send(request, stream=True)
        if response.next_request is None:
            return response
        # httpx would take the key along: what lies elsewhere is fetched without it
        await response.aclose()
        request = httpx.Request("GET", response.next_request.url, headers=plain)
    return await http.send(request, stream=True, follow_redirects=True)


async def _keep(part: Part, length: int | None, broken: list[str]) -> tuple[Asset, str | None]:
    work = asyncio.ensure_future(asyncio.to_thread(_examine_and_commit, part, length, broken))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])  # until it is done, the part belongs to that thread
        raise
    except OutputUnavailable as error:  # fewer bytes came than were announced
        raise _Passing(error.message) from error
    except (OSError, _Passing):
        raise
    except Exception as error:  # a store of the user's has errors of its own
        raise OSError(f"{type(error).__name__}: {error}") from error


def _examine_and_commit(part: Part, length: int | None, broken: list[str]) -> tuple[Asset, str | None]:
    found = examine(part.path) if length in (None, part.size) else Arrival()
    if found.problem and len(broken) < BROKEN:
        broken.append(found.problem)
        raise _Passing(found.problem)  # a store may still be writing it
    return replace(part.commit(length), kind=found.kind, info=found.info), found.problem


def _is_web(url: str) -> bool:
    try:
        read = parse_url(url)
    except httpx.InvalidURL:
        return False
    return bool(read.host) and read.scheme in ("http", "https")


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status in (401, 403, 404, 410):
        raise LinkGone(f"HTTP {status}")
    if status != 200:
        raise _Passing(f"HTTP {status}")


def _bear(limit: Limit | None, most: int, url: str, size: int) -> None:
    problem = limit(size) if limit is not None else None
    if problem:
        raise InvalidInput(problem)
    if size > most:
        raise OutputUnavailable(
            f"The file at {url:.500} has more than {most / MB:g} MB. Where that is right, set PIXNB_MAX_MEDIA to more, "
            'as in "5 GB", and call refresh().'
        ) from _NoMedia(f"it has more than {most / MB:g} MB (PIXNB_MAX_MEDIA)")


def _length(response: httpx.Response) -> int | None:
    value = response.headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _not_kept(error: OSError, url: str) -> OutputUnavailable:
    if error.errno in _FULL:
        cause, cure = "the disk is full", "Free some space, then call refresh() or exp.resume()"
    else:
        cause, cure = str(error), "Mend that, then call refresh() or exp.resume()"
    return OutputUnavailable(f"The job is done but its file could not be kept: {cause}. {cure}. The link is {url} .")


__all__ = ["Key", "Limit", "LinkGone", "Slots", "download"]
