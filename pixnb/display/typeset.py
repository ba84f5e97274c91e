"""Words for a picture: broken into lines, each sign in a font that has it, as an emoji, or as a box that names it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import dropwhile, pairwise
from pathlib import Path

from pixnb.display import fonts as fonts_of
from pixnb.display import reading_order, signs

TIED = "\u00a0"
"""A blank that no line ends at."""
_PLAINER = str.maketrans({"×": "x", "–": "-", "—": "-", "•": "·", "−": "-", "€": "EUR", "★": "*", "☆": "-", "→": "->"})
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_READERS = {"ja": "Japanese", "ko": "Korean"}
_Found = tuple[signs.Sign, "Span", int]
_LANGUAGES = {"HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko"}


@dataclass(frozen=True)
class Span:
    """Words in one style, on a line.

    Attributes:
        text: The words.
        tone: "soft", "good", "bad", "busy", "calm" or "mark"; "" for plain ink.
        size: Pixels high.
        is_bold: Whether they are bold.
        is_filled: Whether they stand on the colour of marks.
    """

    text: str
    tone: str = ""
    size: int = 12
    is_bold: bool = False
    is_filled: bool = False


@dataclass(frozen=True)
class Words:
    """A paragraph, and the most lines that it may take."""

    spans: Sequence[Span]
    most: int = 3


@dataclass(frozen=True)
class Part:
    """Signs that are drawn at once: text in one font, a picture, or a box with what it stands for."""

    text: str
    span: Span
    how: str  # "text", "picture" or "box"
    font: Path | None = None
    count: int = 1
    level: int = 0
    language: str | None = None

    @property
    def width(self) -> float:
        """Pixels across."""
        return _measure(self)

    @property
    def label(self) -> str:
        """What its box says."""
        if self.script in ("", signs.EMOJI):
            return signs.name_sign(self.text)
        return f"{self.script}, {self.count} letters" if self.count > 1 else self.script

    @property
    def script(self) -> str:
        """What its signs are part of: of Chinese signs in a Japanese text, Japanese."""
        found = signs.name_script(self.text)
        return _READERS.get(self.language or "", found) if found == "Chinese" else found

    @property
    def shaping(self) -> dict[str, str]:
        """How Pillow is told to shape it."""
        if self.font is None or not fonts_of.can_shape():
            return {}
        return {"direction": "rtl" if self.level % 2 else "ltr", "language": self.language or "en"}

    @property
    def shown(self) -> str:
        """Its text as it is handed to Pillow: what it does not turn round itself is turned here."""
        return self.text if self.shaping else self.seen

    @property
    def seen(self) -> str:
        """Its text in the order in which it stands from left to right."""
        return self.text[::-1].translate(_MIRRORED) if self.level % 2 else self.text


def words(text: str, tone: str = "", *, size: int = 12, most: int = 3) -> Words:
    """Make a paragraph in one style."""
    return Words((Span(text, tone, size),), most)


def line_height(said: Words) -> int:
    """Return how far its lines are apart: by a third of its letters more than their height, and 5 pixels at least."""
    size = max((span.size for span in said.spans), default=0)
    return size + max(5, round(0.36 * size))


def measure_height(said: Words, wide: int | None = None, fonts: fonts_of.Fonts | None = None) -> int:
    """Return how high a paragraph is.

    Args:
        said: The paragraph.
        wide: Pixels across; None for how high it is at most.
        fonts: Where letters come from; None: this machine's.
    """
    if not any(span.text.strip() for span in said.spans):
        return 0
    count = said.most if wide is None else len(break_lines(said, wide, fonts or fonts_of.system_fonts())[0])
    return count * line_height(said)


def break_lines(said: Words, wide: int, fonts: fonts_of.Fonts) -> tuple[list[list[Part]], bool]:
    """Break a paragraph into lines, the parts of each from left to right; and whether it is read from the right."""
    return _break_once(tuple(said.spans), said.most, wide, fonts)


@lru_cache(maxsize=1024)  # what is written was measured before
def _break_once(
    spans: Sequence[Span], most: int, wide: int, fonts: fonts_of.Fonts
) -> tuple[list[list[Part]], bool]:  # fmt: skip
    found = [(sign, span) for span in spans for sign in signs.split_signs(span.text)]
    leftward = reading_order.is_leftward("".join(sign.text for sign, _ in found))
    levels = reading_order.find_levels([sign.text for sign, _ in found], leftward=leftward)
    lines: list[list[Part]] = [[]]
    for piece in _split_pieces(found, levels, wide, fonts):
        seen = [part for part in piece if part.text.strip()]
        if lines[-1] and _sum(lines[-1]) + _sum(seen) > wide:
            if len(lines) == most:
                lines[-1] = _end(lines[-1], wide, leftward)
                break
            lines.append(list(dropwhile(lambda part: not part.text.strip(), piece)))
        else:
            lines[-1] = _join([*lines[-1], *piece])
    return [_arrange(line) for line in lines], leftward


def _split_pieces(
    found: Sequence[tuple[signs.Sign, Span]], levels: Sequence[int], wide: int, fonts: fonts_of.Fonts
) -> Iterator[list[Part]]:
    """What may stand on a line by itself: a word with the blank after it, letters of one that is too long, a box."""
    language = _find_language(sign.text for sign, _ in found)
    held: list[Part] = []
    for word in _split_words(found, levels):
        parts = _set(word, fonts, language)
        if held and (joined := _join_boxes(held, parts)):
            held = joined
            continue
        if held:
            yield held
        held = []
        if _sum(parts) > wide:  # words that are tied, a word of a script without blanks, an address
            yield from _cut(word, wide, fonts, language)
        elif parts[0].how == "box":
            held = parts
        else:
            yield parts
    if held:
        yield held


def _cut(word: Sequence[_Found], wide: int, fonts: fonts_of.Fonts, language: str | None) -> Iterator[list[Part]]:
    """Cut what is too long for a line at all its ties, and between letters where that is not enough."""
    ties = [0, *(at for at, (sign, _, _) in enumerate(word, 1) if sign.text == TIED), len(word)]
    for piece in filter(None, (word[start:end] for start, end in pairwise(ties))):
        if _sum(parts := _set(piece, fonts, language)) <= wide:
            yield parts
        else:
            yield from ([part] for part in _set(piece, fonts, language, apart=True))


def _join_boxes(one: Sequence[Part], other: Sequence[Part]) -> list[Part] | None:
    """Make one box of two with a blank between them."""
    said = [part for part in one if part.text.strip()]
    if len(said) != 1 or not _is_alike(said[0], other[0]):
        return None
    text = "".join(part.text for part in one) + other[0].text
    return [replace(said[0], text=text, count=said[0].count + other[0].count), *other[1:]]


def _sum(parts: Iterable[Part]) -> float:
    return sum(part.width for part in parts)


def _end(line: list[Part], wide: int, leftward: bool) -> list[Part]:
    """End a last line with dots; what they need is taken from its end."""
    dots = Part("…", Span("…", "soft", line[-1].span.size), "text", level=int(leftward))
    while line and _sum(line) + dots.width > wide:
        last = line[-1]
        shorter = last.text[:-1] if last.how == "text" else ""
        line = [*line[:-1], *([replace(last, text=shorter)] if shorter else [])]
    return [*line, dots]


def _split_words(found: Sequence[tuple[signs.Sign, Span]], levels: Sequence[int]) -> Iterator[list[_Found]]:
    """Words with the blank after them; a sign of a script without blanks is a word."""
    word: list[_Found] = []
    for (sign, span), level in zip(found, levels, strict=True):
        if word and (word[-1][0].text == " " or sign.is_emoji or word[-1][0].is_emoji
                     or signs.may_break_before(sign.text)) and sign.text != " ":  # fmt: skip
            yield word
            word = []
        word.append((sign, span, level))
    if word:
        yield word


def _set(word: Sequence[_Found], fonts: fonts_of.Fonts, language: str | None, *, apart: bool = False) -> list[Part]:
    """Find how each sign of a word is drawn; signs drawn alike are one part, unless they are to stay apart."""
    whole = fonts.find(signs.strip("".join(sign.text for sign, _, _ in word if not sign.is_emoji)))
    if whole and not apart and _is_plain(word):
        text = "".join(sign.text for sign, _, _ in word).replace(TIED, " ")
        return [Part(text, word[0][1], "text", whole[0], len(word), word[0][2], language)]
    parts: list[Part] = []
    for sign, span, level in word:
        parts += _draw_as(sign, span, level, fonts, whole, language)
    return parts if apart else _join(parts)


def _is_plain(word: Sequence[_Found]) -> bool:
    """Whether all of a word is in one style, without emoji."""
    _, first, depth = word[0]
    return all(not sign.is_emoji and span is first and level == depth for sign, span, level in word)


def _draw_as(
    sign: signs.Sign, span: Span, level: int, fonts: fonts_of.Fonts, whole: fonts_of.Found, language: str | None
) -> Iterator[Part]:
    text = sign.text.replace(TIED, " ")
    if sign.is_emoji and fonts.find_picture(text):
        yield Part(text, span, "picture", level=level)
        return
    simpler = signs.split_emoji(text) if sign.is_emoji else []
    if simpler and simpler != [text]:
        for part in simpler:
            yield from _draw_as(signs.Sign(part, True), span, level, fonts, None, language)
        return
    font = whole if whole and not sign.is_emoji else fonts.find(signs.strip(text))
    if font is None and not sign.is_emoji and (plain := _plainer(text)) != text and (font := fonts.find(plain)):
        text = plain
    yield Part(text, span, "text" if font else "box", font[0] if font else None, 1, level, language)


def _plainer(text: str) -> str:
    """Write a letter without its marks, a dash as a hyphen: what every font has."""
    parts = unicodedata.normalize("NFKD", text.translate(_PLAINER))
    return "".join(letter for letter in parts if not unicodedata.combining(letter)) or text


def _is_alike(one: Part, other: Part) -> bool:
    if (one.how, one.span, one.level, one.font) != (other.how, other.span, other.level, other.font):
        return False
    if one.how == "box":
        return one.script == other.script not in ("", signs.EMOJI)
    return one.how == "text"


def _arrange(line: Sequence[Part]) -> list[Part]:
    """Put a line's parts into the order in which they are seen; those drawn alike become one."""
    while line and not line[-1].text.strip():
        line = line[:-1]
    if line and line[-1].how == "text":  # a blank at the end would push what is read from the right
        line = [*line[:-1], replace(line[-1], text=line[-1].text.rstrip())]
    seen = _join(line)
    return [seen[at] for at in reading_order.order([part.level for part in seen])]


def _join(parts: Sequence[Part]) -> list[Part]:
    seen: list[Part] = []
    for part in parts:
        if seen and _is_alike(seen[-1], part):
            seen[-1] = replace(part, text=seen[-1].text + part.text, count=seen[-1].count + part.count)
        else:
            seen.append(part)
    return seen


def _find_language(texts: Iterable[str]) -> str | None:
    """Return whose forms of Chinese signs are meant, for fonts that have several."""
    has_chinese = False
    for text in texts:
        if text[0] >= "\u2e80":
            name = unicodedata.name(text[0], "").split()[:1]
            if name and name[0] in _LANGUAGES:
                return _LANGUAGES[name[0]]
            has_chinese |= name == ["CJK"]
    return "zh-Hans" if has_chinese else None


@lru_cache(maxsize=8192)
def _measure(part: Part) -> float:
    if part.how == "picture":
        return picture_side(part.span.size) + 2
    if part.how == "box":
        return float(fonts_of.load(None, small(part.span.size)).getlength(part.label)) + 11
    return float(fonts_of.load(part.font, part.span.size).getlength(part.shown, **part.shaping))


def measure(text: str, size: int = 12, fonts: fonts_of.Fonts | None = None) -> float:
    """Return how many pixels words need that stand on one line."""
    lines, _ = break_lines(Words((Span(text, size=size),), 1), 1 << 20, fonts or fonts_of.system_fonts())
    return sum(part.width for part in lines[0])


def small(size: int) -> int:
    """Return how high the words of a box are."""
    return max(8, size - 2)


def picture_side(size: int) -> int:
    """Return how large an emoji is beside letters of a size."""
    return round(1.25 * size)


__all__ = [
    "TIED",
    "Part",
    "Span",
    "Words",
    "break_lines",
    "line_height",
    "measure",
    "measure_height",
    "picture_side",
    "small",
    "words",
]
