"""Decart's API as its SDK and its description use it: jobs, their content, and POSTs answered with the media itself.

Sources: https://github.com/DecartAI/decart-python and https://api.decart.ai/openapi.json; what neither tells (the
codes of a bad key, an unknown job, content asked for too early) is what a service made with FastAPI would say.
"""

from __future__ import annotations

import asyncio
import functools
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pixnb.media.kinds import by_name, kind
from pixnb.sandbox import faults, serve
from pixnb.sandbox.breakage import Cut, Dropped, Silence, garbage
from pixnb.sandbox.callbacks import Message
from pixnb.sandbox.checked import Refused, checked
from pixnb.sandbox.files import TooLarge
from pixnb.sandbox.forms import BadForm, Form, read_form
from pixnb.sandbox.state import Job

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.sandbox.desk import Desk

NAME = "decart"

_KEY = "x-api-key"
_LARGEST = 200 << 20  # bytes; "200 MB" in the pages of the newer models
_WORDS = {"QUEUED": "pending", "PROCESSING": "processing", "COMPLETED": "completed"}
_SPOKEN: Mapping[int, str] = {
    401: "Invalid API key",
    402: "Insufficient credits",
    403: "This API key may not call this endpoint",
    404: "Not Found",
    429: "Too many requests",
    500: "Internal Server Error",
    503: "Service temporarily unavailable",
}
_ON_DIRECT = ("[cut]", "[not media]")  # the faults of a link that an answer with the bytes themselves can have


def routes(desk: Desk) -> list[Route]:
    """Return Decart's routes; mounted under `/decart`, they stand for https://api.decart.ai."""

    async def submit(request: Request) -> Response:
        return await _posted(desk, request, direct=False)

    async def generate(request: Request) -> Response:
        return await _posted(desk, request, direct=True)

    async def status(request: Request) -> Response:
        if _KEY in request.headers and (denied := faults.of_key(request.headers[_KEY], submit=False)):
            return _refuse(denied)  # without the header it passes: the description asks for none here
        return desk.poll(request, request.path_params["job_id"], answer=_status, refuse=_refuse)

    async def content(request: Request) -> Response:
        try:
            return _content(desk, request)
        except HTTPException as error:
            return _refuse(error.status_code, error.detail)

    return [
        Route(f"/{NAME}/v1/generate/{{model:str}}", generate, methods=["POST"]),
        Route(f"/{NAME}/v1/jobs/{{model:str}}", submit, methods=["POST"]),
        Route(f"/{NAME}/v1/jobs/{{job_id:str}}", status, methods=["GET"]),
        Route(f"/{NAME}/v1/jobs/{{job_id:str}}/content", content, methods=["GET"]),
    ]


def message(job: Job, base: str) -> Message | None:
    """Write no webhook call: Decart documents none."""
    return None


def prepare() -> None:
    """Load the catalogue."""
    _models()


class _WhenDone(Response):
    """Answer when a job has ended; it goes on when the client is gone."""

    def __init__(self, ended: Awaitable[Job], write: Callable[[Job], Response]) -> None:
        super().__init__()
        self._ended = ended
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(Silence()(scope, receive, send))
        ended = asyncio.ensure_future(self._ended)
        try:
            done, _ = await asyncio.wait({ended, gone}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:  # the server ends: no answer is more honest than a 500
            await Dropped()(scope, receive, send)
            raise
        finally:
            ended.cancel()
            gone.cancel()
        if ended in done:
            await self._write(ended.result())(scope, receive, send)


async def _posted(desk: Desk, request: Request, *, direct: bool) -> Response:
    desk.state.count("posts")
    denied = faults.of_key(request.headers.get(_KEY), submit=True)
    if denied is not None:
        return _refuse(denied)
    model = _models().get(("generate" if direct else "jobs", request.path_params["model"]))
    if model is None:
        return _refuse(404)
    try:
        job = _made(desk, model, await read_form(request, desk.files, largest=_LARGEST), str(request.base_url))
    except Refused as refused:
        return refused.answer
    except BadForm:
        return _refuse(400, "There was an error parsing the body")
    except TooLarge as error:
        return _refuse(413, f"The files are too large: {error}")
    except ClientDisconnect:
        return Dropped()
    answer = functools.partial(_directly, desk) if direct else _accepted
    return desk.accept(job, answer=answer, refuse=_refuse, accepted=200)


def _made(desk: Desk, model: Model, form: Form, base: str) -> Job:
    """Make a job of a form, or refuse it."""
    from pixnb.errors import InvalidInput

    media, given = model.inputs, _typed(model, form)
    wrong = [*_misplaced(model, form), *_problems(desk, model, given)]
    if wrong:
        raise _invalid(wrong)
    try:
        settings, inputs = checked(desk, model, given)
    except InvalidInput as error:  # two fields that do not go together
        raise _invalid([_detail(error.message.partition(": ")[2], "value_error")]) from error
    prompt, marks = faults.parse(form.words.get("prompt", ""))
    return Job(
        id=str(uuid.uuid4()),
        provider=NAME,
        model=model.provider_model,
        name=model.id,
        task=model.task_for({media[role]: name for role, name in inputs.items()}),
        prompt=prompt,
        params={**form.words, **form.files},
        settings=settings,
        inputs={role: f"{base}media/uploads/{name}" for role, name in inputs.items()},
        faults=marks,
        created=time.time(),
    )


@functools.cache
def _models() -> dict[tuple[str, str], Model]:
    from pixnb.catalogue import models

    found: dict[tuple[str, str], Model] = {}
    for model in models.search(provider=NAME):
        paths = {"jobs": model.route, "generate": model.process_route}
        for name in (model.provider_model, *model.aliases):
            found |= {(way, name): model for way, path in paths.items() if path}
    return found


def _typed(model: Model, form: Form) -> dict[str, Any]:
    """Read the words of a form as their fields' types; what cannot be read stays a word, to be refused as one."""
    kinds = model.params.model_json_schema()["properties"]
    words = {name: _value(word, kinds.get(name, {}).get("type")) for name, word in form.words.items()}
    return words | dict(form.files)


def _value(word: str, wanted: str | None) -> Any:
    if wanted == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(word.strip().lower(), word)
    if wanted == "integer" and word.strip().lstrip("+-").isdecimal() and len(word) < 20:
        return int(word)
    return word


def _misplaced(model: Model, form: Form) -> list[dict[str, Any]]:
    """Tell what came as a word where a file is due, or the other way round, or as a file of another kind."""
    wanted = {name: "image" if "image" in role or role == "reference" else role for role, name in model.inputs.items()}
    found = [_detail(name, "Expected a file, received a text", "value_error") for name in form.words if name in wanted]
    for name, kept in form.files.items():
        if name not in wanted and name in model.params.model_fields:
            found.append(_detail(name, "Input should be a valid string", "string_type"))
        elif name in wanted and kind(by_name(kept)) != wanted[name]:  # a kept file is named by what its bytes are
            found.append(_detail(name, f"The file is not a readable {wanted[name]}", "value_error"))
    return found


def _problems(desk: Desk, model: Model, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    from pydantic import ValidationError

    known = {name: value for name, value in given.items() if name in model.params.model_fields or desk.options.strict}
    try:
        model.params.model_validate(known)
    except ValidationError as error:
        return [_detail(*map(str, one["loc"]), one["msg"], one["type"]) for one in error.errors()]
    if desk.options.strict and given.get("resolution") == "1080p":
        return [_detail("resolution", "Input should be '480p' or '720p'", "literal_error")]
    return []


def _detail(*told: str) -> dict[str, Any]:
    *where, text, kind_of_error = told
    return {"loc": ["body", *where], "msg": text, "type": kind_of_error}


def _invalid(details: list[dict[str, Any]]) -> Refused:
    return Refused(JSONResponse({"detail": details}, 422))


def _accepted(job: Job) -> Response:
    return JSONResponse({"job_id": job.id, "status": "pending"})


def _directly(desk: Desk, job: Job) -> Response:
    mark = next(desk.held(job, _ON_DIRECT), None)
    return _WhenDone(desk.queue.ended(job), functools.partial(_bytes, desk, mark))


def _bytes(desk: Desk, mark: str | None, job: Job) -> Response:
    if job.status != "COMPLETED":
        return _refuse(500, job.error) if job.ended else Dropped()
    path = desk.queue.outputs / job.output if job.output else None
    if path is None:
        return Response(b"", media_type="video/mp4")
    if mark is not None:
        return Cut(path, job.media_type or "") if mark == "[cut]" else garbage(200)
    return FileResponse(path, media_type=job.media_type)


def _status(job: Job) -> Response:
    word = "failed" if job.ended and job.status != "COMPLETED" else _WORDS[job.status]
    if "[unknown status]" in job.faults and not job.ended:
        word = "warming_up"
    return JSONResponse({"job_id": job.id, "status": word})


def _content(desk: Desk, request: Request) -> Response:
    moved = "moved" in request.query_params  # where [redirect] led to: a host that has no right to the key
    denied = None if moved else faults.of_key(request.headers.get(_KEY), submit=False)
    if denied is not None:
        return _refuse(denied)
    job = desk.known(request, request.path_params["job_id"])
    if job is None:
        return _refuse(404, "Job not found")
    desk.calls["downloads"][job.id] += 1
    desk.calls["leaks"][job.id] += moved and _KEY in request.headers
    if job.status != "COMPLETED":
        return _refuse(409, "Job failed" if job.ended else "Job is not completed yet")
    if desk.expired(job):
        return _refuse(410, "The result has expired")
    path = desk.output(job.id)
    if path is None:
        return _refuse(404, "The result was removed") if job.output else Response(b"", media_type="video/mp4")
    return serve.broken(desk, request, job, path) or FileResponse(path, media_type=job.media_type)


def _refuse(status: int, text: str | None = None) -> Response:
    headers = {"Retry-After": "1"} if status == 429 else None
    return JSONResponse({"detail": text or _SPOKEN[status]}, status, headers=headers)


__all__ = ["NAME", "message", "prepare", "routes"]
