"""Webhooks: what is POSTed to the caller's address, when, and how often it is tried."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pixnb.sandbox.options import Options
from pixnb.sandbox.outbound import Outbound
from pixnb.sandbox.state import Job
from pixnb.terminal import get_logger

_JSON = {"Content-Type": "application/json"}
_CYCLE = 5.0  # seconds between two calls of a running job, at speed 1

logger = get_logger("pixnb.sandbox")


@dataclass(frozen=True)
class Message:
    """One webhook call in its provider's words; `body` is what is sent, so that it can be signed."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Callbacks:
    """Delivers the webhooks of jobs, in the words that `write` gives; it gives None where a provider calls nobody.

    A call that is not answered with a 2xx in time is tried again, so a receiver can get the same call twice.
    """

    def __init__(self, outbound: Outbound, options: Options, write: Callable[[Job], Message | None]) -> None:
        self._outbound = outbound
        self._speed = options.speed
        self._assumed = options.assumed
        self._write = write

    async def call_while_running(self, job: Job, over: asyncio.Event) -> None:
        """Call on every cycle of a running job, for those who asked for it, until it is over: once in any case."""
        if (job.callback or {}).get("mode") != "sync":
            return
        while await self.deliver(job):  # "persistent failures may stop further deliveries"
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), _CYCLE / self._speed)
            if over.is_set():
                return

    async def deliver(self, job: Job) -> bool:
        """Call about a job as it is; tell whether that was delivered, or nothing was to be."""
        message = self._write(job) if job.callback else None
        if message is None:
            return True
        delivered = [await self._post(job, message) for _ in range(2 if "[callback twice]" in job.faults else 1)]
        return all(delivered)

    async def _post(self, job: Job, message: Message) -> bool:
        from pixnb.http import httpx

        headers, patience = {**_JSON, **message.headers}, self._assumed.webhook_patience
        for attempt in range(self._assumed.webhook_tries):
            if attempt:
                await asyncio.sleep(2**attempt / self._speed)
            try:
                answer = await self._outbound.client.post(
                    message.url, content=message.body, headers=headers, timeout=patience
                )
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:  # ValueError: a host's name
                logger.warning("The webhook of %s failed: %r", job.id, error)
            else:
                if answer.is_success:
                    return True
                logger.warning("The webhook of %s answered %d", job.id, answer.status_code)
        return False


def encode(body: Mapping[str, Any]) -> bytes:
    """Write a call's body."""
    return json.dumps(body, separators=(",", ":")).encode()


__all__ = ["Callbacks", "Message", "encode"]
