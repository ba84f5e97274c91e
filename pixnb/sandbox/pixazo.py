"""Pixazo's gateway as its pages describe it: submits, the status route, webhook headers, the bodies of its refusals.

Sources: https://www.pixazo.ai/models/lucy-edit and https://www.pixazo.ai/models/ltx.md
"""

from __future__ import annotations

import functools
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pixnb.sandbox import faults
from pixnb.sandbox.answers import Refused, write_moment
from pixnb.sandbox.callbacks import Message, encode
from pixnb.sandbox.checked import BadBody, checked, is_url, json_object
from pixnb.sandbox.outbound import may_be_called
from pixnb.sandbox.state import Job
from pixnb.sandbox.tables import read_table

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.sandbox.desk import Desk

NAME = "pixazo"

_KEY = "ocp-apim-subscription-key"
_MODES = ("terminal", "sync")
_NAMED_MP4 = ("ltx-2-3-text-to-video", "ltx-2-3-image-to-video")  # the others' pages show output.ext
_ZONELESS = ("decart-lucy-edit-video-fast-142",)  # the pages show both forms of a date, even in one body
_SPOKEN: Mapping[str, list[str]] = read_table(__file__, "refusals.toml")[NAME]
_BODY_WEBHOOK = ("webhook", "webhook_events_filter")
# The likely upstream's words, which the pages do not list (https://fal.ai/models/fal-ai/ltx-2.3/retake-video).
_UPSTREAM_WORDS = {"retake_mode": {"replace_audio": "replace_audio_and_video", "replace_video": "replace_video_only"}}


def routes(desk: Desk) -> list[Route]:
    """Return Pixazo's routes; mounted under `/pixazo`, they stand for https://gateway.pixazo.ai."""
    poll = functools.partial(_poll, desk)
    return [
        Route(f"/{NAME}/v2/requests/status/{{request_id:str}}", poll, methods=["GET"]),
        Route(f"/{NAME}/{{operation:path}}", functools.partial(_submit, desk), methods=["POST"]),
    ]


def message(job: Job, base: str) -> Message | None:
    """Write the webhook call about a job, as the pages' example has it; None for an event that nobody asked for."""
    wanted = job.callback or {}
    if "completed" in wanted.get("events", ()) and job.status != "COMPLETED":
        return None
    return Message(wanted["url"], encode(_status(job, base, named="mp4", zoneless=True)))


async def _poll(desk: Desk, request: Request) -> Response:
    job_id = request.path_params["request_id"]
    refuse = functools.partial(_refuse, what=f"Request '{job_id}' not found")
    _check_key(request, refuse, submit=False)
    return desk.poll(request, job_id, answer=functools.partial(_answer, request), refuse=refuse)


async def _submit(desk: Desk, request: Request) -> Response:
    desk.state.count("posts")
    model_id = request.path_params["operation"].partition("/")[0]
    refuse = functools.partial(_refuse, what=f"Model '{model_id}' not found or is disabled")
    _check_key(request, refuse, submit=True)
    model = _models().get("/" + request.path_params["operation"])
    if model is None:
        raise _bad(f"Model '{model_id}' not found or is disabled", error="Model not found")
    try:
        body = await json_object(request)
    except BadBody as error:
        raise _bad(str(error)) from error
    settings, inputs = _check(desk, model, body)
    prompt, marks = faults.parse(body["prompt"])
    job = Job(
        id=f"{model.provider_model}_{_uuid7()}", provider=NAME, model=model.provider_model, name=model.id,
        task=next((f"{role}-to-video" for role in ("video", "audio", "image") if role in inputs), "text-to-video"),
        prompt=prompt, params=body, settings=settings, inputs=inputs, faults=marks,
        callback=_callback(desk, request, body),
    )  # fmt: skip
    return desk.accept(job, answer=functools.partial(_accept, request), refuse=refuse)


def _check_key(request: Request, refuse: Callable[..., Response], *, submit: bool) -> None:
    key = request.headers.get(_KEY)
    denied = faults.of_key(key, submit=submit)
    if denied is not None:
        raise Refused(refuse(denied, key=key))


@functools.cache
def _models() -> dict[str, Model]:
    from pixnb.catalogue import models

    return {model.route: model for model in models.search(provider=NAME)}


def _check(desk: Desk, model: Model, body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    from pixnb.errors import InvalidInput

    given = {name: _translate(name, value) for name, value in body.items()}
    try:
        settings, inputs = checked(desk, model, given)
    except InvalidInput as error:
        raise _bad(error.message) from error
    for role, name in model.inputs.items():
        if role in inputs and not is_url(inputs[role]):
            raise _bad(f"{name} must be a publicly accessible URL.")
    return {name: value for name, value in settings.items() if name not in _BODY_WEBHOOK}, inputs


def _translate(name: str, value: Any) -> Any:
    words = _UPSTREAM_WORDS.get(name, {})
    return words.get(value, value) if isinstance(value, str) else value


def _callback(desk: Desk, request: Request, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Read the webhook headers, else the parameters of the one model that has them in its body."""
    url = request.headers.get("x-webhook-url") or body.get("webhook")
    if not url:
        return None
    if not may_be_called(str(url)):
        text = "The webhook URL must be an HTTPS URL (or http on this computer)."
        raise _bad(text, status=desk.options.assumed.pixazo_bad_webhook)
    mode = request.headers.get("x-webhook-mode", "terminal").strip().lower()
    if mode not in _MODES:
        raise _bad(f"X-Webhook-Mode must be one of {', '.join(_MODES)}.")
    events = [] if "x-webhook-url" in request.headers else list(body.get("webhook_events_filter") or ())
    return {"url": str(url), "mode": mode, "events": events}


def _accept(request: Request, job: Job) -> Response:
    url = f"{request.base_url}{NAME}/v2/requests/status/{job.id}"
    return JSONResponse({"request_id": job.id, "status": "QUEUED", "polling_url": url}, 202)


def _answer(request: Request, job: Job) -> Response:
    named = "mp4" if job.model in _NAMED_MP4 else "ext"
    return JSONResponse(_status(job, str(request.base_url), named=named, zoneless=job.model in _ZONELESS))


def _status(job: Job, base: str, *, named: str, zoneless: bool) -> dict[str, Any]:
    known = "FAILED" if job.status == "CANCELLED" else job.status
    shown = "WARMING_UP" if "[unknown status]" in job.faults and not job.ended else known
    url, date = f"{base}media/v1/{job.id}/output.{named}", _write_zoneless if zoneless else write_moment
    declared = job.media_type if named == "mp4" else "application/octet-stream"
    return {
        "request_id": job.id,
        "status": shown,
        "model_id": job.model,
        "error": job.error,
        "output": {"media_url": [url], "media_type": declared} if job.output else None,
        "created_at": write_moment(job.created),
        "updated_at": date(job.updated or job.created),
        "completed_at": date(job.completed),
    }


def _write_zoneless(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _bad(message: str, *, error: str = "Bad Request", status: int = 400) -> Refused:
    return Refused(JSONResponse({"error": error, "message": message}, status))


def _refuse(status: int, *, what: str, key: str | None = None) -> Response:
    if status == 401:  # its shape is not documented; this is how gateways that take this header say it
        kind = "invalid" if key else "missing"
        return JSONResponse({"statusCode": 401, "message": f"Access denied due to {kind} subscription key."}, 401)
    error, text = _SPOKEN.get(str(status), ("Model not found" if what.startswith("Model") else "Not Found", what))
    return JSONResponse({"error": error, "message": text}, status)


def _uuid7() -> uuid.UUID:
    """Return a version 7 UUID (RFC 9562, section 5.7), as the examples' `019d…` suggest."""
    value = time.time_ns() // 1_000_000 << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62
    return uuid.UUID(int=value | secrets.randbits(62))


__all__ = ["NAME", "message", "routes"]
