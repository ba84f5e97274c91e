"""From an HTTP answer that is no 2xx to the error that it means and what to do about it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from pixnb.errors import (
    Forbidden,
    InsufficientBalance,
    InvalidAPIKey,
    InvalidInput,
    JobNotFound,
    ModelNotFound,
    PixnbError,
    RateLimited,
    ServiceUnavailable,
)
from pixnb.settings import variable

_LONGEST = 2000
_KEY_HEADERS = ("Ocp-Apim-Subscription-Key", "X-API-Key")
_ADVICE: Mapping[int, str] = {
    401: "Check {variable}, or call pixnb.login({provider!r}).",
    402: "Add funds in the console of {provider}, then submit again. Nothing was charged.",
    403: "The key is known but may not do this: check its plan and permissions.",
    404: "Check the id and the key: it may belong to another key, or have expired.",
    429: "Wait a little and submit again. Nothing was charged.",
    503: "Submit again later. Nothing was charged.",
}
_CLASSES: Mapping[int, type[PixnbError]] = {
    400: InvalidInput,
    401: InvalidAPIKey,
    402: InsufficientBalance,
    403: Forbidden,
    413: InvalidInput,
    415: InvalidInput,
    422: InvalidInput,
    429: RateLimited,
    503: ServiceUnavailable,
}


def refusal(
    response: httpx.Response, *, provider: str, model: str | None = None, job_id: str | None = None
) -> PixnbError:
    """Turn an answer into a typed error whose message says what happened, then what to do.

    Args:
        response: The answer, read.
        provider: The service.
        model: The model that was asked for, in a submit.
        job_id: The job that was asked about.

    Returns:
        The error, to be raised by the caller.
    """
    status, said = response.status_code, reason(response)
    kind = _kind(status, said, model)
    head = f"{provider} answered {status}"
    text = f"{head}: {said}" if said else f"{head} {response.reason_phrase}".rstrip()
    advice = _advice(kind, status, provider)
    error = kind(f"{text.rstrip('.')}. {advice}".rstrip(), provider=provider, status_code=status, job_id=job_id)
    error.body = text_of(response) or None
    if isinstance(error, RateLimited):
        error.retry_after = retry_after(response)
    return error


def reason(response: httpx.Response) -> str:
    """Return what an answer's body says, from JSON, HTML or text, in one line."""
    said = spoken(json_of(response))
    if said:
        return _one_line(without_key(said, response))
    text = text_of(response)
    if "<" in text and ("<html" in text.lower() or "<!doctype" in text.lower()):
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        text = html.unescape(title.group(1) if title else re.sub(r"<[^>]+>", " ", text))
    return _one_line(text)


def spoken(data: Any) -> str | None:
    """Return what an error in JSON says in words, whichever of the usual shapes it has; None where it says nothing.

    Example:
        >>> spoken({"error": "Insufficient Balance", "message": "Your wallet is empty."})
        'Insufficient Balance: Your wallet is empty.'
        >>> spoken({"error": {"code": 7, "message": "No such model"}})
        'No such model'
    """
    if isinstance(data, str):
        return data.strip() or None
    if isinstance(data, list):
        return "; ".join(filter(None, map(spoken, data[:5]))) or None
    if not isinstance(data, Mapping):
        return None
    said = [word for key in ("error", "message", "detail", "msg") if (word := spoken(data.get(key)))]
    return ": ".join(dict.fromkeys(said)) or None


def text_of(response: httpx.Response) -> str:
    """Return the beginning of an answer's text, without the key should the service repeat it."""
    return without_key(response.text, response)[:_LONGEST]


def without_key(text: str, response: httpx.Response) -> str:
    """Take the key that a request carried out of a text that came back."""
    keys = (response.request.headers.get(name) for name in _KEY_HEADERS)
    for key in filter(None, keys):
        text = text.replace(key, "***")
    return text


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that an answer asks to wait, from either form of Retry-After (RFC 9110, section 10.2.3)."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _kind(status: int, said: str, model: str | None) -> type[PixnbError]:
    if status in (400, 404) and "model" in said.lower() and "not found" in said.lower():
        return ModelNotFound
    if status == 404:
        return ModelNotFound if model else JobNotFound
    return ServiceUnavailable if status >= 500 else _CLASSES.get(status, PixnbError)


def _advice(kind: type[PixnbError], status: int, provider: str) -> str:
    if kind is ModelNotFound:
        return "The service does not offer it to this key now: see pixnb.models for others. Nothing was charged."
    if kind is InvalidInput:
        return "Correct the parameters and submit again. Nothing was charged."
    return _ADVICE.get(status, "").format(provider=provider, variable=variable(provider))


def json_of(response: httpx.Response) -> Any:
    """Return what an answer's JSON holds, or None where it is none."""
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def _one_line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 300 else flat[:299] + "…"


__all__ = ["json_of", "reason", "refusal", "retry_after", "spoken", "text_of", "without_key"]
