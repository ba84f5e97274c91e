"""What the answers of every service are read with: JSON objects, ids, words for a status, amounts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import httpx

from pixnb.status import JobStatus
from pixnb.wire.wire import Unreadable


def json_of(response: httpx.Response) -> Any:
    """Return what an answer's JSON holds, whatever type it declares, or None where it is none."""
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def object_of(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object that an answer is.

    Raises:
        Unreadable: It is none.
    """
    data = json_of(response)
    if not isinstance(data, dict):
        declared = response.headers.get("content-type", "").partition(";")[0].strip() or "of no type"
        raise Unreadable(f"the answer is no JSON object ({declared}, {len(response.content)} bytes)")
    return data


def text_in(data: Mapping[str, Any], name: str) -> str:
    """Return a text that an answer must have.

    Raises:
        Unreadable: It has none, or one that could not be sent back or written down.
    """
    value = data.get(name)
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise Unreadable(f"no {name} in the answer")
    return value


def known(word: Any, statuses: Mapping[str, JobStatus]) -> JobStatus | None:
    """Return what a service's word for a status means, in any case; None for an unknown word."""
    return statuses.get(word.strip().upper()) if isinstance(word, str) else None


def begun(word: Any, statuses: Mapping[str, JobStatus]) -> JobStatus:
    """Return the status of a job that was just accepted; an answer that is an end already is left to the first poll."""
    status = known(word, statuses) or JobStatus.QUEUED
    return JobStatus.PROCESSING if status.is_terminal else status


def amount_of(value: Any) -> Decimal | None:
    """Return a number from 0 up exactly; None for all else.

    Example:
        >>> amount_of(12), amount_of(float("nan")), amount_of(True)
        (Decimal('12'), None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return Decimal(str(value))


__all__ = ["amount_of", "begun", "json_of", "known", "object_of", "text_in"]
