"""Outside values made safe where they come in: text, JSON, times, amounts, waits, addresses. Nothing here raises."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from pixnb.http import httpx
from pixnb.http.addresses import parse_url

LONGEST_URL = 8000
_LARGEST = Decimal(10) ** 9
_FINEST = Decimal("1e-12")
_LONGEST_WAIT = 30 * 86400.0
_YEARS = range(2000, 2200)
"""What a table of times can hold, and a service can mean."""

_UNSAID = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
_ODD = re.compile(rf"[{_UNSAID}]")
_MAY_BE_ODD = re.compile(rf"\\(?:[bf]|u(?:00[0-9a-f]|d[89a-f]))|[{_UNSAID}]", re.IGNORECASE)


def clean_text(text: str) -> str:
    r"""Replace by U+FFFD what no file, database or terminal should be given: half surrogates and control characters.

    Example:
        >>> clean_text("a\ud800b\x1b[2J") == "a\ufffdb\ufffd[2J"
        True
    """
    return _ODD.sub("\ufffd", text)


def decode(response: httpx.Response, most: int | None = None) -> str:
    """Return an answer's text, or that of its first bytes, whatever encoding it declares and whatever it is."""
    content = response.content if most is None else response.content[:most]
    for coding in (json.detect_encoding(content), _charset(response.headers.get("content-type", ""))):
        try:
            return content.decode(coding)
        except Exception:  # noqa: S112 - no such codec, or one for domains, pictures, escapes: each fails its own way
            continue
    return content.decode("utf-8", "replace")


def _charset(content_type: str) -> str:
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    return found[1] if found else "utf-8"


def parse_json(text: str) -> Any:
    """Return the JSON value that a text begins with, its texts cleaned; None where it is none.

    What else is broken costs no more than itself: numbers without end and NaN are None, and what follows is passed
    over.
    """
    try:
        value, _ = _DECODER.raw_decode(text.lstrip(" \t\r\n\ufeff"))
        return _cleaned(value) if _MAY_BE_ODD.search(text) else value
    except (ValueError, RecursionError):
        return None


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(name): _cleaned(item) for name, item in value.items()}
    return value


_DECODER = json.JSONDecoder(
    parse_int=lambda digits: int(digits) if len(digits) < 30 else None, parse_constant=lambda _: None, strict=False
)


def amount_of(value: Any) -> Decimal | None:
    """Return a number from 0 up exactly; None for all else, and for more than anything costs.

    Example:
        >>> amount_of(12), amount_of(float("nan")), amount_of(True), amount_of(1e300)
        (Decimal('12'), None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    amount = Decimal(str(value)) if isinstance(value, float) or abs(value) < 10**18 else None
    if amount is None or not 0 <= amount <= _LARGEST:
        return None
    exponent = amount.as_tuple().exponent
    return amount.quantize(_FINEST).normalize() if isinstance(exponent, int) and exponent < -12 else amount


def parse_time(value: Any) -> datetime | None:
    """Read a time in any form that the services send; no zone means UTC.

    Example:
        >>> parse_time("2026-05-22 13:19:23").isoformat()
        '2026-05-22T13:19:23+00:00'
        >>> parse_time("...") is None, parse_time("9999-12-31T23:59:59Z") is None
        (True, True)
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None


def parse_wait(value: str) -> float | None:
    """Read the seconds to wait from either form of Retry-After (RFC 9110, section 10.2.3).

    Example:
        >>> parse_wait("120"), parse_wait("nan"), parse_wait("Mon, 01 Jan 99999 00:00:00 GMT")
        (120.0, None, None)
    """
    if re.fullmatch(r"[0-9]{1,300}(\.[0-9]{1,20})?", value):
        return min(float(value), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), _LONGEST_WAIT)
    except Exception:  # the library's reader trips over odd dates in many ways
        return None


def address_of(value: Any, *, login: bool = False) -> str | None:
    """Return a web address that a request can be made of; None for all else.

    Args:
        value: Anything.
        login: Whether it may hold a user name and password.
    """
    if not isinstance(value, str) or len(value) > LONGEST_URL or not value.strip().isprintable():
        return None
    text = value.strip()
    try:
        url = parse_url(text)
        is_web = url.scheme in ("http", "https") and bool(url.host) and 0 < (url.port or 80) < 65536
        return text if is_web and "\ufffd" not in text and (login or not url.userinfo) else None
    except (httpx.InvalidURL, ValueError):  # of its port
        return None


def place_of(value: Any) -> str | None:
    """Return where a file is said to be: an address, or, where it is none, what can be told of it."""
    if not isinstance(value, str) or not value.strip():
        return None
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in value.strip()[:500])
    return address_of(value, login=True) or shown


def media_type_of(value: Any) -> str | None:
    """Return a media type; None for all else."""
    fits = isinstance(value, str) and re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", value.strip(), re.ASCII)
    return value.strip() if fits else None


__all__ = [
    "LONGEST_URL",
    "address_of",
    "amount_of",
    "clean_text",
    "decode",
    "media_type_of",
    "parse_json",
    "parse_time",
    "parse_wait",
    "place_of",
]
