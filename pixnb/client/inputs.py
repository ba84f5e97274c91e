"""From what a user gives as media to a hash for the log and a URL for the service."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import httpx

from pixnb.catalogue.model import Model
from pixnb.catalogue.prices import Cost
from pixnb.client.transport import UNANSWERED, prepared
from pixnb.client.uploader import Uploader
from pixnb.errors import InvalidInput, PixnbError, ServiceUnavailable
from pixnb.media.kinds import kind
from pixnb.media.media import Media
from pixnb.wire.wire import Target, Unreadable, Wire

_KIND_OF_ROLE: Mapping[str, str] = {"video": "video", "audio": "audio"}  # all other roles are images
_CHUNK = 1 << 20
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Input:
    """One media parameter of a job, known by its content.

    Attributes:
        role: What it is for: "video", "image", "end_image", "audio".
        name: The parameter's own name.
        sha256: Of the bytes; `url:` and the hash of the address where a URL is passed through unread.
        media: The media itself.
    """

    role: str
    name: str
    sha256: str
    media: Media

    @property
    def has_bytes(self) -> bool:
        """Whether the bytes are here, not only a URL."""
        return not self.sha256.startswith("url:")


def identify(model: Model, params: Mapping[str, Any]) -> tuple[Input, ...]:
    """Read, check and hash the media among checked params; blocking.

    Raises:
        InvalidInput: A file is missing, unreadable, no media, or of the wrong kind for its parameter.
    """
    return tuple(_input(model, role, name, params[name]) for role, name in model.inputs.items() if name in params)


def only_urls(model: Model, params: Mapping[str, Any]) -> bool:
    """Whether the media among the params are addresses, so that `identify` has nothing to read."""
    given = (params[name] for name in model.inputs.values() if name in params)
    return all(isinstance(value, str) and value.lower().startswith(("http://", "https://")) for value in given)


def _input(model: Model, role: str, name: str, value: Any) -> Input:
    problem = f"Invalid inputs for {model.id}: {name}"
    if isinstance(value, str) and "://" in value and not value.lower().startswith(("http://", "https://")):
        raise InvalidInput(f"{problem} must be an http(s) URL or a file; {value!r} is neither. Download it first.")
    try:
        media = Media.of(value)
        if media.path is None and media.url is not None:  # also one that was looked at: it is the user's address
            return Input(role, name, f"url:{hashlib.sha256(media.url.encode()).hexdigest()}", media)
        found, sha256 = kind(media.media_type), media.sha256
    except InvalidInput as error:
        raise InvalidInput(f"{problem}: {error.message}") from error
    except OSError as error:
        raise InvalidInput(f"{problem} cannot be read: {error.strerror or error}. Check the path.") from error
    wanted = _KIND_OF_ROLE.get(role, "image")
    if found != wanted:
        is_what = f"is {media.media_type}" if found else "is not media that pixnb knows by its first bytes"
        named = f"{os.fspath(media.path)!r} " if media.path else "what was given "
        raise InvalidInput(
            f"{problem}: {named}{is_what}. Give a file with {'an' if wanted[0] in 'ai' else 'a'} {wanted}."
        )
    assert sha256 is not None
    return Input(role, name, sha256, media)


def identify_and_price(model: Model, params: Mapping[str, Any]) -> tuple[tuple[Input, ...], Cost | None]:
    """Read, check and hash the media, and estimate the cost, for which a clip may have to be opened; blocking.

    Raises:
        InvalidInput: As `identify`.
    """
    inputs = identify(model, params)
    seconds = None
    if model.price is not None and model.price.per == "second" and "duration" not in model.params.model_fields:
        timed = next((given for given in inputs if given.has_bytes and given.role in ("video", "audio")), None)
        seconds = timed.media.info.duration if timed else None
    return inputs, model.estimate(seconds=seconds, **params)


class Deliverer:
    """Makes each input a URL that the service can fetch.

    Args:
        http: The HTTP client.
        uploader: The user's own place for files, if there is one.
    """

    def __init__(self, http: httpx.AsyncClient, uploader: Uploader | None) -> None:
        self._http = http
        self._uploader = uploader

    async def deliver(self, wire: Wire, target: Target, model: Model, inputs: tuple[Input, ...]) -> dict[str, str]:
        """Return a URL by parameter name.

        Raises:
            InvalidInput: A file cannot become a URL here; shows the ready ways.
            PixnbError: An upload was refused.
        """
        urls = await asyncio.gather(*(self._url(wire, target, model, given) for given in inputs))
        return {given.name: url for given, url in zip(inputs, urls, strict=True)}

    async def check(self, wire: Wire, target: Target, model: Model, inputs: tuple[Input, ...]) -> None:
        """Refuse, before anything is written or sent, a file that cannot become a URL.

        Raises:
            InvalidInput: Shows the ready ways.
        """
        for given in inputs:
            stuck = given.has_bytes and wire.upload(target, "") is None and self._uploader is None
            if stuck and (given.media.url is None or not await self._lives(given.media.url)):
                raise InvalidInput(_three_ways(target.provider, model, given))

    async def _url(self, wire: Wire, target: Target, model: Model, given: Input) -> str:
        if not given.has_bytes:
            assert given.media.url is not None
            return given.media.url
        if wire.upload(target, "") is not None:
            return await self.upload(wire, target, given.media)
        if self._uploader is None or (given.media.url is not None and await self._lives(given.media.url)):
            assert given.media.url is not None  # `check` has seen that it lives
            return given.media.url
        return await asyncio.to_thread(self._uploader.put, given.media)

    async def upload(self, wire: Wire, target: Target, media: Media) -> str:
        """Upload a file to the service itself and return its URL there."""
        empty = wire.upload(target, media.media_type or "application/octet-stream")
        assert empty is not None
        for attempt in range(_ATTEMPTS):
            try:
                with media.open() as source:
                    response = await self._http.send(prepared(_with_body(empty, source, media.size)))
            except UNANSWERED as error:
                if attempt + 1 == _ATTEMPTS:
                    raise _not_uploaded(target.provider, str(error)) from error
                await asyncio.sleep(0.3 * 2**attempt)
                continue
            return _uploaded(wire, response)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _lives(self, url: str) -> bool:
        """Whether the link of an earlier output can still be fetched; never asked of a user's own URL."""
        # one byte by GET: signed links refuse HEAD
        try:
            request = prepared(httpx.Request("GET", url, headers={"Range": "bytes=0-0"}))
            response = await self._http.send(request, stream=True, follow_redirects=True)
            await response.aclose()
        except UNANSWERED:
            return False
        return response.is_success


def _with_body(empty: httpx.Request, source: BinaryIO, size: int | None) -> httpx.Request:
    headers = empty.headers.copy()
    headers["Content-Length"] = str(size)
    return httpx.Request(empty.method, empty.url, headers=headers, content=_chunks(source))


async def _chunks(source: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(source.read, _CHUNK):
        yield chunk


def _uploaded(wire: Wire, response: httpx.Response) -> str:
    if not response.is_success:
        raise wire.refusal(response, model=None, job_id=None)
    try:
        return wire.uploaded(response)
    except Unreadable as error:
        raise _not_uploaded(wire.provider, str(error)) from error


def _not_uploaded(provider: str, what: str) -> PixnbError:
    return ServiceUnavailable(
        f"The upload to {provider} failed: {what}. No job was submitted and nothing was charged. Submit again.",
        provider=provider,
    )


def _three_ways(provider: str, model: Model, given: Input) -> str:
    return (
        f"Invalid inputs for {model.id}: {given.name} is a file, and {provider} takes only public URLs. "
        "Three ready ways: "
        f'(1) put it on the web yourself and pass {given.name}="https://…"; '
        '(2) pixnb.Client(uploader=pixnb.Uploader("s3://bucket/folder", public="https://…")) or PIXNB_UPLOAD_URL; '
        "(3) pass the output of an earlier run whose link still lives. "
        "With (1) and (2) the file becomes public: anybody who has the link can see it. Nothing was sent."
    )


__all__ = ["Deliverer", "Input", "identify", "identify_and_price", "only_urls"]
