"""What the routes of all providers share: submits, status calls and links, with the faults that a prompt asks for."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from pixnb.sandbox import faults
from pixnb.sandbox.breakage import Dropped, Silence, elsewhere, garbage
from pixnb.sandbox.files import Files
from pixnb.sandbox.options import Options
from pixnb.sandbox.queue import Queue
from pixnb.sandbox.state import Job, State

Refuse = Callable[[int], Response]
"""A provider's way to answer with an HTTP status that is no success."""


class Desk:
    """Where a provider's routes hand in what they have understood of a request.

    Attributes:
        base: The server's own address, for messages that answer no request.
        calls: How often each job was polled (`polls`), downloaded (`downloads`), and downloaded by somebody who
            sent a provider's key along (`leaks`), since the server started.
    """

    def __init__(self, options: Options, state: State, files: Files, queue: Queue, base: str) -> None:
        self.options = options
        self.state = state
        self.files = files
        self.queue = queue
        self.base = base
        self.calls: dict[str, Counter[str]] = {"polls": Counter(), "downloads": Counter(), "leaks": Counter()}

    def accept(
        self,
        job: Job,
        *,
        answer: Callable[[Job], Response],
        refuse: Refuse,
        put: Callable[[Job], Job] | None = None,
        accepted: int = 202,
    ) -> Response:
        """Make a job of a submit, unless a marker of its prompt (all of them are in `faults`) asks for something else.

        `answer` writes the provider's acceptance, of the HTTP status `accepted`, and `refuse` its refusals. `put` keeps
        the job in place of `queue.put`, and gives the one to answer for, which may be an earlier one.
        """
        mark = next(self.count_request(job, faults.SUBMIT), None)
        status = faults.status(mark)
        if status is not None:
            return self._refuse(status, refuse)
        if mark == "[drop before]":
            return Dropped()
        decided = set(self.count_request(job, faults.OUTCOME)) | faults.POLL.keys() | faults.LINK.keys()
        job = dataclasses.replace(job, faults={name: n for name, n in job.faults.items() if name in decided})
        job = (put or self.queue.put)(job)
        broken = {"[drop]": Dropped(), "[hang]": Silence(), "[garbage]": garbage(accepted)}
        return broken.get(mark or "") or answer(job)

    def poll(self, request: Request, job_id: str, *, answer: Callable[[Job], Response], refuse: Refuse) -> Response:
        """Answer a status call."""
        job = self.find(request, job_id)
        if job is None:
            return refuse(404)
        self.calls["polls"][job.id] += 1
        mark = self.count_call(job, faults.POLL)
        status = faults.status(mark)
        if status is not None:
            return self._refuse(status, refuse)
        if mark == "[poll redirect]" and "moved" not in request.query_params:
            return elsewhere(request, 307)
        broken = {"[poll drop]": Dropped(), "[poll hang]": Silence(), "[poll garbage]": garbage(200)}
        return broken.get(mark or "") or answer(job)

    def find(self, request: Request, job_id: str) -> Job | None:
        """Return a job by its id, if it was sent to the service that is asked: no service knows another's jobs."""
        job = self.state.job(job_id)
        return job if job and request.url.path.startswith(f"/{job.provider}/") else None

    def find_output(self, job_id: str) -> Path | None:
        """Return a job's clip, None if there is none or its link is gone."""
        job = self.state.job(job_id)
        if job is None or job.output is None or self.is_expired(job):
            return None
        path = self.queue.outputs / job.output
        return path if path.is_file() else None

    def is_expired(self, job: Job) -> bool:
        """Tell whether the link of a job's clip is gone for good."""
        life = self.options.link_life
        late = life > 0 and job.completed is not None and time.time() > job.completed + life
        return late or any(job.faults.get(mark, 0) is None for mark in ("[expired]", "[purged]"))

    def count_call(self, job: Job, kind: Iterable[str]) -> str | None:
        """Return the marker of this kind that holds for this call about a job, and count that it did."""
        return next(self._holding(job, kind, lambda mark, times: self.state.count(f"{job.id}:{mark}") < times), None)

    def count_request(self, job: Job, kind: Iterable[str]) -> Iterator[str]:
        """Yield the markers of this kind that hold for this one of a row of equal requests, and count each."""
        told = json.dumps([job.provider, job.model, dict(job.params)], sort_keys=True)
        request = hashlib.sha256(told.encode()).hexdigest()
        return self._holding(job, kind, lambda mark, times: self.state.count(f"{request}:{mark}") % (times + 1) < times)

    def _holding(self, job: Job, kind: Iterable[str], holds: Callable[[str, int], bool]) -> Iterator[str]:
        for mark in kind:
            if mark in job.faults:
                times = job.faults[mark]
                if times is None or holds(mark, times):
                    yield mark

    def _refuse(self, status: int, refuse: Refuse) -> Response:
        answer = refuse(status)
        if status == 429:
            answer.headers["Retry-After"] = str(self.options.assumed.retry_after)
        return answer


__all__ = ["Desk", "Refuse"]
