"""Which words of a prompt differ from another's, and the part of a long prompt where they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from pixnb.compare.segments import find_words

_KIN = 0.25
_LONG_WORD = 24
_LINE = 60  # in less than a line, the beginning that all share has to go


@dataclass(frozen=True)
class Piece:
    """A stretch of a prompt.

    Attributes:
        text: Its words, with the blanks around them.
        differs: Whether they are not the other prompt's.
        gap: Whether it only says that something was left out here.
        names: Whether it is what a person calls the prompt, which stands before it.
    """

    text: str
    differs: bool = False
    gap: bool = False
    names: bool = False


def differences(prompt: str, baseline: str) -> tuple[Piece, ...]:
    """Split a prompt into what it shares with another and what it does not, by words.

    Args:
        prompt: The text that is split; the pieces joined give it back.
        baseline: What it is held against. Where the two have next to nothing in common, nothing is marked: that
            another thing was asked is plain without it.

    Example:
        >>> [piece.text for piece in differences("Her coat is deep red", "Her coat is blue") if piece.differs]
        ['deep red']
    """
    return _pieces(prompt, match(baseline, prompt).added)


def marked(prompts: Sequence[str], baseline: str | None = None) -> list[tuple[Piece, ...]]:
    """Mark in each of several prompts the words that differ from the baseline's, and in that one what most changed.

    Args:
        prompts: The texts, in the order in which they are shown.
        baseline: What they are held against; the first of them when left out.

    Returns:
        The pieces of each, in the same order.

    Example:
        >>> red, blue = marked(["A red coat", "A blue coat"])
        >>> red
        (Piece(text='A ', differs=False, gap=False, names=False), Piece(text='red', differs=True, gap=False, \
names=False), Piece(text=' coat', differs=False, gap=False, names=False))
    """
    if not prompts:
        return []
    first = prompts[0] if baseline is None else baseline
    found = {prompt: match(first, prompt) for prompt in dict.fromkeys(prompts) if prompt != first}
    split = {prompt: _pieces(prompt, one.added) for prompt, one in found.items()}
    changes = [one.removed for one in found.values() if one.removed]
    counts = Counter(number for removed in changes for number in removed)
    split[first] = _pieces(first, {number for number, count in counts.items() if 2 * count >= len(changes)})
    return [split[prompt] for prompt in prompts]


def excerpt(pieces: Sequence[Piece], *, most: int = 150, around: int = 3) -> tuple[Piece, ...]:
    """Shorten a long prompt to the words that differ and a few around them; to its beginning where none differ.

    Args:
        pieces: Of `differences` or `marked`.
        most: Characters up to which it stays whole, and about the most that are left of a longer one.
        around: Words that stay on each side.

    Returns:
        The pieces that stay, with a gap wherever some were left out.

    Example:
        >>> text = "A boat " + "on very still water " * 20 + "at dusk, " + "seen from high above " * 20
        >>> "".join(piece.text for piece in excerpt(differences(text, text.replace("dusk", "dawn"))))
        'A boat on … still water at dusk, seen from …'
    """
    if sum(len(piece.text) for piece in pieces) <= most:
        return tuple(pieces)
    if pieces[0].names:
        return (pieces[0], *excerpt(pieces[1:], most=max(most - len(pieces[0].text), 12), around=around))
    if not any(piece.differs for piece in pieces):
        return _beginning(pieces, most)
    shown: list[Piece] = []
    length = 0
    for at, piece in enumerate(pieces):
        kept = _kept(pieces, at, most=most, around=around)
        size = sum(len(part.text) for part in kept)
        if length and length + size > most and piece.differs:
            if any(part.differs for part in shown):
                return _closed(shown)
            return (*shown, *_beginning((piece,), max(most - length, 12)))
        shown += kept
        length += size
    return tuple(shown)


@dataclass(frozen=True)
class Match:
    """How one text became another, by the numbers of their words.

    Attributes:
        steps: As `difflib` gives them; none where the two have next to nothing in common.
    """

    steps: tuple[tuple[str, int, int, int, int], ...]

    @property
    def removed(self) -> set[int]:
        """The words of the first that the other has not, in its order."""
        return {n for what, start, end, _, _ in self.steps if what != "equal" for n in range(start, end)}

    @property
    def added(self) -> set[int]:
        """The words of the other that the first has not."""
        return {n for what, _, _, start, end in self.steps if what != "equal" for n in range(start, end)}


@lru_cache(maxsize=1024)
def match(first: str, other: str) -> Match:
    """Hold a text against another, word by word."""
    mine, others = ([text[start:end] for start, end in find_words(text)] for text in (first, other))
    matcher = SequenceMatcher(None, mine, others, autojunk=False)
    if matcher.real_quick_ratio() < _KIN or matcher.quick_ratio() < _KIN or matcher.ratio() < _KIN:
        return Match(())
    return Match(tuple(matcher.get_opcodes()))


def _pieces(prompt: str, changed: set[int]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    at = 0
    for number, (start, end) in enumerate(find_words(prompt)):
        differs = number in changed
        between = prompt[at:start]
        if differs and found and found[-1].differs:
            found[-1] = Piece(found[-1].text + between + prompt[start:end], differs=True)
        else:
            _add(found, between)
            _add(found, prompt[start:end], differs=differs)
        at = end
    _add(found, prompt[at:])
    return tuple(found)


def _add(found: list[Piece], text: str, *, differs: bool = False) -> None:
    if not text:
        return
    if found and not differs and not found[-1].differs:
        found[-1] = Piece(found[-1].text + text)
    else:
        found.append(Piece(text, differs=differs))


def _kept(pieces: Sequence[Piece], at: int, *, most: int, around: int) -> tuple[Piece, ...]:
    """What stays of one piece: the words beside its neighbours that differ, and the very beginning."""
    text = pieces[at].text
    if pieces[at].differs:
        return (pieces[at],) if len(text) <= most else _beginning(pieces[at : at + 1], most)
    words = [part for found in re.findall(r"\s*\S+\s*", text) for part in _split(found)] or [text]
    after = "".join(words[-around:])
    if len(words) <= 2 * around + 2:
        return (Piece(text),)
    if at == 0 and most < _LINE:
        return (Piece("… ", gap=True), Piece(after.lstrip()))
    before = "".join(words[:around]).rstrip()
    if at == len(pieces) - 1:
        return (Piece(before), Piece(" …", gap=True))
    return (Piece(before), Piece(" … ", gap=True), Piece(after.lstrip()))


def _split(found: str) -> list[str]:
    """A word; what a script without blanks has between two blanks, in stretches that are about as long."""
    if len(found) <= _LONG_WORD:
        return [found]
    starts = [0, *(start for start, _ in find_words(found)[4::4])]
    return [found[start:end] for start, end in zip(starts, [*starts[1:], len(found)], strict=True)]


def _beginning(pieces: Sequence[Piece], most: int) -> tuple[Piece, ...]:
    text = "".join(piece.text for piece in pieces)
    cut = text[:most]
    if len(text) > most:
        blank = cut.rstrip().rfind(" ")
        whole = max((end for _, end in find_words(text) if end <= most), default=most)  # never within a sign
        cut = text[: blank if blank > most - _LONG_WORD else whole]
    return (Piece(cut, differs=all(piece.differs for piece in pieces)), Piece(" …", gap=True))


def _closed(shown: list[Piece]) -> tuple[Piece, ...]:
    if shown[-1].gap:
        return tuple(shown)
    return (*shown[:-1], Piece(shown[-1].text.rstrip(), differs=shown[-1].differs), Piece(" …", gap=True))


__all__ = ["Match", "Piece", "differences", "excerpt", "marked", "match"]
