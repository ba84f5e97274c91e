"""The words that the sandbox knows, read from `words.toml`: each list stands under what it means to a renderer."""

from __future__ import annotations

from typing import Any

from pixnb.sandbox.tables import read_table

_ALL: dict[str, Any] = read_table(__file__, "words.toml")


def _meanings(name: str) -> dict[str, str]:
    return {word: meaning for meaning, text in _ALL[name].items() for word in text.split()}


LISTS: dict[str, frozenset[str]] = {name: frozenset(text.split()) for name, text in _ALL["lists"].items()}
PLACE_ORDER: list[str] = _ALL["lists"]["place_order"].split()  # of two places the first one here is where it plays
NUMBERS: dict[str, int] = _ALL["numbers"]
HOURS, WEATHER, STYLES, PLACES = (_meanings(name) for name in ("hours", "weather", "styles", "places"))
MOTIONS, CAMERA, MOODS, NATURAL = (_meanings(name) for name in ("motions", "camera", "moods", "natural"))
TRANSITIONS: dict[str, frozenset[str]] = {kind: frozenset(text.split()) for kind, text in _ALL["transitions"].items()}
COATS, _IRREGULAR = _meanings("coats"), _meanings("irregular")
_PHRASES = {phrase.replace("_", " "): word.replace("_", " ") for phrase, word in _meanings("phrases").items()}
_ENDINGS = (("ies", "y"), ("ves", "f"), ("s", ""), ("es", ""))


def join(text: str) -> str:
    """Return the text with phrases of several words made one word."""
    text = text.replace("_", " ")
    for phrase, word in _PHRASES.items():
        text = text.replace(phrase, word)
    return text


def look_up(word: str, table: dict[str, str]) -> str | None:
    """Return what the table has for a word or for what its singular may be."""
    return next((table[form] for form in singulars(word) if form in table), None)


def singulars(word: str) -> tuple[str, ...]:
    """Return the word and what its singular may be, roughly: enough to look a noun up.

    Example:
        >>> singulars("foxes")
        ('foxes', 'foxe', 'fox')
    """
    cut = [word[: -len(end)] + instead for end, instead in _ENDINGS if len(word) > 3 and word.endswith(end)]
    return (word, *((_IRREGULAR[word],) if word in _IRREGULAR else ()), *cut)
