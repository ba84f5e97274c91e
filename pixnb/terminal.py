"""What a terminal, a log or an error message is shown: made harmless, and written whatever state a stream is in."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any, TextIO

# controls but for line ends and tabs, marks that turn the direction, separators, halves of a pair
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]"
)
_PLAIN = str.maketrans({"─": "-", "–": "-", "…": "...", "×": "x", "·": "-", "★": "*", "☆": ".", "’": "'"})


def legible(text: str) -> str:
    r"""Show what steers a terminal or turns text around, and what no file can hold, as signs that do nothing.

    Example:
        >>> legible("red\x1b[2J \u202eknip"), legible("line\nline")
        ('red␛[2J �knip', 'line\nline')
    """
    return _STEERING.sub(lambda found: _sign(found.group()), text)


def shorten(text: str, most: int) -> str:
    """Cut a text that has more letters than there is room for.

    Args:
        text: The text.
        most: Letters that it may have, with the sign that it goes on.

    Example:
        >>> shorten("a red coat", 10), shorten("a red coat", 6)
        ('a red coat', 'a red…')
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _sign(letter: str) -> str:
    return chr(0x2400 + ord(letter)) if letter < " " else "\ufffd"


def say(text: str, stream: TextIO | None) -> None:
    r"""Write a line to a stream; nothing is raised where it is none, closed, full, a broken pipe, or knows few letters.

    Args:
        text: One line or several, made `legible` here.
        stream: Such as `sys.stdout`.

    Example:
        >>> import io, sys
        >>> say("a clip\x1b[2J", sys.stdout)
        a clip␛[2J
        >>> say("nobody hears it", None)
        >>> few = io.TextIOWrapper(io.BytesIO(), "ascii")
        >>> say("5 × 2 – Zoë", few); few.buffer.getvalue()
        b'5 x 2 - Zo\\xeb\n'
    """
    line = legible(text) + "\n"
    with contextlib.suppress(OSError, ValueError, AttributeError), _remembering(stream):
        coding = getattr(stream, "encoding", None) or "utf-8"
        try:
            line.encode(coding)
        except (UnicodeError, LookupError):
            line = line.translate(_PLAIN).encode("ascii", "backslashreplace").decode("ascii")
        _write(line, coding, stream)


@contextlib.contextmanager
def _remembering(stream: TextIO | None) -> Iterator[None]:
    """Keep why standard output took nothing; a stream that is none, closed or read by nobody any more is no fault."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if stream is sys.stdout:
            _faults.append(error)
        raise


def take_fault() -> str:
    """Say once why something said to standard output since the last call is lost; "" where nothing is."""
    why = _faults[0].strerror or str(_faults[0]) if _faults else ""
    _faults.clear()
    return why


def _write(line: str, coding: str, stream: Any) -> None:
    stream.flush()
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    if raw is None:
        stream.write(line)
        stream.flush()
        return
    data = line.encode(coding)
    while data:  # past the buffer, where a line that a broken pipe refuses would fail again at the process's end
        data = data[raw.write(data) or len(data) :]


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody watches a stream; not where it is none, or closed."""
    try:
        return stream is not None and stream.isatty()
    except (OSError, ValueError):
        return False


def get_logger(name: str) -> logging.Logger:
    """Return a module's logger, whose records show nothing that steers a terminal.

    Args:
        name: The module's `__name__`.
    """
    logger = logging.getLogger(name)
    if _HARMLESS not in logger.filters:
        logger.addFilter(_HARMLESS)
    return logger


class _Harmless(logging.Filter):
    """Changes what is said, keeps every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        with contextlib.suppress(Exception):  # a record that does not fit its arguments is told by its handler
            record.msg, record.args = legible(record.getMessage()), ()
            if record.exc_info and not record.exc_text:  # where it is set, handlers take it for the trace
                record.exc_text = legible(_FORMATTER.formatException(record.exc_info))
        return True


_faults: list[OSError] = []
_FORMATTER = logging.Formatter()
_HARMLESS = _Harmless()

__all__ = ["get_logger", "is_terminal", "legible", "say", "shorten", "take_fault"]
