"""What kernels do that share one log and its limits: `python limits_programs.py NAME LOG ARG…`."""

from __future__ import annotations

import asyncio
import json
import sys
import time

import httpx
from fake_pixazo import FakePixazo

import pixnb
from pixnb.client.polling import Patience
from pixnb.client.request import Request
from pixnb.runs.limits import Limits
from pixnb.runs.record import NoPlace

TEXT = "ltx-2.3-text-to-video"


def experiment(url, *, pause=0.05, polls=3):
    """An experiment whose jobs take a moment, at a service in memory."""
    service = FakePixazo(sandbox=False, polls=polls)
    client = pixnb.Client(
        keys={"pixazo": "key"}, transport=httpx.MockTransport(service), patience=Patience(pause=pause)
    )
    return pixnb.Experiment("coats", log=pixnb.Log(url), client=client)


def send(exp, label, count):
    """Send planned runs as a sweep does, as many at once as may be; gives how often a place was gone again."""
    runner = exp._runner
    runs = [runner.plan(Request(TEXT, {"prompt": f"{label} {number}"}))[1].result() for number in range(count)]
    limits, gone = Limits(runner), []

    async def see_through(run):
        while True:
            await limits.acquire("pixazo")
            held = None
            try:
                await asyncio.wrap_future(runner.begin(run)[1])
                await asyncio.wrap_future(runner.engine.watch(run._work))
                return
            except NoPlace as error:
                held = error
                gone.append(run)
            finally:
                limits.release("pixazo", held)

    async def all_of_them():
        await asyncio.gather(*(see_through(run) for run in runs))

    runner.engine.thread.start(all_of_them()).result(100)
    return len(gone)


def sweep(url, label, count):
    """Send runs, and say how often a place was gone again."""
    exp = experiment(url)
    tell("ready")
    input()
    gone = send(exp, label, int(count))
    exp.log.close()
    tell(gone)


def hold(url, count):
    """Have plain runs in flight until killed."""
    exp = experiment(url, polls=10**6)
    for number in range(int(count)):
        exp.submit(TEXT, prompt=f"held {number}")
    tell("held")
    time.sleep(120)


def tell(what):
    """Write a line for the test to read."""
    print("»" + json.dumps(what), flush=True)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
