"""The Pixazo gateway: JSON in, a request id out, one status route for all models.

Sources: https://www.pixazo.ai/models/lucy-edit and https://www.pixazo.ai/models/ltx.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pixnb.catalogue.model import Model
from pixnb.errors import PixnbError
from pixnb.http import httpx
from pixnb.http.addresses import parse_url
from pixnb.status import JobStatus
from pixnb.wire.answers import MOST_OUTPUTS, accepted_object, begun, known, object_of, posted, text_in
from pixnb.wire.callback import Callback
from pixnb.wire.clean import LONGEST_URL, address_of, media_type_of, parse_time, place_of
from pixnb.wire.content import PHRASES, ContentRule
from pixnb.wire.defaults import NoBalance
from pixnb.wire.refusals import complaint, refusal
from pixnb.wire.wire import (
    Accepted,
    Attachment,
    Call,
    Output,
    PollAdvice,
    Target,
    Update,
    Uploaded,
)

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

_FAL = "https://docs.fal.ai/errors#content_policy_violation"  # likely behind it; Pixazo's own pages say nothing of it
_CONTENT = (
    ContentRule("content_policy_violation", _FAL, is_code=True, stage="input"),  # "flagged by a content checker"
    ContentRule("model_moderated", _FAL, is_code=True),
    *PHRASES,
)


class PixazoWire(NoBalance):
    """How Pixazo says it."""

    provider = "pixazo"
    poll = PollAdvice(first=5.0, low=5.0, high=10.0)  # "Poll every 5-10 seconds", Typical Workflow
    repeats_lost_submits = False
    takes_files = False
    content_rules = _CONTENT

    def headers(self, target: Target) -> dict[str, str]:
        """Return the headers that carry the key."""
        return {"Ocp-Apim-Subscription-Key": target.key.get_secret_value()}

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
        """Build `POST /{apiId}/v1/…` with the params as its JSON body."""
        headers = {**self.headers(target), "Cache-Control": "no-cache", **_webhook(callback, target, params)}
        return httpx.Request("POST", parse_url(target.base_url + route), headers=headers, json=dict(params))

    def accepted(self, response: httpx.Response) -> Accepted:
        """Read `{"request_id", "status", "polling_url"}`."""
        data = accepted_object(response, "request_id")
        return Accepted(
            text_in(data, "request_id"),
            begun(data.get("status"), _STATUSES),
            address_of(data.get("polling_url")),
        )

    def status(self, target: Target, job_id: str, polling_url: str | None) -> httpx.Request:
        """Build the status request; `polling_url` is followed only on the host that may see the key."""
        url = f"{target.base_url}/v2/requests/status/{quote(job_id, safe='')}"
        if polling_url and target.owns(polling_url):
            url = polling_url
        return httpx.Request("GET", parse_url(url), headers=self.headers(target))

    def update(self, response: httpx.Response) -> Update:
        """Read a status answer; dates and statuses in any of the forms that the pages show."""
        data = object_of(response)
        word = text_in(data, "status").strip()
        status, error = known(word, _STATUSES), complaint(data.get("error"), response)
        if status is JobStatus.FAILED and error is None and word.upper() != "FAILED":
            error = f"the service says {word!r}"
        return Update(
            status=status,
            word=word,
            error=error,
            outputs=_outputs(data.get("output")),
            created_at=parse_time(data.get("created_at")),
            updated_at=parse_time(data.get("updated_at")),
            completed_at=parse_time(data.get("completed_at")),
        )

    def read_call(self, headers: Mapping[str, str], body: bytes) -> Call | None:
        """Read a webhook: the body of a status answer, unsigned ("Webhook (Optional)")."""
        said = posted(body)
        return Call(said["request_id"]) if "request_id" in said else None

    def refusal(self, response: httpx.Response, *, model: str | None, job_id: str | None) -> PixnbError:
        """Turn any answer that is no 2xx into the error it means."""
        return refusal(response, provider=self.provider, model=model, job_id=job_id)

    def file_problem(self, media_type: str, size: int) -> str | None:
        """Refuse nothing: no limit is documented."""
        return None

    def takes_uploads(self, target: Target) -> bool:
        """Whether it is a sandbox; Pixazo itself documents no upload."""
        return target.sandbox

    def upload(self, target: Target, file: Attachment) -> httpx.Request:
        """Build an upload to a sandbox: the bare bytes."""
        headers = {**self.headers(target), "Content-Type": file.media_type, "Content-Length": str(file.size)}
        return httpx.Request("POST", f"{target.base_url}/uploads", headers=headers, content=file.stream)

    def uploaded(self, response: httpx.Response) -> Uploaded:
        """Read the URL of a file uploaded to a sandbox."""
        return Uploaded(text_in(object_of(response), "url", LONGEST_URL))


def _webhook(callback: Callback | None, target: Target, params: Mapping[str, Any]) -> dict[str, str]:
    if callback is None:
        return {}
    callback.check("pixazo", params, sandbox=target.sandbox, fields=("webhook",))
    return {"X-Webhook-URL": callback.url, "X-Webhook-Mode": callback.mode}


def _outputs(output: Any) -> tuple[Output, ...]:
    said = output if isinstance(output, Mapping) else {"media_url": output}
    urls, declared = said.get("media_url"), said.get("media_type")
    urls = [urls] if isinstance(urls, str) else urls if isinstance(urls, list) else []
    media_type, places = media_type_of(declared), dict.fromkeys(map(place_of, urls[:MOST_OUTPUTS]))
    return tuple(Output(place, media_type) for place in places if place)


__all__ = ["PixazoWire"]
