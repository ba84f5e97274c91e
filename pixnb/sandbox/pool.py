"""The rendering processes: started when needed, as many as there are processors, none left when the server is gone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from typing import Any

_LONGEST = 900.0  # seconds for one clip
_LINE = 1 << 20


class WorkerDied(Exception):
    """The process that rendered ended before it answered."""


class Pool:
    """Renders in processes of its own.

    Hold one of its `places` around `render`; they are waited for while no process is free.

    Not a `ProcessPoolExecutor`: one killed worker would break all of it, and after a SIGKILL of the server its
    workers would first finish what they render. Here each worker holds one end of a pipe and ends with the server.
    """

    def __init__(self, size: int) -> None:
        self.places = asyncio.Semaphore(size)
        self._size = size
        self._idle: list[asyncio.subprocess.Process] = []
        self._all: set[asyncio.subprocess.Process] = set()
        self._warming: set[asyncio.Task[None]] = set()

    def warm(self, jobs: int) -> None:
        """Start the processes that so many jobs can use at once, to be ready when the jobs leave the queue."""
        for _ in range(min(self._size, jobs) - len(self._all) - len(self._warming)):
            task = asyncio.ensure_future(self._prepare())
            self._warming.add(task)
            task.add_done_callback(self._warming.discard)

    async def render(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Render one clip, of the fields of a `RenderRequest`.

        Returns:
            `path`, `media_type` and `seconds`; or `failed` with a reason the caller can mend; or `broken`.
        """
        with contextlib.suppress(WorkerDied):  # by a lack of memory, perhaps beside another large clip: once more
            return await self._ask_worker(request)
        try:
            return await self._ask_worker(request)
        except WorkerDied as error:
            return {"broken": str(error)}

    async def close(self) -> None:
        """End all processes."""
        await asyncio.gather(*self._warming)
        for worker in self._all:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
        await asyncio.gather(*(worker.wait() for worker in self._all))

    async def _prepare(self) -> None:
        with contextlib.suppress(OSError):  # the job that needs it tries again, and says so
            self._idle.append(await self._start())

    async def _ask_worker(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        while not self._idle and self._warming:
            await asyncio.wait(self._warming, return_when=asyncio.FIRST_COMPLETED)
        worker = self._idle.pop() if self._idle else await self._start()
        try:
            async with asyncio.timeout(_LONGEST):
                answer = await _ask(worker, request)
        except (OSError, ValueError, TimeoutError) as error:
            await self._discard(worker)
            raise WorkerDied(f"The renderer ended before its time (code {worker.returncode}).") from error
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()  # the job was cancelled: its answer must not reach the next one
            raise
        self._idle.append(worker)
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pixnb.sandbox.worker"), stdin=PIPE, stdout=PIPE, limit=_LINE,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        self._all.add(worker)
        return worker

    async def _discard(self, worker: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
        self._all.discard(worker)


async def _ask(worker: asyncio.subprocess.Process, request: Mapping[str, Any]) -> Mapping[str, Any]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(json.dumps(request).encode() + b"\n")
    await worker.stdin.drain()
    line = await worker.stdout.readline()
    answer: Mapping[str, Any] = json.loads(line)  # an empty line, from a worker that died, is a ValueError
    return answer


__all__ = ["Pool", "WorkerDied"]
