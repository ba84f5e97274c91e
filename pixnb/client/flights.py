"""What is under way in this process: submits that are seen through whatever happens, jobs that go on without it."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import importlib
import os
import sys
import threading
import time
import weakref
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from pixnb.errors import PixnbError
from pixnb.terminal import say

if TYPE_CHECKING:
    from pixnb.client.work import Work
    from pixnb.http.loop import LoopThread

T = TypeVar("T")
PATIENCE = 10.0
"""Seconds that the process stays for the answers to submits that are under way: each is a job paid for."""
_LAST_WORDS = 2.0
"""Seconds for writing down that an answer was not waited for."""

_all: weakref.WeakSet[Flights] = weakref.WeakSet()
_is_ending = False


class Flights:
    """The submits and jobs of an engine that are under way.

    Args:
        thread: The loop that they run on.

    Attributes:
        jobs: What was sent and has not come to its end.
    """

    def __init__(self, thread: LoopThread) -> None:
        self._thread = thread
        self.jobs: set[Work] = set()
        self._submits: dict[asyncio.Future[Any], Work] = {}
        self._begun = 0
        self._lock = threading.Lock()
        _all.add(self)

    @property
    def is_mine(self) -> bool:
        """Whether they belong to this process, not to the one that it was forked from."""
        return self._thread.pid == os.getpid()

    @property
    def submitting(self) -> int:
        """How many submits have begun and not ended."""
        return self._begun

    def see_through(self, work: Work, submit: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a submit on the loop to its end, whoever stops waiting for it. From any thread.

        Returns:
            Its outcome; cancelling that leaves the wait, never the submit.

        Raises:
            PixnbError: The process is ending: nothing is sent any more.
        """
        if _is_ending:
            submit.close()
            raise PixnbError("This process is ending, so nothing was sent. Submit again in another.")
        outcome: Future[T] = Future()
        with self._lock:
            self._begun += 1
        try:
            self._thread.loop.call_soon_threadsafe(self._start, work, submit, outcome)
        except RuntimeError:  # the loop is closed
            submit.close()
            self._count_down()
            raise PixnbError("This process has ended its work, so nothing was sent. Submit again in another.") from None
        return outcome

    def _start(self, work: Work, submit: Coroutine[Any, Any, T], outcome: Future[T]) -> None:
        task = self._thread.loop.create_task(submit)
        self._submits[task] = work  # a loop itself holds tasks by weak references only

        def end(done: asyncio.Future[T]) -> None:
            del self._submits[done]
            self._count_down()
            if not outcome.set_running_or_notify_cancel():
                _ = done.cancelled() or done.exception()  # nobody waits any more
            elif done.cancelled():
                outcome.set_exception(work.explain())
            elif (error := done.exception()) is not None:
                outcome.set_exception(error)
            else:
                outcome.set_result(done.result())

        task.add_done_callback(end)

    def _count_down(self) -> None:
        with self._lock:
            self._begun -= 1

    def drain(self, seconds: float) -> bool:
        """Wait until no submit is under way, from a thread other than the loop's; False when the time is up."""
        end = time.monotonic() + seconds
        while self._begun and time.monotonic() < end:
            time.sleep(0.005)
        return not self._begun

    def give_up(self) -> None:
        """End the submits that are under way: each writes down that its answer is not known."""
        with contextlib.suppress(RuntimeError):
            self._thread.loop.call_soon_threadsafe(lambda: [task.cancel() for task in list(self._submits)])

    def end(self, work: Work) -> None:
        """Note that nothing more is expected of a job."""
        self.jobs.discard(work)
        work.tell()


def _mine() -> list[Flights]:
    return [flights for flights in list(_all) if flights.is_mine]


def _wait_for_submits() -> None:
    """Let nothing more be sent, and see through what is under way."""
    global _is_ending
    _is_ending = True
    end = time.monotonic() + PATIENCE
    with contextlib.suppress(KeyboardInterrupt):  # enough waited
        for flights in _mine():
            flights.drain(max(0.0, end - time.monotonic()))


def _end() -> None:
    """Let nothing more be sent, see the rest through, then name in one line what goes on."""
    _wait_for_submits()
    for flights in _mine():
        if flights.submitting:
            flights.give_up()
            flights.drain(_LAST_WORDS)
    jobs = [work for flights in _mine() for work in list(flights.jobs) if _goes_on(work)]
    if jobs:
        named = ", ".join(f"{work.provider} {work.standing.id or '(answer not awaited)'}" for work in jobs[:5])
        more = " …" if len(jobs) > 5 else ""
        what = "job goes" if len(jobs) == 1 else "jobs go"
        collects = (
            "exp.resume() or client.job(service, id) collects" if all(work.standing.id for work in jobs) else _NO_ID
        )
        say(f"pixnb: {len(jobs)} {what} on without this process ({named}{more}); {collects}.", sys.stderr)


def _goes_on(work: Work) -> bool:
    return bool(work.standing.id) or work.standing.is_sent or work.watching.is_under_way


def end_before_logs_close() -> None:
    """Have what is under way seen to at exit before anything that was registered by now, such as a log's close."""
    atexit.unregister(_end)
    atexit.register(_end)


_NO_ID = (
    "exp.resume() or client.job(service, id) collects what has an id; look for the rest in the console of its service"
)

# before the pools of threads end, which name lookups and file reads of a submit need; Python has no public way. Those
# register themselves when they are imported, and what is registered last is run first.
importlib.import_module("concurrent.futures.thread")
with contextlib.suppress(AttributeError, RuntimeError):
    threading._register_atexit(_wait_for_submits)  # type: ignore[attr-defined]

__all__ = ["Flights", "end_before_logs_close"]
