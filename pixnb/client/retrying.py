"""When a submit is sent again, and when it must never be."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pixnb.errors import ContentRefused, PixnbError, ServiceUnavailable, SubmitUnconfirmed
from pixnb.http import httpx
from pixnb.http.bounds import MB, Alarm, Bounds, largest_media
from pixnb.http.client import TIMEOUT
from pixnb.http.failures import NEVER_SENT, UNANSWERED, Misconfigured
from pixnb.http.secrets import without_key
from pixnb.wire.refusals import reason, retry_after, text_of
from pixnb.wire.wire import Unreadable, Wire

T = TypeVar("T")
Build = Callable[[], AbstractContextManager[httpx.Request]]
"""Makes a request whose files are open as long as the context lasts."""

Hear = Callable[[httpx.Response, float], object]
"""Is told of an answer, and when what it answers left, by the monotonic clock."""

REPEATS = 3
_IN_MEMORY = 100 * MB  # an answer that is the media itself
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a submit was answered with, and whether a sandbox did."""

    value: T
    sandbox: bool


@dataclass(frozen=True, slots=True)
class Way(Generic[T]):
    """How a submit goes.

    Attributes:
        wire: The service's wire.
        build: Makes the request; called once an attempt.
        read: Reads a 2xx answer; raises Unreadable.
        model: The model's id at the service, for messages.
        may_repeat_lost: Whether a lost answer may be repeated (same idempotency key).
        timeout: Seconds that the answer may take in all; None where only silence ends it.
        lost_code: The error's code where the service itself says that it broke, for work that is answered with its
            media and has no id.
    """

    wire: Wire
    build: Build
    read: Callable[[httpx.Response], T]
    model: str
    may_repeat_lost: bool = False
    timeout: float | None = None
    lost_code: str | None = None


class _Repeat(Exception):
    """Nothing was accepted: sending again is safe. Carries what to raise when patience ends."""

    def __init__(self, error: PixnbError, pause: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.pause = pause


async def submit(http: httpx.AsyncClient, way: Way[T], hear: Hear | None = None) -> Answer[T]:
    """Send a submit; repeat it only where that cannot pay twice.

    Args:
        http: The HTTP client.
        way: What is sent and how its answer is read.
        hear: Is told of each answer, also of those after which it is sent again.

    Returns:
        The service's answer.

    Raises:
        SubmitUnconfirmed: The answer was lost; the job may run and may be billed.
        RateLimited: 429, still so after 3 repeats or 30 s, or asked to wait longer than that.
        ServiceUnavailable: Never reached, or 503, still so after 3 repeats or 30 s.
        PixnbError: Any other refusal, by its class.
    """
    spent = 0.0
    doubt: PixnbError | None = None
    number = 0
    while True:
        began = time.monotonic()
        try:
            return await _attempt(http, way, hear)
        except _Repeat as signal:
            if isinstance(signal.error, SubmitUnconfirmed):
                doubt = signal.error
            spent += min(time.monotonic() - began, PATIENCE / 2)  # one attempt alone took all: the laptop was closed
            left = PATIENCE - spent
            if number == REPEATS or left <= 0 or (signal.pause or 0.0) > left:
                raise doubt or signal.error from signal.__cause__
            pause = signal.pause if signal.pause is not None else _pause(signal.error, number)
        except PixnbError as error:
            # what a repeat is refused with says nothing of the submit before it, whose answer was lost
            raise doubt or error from error.__cause__
        await asyncio.sleep(pause)
        spent += pause
        number += 1


async def _attempt(http: httpx.AsyncClient, way: Way[T], hear: Hear | None) -> Answer[T]:
    wire, sent_at = way.wire, time.monotonic()
    with _open_request(way) as request:
        if way.timeout is not None:
            request.extensions["timeout"] = {**TIMEOUT.as_dict(), "read": way.timeout}
            request.extensions["bounds"] = Bounds(size=min(largest_media(), _IN_MEMORY), seconds=way.timeout)
        try:
            async with Alarm(way.timeout):
                response = await http.send(request)
        except Misconfigured as error:
            raise _nothing_sent(wire.provider, error) from error
        except NEVER_SENT as error:
            raise _Repeat(_unreachable(wire.provider, request, error)) from error
        except TimeoutError as error:
            raise _lost(way, f"none came within {way.timeout:g} s") from error
        except UNANSWERED as error:
            raise _lost(way, f"{type(error).__name__}: {error}") from error
    if hear is not None:
        hear(response, sent_at)
    if response.is_success:
        try:
            return Answer(way.read(response), _is_sandbox(response))
        except Unreadable as error:
            raise _refused(way, response) or _lost(way, f"{response.status_code}, {error}", response) from error
    if response.status_code in (429, 503):
        raise _Repeat(wire.refusal(response, model=way.model, job_id=None), retry_after(response))
    if response.status_code >= 500:
        raise _refused(way, response) or _broken(way, response)
    if response.is_redirect:
        raise _redirected(wire.provider, response)
    raise wire.refusal(response, model=way.model, job_id=None)


@contextlib.contextmanager
def _open_request(way: Way[Any]) -> Iterator[httpx.Request]:
    with contextlib.ExitStack() as stack:
        try:
            request = stack.enter_context(way.build())
        except PixnbError:
            raise
        except Exception as error:
            raise _nothing_sent(way.wire.provider, error) from error
        yield request


def _pause(error: PixnbError, number: int) -> float:
    if error.status_code is not None:  # "too many" is meant
        return min(8.0, 2.0**number) + random.uniform(0.5, 1.5)
    return random.uniform(0.0, min(8.0, 0.5 * 2**number))


def _lost(way: Way[Any], what: str, response: httpx.Response | None = None) -> Exception:
    provider = way.wire.provider
    sent = "sent again only with the same idempotency key" if way.may_repeat_lost else "not sent again"
    collect = "" if way.lost_code else f"; if the job is there, client.job({provider!r}, its id) collects it"
    error = SubmitUnconfirmed(
        f"The answer of {provider} to the submit was lost ({what}). The job may be running and may be billed, so it "
        f"was {sent}. Look into the console of {provider}{collect}.",
        provider=provider,
        status_code=response.status_code if response is not None else None,
        body=text_of(response) if response is not None else None,
    )
    return _Repeat(error) if way.may_repeat_lost else error


def _refused(way: Way[Any], response: httpx.Response) -> ContentRefused | None:
    """Give what an answer means that has no job and yet leaves no doubt: that the content was refused."""
    error = way.wire.refusal(response, model=way.model, job_id=None)
    return error if isinstance(error, ContentRefused) else None


def _broken(way: Way[Any], response: httpx.Response) -> Exception:
    """Say that a service broke: it may have taken the job all the same, whatever its answer says."""
    if way.lost_code is None:
        return _lost(way, f"HTTP {response.status_code}", response)
    return SubmitUnconfirmed(
        f"{way.wire.provider} could not process it: {response.status_code} - "
        f"{(reason(response) or 'no reason given').rstrip('.')}. "
        "Whether it is billed is not documented, so it was not sent again. Look into its console, then try again.",
        provider=way.wire.provider,
        status_code=response.status_code,
        body=text_of(response),
        code=way.lost_code,
    )


def _nothing_sent(provider: str, error: Exception) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"Nothing was sent to {provider} or charged: {str(error) or repr(error)}. Then submit again.", provider=provider
    )


def _unreachable(provider: str, request: httpx.Request, error: Exception) -> ServiceUnavailable:
    host = request.url.host
    return ServiceUnavailable(
        f"{provider} could not be reached at {host}: {error}. Nothing was sent or charged. "
        "Check the network and the base URL, then submit again.",
        provider=provider,
    )


def _redirected(provider: str, response: httpx.Response) -> ServiceUnavailable:
    place = without_key(response.headers.get("location", "nowhere"), response)
    return ServiceUnavailable(
        f"{provider} answered the submit with a redirect to {place!r:.200}; it was "
        "not followed, because a key is sent to no other address. Check the base URL. Nothing was charged.",
        provider=provider,
        status_code=response.status_code,
    )


def _is_sandbox(response: httpx.Response) -> bool:
    return bool(response.headers.get("x-pixnb-sandbox") == "1")


__all__ = ["PATIENCE", "REPEATS", "Answer", "Way", "submit"]
