"""The Process API: one call in, bytes out, cancelled by a token.

Source: https://docs.platform.decart.ai/sdks/python-process, whose words and codes it keeps; it takes every model of
every provider.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

from pixnb.client.job import Job
from pixnb.errors import InvalidInput
from pixnb.http.loop import wait_for
from pixnb.request import Request

if TYPE_CHECKING:
    from pixnb.client.engine import Engine
    from pixnb.client.work import Work

_GLANCE = 0.05
"""Seconds between two looks at a cancel token, which nobody rings a bell for."""


class CancelToken(Protocol):
    """What can tell that a call is no longer wanted: an `asyncio.Event`, a `threading.Event`, or the like."""

    def is_set(self) -> bool:
        """Whether it is no longer wanted."""


def read_options(
    options: Mapping[str, Any] | None, named: Iterable[str] = (), /, **more: Any
) -> tuple[Request, CancelToken | None]:
    """Read the options of a `process` call.

    Args:
        options: "model", perhaps "cancel_token", and the model's parameters.
        named: Names of what was given beside them, which should be in them.
        **more: What else the request asks for.

    Returns:
        The request, and what cancels it or None.

    Raises:
        InvalidInput: They are no mapping, name no model, or the token is none.
        asyncio.CancelledError: The token is set already: nothing is sent.

    Example:
        >>> read_options({"model": "lucy-pro-t2v", "prompt": "A lake"})[0].params
        {'prompt': 'A lake'}
    """
    if named or not isinstance(options, Mapping):
        given = f"{next(iter(named))}= beside it" if named else f"{options!r:.80}"
        raise InvalidInput(f'process() takes one dict, as in process({{"model": …, "prompt": …}}), not {given}.')
    params = dict(options)
    model, token = params.pop("model", None), params.pop("cancel_token", None)
    if model is None:
        raise InvalidInput('Invalid inputs: model is required, as in "model": pixnb.models.video("lucy-pro-t2v")')
    if token is not None and not callable(getattr(token, "is_set", None)):
        raise InvalidInput(f"cancel_token must have is_set(), as asyncio.Event has, not be {token!r:.80}.")
    if token is not None and token.is_set():
        raise asyncio.CancelledError(_CANCELLED)
    return Request(model, params, process=True, **more), token


async def _process(engine: Engine, work: Work) -> bytes:
    await asyncio.wrap_future(engine.see_through(work, engine.submit(work)))
    result = await Job(engine, work)
    return await asyncio.to_thread(result.media[0].bytes)


def block(engine: Engine, work: Work, token: CancelToken | None) -> bytes:
    """Process a job from any thread, watching its token.

    Raises:
        asyncio.CancelledError: The token was set. A POST under way is left to finish, and what it brings is kept.
        PixnbError: As `Job.result`.
    """
    try:
        return wait_for(engine.thread.start(watch(engine, work, token)))
    except concurrent.futures.CancelledError:
        raise asyncio.CancelledError(_CANCELLED) from None


async def watch(engine: Engine, work: Work, token: CancelToken | None) -> bytes:
    """Do what `block` does, in async code; being cancelled cancels the job as a token does."""
    future = engine.thread.start(_process(engine, work))
    waiting = asyncio.wrap_future(future)
    try:
        while not waiting.done():
            await asyncio.wait([waiting], timeout=_GLANCE if token is not None else None)
            if token is not None and token.is_set() and not waiting.done():
                raise asyncio.CancelledError(_CANCELLED)
    except asyncio.CancelledError:
        waiting.add_done_callback(_drop_outcome)
        _leave(engine, work, future)
        raise
    return waiting.result()


def _leave(engine: Engine, work: Work, future: Future[bytes]) -> None:
    # not the future: cancelling that would take a POST along that is under way
    engine.thread.start(engine.cancel(work))
    future.add_done_callback(_drop_outcome)


def _drop_outcome(future: Any) -> None:
    if not future.cancelled():
        future.exception()  # nobody waits for it any more


_CANCELLED = "Request cancelled by user"

__all__ = ["CancelToken", "block", "read_options", "watch"]
