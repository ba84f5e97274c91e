"""Finding who and what a prompt names: a picture of the pack for each, how many, in which colour, on what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pixnb.sandbox.render.palette import NAMED
from pixnb.sandbox.render.prompts import vocabulary as v
from pixnb.sandbox.render.sprites import pack

_MOST = 4  # kinds that one picture shows
_LONGEST = 4  # words that a name has
_WEARING = frozenset(("in", "wearing", "wears", "dressed"))
_LINKS = {"on": "on", "atop": "on", "riding": "on", "rides": "on", "over": "over", "above": "over", "under": "under",
          "beneath": "under", "below": "under"}  # fmt: skip
_HOLDS = frozenset(("on", "over", "above", "under", "beneath", "below", "and", "with", "in", "at"))
_SINGLE = frozenset(("a", "an", "one", "the", "single", "this", "that"))
_MEANINGS = (v.HOURS, v.WEATHER, v.STYLES, v.MOTIONS, v.CAMERA, v.MOODS)
_ADJECTIVES = ("ed", "ing", "ly", "ful", "ous", "y")  # endings of keywords that name no thing


@dataclass(frozen=True)
class Subject:
    """Something that the prompt names and the pack has a picture of."""

    label: str  # the picture's name, such as `dog` or `sailboat`
    colour: str | None = None  # the colour word that stands before it, or the one that goes without saying, if any
    count: int = 1  # how many of it
    link: str = ""  # how the one before stands to it: `on`, `over`, `under` or nothing


@dataclass(frozen=True)
class _Found:
    label: str
    at: int
    end: int
    plural: bool


def name_things(words: tuple[str, ...]) -> tuple[tuple[Subject, ...], tuple[str, ...]]:
    """Return who and what the words name, in order, each once, and the words that no picture was found for.

    Example:
        >>> name_things(("two", "dogs", "and", "a", "zorblax"))
        ((Subject(label='dog', colour=None, count=2, link=''),), ('zorblax',))
    """
    found = list(_named(words))
    taken = {at for one in found for at in range(one.at, one.end)}
    left = [at for at, word in enumerate(words) if at not in taken and not _is_known(word)]
    guesses = [] if found else [guess for at in left if (guess := _guess(words, at, taken))][:1]
    found = sorted((*found, *guesses), key=lambda one: one.at)
    unknown = tuple(dict.fromkeys(words[at] for at in left if at not in {guess.at for guess in guesses}))
    subjects: dict[str, Subject] = {}
    before: _Found | None = None
    for one in found:
        if before and before.end == one.at and _is_person(before.label) and _is_person(one.label):
            subjects.pop(before.label, None)  # "a woman astronaut" is one person
        if before and _is_worn(words, before, one) and before.label in subjects:
            subjects[before.label] = replace(subjects[before.label], colour=_colour(words, one))
            continue
        if one.label not in subjects and len(subjects) < _MOST:
            link = _link(words, before, one) if before and before.label in subjects else ""
            subjects[one.label] = Subject(one.label, _colour(words, one), _count(words, one), link)
        before = one
    return tuple(subjects.values()), unknown


def _named(words: tuple[str, ...]) -> Iterator[_Found]:
    at = 0
    while at < len(words):
        length = next((n for n in range(_LONGEST, 0, -1) if at + n <= len(words) and _label(words[at : at + n])), 0)
        label = _label(words[at : at + length]) if length else None
        if label and not (length == 1 and _is_no_thing(words, at)):
            last = words[at + length - 1]
            plural = (length == 1 and not pack.find(last)) or (last != v.singulars(last)[-1] and not pack.find(last))
            yield _Found(label, at, at + length, plural)
        at += max(1, length)


def _label(words: tuple[str, ...]) -> str | None:
    *head, last = words
    phrases = (" ".join((*head, form)) for form in v.singulars(last))
    return next((label for phrase in phrases if (label := pack.find(phrase))), None)


def _is_no_thing(words: tuple[str, ...], at: int) -> bool:
    """Return whether a word that has a picture means something else here: a colour, the weather, a verb."""
    word = words[at]
    if word in v.LISTS["plain"] or any(v.look_up(word, table) for table in _MEANINGS):
        return word not in ("sun", "cherrytree", "cherrytrees")
    if v.look_up(word, v.PLACES) and not set(v.singulars(word)) & v.LISTS["also_things"]:
        return True  # the backdrop shows it
    if word in NAMED:  # "a rose" is a flower, "a rose dress" is none
        return pack.find(word) != word or bool(words[at + 1 : at + 2] and _label(words[at + 1 : at + 2]))
    # "a herd of cows", and not the family
    return (word in v.LISTS["herds"] or word in v.LISTS["collectives"]) and words[at + 1 : at + 2] == ("of",)


def _guess(words: tuple[str, ...], at: int, taken: set[int]) -> _Found | None:
    """Return a picture that has the word among its keywords, unless the word only describes what follows it."""
    if at + 1 in taken or words[at].endswith(_ADJECTIVES):
        return None
    for form in v.singulars(words[at]):
        if labels := pack.suggest(form):
            return _Found(labels[0], at, at + 1, form != words[at])
    return None


def _is_known(word: str) -> bool:
    tables = (*_MEANINGS, v.PLACES, v.NATURAL)
    return (
        word in NAMED or word in v.NUMBERS or word.isdigit() or any(word in words for words in v.LISTS.values())
        or any(v.look_up(word, table) for table in tables)
    )  # fmt: skip


def _is_person(label: str) -> bool:
    return pack.manner(label).at == "peek" and not label.endswith(("face", "bear"))


def _is_worn(words: tuple[str, ...], before: _Found, one: _Found) -> bool:
    between = words[before.end : one.at]
    return _is_person(before.label) and pack.group(one.label) == "clothing" and bool(_WEARING & set(between))


def _link(words: tuple[str, ...], before: _Found, one: _Found) -> str:
    between = words[before.end : one.at]
    return next((_LINKS[word] for word in between if word in _LINKS), "") if len(between) <= 4 else ""


def _count(words: tuple[str, ...], one: _Found) -> int:
    before = words[max(0, one.at - 3) : one.at]
    number = next((v.NUMBERS[word] for word in reversed(before) if word in v.NUMBERS), None)
    if number:
        return number
    if v.LISTS["herds"] & set(before) or (words[one.end : one.end + 1] and words[one.end] in v.LISTS["collectives"]):
        return 5
    same = words[one.at] in ("fish", "sheep", "deer") and not _SINGLE & set(before[-2:])
    return 3 if one.plural or same else 1


def _colour(words: tuple[str, ...], one: _Found) -> str | None:
    before = next((w for w in reversed(words[max(0, one.at - 3) : one.at]) if w in NAMED or w in _HOLDS), None)
    if before not in NAMED and _is_person(one.label) and _WEARING & set(words[one.end : one.end + 3]):
        before = next((w for w in words[one.end : one.end + 6] if w in NAMED), None)
    return before if before in NAMED else v.look_up(words[one.end - 1], v.COATS)
