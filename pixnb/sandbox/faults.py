"""What goes wrong on request: keys that are refused and markers in a prompt, as `faults.toml` lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pixnb.sandbox.tables import read_table

_ALL = read_table(__file__, "faults.toml")

KEYS: Mapping[str, str] = _ALL["key"]
"""Keys that do not pass, and what they do; any other key that is not empty passes."""

SUBMIT, OUTCOME, POLL, LINK = (_ALL[kind] for kind in ("submit", "outcome", "poll", "link"))
FAULTS: Mapping[str, str] = {**SUBMIT, **OUTCOME, **POLL, **LINK}
"""Markers that a prompt may hold, and what they do."""

GRAMMAR: str = _ALL["grammar"]
"""How often a marker holds, for `--help`."""

ENDS: Mapping[str, Mapping[str, str]] = _ALL["end"]
"""How a job ends whose prompt has one of these markers."""

_MARKER = re.compile(
    r"\s*\[(" + "|".join(sorted((re.escape(mark[1:-1]) for mark in FAULTS), key=len, reverse=True)) + r")"
    r"(?:\s+(once|\d+\s+times))?\]",
    re.IGNORECASE,
)
_SPELLING = {mark[1:-1].lower(): mark for mark in FAULTS}
_REFUSED = {"": 401, "bad-key": 401, "forbidden": 403, "no-balance": 402}


def parse(prompt: str) -> tuple[str, dict[str, int | None]]:
    """Take the markers out of a prompt, and tell of each how many times it holds, None for always.

    A prompt of nothing but markers is left as it was.

    Example:
        >>> parse("snow [429 once] at night [poll 500 3 times]")
        ('snow at night', {'[429]': 1, '[poll 500]': 3})
    """
    found = {_SPELLING[name.lower()]: _times(times) for name, times in _MARKER.findall(prompt)}
    return _MARKER.sub("", prompt).strip() or prompt, found


def of_key(key: str | None, *, submit: bool) -> int | None:
    """Return the HTTP status that a key gets, None if it passes; only a submit asks what is in the wallet.

    Example:
        >>> of_key("", submit=True), of_key("no-balance", submit=True), of_key("no-balance", submit=False)
        (401, 402, None)
    """
    status = _REFUSED.get((key or "").strip().lower())
    return None if status == 402 and not submit else status


def status(mark: str | None) -> int | None:
    """Return the HTTP status that a marker names, None if it names none.

    Example:
        >>> status("[poll 500]"), status("[drop]")
        (500, None)
    """
    digits = re.search(r"\d{3}", mark or "")
    return int(digits.group()) if digits else None


def _times(words: str) -> int | None:
    if not words:
        return None
    return 1 if words.lower() == "once" else int(words.split()[0])


__all__ = ["ENDS", "FAULTS", "GRAMMAR", "KEYS", "LINK", "OUTCOME", "POLL", "SUBMIT", "of_key", "parse", "status"]
