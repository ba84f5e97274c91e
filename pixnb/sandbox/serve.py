"""Files over HTTP: what is uploaded comes in, uploads and clips go out, with ranges and links that end."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from pixnb.media.kinds import UNKNOWN
from pixnb.providers import key_headers, known
from pixnb.sandbox import faults
from pixnb.sandbox.breakage import Cut, elsewhere, garbage
from pixnb.sandbox.files import TooLarge, is_past, link, read_media_type

if TYPE_CHECKING:
    from pixnb.sandbox.desk import Desk
    from pixnb.sandbox.state import Job


def routes(desk: Desk) -> list[Route]:
    """Return the routes of uploads and clips."""
    return [
        Route("/{provider:str}/uploads", partial(_keep_upload, desk), methods=["POST"]),
        Route("/media/uploads/{name:str}", partial(_send_upload, desk), methods=["GET"]),
        Route("/media/v1/{job_id:str}/output.{ending:str}", partial(_send_output, desk), methods=["GET"]),
    ]


def check_key(request: Request, headers: Collection[str], what: str) -> None:
    """Refuse `what` without a key in one of these headers, which a web page cannot send along unasked."""
    key = next((found for name in headers if (found := request.headers.get(name))), None)
    denied = faults.of_key(key, submit=False)
    if denied is not None:
        raise HTTPException(denied, f"{what} needs a key in {' or '.join(sorted(headers))}; this one is refused.")


async def _keep_upload(desk: Desk, request: Request) -> Response:
    service = known().get(request.path_params["provider"])
    if service is None or not service.sandbox:
        raise HTTPException(404, "There is no such service here.")
    check_key(request, service.key_headers, "An upload")
    try:
        name = await desk.files.keep(request.stream())
    except TooLarge as error:
        raise HTTPException(413, f"The file is too large: {error}.") from error
    except OSError as error:
        raise HTTPException(507, f"The file could not be kept: {error.strerror or error}.") from error
    return JSONResponse({"url": link(str(request.base_url), name)}, 201)


async def _send_upload(desk: Desk, request: Request) -> Response:
    path = desk.files.path(request.path_params["name"])
    if path is None:
        raise HTTPException(404, "There is no such upload.")
    if is_past(str(request.url)):
        raise HTTPException(410, "This upload has expired.")
    return FileResponse(path, media_type=read_media_type(path))


async def _send_output(desk: Desk, request: Request) -> Response:
    job = desk.state.job(request.path_params["job_id"])
    if job is None or job.output is None:
        raise HTTPException(404, "There is no such output.")
    desk.calls["downloads"][job.id] += 1
    desk.calls["leaks"][job.id] += any(name in request.headers for name in key_headers())
    if desk.is_expired(job):
        raise HTTPException(410, "This link has expired.")
    path = desk.find_output(job.id)
    if path is None:
        raise HTTPException(404, "The output was removed.")
    return break_output(desk, request, job, path) or FileResponse(path, media_type=_declare(request, path))


def break_output(desk: Desk, request: Request, job: Job, path: Path) -> Response | None:
    """Return the broken answer that a job's prompt asks for in place of its output, None if it asks for none now."""
    if request.method == "HEAD" or "moved" in request.query_params:
        return None
    mark = desk.count_call(job, faults.LINK)
    status = 410 if mark == "[expired]" else faults.status(mark)
    if status is not None:
        raise HTTPException(status, f"Asked for by {mark}.")
    if mark == "[cut]":
        return Cut(path, _declare(request, path))
    if mark == "[redirect]":
        return elsewhere(request, 302)
    return garbage(200) if mark == "[not media]" else None


def _declare(request: Request, path: Path) -> str:
    # "output.ext" is how the pages spell a link whose type is declared as unknown
    return UNKNOWN if request.path_params.get("ending") == "ext" else read_media_type(path)


__all__ = ["break_output", "check_key", "routes"]
