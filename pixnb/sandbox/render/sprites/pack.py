"""The sprite pack: finding a picture by name or keyword, opening it, and how it stands in a scene."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import Image

from pixnb.emoji.pack import open_picture, read_names
from pixnb.sandbox.tables import read_table

_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SIDE = 320  # pixels of a compound's side


@dataclass(frozen=True)
class Manner:
    """How a picture stands in a scene."""

    # `ground`, `peek` (from below the frame or behind the land), `air`, `sky`, `far`, `float`, `water`, `table`
    at: str
    high: float  # its height as a share of the frame's
    gait: str  # how it moves
    home: tuple[str, ...]  # the places it is met at when the prompt names none
    keep: float = 1.0  # what is left of it, from above; boats come with water of their own


@dataclass(frozen=True)
class _Pack:
    codes: dict[str, str]
    groups: dict[str, str]
    names: dict[str, str]  # a name, or a word that means just that
    keywords: dict[str, tuple[str, ...]]  # a word that several have


def find(phrase: str) -> str | None:
    """Return the picture that a phrase names: by its own name, a synonym, or the word it is a kind of.

    Example:
        >>> find("octopus"), find("puppy"), find("cup of coffee")
        ('octopus', 'dog', None)
    """
    return _pack().names.get(phrase)


def suggest(word: str) -> tuple[str, ...]:
    """Return the pictures that have a word among their keywords, the most telling first."""
    return _pack().keywords.get(word, ())


def labels() -> Iterator[str]:
    """Yield the name of every picture, compounds included."""
    yield from _pack().codes
    yield from _manners()["compounds"]


def words() -> frozenset[str]:
    """Return every name and keyword that finds a picture."""
    return frozenset(_pack().names) | frozenset(_pack().keywords)


@cache
def manner(label: str) -> Manner:
    """Return how a picture stands in a scene."""
    table = _manners()
    own = table["compound_manners"].get(label) or table["only"].get(label, {})
    groups = table["groups"]
    told: dict[str, Any] = {**groups.get(group(label), groups["other"]), **own}
    return Manner(told["at"], told["high"], told["gait"], tuple(told["home"].split()), told.get("keep", 1.0))


def group(label: str) -> str:
    """Return what kind of picture it is: a subgroup of Unicode's list of emojis, or `other`."""
    return _pack().groups.get(label, "other")


def body(label: str, motion: str) -> str:
    """Return the picture of somebody who does something, for those who otherwise are a head only."""
    return str(_manners()["bodies"].get(label, {}).get(motion, label))


def is_listed(label: str, name: str) -> bool:
    """Return whether a picture is in one of the lists, such as `glowing`."""
    return label in _lists()[name]


@cache
def picture(label: str) -> Image.Image:
    """Return a picture, RGBA, cut to what is seen of it; do not draw on it."""
    parts = _manners()["compounds"].get(label)
    if parts is None:
        return _trim(open_picture(_pack().codes[label]), manner(label).keep)
    image = Image.new("RGBA", (_SIDE, _SIDE))
    for name, x, y, large, *keep in parts:
        part = _trim(picture(name), *keep)
        scale = large * _SIDE / max(part.size)
        part = part.resize((round(part.width * scale), round(part.height * scale)), Image.Resampling.LANCZOS)
        image.alpha_composite(
            part, (max(0, round(x * _SIDE - part.width / 2)), max(0, round(y * _SIDE - part.height / 2)))
        )
    return _trim(image)


def _trim(image: Image.Image, keep: float = 1.0) -> Image.Image:
    """Return what is seen of a picture, the lower part of it left out."""
    seen = image.getchannel("A").point([255 * (v > 8) for v in range(256)])
    left, top, right, bottom = seen.getbbox() or (0, 0, 1, 1)
    return image.crop((left, top, right, round(top + (bottom - top) * keep)))


@cache
def _pack() -> _Pack:
    rows = read_names()
    names: dict[str, str] = {}
    tagged: dict[str, list[tuple[int, str]]] = {}
    heads: dict[str, set[str]] = {}
    for _, label, _, short, tags in rows:
        heads.setdefault(label.split()[-1], set()).add(label)
        for place, word in enumerate(tags):
            tagged.setdefault(word, []).append((place, label))
        for word in short:
            names.setdefault(word, label)
    names |= {word: next(iter(having)) for word, having in heads.items() if len(having) == 1}
    names |= {row[1]: row[1] for row in rows}
    for label, text in _manners()["synonyms"].items():
        names |= dict.fromkeys(text.split(), label)
    names |= {label: label for label in _manners()["compounds"]}
    names |= {" ".join(_TOKEN.findall(label)): label for label in tuple(names.values())}
    keywords = {word: tuple(label for _, label in sorted(having)) for word, having in tagged.items()}
    for label in names:
        for word in label.split():
            keywords.setdefault(word, (names[label],))
    return _Pack({row[1]: row[0] for row in rows}, {row[1]: row[2] for row in rows}, names, keywords)


@cache
def _manners() -> dict[str, Any]:
    return read_table(__file__, "manners.toml")


@cache
def _lists() -> dict[str, frozenset[str]]:
    return {name: frozenset(" ".join(w.split()) for w in text.split(",")) for name, text in _manners()["lists"].items()}
