"""What a service's answer says of its pace: how long to wait, and how many requests are left until when."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from pixnb.http import httpx
from pixnb.wire.clean import parse_wait

_PREFIXES = ("x-ratelimit-", "ratelimit-", "x-rate-limit-")
_SUFFIXES = ("", "-requests")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:ms|[smhd]))+", re.ASCII)
_AN_EPOCH, _IN_MILLISECONDS = 1e8, 1e11
_LONGEST = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a service allows for now.

    Attributes:
        wait: Seconds that it asks to wait before the next request; None where it does not.
        left: Requests that are left until it counts anew; None where it does not tell.
        resets: Seconds until it counts anew; None where it does not tell.
    """

    wait: float | None = None
    left: int | None = None
    resets: float | None = None


_NOTHING = Allowance()


def read_allowance(response: httpx.Response) -> Allowance:
    """Read Retry-After, and the usual spellings of X-RateLimit-Remaining and -Reset.

    Example:
        >>> headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"}
        >>> read_allowance(httpx.Response(200, headers=headers))
        Allowance(wait=30.0, left=0, resets=30.0)
        >>> read_allowance(httpx.Response(429, headers={"Retry-After": "2"}))
        Allowance(wait=2.0, left=None, resets=None)
    """
    said = _find_said(response)
    if not said:
        return _NOTHING
    left, resets = _read_left(_find(said, "remaining")), _read_moment(_find(said, "reset"))
    if resets is None:
        resets = _read_moment(_find(said, "reset-after"))
    wait = parse_wait(said.get("retry-after", ""))
    if wait is None and (left == 0 or response.status_code == 429):
        wait = resets
    return Allowance(wait, left, resets)


def _find_said(response: httpx.Response) -> dict[str, str]:
    # of the headers as they came, because nearly every answer has none of these
    raw = ((name.lower(), value) for name, value in response.headers.raw)
    return {
        name.decode("latin-1"): value.decode("latin-1").strip()
        for name, value in raw
        if name == b"retry-after" or b"rate" in name
    }


def _find(said: Mapping[str, str], what: str) -> str:
    names = (f"{prefix}{what}{suffix}" for prefix in _PREFIXES for suffix in _SUFFIXES)
    return next((text for name in names if (text := said.get(name, ""))), "")


def _read_left(text: str) -> int | None:
    match = re.match(r"([0-9]{1,9})(?![0-9])", text)
    return int(match[1]) if match else None


def _read_moment(text: str) -> float | None:
    """Read when a service counts anew: in seconds from now, as a time since 1970, as "1m30s", or as a date."""
    if _DURATION.fullmatch(text):
        parts = re.findall(r"([0-9.]+)(ms|[smhd])", text)
        return min(_LONGEST, sum(float(number) * _UNITS[unit] for number, unit in parts))
    if not re.fullmatch(r"[0-9]{1,16}(\.[0-9]{1,20})?", text):
        return parse_wait(text)
    moment = float(text)
    if moment >= _IN_MILLISECONDS:
        moment /= 1000
    return min(_LONGEST, max(0.0, moment - time.time() if moment >= _AN_EPOCH else moment))


__all__ = ["Allowance", "read_allowance"]
