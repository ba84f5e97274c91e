"""Decart's API as its SDK and its description use it: jobs, their content, and POSTs answered with the media itself.

Sources: https://github.com/DecartAI/decart-python and https://api.decart.ai/openapi.json; what neither tells (the
codes of a bad key, an unknown job, content asked for too early) is what a service made with FastAPI would say.
"""

from __future__ import annotations

import asyncio
import functools
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pixnb.sandbox import faults, serve
from pixnb.sandbox.answers import Refused
from pixnb.sandbox.breakage import Cut, Dropped, Silence, garbage
from pixnb.sandbox.callbacks import Message
from pixnb.sandbox.decart_form import Invalid, check_form
from pixnb.sandbox.files import TooLarge, link
from pixnb.sandbox.forms import BadForm, read_form
from pixnb.sandbox.state import Job
from pixnb.sandbox.tables import read_table

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.sandbox.desk import Desk

NAME = "decart"

_KEY = "x-api-key"
_WORDS = {"QUEUED": "pending", "PROCESSING": "processing", "COMPLETED": "completed"}
_SPOKEN: Mapping[str, str] = read_table(__file__, "refusals.toml")[NAME]
_ON_DIRECT = ("[cut]", "[not media]")  # the faults of a link that an answer with the bytes themselves can have


def routes(desk: Desk) -> list[Route]:
    """Return Decart's routes; mounted under `/decart`, they stand for https://api.decart.ai."""
    generate = functools.partial(_submit, desk, direct=True)
    submit = functools.partial(_submit, desk, direct=False)
    return [
        Route(f"/{NAME}/v1/generate/{{model:str}}", generate, methods=["POST"]),
        Route(f"/{NAME}/v1/jobs/{{model:str}}", submit, methods=["POST"]),
        Route(f"/{NAME}/v1/jobs/{{job_id:str}}", functools.partial(_poll, desk), methods=["GET"]),
        Route(f"/{NAME}/v1/jobs/{{job_id:str}}/content", functools.partial(_send_content, desk), methods=["GET"]),
    ]


def message(job: Job, base: str) -> Message | None:
    """Write no webhook call: Decart documents none."""
    return None


class _WhenDone(Response):
    """Answer when a job has ended; it goes on when the client is gone."""

    def __init__(self, end: Awaitable[Job], write: Callable[[Job], Response]) -> None:
        super().__init__()
        self._end = end
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(Silence()(scope, receive, send))
        end = asyncio.ensure_future(self._end)
        try:
            done, _ = await asyncio.wait({end, gone}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:  # the server ends: no answer is more honest than a 500
            await Dropped()(scope, receive, send)
            raise
        finally:
            end.cancel()
            gone.cancel()
        if end in done:
            await self._write(end.result())(scope, receive, send)


async def _submit(desk: Desk, request: Request, *, direct: bool) -> Response:
    desk.state.count("posts")
    _check_key(desk, request, submit=True)
    model = _models().get(("generate" if direct else "jobs", request.path_params["model"]))
    if model is None:
        return _refuse(404)
    try:
        form = await read_form(request, desk.files, largest=desk.options.assumed.decart_largest << 20)
        settings, inputs = check_form(desk, model, form)
    except Invalid as error:
        return JSONResponse({"detail": error.details}, 422)
    except BadForm:
        return _refuse(400, "There was an error parsing the body")
    except TooLarge as error:
        return _refuse(413, f"The files are too large: {error}")
    except OSError as error:
        return _refuse(507, f"The files could not be kept: {error.strerror or error}")
    except ClientDisconnect:
        return Dropped()
    prompt, marks = faults.parse(form.words.get("prompt", ""))
    job = Job(
        id=str(uuid.uuid4()), provider=NAME, model=model.provider_model, name=model.id,
        task=model.task_for(form.files), prompt=prompt, faults=marks,
        params={**form.words, **form.files}, settings=settings,
        inputs={role: link(str(request.base_url), name) for role, name in inputs.items()},
    )  # fmt: skip
    answer = functools.partial(_answer_when_done, desk) if direct else _accept
    return desk.accept(job, answer=answer, refuse=_refuse, accepted=200)


def _check_key(desk: Desk, request: Request, *, submit: bool) -> None:
    status = faults.of_key(request.headers.get(_KEY), submit=submit)
    if status is not None:
        raise Refused(_refuse(desk.options.assumed.decart_bad_key if status == 401 else status, _SPOKEN[str(status)]))


@functools.cache
def _models() -> dict[tuple[str, str], Model]:
    from pixnb.catalogue import models

    found: dict[tuple[str, str], Model] = {}
    for model in models.search(provider=NAME):
        paths = {"jobs": model.route, "generate": model.process_route}
        for name in (model.provider_model, *model.aliases):
            found |= {(way, name): model for way, path in paths.items() if path}
    return found


def _accept(job: Job) -> Response:
    return JSONResponse({"job_id": job.id, "status": "pending"})


def _answer_when_done(desk: Desk, job: Job) -> Response:
    mark = next(desk.count_request(job, _ON_DIRECT), None)
    return _WhenDone(desk.queue.wait_for(job), functools.partial(_send_bytes, desk, mark))


def _send_bytes(desk: Desk, mark: str | None, job: Job) -> Response:
    if job.status != "COMPLETED":
        return _refuse(500, job.error) if job.ended else Dropped()
    path = desk.queue.outputs / job.output if job.output else None
    if path is None:
        return Response(b"", media_type="video/mp4")
    if mark is not None:
        return Cut(path, job.media_type or "") if mark == "[cut]" else garbage(200)
    return FileResponse(path, media_type=job.media_type)


async def _poll(desk: Desk, request: Request) -> Response:
    if _KEY in request.headers:  # without it passes: the description asks for none here
        _check_key(desk, request, submit=False)
    job = _find(desk, request)
    return desk.poll(request, job.id, answer=_status, refuse=_refuse)


def _find(desk: Desk, request: Request) -> Job:
    job = desk.find(request, request.path_params["job_id"])
    if job is None:
        raise Refused(_refuse(desk.options.assumed.decart_unknown_job, "Job not found"))
    return job


def _status(job: Job) -> Response:
    word = "failed" if job.ended and job.status != "COMPLETED" else _WORDS[job.status]
    if "[unknown status]" in job.faults and not job.ended:
        word = "warming_up"
    said = {"job_id": job.id, "status": word}
    if word == "failed" and job.faults.keys() & {"[refused]", "[refused-output]"}:
        said["error"] = job.error or ""  # of other failures Decart documents no reason
    return JSONResponse(said)


async def _send_content(desk: Desk, request: Request) -> Response:
    moved = "moved" in request.query_params  # where [redirect] led to: a host that has no right to the key
    if not moved:
        _check_key(desk, request, submit=False)
    job = _find(desk, request)
    desk.calls["downloads"][job.id] += 1
    desk.calls["leaks"][job.id] += moved and _KEY in request.headers
    if job.status != "COMPLETED":
        return _refuse(desk.options.assumed.decart_early, "Job failed" if job.ended else "Job is not completed yet")
    if desk.is_expired(job):
        return _refuse(410, "The result has expired")
    path = desk.find_output(job.id)
    if path is None:
        return _refuse(404, "The result was removed") if job.output else Response(b"", media_type="video/mp4")
    try:
        return serve.break_output(desk, request, job, path) or FileResponse(path, media_type=job.media_type)
    except HTTPException as error:
        return _refuse(error.status_code, error.detail)


def _refuse(status: int, text: str | None = None) -> Response:
    return JSONResponse({"detail": text or _SPOKEN[str(status)]}, status)


__all__ = ["NAME", "message", "routes"]
