"""A job's way from QUEUED to its end: wait, fetch, render, call back; also for jobs that a killed server left open."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from pixnb.media.kinds import suffix
from pixnb.sandbox.callbacks import Callbacks
from pixnb.sandbox.faults import ENDS
from pixnb.sandbox.fetch import Fetcher, FetchError
from pixnb.sandbox.files import read_media_type
from pixnb.sandbox.options import Options
from pixnb.sandbox.pool import Pool
from pixnb.sandbox.state import Job, State
from pixnb.terminal import get_logger

_LAST_CALL = 2.0  # seconds that a receiver has to take a call that the end of its job finds under way

logger = get_logger("pixnb.sandbox")

Values = Mapping[str, Any]


class Queue:
    """All open jobs, each in a task of its own; how many render at once is the pool's matter."""

    def __init__(self, options: Options, state: State, fetcher: Fetcher, pool: Pool, callbacks: Callbacks) -> None:
        self._options = options
        self._state = state
        self.fetcher = fetcher
        self._pool = pool
        self._callbacks = callbacks
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._counting = asyncio.Lock()
        self.outputs = options.state / "outputs"
        self._work = options.state / "work"
        for folder in (self.outputs, self._work):
            folder.mkdir(parents=True, exist_ok=True)

    def put(self, job: Job) -> Job:
        """Keep a new job and see it through."""
        self._state.add(job)
        self._begin(job)
        return job

    def recover(self) -> None:
        """Go on with what an earlier server left open."""
        for unfinished in self._work.iterdir():
            unfinished.unlink(missing_ok=True)
        for job in self._state.jobs(open_only=True):
            self._begin(job)

    async def wait_for(self, job: Job) -> Job:
        """Wait until nothing more is done for a job, and return it as it is then.

        It has not ended if this server does before. Whoever waits may be cancelled: the job goes on.
        """
        task = self._tasks.get(job.id)
        if task is not None:
            await asyncio.wait({task})
        return self._state.job(job.id) or job

    async def close(self) -> None:
        """Leave all jobs as they are and end the renderers."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pool.close()

    def _begin(self, job: Job) -> None:
        self._tasks[job.id] = task = asyncio.create_task(self._see_through(job))
        self._pool.warm(len(self._tasks))
        task.add_done_callback(lambda _: self._tasks.pop(job.id))

    async def _see_through(self, job: Job) -> None:
        try:
            if not job.ended:
                job = await self._end(job)
            if job.callback is not None:
                delivered = await self._callbacks.deliver(job)
                self._state.change(job, notified=True, delivered=delivered)
        except Exception:
            logger.exception("The sandbox lost %s; the next server takes it up again", job.id)

    async def _end(self, job: Job) -> Job:
        try:
            job, values = await self._run(job)
        except Exception as error:  # of this computer: no descriptor, no memory, a full disk
            logger.exception("The sandbox could not do %s", job.id)
            job, values = self._state.job(job.id) or job, _error(f"The sandbox could not do it: {error}.")
        now = time.time()
        return self._state.change(job, updated=now, completed=now, **values)

    async def _run(self, job: Job) -> tuple[Job, Values]:
        """See a job to its end; that is not written down yet."""
        files, problem = await self._gather(job)
        await _pass(self._options.queued / self._options.speed, since=job.created)
        job = self._state.change(job, files=files)
        asked = next((end for mark, end in ENDS.items() if mark in job.faults), None)
        values = _error(problem) if problem else asked
        if values is None:
            job = await self._number(job)
        async with contextlib.AsyncExitStack() as work:
            async with self._pool.places if values is None else contextlib.nullcontext():
                job = await work.enter_async_context(self._process(job))
                values = await self._render(job) if values is None else values
            if "[stall]" in job.faults:
                await asyncio.Event().wait()
            least = self._options.least_image if job.makes == "image" else self._options.least
            await _pass(least / self._options.speed, since=job.started or 0.0)
        return job, values

    @contextlib.asynccontextmanager
    async def _process(self, job: Job) -> AsyncIterator[Job]:
        """Say that a job is PROCESSING, and call back about it while it is."""
        now = time.time()
        job = self._state.change(job, status="PROCESSING", started=job.started or now, updated=now)
        over = asyncio.Event()
        calls = asyncio.create_task(self._callbacks.call_while_running(job, over))
        try:
            yield job
        finally:
            over.set()
            await asyncio.wait({calls}, timeout=_LAST_CALL)  # a call under way comes before that of the end
            calls.cancel()
            await asyncio.gather(calls, return_exceptions=True)

    async def _gather(self, job: Job) -> tuple[dict[str, str], str | None]:
        """Return the local path of each input, or what is wrong with one."""
        files = _find_files(job)
        for role, url in job.inputs.items():
            if role in files:
                continue
            try:
                files[role] = str(await self.fetcher.fetch(url))
            except FetchError as error:
                return files, f"The input {role} could not be fetched from {url}: {error}."
        return files, None

    async def _number(self, job: Job) -> Job:
        """Count how many equal requests came before."""
        if job.variant is not None:
            return job
        async with self._counting:  # in turn: threads may hash the next job's media sooner
            number = self._state.count(f"variant:{await _fingerprint(job)}")
        return self._state.change(job, variant=number)

    async def _render(self, job: Job) -> Values:
        answer = await self._pool.render(self._request(job))
        if "failed" in answer:
            return {"status": "FAILED", "error": answer["failed"]}
        if "broken" in answer:
            return _error(f"The renderer broke. {answer['broken']}")
        return await asyncio.to_thread(self._keep, job, Path(answer["path"]), answer)

    def _keep(self, job: Job, made: Path, answer: Mapping[str, Any]) -> Values:
        kept = self.outputs / f"{job.id}{suffix(read_media_type(made))}"
        facts = {"media_type": answer["media_type"], "seconds": answer["seconds"], "sha256": _hash(made)}
        made.replace(kept)
        return {"status": "COMPLETED", "output": kept.name, **facts}

    def _request(self, job: Job) -> dict[str, Any]:
        """Return the fields of the `RenderRequest`."""
        seed = job.settings.get("seed")
        ending = ".png" if job.makes == "image" else ".mp4"
        return {
            "task": job.task, "model": job.name, "prompt": job.prompt, "params": dict(job.settings),
            "inputs": dict(job.files), "variant": job.variant, "draft": self._options.draft,
            "seed": seed if isinstance(seed, int) else None,
            # never the same name twice: a killed server's renderer may write for another moment
            "out": str(self._work / f"{uuid.uuid4().hex}{ending}"),
        }  # fmt: skip


def _find_files(job: Job) -> dict[str, str]:
    return {role: path for role, path in job.files.items() if Path(path).is_file()}


async def _pass(seconds: float, *, since: float) -> None:
    """Wait until so many seconds have passed, and no longer than they are: a clock may be set back meanwhile."""
    await asyncio.sleep(min(seconds, max(0.0, since + seconds - time.time())))


async def _fingerprint(job: Job) -> str:
    """Hash what makes two requests equal: media count by their bytes, fault markers not at all."""
    media = {role: await asyncio.to_thread(_hash, Path(path)) for role, path in job.files.items()}
    told = [job.provider, job.model, job.prompt, dict(job.settings), media]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _hash(path: Path) -> str:
    with open(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _error(message: str) -> dict[str, Any]:
    return {"status": "ERROR", "error": message.encode(errors="backslashreplace").decode()}  # an address: any text


__all__ = ["Queue"]
