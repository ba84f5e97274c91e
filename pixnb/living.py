"""Objects that live in one process, with what people expect of them by other names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self


class Guessed:
    """A class that answers a wrong guess of a name with the right one; `dir()` shows none of the guesses.

    Attributes:
        _guesses: What to do instead, by the names that people try, several in one key apart by blanks.

    Example:
        >>> class Shelf(Guessed):
        ...     _guesses = {"books volumes": "list(shelf) gives its books"}
        >>> Shelf().volumes
        Traceback (most recent call last):
        ...
        AttributeError: A Shelf has no `volumes`: list(shelf) gives its books.
    """

    __slots__ = ()
    _guesses: ClassVar[Mapping[str, str]] = {}

    if not TYPE_CHECKING:  # a checker knows every name by itself

        def __getattr__(self, name: str) -> Any:
            kind = type(self)
            if hasattr(kind, name):  # it is there and fails within: asked again, it says why
                return object.__getattribute__(self, name)
            right = next((right for guesses, right in kind._guesses.items() if name in guesses.split()), None)
            article = "An" if kind.__name__[0] in "AEIO" else "A"
            said = f"{article} {kind.__name__} has no `{name}`" + (f": {right}." if right else ".")
            raise AttributeError(said, **({} if right else {"name": name, "obj": self}))


class Outlook(Guessed):
    """Runs as they were shown, and the log that keeps what is said of them: a pickle or a copy is the first alone."""

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "log": None}


class Living(Guessed):
    """An object that lives in one process: a copy of it is itself, and it is not pickled.

    Attributes:
        _instead: What to keep in its place, and how to have it again from that.

    Example:
        >>> import pickle
        >>> class Lamp(Living):
        ...     _instead = "Keep its name, and open Lamp(name) there"
        >>> pickle.dumps(Lamp())
        Traceback (most recent call last):
        ...
        TypeError: Lamp: it belongs to its process and cannot be pickled. Keep its name, and open Lamp(name) there.
    """

    __slots__ = ()
    _instead: ClassVar[str] = ""

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(f"{name}: it belongs to its process and cannot be pickled. {self._instead}.")


__all__ = ["Guessed", "Living", "Outlook"]
