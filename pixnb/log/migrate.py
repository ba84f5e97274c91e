"""Making the tables, once and under a lock, and telling what cannot be used: newer, foreign or no database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select, update
from sqlalchemy.exc import OperationalError

from pixnb.awake import Awake
from pixnb.errors import LogError
from pixnb.log.database import open_for_writing, set_journal
from pixnb.log.opinions import marks, notes, votes
from pixnb.log.schema import APPLICATION_ID, VERSION, meta, metadata, runs, sweeps

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
_SQLITE_RUNS_2 = (
    "DROP INDEX runs_take",
    "DROP INDEX runs_experiment",
    "ALTER TABLE runs ADD COLUMN attempt INTEGER DEFAULT 1 NOT NULL",
    # SQLite cannot let a column be empty that was not: a planned run has not been submitted
    "ALTER TABLE runs RENAME COLUMN submitted_at TO submitted_at_1",
    "ALTER TABLE runs ADD COLUMN submitted_at BIGINT",
    "UPDATE runs SET submitted_at = submitted_at_1",
    "ALTER TABLE runs DROP COLUMN submitted_at_1",
)
_POSTGRES_RUNS_2 = (
    "DROP INDEX runs_take",
    "DROP INDEX runs_experiment",
    "ALTER TABLE runs ADD COLUMN attempt INTEGER DEFAULT 1 NOT NULL",
    "ALTER TABLE runs ALTER COLUMN submitted_at DROP NOT NULL",
)
# By a query, not to_regclass: that remembers a table's absence, and waiting for an advisory lock does not refresh it.
_POSTGRES_MADE = "SELECT 1 FROM information_schema.tables WHERE table_name = 'meta' AND table_schema = current_schema()"


def prepare(engine: Engine, *, path: Path | None, where: str, busy_timeout: float, read_only: bool) -> str:
    """Make the log's tables if they are not there, and give the log's id.

    Args:
        engine: Of the log.
        path: Its file, if it has one.
        where: Its address for messages, without a password.
        busy_timeout: Seconds to wait for another process that does the same.
        read_only: Whether nothing can be made or brought up to date.

    Returns:
        The random id that the log got when it was made.

    Raises:
        LogError: The tables are a newer pixnb's, or somebody else's.
    """
    with engine.connect() as connection:
        version = _version(connection)
    if version < VERSION and read_only:
        raise LogError(
            f"The log {where} may only be read, and it {'is empty' if version == 0 else 'was made by an older pixnb'}. "
            "Make the file and its folder writable, or copy it to where you may write and open the copy."
        )
    if version == 0:
        version = _make(engine, path=path, where=where, busy_timeout=busy_timeout)
    if 0 < version < VERSION:
        version = _migrate(engine)
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
    with open_for_writing(engine) as connection, connection.begin():
        version = _version(connection)
        if version:
            return version  # another process was first, perhaps one of an older pixnb
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
    waited = Awake()
    while True:
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                set_journal(connection, path)
            return
        except OperationalError as error:
            if "locked" not in str(error.orig) or waited.seconds > busy_timeout:
                raise
            waited.sleep(0.02)


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


def _migrate(engine: Engine) -> int:
    with open_for_writing(engine) as connection, connection.begin():
        version = _version(connection)
        for step in range(version, VERSION):
            _STEPS[step](connection)
        if version < VERSION:
            connection.execute(update(meta).where(meta.c.key == "schema").values(value=str(VERSION)))
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
        return max(version, VERSION)


def _to_2(connection: Connection) -> None:
    """Attempts of a take, and runs that are planned and not submitted yet."""
    for statement in _SQLITE_RUNS_2 if connection.dialect.name == "sqlite" else _POSTGRES_RUNS_2:
        connection.exec_driver_sql(statement)
    for index in runs.indexes:
        if index.name in ("runs_take", "runs_experiment"):
            index.create(connection)


def _to_3(connection: Connection) -> None:
    """Sweeps, and which one a run is of."""
    connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN sweep_id TEXT")
    sweeps.create(connection)
    for index in runs.indexes:
        if index.name == "runs_sweep":
            index.create(connection)


def _to_4(connection: Connection) -> None:
    """Refusals of content, and what a service says that it used."""
    added = ("refused_stage TEXT", "refused_billed BOOLEAN", "prompt_used TEXT", "seed_used BIGINT")
    for column in added:
        connection.exec_driver_sql(f"ALTER TABLE runs ADD COLUMN {column}")


def _to_5(connection: Connection) -> None:
    """Picks, notes at a moment, and what people say of runs in files."""
    added = {"runs": ("picked BOOLEAN",), "votes": ("report TEXT", "pair TEXT", "seconds DOUBLE PRECISION")}
    for table, columns in added.items():
        for column in columns:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
    notes.create(connection)
    marks.create(connection)
    for index in votes.indexes:
        index.create(connection)


_STEPS: Mapping[int, Callable[[Connection], None]] = {1: _to_2, 2: _to_3, 3: _to_4, 4: _to_5}
"""What brings a log from the version to the next, in the transaction that writes the new number."""


__all__ = ["POSTGRES_VECTOR", "prepare"]
