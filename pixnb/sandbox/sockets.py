"""The sandbox's port, and no more connections at once than this process has file descriptors to serve."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
import socket
import time
from collections.abc import Iterator
from typing import Any

_KEPT = 40  # descriptors for the renderers' pipes, the state, fetched inputs and webhooks
_EACH = 2  # a connection, and the file that it sends or gets
_FEWEST = 4
_MOST = 1 << 16
_SOON = 0.5  # seconds; asyncio rests for one


class TakenPort(Exception):
    """The port cannot be had; the message says what to do."""


class Full(OSError):
    """There is no room for another connection now."""


class Listener(socket.socket):
    """A listening socket that leaves callers in the system's queue while there is no room for them.

    Without that, connections would take the last descriptors, and a request under way would find none for its file.
    """

    def __init__(self, *, room: int) -> None:
        # The protocol is named because asyncio turns Nagle's delay (40 ms an answer) off only where it is.
        super().__init__(proto=socket.IPPROTO_TCP)
        self._room = room
        self._accepted: list[socket.socket] = []
        self._refused = -_SOON

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        """Take a caller; where there is no room, say so by the error after which asyncio tries again in a second."""
        if len(self._accepted) >= self._room:
            self._accepted = [one for one in self._accepted if one.fileno() != -1]
        if len(self._accepted) >= self._room:
            first = time.monotonic() - self._refused > _SOON
            self._refused = time.monotonic()
            # asyncio rests after the first; until Python 3.13 it asks on all the same, and would rest for each answer
            raise Full(errno.EMFILE, "as many connections as can be served") if first else BlockingIOError
        found, address = super().accept()
        self._accepted.append(found)
        return found, address


def raise_limit() -> None:
    """Let this process have as many descriptors as the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what went wrong in a loop, but for callers who wait."""
    if not isinstance(context.get("exception"), Full):
        loop.default_exception_handler(context)


@contextlib.contextmanager
def listen(port: int, last: int = 0) -> Iterator[socket.socket]:
    """Listen on a port of 127.0.0.1; for 0 best on the `last` one, or any.

    Raises:
        TakenPort: The port that was asked for cannot be had.
    """
    with Listener(room=_room()) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", port or last))
        except (OSError, OverflowError) as error:
            if port:
                why = getattr(error, "strerror", None) or str(error)
                text = f"port {port} of 127.0.0.1 cannot be had: {why}. Name another with --port, or leave it out."
                raise TakenPort(text) from error
            bound.bind(("127.0.0.1", 0))
        bound.listen(512)
        yield bound


def _room() -> int:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if limit == resource.RLIM_INFINITY else max(_FEWEST, (limit - _KEPT) // _EACH)


__all__ = ["Listener", "TakenPort", "listen", "raise_limit", "report"]
