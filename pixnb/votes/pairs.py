"""Which pairs of clips a judge sees: of one source, asked for differently, each clip as often left as right."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pixnb.votes.chance import hash32, shuffled

MOST = 40
"""Pairs that a judge sees unless asked otherwise: some ten minutes."""

_CANDIDATES = 4000
_SOURCES = ("input.video", "input.image", "input.audio")
_CHANCE = ("seed", "take", "attempt")


@dataclass(frozen=True)
class Clip:
    """A run that can be judged.

    Attributes:
        run: Its run_id.
        source: What it was made from; clips of different sources are not compared.
        wording: What was asked for, but for the source and chance.
        chance: Its seed, or which take it is: pairs that share it come first.
        output: The hash of its file: two runs that gave the same file are no pair.
    """

    run: str
    source: str
    wording: str
    chance: str = ""
    output: str = ""


def clips_of(records: Iterable[Mapping[str, Any]]) -> list[Clip]:
    """Return the clips of a frame's rows (as dicts) that have a file.

    Args:
        records: Rows with run_id, and output_path or output_sha256; others have nothing to show.
    """
    found = []
    for record in records:
        given = {name: str(value) for name, value in record.items() if _is_given(value)}
        run = given.get("run_id", "")
        if not run or not (given.get("output_path") or given.get("output_sha256")):
            continue
        kind = given.get("media_type", "").partition("/")[0]
        source = " ".join([kind, *(f"{name}={given[name]}" for name in _SOURCES if name in given)])
        asked = {name: text for name, text in given.items() if _is_asked(name)}
        wording = "\n".join(f"{name}={asked[name]}" for name in sorted(asked))
        chance = given.get("seed") or f"take {given.get('take', '')}"
        found.append(Clip(run, source, wording, chance, given.get("output_sha256", "")))
    return list({clip.run: clip for clip in found}.values())


def _is_asked(name: str) -> bool:
    fixed = name in ("model", "prompt") or name.startswith(("params.", "vars.", "input."))
    return fixed and name not in _SOURCES and name.removeprefix("params.") not in _CHANCE


def _is_given(value: Any) -> bool:
    return value is not None and type(value).__name__ not in ("NAType", "NaTType") and value == value and value != ""


def choose_pairs(clips: Sequence[Clip], *, seed: int = 0, most: int = MOST) -> list[tuple[str, str]]:
    """Choose pairs of run_ids, left and right: all, or a sample that shows wordings and clips equally often.

    Args:
        clips: In any order; the result is the same.
        seed: Of what chance decides.
        most: How many at most.

    Example:
        >>> made = [Clip("a", "bunny", "snow"), Clip("b", "bunny", "rain"), Clip("c", "city", "rain")]
        >>> sorted(map(sorted, choose_pairs(made)))
        [['a', 'b']]
    """
    ordered = sorted(clips, key=lambda clip: clip.run)
    by_source: dict[str, list[Clip]] = defaultdict(list)
    for clip in ordered:
        by_source[clip.source].append(clip)
    pairs = [
        (one, other)
        for group in by_source.values()
        for one, other in itertools.combinations(group, 2)
        if one.wording != other.wording and not (one.output and one.output == other.output)
    ]
    candidates = shuffled(pairs, seed)[:_CANDIDATES]
    chosen = candidates if len(candidates) <= most else _sampled(candidates, most)
    return _sided([(one.run, other.run) for one, other in chosen])


def _sampled(candidates: list[tuple[Clip, Clip]], most: int) -> list[tuple[Clip, Clip]]:
    wordings: Counter[frozenset[str]] = Counter()
    shown: Counter[str] = Counter()
    left, chosen = list(enumerate(candidates)), []

    def need(item: tuple[int, tuple[Clip, Clip]]) -> tuple[Any, ...]:
        one, other = item[1]
        times = shown[one.run] + shown[other.run]
        return wordings[frozenset((one.wording, other.wording))], one.chance != other.chance, times, item[0]

    for _ in range(most):
        item = min(left, key=need)
        left.remove(item)
        one, other = item[1]
        wordings[frozenset((one.wording, other.wording))] += 1
        shown.update((one.run, other.run))
        chosen.append(item[1])
    return chosen


def _sided(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Turn pairs so that each clip is left as often as right, or once more: along a walk over all of them (Euler)."""
    ends: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, (one, other) in enumerate(pairs):
        ends[one].append((number, other))
        ends[other].append((number, one))
    odd = [run for run, edges in ends.items() if len(edges) % 2]
    for number, (one, other) in enumerate(zip(odd[::2], odd[1::2], strict=True), len(pairs)):
        ends[one].append((number, other))
        ends[other].append((number, one))
    turned: dict[int, tuple[str, str]] = {}
    for run, edges in ends.items():
        here = run
        while edges or here != run:  # every clip has an even number of ends: a walk ends where it began
            number, there = ends[here].pop()
            ends[there].remove((number, here))
            turned[number] = here, there
            here = there
    return [turned[number] for number in range(len(pairs))]


def pair_id(report: str, seed: int, left: str, right: str) -> str:
    """Return the name of a pair in a report, which its sides, the seed and the report make.

    Example:
        >>> pair_id("r", 1, "a", "b") != pair_id("r", 1, "b", "a")
        True
    """
    return f"{hash32(f'{report}:{seed}:{left}:{right}'):08x}"


def is_turned(seed: int, voter: str) -> bool:
    """Whether a voter sees every pair the other way round, as half of the voters do."""
    return bool(hash32(f"{seed}:{voter}") >> 7 & 1)


__all__ = ["MOST", "Clip", "choose_pairs", "clips_of", "is_turned", "pair_id"]
