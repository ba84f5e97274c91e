"""The statuses of a job as they change, for `for` and for `async for`."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Self

from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.client.job import Job


class Updates(Iterator[JobStatus], AsyncIterator[JobStatus]):
    """The statuses of a job as they change; both an iterator and an async iterator."""

    def __init__(self, job: Job, watch: Callable[[Job], Future[None]]) -> None:
        self._job = job
        self._watch = watch
        self._last: JobStatus | None = None
        self._queue: queue.SimpleQueue[JobStatus | BaseException | None] = queue.SimpleQueue()
        self._queue.put(job.status)
        self._future: Future[None] | None = None

    def _begin(self) -> None:
        if self._future is None and not self._job.is_settled:
            self._job.listen(self._queue.put)
            self._future = self._watch(self._job)
            self._future.add_done_callback(self._end)
        elif self._future is None:
            self._future = Future()
            self._queue.put(self._job.status)
            self._queue.put(None)

    def _end(self, future: Future[None]) -> None:
        self._queue.put(self._job.status)
        if not future.cancelled():
            self._queue.put(future.exception())
        self._queue.put(None)

    def _is_news(self, item: JobStatus | BaseException | None) -> bool:
        if isinstance(item, BaseException):
            raise item
        news = item is not self._last
        self._last = item
        return news

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> JobStatus:
        self._begin()
        while True:
            item = self._queue.get()
            if item is None:
                self._queue.put(None)
                raise StopIteration
            if self._is_news(item):
                assert isinstance(item, JobStatus)
                return item

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> JobStatus:
        self._begin()
        while True:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                await asyncio.sleep(0.05)
                continue
            if item is None:
                self._queue.put(None)
                raise StopAsyncIteration
            if self._is_news(item):
                assert isinstance(item, JobStatus)
                return item


__all__ = ["Updates"]
