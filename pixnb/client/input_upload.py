"""How the bytes of inputs get to a service: uploaded, put on the web, or fetched so that they can go in the request."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pixnb.catalogue.model import Model
from pixnb.client.inputs import Input, is_address, open_attachment
from pixnb.errors import InvalidInput, OutputUnavailable, PixnbError, ServiceUnavailable
from pixnb.http import httpx
from pixnb.http.failures import UNANSWERED
from pixnb.media.download import LinkGone, Slots, download
from pixnb.media.media import Media
from pixnb.media.store import Store
from pixnb.media.uploader import Uploader
from pixnb.request import Request
from pixnb.terminal import get_logger
from pixnb.wire.wire import Target, Unreadable, Uploaded, Wire

logger = get_logger(__name__)

_PAUSES = (0.3, 0.6)
"""Seconds before an upload is tried again, which costs nothing."""
_AT_ONCE = 16
"""Inputs that are fetched at the same time; a slow one lets others go first."""
_SPARE = timedelta(minutes=15)
"""A kept upload is used again only while it lives for so long: the job that reads it may have to queue."""


def keep_inputs(store: Store, inputs: Iterable[Input]) -> tuple[Input, ...]:
    """Return inputs whose bytes are on disk: those only in memory are part of what was asked too; blocking."""
    return tuple(_keep(store, given) if given.has_bytes and given.media.path is None else given for given in inputs)


def _keep(store: Store, given: Input) -> Input:
    media = given.media
    try:
        asset = store.put(media.bytes(), sha256=given.sha256)
    except Exception as error:  # any store's own; the job can go without its source on record
        logger.warning("the input %s could not be kept: %s", given.name, error)
        return given
    on_disk = Media.kept(asset, media.url)
    return replace(given, media=on_disk)


class InputUpload:
    """Makes each input what its service takes: a URL that it can fetch, or a file.

    Args:
        http: The HTTP client.
        uploader: The user's own place for files, if there is one.
        within: Seconds for an input that has to be fetched first.
    """

    def __init__(self, http: httpx.AsyncClient, uploader: Uploader | None, *, within: float) -> None:
        self._http = http
        self._uploader = uploader
        self._within = within
        self._fetches = Slots(_AT_ONCE)
        # by service and sha256: one clip under ten prompts goes up once
        self._uploads: dict[tuple[str, str], asyncio.Task[Uploaded]] = {}

    async def fetch(self, store: Store, wire: Wire, request: Request) -> dict[str, Any]:
        """Return params whose media addresses are replaced by files, for a service that takes only files.

        Args:
            store: Where the files are kept: they are part of what was asked.
            wire: The service's; what it would refuse for its size is not fetched to its end.
            request: Whose params they are.

        Raises:
            InvalidInput: An address gives nothing that can be used, or is too slow.
        """
        found = dict(request.params)
        for name in request.model.inputs.values():
            if name in found and is_address(found[name]):
                problem = f"Invalid inputs for {request.model.id}: {request.called.get(name, name)}"
                found[name] = await self._fetch(store, wire, problem, found[name])
        return found

    async def _fetch(self, store: Store, wire: Wire, problem: str, given: str | Media) -> Media:
        url = given.url if isinstance(given, Media) else given
        assert url is not None
        try:
            async with asyncio.timeout(self._within):
                asset = await download(
                    self._http, store, url, limit=lambda size: wire.file_problem("", size), slots=self._fetches
                )
        except InvalidInput as error:
            raise InvalidInput(f"{problem}: {url}: {error.message} Nothing was sent.") from error
        except (LinkGone, OutputUnavailable, TimeoutError) as error:
            why = f"it was not there after {self._within:g} s" if isinstance(error, TimeoutError) else None
            raise InvalidInput(
                f"{problem}: {url} could not be fetched ({why or error.__cause__ or error}). The service takes only "
                "files, so it has to be. Nothing was sent. Check the address, or give the file itself."
            ) from error
        return Media.kept(asset, url)

    async def send(self, wire: Wire, target: Target, model: Model, inputs: tuple[Input, ...]) -> dict[str, str]:
        """Return a URL by parameter name.

        Raises:
            InvalidInput: A file cannot become a URL here; shows the ready ways.
            PixnbError: An upload was refused.
        """
        urls = await asyncio.gather(*(self._url(wire, target, model, given) for given in inputs))
        return {given.name: url for given, url in zip(inputs, urls, strict=True)}

    async def check(self, wire: Wire, target: Target, model: Model, inputs: tuple[Input, ...]) -> None:
        """Refuse, before anything is written or sent, a file that the service would not take or cannot get at.

        Raises:
            InvalidInput: It says what to do instead.
        """
        for given in inputs:
            if given.has_bytes and (wire.takes_files or wire.takes_uploads(target)):
                problem = wire.file_problem(given.media.media_type, given.media.size or 0)
                if problem:
                    raise InvalidInput(f"Invalid inputs for {model.id}: {given.label}: {problem}")
                continue
            stuck = given.has_bytes and self._uploader is None
            if stuck and (given.media.url is None or not await self._lives(given.media.url)):
                raise InvalidInput(_three_ways(target.provider, model, given))
            if given.has_bytes and self._uploader is not None:
                await asyncio.to_thread(self._uploader.check)

    async def _url(self, wire: Wire, target: Target, model: Model, given: Input) -> str:
        if not given.has_bytes:
            assert given.media.url is not None
            return given.media.url
        if wire.takes_uploads(target):
            return await self.upload(wire, target, given.media, given.sha256)
        if self._uploader is None or (given.media.url is not None and await self._lives(given.media.url)):
            assert given.media.url is not None  # `check` has seen that it lives
            return given.media.url
        return await asyncio.to_thread(self._uploader.put, given.media)

    async def upload(self, wire: Wire, target: Target, media: Media, sha256: str | None = None) -> str:
        """Upload a file to the service itself, if it is not there, and return its URL there.

        Raises:
            InvalidInput: The file cannot be read, or is no longer the one with this hash.
            PixnbError: The upload was refused.
        """
        place = target.base_url, sha256 or ""
        same = self._uploads.get(place) if sha256 else None
        if same is not None and _is_good(same):
            with contextlib.suppress(PixnbError):  # of that file: this one may be whole
                return (await asyncio.shield(same)).url
        upload = self._uploads[place] = asyncio.create_task(self._upload(wire, target, media, sha256))
        return (await asyncio.shield(upload)).url

    async def _upload(self, wire: Wire, target: Target, media: Media, sha256: str | None) -> Uploaded:
        for pause in (*_PAUSES, None):
            try:
                with open_attachment(media, sha256) as file:
                    response = await self._http.send(wire.upload(target, file))
                break
            except UNANSWERED as error:
                if pause is None:
                    raise _not_uploaded(target.provider, str(error)) from error
            await asyncio.sleep(pause)
        if not response.is_success:
            raise wire.refusal(response, model=None, job_id=None)
        try:
            return wire.uploaded(response)
        except Unreadable as error:
            raise _not_uploaded(wire.provider, str(error)) from error

    async def _lives(self, url: str) -> bool:
        """Whether the link of an earlier output can still be fetched; never asked of a user's own URL."""
        # one byte by GET: signed links refuse HEAD
        try:
            request = httpx.Request("GET", url, headers={"Range": "bytes=0-0"})
            response = await self._http.send(request, stream=True, follow_redirects=True)
            await response.aclose()
        except UNANSWERED:
            return False
        return response.is_success


def _is_good(upload: asyncio.Task[Uploaded]) -> bool:
    """Whether it is under way, or what it brought will be there for long enough."""
    if not upload.done():
        return True
    if upload.cancelled() or upload.exception() is not None:
        return False
    expires_at = upload.result().expires_at
    return expires_at is not None and expires_at > datetime.now(UTC) + _SPARE


def _not_uploaded(provider: str, what: str) -> PixnbError:
    return ServiceUnavailable(
        f"The upload to {provider} failed: {what}. No job was submitted and nothing was charged. Submit again.",
        provider=provider,
    )


def _three_ways(provider: str, model: Model, given: Input) -> str:
    return (
        f"Invalid inputs for {model.id}: {given.label} is a file, and {provider} takes only public URLs. "
        "Three ready ways: "
        f'(1) put it on the web yourself and pass {given.label}="https://…"; '
        '(2) pixnb.Client(uploader=pixnb.Uploader("s3://bucket/folder", public="https://…")) or PIXNB_UPLOAD_URL; '
        "(3) pass the output of an earlier run whose link still lives. "
        "With (1) and (2) the file becomes public: anybody who has the link can see it. Nothing was sent."
    )


__all__ = ["InputUpload", "keep_inputs"]
