"""What is an axis and what is one value: lists, ranges, Series and arrays are axes, a dict is one with labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

from pixnb.errors import InvalidInput
from pixnb.media.media import Media


@dataclass(frozen=True, slots=True)
class Value:
    """One point of an axis.

    Attributes:
        label: What it is called in tables and walls.
        value: What is sent.
        is_named: Whether the label is a name that was given to it.
    """

    label: Any
    value: Any
    is_named: bool = False


def parse_axis(name: str, given: Any, *, is_list: bool = False) -> tuple[Value, ...] | None:
    """Read what was given for a parameter.

    Args:
        name: The parameter's, for messages.
        given: What a person wrote.
        is_list: Whether the parameter is itself a list: then an axis is a list of lists.

    Returns:
        The axis's values; None for one fixed value.

    Raises:
        InvalidInput: An axis is empty, or it is nothing that one can be made of.

    Example:
        >>> [value.label for value in parse_axis("fps", range(24, 27))]
        [24, 25, 26]
        >>> parse_axis("fps", 24) is None
        True
    """
    if isinstance(given, Mapping):
        return _checked(name, [Value(label, plain(value), is_named=True) for label, value in given.items()])
    if not _is_many(given):
        return None
    if getattr(given, "ndim", 1) != 1:
        raise InvalidInput(f"{name}= is a table or picture in memory; give a list, or a DataFrame as over=.")
    if isinstance(given, set | frozenset):
        raise InvalidInput(f"{name}= is a set, which has no order: give a list.")
    values = [plain(value) for value in given]
    if is_list and not all(isinstance(value, list | tuple) for value in values):
        return None
    return _checked(name, [Value(value, value) for value in values])


def keep(given: Any) -> Any:
    """Return what was given in a form that can be read by several models: a generator as a list."""
    return list(given) if isinstance(given, Iterator) and _is_many(given) else given


def plain(value: Any) -> Any:
    """Return a value of numpy or pandas as Python's own; what they hold for "nothing" as None."""
    if type(value) in (str, int, float, bool, bytes) and value == value:
        return value
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        value = value.item()
    # pandas.NA, NaT and NaN: the first is not even unequal to itself as a bool
    if type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value):
        return None
    return value


def _is_many(given: Any) -> bool:
    one = isinstance(given, str | bytes | bytearray | memoryview | PathLike | Media) or hasattr(given, "read")
    return isinstance(given, Iterable) and not one and getattr(given, "ndim", 1) != 0


def _checked(name: str, values: list[Value]) -> tuple[Value, ...]:
    if not values:
        raise InvalidInput(f"The axis {name}= is empty: give at least one value, or leave it out.")
    return tuple(values)


__all__ = ["Value", "keep", "parse_axis", "plain"]
