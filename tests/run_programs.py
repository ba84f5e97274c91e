"""Programs that the tests of resuming run as real processes: `python run_programs.py NAME ARG…`."""

from __future__ import annotations

import collections
import contextlib
import io
import json
import os
import signal
import sys
import threading
import time

import httpx
from fake_decart import BASE, KEY, FakeDecart, Held
from served import tiny_clip
from sqlalchemy import Engine, event

import pixnb
from pixnb.http.transport import ExactTransport

LUCY = "lucy-edit-fast"


def submit(experiment, *prompts):
    """Submit a run for each prompt, say so, and stay until killed."""
    exp = pixnb.Experiment(experiment)
    runs = [exp.submit(LUCY, prompt=prompt, video=tiny_clip()) for prompt in prompts]
    tell({"runs": [run.run_id for run in runs], "jobs": [run.id for run in runs]})
    time.sleep(120)


def submit_each(experiment, *models):
    """Submit a run to each model, say so, and stay until killed."""
    exp = pixnb.Experiment(experiment)
    for model in models:
        spec = pixnb.models.get(model)
        media = {"video": tiny_clip()} if "video" in spec.inputs else {}
        exp.submit(model, prompt="a kite", **media)
    tell([run.run_id for run in exp.runs])
    time.sleep(120)


def submit_one_by_one(experiment, prompt):
    """Submit runs until killed, saying the id of each."""
    exp = pixnb.Experiment(experiment)
    for number in range(1000):
        tell(exp.submit(LUCY, prompt=f"{prompt} {number}", video=tiny_clip()).run_id)


def resume(experiment, cancelled=""):
    """Resume, wait for all, and say what became of each."""
    exp = pixnb.Experiment(experiment)
    runs = exp.resume(cancelled=bool(cancelled))
    for run in runs:
        run.wait(60)
    tell([[run.run_id, run.id, str(run.status), run.output and run.output.sha256] for run in runs])


def resume_when_asked(experiment):
    """Load all that resuming needs, say so, and resume at a line of input."""
    pixnb.Experiment(experiment).resume()
    tell("ready")
    input()
    resume(experiment)


def open_post(log, ending=""):
    """Submit a picture whose answer is held, say so, and stay until killed; with an ending, end and let go of it."""
    service = FakeDecart()
    service.held = Held()
    named = {"keys": {"decart": KEY}, "base_urls": {"decart": BASE}, "transport": service.transport}
    exp = pixnb.Experiment("pictures", log=pixnb.Log(log), client=pixnb.Client(**named))
    exp.submit("lucy-pro-t2i", prompt="A city")
    if ending:
        threading.Timer(0.5, service.held.set).start()
        return
    tell("open")
    time.sleep(120)


def sweep(experiment, count, budget=None):
    """Begin a sweep, say so, and stay until killed."""
    exp = pixnb.Experiment(experiment, budget=budget)
    found = exp.sweep(LUCY, prompt=[f"kite {n}" for n in range(int(count))], video=tiny_clip())
    tell(len(found))
    time.sleep(120)


class Deadly(httpx.AsyncBaseTransport):
    """The real transport, in a process that kills itself at one step of its n-th request of a kind.

    Args:
        step: "before the POST", "after the POST", "polling", "downloading" or "before a commit", which is the first
            after so many downloads.
        count: Which one.
    """

    def __init__(self, step, count):
        self._inner, self._step, self._left = ExactTransport(), step, count
        if step == "before a commit":
            event.listen(Engine, "commit", lambda connection: self._left or die())

    async def handle_async_request(self, request):
        is_job = "/requests/status/" in request.url.path
        kind = {"POST": "the POST", "GET": "polling" if is_job else "downloading"}[request.method]
        kind = "uploading" if request.url.path.endswith("/uploads") else kind
        if self._step == f"before {kind}":
            self._count()
        response = await self._inner.handle_async_request(request)
        if self._step in (f"after {kind}", kind):
            self._count()
        elif self._step == "before a commit" and kind == "downloading" and self._left:
            self._left -= 1
        return response

    def _count(self):
        self._left -= 1
        if self._left == 0:
            die()


def die():
    """End as a lost kernel does."""
    os.kill(os.getpid(), signal.SIGKILL)


def sweep_that_dies(experiment, count, step, at):
    """Begin a sweep in a process that kills itself at a step, with some of its cells done and some not sent."""
    exp = pixnb.Experiment(experiment, client=pixnb.Client(transport=Deadly(step, int(at))))
    exp.sweep(LUCY, prompt=[f"kite {n}" for n in range(int(count))], video=tiny_clip()).wait(100)


def sweep_cancelled(experiment, count):
    """Begin a sweep and cancel it."""
    exp = pixnb.Experiment(experiment)
    found = exp.sweep(LUCY, prompt=[f"kite {n}" for n in range(int(count))], video=tiny_clip()).cancel()
    tell(found.state)
    time.sleep(120)


def sweep_stopped(experiment, count):
    """Begin a sweep that is stopped by its budget."""
    exp = pixnb.Experiment(experiment, budget=0.5)
    found = exp.sweep(LUCY, prompt=[f"kite {n}" for n in range(int(count))], video=tiny_clip()).wait(60)
    tell(found.state)
    time.sleep(120)


def sweep_paused(experiment, count):
    """Begin a sweep that is paused by its service."""
    exp = pixnb.Experiment(experiment)
    found = exp.sweep(LUCY, prompt=[f"kite {n} [402]" for n in range(int(count))], video=tiny_clip()).wait(60)
    assert found.state == "paused", found
    tell(found.state)
    time.sleep(120)


def resume_sweep(experiment):
    """Resume, wait for all there is, and say what was said and what became of it."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exp = pixnb.Experiment(experiment)
        for run in exp.resume():
            run.wait(90)
        for run in exp.runs:
            with contextlib.suppress(pixnb.PixnbError):
                run.wait(60)
    tell({"out": said.getvalue(), "statuses": collections.Counter(str(run.status) for run in exp.runs)})


def tell(what):
    """Write a line for the test to read."""
    print("»" + json.dumps(what), flush=True)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
