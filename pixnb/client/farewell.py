"""What is said at exit about jobs that go on without this process."""

from __future__ import annotations

import atexit
import os
import sys
import time
import weakref
from typing import TYPE_CHECKING

from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.client.engine import Engine
    from pixnb.client.job import Job

PATIENCE = 10.0
"""Seconds that the process stays for the answers to submits that are under way: each is a job paid for."""

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def remember(engine: Engine) -> None:
    """Have an engine's jobs named at exit, before a log that was opened by now is closed."""
    _engines.add(engine)
    atexit.unregister(_name_what_is_in_flight)
    atexit.register(_name_what_is_in_flight)


def _name_what_is_in_flight() -> None:
    """Wait a little for submits that are under way, then name in one line what goes on."""
    end = time.monotonic() + PATIENCE
    while any(_is_awaited(job) for job in _jobs()) and time.monotonic() < end:
        time.sleep(0.02)
    jobs = _jobs()
    if jobs:
        named = ", ".join(f"{job.provider} {job.id or '(answer not awaited)'}" for job in jobs[:5])
        more = " …" if len(jobs) > 5 else ""
        what = "job goes" if len(jobs) == 1 else "jobs go"
        collects = "resume() or job() collects" if all(job.id for job in jobs) else _NO_ID
        sys.stderr.write(f"pixnb: {len(jobs)} {what} on without this process ({named}{more}); {collects}.\n")


def _jobs() -> list[Job]:
    mine = [engine for engine in list(_engines) if engine.pid == os.getpid()]
    return [job for engine in mine for job in list(engine.in_flight) if job.id or job.is_sent or job.is_watched]


def _is_awaited(job: Job) -> bool:
    # what has no id and is watched all the same is answered with its media
    return job.id is None and (job.status is JobStatus.SUBMITTING or job.is_watched)


_NO_ID = "resume() or job() collects what has an id; look for the rest in the console of its service"


__all__ = ["PATIENCE", "remember"]
