"""Finding who and what a prompt names: kinds, how many of each, and in which colour."""

from __future__ import annotations

from dataclasses import dataclass

from pixnb.sandbox.render import nouns as n
from pixnb.sandbox.render import vocabulary as v

_PEOPLE = frozenset(n.PEOPLE.values())
_MOST = 3  # kinds that one picture shows
_WEARING = frozenset(("in", "wearing", "wears", "with", "dressed"))


@dataclass(frozen=True)
class Subject:
    """Something that the prompt names and a scene can draw.

    Args:
        kind: The figure, such as `dog` or `boat`.
        colour: The colour word that stands before it, or the one that goes without saying, if any.
        count: How many of it.
    """

    kind: str
    colour: str | None = None
    count: int = 1


def subjects(words: tuple[str, ...]) -> tuple[Subject, ...]:
    """Return who and what the words name, in order, each kind once.

    Example:
        >>> subjects(("two", "dogs", "and", "a", "woman", "in", "a", "red", "dress"))
        (Subject(kind='dog', colour=None, count=2), Subject(kind='woman', colour='red', count=1))
    """
    found: dict[str, Subject] = {}
    last: tuple[int, str] | None = None
    for at, word in enumerate(words):
        kind = look_up(word, n.SUBJECTS)
        beside = last is not None and last[0] == at - 1
        if not kind or (beside and word in n.COLLECTIVES):
            continue
        if last and beside and {last[1], kind} <= _PEOPLE:
            found.pop(last[1], None)  # "a woman warrior" is one person
        last = (at, kind)
        if kind not in found:
            found[kind] = Subject(kind, _colour(words, at, kind), _count(words, at))
    return tuple(_settled(found, words).values())[:_MOST]


def _settled(found: dict[str, Subject], words: tuple[str, ...]) -> dict[str, Subject]:
    """Return the subjects without those that are another's part: who plays an instrument, who rides a bicycle."""
    anybody = next((kind for kind in found if kind in n.ANYBODY), None)
    plays = n.INSTRUMENTS & set(words) and {"musician", "violinist"} & set(found)
    if anybody and (plays or {"piano", "bicycle"} & set(found)):
        found.pop(anybody)
    if not _PEOPLE & set(found):
        if "toyballoon" in found:  # nobody holds it: it is one that people ride in
            found["balloon"] = Subject("balloon", found["toyballoon"].colour, found.pop("toyballoon").count)
        if not {"piano", "bicycle"} & set(found):
            pronouns = ((at, n.PRONOUNS[w]) for at, w in enumerate(words) if w in n.PRONOUNS)
            found |= {kind: Subject(kind, _colour(words, at, kind)) for at, kind in pronouns}
    if "couple" in words and not {"man", "woman", "bride"} & set(found):
        found |= {"man": Subject("man"), "woman": Subject("woman")}
    return found


def look_up(word: str, table: dict[str, str]) -> str | None:
    """Return what the table has for a word or for what its singular may be."""
    return next((table[form] for form in singulars(word) if form in table), None)


def singulars(word: str) -> tuple[str, ...]:
    """Return the word and what its singular may be, roughly: enough to look a noun up.

    Example:
        >>> singulars("foxes")
        ('foxes', 'foxe', 'fox')
    """
    endings = (("ies", "y"), ("ves", "f"), ("s", ""), ("es", ""))
    cut = [word[: -len(end)] + instead for end, instead in endings if len(word) > 3 and word.endswith(end)]
    return (word, *((n.IRREGULAR[word],) if word in n.IRREGULAR else ()), *cut)


def _count(words: tuple[str, ...], at: int) -> int:
    before = words[max(0, at - 3) : at]
    number = next((n.NUMBERS[w] for w in reversed(before) if w in n.NUMBERS), None)
    if number:
        return number
    if n.HERDS & set(before) or (at + 1 < len(words) and words[at + 1] in n.COLLECTIVES):
        return 5
    plural = words[at] in n.IRREGULAR or words[at] not in n.SUBJECTS or words[at] == "fish"
    return 3 if plural and not (words[at] == "fish" and n.SINGLE & set(before)) else 1


def _colour(words: tuple[str, ...], at: int, kind: str) -> str | None:
    before = next((w for w in reversed(words[max(0, at - 3) : at]) if w in v.COLOURS), None)
    if before is None and kind in _PEOPLE and _WEARING & set(words[at + 1 : at + 4]):
        before = next((w for w in words[at + 1 : at + 7] if w in v.COLOURS), None)
    return before or look_up(words[at], n.COATS)


__all__ = ["Subject", "look_up", "singulars", "subjects"]
