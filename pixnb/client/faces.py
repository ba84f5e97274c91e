"""The two faces of the engine: `Client` blocks, `AsyncClient` awaits; both do the same."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Iterable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar, Never, TypeVar

from pixnb import providers
from pixnb import settings as _settings
from pixnb.client import processing
from pixnb.client.engine import Engine
from pixnb.client.inputs import tell_kind
from pixnb.client.job import Job, Result
from pixnb.client.polling import Patience
from pixnb.client.standing import Standing
from pixnb.client.work import Work
from pixnb.errors import InvalidInput
from pixnb.http.loop import wait_for
from pixnb.living import Living
from pixnb.media.kinds import kind
from pixnb.media.media import Media
from pixnb.media.store import Store
from pixnb.media.uploader import Uploader
from pixnb.request import Request, refuse_unnamed
from pixnb.status import JobStatus
from pixnb.targets import Targets
from pixnb.unsent import nothing_sent
from pixnb.wire import registry as wires

if TYPE_CHECKING:
    from pydantic import SecretStr

    from pixnb.catalogue.model import Model
    from pixnb.catalogue.prices import Balance
    from pixnb.client.processing import CancelToken
    from pixnb.http import httpx
    from pixnb.sandbox.start import Sandbox
    from pixnb.wire.callback import Callback

T = TypeVar("T")


class _Face(Living):
    """What both faces have."""

    _instead = "Make a Client() in the other process, which reads the same settings"
    _guesses: ClassVar[Mapping[str, str]] = {
        "()": "client.run(model, prompt=…) runs a model",
        "generate predict create infer call edit process_video result wait": (
            "client.run(model, prompt=…) submits, waits and downloads"
        ),
        "submit_async run_async subscribe stream": "pixnb.AsyncClient() has the same calls to await",
        "models list_models model list": "pixnb.models lists them",
        "frame df log runs history compare": "an experiment remembers: pixnb.Experiment(name, client=client).frame()",
        "get_job get status fetch queue predictions jobs cancel": "client.job(provider, job_id) takes a job up",
        "credits credit wallet get_balance account usage quota": "client.balance(provider) asks for it",
        "api_key key keys login headers session": "keys are given as Client(keys={provider: key}) and never shown",
    }

    @nothing_sent()
    def __init__(
        self,
        *unnamed: Never,
        keys: Mapping[str, str | SecretStr] | None = None,
        base_urls: Mapping[str, str] | None = None,
        sandbox: bool | Sandbox | None = None,
        uploader: Uploader | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        store: str | os.PathLike[str] | Store | None = None,
        patience: Patience | None = None,
        **unknown: Never,
    ) -> None:
        if unnamed or unknown:  # perhaps a key, which is not to be shown
            given = f"{next(iter(unknown))}=" if unknown else "what has no name"
            raise InvalidInput(
                f'A client does not take {given}. Keys go by service: Client(keys={{"pixazo": "…"}}); Client() finds '
                "those of the environment, of .env and of pixnb.login. Nothing was sent."
            )
        _known(keys, "keys")
        _known(base_urls, "base_urls")
        settings = _settings.load()
        if uploader is None and settings.pixnb_upload_url:
            uploader = Uploader(settings.pixnb_upload_url, settings.pixnb_upload_public)
        self.engine = Engine(
            Targets(settings, keys=keys, base_urls=base_urls, sandbox=sandbox),
            store if isinstance(store, Store) else Store(settings.assets if store is None else store),
            uploader=uploader,
            transport=transport,
            patience=patience,
        )

    def __repr__(self) -> str:
        return f"<pixnb.{type(self).__name__}>"

    def job(self, provider: str, job_id: str) -> Job:
        """Re-attach to a job by its id, from any process.

        Args:
            provider: The service.
            job_id: Its id there.

        Returns:
            The job; it says QUEUED until `refresh()`, `wait()` or `result()` has asked.

        Raises:
            InvalidInput: No such service, or an empty id.
        """
        wires.get(provider)
        if not isinstance(job_id, str) or not job_id.strip():
            raise InvalidInput(f"A job id is a text, not {job_id!r}.")
        return Job(self.engine, Work(provider, "", standing=Standing(JobStatus.QUEUED, id=job_id.strip())))

    @nothing_sent()
    def _begin(self, request: Request) -> tuple[Job, Future[None]]:
        request.warn_of_doubts(self.engine.targets)
        work = self.engine.new_work(request)
        return Job(self.engine, work), self.engine.see_through(work, self.engine.submit(work))

    def _process(self, options: Mapping[str, Any] | None, named: Iterable[str]) -> tuple[Work, CancelToken | None]:
        request, token = processing.read_options(options, named)
        request.warn_of_doubts(self.engine.targets)
        return self.engine.new_work(request), token


class Client(_Face):
    """A blocking client: each call returns when it is done. Works from any thread and in notebooks.

    Args:
        keys: Keys by provider; before those of environment, `.env` and login.
        base_urls: Addresses by provider, in place of the documented hosts.
        sandbox: True or a `Sandbox`: everything goes there; False: nothing may; None: only when no key is set.
        uploader: Where input files become URLs, for services that take only URLs.
        transport: An httpx async transport in place of the network; the one seam for fakes.
        store: The folder or fsspec URL for results; PIXNB_ASSETS when left out.
        patience: How long waits bear with a service.

    Example:
        >>> client = Client()
        >>> client.run("lucy-edit-fast", prompt="Make it snow", video=pixnb.sample("video")).video  # doctest: +SKIP
    """

    def submit(
        self,
        model: str | Model,
        /,
        *unnamed: Never,
        callback: Callback | None = None,
        idempotency_key: str | None = None,
        extra: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> Job:
        """Submit a job; returns when the service has answered. Ctrl-C leaves the wait, never the submit.

        Args:
            model: Friendly id, the service's own id, or a `Model`.
            *unnamed: None: parameters are named.
            callback: A webhook to be called by the service.
            idempotency_key: For services that know one; made when left out.
            extra: Fields that are sent unchecked, for what a service added yesterday.
            **params: The model's parameters; media by their own name or by role (`video=`).

        Returns:
            The job; its polling and download go on behind.

        Raises:
            InvalidInput, InvalidAPIKey: Before anything was sent.
            SubmitUnconfirmed: The answer was lost; the job may run.
            PixnbError: A refusal, by its class.
        """
        refuse_unnamed(unnamed)
        request = Request(model, params, callback=callback, idempotency_key=idempotency_key, extra=extra)
        job, answered = self._begin(request)
        wait_for(answered)
        return job

    def run(self, model: str | Model, /, *unnamed: Never, timeout: float | None = None, **params: Any) -> Result:
        """Submit, wait, download.

        Args:
            model: As in `submit`.
            *unnamed: None: parameters are named.
            timeout: Seconds to wait for the result; the job goes on after that.
            **params: As in `submit`, with `callback`, `idempotency_key` and `extra`.

        Raises:
            PixnbError: As `submit` and `Job.result`.
        """
        return self.submit(model, *unnamed, **params).result(timeout)

    def process(self, options: Mapping[str, Any] | None = None, **named: Never) -> bytes:
        """Generate or transform media in one call: the Process API, for every model of every provider.

        Args:
            options: "model" (a `Model` or its name), the model's parameters, media as an open file, bytes, a path,
                a `Media` or a URL, and perhaps "cancel_token", anything with `is_set()`.
            **named: None: all of it is in the dict.

        Returns:
            The bytes of the video or image.

        Raises:
            asyncio.CancelledError: The token was set. No service documents a cancel call, so it may finish and bill.
            InvalidInput: As in "Invalid inputs for lucy-pro-i2v: data is required"; nothing was sent.
            PixnbError: Any other failure; `.code` is PROCESSING_ERROR where the service could not do it.

        Example:
            >>> client = Client()  # doctest: +SKIP
            >>> data = client.process({"model": "lucy-pro-t2i", "prompt": "A lake at dawn"})  # doctest: +SKIP
        """
        work, token = self._process(options, named)
        return processing.block(self.engine, work, token)

    def upload(self, media: Any, provider: str) -> str:
        """Upload a file to a service that takes uploads and return its URL there.

        Raises:
            InvalidInput: The service takes no uploads, or not this file.
            PixnbError: The upload was refused.
        """
        return self._block(self.engine.upload(_media(media), provider))

    def balance(self, provider: str) -> Balance | None:
        """Return what the wallet holds, or None where the service documents no way to ask.

        Raises:
            InvalidAPIKey: There is no key, or the service refused it.
            ServiceUnavailable: It gave no readable answer.
        """
        return self._block(self.engine.balance(provider))

    def _block(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return wait_for(self.engine.thread.start(coroutine))


class AsyncClient(_Face):
    """A client of coroutines; the arguments are those of `Client`. Usable from any loop, also several.

    Example:
        >>> async def main():
        ...     job = await AsyncClient().submit("ltx-2.3-text-to-video", prompt="A lake at dawn")
        ...     return (await job).video
    """

    async def submit(
        self,
        model: str | Model,
        /,
        *unnamed: Never,
        callback: Callback | None = None,
        idempotency_key: str | None = None,
        extra: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> Job:
        """Submit a job; see `Client.submit`. Being cancelled leaves the wait, never the submit."""
        refuse_unnamed(unnamed)
        request = Request(model, params, callback=callback, idempotency_key=idempotency_key, extra=extra)
        job, answered = self._begin(request)
        await asyncio.wrap_future(answered)
        return job

    async def run(self, model: str | Model, /, *unnamed: Never, timeout: float | None = None, **params: Any) -> Result:
        """Submit, wait, download; see `Client.run`."""
        job = await self.submit(model, *unnamed, **params)
        return await job._finish(timeout)

    async def process(self, options: Mapping[str, Any] | None = None, **named: Never) -> bytes:
        """Generate or transform media in one call; see `Client.process`.

        The token is looked at while it waits: set from another task or thread, it ends the call within half a second.

        Example:
            >>> async def lake():
            ...     return await AsyncClient().process({"model": "lucy-pro-t2i", "prompt": "A lake at dawn"})
        """
        work, token = self._process(options, named)
        return await processing.watch(self.engine, work, token)

    async def upload(self, media: Any, provider: str) -> str:
        """Upload a file; see `Client.upload`."""
        return await self._await(self.engine.upload(_media(media), provider))

    async def balance(self, provider: str) -> Balance | None:
        """Return what the wallet holds; see `Client.balance`."""
        return await self._await(self.engine.balance(provider))

    async def _await(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return await asyncio.shield(asyncio.wrap_future(self.engine.thread.start(coroutine)))


def _media(value: Any) -> Media:
    try:
        media = Media.of(value)
        if kind(media.media_type) is None:
            raise InvalidInput(f"{tell_kind(media)}. Give a video, a picture or a sound.")
        if media.path is not None or media.url is None:
            media.info  # noqa: B018 - refuses what is cut short, before it is sent
    except OSError as error:
        raise InvalidInput(f"The file cannot be read: {error}. Check it, then upload again.") from error
    return media


def _known(given: Mapping[str, Any] | None, name: str) -> None:
    for provider in given or {}:
        if provider not in providers.known():
            known = ", ".join(providers.names())
            raise InvalidInput(f"{name}= names an unknown provider {provider!r}. Use: {known}.")


__all__ = ["AsyncClient", "Client"]
