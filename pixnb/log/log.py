"""The log as an object: one writer, readers in their own threads, and what is asked most often."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Executable, RowMapping, select
from sqlalchemy.exc import DBAPIError

from pixnb.living import Living
from pixnb.log.address import default_assets, default_url, file_of, key_of, parse, write_address
from pixnb.log.database import make_engine
from pixnb.log.failures import explain
from pixnb.log.handles import lock_of
from pixnb.log.marks import LogMarks
from pixnb.log.migrate import prepare
from pixnb.log.money import LogBudget
from pixnb.log.ordering import place
from pixnb.log.place import Mark, Place
from pixnb.log.schema import events, runs
from pixnb.log.writer import Op, Writer

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.media.store import Store

T = TypeVar("T")
_PATIENCE = 10.0  # seconds that `close` waits for submits under way, and for those who read


class Log(LogBudget, LogMarks, Living):
    """A durable log of runs.

    What `write` acknowledged is on the disk. Any number of processes may use one log at once. After a fork, parent
    and child both go on with it.

    Args:
        url: A path, or an SQLAlchemy URL of SQLite or PostgreSQL. Default: PIXNB_LOG_URL, else `log.db` in the data
            folder.
        assets: Where media are kept: a folder or an fsspec URL. Default: PIXNB_ASSETS, else `assets` beside the
            log's file.
        busy_timeout: Seconds that a write waits for another writer.

    Raises:
        LogError: It cannot be opened: the message says why and what to do. An existing file is then as it was.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with Log(Path(tempfile.mkdtemp()) / "log.db") as log:
        ...     len(log.frame())
        0
    """

    _instead = "Keep log.url, and open pixnb.Log(url) there"
    _guesses: ClassVar[Mapping[str, str]] = {
        "()": "run.log_metric(name, value) keeps a number, a run its clip by itself; log.frame() has all that is kept",
        "df dataframe to_pandas to_frame data all runs": "log.frame() gives its runs as a DataFrame",
        "experiment get_experiment open list names": "pixnb.Experiment(name, log=log); log.experiments() lists them",
        "to_csv to_excel to_parquet export save backup copy": "log.frame().to_csv(path) writes its runs",
        "query execute sql find get": "log.search(words) finds runs, log.read(statement) runs a SELECT",
        "delete remove clear vacuum path import_": "a log keeps every run that was paid for; its file is log.file",
    }

    def __init__(
        self,
        url: str | os.PathLike[str] | None = None,
        *,
        assets: str | os.PathLike[str] | None = None,
        busy_timeout: float = 30.0,
    ) -> None:
        self._url = parse(default_url() if url is None else url)
        self._assets = assets
        self._store: Store | None = None
        self._is_closing = False
        self._settlers: list[weakref.WeakMethod[Callable[[float], object]]] = []
        self.file = file_of(self._url)
        self.where = write_address(self._url)
        self._place = Place(self.file)
        self._engine = make_engine(self._url, busy_timeout, self._place)
        self._handles = lock_of(key_of(self._url))
        self._writer = Writer(self._engine, self._handles, self.where, self._place)
        self._handles.add(self._release)
        try:
            with self._explain_failures():
                self.id: str = prepare(
                    self._engine, path=self.file, where=self.where, busy_timeout=busy_timeout, read_only=self.read_only
                )
                self._writer.mark = self.reading(self._last)
        except BaseException:
            self._engine.dispose()
            raise
        if not self.read_only:
            self._place.mode = "rw"
            self._place.remember()
        _open[self.id] = self
        self._closer = weakref.finalize(self, _end, self._writer, self._engine)

    @property
    def url(self) -> str:
        """The address, without a password."""
        return self._url.render_as_string(hide_password=True)

    @property
    def dialect(self) -> str:
        """The database: "sqlite" or "postgresql"."""
        return self._engine.dialect.name

    @property
    def read_only(self) -> bool:
        """Whether the log may only be read: its file, folder or disk lets nothing be written."""
        return self._place.mode.startswith("ro")

    @property
    def is_displaced(self) -> bool:
        """Whether its file was removed or replaced since it was opened: see the LogError of the next write."""
        return self._place.trouble() is not None

    @property
    def assets(self) -> Store:
        """The store that keeps the media of this log's runs."""
        if self._store is None:
            from pixnb.media.store import Store

            self._store = Store(self._assets if self._assets is not None else default_assets(self.file))
        return self._store

    def write(self, op: Op[T]) -> Future[T]:
        """Queue an op for the writer thread; the future has its result once that is on the disk.

        Args:
            op: Runs statements on the connection that it is given, and nothing else. It may run twice; only the last
                time counts.

        Returns:
            The op's result; or its error, with nothing of that op written. A database that refuses gives LogError.

        Raises:
            LogError: The log is closed.
        """
        return self._writer.write(op)

    def write_async(self, op: Op[T]) -> asyncio.Future[T]:
        """Do what `write` does for a coroutine, which awaits it; a waiter that is cancelled takes no write with it."""
        return self._writer.write_async(op)

    def read(self, statement: Executable) -> Sequence[RowMapping]:
        """Run a SELECT in the caller's thread.

        Args:
            statement: Of SQLAlchemy.

        Returns:
            The rows; each is a mapping from column name to value.

        Raises:
            LogError: The database refuses.
        """
        return self.reading(lambda connection: connection.execute(statement).mappings().all())

    def reading(self, look: Op[T]) -> T:
        """Run several SELECTs on one state of the log, in the caller's thread.

        Args:
            look: Is given a connection; what it writes is not kept.
        """
        if self.is_displaced and not self.closed:
            self.write(_nothing).result()  # the writer mends what can be mended, and says what cannot
        with self._handles.use(), self._explain_failures(), self._engine.connect() as connection:
            try:
                return look(connection)
            finally:
                if self._is_closing:
                    connection.detach()  # else it would go back to a pool that nobody closes any more

    def suspend_handles(self) -> AbstractContextManager[None]:
        """Keep this process's handles of the log closed for a while, for what reads the file by other means.

        Writes wait meanwhile; other processes do not notice.
        """
        return self._handles.suspend()

    def row(self, run_id: str) -> dict[str, Any] | None:
        """Give the fixed columns of a run, deleted or not; None if there is no such run."""
        found = self.rows(runs.c.run_id == run_id, deleted=True)
        return found[0] if found else None

    def rows(self, *where: ColumnElement[bool], deleted: bool = False) -> list[dict[str, Any]]:
        """Give the fixed columns of runs in their order, those of a sweep as in its plan.

        Args:
            where: Conditions on `pixnb.log.schema.runs`; all must hold.
            deleted: Whether deleted runs are among them.
        """
        statement = select(runs).where(*where, *(() if deleted else (runs.c.deleted_at.is_(None),)))
        return [dict(row) for row in self.read(statement.order_by(place.nulls_last(), runs.c.id))]

    def frame(self, experiment: str | None = None) -> pd.DataFrame:
        """Give the runs of an experiment, or of all, as a DataFrame: one row a run, the oldest first."""
        from pixnb.log.frame import frame

        return frame(self, experiment)

    def search(self, words: str) -> pd.DataFrame:
        """Give the runs whose prompt or note has all the words; each may be the beginning of a longer one.

        Raises:
            InvalidInput: There is no word in it.
        """
        from pixnb.log.frame import frame
        from pixnb.log.search import matching

        return frame(self, where=[matching(words, self.dialect)])

    def experiments(self) -> pd.DataFrame:
        """Give the experiments: name, created_at, budget, and how many runs, open and completed ones, each has."""
        from pixnb.log.frame import experiments

        return experiments(self)

    def before_close(self, settle: Callable[[float], object]) -> None:
        """Have the method `settle(seconds)` called before the log closes, to end what is still to be recorded.

        It is forgotten with its object.
        """
        self._settlers.append(weakref.WeakMethod(settle))

    def close(self) -> None:
        """See to what is on its way, write what waits, end the thread and close all handles.

        Submits that are under way are waited for, for 10 s at most: each is a job paid for. Asked twice, it does
        nothing more.
        """
        for reference in self._settlers if not self.closed else ():
            settle = reference()
            if settle is not None:
                settle(_PATIENCE)
        if not self.closed:
            self._is_closing = True
            self._handles.wait_for_users(_PATIENCE)  # those who read now give their connections back first
        self._closer()
        if _open.get(self.id) is self:
            del _open[self.id]

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return not self._closer.alive

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Log({self.where!r})"

    def _last(self, connection: Connection) -> Mark:
        statement = select(events.c.seq, events.c.run_id, events.c.at).order_by(events.c.seq.desc()).limit(1)
        return Mark(self.id, *(connection.execute(statement).first() or (0, "", 0)))

    @contextlib.contextmanager
    def _explain_failures(self) -> Any:
        try:
            yield
        except (DBAPIError, UnicodeEncodeError) as error:
            raise explain(error, self.where) from error

    def _release(self, in_child: bool) -> None:
        if in_child:
            _left_open.append(self._engine.pool)
        self._engine.dispose(close=not in_child)


_open: weakref.WeakValueDictionary[str, Log] = weakref.WeakValueDictionary()
_shared: dict[str, Log] = {}
_shared_lock = threading.Lock()
_left_open: list[Any] = []  # a child's inherited handles: closing them would drop the parent's locks


def open_log(url: str | os.PathLike[str] | None = None, *, assets: str | os.PathLike[str] | None = None) -> Log:
    """Give this process's one Log of an address; opened on first use, and again after it was closed.

    Args:
        url: As for `Log`.
        assets: As for `Log`; those of one that is open stay where they are.

    Raises:
        LogError: It cannot be opened.
    """
    key = key_of(parse(default_url() if url is None else url))
    with _shared_lock:
        known = _shared.get(key)
        if known is not None and known.is_displaced:
            known.close()
        if known is None or known.closed:
            known = _shared[key] = Log(url, assets=assets)
        return known


def find(log_id: str) -> Log | None:
    """Give the open log with an id, as a frame carries it in `attrs["pixnb_log"]`; None if none is open."""
    return _open.get(log_id)


def _nothing(connection: Connection) -> None:
    """Write nothing: what every write looks after is looked after."""


def _end(writer: Writer, engine: Engine) -> None:
    writer.close()
    engine.dispose()


def _close_all() -> None:
    for log in list(_open.values()):
        log.close()


def _unlock_child() -> None:
    global _shared_lock
    _shared_lock = threading.Lock()


os.register_at_fork(after_in_child=_unlock_child)
# Runs before the interpreter stops daemon threads: what was queued is still written.
atexit.register(_close_all)

__all__ = ["Log", "find", "open_log"]
