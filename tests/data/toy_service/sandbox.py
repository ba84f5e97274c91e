"""The toy service's stand-in; it repeats the key wherever it can."""

from __future__ import annotations

import time
import uuid

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pixnb.sandbox import faults
from pixnb.sandbox.checked import checked, json_object
from pixnb.sandbox.state import Job
from toy_service.models import MODELS

_WORDS = {"QUEUED": "starting", "PROCESSING": "running", "COMPLETED": "succeeded"}


def routes(desk):
    async def submit(request):
        (model,) = MODELS
        body = (await json_object(request))["input"]
        settings, inputs = checked(desk, model, body)
        prompt, marks = faults.parse(body["prompt"])
        made = Job(
            id=f"toy-{uuid.uuid4()}",
            provider="toy",
            model=model.provider_model,
            name=model.id,
            task=model.task_for(body),
            prompt=prompt,
            params=body,
            settings=settings,
            inputs=inputs,
            faults=marks,
            created=time.time(),
        )
        return desk.accept(
            made,
            answer=lambda job: JSONResponse({"id": job.id}, 201),
            refuse=lambda status: _refuse(request, status),
        )

    async def status(request):
        key = request.headers["authorization"]

        def answer(job):
            done = job.status == "COMPLETED"
            word = _WORDS.get(job.status, "failed")
            url = f"{request.base_url}media/v1/{job.id}/output.mp4"
            error = f"{job.error} (key {key})" if job.error else None
            return JSONResponse({"status": word, "error": error, "output": [url] if done else []})

        return desk.poll(request, request.path_params["job"], answer=answer, refuse=lambda code: _refuse(request, code))

    return [
        Route("/toy/v1/predictions", submit, methods=["POST"]),
        Route("/toy/v1/predictions/{job:str}", status, methods=["GET"]),
    ]


def message(job, base):
    return None


def _refuse(request, status) -> Response:
    key = request.headers["authorization"]
    bare = key.removeprefix("Bearer ")
    return JSONResponse({"title": f"No: {key}, {bare}"}, status, headers={"X-Key": bare})
