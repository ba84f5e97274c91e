"""The first submit of a process loads what it needs: no file or module of these may be left to open, one by one."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from sampling import sampled

import pixnb
import pixnb.webhooks

PROGRAM = """
import errno, json, os, signal, sys
import pixnb
kind, clip, url = sys.argv[1:]
if kind != "all of it":
    import pixnb.client.faces, pixnb.experiment
count, at, armed = 0, -1, False
WATCHED = ("open", "import", "socket.__new__", "os.listdir", "os.scandir")

def refuse(event, given):
    global count
    if armed and event in WATCHED:
        count += 1
        if count == at:
            raise OSError(errno.EMFILE, "Too many open files", str(given[0]))

sys.addaudithook(refuse)

def submit():
    global armed
    keys, urls = dict.fromkeys(("pixazo", "decart"), "k"), dict.fromkeys(("pixazo", "decart"), url)
    def make():
        client = pixnb.Client(keys=keys, base_urls=urls, sandbox=False)
        return pixnb.Experiment("x", client=client, budget=9)
    exp = make() if kind != "all of it" else None
    armed = True
    try:
        exp = exp or make()
        model, video = ("lucy-2.5", clip) if kind == "a file" else ("lucy-edit-fast", "https://example.org/x.mp4")
        run = exp.submit(model, prompt="a", video=video, allow_unpriced=True)
        said = ["run", str(run.status), str(run.error)]
    except BaseException as error:
        said = ["raised", type(error).__name__, str(error), isinstance(error, pixnb.PixnbError)]
    armed = False
    left = None if exp is None else [str(exp.remaining["USD"]), exp.frame()["status"].tolist()]
    return [count, said, left]

def in_child(number):
    global at
    reading, writing = os.pipe()
    if not os.fork():
        at = number
        signal.alarm(60)
        os.write(writing, json.dumps(submit()).encode())
        os._exit(0)
    os.close(writing)
    os.wait()
    with os.fdopen(reading) as file:
        return json.load(file)

steps = in_child(-1)[0]
stride = max(1, steps // 8)
print(json.dumps([in_child(number)[1:] for number in range(1, steps + 1, stride)]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="forks at each step")
@pytest.mark.parametrize("kind", sampled(["an address", "a file", "all of it"], ["a file"]))
def test_whatever_cannot_be_opened_is_one_of_our_errors(tmp_path, kind):
    """Nothing is reserved, and no run is left open."""
    from fake_server import closed_port

    clip = str(pixnb.sample("video").path)
    place = {**os.environ, "PYTHONPATH": str(Path(pixnb.__file__).parents[1])}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, kind, clip, f"http://127.0.0.1:{closed_port()}"]
    done = subprocess.run(command, cwd=tmp_path, env=place, capture_output=True, text=True, timeout=300, check=True)
    outcomes = json.loads(done.stdout.splitlines()[-1])
    assert len(outcomes) >= 8
    for said, left in outcomes:
        assert said[1] == "ERROR" if said[0] == "run" else said[3], said
        assert left is None or (left[0] == "9" and set(left[1]) <= {"ERROR"}), (said, left)


def test_what_an_experiment_makes_is_pickled_or_says_what_to_do(tmp_path):
    """And a copy of what lives in its process is itself, a widget and a receiver too."""
    with pixnb.Log(tmp_path / "log.db") as log:
        client = pixnb.Client(keys={"pixazo": "k"})
        exp = pixnb.Experiment("x", log=log, client=client)
        for one in (exp, client, log, exp.launcher("lucy-edit-fast"), pixnb.webhooks.app(log, client=client)):
            assert copy.copy(one) is copy.deepcopy(one) is one
            with pytest.raises(TypeError, match=r"belongs to its process and cannot be pickled\. (Make|Keep)"):
                pickle.dumps(one)
        for one in (pixnb.models, pixnb.models.get("lucy-2.5"), exp.compare(), exp.frame(), exp.launcher().params):
            assert type(pickle.loads(pickle.dumps(one))) is type(copy.deepcopy(one)) is type(one)
