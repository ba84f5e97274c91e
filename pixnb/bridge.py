"""`pixnb.run`: a coroutine to its end on the caller's own thread, also while a notebook's loop runs there."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, Never, TypeVar

T = TypeVar("T")


class _PrivateLoop(asyncio.SelectorEventLoop):
    """A loop class of our own: what is patched on it is seen by nobody else."""


def run(coroutine: Coroutine[Any, Any, T], /, *unnamed: Never, **params: Never) -> T:
    """Run a coroutine to its end on this thread and return what it returns.

    Without a running loop this is `asyncio.run`. Within one (a notebook cell), a private loop is nested. The
    notebook's own loop and `asyncio` itself stay as they are; in particular `nest_asyncio.apply()` is never
    called, because on ipykernel 7 it makes the kernel drop queued cells
    (https://github.com/Chaoses-Ib/nest-asyncio2/pull/4).

    Args:
        coroutine: What to run. It must not wait for objects of the loop that is running here.
        *unnamed: None.
        **params: None.

    Returns:
        Its result.

    Raises:
        TypeError: Not a coroutine.

    Example:
        >>> async def answer():
        ...     return 42
        >>> run(answer())
        42
    """
    if unnamed or params or not asyncio.iscoroutine(coroutine):
        given = coroutine if not asyncio.iscoroutine(coroutine) else "more than one thing"
        if asyncio.iscoroutine(coroutine):
            coroutine.close()
        raise TypeError(
            f"pixnb.run takes a coroutine, not {given!r:.80}. To run a model: pixnb.Client().run(model, prompt=…)."
        )
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    return _run_nested(coroutine)


def _run_nested(coroutine: Coroutine[Any, Any, T]) -> T:
    import nest_asyncio

    loop = _PrivateLoop()
    nest_asyncio._patch_loop(loop)
    task = loop.create_task(coroutine)
    try:
        with _interruptible():
            result: T = loop.run_until_complete(task)
        return result
    except KeyboardInterrupt:
        # nest-asyncio leaves the coroutine where it stood; its `finally` blocks are to run all the same
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        raise
    finally:
        _close(loop)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    # within `asyncio.run` Ctrl-C only cancels the outer task, which does not run while this one does
    handler = signal.getsignal(signal.SIGINT)
    is_runners = isinstance(getattr(getattr(handler, "func", None), "__self__", None), asyncio.Runner)
    if not is_runners or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def _close(loop: asyncio.AbstractEventLoop) -> None:
    left = [task for task in asyncio.all_tasks(loop) if not task.done()]
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


__all__ = ["run"]
