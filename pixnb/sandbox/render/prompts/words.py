"""Reading a prompt: which of its words a renderer can show, and what they mean to it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise

from pixnb.sandbox.render.palette import NAMED
from pixnb.sandbox.render.prompts import vocabulary as v
from pixnb.sandbox.render.prompts.subjects import Subject, name_things

_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")


@dataclass(frozen=True)
class Recolour:
    """A change of colour that the prompt asks for."""

    target: str  # the colour wanted
    source: str | None = None  # the colour that is there now, when the prompt names it or the thing implies it


@dataclass(frozen=True)
class Reading:
    """What a prompt says."""

    words: tuple[str, ...] = ()  # all of its words, lower case
    hour: str | None = None  # time of day
    weather: tuple[str, ...] = ()  # snow, rain and the like, in order
    styles: tuple[str, ...] = ()  # drawing and film styles, in order
    place: str | None = None  # where it plays
    subjects: tuple[Subject, ...] = ()  # what is in it
    colours: tuple[str, ...] = ()  # colour words, in order
    ground: tuple[str, ...] = ()  # those of them that the land has, as in "green hills"
    recolour: Recolour | None = None  # A change of colour, for edits
    camera: tuple[str, ...] = ()  # camera moves
    mood: str | None = None  # `bright`, `dark` or None
    motion: str = "walk"  # what the subjects do: `walk`, `run`, `still` or `dance`
    unknown: tuple[str, ...] = ()  # words that nothing is known of
    foreign: bool = False  # whether there are letters of another script, which nothing is known of either

    @property
    def known(self) -> bool:
        """Whether an edit finds anything in the prompt that it can show."""
        return bool(self.hour or self.weather or self.styles or self.recolour or self.place in v.LISTS["tinted"])


def read(prompt: str) -> Reading:
    """Return what a prompt says.

    Example:
        >>> read("Change her blue coat to a formal brown jacket").recolour
        Recolour(target='brown', source='blue')
        >>> read("A red boat on a lake at night in the rain").subjects
        (Subject(label='sailboat', colour='red', count=1, link=''),)
    """
    plain = unicodedata.normalize("NFKD", prompt.lower())  # accents are left out
    text = v.join("".join(letter for letter in plain if not unicodedata.combining(letter)))
    words = tuple(_without_negated(_TOKEN.findall(text)))
    hours = _found(words, v.HOURS)
    subjects, unknown = name_things(words)
    return Reading(
        words=words,
        hour=hours[-1] if hours else None,
        weather=tuple(dict.fromkeys(_found(words, v.WEATHER))),
        styles=tuple(dict.fromkeys(_found(words, v.STYLES))),
        place=min(_found(words, v.PLACES), key=v.PLACE_ORDER.index, default=None),
        subjects=subjects,
        colours=tuple(word for word in words if word in NAMED and word not in {s.label for s in subjects}),
        ground=_ground(words),
        recolour=_recolour(words),
        camera=tuple(dict.fromkeys(_found(words, v.CAMERA))),
        mood=next(iter(_found(words, v.MOODS)), None),
        motion=next(iter(_found(words, v.MOTIONS)), "walk"),
        unknown=unknown,
        foreign=any(letter.isalpha() and ord(letter) > 0x24F for letter in text),
    )


def without(reading: Reading, unwanted: Reading) -> Reading:
    """Return a reading without what another one names, as a negative prompt does."""
    kinds = {subject.label for subject in unwanted.subjects}
    change = reading.recolour
    return replace(
        reading,
        hour=None if reading.hour == unwanted.hour else reading.hour,
        weather=tuple(name for name in reading.weather if name not in unwanted.weather),
        styles=tuple(name for name in reading.styles if name not in unwanted.styles),
        place=None if reading.place == unwanted.place else reading.place,
        subjects=tuple(subject for subject in reading.subjects if subject.label not in kinds),
        recolour=None if change and change.target in unwanted.colours else change,
    )


def _found(words: tuple[str, ...], table: dict[str, str]) -> list[str]:
    return [value for word in words if (value := v.look_up(word, table))]


def _without_negated(words: list[str]) -> list[str]:
    kept: list[str] = []
    skip = 0
    for word in words:
        if word in v.LISTS["negations"]:
            skip = 3
        elif skip and word not in v.LISTS["boundaries"]:
            skip -= 1
        else:
            skip = 0
            kept.append(word)
    return kept


def _recolour(words: tuple[str, ...]) -> Recolour | None:
    """Read "blue coat … brown jacket" as blue → brown, "purple grass" as green → purple."""
    colours = [(at, word) for at, word in enumerate(words) if word in NAMED and not _is_hour(words, at)]
    if not colours:
        return None
    if len(colours) >= 2 and any(w in v.LISTS["changes"] for w in words[: colours[-1][0]]):
        first, second = colours[0], colours[1]
        if any(w in v.LISTS["towards"] for w in words[first[0] : second[0]]):
            return Recolour(second[1], first[1])
        # "Turn the blue sky orange", with nothing between but the thing itself.
        if second[0] - first[0] <= 3 and words[second[0] - 1] not in ("and", "or", "a", "the"):
            return Recolour(second[1], first[1])
        if words[second[0] - 1] in ("instead", "from"):
            return Recolour(first[1], second[1])
    at, target = colours[0]
    around = words[max(0, at - 6) : at + 4]
    source = next((c for w in around if (c := v.look_up(w, v.NATURAL))), None)
    return Recolour(target, source)


def _ground(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(a for a, b in pairwise(words) if a in NAMED and v.look_up(b, v.PLACES) in v.LISTS["grounds"])


def _is_hour(words: tuple[str, ...], at: int) -> bool:
    return words[at] == "golden" and words[at + 1 : at + 2] in (("hour",), ("light",), ("retriever",), ("savanna",))
