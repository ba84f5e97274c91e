"""Secrets that a log keeps, so that they outlive the process that made them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select

from pixnb.log.schema import meta

if TYPE_CHECKING:
    from pixnb.log.log import Log

_BYTES = 32


def token(log: Log, name: str) -> str:
    """Give the log's secret of a name: made by whoever asks first, the same for all processes ever after.

    Args:
        log: The log.
        name: What it is for.

    Returns:
        43 characters that can stand in a URL: 32 random bytes.

    Raises:
        LogError: The log cannot be read, or not written where it has none yet.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from pixnb.log.log import Log
        >>> with Log(Path(tempfile.mkdtemp()) / "log.db") as log:
        ...     token(log, "webhooks") == token(log, "webhooks")
        True
    """
    key = f"token:{name}"
    known = log.reading(lambda connection: _read(connection, key))
    return known if known is not None else log.write(lambda connection: _make(connection, key)).result()


def _read(connection: Connection, key: str) -> str | None:
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def _make(connection: Connection, key: str) -> str:
    # looked for again: there is one writer at a time, and another process may have been it
    known = _read(connection, key)
    if known is not None:
        return known
    made = secrets.token_urlsafe(_BYTES)
    connection.execute(insert(meta).values(key=key, value=made))
    return made


__all__ = ["token"]
