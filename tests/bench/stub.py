"""A service that answers at once: `python stub.py` prints its port and serves until its input is closed.

It speaks as Pixazo does. A job is done at its second poll, and its file of 200 kB is like no other's, because a store
that knows its content would keep equal files once. Every answer is marked as a sandbox's: polls are then 0.3 s apart.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from served import tiny_clip

SIZE = 200_000
_CLIP = tiny_clip()
_FREE = (SIZE - len(_CLIP)).to_bytes(4, "big") + b"free"  # a box that players pass over
_HEAD = _CLIP + _FREE
_TAIL = random.Random(2).randbytes(SIZE - len(_HEAD) - 16)
_ANSWER = "HTTP/1.1 %d OK\r\nX-Pixnb-Sandbox: 1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"


class Stub(asyncio.Protocol):
    """One connection; what is asked is counted for all of them."""

    counts: Counter[str] = Counter()
    polls: Counter[str] = Counter()
    numbers = itertools.count()
    base = ""

    def connection_made(self, transport):
        self.transport = transport
        self.waiting = b""

    def data_received(self, data):
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            head = self.waiting[:end].decode("latin-1")
            size = next((int(line[15:]) for line in head.split("\r\n") if line[:15].lower() == "content-length:"), 0)
            if len(self.waiting) < end + 4 + size:
                return
            self.waiting = self.waiting[end + 4 + size :]
            method, path, _ = head.split(" ", 2)
            self.answer(method, path)

    def answer(self, method, path):
        if path == "/counts":
            return self.send(200, dict(self.counts))
        job = path.rpartition("/")[2]
        if method == "POST":
            self.counts["submits"] += 1
            job = f"job-{next(self.numbers):08d}"
            polling = f"{self.base}/v2/requests/status/{job}"
            return self.send(202, {"request_id": job, "status": "QUEUED", "polling_url": polling})
        if "/status/" in path:
            self.counts["polls"] += 1
            self.polls[job] += 1
            return self.send(200, self.status(job))
        self.counts["downloads"] += path.startswith("/media/")
        self.counts["others"] += not path.startswith("/media/")
        return self.send(200, _HEAD + job.encode().ljust(16) + _TAIL, "video/mp4")

    def status(self, job):
        times = {"created_at": "2026-05-22T13:19:23.000Z", "updated_at": "2026-05-22T13:19:24.000Z"}
        if self.polls[job] < 2:
            return {"request_id": job, "status": "PROCESSING", "error": None, "output": None, **times}
        output = {"media_url": [f"{self.base}/media/{job}"], "media_type": "video/mp4"}
        ended = {"completed_at": "2026-05-22T13:19:24.000Z"}
        return {"request_id": job, "status": "COMPLETED", "error": None, "output": output, **times, **ended}

    def send(self, code, body, kind="application/json"):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.transport.write((_ANSWER % (code, kind, len(content))).encode() + content)


async def main():
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Stub, "127.0.0.1", 0, backlog=1000)
    Stub.base = "http://{}:{}".format(*server.sockets[0].getsockname())
    sys.stdout.write(f"{Stub.base}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 1) or ended.set())
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main())
