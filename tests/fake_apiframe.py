"""An Apiframe that lives in memory: answers from a script, and remembers what it was asked."""

from __future__ import annotations

import httpx
from served import tiny_clip

BASE = "https://apiframe.example"
KEY = "key_very/secret+key"
JOB = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
ACCEPTED = (202, {"jobId": JOB, "status": "QUEUED"})
CLIP = "https://cdn.example/out.mp4"


def told(status, **more):
    """Give a job as `GET /v2/jobs/{id}` shows it."""
    plain = {"id": JOB, "status": status, "model": "wan-2.7-videoedit", "progress": None, "result": None}
    plain |= {"error": None, "creditCost": None, "webhookStatus": None, "completedAt": None}
    return 200, {**plain, "createdAt": "2026-03-15T10:00:00.000Z", **more}


def done(**more):
    """Give the job when it is done."""
    return told("COMPLETED", **{"progress": 100, "result": {"videoUrl": CLIP}, "creditCost": 12, **more})


class FakeApiframe:
    """A callable for httpx.MockTransport. Each script is a list of answers in turn; the last one repeats."""

    def __init__(self, submits=(ACCEPTED,), polls=(), uploads=(), me=(), *, sandbox=True):
        upload = 201, {"id": "u", "url": f"{BASE}/media/clip.mp4", "expiresAt": "2126-03-15T10:00:00.000Z"}
        self.scripts = {
            "submit": list(submits),
            "poll": list(polls or [done()]),
            "upload": list(uploads or [upload]),
            "me": list(me),
            "link": [(200, tiny_clip())],
        }
        self.asked = {name: [] for name in self.scripts}
        self.marks = {"X-Pixnb-Sandbox": "1"} if sandbox else {}

    def __call__(self, request):
        kind = self._kind(request)
        self.asked[kind].append(request)
        script = self.scripts[kind]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        status, body, *headers = answer
        content = {"content": body} if isinstance(body, bytes | str) else {"json": body}
        return httpx.Response(status, headers={**self.marks, **(headers[0] if headers else {})}, **content)

    def _kind(self, request):
        path = request.url.path
        if request.url.host == "cdn.example":
            return "link"
        if request.method == "POST":
            return "upload" if path == "/v2/uploads" else "submit"
        return {"me": "me", "jobs": "poll"}.get(path.split("/")[2] if path.startswith("/v2/") else "", "link")

    @property
    def posts(self):
        return self.asked["submit"]

    def options(self, **more):
        """Give what a client needs to talk to it."""
        from pixnb.client.polling import Patience

        named = {"keys": {"apiframe": KEY}, "base_urls": {"apiframe": BASE}, "patience": Patience(pause=0.02)}
        return {**named, "transport": httpx.MockTransport(self), **more}
