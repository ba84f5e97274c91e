"""An Apiframe job as its status route tells of it: progress, credits, and results in several shapes.

Sources: the service's OpenAPI document, release 2.0.0, and https://docs-v2.apiframe.ai/docs/video-edits; where they
and the newer pages differ, every shape is read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from pixnb.catalogue.prices import Cost
from pixnb.http import httpx
from pixnb.status import JobStatus
from pixnb.wire.answers import MOST_OUTPUTS, known, object_of, text_in
from pixnb.wire.clean import amount_of, parse_time, place_of
from pixnb.wire.refusals import complaint
from pixnb.wire.wire import Output, Update

STATUSES: Mapping[str, JobStatus] = {
    "QUEUED": JobStatus.QUEUED,
    "PROCESSING": JobStatus.PROCESSING,
    "COMPLETED": JobStatus.COMPLETED,
    "FAILED": JobStatus.FAILED,
    "CANCELLED": JobStatus.CANCELLED,
    "CANCELED": JobStatus.CANCELLED,
    "ERROR": JobStatus.FAILED,  # not documented; waiting on it would never end
}
"""What the service's words mean, in capitals."""

_PURGED = "its files were purged: apiframe keeps them for a limited time only"
_CANCELLED = (
    "Apiframe cancelled the job{why}. Whether its credits were given back is not documented: compare "
    "client.balance('apiframe')"
)
_LISTS = ("videos", "images")
_URLS = ("videoUrl", "imageUrl", "url")


def update_of(response: httpx.Response) -> Update:
    """Read the answer of `GET /v2/jobs/{id}`.

    Raises:
        Unreadable: It tells no status.
    """
    data = object_of(response)
    word = text_in(data, "status").strip()
    status = known(word, STATUSES)
    return Update(
        status=status,
        word=word,
        error=_error(status, data, response),
        progress=_progress(data.get("progress")),
        cost=_cost(status, amount_of(data.get("creditCost"))),
        outputs=tuple(Output(url) for url in dict.fromkeys(itertools.islice(_urls(data.get("result")), MOST_OUTPUTS))),
        created_at=parse_time(data.get("createdAt")),
        completed_at=parse_time(data.get("completedAt")),
    )


def _error(status: JobStatus | None, data: Mapping[str, Any], response: httpx.Response) -> str | None:
    said = complaint(data.get("error"), response)
    if status is JobStatus.CANCELLED:
        return _CANCELLED.format(why=f": {said.rstrip('.')}" if said else "")
    if status is JobStatus.COMPLETED and data.get("expired") is True:
        return _PURGED
    return said


def _progress(value: Any) -> float | None:
    percent = amount_of(value)
    return None if percent is None else min(float(percent) / 100, 1.0)


def _cost(status: JobStatus | None, charged: Decimal | None) -> Cost | None:
    if status is JobStatus.FAILED:  # "refunds on failure"; its creditCost is 0 on one page and null in the SDK's tests
        return Cost(Decimal(0), "credits", "refunded")
    if charged is None or status is None or (charged == 0 and not status.is_terminal):
        return None  # a job under way is paid for already: 0 says that nobody knows yet
    return Cost(charged, "credits", "charged")


def _urls(result: Any) -> Iterator[str]:
    """Find the files in a result: a URL, `{"videoUrl"}`, or `videos` and `images` of URLs or of objects with one."""
    items = result if isinstance(result, list) else [result]
    if isinstance(result, Mapping):
        for name in _LISTS:
            more = result.get(name)
            items += more if isinstance(more, list) else [more]
    for item in items:
        said = next((item[name] for name in _URLS if item.get(name)), None) if isinstance(item, Mapping) else item
        place = place_of(said)
        if place:
            yield place


__all__ = ["STATUSES", "update_of"]
