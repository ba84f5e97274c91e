"""The toy service's stand-in; it repeats the key wherever it can."""

from __future__ import annotations

import time
import uuid

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pixnb.sandbox import faults
from pixnb.sandbox.callbacks import Message
from pixnb.sandbox.checked import checked, json_object
from pixnb.sandbox.state import Job
from toy_service.models import MODELS
from toy_service.wire import secret_of, sign

_WORDS = {"QUEUED": "starting", "PROCESSING": "running", "COMPLETED": "succeeded"}


def routes(desk):
    async def submit(request):
        (model,) = MODELS
        said = await json_object(request)
        body, webhook = said["input"], said.get("webhook")
        secret = secret_of(request.headers["authorization"].removeprefix("Bearer "))
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
            callback={"url": webhook, "secret": secret} if webhook else None,
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
    body = f'<toy job="{job.id}" state="{job.status}"/>'.encode()
    return Message(job.callback["url"], body, {"X-Toy-Signature": sign(job.callback["secret"], body)})


def _refuse(request, status) -> Response:
    key = request.headers["authorization"]
    bare = key.removeprefix("Bearer ")
    return JSONResponse({"title": f"No: {key}, {bare}"}, status, headers={"X-Key": bare})
