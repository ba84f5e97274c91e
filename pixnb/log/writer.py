"""The one thread that writes a log: it takes what waits, and commits it together."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from pixnb.errors import LogError
from pixnb.log.engine import writing
from pixnb.log.failures import explain
from pixnb.log.gate import Gate

T = TypeVar("T")
Op = Callable[[Connection], T]
_Waiter = Future[Any] | asyncio.Future[Any]
_Item = tuple[Op[Any], _Waiter]
_GROUP = 256  # ops in one commit at most, so that the first of a flood does not wait for the last


class Writer:
    """One writing thread over one long-lived connection.

    Ops that wait together share one transaction. If one of them raises, that transaction is rolled back and each op
    runs again alone, so an op must be something that can run twice: statements, and nothing outside the database.

    Args:
        engine: Of the log.
        gate: Of the log's file; the thread holds it while it works.
        where: The log's address for messages, without a password.
    """

    def __init__(self, engine: Engine, gate: Gate, where: str) -> None:
        self._engine = engine
        self._gate = gate
        self._where = where
        self._connection: Connection | None = None
        self._closed = False
        self._committing = False
        self._begin_anew()
        gate.add(self._release)

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def write(self, op: Op[T]) -> Future[T]:
        """Queue an op; the future has its result once that is committed.

        Args:
            op: Runs statements on the connection that it is given. It may run twice; only the last time counts.

        Returns:
            The op's result; or its error, with nothing of that op written.

        Raises:
            LogError: The log is closed.
        """
        future: Future[T] = Future()
        self._put(op, future)
        return future

    def write_async(self, op: Op[T]) -> asyncio.Future[T]:
        """Queue an op for a coroutine; all that one commit has for a loop wakes it once.

        A waiter that is cancelled takes nothing with it: the op is written all the same.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._put(op, future)
        return future

    def _put(self, op: Op[Any], future: _Waiter) -> None:
        with self._lock:
            if self._closed:
                raise LogError(f"The log {self._where} is closed. Open it again to write.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="pixnb-log", daemon=True)
                self._thread.start()
            self._queue.put((op, future))

    def close(self) -> None:
        """Write what waits, then end the thread; asked twice, it waits again for the same end."""
        with self._lock:
            first, self._closed = not self._closed, True
            thread = self._thread
        if thread is None or thread is threading.current_thread():
            return
        if first:
            self._queue.put(None)
        thread.join()

    def _work(self) -> None:
        while True:
            waiting: list[_Item | None] = [self._queue.get()]
            while len(waiting) < _GROUP and not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            group = [item for item in waiting if item and _is_wanted(item[1])]
            if group:
                _settle(self._commit(group))
            del group
            if waiting[-1] is None:
                break
        with self._gate.shared():
            self._drop_connection()

    def _commit(self, group: list[_Item]) -> list[_Outcome]:
        try:
            with self._gate.shared():
                results = self._transaction([op for op, _ in group])
        except _OpRaised as raised:
            if len(group) > 1:
                return [outcome for item in group for outcome in self._commit([item])]
            return [(group[0][1], None, explain(raised.error, self._where))]
        except BaseException as error:
            return [(future, None, explain(error, self._where)) for _, future in group]
        return [(future, result, None) for (_, future), result in zip(group, results, strict=True)]

    def _transaction(self, ops: list[Op[Any]]) -> list[Any]:
        try:
            return self._attempt(ops)
        except (_OpRaised, DBAPIError) as error:
            cause = error.error if isinstance(error, _OpRaised) else error
            if not self._broken(cause):
                raise
        # The server went away since the last write. Nothing of these ops can be committed: they begin anew.
        return self._attempt(ops)

    def _broken(self, error: BaseException) -> bool:
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        if isinstance(error, DBAPIError):
            self._drop_connection()
        return lost and not self._committing

    def _attempt(self, ops: list[Op[Any]]) -> list[Any]:
        if self._connection is None:
            self._connection = writing(self._engine)
        connection = self._connection
        self._committing = False
        with connection.begin():
            results = [_call(op, connection) for op in ops]
            self._committing = True
        return results

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _release(self, in_child: bool) -> None:
        if in_child:
            # What waited is the parent's to write; handles that are still open here are left alone, not closed.
            self._begin_anew()
            _left_open.append(self._connection)
            self._connection = None
        else:
            self._drop_connection()


_left_open: list[Any] = []
_Outcome = tuple[_Waiter, Any, BaseException | None]


def _is_wanted(future: _Waiter) -> bool:
    return not isinstance(future, Future) or future.set_running_or_notify_cancel()


def _settle(outcomes: list[_Outcome]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        future = outcome[0]
        if isinstance(future, Future):
            _tell(outcome)
        else:
            by_loop.setdefault(future.get_loop(), []).append(outcome)
    for loop, those in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits there any more
            loop.call_soon_threadsafe(_tell_all, those)


def _tell_all(outcomes: list[_Outcome]) -> None:
    for outcome in outcomes:
        if not outcome[0].done():
            _tell(outcome)


def _tell(outcome: _Outcome) -> None:
    future, result, error = outcome
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


class _OpRaised(Exception):
    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


def _call(op: Op[T], connection: Connection) -> T:
    try:
        return op(connection)
    except BaseException as error:
        raise _OpRaised(error) from error


__all__ = ["Op", "Writer"]
