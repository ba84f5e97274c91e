"""Apiframe, version 2: JSON with the model's own params in an object of their own, jobs, uploads, credits.

Sources: https://docs-v2.apiframe.ai/docs/video-edits and the service's OpenAPI document, release 2.0.0
(https://github.com/apiframe-ai/apiframe-nodejs-sdk, openapi.json).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from pixnb.catalogue.model import Model
from pixnb.catalogue.prices import Balance
from pixnb.errors import InsufficientBalance, InvalidInput, PixnbError
from pixnb.http import httpx
from pixnb.http.addresses import parse_url
from pixnb.wire.answers import accepted_object, begun, json_of, object_of, posted, text_in
from pixnb.wire.apiframe_job import STATUSES, update_of
from pixnb.wire.callback import Callback
from pixnb.wire.clean import LONGEST_URL, amount_of, parse_time
from pixnb.wire.content import PHRASES, ContentRule
from pixnb.wire.refusals import reason, refusal
from pixnb.wire.signature import verify
from pixnb.wire.wire import (
    Accepted,
    Attachment,
    Call,
    PollAdvice,
    Target,
    Unreadable,
    Update,
    Uploaded,
)

_EVENTS = ("progress", "completed", "failed")
_WEBHOOK = ("webhookUrl", "webhookEvents")
_TOP = ("model", "prompt", *_WEBHOOK)
_LONGEST_KEY = 255
_MB = 1 << 20
_LIMITS: Mapping[str, int] = {"image": 25 * _MB, "audio": 25 * _MB, "video": 50 * _MB}
_TYPES: Mapping[str, str] = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WebP",
    "image/gif": "GIF",
    "video/mp4": "MP4",
    "video/webm": "WebM",
    "video/quicktime": "MOV",
    "audio/mpeg": "MP3",
    "audio/wav": "WAV",
    "audio/ogg": "OGG",
    "audio/mp4": "M4A",
}
_WAN = "https://www.alibabacloud.com/help/en/model-studio/error-code"  # behind wan-2.7, whose codes may come through
_REFUNDED = False  # "refunds on failure", https://docs-v2.apiframe.ai/docs/video-edits
_CONTENT = (
    ContentRule("(?:input_)?data_inspection_failed", _WAN, is_code=True, billed=_REFUNDED),
    ContentRule("(?:input|output) data may contain inappropriate content", _WAN, billed=_REFUNDED),
    ContentRule("ip_infringement_suspect", _WAN, is_code=True, billed=_REFUNDED),
    *(replace(rule, billed=_REFUNDED) for rule in PHRASES),
)
_CONFLICT = (
    "Its Idempotency-Key belongs to an earlier submit with other parameters (apiframe keeps keys for 24 hours), so no "
    "job was made of this one; the earlier job goes on. Leave idempotency_key= out, or give another."
)


class ApiframeWire:
    """How Apiframe says it."""

    provider = "apiframe"
    poll = PollAdvice(first=5.0, low=5.0, high=10.0)  # documented; the SDK asks after 2 s, then ever later up to 5 s
    repeats_lost_submits = True  # an Idempotency-Key is kept 24 h, and a replay returns the original job
    takes_files = False
    content_rules = _CONTENT

    def headers(self, target: Target) -> dict[str, str]:
        """Return the headers that carry the key."""
        return {"X-API-Key": target.key.get_secret_value()}

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
        """Build `POST /v2/videos/…` with the model's own params in their object."""
        headers = {**self.headers(target), "Idempotency-Key": _checked(idempotency_key)}
        body = {**_body(model, params), **_webhook(callback, target, params)}
        return httpx.Request("POST", parse_url(target.base_url + route), headers=headers, json=body)

    def accepted(self, response: httpx.Response) -> Accepted:
        """Read `{"jobId", "status"}`; a replay may tell of an end, which the first poll confirms."""
        data = accepted_object(response, "jobId")
        return Accepted(text_in(data, "jobId"), begun(data.get("status"), STATUSES))

    def status(self, target: Target, job_id: str, polling_url: str | None) -> httpx.Request:
        """Build `GET /v2/jobs/{id}`."""
        url = f"{target.base_url}/v2/jobs/{quote(job_id, safe='')}"
        return httpx.Request("GET", parse_url(url), headers=self.headers(target))

    def update(self, response: httpx.Response) -> Update:
        """Read a job, its result in any shape that the pages show."""
        return update_of(response)

    def read_call(self, headers: Mapping[str, str], body: bytes) -> Call | None:
        """Read a webhook, which is told by its headers, or by its body where they are lost; it is always signed."""
        said, names = posted(body), {name.lower(): value for name, value in headers.items()}
        if not {"x-webhook-signature", "x-webhook-event"} & names.keys() and "jobId" not in said:
            return None
        return Call(said.get("jobId"), functools.partial(verify, body, names.get("x-webhook-signature")))

    def refusal(self, response: httpx.Response, *, model: str | None, job_id: str | None) -> PixnbError:
        """Turn any answer that is no 2xx into the error it means."""
        asked: dict[str, Any] = {"provider": self.provider, "model": model, "job_id": job_id}
        if response.status_code == 409 and model:
            return refusal(response, **asked, error_class=InvalidInput, advice=_CONFLICT)
        required, available = _credits(response)
        error = refusal(response, **asked, said=_with_credits(reason(response), required, available))
        if isinstance(error, InsufficientBalance):
            error.required, error.available = required, available
        return error

    def file_problem(self, media_type: str, size: int) -> str | None:
        """Refuse a type that is not taken, and what is above its documented size."""
        family = media_type.partition("/")[0]
        if media_type not in _TYPES:
            able = ", ".join(name for known, name in _TYPES.items() if known.startswith(f"{family}/"))
            return f"apiframe takes no {media_type} files. Convert it to one of: {able or ', '.join(_TYPES.values())}."
        if size <= _LIMITS[family]:
            return None
        what = f"{'an' if family[0] in 'ai' else 'a'} {family}"
        return (
            f"the file has {size / _MB:.1f} MB and apiframe takes {_LIMITS[family] // _MB} MB at most of {what}. "
            "Make it smaller, or put it on the web and give its URL."
        )

    def takes_uploads(self, target: Target) -> bool:
        """Say yes: `POST /v2/uploads`."""
        return True

    def upload(self, target: Target, file: Attachment) -> httpx.Request:
        """Build `POST /v2/uploads`, a form whose field `file` is read as it is sent."""
        part = (file.name, file.stream, file.media_type)
        url = parse_url(f"{target.base_url}/v2/uploads")
        return httpx.Request("POST", url, headers=self.headers(target), files={"file": part})

    def uploaded(self, response: httpx.Response) -> Uploaded:
        """Read `{"url", "expiresAt"}`."""
        data = object_of(response)
        return Uploaded(text_in(data, "url", LONGEST_URL), parse_time(data.get("expiresAt")))

    def balance(self, target: Target) -> httpx.Request | None:
        """Build `GET /v2/me`."""
        return httpx.Request("GET", parse_url(f"{target.base_url}/v2/me"), headers=self.headers(target))

    def balance_of(self, response: httpx.Response) -> Balance:
        """Read `team.credits`; of the answer only that is documented alike everywhere."""
        team = object_of(response).get("team")
        if team is None:
            raise Unreadable("apiframe keeps credits by team, and this key belongs to none")
        left = amount_of(team.get("credits")) if isinstance(team, dict) else None
        if left is None:
            raise Unreadable("no team.credits in the answer")
        return Balance(left, "credits")


def _checked(key: str) -> str:
    # what printable ASCII without blanks at its ends is, any proxy on the way leaves alone
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_KEY or key != _plain(key):
        raise InvalidInput(
            f"Invalid idempotency_key {key!r:.80}: a header must carry it. Give 1 to {_LONGEST_KEY} plain characters "
            "(letters, digits, punctuation), or leave it out.",
            provider="apiframe",
        )
    return key


def _plain(text: str) -> str:
    return "".join(letter for letter in text if " " <= letter <= "~").strip()


def _body(model: Model, params: Mapping[str, Any]) -> dict[str, Any]:
    """Put what the route itself knows at the top, and all else into the model's object."""
    top = {name: params[name] for name in _TOP if name in params}
    inner = {name: value for name, value in params.items() if name not in _TOP}
    if not model.nested:
        return {"model": model.provider_model, **top, **inner}
    more = inner.get(model.nested)
    if isinstance(more, Mapping):
        del inner[model.nested]
        inner |= more
    webhook = {name: top.pop(name) for name in _WEBHOOK if name in top}
    return {"model": model.provider_model, **top, model.nested: inner, **webhook}


def _webhook(callback: Callback | None, target: Target, params: Mapping[str, Any]) -> dict[str, Any]:
    if callback is None:
        return {}
    callback.check("apiframe", params, sandbox=target.sandbox, fields=_WEBHOOK, events=_EVENTS)
    if callback.mode == "sync":
        raise InvalidInput(
            "apiframe knows no callback mode 'sync'. Say instead which events you want: "
            f"pixnb.Callback({callback.url!r}, events={_EVENTS!r}).",
            provider="apiframe",
        )
    events = {"webhookEvents": list(callback.events)} if callback.events else {}
    return {"webhookUrl": callback.url, **events}


def _credits(response: httpx.Response) -> tuple[Decimal | None, Decimal | None]:
    data = json_of(response)
    if not isinstance(data, dict):
        return None, None
    return amount_of(data.get("creditsRequired")), amount_of(data.get("creditsAvailable"))


def _with_credits(said: str, required: Decimal | None, available: Decimal | None) -> str:
    told = [f"{required:f} credits are required"] if required is not None else []
    told += [f"{available:f} are available"] if available is not None else []
    return f"{said} ({', '.join(told)})" if told else said


__all__ = ["ApiframeWire"]
