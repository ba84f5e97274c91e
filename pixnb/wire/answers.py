"""What the answers of every service are read with: JSON objects, ids, words for a status, amounts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pixnb.http import httpx
from pixnb.status import JobStatus
from pixnb.wire.clean import decode, media_type_of, parse_json
from pixnb.wire.wire import Unreadable

_LONGEST = 500
MOST_OUTPUTS = 100


def json_of(response: httpx.Response) -> Any:
    """Return what an answer's JSON holds, whatever type it declares, or None where it is none."""
    return parse_json(decode(response))


def object_of(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object that an answer is.

    Raises:
        Unreadable: It is none.
    """
    data = json_of(response)
    if not isinstance(data, dict):
        declared = media_type_of(response.headers.get("content-type", "").partition(";")[0]) or "of no type"
        raise Unreadable(f"the answer is no JSON object ({declared}, {len(response.content)} bytes)")
    return data


def accepted_object(response: httpx.Response, name: str) -> dict[str, Any]:
    """Return an answer to a submit that names a job, whatever else in it is broken: the job is paid for.

    Raises:
        Unreadable: It names none, or by an id that could not be sent back or written down.
    """
    data = json_of(response)
    found = dict(data) if isinstance(data, Mapping) else {}
    try:
        text_in(found, name)
    except Unreadable:
        said = re.search(rf'"{name}"\s*:\s*"([^"\\]{{1,{_LONGEST}}})"', decode(response))
        if said is None:
            raise
        text_in(found := {**found, name: said[1]}, name)
    return found


def text_in(data: Mapping[str, Any], name: str, longest: int = _LONGEST) -> str:
    """Return a text that an answer must have.

    Raises:
        Unreadable: It has none, or one that could not be sent back or written down.
    """
    value = data.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise Unreadable(f"no {name} in the answer")
    if not value.isprintable() or "\ufffd" in value:
        raise Unreadable(f"a {name} that cannot be read in the answer")
    return value


def known(word: Any, statuses: Mapping[str, JobStatus]) -> JobStatus | None:
    """Return what a service's word for a status means, in any case; None for an unknown word."""
    return statuses.get(word.strip().upper()) if isinstance(word, str) else None


def begun(word: Any, statuses: Mapping[str, JobStatus]) -> JobStatus:
    """Return the status of a job that was just accepted; an answer that is an end already is left to the first poll."""
    status = known(word, statuses) or JobStatus.QUEUED
    return JobStatus.PROCESSING if status.is_terminal else status


def posted(body: bytes) -> dict[str, Any]:
    """Read what a webhook posts: a JSON object; empty where it is none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


__all__ = ["MOST_OUTPUTS", "accepted_object", "begun", "json_of", "known", "object_of", "posted", "text_in"]
