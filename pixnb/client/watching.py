"""Who watches a job: the one watch that is under way, those who want to hear of it, and its pauses."""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from typing import Self

from pixnb.living import Living
from pixnb.status import JobStatus
from pixnb.terminal import get_logger

logger = get_logger(__name__)

Listener = Callable[[JobStatus], object]


class Watching:
    """The watch of one job: begun once, shared by all who wait, ended by a cancel; a forked child has none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._future: Future[None] | None = None
        self._future_pid = self._gate_pid = 0
        self._listeners: list[Listener] = []
        self._gate: asyncio.Lock | None = None
        self._sleep: asyncio.Future[None] | None = None
        self._is_nudged = False
        self._begun: float | None = None

    def find_age(self, at: float) -> float:
        """Return the seconds since this was first asked; 0 the first time."""
        if self._begun is None:
            self._begun = at
        return at - self._begun

    @property
    def is_under_way(self) -> bool:
        """Whether the job is being followed right now; an end is on record only when that is over."""
        # a watch of the parent's does not come to an end in a forked child
        return self._future is not None and self._future_pid == os.getpid() and not self._future.done()

    def share(self, start: Callable[[], Future[None]]) -> Future[None]:
        """Return the watch that is under way, or the one that `start()` begins."""
        with self._lock:
            if self._future is None or not self.is_under_way:
                self._future, self._future_pid = start(), os.getpid()
            return self._future

    def stop(self) -> None:
        """End the watch, if one is under way; the job itself goes on."""
        with self._lock:
            if self._future is not None and self.is_under_way:
                self._future.cancel()

    def listen(self, listener: Listener) -> None:
        """Have `listener(status)` called on pixnb's thread at each change from now on."""
        with self._lock:
            self._listeners.append(listener)

    def tell(self, status: JobStatus, *, is_last: bool = False) -> None:
        """Tell the listeners a status; after the last they are let go."""
        with self._lock:
            listeners = list(self._listeners)
            if is_last:
                self._listeners.clear()
        for listener in listeners:
            try:
                listener(status)
            except Exception:
                logger.exception("a listener failed")

    @property
    def gate(self) -> asyncio.Lock:
        """Held while an answer is taken in, so that two askers do not collect twice. For the loop's thread."""
        if self._gate is None or self._gate_pid != os.getpid():
            self._gate, self._gate_pid = asyncio.Lock(), os.getpid()
        return self._gate

    async def pause(self, seconds: float) -> None:
        """Sleep between two polls, until somebody nudges; not at all where that happened since the last time."""
        if not self._is_nudged:
            loop = asyncio.get_running_loop()
            self._sleep = sleep = loop.create_future()
            alarm = loop.call_later(seconds, _wake, sleep)
            try:
                await sleep
            finally:
                alarm.cancel()
                self._sleep = None
        self._is_nudged = False

    def nudge(self) -> None:
        """End the pause that is under way, else the next one. For the loop's thread."""
        self._is_nudged = True
        if self._sleep is not None:
            _wake(self._sleep)


def _wake(sleep: asyncio.Future[None]) -> None:
    if not sleep.done():
        sleep.set_result(None)


class Updates(Iterator[JobStatus], AsyncIterator[JobStatus], Living):
    """The statuses of a job as they change, for `for` and for `async for`; ends when the job does.

    Args:
        status: Gives the status now.
        watch: Begins to watch, or joins; None where nothing more is expected.
        listen: Has a listener called at each change.
    """

    _instead = "Take the job up there, and call its updates()"

    def __init__(
        self,
        status: Callable[[], JobStatus],
        watch: Callable[[], Future[None] | None],
        listen: Callable[[Listener], None],
    ) -> None:
        self._status, self._watch, self._listen = status, watch, listen
        self._last: JobStatus | None = None
        self._queue: queue.SimpleQueue[JobStatus | BaseException | None] = queue.SimpleQueue()
        self._queue.put(status())
        self._is_begun = False

    def _begin(self) -> None:
        if self._is_begun:
            return
        self._is_begun = True
        self._listen(self._queue.put)
        future = self._watch()
        if future is not None:
            future.add_done_callback(self._end)
        else:
            self._queue.put(self._status())
            self._queue.put(None)

    def _end(self, future: Future[None]) -> None:
        self._queue.put(self._status())
        if not future.cancelled():
            self._queue.put(future.exception())
        self._queue.put(None)

    def _next(self, item: JobStatus | BaseException | None) -> JobStatus | None:
        """Return an item that is news; raises what ended the watch."""
        if isinstance(item, BaseException):
            raise item
        if item is None:
            self._queue.put(None)
            raise StopIteration
        if item is self._last:
            return None
        self._last = item
        return item

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> JobStatus:
        self._begin()
        while (news := self._next(self._queue.get())) is None:
            pass
        return news

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> JobStatus:
        self._begin()
        while True:
            try:
                news = self._next(self._queue.get_nowait())
            except queue.Empty:
                await asyncio.sleep(0.05)
                continue
            except StopIteration:
                raise StopAsyncIteration from None
            if news is not None:
                return news


__all__ = ["Listener", "Updates", "Watching"]
