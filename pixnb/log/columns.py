"""The `params.*` and `vars.*` columns of `runs`: added when first met, and what does not fit goes to JSON.

A column has the kind of the first value met: boolean, integer, number or text (lists and dicts are JSON text). A
later value of another kind, and every name beyond the thousandth, is kept in `overflow_json` of its run; a frame puts
it back in its place, so nothing is lost or bent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Double, MetaData, Table, Text, insert
from sqlalchemy.types import TypeEngine

from pixnb.log.database import WIDE
from pixnb.log.prepared import Prepared
from pixnb.log.schema import canonical, runs

LIMIT = 1000  # SQLite allows 2,000 columns in a table, PostgreSQL 1,600
PREFIXES = ("params.", "vars.")
_POSTGRES_ROW = 200  # of them in one row: its page of 8 kB does not hold a thousand numbers
_LONGEST = 63  # bytes in a name on PostgreSQL, which cuts the rest off in silence
_EXACT = 2**53  # whole numbers beyond this are not exact as floats
TYPES: Mapping[str, type[TypeEngine[Any]]] = {
    "boolean": Boolean,
    "integer": BigInteger,
    "number": Double,
    "text": Text,
}
_LISTING = {
    "sqlite": "SELECT name, type FROM pragma_table_info('runs')",
    "postgresql": "SELECT column_name, data_type FROM information_schema.columns "
    "WHERE table_name = 'runs' AND table_schema = current_schema() ORDER BY ordinal_position",
}


class Wide:
    """The table `runs` with the wide columns that one database has now.

    Attributes:
        kinds: The kind of each wide column, in the order in which they were added.
        table: `runs` with them.
        insert: An insert into it.
    """

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self.kinds = dict(kinds)
        self.table: Table = runs.to_metadata(MetaData())
        self.insert = Prepared(insert(self.table))
        self._keys: dict[str, str] = {}
        for name, kind in self.kinds.items():
            self._append(name, kind)

    def column(self, name: str) -> Column[Any]:
        """Give a wide column for a statement, by its full name."""
        return self.table.c[self._keys[name]]

    def _append(self, name: str, kind: str) -> None:
        # Its key in statements is plain: a name may hold what a bind parameter's name may not.
        self._keys[name] = f"wide{len(self._keys)}"
        self.table.append_column(Column(name, TYPES[kind](), key=self._keys[name]))

    def place(self, connection: Connection, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Find a column for each value, adding those that are new.

        Args:
            connection: In a transaction that holds the write lock.
            values: By full name, as `params.fps`; None is left out.

        Returns:
            What goes in columns, by their keys in statements; and what goes in `overflow_json`, by name.
        """
        placed: dict[str, Any] = {}
        overflow: dict[str, Any] = {}
        room = _POSTGRES_ROW if connection.dialect.name == "postgresql" else LIMIT
        for name, value in _plain(values):
            if len(placed) >= room:
                overflow[name] = value
                continue
            kind = self.kinds.get(name) or self._add(connection, name, _kind(value))
            if kind is None or not _fits(kind, value):
                overflow[name] = value
            else:
                placed[self._keys[name]] = _stored(kind, value)
        return placed, overflow

    def _add(self, connection: Connection, name: str, kind: str) -> str | None:
        # SQLite takes names that differ only in case for one.
        twin = name.lower() in (known.lower() for known in self.kinds)
        if len(self.kinds) >= LIMIT or len(name.encode()) > _LONGEST or twin:
            return None
        quoted = connection.dialect.identifier_preparer.quote_identifier(name)
        declared = TYPES[kind]().compile(connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE runs ADD COLUMN {quoted} {declared}")
        self.kinds[name] = kind
        self._append(name, kind)
        return kind


def load(connection: Connection) -> Wide:
    """Ask the database which wide columns it has."""
    rows = connection.exec_driver_sql(_LISTING[connection.dialect.name]).all()
    return Wide({name: _KINDS[str(kind)[:2].lower()] for name, kind in rows if name.startswith(PREFIXES)})


def wide(connection: Connection, names: Mapping[str, Any]) -> Wide:
    """Give what this connection knows of the wide columns, asking again if a name is unknown to it.

    The caller holds the write lock, so what is read now stays true until it commits.
    """
    known: Wide | None = connection.info.get(WIDE)
    if known is None or not names.keys() <= known.kinds.keys():
        known = connection.info[WIDE] = load(connection)
    return known


_KINDS = {"bo": "boolean", "bi": "integer", "do": "number", "te": "text"}


def _plain(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            continue
        yield name, value


def _kind(value: Any) -> str:
    for kind, types in (("boolean", bool), ("integer", int), ("number", float)):
        if isinstance(value, types):
            return kind
    return "text"


def _fits(kind: str, value: Any) -> bool:
    if kind == "boolean" or isinstance(value, bool):
        return kind == "boolean" and isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, (int, float)) and value == int(value) and -(2**63) <= value < 2**63
    if kind == "number":
        return isinstance(value, float) or (isinstance(value, int) and abs(value) <= _EXACT)
    return not isinstance(value, (int, float))


def _stored(kind: str, value: Any) -> Any:
    if kind == "integer":
        return int(value)
    if kind == "number":
        return float(value)
    return canonical(value) if kind == "text" and not isinstance(value, str) else value


__all__ = ["LIMIT", "PREFIXES", "TYPES", "Wide", "load", "wide"]
