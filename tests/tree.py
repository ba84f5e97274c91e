"""A program with all that it starts, detached ones too: held on a few cores, with the memory and CPU that they take."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import threading
import time

import psutil

_MARK = "PIXNB_TEST_TREE"


class Tree:
    """Run a program until the block ends; what it starts is known by a word in the environment.

    Attributes:
        memory: The most bytes that they held at once, a shared page counted once.
        seconds: The CPU time that they took, those that ended included.
        lines: Their command lines.
    """

    def __init__(self, line, folder, environ, *, cores):
        self.memory, self.lines, self._spent = 0, set(), {}
        self._word = secrets.token_hex(8)
        allowed = sorted(os.sched_getaffinity(0))[:cores]
        self._log = (folder.parent / "tree.log").open("w+")
        self._process = subprocess.Popen(
            line, cwd=folder, env={**environ, _MARK: self._word}, stdout=self._log, stderr=self._log,
            start_new_session=True, preexec_fn=lambda: os.sched_setaffinity(0, allowed),
        )  # fmt: skip
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    @property
    def seconds(self):
        return sum(self._spent.values())

    def wait_for(self, look, seconds=90):
        """Wait until something is to be seen, and give it."""
        deadline = time.monotonic() + seconds
        while not (seen := look()):
            assert self._process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        return seen

    def said(self):
        """What the program has written."""
        self._log.seek(0)
        return self._log.read()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        self._look()
        for process in self._members():
            with contextlib.suppress(psutil.Error):
                process.kill()
        self._process.wait()
        self._log.close()

    def _watch(self):
        while not self._over.wait(0.5):
            self._look()

    def _look(self):
        held = 0
        for process in self._members():
            with contextlib.suppress(psutil.Error), process.oneshot():
                spent, key = process.cpu_times(), (process.pid, process.create_time())
                self._spent[key] = spent.user + spent.system
                self.lines.add(" ".join(process.cmdline()))
                held += process.memory_full_info().pss
        self.memory = max(self.memory, held)

    def _members(self):
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(_MARK) == self._word:
                    found.append(process)
        return found
