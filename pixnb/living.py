"""Objects that live in one process, with what people expect of them by other names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

_MOST = 1024
_answers: dict[tuple[type, str], str] = {}


def answer_guess(name: str, guesses: Mapping[str, str], known: Iterable[str]) -> str:
    """Say what to write in place of a name that is not there; "" where nothing comes near.

    Args:
        name: What was tried.
        guesses: What to do instead, by the names that people try, several in one key apart by blanks.
        known: The names that are there: IPython shows no "Did you mean" of Python's own.

    Example:
        >>> answer_guess("sumbit", {}, ["submit", "frame"])
        ': did you mean `submit`?'
    """
    if name.startswith("_"):  # what displays and pickles ask for
        return ""
    right = next((right for tried, right in guesses.items() if name in tried.split()), None)
    if right:
        return f": {right}."
    from difflib import get_close_matches

    close = get_close_matches(name, (one for one in known if not one.startswith("_")), 1, 0.75)
    return f": did you mean `{close[0]}`?" if close else ""


class Guessed:
    """A class that answers a wrong guess of a name with the right one; `dir()` shows none of the guesses.

    Attributes:
        _guesses: What to do instead, by the names that people try, several in one key apart by blanks; by "()" for who
            calls it.

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

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        if "()" in cls._guesses:  # else it stays what `callable` says is none
            cls.__call__ = _refuse_call  # type: ignore[method-assign]

    if not TYPE_CHECKING:  # a checker knows every name by itself

        def __getattr__(self, name: str) -> Any:
            kind = type(self)
            if hasattr(kind, name):  # it is there and fails within: asked again, it says why
                return object.__getattribute__(self, name)
            right = _answers.get((kind, name))
            if right is None:  # once, for pydantic and others ask it of each of ten thousand
                if len(_answers) >= _MOST:
                    _answers.clear()
                right = _answers[kind, name] = answer_guess(name, kind._guesses, dir(self))
            raise AttributeError(f"{_say_kind(kind)} has no `{name}`{right or '.'}")


def _refuse_call(self: Guessed, *values: Any, **names: Any) -> NoReturn:
    raise TypeError(f"{_say_kind(type(self))} is not called: {type(self)._guesses['()']}.")


def _say_kind(kind: type) -> str:
    return f"{'An' if kind.__name__[0] in 'AEIO' else 'A'} {kind.__name__}"


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


__all__ = ["Guessed", "Living", "Outlook", "answer_guess"]
