"""What goes wrong on request: keys that are refused and markers in a prompt, the same on every service."""

from __future__ import annotations

import re
from collections.abc import Mapping

KEYS: Mapping[str, str] = {
    "no-balance": "a submit answers 402: the wallet is empty",
    "bad-key": "every call answers 401, as an empty key does",
    "forbidden": "every call answers 403",
}
"""Keys that do not pass, and what they do; any other key that is not empty passes."""

SUBMIT: Mapping[str, str] = {
    "[401]": "the submit answers 401",
    "[402]": "the submit answers 402",
    "[403]": "the submit answers 403",
    "[404]": "the submit answers 404: the model is not there",
    "[429]": "the submit answers 429 with Retry-After",
    "[500]": "the submit answers 500; no job is made",
    "[503]": "the submit answers 503; no job is made",
    "[drop before]": "the connection closes without an answer; no job is made",
    "[drop]": "a job is made, then the connection closes without an answer",
    "[hang]": "a job is made, and the submit is never answered",
    "[garbage]": "a job is made, and the answer is a 2xx that nobody can read",
}
OUTCOME: Mapping[str, str] = {
    "[FAILED]": "the job ends as FAILED",
    "[ERROR]": "the job ends as ERROR, a system error that is not charged",
    "[CANCELLED]": "the job ends as CANCELLED, Apiframe's word, FAILED on the others; its credits stay taken",
    "[stall]": "the job stays PROCESSING for ever",
    "[no output]": "the job ends as COMPLETED, with no output",
    "[unknown status]": "the job's status is a word that no page documents, until it ends",
    "[plain result]": "an Apiframe job's result is the URL itself, not an object with videoUrl",
    "[purged]": "an Apiframe job says expired once it is done, and the output's link answers 410",
    "[callback twice]": "each webhook is delivered twice",
}
POLL: Mapping[str, str] = {
    "[poll 401]": "the status call answers 401",
    "[poll 404]": "the status call answers 404",
    "[poll 429]": "the status call answers 429 with Retry-After",
    "[poll 500]": "the status call answers 500",
    "[poll drop]": "the status call's connection closes without an answer",
    "[poll garbage]": "the status call answers a 200 that nobody can read",
    "[poll hang]": "the status call is never answered",
    "[poll redirect]": "the status call answers 307 to another host name",
}
LINK: Mapping[str, str] = {
    "[expired]": "the output's link answers 410",
    "[media 404]": "the output's link answers 404",
    "[media 500]": "the output's link answers 500",
    "[cut]": "the output's bytes end half way before their Content-Length",
    "[not media]": "the output is a web page, not a video",
    "[redirect]": "the output's link answers 302 to another host name",
}
FAULTS: Mapping[str, str] = {**SUBMIT, **OUTCOME, **POLL, **LINK}
"""Markers that a prompt may hold, and what they do."""

GRAMMAR = (
    'A marker may end in "once" or "N times": [429 once], [cut once], [poll 500 3 times]. It then holds for the first '
    "of two (of N + 1) equal requests, or for the first status calls or downloads of a job; else it always holds. "
    "Markers are taken out of the prompt before it is rendered. Where a POST is answered with the media itself "
    "(Decart's /v1/generate), it answers 500 when the job fails; of a link's faults it knows [cut] and [not media]."
)
"""How often a marker holds, for `--help`."""

_MARKER = re.compile(
    r"\s*\[(" + "|".join(sorted((re.escape(mark[1:-1]) for mark in FAULTS), key=len, reverse=True)) + r")"
    r"(?:\s+(once|\d+\s+times))?\]",
    re.IGNORECASE,
)
_SPELLING = {mark[1:-1].lower(): mark for mark in FAULTS}

Faults = Mapping[str, int | None]
"""For each marker of a prompt how many times it holds, None for always."""


def parse(prompt: str) -> tuple[str, dict[str, int | None]]:
    """Take the markers out of a prompt.

    Args:
        prompt: What the caller wrote.

    Returns:
        The prompt without its markers (or as it was, when nothing else is left), and for each marker how many
        times it holds, None for always.

    Example:
        >>> parse("snow [429 once] at night [poll 500 3 times]")
        ('snow at night', {'[429]': 1, '[poll 500]': 3})
    """
    found = {_SPELLING[name.lower()]: _times(times) for name, times in _MARKER.findall(prompt)}
    return _MARKER.sub("", prompt).strip() or prompt, found


def of_key(key: str | None, *, submit: bool) -> int | None:
    """Return the HTTP status that a key gets, None if it passes.

    Example:
        >>> of_key("", submit=True), of_key("no-balance", submit=True), of_key("no-balance", submit=False)
        (401, 402, None)
    """
    word = (key or "").strip().lower()
    refused = {"": 401, "bad-key": 401, "forbidden": 403} | ({"no-balance": 402} if submit else {})
    return refused.get(word)


def status(mark: str) -> int | None:
    """Return the HTTP status that a marker names, None if it names none.

    Example:
        >>> status("[poll 500]"), status("[drop]")
        (500, None)
    """
    digits = re.search(r"\d{3}", mark)
    return int(digits.group()) if digits else None


def _times(words: str) -> int | None:
    if not words:
        return None
    return 1 if words.lower() == "once" else int(words.split()[0])


__all__ = [
    "FAULTS",
    "GRAMMAR",
    "KEYS",
    "LINK",
    "OUTCOME",
    "POLL",
    "SUBMIT",
    "Faults",
    "of_key",
    "parse",
    "status",
]
