"""What lets a sweep send its next job: the service's cap, and what the user allows over all kernels of a log."""

from __future__ import annotations

import asyncio
import functools
import random
import time
from collections import defaultdict
from typing import TYPE_CHECKING

from pixnb.errors import PixnbError
from pixnb.log import places
from pixnb.runs.record import NoPlace

if TYPE_CHECKING:
    from pixnb.runs.runner import Runner


class Limits:
    """Lets as many jobs of sweeps be in flight at each service as it bears and the user allows; on the loop.

    The user's limits are shared by all kernels on a log. What is looked up here only says when to try: what writes a
    planned run's start counts again, in one transaction, and raises `NoPlace` if another kernel was quicker.

    Args:
        runner: What begins the runs.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._not_before: dict[str, float] = {}

    async def acquire(self, provider: str) -> None:
        """Wait until a job may be sent."""
        cap = self._runner.engine.caps.of(provider)
        async with self._turns[provider]:  # the first to come is the first to be let through
            await cap.take()
            try:
                # other kernels give places back and cannot tell us; they do not all look at once
                while wait := await self._find_wait(provider, cap.taken - 1):  # noqa: ASYNC110
                    await asyncio.sleep(wait * random.uniform(1.0, 1.2))
            except BaseException:
                cap.free()
                raise

    def release(self, provider: str, error: PixnbError | None) -> None:
        """Note that a job is over at its service, or that it was not sent.

        Args:
            provider: The service.
            error: What stopped it, such as `NoPlace`, or what went wrong; None for a job that went well. What the
                service's answers say of its pace is known already.
        """
        if isinstance(error, NoPlace):
            self._not_before[provider] = time.monotonic() + error.wait
        self._runner.engine.caps.of(provider).free(is_good=error is None)

    async def _find_wait(self, provider: str, held: int) -> float:
        limit = self._runner.limits.get(provider)
        if limit is None:
            return 0.0
        if (rest := self._not_before.get(provider, 0.0) - time.monotonic()) > 0:
            return rest
        look = functools.partial(
            places.find_wait,
            provider=provider,
            limit=limit,
            sandbox=self._runner.engine.is_sandbox,
            held=held,
        )
        return await asyncio.to_thread(self._runner.log.reading, look) or 0.0


__all__ = ["Limits"]
