"""The Pixazo gateway: JSON in, a request id out, one status route for all models.

Sources: https://www.pixazo.ai/models/lucy-edit and https://www.pixazo.ai/models/ltx.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from pixnb.catalogue.model import Model
from pixnb.errors import InvalidInput, PixnbError
from pixnb.status import JobStatus
from pixnb.wire.callback import Callback
from pixnb.wire.refusals import json_of, refusal, spoken, without_key
from pixnb.wire.wire import Accepted, Output, PollAdvice, Target, Unreadable, Update, parse_time, parsed

_STATUSES: Mapping[str, JobStatus] = {
    "QUEUED": JobStatus.QUEUED,
    "PROCESSING": JobStatus.PROCESSING,
    "COMPLETED": JobStatus.COMPLETED,
    "FAILED": JobStatus.FAILED,
    "ERROR": JobStatus.ERROR,
    # not among the documented words; ends at other services of the kind, and waiting on them would never end
    "CANCELLED": JobStatus.FAILED,
    "CANCELED": JobStatus.FAILED,
    "EXPIRED": JobStatus.FAILED,
}


class PixazoWire:
    """How Pixazo says it."""

    provider = "pixazo"
    poll = PollAdvice(first=5.0, low=5.0, high=10.0)  # "Poll every 5-10 seconds", Typical Workflow
    repeats_lost_submits = False

    def submit(
        self,
        target: Target,
        model: Model,
        params: Mapping[str, Any],
        *,
        callback: Callback | None,
        idempotency_key: str,
    ) -> httpx.Request:
        """Build `POST /{apiId}/v1/…` with the params as its JSON body."""
        headers = {**_headers(target), "Cache-Control": "no-cache", **_webhook(callback, target, params)}
        return httpx.Request("POST", parsed(target.base_url + model.route), headers=headers, json=dict(params))

    def accepted(self, response: httpx.Response) -> Accepted:
        """Read `{"request_id", "status", "polling_url"}`."""
        data = _object(response)
        job_id = data.get("request_id")
        if not isinstance(job_id, str) or not job_id.strip():
            raise Unreadable("no request_id in the answer")
        status = _STATUSES.get(str(data.get("status", "")).strip().upper(), JobStatus.QUEUED)
        polling_url = data.get("polling_url")
        # an answer that is an end already is confirmed by the first poll
        status = JobStatus.PROCESSING if status.is_terminal else status
        return Accepted(job_id, status, polling_url if isinstance(polling_url, str) else None)

    def status(self, target: Target, job_id: str, polling_url: str | None) -> httpx.Request:
        """Build the status request; `polling_url` is followed only on the host that may see the key."""
        url = f"{target.base_url}/v2/requests/status/{quote(job_id, safe='')}"
        if polling_url and target.owns(polling_url):
            url = polling_url
        return httpx.Request("GET", parsed(url), headers=_headers(target))

    def update(self, response: httpx.Response) -> Update:
        """Read a status answer; dates and statuses in any of the forms that the pages show."""
        data = _object(response)
        word = data.get("status")
        if not isinstance(word, str):
            raise Unreadable("no status in the answer")
        status, error = _STATUSES.get(word.strip().upper()), spoken({"error": data.get("error")})
        if status is JobStatus.FAILED and error is None and word.strip().upper() != "FAILED":
            error = f"the service says {word!r}"
        return Update(
            status=status,
            word=word,
            error=without_key(error, response) if error else None,
            outputs=_outputs(data.get("output")),
            created_at=parse_time(data.get("created_at")),
            updated_at=parse_time(data.get("updated_at")),
            completed_at=parse_time(data.get("completed_at")),
        )

    def refusal(self, response: httpx.Response, *, model: str | None, job_id: str | None) -> PixnbError:
        """Turn any answer that is no 2xx into the error it means."""
        return refusal(response, provider=self.provider, model=model, job_id=job_id)

    def upload(self, target: Target, media_type: str) -> httpx.Request | None:
        """Build an upload to a sandbox; Pixazo itself documents none."""
        if not target.sandbox:
            return None
        headers = {**_headers(target), "Content-Type": media_type}
        return httpx.Request("POST", f"{target.base_url}/uploads", headers=headers)

    def uploaded(self, response: httpx.Response) -> str:
        """Read the URL of a file uploaded to a sandbox."""
        url = _object(response).get("url")
        if not isinstance(url, str):
            raise Unreadable("no url in the answer")
        return url


def _headers(target: Target) -> dict[str, str]:
    return {"Ocp-Apim-Subscription-Key": target.key.get_secret_value()}


def _webhook(callback: Callback | None, target: Target, params: Mapping[str, Any]) -> dict[str, str]:
    if callback is None:
        return {}
    if "webhook" in params:
        raise InvalidInput(
            "Give either callback= or the parameter webhook, not both: which one wins is not documented."
        )
    if callback.events:
        raise InvalidInput("pixazo lets nobody choose the events of a callback: leave events= out.")
    if callback.is_local and not target.sandbox:
        raise InvalidInput(
            f"{callback.url} is on this machine, where pixazo cannot call it. Give a public https:// address."
        )
    return {"X-Webhook-URL": callback.url, "X-Webhook-Mode": callback.mode}


def _object(response: httpx.Response) -> dict[str, Any]:
    data = json_of(response)
    if not isinstance(data, dict):
        raise Unreadable("the answer is no JSON object")
    return data


def _outputs(output: Any) -> tuple[Output, ...]:
    said = output if isinstance(output, Mapping) else {"media_url": output}
    urls, declared = said.get("media_url"), said.get("media_type")
    urls = [urls] if isinstance(urls, str) else urls if isinstance(urls, list) else []
    media_type = declared if isinstance(declared, str) else None
    return tuple(Output(url, media_type) for url in urls if isinstance(url, str) and url)


__all__ = ["PixazoWire"]
