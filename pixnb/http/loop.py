"""The one background thread with its own event loop, on which everything that talks to a network runs."""

from __future__ import annotations

import asyncio
import atexit
import os
import selectors
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from pixnb.errors import PixnbError

if TYPE_CHECKING:
    from pixnb.http import httpx

T = TypeVar("T")


class LoopThread:
    """A daemon thread that runs a stock asyncio loop until the process ends.

    Attributes:
        loop: Its loop.
        closers: Coroutine functions that are awaited on the loop before it stops.
        transport: What carries the requests of all, once one has asked for it.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        # not new_event_loop(): that one follows a policy that the notebook may have changed
        self.loop: asyncio.AbstractEventLoop = asyncio.SelectorEventLoop(self._selector)
        self.closers: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self.transport: httpx.AsyncBaseTransport | None = None
        self.pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name="pixnb", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    @property
    def is_current(self) -> bool:
        """Whether the caller is on this very thread."""
        return threading.get_ident() == self._thread.ident

    def start(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine here; callable from any thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def close(self) -> None:
        """Close what is open on the loop and stop it; work in flight is left where it is."""
        try:
            self.start(self._close()).result(timeout=2)
        except (TimeoutError, RuntimeError):
            return
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=2)
        if not self._thread.is_alive():
            self.loop.close()

    async def _close(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for closer in self.closers:
            await closer()
        await self.loop.shutdown_asyncgens()

    def forsake(self) -> None:
        """In a forked child: let go of the parent's selector, which is shared, so that nothing here can alter it."""
        self._selector.close()


_lock = threading.Lock()
_thread: LoopThread | None = None
_inherited: list[LoopThread] = []
"""The parents' threads, in a forked child. Kept, because collecting them would close connections of the parent."""


def background() -> LoopThread:
    """Return the process's loop thread; started on first use, and anew after a fork.

    Raises:
        PixnbError: No file descriptor or thread is left for it.
    """
    global _thread
    with _lock:
        if _thread is None or _thread.pid != os.getpid():
            try:
                _thread = LoopThread()
            except (OSError, RuntimeError) as error:
                raise PixnbError(
                    f"The thread that talks to the network could not be started ({error}). Nothing was sent. Close "
                    "some files or threads, or raise `ulimit -n`, then try again."
                ) from error
        return _thread


def wait_for(future: Future[T], timeout: float | None = None) -> T:
    """Block the calling thread until a future of the loop is done.

    Raises:
        RuntimeError: Called on the loop's own thread, which would wait for itself.
    """
    if _thread is not None and _thread.is_current:
        raise RuntimeError(
            "This call would wait for itself: it was made in code that pixnb runs on its own thread. Await the same "
            "of a pixnb.AsyncClient there."
        )
    return future.result(timeout)


def _forget_after_fork() -> None:
    # the child has the parent's objects but not its threads, and a lock may have been copied while held
    global _thread, _lock
    if _thread is not None:
        _thread.forsake()
        _inherited.append(_thread)
    _thread, _lock = None, threading.Lock()


@atexit.register
def _close() -> None:
    if _thread is not None and _thread.pid == os.getpid():
        _thread.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)

__all__ = ["LoopThread", "background", "wait_for"]
