"""Reading a prompt: which of its words a renderer can show, and what they mean to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from pixnb.sandbox.render import nouns as n
from pixnb.sandbox.render import vocabulary as v
from pixnb.sandbox.render.subjects import Subject, look_up, subjects

_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")


@dataclass(frozen=True)
class Recolour:
    """A change of colour that the prompt asks for.

    Args:
        target: The colour wanted.
        source: The colour that is there now, when the prompt names it or the thing implies it.
    """

    target: str
    source: str | None = None


@dataclass(frozen=True)
class Reading:
    """What a prompt says.

    Args:
        words: All of its words, lower case.
        hour: Time of day.
        weather: Snow, rain and the like, in order.
        styles: Drawing and film styles, in order.
        place: Where it plays.
        subjects: What is in it.
        colours: Colour words, in order.
        ground: Those of them that the land has, as in "green hills".
        recolour: A change of colour, for edits.
        camera: Camera moves.
        mood: `bright`, `dark` or None.
        motion: What the subjects do: `walk`, `run`, `still` or `dance`.
    """

    words: tuple[str, ...] = ()
    hour: str | None = None
    weather: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    place: str | None = None
    subjects: tuple[Subject, ...] = ()
    colours: tuple[str, ...] = ()
    ground: tuple[str, ...] = ()
    recolour: Recolour | None = None
    camera: tuple[str, ...] = ()
    mood: str | None = None
    motion: str = "walk"

    @property
    def known(self) -> bool:
        """Whether an edit finds anything in the prompt that it can show."""
        return bool(self.hour or self.weather or self.styles or self.recolour or self.place in v.TINTED)


def read(prompt: str) -> Reading:
    """Return what a prompt says.

    Args:
        prompt: English words; unknown ones are left aside.

    Example:
        >>> read("Change her blue coat to a formal brown jacket").recolour
        Recolour(target='brown', source='blue')
        >>> read("A red boat on a lake at night in the rain").subjects
        (Subject(kind='boat', colour='red', count=1),)
    """
    text = v.joined(prompt.lower())
    words = tuple(_without_negated(_TOKEN.findall(text)))
    hours = _found(words, v.HOURS)
    return Reading(
        words=words,
        hour=hours[-1] if hours else None,
        weather=_unique(_found(words, v.WEATHER)),
        styles=_unique(_found(words, v.STYLES)),
        place=next(iter(_ranked(_found(words, v.PLACES))), None),
        subjects=subjects(words),
        colours=tuple(word for word in words if word in v.COLOURS and word not in n.SUBJECTS),
        ground=_ground(words),
        recolour=_recolour(words),
        camera=_unique(_found(words, v.CAMERA)),
        mood=next(iter(_found(words, v.MOODS)), None),
        motion=next(iter(_found(words, v.MOTIONS)), "walk"),
    )


def without(reading: Reading, unwanted: Reading) -> Reading:
    """Return a reading without what another one names, as a negative prompt does."""
    kinds = {subject.kind for subject in unwanted.subjects}
    change = reading.recolour
    return replace(
        reading,
        hour=None if reading.hour == unwanted.hour else reading.hour,
        weather=tuple(name for name in reading.weather if name not in unwanted.weather),
        styles=tuple(name for name in reading.styles if name not in unwanted.styles),
        place=None if reading.place == unwanted.place else reading.place,
        subjects=tuple(subject for subject in reading.subjects if subject.kind not in kinds),
        recolour=None if change and change.target in unwanted.colours else change,
    )


def _found(words: tuple[str, ...], table: dict[str, str]) -> list[str]:
    return [value for word in words if (value := look_up(word, table))]


def _unique(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _ranked(places: list[str]) -> list[str]:
    # "a lake at sunset with mountains in the background" plays at the lake.
    return sorted(places, key=v.PLACE_ORDER.index)


def _without_negated(words: list[str]) -> list[str]:
    kept: list[str] = []
    skip = 0
    for word in words:
        if word in v.NEGATIONS:
            skip = 3
        elif skip and word not in v.BOUNDARIES:
            skip -= 1
        else:
            skip = 0
            kept.append(word)
    return kept


def _recolour(words: tuple[str, ...]) -> Recolour | None:
    """Read "blue coat … brown jacket" as blue → brown, "purple grass" as green → purple."""
    colours = [(at, word) for at, word in enumerate(words) if word in v.COLOURS and not _is_hour(words, at)]
    if not colours:
        return None
    if len(colours) >= 2 and any(w in v.CHANGES for w in words[: colours[-1][0]]):
        first, second = colours[0], colours[1]
        if any(w in v.TOWARDS for w in words[first[0] : second[0]]):
            return Recolour(second[1], first[1])
        # "Turn the blue sky orange", with nothing between but the thing itself.
        if second[0] - first[0] <= 3 and words[second[0] - 1] not in ("and", "or", "a", "the"):
            return Recolour(second[1], first[1])
        if words[second[0] - 1] in ("instead", "from"):
            return Recolour(first[1], second[1])
    at, target = colours[0]
    around = words[max(0, at - 6) : at + 4]
    source = next((c for w in around if (c := look_up(w, v.NATURAL))), None)
    return Recolour(target, source)


def _ground(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        a
        for a, b in pairwise(words)
        if a in v.COLOURS and look_up(b, v.PLACES) in v.GROUNDS and not look_up(b, n.SUBJECTS)
    )


def _is_hour(words: tuple[str, ...], at: int) -> bool:
    return words[at] == "golden" and words[at + 1 : at + 2] in (("hour",), ("light",), ("retriever",), ("savanna",))


__all__ = ["Reading", "Recolour", "read", "without"]
