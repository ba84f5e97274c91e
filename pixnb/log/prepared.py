"""Statements of SQLAlchemy that are compiled once and then run by the driver, for what every step of a run writes.

SQLAlchemy's own way to a statement costs a multiple of what SQLite does with it. Its words stay: the same statement is
compiled for either database, and values pass through the same types.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import Executable

_Processor = Callable[[Any], Any] | None


class Prepared:
    """One statement, compiled once for each database and each set of names that it is given.

    Args:
        statement: An INSERT, UPDATE or DELETE, or a SELECT of one value. `IN` with a list is not for it.

    Example:
        >>> from pixnb.log.schema import runs
        >>> from sqlalchemy import bindparam, select
        >>> Prepared(select(runs.c.take).where(runs.c.run_id == bindparam("it")))
        Prepared('SELECT runs.take FROM runs WHERE runs.run_id = :it')
    """

    def __init__(self, statement: Executable) -> None:
        self._statement: Any = statement
        self._compiled: dict[tuple[str, frozenset[str]], _Compiled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run it, and give how many rows it changed."""
        return int(self._execute(connection, values).rowcount)

    def insert(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run an INSERT, and give the number that the database gave the new row."""
        done = self._execute(connection, values)
        return int(done.lastrowid if connection.dialect.name == "sqlite" else done.scalar())

    def scalar(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Run a SELECT, and give the first value of its first row as the database has it; None without a row."""
        row = self._execute(connection, values).fetchone()
        return None if row is None else row[0]

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        key = connection.dialect.name, frozenset(values)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _Compiled(self._statement, connection, values)
        if key[0] != "sqlite":
            return connection.exec_driver_sql(compiled.text, compiled.named(values))
        if not connection.in_transaction():
            connection.begin()
        return execute_sqlite(connection, compiled.text, compiled.listed(values))

    def __repr__(self) -> str:
        return f"Prepared({' '.join(str(self._statement).split())!r})"


class _Compiled:
    def __init__(self, statement: Any, connection: Connection, values: Mapping[str, Any]) -> None:
        made = statement.compile(dialect=connection.dialect, column_keys=list(values))
        self.text: str = made.string
        names = made.positiontup if made.positional else made.binds
        self._binds = [(name, made.binds[name].value, _processor(made.binds[name], connection)) for name in names]

    def listed(self, values: Mapping[str, Any]) -> list[Any]:
        given = values.get
        return [
            given(name, constant) if process is None else process(given(name, constant))
            for name, constant, process in self._binds
        ]

    def named(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return dict(zip((name for name, _, _ in self._binds), self.listed(values), strict=True))


def _processor(bind: Any, connection: Connection) -> _Processor:
    found: _Processor = bind.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return found


def execute_sqlite(connection: Connection, statement: str, values: Any = ()) -> sqlite3.Cursor:
    """Run a statement on SQLite's own connection, with SQLAlchemy's errors."""
    driver: Any = connection.connection.dbapi_connection
    try:
        found: sqlite3.Cursor = driver.execute(statement, values)
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            statement, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
    return found


__all__ = ["Prepared", "execute_sqlite"]
