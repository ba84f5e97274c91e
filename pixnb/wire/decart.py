"""Decart: a form with files in, the media's bytes or a job out, and a job's content behind the key.

Sources: https://github.com/DecartAI/decart-python, whose wire format it keeps, and https://api.decart.ai/openapi.json
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pixnb.catalogue.model import Model
from pixnb.errors import InvalidAPIKey, InvalidInput, PixnbError
from pixnb.http import httpx
from pixnb.http.addresses import parse_url
from pixnb.status import JobStatus
from pixnb.wire.answers import accepted_object, begun, json_of, known, object_of, text_in
from pixnb.wire.callback import Callback
from pixnb.wire.content import PHRASES, find_refusal
from pixnb.wire.defaults import NoBalance, NoCalls, NoUploads
from pixnb.wire.refusals import complaint, refusal
from pixnb.wire.wire import Accepted, Attachment, Output, PollAdvice, Target, Update

_KEY = "X-API-KEY"
_MB = 1 << 20
_LARGEST = 200 * _MB  # "200 MB" of the pages of the newer models; an early one says 10 MB
_STATUSES: Mapping[str, JobStatus] = {
    "PENDING": JobStatus.QUEUED,
    "PROCESSING": JobStatus.PROCESSING,
    "COMPLETED": JobStatus.COMPLETED,
    "FAILED": JobStatus.FAILED,
    # not documented; ends at other services of the kind, and waiting on them would never end
    "ERROR": JobStatus.FAILED,
    "CANCELLED": JobStatus.CANCELLED,
    "CANCELED": JobStatus.CANCELLED,
}
_NO_REASON = "no reason was given (Decart documents none, and ends every job after 10 minutes)"
_CANCELLED = "Decart cancelled the job: {why}. Whether it is charged is not documented: look into its console"


class DecartWire(NoBalance, NoCalls, NoUploads):
    """How Decart says it."""

    provider = "decart"
    poll = PollAdvice(first=0.5, low=1.5, high=1.5)  # as the SDK's queue asks
    repeats_lost_submits = False
    takes_files = True
    content_rules = PHRASES  # assumed: Decart documents no reason of a failure at all

    def headers(self, target: Target) -> dict[str, str]:
        """Return the headers that carry the key."""
        return {_KEY: target.key.get_secret_value()}

    def submit(
        self,
        target: Target,
        model: Model,
        params: Mapping[str, Any],
        *,
        route: str,
        callback: Callback | None,
        idempotency_key: str,
    ) -> httpx.Request:
        """Build `POST /v1/jobs/{model}` or `/v1/generate/{model}` with the params as a form, as the SDK writes it."""
        if callback is not None:
            raise InvalidInput(
                "decart documents no webhook: leave callback= out; pixnb asks for the job by itself.", provider="decart"
            )
        body = _form({name: value for name, value in params.items() if value is not None})
        return httpx.Request("POST", parse_url(target.base_url + route), headers=self.headers(target), **body)

    def accepted(self, response: httpx.Response) -> Accepted:
        """Read `{"job_id", "status"}`."""
        data = accepted_object(response, "job_id")
        return Accepted(text_in(data, "job_id"), begun(data.get("status"), _STATUSES))

    def status(self, target: Target, job_id: str, polling_url: str | None) -> httpx.Request:
        """Build `GET /v1/jobs/{id}`."""
        url = f"{target.base_url}/v1/jobs/{quote(job_id, safe='')}"
        return httpx.Request("GET", parse_url(url), headers=self.headers(target))

    def update(self, response: httpx.Response) -> Update:
        """Read `{"job_id", "status"}`; the result of a completed job lies beside the address that was asked."""
        data = object_of(response)
        word = text_in(data, "status").strip()
        status, error = known(word, _STATUSES), None
        if status is JobStatus.CANCELLED:
            error = _CANCELLED.format(why=complaint(data, response) or "no reason was given")
        elif status is JobStatus.FAILED:
            error = complaint(data, response) or _NO_REASON
        elif status is JobStatus.COMPLETED and (said := complaint(data, response)):
            # an answer that tells of a refusal tells of no file
            error = said if find_refusal(self.content_rules, said, data, usual="output") else None
        outputs = (_content(response),) if status is JobStatus.COMPLETED and error is None else ()
        return Update(status=status, word=word, error=error, outputs=outputs)

    def refusal(self, response: httpx.Response, *, model: str | None, job_id: str | None) -> PixnbError:
        """Turn any answer that is no 2xx into the error it means."""
        error_class = InvalidAPIKey if response.status_code in (401, 403) or _is_about_key(response) else None
        error = refusal(response, provider=self.provider, model=model, job_id=job_id, error_class=error_class)
        if type(error) is PixnbError:
            error.code = "PROCESSING_ERROR"  # the SDK's word for all that has no other
        return error

    def file_problem(self, media_type: str, size: int) -> str | None:
        """Refuse what is above the largest documented size."""
        if size <= _LARGEST:
            return None
        return f"the file has {size / _MB:.1f} MB and decart takes 200 MB at most. Shorten it or make it smaller."


def _form(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Give httpx a form: multipart in the order of the fields where one is a file, else urlencoded."""
    if not any(isinstance(value, Attachment) for value in fields.values()):
        return {"data": {name: _text(value) for name, value in fields.items()}}
    return {"files": [(name, _part(name, value)) for name, value in fields.items()]}


def _part(name: str, value: Any) -> tuple[Any, ...]:
    if isinstance(value, Attachment):
        return name, value.stream, "application/octet-stream"
    return None, _text(value), "text/plain; charset=utf-8"


def _text(value: Any) -> str:
    # only extra= can hold lists and objects
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def _content(response: httpx.Response) -> Output:
    asked = response.request.url.copy_with(query=None, fragment=None)
    return Output(f"{str(asked).rstrip('/')}/content", private=True)


def _is_about_key(response: httpx.Response) -> bool:
    data = json_of(response) if response.status_code == 422 else None
    details = data.get("detail") if isinstance(data, dict) else None
    found = [detail.get("loc") for detail in details if isinstance(detail, dict)] if isinstance(details, list) else []
    return any(isinstance(loc, list) and _KEY.lower() in [str(name).lower() for name in loc] for loc in found)


__all__ = ["DecartWire"]
