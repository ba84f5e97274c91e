"""Full-text search over prompts and notes: FTS5 on SQLite, tsvector on PostgreSQL, with the same answers."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, String, bindparam, literal_column, text

from pixnb.errors import InvalidInput
from pixnb.log.migrate import POSTGRES_VECTOR
from pixnb.log.schema import runs

_WORD = re.compile(r"[^\W_]+")


def matching(words: str, dialect: str) -> ColumnElement[bool]:
    """Make the condition that a run's prompt or note has all the words.

    Args:
        words: Any text; each word may be the beginning of a longer one, case and accents do not matter.
        dialect: "sqlite" or "postgresql".

    Returns:
        A condition on `runs`.

    Raises:
        InvalidInput: There is no word in it.

    Example:
        >>> print(matching("blue coat", "sqlite"))
        runs.id IN (SELECT rowid FROM runs_text WHERE runs_text MATCH :words)
    """
    found = _WORD.findall(words)
    if not found:
        raise InvalidInput(f"There is no word to search for in {words!r}. Give at least one, for example 'coat'.")
    if dialect == "sqlite":
        query = " ".join(f'"{word}"*' for word in found)
        hits = text("SELECT rowid FROM runs_text WHERE runs_text MATCH :words").bindparams(words=query)
        return runs.c.id.in_(hits.columns(runs.c.id))
    query = " & ".join(f"{word}:*" for word in found)
    vector: ColumnElement[str] = literal_column(POSTGRES_VECTOR, String)
    return vector.op("@@")(_to_tsquery(query))


def _to_tsquery(query: str) -> ColumnElement[str]:
    from sqlalchemy import func

    return func.to_tsquery("simple", bindparam("words", query))


__all__ = ["matching"]
