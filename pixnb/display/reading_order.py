"""The order in which signs stand on a line when some are read from right to left: Unicode's rules, without overrides.

Pillow shapes words of one font and one direction; which stands where on a line of several is found here. Explicit
embeddings are left out: prompts from outside come without the marks that make them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_STRONG = {"L": "L", "R": "R", "AL": "R"}
_NUMBERS = ("EN", "AN")


def is_leftward(text: str) -> bool:
    """Whether a paragraph is read from right to left: its first letter is.

    Example:
        >>> is_leftward("12 שלום"), is_leftward("12 red coats")
        (True, False)
    """
    return (
        next((_STRONG[kind] for letter in text if (kind := unicodedata.bidirectional(letter)) in _STRONG), "L") == "R"
    )


def find_levels(signs: Sequence[str], *, leftward: bool) -> list[int]:
    """Return how deep each sign of a paragraph is nested: those of odd levels are read from right to left.

    Args:
        signs: Letters with their marks.
        leftward: Whether the paragraph is read from right to left.

    Example:
        >>> find_levels(list("a אב 12"), leftward=False)
        [0, 0, 1, 1, 1, 2, 2]
    """
    if not leftward and all(sign < "\u0590" for sign in signs):
        return [0] * len(signs)
    kinds = _resolve([unicodedata.bidirectional(sign[0]) or "L" for sign in signs], "R" if leftward else "L")
    return [2 if kind in _NUMBERS else int(leftward) + ((kind == "R") != leftward) for kind in kinds]


def order(levels: Sequence[int]) -> list[int]:
    """Return the places of signs of one line as they stand from left to right.

    Example:
        >>> order([0, 1, 1, 0])
        [0, 2, 1, 3]
    """
    places = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        at = 0
        while at < len(places):
            end = at
            while end < len(places) and levels[places[end]] >= level:
                end += 1
            places[at:end] = reversed(places[at:end])
            at = max(end, at + 1)
    return places


def _resolve(kinds: list[str], base: str) -> list[str]:
    """Say of each sign whether it is "L", "R", or a number: W1 to W7, N1 and N2 of Unicode's annex 9."""
    strong = base
    for at, kind in enumerate(kinds):  # W1 to W3
        if kind == "NSM":
            kinds[at] = kinds[at - 1] if at else base
        elif kind == "EN" and strong == "AL":
            kinds[at] = "AN"
        elif kind in _STRONG:
            strong = kind
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for at in range(1, len(kinds) - 1):  # W4: a dot between digits
        before, kind, after = kinds[at - 1 : at + 2]
        if before == after and before in _NUMBERS and (kind == "CS" or (kind == "ES" and before == "EN")):
            kinds[at] = before
    for row in (range(1, len(kinds)), range(len(kinds) - 2, -1, -1)):  # W5: a sign of money beside digits
        for at in row:
            if kinds[at] == "ET" and kinds[at - 1 if row.step > 0 else at + 1] == "EN":
                kinds[at] = "EN"
    strong = base
    for at, kind in enumerate(kinds):  # W7
        strong = kind if kind in ("L", "R") else strong
        kinds[at] = "L" if kind == "EN" and strong == "L" else kind
    return _settle_neutrals(kinds, base)


def _settle_neutrals(kinds: list[str], base: str) -> list[str]:
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] not in ("L", "R", *_NUMBERS):
            end += 1
        if end > at:
            before, after = (_side(kinds[n]) if 0 <= n < len(kinds) else base for n in (at - 1, end))
            kinds[at:end] = [before if before == after else base] * (end - at)
        at = max(end, at + 1)
    return kinds


def _side(kind: str) -> str:
    return "R" if kind in _NUMBERS else kind


__all__ = ["find_levels", "is_leftward", "order"]
