"""The one thread that writes a log: it takes what waits, and commits it together."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from pixnb.errors import LogError
from pixnb.log.database import LAST, NOTICE, open_for_writing
from pixnb.log.failures import explain
from pixnb.log.handles import HandleLock
from pixnb.log.ledger import catch_up
from pixnb.log.place import GARBLED, OVERWRITTEN, Mark, Place
from pixnb.log.prepared import execute_sqlite
from pixnb.terminal import get_logger

T = TypeVar("T")
Op = Callable[[Connection], T]
_Waiter = Future[Any] | asyncio.Future[Any]
_Item = tuple[Op[Any], _Waiter]
logger = get_logger(__name__)
_REST = 0.25  # seconds without a write after which the log's own file gets all
_TURNS = 4  # checkpoints a second at most: each writes out and waits for the disk
_GROUP = 256  # ops in one commit at most, so that the first of a flood does not wait for the last


class Writer:
    """One writing thread over one long-lived connection.

    Ops that wait together share one transaction. If one of them raises, that transaction is rolled back and each op
    runs again alone, so an op must be something that can run twice: statements, and nothing outside the database.

    Args:
        engine: Of the log.
        handles: Of the log's file; the thread holds it while it works.
        where: The log's address for messages, without a password.
        place: Where the log's file lies: nothing is written into one that is not there any more.

    Attributes:
        mark: The last event that this process knows of.
    """

    def __init__(self, engine: Engine, handles: HandleLock, where: str, place: Place) -> None:
        self._engine = engine
        self._handles = handles
        self._where = where
        self._place = place
        self._kept: Path | None = None
        self._notice = ""
        self.mark: Mark | None = None
        self._connection: Connection | None = None
        self._closed = False
        self._committing = False
        self._begin_anew()
        handles.add(self._release)

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_ahead = False  # of what the log's file itself holds
        self._turns, self._turned = float(_TURNS), 0.0

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
            try:
                waiting: list[_Item | None] = [self._queue.get(timeout=_REST if self._is_ahead else None)]
            except queue.Empty:
                self._checkpoint()
                continue
            while len(waiting) < _GROUP and not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            group = [item for item in waiting if item and _is_wanted(item[1])]
            if group:
                outcomes = self._commit(group)
                self._checkpoint_in_time()
                if self._notice and any(str(error) == self._notice for _, _, error in outcomes):
                    self._notice = ""  # it has been heard
                _settle(outcomes)
                del outcomes
            is_last = waiting[-1] is None
            del group, waiting  # what the ops hold is not kept until the next one comes
            if is_last:
                break
        with self._handles.use():
            self._drop_connection()

    def _commit(self, group: list[_Item], *, mended: bool = False) -> list[_Outcome]:
        try:
            with self._handles.use():
                results = self._transaction([op for op, _ in group])
        except _OpRaised as raised:
            if len(group) > 1:
                return [outcome for item in group for outcome in self._commit([item], mended=mended)]
            return [(group[0][1], None, explain(raised.error, self._where))]
        except _Displaced as displaced:
            error = self._mend(displaced.trouble)
            if error is None and displaced.results is None and not mended:
                return self._commit(group, mended=True)
            if error is not None or displaced.results is None:
                error = error or LogError(_DISPLACED.format(where=self._where, trouble=displaced.trouble, kept=""))
                return [(future, None, error) for _, future in group]
            results = displaced.results
        except BaseException as error:
            return [(future, None, explain(error, self._where)) for _, future in group]
        return [(future, result, None) for (_, future), result in zip(group, results, strict=True)]

    def _mend(self, trouble: str) -> LogError | None:
        """Have the log's file in its place again, or say why not."""
        part = None
        if self._connection is not None and trouble != OVERWRITTEN:
            with self._handles.use():
                part = self._place.copy(self._connection.connection.dbapi_connection, self.mark)
        if part is None and trouble in (GARBLED, OVERWRITTEN):
            return LogError(_DISPLACED.format(where=self._where, trouble=trouble, kept=""))
        with self._handles.suspend():
            done = self._place.mend(part, self.mark)
        if done is None:
            if part is not None:
                self._kept = self._place.keep(part)
            kept = f" What this process had is kept in {self._kept}." if self._kept else ""
            return LogError(_DISPLACED.format(where=self._where, trouble=trouble, kept=kept))
        if done:
            self._notice = _MENDED.format(where=self._where, trouble=trouble, done=done)
            logger.warning(self._notice)
        return None

    def _transaction(self, ops: list[Op[Any]]) -> list[Any]:
        try:
            return self._attempt(ops)
        except (_OpRaised, DBAPIError) as error:
            cause = error.error if isinstance(error, _OpRaised) else error
            if not self._drop_if_broken(cause):
                raise
        # The server went away since the last write. Nothing of these ops can be committed: they begin anew.
        return self._attempt(ops)

    def _drop_if_broken(self, error: BaseException) -> bool:
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        if isinstance(error, DBAPIError):
            self._drop_connection()
        return lost and not self._committing

    def _attempt(self, ops: list[Op[Any]]) -> list[Any]:
        if trouble := self._place.trouble(self.mark):
            raise _Displaced(trouble)
        new = self._connection is None
        connection = self._connection = self._connection or open_for_writing(self._engine)
        connection.info[NOTICE] = self._notice
        self._committing = False
        connection.info.pop(LAST, None)  # of one that was rolled back
        with self._place.measured(), connection.begin():  # SQLite writes out a large journal by itself
            if new:
                self._place.remember(journal=True)
            catch_up(connection)
            results = [_call(op, connection) for op in ops]
            self._committing = True
        if (last := connection.info.pop(LAST, None)) and self.mark:
            self.mark = Mark(self.mark.log_id, *last)
        self._is_ahead = True
        if trouble := self._place.trouble(self.mark):
            raise _Displaced(trouble, results)
        return results

    def _checkpoint_in_time(self) -> None:
        # A log at rest is whole in its one file, which people copy and move without those beside it. One that is busy
        # pays for that now and then only.
        now = time.monotonic()
        self._turns = min(_TURNS, self._turns + (now - self._turned) * _TURNS)
        self._turned = now
        if self._turns >= 1 and self._queue.empty():
            self._turns -= 1
            self._checkpoint()

    def _checkpoint(self) -> None:
        self._is_ahead = False
        with self._handles.use():
            if self._connection is not None and self._connection.dialect.name == "sqlite":
                with self._place.measured(), contextlib.suppress(DBAPIError):
                    execute_sqlite(self._connection, "PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._place.forget()
            connection.close()

    def _release(self, in_child: bool) -> None:
        if in_child:
            # What waited is the parent's to write; handles that are still open here are left alone, not closed.
            self._begin_anew()
            _left_open.append(self._connection)
            self._connection = None
            self._place.forget()
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


_DISPLACED = (
    "The log {where} {trouble} while it was open here, so this was not written, and a run that was about to be sent "
    "was not sent.{kept} Put the file back; or close the log (log.close(), or restart the kernel) and open it again, "
    "to go on with what is there now."
)
_MENDED = (
    "The log {where} {trouble} while it was open here; {done}. The run was not sent: submit it again to go on with "
    "this log. To begin another one, close this one (log.close(), or restart the kernel) before its files are taken "
    "away."
)


class _Displaced(Exception):
    def __init__(self, trouble: str, results: list[Any] | None = None) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.results = results  # of ops that were committed, to the file that is not in its place any more


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
