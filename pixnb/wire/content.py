"""When a service's content rules are why there is no clip: codes and phrases, matched the same for every service.

What is true of one service is in that service's wire, as `content_rules`; the phrases here are the usual ones. None
of the three services documents its own, so their rows name the page of the service behind them, or say "assumed".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

Stage = Literal["input", "output"]
ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class ContentRule:
    """A row of a service's table.

    Attributes:
        says: A regular expression: of a phrase, found anywhere in what the service says, in any case; or of a code.
        source: The page that says so, or "assumed".
        is_code: Whether it is of a code as a whole, in small letters, with "_" for whatever stands between its words.
        stage: Which stage it tells of; None where the words around it tell.
        billed: Whether a page says that it is charged; None where none does.
    """

    says: str
    source: str = ASSUMED
    is_code: bool = False
    stage: Stage | None = None
    billed: bool | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """That a service refused a job for its content.

    Attributes:
        stage: "input" or "output".
        billed: Whether it is charged; None where nothing says so.
    """

    stage: Stage
    billed: bool | None = None


_SUBJECT = r"(?:content|safety|usage|acceptable[ -]use|community|moderation)"
_POLICY = rf"{_SUBJECT}(?:[ _-]\w+)?[ _-](?:polic(?:y|ies)|guidelines?|rules|standards)"
_CHECKER = (
    rf"(?:{_POLICY}|guard ?rails?|(?:content|safety|nsfw|prompt|image|output|input)[ _-]"
    r"(?:moderat\w+|filter\w*|check\w*|system|review)|moderation)"
)
_NO = r"(?:violat\w+|flagg\w+|block\w+|reject\w+|refus\w+|den(?:y|ied)|prohibited|disallowed|not allowed|trigger\w+)"
_BAD = r"(?:nsfw|unsafe|sensitive|inappropriate|harmful|explicit|sexual|violent|prohibited|disallowed|adult)"
_THING = r"(?:prompt|input|output|content|image|video|audio|text|request|generation|result)s?"
_WHOSE = r"(?:third[- ]party (?:content|likeness)|public figures?|celebrit\w+|copyrighted|real pe(?:rson|ople)|minors)"

PHRASES = (
    ContentRule(rf"{_CHECKER}\W.{{0,60}}?\b{_NO}|\b{_NO}\W.{{0,60}}?\b{_CHECKER}"),
    ContentRule(rf"\b{_BAD}(?:[ _-]\w+){{0,3}}?[ _-](?:detected|found|flagged|blocked|rejected|not allowed)"),
    ContentRule(rf"(?:flagged|detected|identified|classified|marked)(?: \w+){{0,4}}? {_BAD}\b"),
    ContentRule(rf"\bcontain\w*(?: \w+){{0,4}}? {_BAD} (?:content|materials?|imagery|words?|elements?)"),
    ContentRule(
        r"(?:did(?: not|n't) pass|failed(?: to pass)?)(?: \w+){0,3}? "
        r"(?:moderation|(?:safety|content)[ -](?:check|review|filter|moderation))\b"
    ),
    ContentRule(rf"\b{_THING}(?: was| were| has been| have been| is| are| got)? (?:flagged|moderated)\b"),
    ContentRule(r"\bbanned (?:word|term|prompt|content)s?\b|\bprohibited content\b"),
    ContentRule(rf"\b{_WHOSE}\W.{{0,60}}?\b{_NO}|\b{_NO}\W.{{0,60}}?\b{_WHOSE}"),
    ContentRule(
        r"(?:content_)?(?:moderation|policy|safety|filter)_(?:violation|blocked|rejected|refused|flagged|error)"
        r"|content_(?:policy|filter|filtered|blocked|rejected|refused|moderated|flagged)",
        is_code=True,
    ),
    ContentRule(r"nsfw(?:_\w+)?|safety|(?:prohibited|sensitive|unsafe)_content", is_code=True),
    ContentRule(r"(?:input|prompt|request)_(?:moderated|flagged|refused)", is_code=True, stage="input"),
    ContentRule(r"output_(?:moderated|flagged|refused)", is_code=True, stage="output"),
)
"""What services of the kind usually say; assumed of each. A service's own rows come before them."""

_CODES = re.compile(r"(?:error|failure|finish|block|status)?_?(?:code|type|reason)", re.IGNORECASE)
_MEANT = ("error", "errors", "detail", "details", "output", "result", "message", "failure", "data", "reason")
_TOKEN = re.compile(r"[A-Za-z]+(?:[_.][A-Za-z]+)+|\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
_QUOTED = re.compile(r"\"[^\"]{12,}\"|(?<!\w)'[^']{12,}'(?!\w)|“[^”]{12,}”|`[^`]{12,}`")
_TROUBLE = re.compile(
    r"\btime[sd]?[ -]?out|\bunavailable|\bconnection|\boverload|\bunreachable|\binternal (?:server )?error|\bcrash",
    re.IGNORECASE,
)
_OF_OUTPUT = re.compile(
    r"\boutputs?\b|\bgenerated (?:\w+ )?(?:video|image|clip|content|media|audio|result)|\bresulting\b|\bthe result\b",
    re.IGNORECASE,
)
_OF_INPUT = re.compile(
    r"\b(?:prompts?|inputs?|uploads?|uploaded|references?|requests?|negative_prompt)\b"
    r"|\byour (?:image|video|audio|text|photo)|\b(?:image|video|audio)_url\b",
    re.IGNORECASE,
)


def find_refusal(rules: Iterable[ContentRule], text: str, data: Any, *, usual: Stage) -> Refused | None:
    """Say whether what a service says is a refusal of content; None where no row of its table matches.

    Args:
        rules: The service's table.
        text: What it says in words.
        data: Its answer's JSON, for codes.
        usual: The stage where neither row nor words tell.

    Example:
        >>> find_refusal(PHRASES, "The prompt was rejected by content moderation.", None, usual="output")
        Refused(stage='input', billed=None)
        >>> find_refusal(PHRASES, "The moderation service timed out.", None, usual="output") is None
        True
    """
    text = _QUOTED.sub("…", text)  # a prompt that is quoted says nothing of the service
    codes = {_plain(code) for code in (*_codes(data), *_TOKEN.findall(text))}
    is_trouble = _TROUBLE.search(text) is not None
    for rule in rules:
        pattern = _compile(rule.says)
        if rule.is_code:
            matches = any(pattern.fullmatch(code) for code in codes)
        else:
            matches = not is_trouble and pattern.search(text) is not None
        if matches:
            return Refused(rule.stage or _stage(text) or usual, rule.billed)
    return None


def _stage(text: str) -> Stage | None:
    of_output, of_input = _OF_OUTPUT.search(text), _OF_INPUT.search(text)
    if of_output and of_input and re.search(r"\binputs? or outputs?\b", text, re.IGNORECASE):
        return None
    return "output" if of_output else "input" if of_input else None


def _codes(data: Any, depth: int = 5) -> Iterator[str]:
    """Find the codes of an answer; never in what it repeats of the request."""
    if depth == 0:
        return
    if isinstance(data, list):
        for item in data[:10]:
            yield from _codes(item, depth - 1)
    elif isinstance(data, Mapping):
        for name, value in data.items():
            if isinstance(value, str) and (_CODES.fullmatch(str(name)) or name in _MEANT) and len(value) < 100:
                yield value
            elif name in _MEANT:
                yield from _codes(value, depth - 1)


def _plain(code: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", code.strip())
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


__all__ = ["ASSUMED", "PHRASES", "ContentRule", "Refused", "find_refusal"]
