"""What a database says when it refuses, put as a LogError that says what to do."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from pixnb.errors import InvalidInput, LogError

_ADVICE = {
    sqlite3.SQLITE_BUSY: "is held by another program, and stayed so for the whole waiting time. Close what writes "
    "to it, then ask again: nothing was written.",
    sqlite3.SQLITE_READONLY: "is read-only for this process, so nothing was written. Make the file and its folder "
    "writable, or give another log (PIXNB_LOG_URL).",
    sqlite3.SQLITE_NOTADB: "is not an SQLite database; it was left as it is. Give another path, or move that file "
    "away.",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened. Its folder must exist and be writable, for the log keeps two small "
    "files beside it while in use.",
    sqlite3.SQLITE_FULL: "could not grow: the disk is full, so nothing was written. Free some space, then ask again.",
    sqlite3.SQLITE_IOERR: "could not be read or written on its disk. Check the space and the quota, then ask again.",
    sqlite3.SQLITE_CORRUPT: "is damaged. Keep the file, and bring back a copy; `sqlite3 FILE .recover` saves what it "
    "can.",
}
_ADVICE[sqlite3.SQLITE_LOCKED] = _ADVICE[sqlite3.SQLITE_BUSY]
_ADVICE[sqlite3.SQLITE_PERM] = _ADVICE[sqlite3.SQLITE_AUTH] = _ADVICE[sqlite3.SQLITE_CANTOPEN]
_LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def explain(error: BaseException, where: str) -> BaseException:
    """Put a database's refusal as a LogError, a text that none can keep as InvalidInput; leave every other error.

    Args:
        error: What was raised: by the database, or by an op for reasons of its own.
        where: The log as shown to a person, without a password.

    Returns:
        An error of ours whose cause is the error, or the error itself.

    Example:
        >>> explain(KeyError("x"), "log.db")
        KeyError('x')
    """
    if isinstance(error, UnicodeEncodeError):
        about = InvalidInput(
            f"The text {error.object[:60]!r} holds half of a letter (a surrogate, as of an emoji that was cut), which "
            "no log can keep: remove it. Nothing was written."
        )
        about.__cause__ = error
        return about
    if not isinstance(error, DBAPIError) or isinstance(error, (IntegrityError, ProgrammingError)):
        return error
    known = LogError(f"The log {where} {_advice(error)}")
    known.__cause__ = error
    return known


def _advice(error: DBAPIError) -> str:
    original = error.orig
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _ADVICE:
        return f"{_ADVICE[code & 0xFF]} ({original})"
    if getattr(original, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
        return _ADVICE[sqlite3.SQLITE_BUSY]
    if isinstance(error, OperationalError) and not isinstance(original, sqlite3.Error):
        return f"cannot be reached. Check that the server runs and that the URL is right. ({_first_line(original)})"
    return f"answered with an error: {_first_line(original)}"


def _first_line(original: BaseException | None) -> str:
    return str(original).strip().partition("\n")[0]


__all__ = ["explain"]
