"""The database of a log: an SQLAlchemy engine with the right settings, and connections that write."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import warnings
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from pixnb.errors import LogError
from pixnb.extras import install
from pixnb.log.address import file_of, on_network
from pixnb.log.place import Place, uri_of
from pixnb.log.prepared import execute_sqlite
from pixnb.project import make_private

WRITER_LOCK = 0x70786E62  # the advisory lock under which one writer at a time works on PostgreSQL
WIDE = "pixnb_wide"  # where a connection keeps what it knows of the params.* columns
LAST = "pixnb_last"  # and the last event that it has written
NOTICE = "pixnb_notice"  # and why no new run is taken now
_WRITES = "pixnb_writes"


def make_engine(url: URL, busy_timeout: float, place: Place) -> Engine:
    """Make the engine of a log.

    Args:
        url: What `parse` gave.
        busy_timeout: Seconds to wait for another writer.
        place: Of the log's file; says how SQLite is to open it.

    Returns:
        An engine whose connections have the log's settings. Transactions of a connection given by
        `open_for_writing` hold the write lock from their first moment.

    Raises:
        LogError: The path is a folder, or its folder cannot be made or entered.
    """
    if url.get_backend_name() == "postgresql":
        return _listen(_postgres(url, busy_timeout))
    path = file_of(url)
    if path:
        _check_place(path, place)
    arguments = {"timeout": busy_timeout, "check_same_thread": False, "isolation_level": None}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True, max_overflow=-1)
    if path:
        event.listen(engine, "do_connect", partial(_open_file, path, place))
    event.listen(engine, "connect", _set_synchronous)
    return _listen(engine)


def _postgres(url: URL, busy_timeout: float) -> Engine:
    try:
        return create_engine(
            url,
            connect_args={"options": f"{url.query.get('options', '')} -c lock_timeout={int(busy_timeout * 1000)}"},
            hide_parameters=True,
            pool_pre_ping=True,
            max_overflow=-1,
        )
    except ImportError as error:
        raise LogError(
            f"A log on PostgreSQL needs psycopg, which is not installed here. {install('postgres')}"
        ) from error


def _open_file(
    path: Path, place: Place, dialect: Any, record: Any, arguments: list[Any], named: dict[str, Any]
) -> None:
    arguments[:] = [uri_of(path, f"mode={place.mode}")]
    named["uri"] = True


def _check_place(path: Path, place: Place) -> None:
    try:
        if path.is_dir():
            raise LogError(f"{path} is a folder. Give the log a file in it, for example {path / 'log.db'}.")
        if path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            place.mode = _read_only_mode(path)
            return
        make_private(path.parent)
    except OSError as error:
        raise LogError(
            f"The folder {path.parent} of the log cannot be made or entered ({error}). Give another path."
        ) from error


def _read_only_mode(path: Path) -> str:
    """Say how a log that may only be read is opened: with its journal, or as it stands where that cannot be had.

    SQLite wants to make a file beside a log in WAL, which it cannot here. As it stands, a log that another computer
    writes at this moment could be read half changed; there is no other way to read it.
    """
    try:
        with contextlib.closing(sqlite3.connect(uri_of(path, "mode=ro"), uri=True)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        journal = path.with_name(path.name + "-wal")
        if journal.exists() and journal.stat().st_size:
            warnings.warn(
                f"The log {path} may only be read, and its newest runs, which are still in {journal.name}, cannot be "
                "seen. Copy both files to where you may write, and open the copy.",
                stacklevel=2,
            )
        return "ro&immutable=1"
    except sqlite3.Error:
        pass
    return "ro"


def _set_synchronous(connection: sqlite3.Connection, record: Any) -> None:
    connection.execute("PRAGMA synchronous=FULL")


def _listen(engine: Engine) -> Engine:
    event.listen(engine, "begin", _begin)
    event.listen(engine, "rollback", _forget_columns)
    return engine


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = is_writing(connection)
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    if connection.dialect.name == "sqlite":
        execute_sqlite(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def _forget_columns(connection: Connection) -> None:
    # A column added in a transaction that was rolled back is not there.
    connection.info.pop(WIDE, None)


def open_for_writing(engine: Engine) -> Connection:
    """Open a connection whose every transaction holds the write lock from its first moment."""
    return engine.connect().execution_options(**{_WRITES: True})


def is_writing(connection: Connection) -> bool:
    """Whether a connection is one of `open_for_writing`."""
    return _WRITES in connection.get_execution_options()


def set_journal(connection: Connection, path: Path | None) -> None:
    """Choose SQLite's journal, once for a file: WAL, or DELETE on a network filesystem, with a warning."""
    mounts = Path("/proc/mounts")
    if path and mounts.exists() and on_network(path, mounts.read_text(errors="replace")):
        warnings.warn(
            f"The log {path} lies on a network filesystem: it is slower there and safe for one machine at a time. "
            "Better keep it on a local disk, or use PostgreSQL for a team.",
            stacklevel=2,
        )
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    else:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")


__all__ = [
    "LAST",
    "NOTICE",
    "WIDE",
    "WRITER_LOCK",
    "is_writing",
    "make_engine",
    "open_for_writing",
    "set_journal",
]
