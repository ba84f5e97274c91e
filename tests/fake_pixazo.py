"""A Pixazo that lives in memory: a callable for httpx.MockTransport that remembers what it was asked."""

from __future__ import annotations

import itertools
import json
import threading

import httpx
from served import tiny_clip

CDN = "https://cdn.example/"


class FakePixazo:
    """Answers as the gateway documents; what a prompt says decides what becomes of the job.

    Args:
        sandbox: Whether it marks its answers as a sandbox's, which also makes polls come fast.
        polls: Status answers before the end.
    """

    def __init__(self, *, sandbox=True, polls=1):
        self.headers = {"X-Pixnb-Sandbox": "1"} if sandbox else {}
        self.polls_needed = polls
        self.why = "as asked"  # what a failed job says
        self.posts = []
        self.polls = []
        self.gets = []
        self.jobs = {}
        self.before_answer = lambda request: None
        self.released = threading.Event()
        self._numbers = itertools.count(1)

    def __call__(self, request):
        if request.method == "POST" and request.url.path.endswith("/uploads"):
            return self._answer(201, {"url": f"{CDN}upload-{len(request.content)}"})
        if request.method == "POST":
            return self._submit(request)
        if "/v2/requests/status/" in request.url.path:
            return self._status(request)
        self.gets.append(request)
        if request.url.host != "cdn.example":
            return self._answer(404, {})
        return httpx.Response(200, content=self._clip(request.url.path))

    def _clip(self, path):
        # other bytes for each job, as a service would make: what follows the last box is ignored by players
        return tiny_clip() + len(path.encode() + b"pxnb").to_bytes(4, "big") + b"free" + path.encode()

    def _submit(self, request):
        body = json.loads(request.content)
        self.posts.append(body)
        self.before_answer(request)
        prompt = body["prompt"]
        for word, status in (("402", 402), ("401", 401), ("400", 400), ("500", 500)):
            if f"[{word}]" in prompt:
                return self._answer(status, {"error": "Refused", "message": "as asked"})
        if "[lost]" in prompt:
            raise httpx.ReadError("connection reset", request=request)
        job_id = f"job-{next(self._numbers)}"
        self.jobs[job_id] = {"prompt": prompt, "polls": 0}
        return self._answer(202, {"request_id": job_id, "status": "QUEUED"})

    def _status(self, request):
        job_id = request.url.path.rpartition("/")[2]
        self.polls.append(job_id)
        job = self.jobs.get(job_id)
        if job is None:
            return self._answer(404, {"error": "Not found", "message": "no such request"})
        job["polls"] += 1
        body = {"request_id": job_id, "status": self._word(job), "error": None, "output": None}
        if body["status"] in ("FAILED", "ERROR"):
            body["error"] = self.why
        elif body["status"] == "COMPLETED":
            body["output"] = {"media_url": [f"{CDN}{job_id}/output.mp4"], "media_type": "video/mp4"}
        return self._answer(200, body)

    def _word(self, job):
        held = "[held]" in job["prompt"] and not self.released.is_set()
        if held or job["polls"] <= self.polls_needed:
            return "PROCESSING"
        return next((word for word in ("FAILED", "ERROR") if f"[{word}]" in job["prompt"]), "COMPLETED")

    def _answer(self, status, body):
        return httpx.Response(status, json=body, headers=self.headers)

    @property
    def transport(self):
        """A transport for `Client(transport=…)`."""
        return httpx.MockTransport(self)
