"""The ASGI app that services call: it answers at once, and what a call is about is asked of the service."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, Literal

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pixnb import providers
from pixnb import settings as _settings
from pixnb.client.faces import AsyncClient, Client
from pixnb.errors import InvalidInput, PixnbError
from pixnb.log.log import Log, open_log
from pixnb.log.tokens import token
from pixnb.terminal import get_logger
from pixnb.webhooks.questions import Questions
from pixnb.webhooks.signature import verify
from pixnb.wire.callback import Callback
from pixnb.wire.wire import EMBEDDED

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

logger = get_logger(__name__)

_LARGEST = 1_000_000  # bytes; the documented bodies have less than a thousandth of it
_LONGEST_ID = 200
_SIGNED = "apiframe"
_SANDBOX_KEY = SecretStr("sandbox")
"""What the data folder's own sandbox is given for a key: anybody knows it, so it speaks for that sandbox only."""


class _Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.answer = PlainTextResponse(text, status)


class _Unshown(str):
    """A URL that is shown without its end, which is a secret."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(self.rpartition("/")[0] + "/…")


class Receiver:
    """An ASGI app that receives the webhooks of a log's runs; made by `app`.

    It answers `POST /<token>` and nothing else. The token is as secret as a key: whoever has it can make pixnb ask
    about runs, though nothing more. It is in no repr here, and a server's access log shows `/-` in its place.
    """

    def __init__(self, log: Log, client: Client | AsyncClient, *, hexkey: bool = False) -> None:
        self._log = log
        self._targets = client.engine.targets
        self._hexkey = hexkey
        self._token = SecretStr(token(log, "webhooks"))
        self._questions = Questions(log, client.engine, user=_settings.load().user)
        self._asgi = Starlette(routes=[Route("/{token:str}", self._receive, methods=["POST"])])
        self._asgi.router.redirect_slashes = False  # a redirect would name the token

    def __repr__(self) -> str:
        return f"<pixnb.webhooks.Receiver of {self._log.where}>"

    @property
    def path(self) -> str:
        """Where it takes calls, below wherever it is mounted. A secret."""
        return f"/{self._token.get_secret_value()}"

    def callback(
        self, base_url: str, *, mode: Literal["terminal", "sync"] = "terminal", events: tuple[str, ...] = ()
    ) -> Callback:
        """Return the callback for a submit that leads here.

        Args:
            base_url: The public address under which this app is reached: https, or http on this machine for the
                sandbox. With the path that it is mounted at.
            mode: As in `pixnb.Callback`.
            events: As in `pixnb.Callback`.

        Raises:
            InvalidInput: The service would refuse it.

        Example:
            >>> hooks = pixnb.webhooks.app(exp.log, client=exp.client)  # doctest: +SKIP
            >>> here = hooks.callback("https://lab.example.org/hooks")  # doctest: +SKIP
            >>> exp.submit("lucy-edit-fast", prompt="Make it snow", video=clip, callback=here)  # doctest: +SKIP
        """
        if not isinstance(base_url, str) or "?" in base_url or "#" in base_url:
            raise InvalidInput(f"A callback's base is an address without a query or a fragment, not {base_url!r}.")
        return Callback(_Unshown(base_url.rstrip("/") + self.path), mode, tuple(events))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as ASGI says."""

        async def send_unseen(message: Message) -> None:
            _hide(scope)
            await send(message)

        await self._asgi(scope, receive, send_unseen)

    async def _receive(self, request: Request) -> Response:
        try:
            await self._take(request)
        except _Refused as refused:
            return refused.answer
        except ClientDisconnect:
            pass
        return Response()

    async def _take(self, request: Request) -> None:
        given, own = request.path_params["token"], self._token.get_secret_value()
        if not secrets.compare_digest(given.encode(errors="replace"), own.encode()):
            raise _Refused(404, "There is nothing here.")
        body = await _body(request)
        if {"x-webhook-signature", "x-webhook-event"} & set(request.headers):
            await self._take_signed(request, body, None)
        else:
            said = _object(body)
            if "jobId" in said:
                await self._take_signed(request, body, said)
            elif (job_id := _id(said.get("request_id"))) is not None:
                self._questions.ask("pixazo", job_id)

    async def _take_signed(self, request: Request, body: bytes, said: dict[str, Any] | None) -> None:
        """Take a call that is trusted as far as its signature goes, which is checked before the body is read."""
        signature = request.headers.get("x-webhook-signature")
        of_service = self._is_signed_by_service(body, signature)
        if not of_service and not verify(body, signature, _SANDBOX_KEY, hexkey=self._hexkey):
            raise _Refused(401, "The signature in X-Webhook-Signature is missing or wrong.")
        said = _object(body) if said is None else said
        job_id = _id(said.get("jobId"))
        if job_id is None:
            return
        if not of_service and not await run_in_threadpool(self._may_be_of_sandbox, job_id):
            raise _Refused(401, "The signature in X-Webhook-Signature is wrong for this job.")
        kind = request.headers.get("x-webhook-event") or said.get("event") or said.get("type")
        logger.debug("%s called about job %s: %.40r", _SIGNED, job_id, kind)
        self._questions.ask(_SIGNED, job_id)

    def _is_signed_by_service(self, body: bytes, signature: str | None) -> bool:
        try:
            key = self._targets.at(_SIGNED, providers.get(_SIGNED).host).key
        except PixnbError:  # no key, or a client that works in the sandbox only
            return False
        return verify(body, signature, key, hexkey=self._hexkey)

    def _may_be_of_sandbox(self, job_id: str) -> bool:
        try:
            found = self._questions.open_runs(_SIGNED, job_id)
        except PixnbError as error:
            logger.warning("a webhook about job %s could not be checked against the log: %s", job_id, error)
            return False
        return all(str(row["base_url"]).startswith(EMBEDDED) for row in found)


def _hide(scope: Scope) -> None:
    # servers write their access log from this very dict when the answer begins
    if "path" in scope:
        unseen = f"{scope.get('root_path', '')}/-"
        scope.update(path=unseen, raw_path=unseen.encode(), path_params={})


async def _body(request: Request) -> bytes:
    too_large = _Refused(413, f"The body has more than {_LARGEST} bytes.")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > _LARGEST:
        raise too_large
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST:
            raise too_large
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(400, "The body is no JSON.") from None
    if not isinstance(said, dict):
        raise _Refused(400, "The body is no JSON object.")
    return said


def _id(value: Any) -> str | None:
    """Return what can be a job's id: nothing that a database or a log line would stumble over."""
    fits = isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()
    return value if fits else None


def app(log: Log | None = None, *, client: Client | AsyncClient | None = None, hexkey: bool = False) -> Receiver:
    """Return an ASGI app that receives the webhooks of a log's runs.

    Run it with any ASGI server, or mount it in another app; from a shell, for the settings' log, run
    `uvicorn --factory pixnb.webhooks:app`. A call is answered at once. It is only a hint: what became of the job is
    asked of its service, so nothing in a body is believed. Apiframe's calls must carry its signature; Pixazo signs
    nothing. A run that some object of this process follows is asked about now; another run of the log is taken over
    if its process is gone, else followed.

    Args:
        log: The log of the runs; None for the settings' one. All apps of one log have the same address.
        client: What asks, and knows the keys; one by the settings when left out.
        hexkey: Whether Apiframe signs with the hex text of the key's hash; see `verify`.

    Raises:
        LogError: The log cannot be opened, or not written.

    Example:
        >>> hooks = pixnb.webhooks.app(exp.log, client=exp.client)  # doctest: +SKIP
        >>> uvicorn.run(Starlette(routes=[Mount("/hooks", hooks)]))  # doctest: +SKIP
    """
    return Receiver(log if log is not None else open_log(), client if client is not None else Client(), hexkey=hexkey)


__all__ = ["Receiver", "app"]
