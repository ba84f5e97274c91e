"""The sources of a wall's runs: what all of a row or of a column were given alike, else what each was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pixnb.compare.content import content
from pixnb.compare.pages import local
from pixnb.compare.words import name_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Source:
    """A clip, picture or sound that runs were given.

    Attributes:
        name: What the page calls it: "source", or "source-1" where there are several.
        role: What it was given as: "video".
        label: In words: "video coat.mp4".
        place: A path or URL.
        start: The first row (or column) that it belongs to.
        span: How many of them.
    """

    name: str
    role: str
    label: str
    place: str
    start: int
    span: int

    @property
    def path(self) -> Path | None:
        """Its file; None for a URL, which is never fetched."""
        return local(self.place)


class Sources(NamedTuple):
    """The sources of a wall, by where they stand; the attributes are those of its `Matrix`."""

    beside: tuple[Source, ...]
    above: tuple[Source, ...]
    within: Mapping[int, tuple[Source, ...]]


def find_sources(
    frame: pd.DataFrame, places: Mapping[tuple[int, int], Sequence[int]], rows: int, columns: int
) -> Sources:
    """Find what all runs of a row were given alike, else what all of a column were, else what each was.

    Args:
        frame: A log's frame, or any with columns `input.*`.
        places: The numbers of the runs at each row and column.
        rows: How many rows there are.
        columns: How many columns.
    """
    roles = [name for name in map(str, frame.columns) if name.startswith("input.")]
    if not roles:
        return Sources((), (), {})
    said = content(frame, columns=roles)
    given = {row.number: dict(zip(roles, row.cells, strict=False)) for row in said.rows}
    beside: list[Source] = []
    above: list[Source] = []
    within: dict[int, list[Source]] = {}
    for role in roles:
        title = next(column.title for column in said.columns if column.name == role)
        for level, count, found in ((0, rows, beside), (1, columns, above)):
            lines = [
                {given[number][role].places for at, runs in places.items() if at[level] == n for number in runs}
                for n in range(count)
            ]
            if lines and all(len(line) <= 1 for line in lines):
                found += _span(title, [next(iter(line), ()) for line in lines])
                break
        else:
            for number, given_to in given.items():
                within.setdefault(number, []).extend(_span(title, [given_to[role].places]))
    return _name(beside, above, within)


def _span(title: str, lines: Sequence[tuple[str, ...]]) -> list[Source]:
    found: list[Source] = []
    for at, places in enumerate(lines):
        if not places:
            continue
        last = found[-1] if found else None
        if last and last.place == places[0] and last.start + last.span == at:
            found[-1] = Source("", title, last.label, last.place, last.start, last.span + 1)
        else:
            found.append(Source("", title, f"{title} {name_of(places[0])}", places[0], at, 1))
    return found


def _name(beside: Sequence[Source], above: Sequence[Source], within: Mapping[int, Sequence[Source]]) -> Sources:
    inner = list(dict.fromkeys(source for given in within.values() for source in given))  # each once, wherever it is
    count = len(beside) + len(above) + len(inner)
    names = iter(["source"] if count == 1 else [f"source-{n + 1}" for n in range(count)])
    first, second = (tuple(replace(one, name=next(names)) for one in group) for group in (beside, above))
    named = {source: replace(source, name=next(names)) for source in inner}
    own = {number: tuple(named[one] for one in given) for number, given in within.items() if given}
    return Sources(first, second, own)


__all__ = ["Source", "Sources", "find_sources"]
