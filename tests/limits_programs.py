"""What kernels do that share one log and its limits: `python limits_programs.py NAME LOG ARG…`."""

from __future__ import annotations

import json
import sys
import time

import httpx
from fake_pixazo import FakePixazo

import pixnb
from pixnb.client.polling import Patience

TEXT = "ltx-2.3-text-to-video"


def experiment(url, *, pause=0.05, polls=3):
    """An experiment whose jobs take a moment, at a service in memory."""
    service = FakePixazo(sandbox=False, polls=polls)
    client = pixnb.Client(
        keys={"pixazo": "key"}, transport=httpx.MockTransport(service), patience=Patience(pause=pause)
    )
    return pixnb.Experiment("coats", log=pixnb.Log(url), client=client)


def sweep(url, label, count):
    """Send a sweep, and say how it ended."""
    exp = experiment(url)
    tell("ready")
    input()
    ended = send(exp, label, int(count))
    exp.log.close()
    tell(ended.state)


def send(exp, label, count):
    """Send a sweep of so many runs and wait for its end."""
    return exp.sweep(TEXT, prompt=[f"{label} {number}" for number in range(count)], confirm=True).wait(100)


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
