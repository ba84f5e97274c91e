"""Apiframe's API, version 2: video edits and upscales, jobs, uploads, the account, and the bodies of its refusals.

Sources: https://docs-v2.apiframe.ai/docs/video-edits and the service's OpenAPI document, release 2.0.0
(https://github.com/apiframe-ai/apiframe-nodejs-sdk, openapi.json).
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pixnb.sandbox import apiframe_jobs, faults
from pixnb.sandbox.answers import Refused, write_json
from pixnb.sandbox.apiframe_account import Account, Conflict, Insufficient, price, rates
from pixnb.sandbox.apiframe_body import Asked, Invalid, check_body
from pixnb.sandbox.apiframe_jobs import NAME, message
from pixnb.sandbox.apiframe_uploads import BadUpload, keep_upload
from pixnb.sandbox.checked import BadBody, json_object
from pixnb.sandbox.fetch import FetchError
from pixnb.sandbox.state import Job
from pixnb.sandbox.tables import read_table

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.sandbox.desk import Desk

_KEY = "x-api-key"
_LONGEST_KEY = 255
_UNPROBED = 5.0  # seconds that are billed for a clip that cannot be had; its job fails, and all is given back
_PATIENCE = 5.0  # seconds for having the clip while the submit waits
_SPOKEN: Mapping[str, str] = read_table(__file__, "refusals.toml")[NAME]


def routes(desk: Desk) -> list[Route]:
    """Return Apiframe's routes; mounted under `/apiframe`, they stand for https://api.apiframe.ai."""
    account = Account(desk.state, desk.options.credits)

    def route(path: str, handle: Callable[[Desk, Account, Request], Awaitable[Response]], method: str) -> Route:
        async def answer(request: Request) -> Response:
            try:
                said = await handle(desk, account, request)
            except Refused as refused:
                said = refused.answer
            said.headers["x-request-id"] = str(uuid.uuid4())
            return said

        return Route(f"/{NAME}/v2/{path}", answer, methods=[method])

    submits = [route(path.removeprefix("/v2/"), _submit, "POST") for path in _models()]
    return [
        *submits,
        route("jobs", _list, "GET"),
        route("jobs/{job_id:str}", _poll, "GET"),
        route("me", _show_account, "GET"),
        route("models", _list_models, "GET"),
        route("uploads", _upload, "POST"),
    ]


@functools.cache
def _models() -> dict[str, dict[str, Model]]:
    """Return for each route its models, by Apiframe's ids."""
    from pixnb.catalogue import models

    found: dict[str, dict[str, Model]] = {}
    for model in models.search(provider=NAME):
        found.setdefault(model.route, {})[model.provider_model] = model
    return found


async def _submit(desk: Desk, account: Account, request: Request) -> Response:
    desk.state.count("posts")
    caller, key = _caller(request), _idempotency_key(request)
    path = request.url.path.removeprefix(f"/{NAME}")
    try:
        body = await json_object(request)
        wanted = check_body(desk, _models()[path], body)
    except BadBody as error:
        return write_json({"error": str(error)}, 400)
    except Invalid as error:
        raise _invalid(error.details) from error
    told = _digest(json.dumps([path, body], sort_keys=True))
    try:
        earlier = account.recall(caller, key, told)
        job = await _new(desk, wanted, body, caller, free=earlier is not None)
        refuse = functools.partial(_refuse, what="Not found", required=job.credits or 0)
        if faults.of_key(request.headers.get(_KEY), submit=True) == 402:
            return refuse(402)
        put = functools.partial(account.put, caller=caller, key=key, request=told, keep=desk.queue.put)
        return desk.accept(job, answer=_accept, refuse=refuse, put=put)
    except Conflict:
        text = "This Idempotency-Key was already used with a different request body"
        return write_json({"error": text}, 409)
    except Insufficient as error:
        return _insufficient(error.required, error.available)


async def _new(desk: Desk, wanted: Asked, body: Mapping[str, Any], caller: str, *, free: bool) -> Job:
    model = wanted.model.provider_model
    seconds, files = (0.0, {}) if free else await _measure(desk, wanted)
    return Job(
        id=str(uuid.uuid4()), provider=NAME, model=model, name=wanted.model.id,
        task=wanted.task, prompt=wanted.prompt, params=body, settings=wanted.settings,
        inputs=wanted.inputs, faults=wanted.faults, files=files,
        callback={**wanted.webhook, "secret": caller} if wanted.webhook else None,
        credits=price(model, wanted.settings, seconds),
        expected=desk.options.least / desk.options.speed,
    )  # fmt: skip


async def _measure(desk: Desk, wanted: Asked) -> tuple[float, dict[str, str]]:
    """Return the seconds that are billed, and the input's file if it had to be fetched for that."""
    from pixnb.errors import InvalidInput
    from pixnb.media.probe import probe

    if "duration" in wanted.settings:
        return wanted.settings["duration"], {}
    try:
        async with asyncio.timeout(_PATIENCE):
            path = await desk.queue.fetcher.fetch(wanted.inputs["video"])
        found = await asyncio.to_thread(probe, path)
    except (FetchError, TimeoutError):
        return _UNPROBED, {}
    except InvalidInput:
        return _UNPROBED, {"video": str(path)}
    return found.duration or _UNPROBED, {"video": str(path)}


async def _poll(desk: Desk, _: Account, request: Request) -> Response:
    _caller(request)
    job_id = request.path_params["job_id"].lower()
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", job_id):
        raise _invalid({"id": ["Invalid uuid"]})
    refuse = functools.partial(_refuse, what="Job not found")
    return desk.poll(request, job_id, answer=lambda job: write_json(_show(desk, request, job)), refuse=refuse)


async def _list(desk: Desk, _: Account, request: Request) -> Response:
    _caller(request)
    if request.query_params.get("scope") == "team":
        raise Refused(write_json({"error": "Only team admins can list the team's jobs"}, 403))
    show = functools.partial(_show, desk, request)
    try:
        return write_json(apiframe_jobs.list_jobs(desk.state.jobs(), request.query_params, show))
    except ValueError as error:
        name, text = error.args
        raise _invalid({name: [text]}) from error


def _show(desk: Desk, request: Request, job: Job) -> dict[str, Any]:
    return apiframe_jobs.show(job, str(request.base_url), expired=desk.is_expired(job))


async def _show_account(_: Desk, account: Account, request: Request) -> Response:
    caller = _caller(request)
    empty = faults.of_key(request.headers.get(_KEY), submit=True) == 402
    ids = {name: str(uuid.uuid5(uuid.NAMESPACE_OID, caller + name)) for name in ("user", "team", "key")}
    team = {"id": ids["team"], "name": "Sandbox", "credits": 0 if empty else account.available, "plan": "sandbox"}
    return write_json(
        {
            "user": {"id": ids["user"], "email": "sandbox@example.org", "role": "MEMBER"},
            "team": team | {"customerId": None},
            "apiKey": {"id": ids["key"], "name": "Sandbox", "prefix": "afk_"},
        }
    )


async def _list_models(_: Desk, __: Account, request: Request) -> Response:
    modality = request.query_params.get("modality", "video")
    if modality not in ("image", "video", "music"):
        raise _invalid({"modality": ["Invalid enum value. Expected 'image' | 'video' | 'music'"]})
    known = [model for group in _models().values() for model in group.values()]
    return write_json({"models": [_model(model) for model in known if model.makes == modality]})


def _model(model: Model) -> dict[str, Any]:
    credits_a_second = rates(model.provider_model).values()
    said = {"id": model.provider_model, "label": model.title, "modality": model.makes}
    costs = {"costMin": min(credits_a_second), "costMax": max(credits_a_second), "pricingMode": "per-second"}
    return said | {"description": model.description} | costs


async def _upload(desk: Desk, _: Account, request: Request) -> Response:
    _caller(request)
    try:
        return write_json(await keep_upload(desk, request), 201)
    except BadUpload as error:
        return write_json({"error": str(error)}, 400)
    except OSError:
        return write_json({"error": "The file could not be stored"}, 502)


def _caller(request: Request) -> str:
    """Return the hash of the caller's key, which also signs its webhooks; the key itself is kept nowhere."""
    key = request.headers.get(_KEY)
    denied = faults.of_key(key, submit=False)
    if not key:
        raise Refused(write_json({"error": "API key is required"}, 401))
    if denied is not None:
        raise Refused(_refuse(denied, what=""))
    return _digest(key)


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        raise _invalid({"Idempotency-Key": [f"Must be 1 to {_LONGEST_KEY} characters"]})
    return key


def _accept(job: Job) -> Response:
    return write_json({"jobId": job.id, "status": apiframe_jobs.status(job)}, 202)


def _refuse(status: int, *, what: str, required: int = 0) -> Response:
    if status == 402:
        return _insufficient(required, 0)
    return write_json({"error": _SPOKEN.get(str(status), what)}, status)


def _insufficient(required: int, available: int) -> Response:
    said = {"error": "Insufficient credits", "creditsRequired": required, "creditsAvailable": available}
    return write_json(said, 402)


def _invalid(details: Mapping[str, Sequence[str]]) -> Refused:
    return Refused(write_json({"error": "Validation error", "details": details}, 400))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = ["NAME", "message", "routes"]
