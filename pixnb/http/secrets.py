"""Taking the key that a request carried out of whatever an answer repeats."""

from __future__ import annotations

import base64
import contextlib
import html
import re
from collections.abc import Iterator
from functools import cache, lru_cache

from pydantic import SecretStr

from pixnb.http import httpx
from pixnb.providers import key_headers

_MASK = "***"
_KEY = "pixnb.key"
_SHORTEST = 8
"""Characters of a word that is taken out of ids and addresses too: no real key has fewer, and "test" may be a path."""


def without_key(text: str, carrier: httpx.Request | httpx.Response, *, prose: bool = True) -> str:
    """Take the key that a request carried out of a text that came back.

    It is found bare, without the scheme that stood before it, also as JSON, HTML, a URL or base64 would write it.

    Args:
        text: What came back, or was made of it.
        carrier: The request, or the answer to it.
        prose: Whether it is for people; an address or an id keeps what only a nonsense key would match.

    Returns:
        The text, with `***` for each key.

    Example:
        >>> asked = httpx.Request("GET", "https://api.example", headers={"Authorization": "Bearer s3cret/word"})
        >>> without_key("no funds for s3cret%2Fword", asked)
        'no funds for ***'
    """
    for secret, pattern in _patterns(_values(carrier)):
        if prose or len(secret) >= _SHORTEST:
            text = pattern.sub(_MASK, text)
    return text


def with_key_known(request: httpx.Request, key: SecretStr) -> httpx.Request:
    """Note with a request the key that it carries, wherever it carries it, so that `without_key` knows it."""
    request.extensions[_KEY] = key
    return request


def _values(carrier: httpx.Request | httpx.Response) -> tuple[str, ...]:
    try:
        request = carrier.request if isinstance(carrier, httpx.Response) else carrier
    except RuntimeError:  # an answer to nothing, as only a test makes it
        return ()
    key = request.extensions.get(_KEY)
    keys = _key_headers()
    carried = tuple(value.decode("latin-1") for name, value in request.headers.raw if name.lower() in keys)
    return carried if key is None else (*carried, key.get_secret_value())


@cache
def _key_headers() -> frozenset[bytes]:
    return frozenset(name.encode("latin-1", "replace") for name in key_headers())


@lru_cache(maxsize=64)
def _patterns(values: tuple[str, ...]) -> list[tuple[str, re.Pattern[str]]]:
    """Give what is secret in the values of headers, the longest first, and what finds each."""
    secrets = sorted({secret for value in values for secret in _bare(value)}, key=len, reverse=True)
    return [(secret, _pattern(secret)) for secret in secrets]


def _bare(value: str) -> Iterator[str]:
    """Yield what is secret in a header: all of it, what stands behind a scheme such as Bearer, and its long words."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            login = base64.b64decode(rest, validate=True).decode()
            yield from {login, *login.split(":", 1)} - {""}
    yield from {value.strip(), rest.strip() or scheme} - {""}
    yield from re.findall(rf"[^\s=,;:\"']{{{_SHORTEST},}}", value)


def _pattern(secret: str) -> re.Pattern[str]:
    return re.compile("|".join(["".join(map(_spellings, secret)), *map(re.escape, _base64(secret))]))


def _spellings(letter: str) -> str:
    """Match a letter as it is, and in the writing of URLs, JSON and HTML."""
    digits = f"{ord(letter):02x}"
    number = "".join(f"[{one}{one.upper()}]" if one.isalpha() else one for one in digits)
    plain, named = re.escape(letter), html.escape(letter)
    forms = [plain, rf"\\{plain}", f"%{number}", rf"\\u{number.rjust(len(number) + 4 - len(digits), '0')}"]
    forms += [f"&#0*{ord(letter)};", f"&#[xX]0*{number};", *([re.escape(named)] if named != letter else [])]
    return f"(?:{'|'.join(reversed(forms))})"


def _base64(secret: str) -> Iterator[str]:
    """Yield what base64 makes of a secret wherever in a longer text it begins, without what its neighbours bear on."""
    raw = secret.encode()
    if len(raw) < _SHORTEST:
        return
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
        inner = whole[(0, 2, 3)[before] : len(whole) - bool((len(raw) + before) % 3)]
        yield from {inner, inner.replace("+", "-").replace("/", "_")}


__all__ = ["with_key_known", "without_key"]
