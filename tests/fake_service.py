"""A service that answers from a script, and remembers all that it was asked."""

from __future__ import annotations

import itertools

import httpx
from served import tiny_clip

BASE = "https://gateway.example"
CDN = "https://cdn.example/out.mp4"
KEY = "very-secret-key"
KEY_HEADER = "Ocp-Apim-Subscription-Key"
ACCEPTED = (202, {"request_id": "job-1", "status": "QUEUED", "polling_url": f"{BASE}/v2/requests/status/job-1"})


def said(status, **more):
    """Give a status answer."""
    return 200, {"request_id": "job-1", "status": status, "error": None, "output": None, **more}


def done(*urls):
    """Give the status answer of a job that is done."""
    return said("COMPLETED", output={"media_url": list(urls or [CDN]), "media_type": "application/octet-stream"})


def lost(request):
    """Lose the answer."""
    raise httpx.ReadError("connection reset", request=request)


def never_sent(request):
    """Fail before anything has left."""
    raise httpx.ConnectError("no route to host", request=request)


class FakeService:
    """A callable for httpx.MockTransport. Each script is a list of answers in turn; the last one repeats.

    An answer is a Response, a (status, JSON or text or bytes[, headers]) tuple, or a callable of the request.

    Args:
        submits: Answers to POSTs.
        polls: Answers to status requests.
        links: Answers to all else: downloads.
        sandbox: Whether its answers are marked as a sandbox's, which also makes polls come fast.
    """

    def __init__(self, submits=(ACCEPTED,), polls=(), links=(), *, sandbox=True):
        self.scripts = {"submit": list(submits), "poll": list(polls or [done()]), "link": list(links or [clip])}
        self.scripts["upload"] = [lambda _: (201, {"url": f"{BASE}/media/{len(self.asked['upload'])}"})]
        self.asked = {name: [] for name in self.scripts}
        self.marks = {"X-Pixnb-Sandbox": "1"} if sandbox else {}

    def __call__(self, request):
        kind = self._kind(request)
        self.asked[kind].append(request)
        script = self.scripts[kind]
        answer = script.pop(0) if len(script) > 1 else script[0]
        while callable(answer):
            answer = answer(request)
        response = answer if isinstance(answer, httpx.Response) else _response(*answer)
        response.headers.update(self.marks)
        return response

    def _kind(self, request):
        if request.method == "POST":
            return "upload" if request.url.path.endswith("/uploads") else "submit"
        return "poll" if "/v2/requests/status/" in request.url.path else "link"

    @property
    def posts(self):
        return self.asked["submit"]

    @property
    def polls(self):
        return self.asked["poll"]

    @property
    def links(self):
        return self.asked["link"]

    @property
    def requests(self):
        return list(itertools.chain(*self.asked.values()))


def _response(status, body, headers=None):
    if isinstance(body, bytes | str):
        return httpx.Response(status, content=body, headers=headers)
    return httpx.Response(status, json=body, headers=headers)


def clip(_):
    """Give the clip."""
    return 200, tiny_clip()
