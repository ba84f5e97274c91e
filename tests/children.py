"""Programs of ours as real processes, which a test may kill, and what they say."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys

from served import list_jobs

import pixnb

PEAK = """
def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
"""
"""For a program that tells the most memory it had, in kB: `ru_maxrss` begins with that of the process it came from."""


@contextlib.contextmanager
def program(path, *arguments, **pipes):
    """Run a program, or `-m` and a module, as a process; killed in the end, also where the test fails."""
    process = subprocess.Popen([sys.executable, str(path), *arguments], stdout=subprocess.PIPE, text=True, **pipes)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def finish(process, seconds=60):
    """Wait for a program's end, and give what it said on both streams, line by line; it is not left behind."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"the program did not end: {out}{err}") from None
    assert process.returncode == 0, err
    return out.splitlines(), err.splitlines()


def told(process):
    """What the program says next."""
    for line in process.stdout:
        if line.startswith("»"):
            return json.loads(line[1:])
    raise AssertionError("the program ended without a word")


@contextlib.contextmanager
def jobs_of(data, speed):
    """The jobs that a data folder's sandbox has accepted; the next server knows them too."""
    with pixnb.Sandbox(data, speed=speed, draft=True) as sandbox:
        yield list_jobs(sandbox.url)


def kill(process):
    """End it as a lost kernel does."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
