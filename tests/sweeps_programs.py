"""Programs that the tests of sweeps run beside themselves, on a fake service: `python sweeps_programs.py NAME ARG…`."""

from __future__ import annotations

import json
import sys
import time

from fake_pixazo import FakePixazo
from sweeps import CLIP, LUCY, experiment

import pixnb


def hold(log, count):
    """Begin a sweep of which the first jobs stay under way until a line of input; then see it to its end."""
    service = FakePixazo(polls=0)
    exp = experiment(service, pixnb.Log(log))
    sweep = exp.sweep(LUCY, prompt=[f"[held] {number}" for number in range(int(count))], video=CLIP)
    while len(service.posts) < 4:
        time.sleep(0.01)
    tell(sweep.sweep_id)
    input()
    service.released.set()
    sweep.wait(60)
    tell({"state": sweep.state, "counts": sweep.counts, "stopped": sweep.stopped, "posts": len(service.posts)})


def resume(log, name="coats"):
    """Say so once all is loaded; at a line of input resume, wait, and say what became of it."""
    service = FakePixazo(polls=10)  # so that a sweep lasts
    exp = experiment(service, pixnb.Log(log), name)
    tell("ready")
    input()
    found = exp.resume()
    for sweep in found.sweeps:
        sweep.wait(60)
    tell({"posts": len(service.posts), "sweeps": len(found.sweeps), "states": [one.state for one in found.sweeps]})


def tell(what):
    """Write a line for the test to read."""
    print("»" + json.dumps(what), flush=True)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
