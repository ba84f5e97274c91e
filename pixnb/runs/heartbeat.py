"""Having what this process works on look alive to others."""

from __future__ import annotations

import asyncio
import functools
import weakref
from typing import Protocol

from pixnb.errors import PixnbError
from pixnb.log import owners
from pixnb.log.log import Log

_PAUSE = 20.0
"""Seconds between two heartbeats; what another host owns is free after 60 s without one."""


class Worker(Protocol):
    """What has runs or sweeps under way."""

    log: Log

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""


async def keep_beating(worker: weakref.ref[Worker]) -> None:
    """Write a heartbeat now and then, for as long as the worker lives and is busy; on the loop."""
    while True:
        await asyncio.sleep(_PAUSE)
        alive = worker()
        if alive is None or not alive.is_busy:
            return
        me = owners.owner()
        try:
            await alive.log.write_async(functools.partial(owners.write_heartbeat, owner=me))
        except PixnbError:
            continue  # a log that cannot be written now may be again in 20 s
        finally:
            del alive


__all__ = ["keep_beating"]
