"""Signs of a text: letters with their marks, emoji with all that belongs to them, and what to call those not drawn."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_PICTURE = "[©®‼⁉™ℹ↔-↪⌚-⏿Ⓜ▪-◾☀-➿⤴⤵⬅-⭕〰〽㊗㊙\U0001f000-\U0001faff]"
_TOUCHES = "[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # two letters make a flag
    "|[0-9#*]\ufe0f?\u20e3"
    f"|{_PICTURE}{_TOUCHES}(?:\u200d{_PICTURE}{_TOUCHES})*"
)
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0e\ufeff]")
_BREAKS = "\t\n\r\v\f\u2028\u2029"
_JOINERS = "\u200c\u200d"
_TOUCH = re.compile("\ufe0f?\u20e3|[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_CLOSING = set("，。、；：！？）」』】〉》”’・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
"""What no line begins with, in Chinese and Japanese."""

_SPOKEN = {"cjk": "Chinese", "hiragana": "Japanese", "katakana": "Japanese", "hangul": "Korean", "fullwidth": "Chinese",
           "ideographic": "Chinese", "halfwidth": "Japanese", "bopomofo": "Chinese"}  # fmt: skip
_SCRIPTS = re.compile(
    "adlam|arabic|armenian|balinese|bengali|cherokee|coptic|cyrillic|devanagari|ethiopic|georgian|greek|gujarati|"
    "gurmukhi|hebrew|javanese|kannada|khmer|lao|latin|malayalam|mongolian|myanmar|oriya|runic|sinhala|syriac|tamil|"
    "telugu|thaana|thai|tibetan|tifinagh|vai|yi"
)
EMOJI = "emoji"
"""What a box of an emoji is counted as."""


@dataclass(frozen=True)
class Sign:
    """What stands for itself on a line.

    Attributes:
        text: A letter with its marks, or all of an emoji.
        is_emoji: Whether it is to be drawn as a picture, if there is one.
    """

    text: str
    is_emoji: bool = False


def split_signs(text: str) -> Iterator[Sign]:
    """Split a text into signs; what is never seen is left out, and whatever breaks a line is a blank.

    Example:
        >>> [sign.text for sign in split_signs("né 👩🏽‍🚀")]
        ['n', 'é', ' ', '👩🏽‍🚀']
    """
    if text.isascii():
        yield from map(_read_ascii, text)
        return
    text = _UNSEEN.sub("", text)
    at = 0
    while at < len(text):
        found = _EMOJI.match(text, at)
        if found and _is_picture(found.group()):
            at = found.end()
            yield Sign(found.group(), True)
            continue
        end = at + 1
        while end < len(text) and _belongs(text, end):
            end += 1
        one, at = text[at:end], end
        yield Sign(" " if one in _BREAKS else one.replace("\ufe0f", ""))


@lru_cache(maxsize=128)
def _read_ascii(letter: str) -> Sign:
    return Sign(" " if letter in _BREAKS else letter)


def strip(text: str) -> str:
    """Leave only what a font must have to draw a text: no joiners, no marks that choose a form."""
    return text.translate({0x200C: None, 0x200D: None, 0xFE0F: None, 0xA0: " "})


def split_emoji(text: str) -> list[str]:
    """Split an emoji that nobody has a picture of into simpler ones, as Unicode has it: a family into its members.

    A colour of skin is left out first, and the key round a digit.
    """
    plain = _TOUCH.sub("", text)
    return [plain] if plain != text else [part for part in text.split("\u200d") if part]


def _is_picture(text: str) -> bool:
    """Whether a sign is a picture of itself, rather than a letter such as © or →."""
    return len(text) > 1 or text >= "\U0001f000" or unicodedata.east_asian_width(text) == "W"


def _belongs(text: str, at: int) -> bool:
    letter = text[at]
    if letter in _JOINERS:
        return not text[at - 1].isspace()
    return unicodedata.category(letter) in ("Mn", "Mc", "Me") or letter == "\ufe0f"


@lru_cache(maxsize=4096)
def may_break_before(sign: str) -> bool:
    """Whether a line may begin with a sign though no blank is before it."""
    return sign[0] >= "\u2e80" and unicodedata.east_asian_width(sign[0]) in "WF" and sign[0] not in _CLOSING


@lru_cache(maxsize=4096)
def name_script(sign: str) -> str:
    """Return what a sign that nothing draws is part of: "Chinese", "emoji", or "" for what has no such name.

    Example:
        >>> name_script("中"), name_script("नि"), name_script("🫩"), name_script("⸺")
        ('Chinese', 'Devanagari', 'emoji', '')
    """
    if _EMOJI.match(sign) and _is_picture(sign):
        return EMOJI
    for word in re.split("[ -]", unicodedata.name(sign[0], "").lower())[:2]:
        if word in _SPOKEN or _SCRIPTS.fullmatch(word):
            return _SPOKEN.get(word, word.title())
    return "Chinese" if unicodedata.east_asian_width(sign[0]) in "WF" else ""


def name_sign(sign: str) -> str:
    """Return what a single sign that nothing draws is called: an emoji by its name, another by its code.

    Example:
        >>> name_sign("🦩"), name_sign("🇫🇷"), name_sign("中")
        ('flamingo', 'FR', 'U+4E2D')
    """
    if "\U0001f1e6" <= sign[0] <= "\U0001f1ff":
        return "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in sign)
    known = unicodedata.name(sign[0], "") if name_script(sign) == EMOJI else ""
    return known.lower() or f"U+{ord(sign[0]):04X}"


__all__ = ["EMOJI", "Sign", "may_break_before", "name_script", "name_sign", "split_emoji", "split_signs", "strip"]
