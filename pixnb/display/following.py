"""Looks at a log, again and again: on a thread of its own, and seldom where a look takes long."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

REST = 10
"""Times what a look took, before the next."""


class Follower:
    """What `tick` calls for an object that follows a log; it forgets the object with its last user.

    Args:
        look: A bound method that has a look, and says whether there is something to wait for; it raises nothing.
        rest: Times what a look took, before the next.

    Example:
        >>> class Lamp:
        ...     def look(self):
        ...         return True
        >>> lamp = Lamp()
        >>> Follower(lamp.look)()
        True
    """

    def __init__(self, look: Callable[[], bool], *, rest: float = REST) -> None:
        self._look, self._rest = weakref.WeakMethod(look), rest
        self._is_looking, self._is_over, self._next = False, False, 0.0

    def __call__(self) -> bool:
        """Begin a look, unless one goes on; say whether to be called again."""
        if self._is_over or self._look() is None:
            return False
        if not self._is_looking and time.monotonic() >= self._next:
            self._is_looking = True
            _looking().submit(self._have_a_look)
        return True

    def _have_a_look(self) -> None:
        began = time.monotonic()
        try:
            look = self._look()
            self._is_over = look is None or not look()
        finally:
            self._is_looking = False
            self._next = time.monotonic() + self._rest * (time.monotonic() - began)


@cache
def _looking() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="pixnb-following")


__all__ = ["REST", "Follower"]
