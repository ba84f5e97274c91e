"""Programs of ours as real processes, which a test may kill, and what they say."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys


@contextlib.contextmanager
def program(path, *arguments, **pipes):
    """Run a program as a process; killed in the end."""
    process = subprocess.Popen([sys.executable, str(path), *arguments], stdout=subprocess.PIPE, text=True, **pipes)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told(process):
    """What the program says next."""
    for line in process.stdout:
        if line.startswith("»"):
            return json.loads(line[1:])
    raise AssertionError("the program ended without a word")
