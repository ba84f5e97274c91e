"""What every program here measures with: CPU and memory of its own process, and a stub to talk to."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
ROUTE = "/decart-lucy-edit-video-fast-142/v1/decart-lucy-edit-video-fast-request"
LUCY = "lucy-edit-fast"
CLIP = "https://example.org/clip.mp4"
PROMPT = "Change her blue coat to a red leather jacket, keep the light of the evening, number {}"


def read_cpu() -> float:
    """Seconds of CPU of this process, user and system."""
    times = os.times()
    return times.user + times.system


def read_memory(name: str) -> float:
    """A line of this process's memory in MB, such as VmRSS or VmHWM."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


@contextlib.contextmanager
def stub() -> Iterator[str]:
    """Run a stub of its own process; gives its address."""
    command = [sys.executable, str(HERE / "stub.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def environ(folder: str) -> dict[str, str]:
    """The environment without settings of whoever measures, its data in a folder."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIXNB_", "PIXAZO_"))}
    return {**kept, "PIXNB_DATA": folder}
