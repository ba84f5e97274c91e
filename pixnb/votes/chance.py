"""Chance that Python and a page draw alike: a hash of text, and the generator mulberry32 that it seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
_WORD = 0xFFFFFFFF


def hash32(text: str) -> int:
    """Return the FNV-1a hash of a text's UTF-8 in 32 bits (RFC 9923).

    Example:
        >>> f"{hash32('foobar'):08x}"
        'bf9cf968'
    """
    found = 0x811C9DC5
    for byte in text.encode():
        found = (found ^ byte) * 0x01000193 & _WORD
    return found


def draws(seed: int) -> Callable[[], float]:
    """Return a generator of numbers from 0 up to 1: mulberry32, which `votes.js` has too.

    Example:
        >>> draw = draws(7)
        >>> round(draw(), 6), round(draw(), 6)
        (0.011705, 0.061958)
    """
    state = seed & _WORD

    def draw() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & _WORD
        mixed = (state ^ state >> 15) * (state | 1) & _WORD
        mixed ^= (mixed + ((mixed ^ mixed >> 7) * (mixed | 61) & _WORD)) & _WORD
        return (mixed ^ mixed >> 14) / 2**32

    return draw


def shuffled(items: Sequence[T], seed: int) -> list[T]:
    """Return items in an order that the seed decides (Fisher and Yates).

    Example:
        >>> shuffled("abcde", 7) == shuffled("abcde", 7)
        True
    """
    found, draw = list(items), draws(seed)
    for last in range(len(found) - 1, 0, -1):
        other = int(draw() * (last + 1))
        found[last], found[other] = found[other], found[last]
    return found


__all__ = ["draws", "hash32", "shuffled"]
