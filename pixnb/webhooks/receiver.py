"""The ASGI app that services call: it answers at once, and what a call is about is asked of the service."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

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
from pixnb.living import Living
from pixnb.log.log import Log, open_log
from pixnb.log.tokens import token
from pixnb.terminal import get_logger
from pixnb.webhooks.questions import Questions
from pixnb.wire import registry as wires
from pixnb.wire.callback import Callback
from pixnb.wire.signature import verify
from pixnb.wire.wire import EMBEDDED, Call

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

logger = get_logger(__name__)

_LARGEST = 1_000_000  # bytes; the documented bodies have less than a thousandth of it
_LONGEST_ID = 200
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


class Receiver(Living):
    """An ASGI app that receives the webhooks of a log's runs; made by `app`.

    It answers `POST /<token>` and nothing else. The token is as secret as a key: whoever has it can make pixnb ask
    about runs, though nothing more. It is in no repr here, and a server's access log shows `/-` in its place.
    """

    _instead: ClassVar[str] = "Make pixnb.webhooks.app(log) there: all apps of one log have the same address"

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
        calls = list(_read_calls(request.headers, body))
        # a signature is checked before anything in a body counts, and one that is wrong makes the call nobody's
        signed = [one for one in calls if one[1].is_signed is not None]
        true = [one for one in signed if await self._is_true(*one)]
        if signed and not true:
            raise _Refused(401, "The signature of the call is missing, or wrong for this job.")
        calls = true or calls
        if all(call.job_id is None for _, call in calls):
            _check_object(body)
        for provider, call in calls:
            if (job_id := _id(call.job_id)) is not None:
                self._questions.ask(provider, job_id)

    async def _is_true(self, provider: str, call: Call) -> bool:
        """Whether a call is signed by its service, or by the sandbox about a job that may be its own."""
        assert call.is_signed is not None
        with contextlib.suppress(PixnbError):  # no key, or a client that works in the sandbox only
            if call.is_signed(self._targets.at(provider, providers.get(provider).host).key, hexkey=self._hexkey):
                return True
        if not call.is_signed(_SANDBOX_KEY, hexkey=self._hexkey):
            return False
        job_id = _id(call.job_id)
        return job_id is None or await run_in_threadpool(self._may_be_of_sandbox, provider, job_id)

    def _may_be_of_sandbox(self, provider: str, job_id: str) -> bool:
        try:
            found = self._questions.open_runs(provider, job_id)
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


def _read_calls(headers: Mapping[str, str], body: bytes) -> Iterator[tuple[str, Call]]:
    """Give what the services take a call for, each by its wire; mostly one of them, or none."""
    for provider in providers.names():
        with contextlib.suppress(PixnbError):  # the wire of a package is broken, which was said
            call = wires.get(provider).read_call(headers, body)
            if call is not None:
                yield provider, call


def _check_object(body: bytes) -> None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(400, "The body is no JSON.") from None
    if not isinstance(said, dict):
        raise _Refused(400, "The body is no JSON object.")


def _id(value: Any) -> str | None:
    """Return what can be a job's id: nothing that a database or a log line would stumble over."""
    fits = isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()
    return value if fits else None


def app(log: Log | None = None, *, client: Client | AsyncClient | None = None, hexkey: bool = False) -> Receiver:
    """Return an ASGI app that receives the webhooks of a log's runs.

    Run it with any ASGI server, or mount it in another app; from a shell, for the settings' log, run
    `uvicorn --factory pixnb.webhooks:app`. A call is answered at once. It is only a hint: what became of the job is
    asked of its service, so nothing in a body is believed. Which service calls, about which job, and whether that is
    signed, its wire says (`read_call`): Apiframe's calls must carry its signature; Pixazo signs nothing. A run that
    some object of this process follows is asked about now; another run of the log is taken over if its process is
    gone, else followed.

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


__all__ = ["Receiver", "app", "verify"]
