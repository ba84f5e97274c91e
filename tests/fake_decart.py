"""A Decart that lives in memory: answers with bytes, or with jobs, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import email.parser
import email.policy
import functools
import io
import itertools
from urllib.parse import parse_qsl

import httpx
from PIL import Image
from served import tiny_clip

BASE = "http://127.0.0.1:9/decart"  # of this machine: no warning of retired models
KEY = "very-secret-key"


def form_of(request):
    """Give the fields of a form: text by name, files as (filename, type, bytes)."""
    declared = request.headers["content-type"]
    if declared.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(request.content.decode(), keep_blank_values=True))
    head = f"Content-Type: {declared}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.content)
    return {part.get_param("name", header="content-disposition"): _part(part) for part in message.iter_parts()}


def _part(part):
    content = part.get_payload(decode=True)
    name = part.get_filename()
    return content.decode() if name is None else (name, part.get_content_type(), content)


class FakeDecart:
    """A callable for httpx.MockTransport.

    Args:
        sandbox: Whether it marks its answers as a sandbox's.
        answer: What a generate call is answered with: (status, content, headers), an exception, or the media.
    """

    def __init__(self, *, sandbox=True, answers=None):
        self.marks = {"X-Pixnb-Sandbox": "1"} if sandbox else {}
        self.answers = list(answers or [])
        self.posts, self.polls, self.gets = [], [], []
        self.forms = []
        self.held = None  # a `Held` that answers wait for
        self._numbers = itertools.count(1)

    async def __call__(self, request):
        if request.url.host not in ("127.0.0.1", "api.decart.ai"):
            return self._elsewhere(request)
        if request.method == "GET":
            return self._get(request)
        self.posts.append(request)
        self.forms.append(form_of(request))
        while self.held is not None and not self.held.is_set():
            await asyncio.sleep(0.01)
        if self.answers:
            return self._scripted(request)
        if "/v1/jobs/" in request.url.path:
            return self._json(200, {"job_id": f"job-{next(self._numbers)}", "status": "pending"})
        return httpx.Response(200, content=self._media(request), headers=self.marks)

    def _scripted(self, request):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            answer.request = request
            raise answer
        status, content, *headers = answer
        return httpx.Response(status, content=content, headers={**self.marks, **(headers[0] if headers else {})})

    def _media(self, request):
        return picture() if "2i" in request.url.path or "image" in request.url.path else tiny_clip()

    def _get(self, request):
        if request.url.path.endswith("/content"):
            self.gets.append(request)
            return httpx.Response(200, content=tiny_clip(), headers=self.marks)
        if "/v1/jobs/" not in request.url.path:
            return self._json(404, {"detail": "Not Found"})
        self.polls.append(request)
        word = "completed" if self.held is None or self.held.is_set() else "processing"
        return self._json(200, {"job_id": request.url.path.rpartition("/")[2], "status": word})

    def _elsewhere(self, request):
        self.gets.append(request)
        if "gone" in request.url.path:
            return httpx.Response(404)
        content = picture() if request.url.path.endswith((".jpg", ".png")) else tiny_clip()
        return httpx.Response(200, content=content)

    def _json(self, status, body):
        return httpx.Response(status, json=body, headers=self.marks)

    @property
    def transport(self):
        """A transport for `Client(transport=…)`."""
        return httpx.MockTransport(self)


class Held:
    """Something that a test lets go of, from any thread."""

    def __init__(self):
        self._is_set = False

    def is_set(self):
        return self._is_set

    def set(self):
        self._is_set = True


@functools.cache
def picture(colour=(9, 30, 200)):
    """Give a small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (64, 36), colour).save(file, "PNG")
    return file.getvalue()
