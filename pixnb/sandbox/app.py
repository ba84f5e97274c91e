"""The sandbox's application: the providers' routes, the files, and what a sandbox alone has (`/health`, `/jobs`)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pixnb import providers
from pixnb._version import __version__
from pixnb.sandbox import serve
from pixnb.sandbox.answers import Refused, write_json, write_refusal
from pixnb.sandbox.callbacks import Callbacks, Message
from pixnb.sandbox.desk import Desk
from pixnb.sandbox.fetch import Fetcher
from pixnb.sandbox.files import Files
from pixnb.sandbox.gate import Gate
from pixnb.sandbox.options import Options
from pixnb.sandbox.outbound import Outbound
from pixnb.sandbox.pool import Pool
from pixnb.sandbox.queue import Queue
from pixnb.sandbox.state import Job, State


class Routes(Protocol):
    """What the module offers that stands in for a service."""

    def routes(self, desk: Desk) -> list[Route]:
        """Return the provider's routes, under a path of the service's name."""

    def message(self, job: Job, base: str) -> Message | None:
        """Write the webhook call about a job."""


def services() -> dict[str, Routes]:
    """Return what stands in for each service that has a sandbox; one whose package is broken is left out."""
    found: dict[str, Routes] = {}
    for service in providers.known().values():
        if not service.sandbox:
            continue
        try:
            found[service.name] = service.load("sandbox")
        except (Exception, SystemExit) as error:  # whatever goes wrong in somebody else's package
            providers.report(service.name, f"{service.sandbox}: {type(error).__name__}: {error}")
    return found


def build(options: Options, base: str, spoken: dict[str, Routes]) -> Starlette:
    """Put a sandbox together, at the address `base`, which ends in a slash.

    `spoken` is what stands in for each service, see `services`; what is broken is taken out of it.
    """
    outbound, state = Outbound(), State(options.state / "state.db")
    files = Files(options.state / "files", room=options.room)
    callbacks = Callbacks(outbound, options, lambda job: spoken[job.provider].message(job, base))
    fetcher = Fetcher(files, outbound, lambda job_id: desk.find_output(job_id))
    queue = Queue(options, state, fetcher, Pool(options.workers), callbacks)
    desk = Desk(options, state, files, queue, base)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        queue.recover()
        yield
        await queue.close()
        await outbound.close()
        state.close()

    routes = [*_own(desk), *serve.routes(desk), *_spoken(desk, spoken)]
    return Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[Middleware(Gate, names=options.names)],
        exception_handlers={HTTPException: _refuse, Refused: _refuse},
    )


def _spoken(desk: Desk, spoken: dict[str, Routes]) -> Iterator[Route]:
    for name, one in list(spoken.items()):
        try:
            yield from one.routes(desk)
        except Exception as error:  # in somebody else's package
            providers.report(name, f"its sandbox: {type(error).__name__}: {error}")
            del spoken[name]


def _own(desk: Desk) -> list[Route]:
    options = desk.options

    async def health(_: Request) -> Response:
        said = {"pid": os.getpid(), "state": str(options.state), "version": __version__}
        said |= {"speed": options.speed, "draft": options.draft, "workers": options.workers}
        return JSONResponse(said | {"posts": desk.state.read_count("posts")})

    async def jobs(request: Request) -> Response:
        serve.check_key(request, providers.key_headers(), "The list of jobs")
        counts = desk.calls.items()
        return write_json(
            [_hide_callback(job) | {name: count[job.id] for name, count in counts} for job in desk.state.jobs()]
        )

    return [Route("/health", health), Route("/jobs", jobs)]


def _hide_callback(job: Job) -> dict[str, Any]:
    """Return a job without what only its caller may know: what its webhooks are signed with, and where they go."""
    said = vars(job)
    if job.callback is None:
        return said
    secret = job.callback["url"]
    params = {name: "***" if value == secret else value for name, value in job.params.items()}
    callback = {name: value for name, value in job.callback.items() if name not in ("secret", "url")}
    return said | {"params": params, "callback": callback}


async def _refuse(_: Request, error: Exception) -> Response:
    if isinstance(error, Refused):
        return error.answer
    assert isinstance(error, HTTPException)
    answer = write_refusal(error.status_code, error.detail)
    answer.headers.update(error.headers or {})
    return answer


__all__ = ["Routes", "build", "services"]
