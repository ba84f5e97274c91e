"""Programs that use Decart's own SDK against a sandbox; each runs in a child process, with one release on its path.

Called with a program's name, the base URL, the path of a clip, the path of a picture and the picture's URL. Prints
one JSON object: for each thing it did what came of it, the facts of a medium or the name and text of an error.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
from pathlib import Path

import av
import decart
from PIL import Image

BASE, CLIP, PICTURE, URL = sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5]
PROMPTS = {"prompt": "A red coat in the rain"}


def facts(content):
    """Decode a medium to its last frame: its kind, width, height and number of frames."""
    if content.startswith(b"\x89PNG"):
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            return ["image", picture.width, picture.height, 1]
    with av.open(io.BytesIO(content)) as clip:
        frames = list(clip.decode(video=0))
    return ["video", frames[0].width, frames[0].height, len(frames)]


async def outcome(work):
    """Return what came of it: facts, or the error."""
    try:
        return facts(await work)
    except (decart.DecartSDKError, asyncio.CancelledError) as error:
        return [type(error).__name__, str(error)]


async def gathered(named):
    return dict(zip(named, await asyncio.gather(*named.values()), strict=True))


def client(key="k"):
    return decart.DecartClient(api_key=key, base_url=BASE)


def inputs(name):
    """Return the media that a model takes, by its name."""
    task = name.rpartition("-")[2]
    if task == "flf2v":
        return {"start": PICTURE.read_bytes(), "end": PICTURE.read_bytes()}
    if task in ("t2v", "t2i"):
        return {}
    return {"data": PICTURE if task in ("i2v", "i2i") or "image" in name else CLIP}


def direct(name):
    """Return a model for `process`: the release's own, or made by hand where it has no such route any more."""
    family = "image" if name.endswith("2i") or "image" in name else "video"
    known = decart.models.image if family == "image" else decart.models.video
    try:
        found = known(name)
    except decart.ModelNotFoundError:
        found = None
    if found is not None and "/generate/" in found.url_path:
        return found
    made = {"name": name, "url_path": f"/v1/generate/{name}", "fps": 25, "width": 1280, "height": 704}
    return decart.ModelDefinition(**made)


async def process(*names):
    """Run each model by `process`, then one picture in all the forms that an input has."""
    async with client() as sdk:
        done = {}
        for name in names:
            done[name] = await outcome(sdk.process({"model": direct(name), **PROMPTS, "seed": 7, **inputs(name)}))
        with open(PICTURE, "rb") as file:
            forms = {"file": file, "bytes": PICTURE.read_bytes(), "path": PICTURE, "text": str(PICTURE), "url": URL}
            for form, data in forms.items():
                done[form] = await outcome(sdk.process({"model": direct("lucy-pro-i2i"), **PROMPTS, "data": data}))
    return done


async def queue(*names):
    """Run each model by the queue at once, and one step by step."""

    async def polled(sdk, name):
        words = []
        options = {"model": decart.models.video(name), **PROMPTS, **inputs(name)}
        ended = await sdk.queue.submit_and_poll({**options, "on_status_change": lambda job: words.append(job.status)})
        assert words[0] == "pending"
        assert words[-1] == ended.status
        return facts(ended.data)

    async with client() as sdk:
        done = await gathered({name: polled(sdk, name) for name in names})
        done["step by step"] = await steps(sdk, names[0])
        failed = {"model": decart.models.video(names[0]), **inputs(names[0]), "prompt": "snow [FAILED]"}
        ended = await sdk.queue.submit_and_poll(failed)
        done["failed"] = [ended.status, ended.error]
        done["unknown"] = await outcome(sdk.queue.result("nobody"))
    return done


async def steps(sdk, name):
    """Submit, ask until it is done, fetch; asked too early, the content is an error."""
    job = await sdk.queue.submit({"model": decart.models.video(name), **PROMPTS, **inputs(name)})
    early = await outcome(sdk.queue.result(job.job_id))
    assert early[0] == "QueueResultError", early
    while (await sdk.queue.status(job.job_id)).status != "completed":
        await asyncio.sleep(0.05)
    return facts(await sdk.queue.result(job.job_id))


async def refused(name):
    """Do what is refused: a bad key, a missing field on either side, a job that fails."""
    model = direct(name)
    unchecked = decart.ModelDefinition(
        name=name, url_path=model.url_path, fps=25, width=1280, height=704, input_schema=Anything
    )
    async with client("bad-key") as sdk:
        done = {"bad key": await outcome(sdk.process({"model": model, **PROMPTS, **inputs(name)}))}
    async with client() as sdk:
        done["missing, told here"] = await outcome(sdk.process({"model": decart.models.image(name), **PROMPTS}))
        done["missing, told there"] = await outcome(sdk.process({"model": unchecked, **PROMPTS}))
        done["failed"] = await outcome(sdk.process({"model": model, **inputs(name), "prompt": "x [FAILED]"}))
    return done


class Anything(decart.models.image("lucy-pro-i2i").input_schema):
    """The release's own check, with no field required: what it lets pass, the service must refuse."""

    prompt: str | None = None
    data: object = None


async def cancelled(name):
    """Cancel by token: while the POST is open, and before it."""
    token, early = asyncio.Event(), asyncio.Event()
    early.set()
    async with client() as sdk:
        asyncio.get_running_loop().call_later(0.5, token.set)
        given = {"model": direct(name), **inputs(name), "prompt": "endless [stall]"}
        return {
            "open": await outcome(sdk.process({**given, "cancel_token": token})),
            "before": await outcome(sdk.process({**given, "cancel_token": early})),
        }


if __name__ == "__main__":
    program = {"process": process, "queue": queue, "refused": refused, "cancelled": cancelled}[sys.argv[1]]
    print(json.dumps(asyncio.run(program(*sys.argv[6:]))))
