"""A text's words in every script: by blanks where there are some, by signs where a script has none."""

from __future__ import annotations

import re
from functools import lru_cache

# scripts that put no blanks between words, of which a sign is a word: Thai to Burmese, Khmer, kana, Han
_SINGLE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
)
_PLAIN = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*|[^\w\s]|_")
_KINDS = re.compile("w+(?:jw+)*|[^ ]")


@lru_cache(maxsize=4096)
def find_words(text: str) -> tuple[tuple[int, int], ...]:
    """Return where each word of a text begins and ends; a sign that is no letter is a word too.

    What a person sees as one sign is never cut: a letter with its accents, an emoji of several parts.

    Example:
        >>> text = "A ski-lift, 雪夜 👩‍🚀"
        >>> [text[start:end] for start, end in find_words(text)]
        ['A', 'ski-lift', ',', '雪', '夜', '👩‍🚀']
    """
    if text.isascii():
        return tuple(found.span() for found in _PLAIN.finditer(text))
    from wcwidth import iter_graphemes

    signs = list(iter_graphemes(text))
    starts = [0]
    for sign in signs:
        starts.append(starts[-1] + len(sign))
    kinds = "".join(map(_kind, signs))
    return tuple((starts[found.start()], starts[found.end()]) for found in _KINDS.finditer(kinds))


def _kind(sign: str) -> str:
    """A letter for each sign: blank, joins words, is a word of its own, is part of a word."""
    if sign.isspace():
        return " "
    if sign in ("'", "’", "-"):
        return "j"
    return "w" if sign[0].isalnum() and not _SINGLE.match(sign) else "x"


__all__ = ["find_words"]
