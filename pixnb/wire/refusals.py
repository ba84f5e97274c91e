"""From an HTTP answer that is no 2xx to the error that it means and what to do about it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pixnb.errors import (
    ContentRefused,
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
from pixnb.http import httpx
from pixnb.http.secrets import without_key
from pixnb.terminal import shorten
from pixnb.wire.allowance import read_allowance
from pixnb.wire.answers import json_of
from pixnb.wire.clean import clean_text, decode
from pixnb.wire.content import Refused

_LONGEST = 2000
_READ = 1 << 16
_DEEPEST = 6
_ADVICE: Mapping[type[PixnbError], str] = {
    InvalidAPIKey: "Check {variable}, or call pixnb.login({provider!r}).",
    InsufficientBalance: "Add funds in the console of {provider}, then submit again. Nothing was charged.",
    Forbidden: "The key is known but may not do this: check its plan and permissions.",
    ModelNotFound: "The service does not offer it to this key now: see pixnb.models for others. Nothing was charged.",
    JobNotFound: "Check the id and the key: it may belong to another key, or have expired.",
    RateLimited: "Wait a little and submit again. Nothing was charged.",
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
}
_REFUSED = {
    "input": "{provider} does not allow what was asked for ({said}). {charge}. Change the prompt or the media that the "
    "service names, then submit again: the same again is refused again.",
    "output": "{provider} made a clip and does not allow it ({said}). {charge}. Another take may pass; a prompt that "
    "is refused again is better changed.",
}
_BILLED = {
    True: "It is charged all the same",
    False: "It is not charged",
    None: "Whether it is charged is not documented",
}
_UNKNOWN_JOB = (400, 404, 410, 422)
"""Of a question about a job, whose only parameter is the id."""


def refusal(
    response: httpx.Response,
    *,
    provider: str,
    model: str | None = None,
    job_id: str | None = None,
    error_class: type[PixnbError] | None = None,
    said: str | None = None,
    advice: str | None = None,
) -> PixnbError:
    """Turn an answer into a typed error whose message says what happened, then what to do.

    Args:
        response: The answer, read.
        provider: The service.
        model: The model that was asked for, in a submit.
        job_id: The job that was asked about.
        error_class: The error's class, where the service means another than the status code does elsewhere.
        said: What the service says, where that is more than `reason` finds.
        advice: What to do, where the class does not tell.

    Returns:
        The error, to be raised by the caller.
    """
    status, said = response.status_code, reason(response) if said is None else said
    error_class = error_class or _choose_class(status, said, model, job_id)
    head = f"{provider} answered {status}"
    text = f"{head}: {said}" if said else f"{head} {without_key(response.reason_phrase, response)}".rstrip()
    todo = _advice(error_class, status, provider, model) if advice is None else advice
    error = error_class(f"{text.rstrip('.')}. {todo}".rstrip(), provider=provider, status_code=status, job_id=job_id)
    error.body = text_of(response) or None
    if isinstance(error, RateLimited):
        error.retry_after = retry_after(response)
    return error


def explain_refused(refused: Refused, provider: str, said: str, **known: Any) -> ContentRefused:
    """Return the error of a job whose content a service refused.

    Args:
        refused: At which stage, and whether it is charged.
        provider: The service.
        said: What it says.
        **known: More of the error, by its attributes.
    """
    said = said.strip().rstrip(".")
    text = _REFUSED[refused.stage].format(provider=provider, said=said, charge=_BILLED[refused.billed])
    error = ContentRefused(text, provider=provider, **known)
    error.stage, error.billed = refused.stage, refused.billed
    return error


def reason(response: httpx.Response) -> str:
    """Return what an answer's body says, from JSON, HTML or text, in one line."""
    said = spoken(json_of(response))
    if said:
        return _one_line(without_key(said, response)[:_LONGEST])
    text = text_of(response)
    if "\ufffd" in text and b"\0" in response.content[:_LONGEST]:
        return f"{len(response.content)} bytes that are no text"
    if "<" in text and ("<html" in text.lower() or "<!doctype" in text.lower()):
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        text = html.unescape(title.group(1) if title else re.sub(r"<[^>]+>", " ", text))
    return _one_line(without_key(text, response))


def complaint(data: Any, response: httpx.Response) -> str | None:
    """Return what a part of an answer says went wrong, without the key; None where it says nothing."""
    said = spoken(data)
    return without_key(said, response)[:_LONGEST] if said else None


def spoken(data: Any, depth: int = _DEEPEST) -> str | None:
    """Return what an error in JSON says in words, whichever of the usual shapes it has; None where it says nothing.

    Example:
        >>> spoken({"error": "Insufficient Balance", "message": "Your wallet is empty."})
        'Insufficient Balance: Your wallet is empty.'
        >>> spoken({"error": {"code": 7, "message": "No such model"}})
        'No such model'
        >>> spoken({"detail": [{"loc": ["body", "data"], "msg": "Field required", "type": "missing"}]})
        'data: Field required'
        >>> spoken({"error": "Validation error", "details": {"prompt": ["Too long"]}})
        'Validation error (prompt: Too long)'
    """
    if isinstance(data, str):
        return clean_text(data).replace("\ufffd", " ").strip() or None
    if depth == 0 or not isinstance(data, list | Mapping):
        return None
    if isinstance(data, list):
        return _listed(spoken(item, depth - 1) for item in data[:5])
    said = [word for key in ("error", "message", "detail", "msg") if (word := spoken(data.get(key), depth - 1))]
    text = ": ".join(dict.fromkeys([*_place(data.get("loc"), said), *said])) or None
    details = _details(data.get("details"), depth - 1)
    return f"{text} ({details})" if text and details else text or details


def _place(loc: Any, said: list[str]) -> list[str]:
    """Name the field that a detail of FastAPI is about, without the part of the request that it stands in."""
    names = [str(name) for name in loc] if isinstance(loc, list) and said else []
    names = names[1:] if len(names) > 1 and names[0] in ("body", "query", "path", "header") else names
    return [".".join(names)] if names else []


def _details(data: Any, depth: int) -> str | None:
    """Say what is wrong with which field, from `{"json.path": ["message"]}`."""
    said = spoken(data, depth)
    if said or depth <= 0 or not isinstance(data, Mapping):
        return said
    fields = ((path, _details(value, depth - 1)) for path, value in list(data.items())[:5])
    return _listed(f"{path}: {text}" for path, text in fields if text)


def _listed(words: Iterable[str | None]) -> str | None:
    return "; ".join(filter(None, words)) or None


def text_of(response: httpx.Response) -> str:
    """Return the beginning of an answer's text, without the key should the service repeat it."""
    return without_key(clean_text(decode(response, _READ)), response)[:_LONGEST]


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that an answer asks to wait; None where it asks for nothing."""
    return read_allowance(response).wait


def _choose_class(status: int, said: str, model: str | None, job_id: str | None) -> type[PixnbError]:
    if job_id is not None and status in _UNKNOWN_JOB:
        return JobNotFound
    if status in (400, 404) and "model" in said.lower() and "not found" in said.lower():
        return ModelNotFound
    if status == 404 and model:
        return ModelNotFound
    return ServiceUnavailable if status >= 500 else _CLASSES.get(status, PixnbError)


def _advice(error_class: type[PixnbError], status: int, provider: str, model: str | None) -> str:
    if error_class is InvalidInput:
        return f"Correct {'the parameters and submit' if model else 'that and try'} again. Nothing was charged."
    if status == 507:  # a disk is full: the sandbox's, so the one here
        return "Make room there, then try again."
    if error_class is ServiceUnavailable:
        return "Submit again later. Nothing was charged." if status == 503 else "Try again later."
    if error_class is PixnbError:
        return "Check the base URL." if status == 404 else f"Look into the console of {provider}, then try again."
    return _ADVICE.get(error_class, "").format(provider=provider, variable=f"{provider.upper()}_API_KEY")


def _one_line(text: str) -> str:
    return shorten(" ".join("".join(letter if letter.isprintable() else " " for letter in text).split()), 300)


__all__ = ["complaint", "explain_refused", "reason", "refusal", "retry_after", "spoken", "text_of"]
