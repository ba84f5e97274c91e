"""Making the tables, once and under a lock, and telling what cannot be used: newer, foreign or no database."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select
from sqlalchemy.exc import OperationalError

from pixnb.errors import LogError
from pixnb.log.engine import set_journal, writing
from pixnb.log.schema import APPLICATION_ID, VERSION, meta, metadata

_SQLITE_TEXT = (
    "CREATE VIRTUAL TABLE runs_text USING fts5(prompt, note, content='runs', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER runs_text_insert AFTER INSERT ON runs BEGIN "
    "INSERT INTO runs_text(rowid, prompt, note) VALUES (new.id, new.prompt, new.note); END",
    "CREATE TRIGGER runs_text_delete AFTER DELETE ON runs BEGIN "
    "INSERT INTO runs_text(runs_text, rowid, prompt, note) VALUES ('delete', old.id, old.prompt, old.note); END",
    "CREATE TRIGGER runs_text_update AFTER UPDATE OF prompt, note ON runs BEGIN "
    "INSERT INTO runs_text(runs_text, rowid, prompt, note) VALUES ('delete', old.id, old.prompt, old.note); "
    "INSERT INTO runs_text(rowid, prompt, note) VALUES (new.id, new.prompt, new.note); END",
)
POSTGRES_VECTOR = "to_tsvector('simple', coalesce(prompt, '') || ' ' || coalesce(note, ''))"
_POSTGRES_TEXT = (f"CREATE INDEX runs_text ON runs USING gin ({POSTGRES_VECTOR})",)
# By a query, not to_regclass: that remembers a table's absence, and waiting for an advisory lock does not refresh it.
_POSTGRES_MADE = "SELECT 1 FROM information_schema.tables WHERE table_name = 'meta' AND table_schema = current_schema()"


def prepare(engine: Engine, *, path: Path | None, where: str, busy_timeout: float) -> str:
    """Make the log's tables if they are not there, and give the log's id.

    Args:
        engine: Of the log.
        path: Its file, if it has one.
        where: Its address for messages, without a password.
        busy_timeout: Seconds to wait for another process that does the same.

    Returns:
        The random id that the log got when it was made.

    Raises:
        LogError: The tables are a newer pixnb's, or somebody else's.
    """
    with engine.connect() as connection:
        version = _version(connection)
    if version == 0:
        version = _make(engine, path=path, where=where, busy_timeout=busy_timeout)
    if version > VERSION:
        raise LogError(
            f"The log {where} was made by a newer pixnb (schema {version}, this one knows {VERSION}); it was left as "
            "it is. Run: pip install --upgrade pixnb"
        )
    with engine.connect() as connection:
        return str(connection.scalar(select(meta.c.value).where(meta.c.key == "id")))


def _version(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if connection.exec_driver_sql(_POSTGRES_MADE).scalar() is None:
        return 0
    value = connection.scalar(select(meta.c.value).where(meta.c.key == "schema"))
    return int(value or 0)


def _make(engine: Engine, *, path: Path | None, where: str, busy_timeout: float) -> int:
    if engine.dialect.name == "sqlite":
        _choose_journal(engine, path, busy_timeout)
    with writing(engine) as connection, connection.begin():
        version = _version(connection)
        if version:
            return version  # another process was first
        taken = inspect(connection).get_table_names()
        foreign = taken if engine.dialect.name == "sqlite" else sorted(set(taken) & set(metadata.tables))
        if foreign:
            raise LogError(
                f"{where} is a database with tables of another program ({', '.join(foreign[:3])}); it was left as it "
                "is. Give the log a file or a database of its own."
            )
        _create(connection)
    return VERSION


def _choose_journal(engine: Engine, path: Path | None, busy_timeout: float) -> None:
    # SQLite does not wait its busy timeout for a change of the journal, so we do.
    deadline = time.monotonic() + busy_timeout
    while True:
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                set_journal(connection, path)
            return
        except OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _create(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    sqlite = connection.dialect.name == "sqlite"
    for statement in _SQLITE_TEXT if sqlite else _POSTGRES_TEXT:
        connection.exec_driver_sql(statement)
    rows = [{"key": "id", "value": uuid.uuid4().hex}, {"key": "schema", "value": str(VERSION)}]
    connection.execute(insert(meta), rows)
    if sqlite:
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")


__all__ = ["POSTGRES_VECTOR", "prepare"]
