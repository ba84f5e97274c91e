"""Who may hold handles of a log's file, and when all of them must be closed.

SQLite's handles must not be carried over a fork, and closing a file in any other library (a second copy of SQLite,
as ADBC brings) drops the locks of the whole process: https://www.sqlite.org/howtocorrupt.html sections 2.2 and 2.7.
So whoever uses handles does it inside `use`; `suspend` waits for them, closes every handle, and lets them be
opened again afterwards. A fork is such an exclusive moment.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_FORK_PATIENCE = 60.0  # seconds; a fork from inside an op would otherwise wait for itself


class HandleLock:
    """One file's door: many who use it at once, or one who needs every handle closed.

    Example:
        >>> lock = HandleLock()
        >>> with lock.use():
        ...     pass
    """

    def __init__(self) -> None:
        self._holders: list[weakref.WeakMethod[Callable[[bool], None]]] = []
        self._reset()

    def _reset(self) -> None:
        self._condition = threading.Condition(threading.Lock())
        self._users = 0
        self._shut = False

    def add(self, release: Callable[[bool], None]) -> None:
        """Register a bound method that closes its object's handles; its argument says that this is a new child."""
        self._holders = [known for known in self._holders if known() is not None]
        self._holders.append(weakref.WeakMethod(release))

    @contextmanager
    def use(self) -> Iterator[None]:
        """Use handles; wait while somebody needs them closed."""
        condition = self._condition
        with condition:
            condition.wait_for(lambda: not self._shut)
            self._users += 1
        try:
            yield
        finally:
            with condition:
                self._users -= 1
                if self._shut:
                    condition.notify_all()

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Wait for the users, close every handle, and keep new users out meanwhile."""
        self.shut()
        try:
            yield
        finally:
            self.reopen()

    def shut(self, patience: float | None = None) -> None:
        """Begin an exclusive moment.

        Args:
            patience: Seconds to wait for the users at most; None waits for as long as they take.
        """
        with self._condition:
            self._condition.wait_for(lambda: not self._shut, patience)
            self._shut = True
            idle = self._condition.wait_for(lambda: self._users == 0, patience)
        if idle:
            self._release(in_child=False)

    def wait_for_users(self, patience: float) -> None:
        """Wait until nobody uses handles, seconds at most; they stay open."""
        with self._condition:
            self._condition.wait_for(lambda: not self._shut, patience)
            self._shut = True
            self._condition.wait_for(lambda: self._users == 0, patience)
        self.reopen()

    def reopen(self) -> None:
        """End an exclusive moment."""
        with self._condition:
            self._shut = False
            self._condition.notify_all()

    def _release(self, *, in_child: bool) -> None:
        for holder in self._holders:
            if release := holder():
                release(in_child)

    def _in_child(self) -> None:
        self._reset()
        self._release(in_child=True)


_locks: weakref.WeakValueDictionary[str, HandleLock] = weakref.WeakValueDictionary()
_locks_lock = threading.Lock()
_forking = threading.local()


def lock_of(key: str) -> HandleLock:
    """Give the one lock of a file (by its resolved path) or of a server's URL in this process."""
    with _locks_lock:
        return _locks.setdefault(key, HandleLock())


def _before_fork() -> None:
    _forking.locks = [lock for _, lock in sorted(_locks.items())]
    for lock in _forking.locks:
        lock.shut(_FORK_PATIENCE)


def _after_in_parent() -> None:
    for lock in _forking.locks:
        lock.reopen()


def _after_in_child() -> None:
    global _locks_lock
    _locks_lock = threading.Lock()
    for lock in _forking.locks:
        lock._in_child()


os.register_at_fork(before=_before_fork, after_in_parent=_after_in_parent, after_in_child=_after_in_child)

__all__ = ["HandleLock", "lock_of"]
