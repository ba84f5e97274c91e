"""What the sandbox's tests share: callers of its routes, a tiny clip, a receiver of webhooks."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import tempfile
import threading
import time
from pathlib import Path

import httpx
from make_media import make_video

LUCY = "/decart-lucy-edit-video-fast-142/v1/decart-lucy-edit-video-fast-request"
TEXT_TO_VIDEO = "/ltx-2-3-text-to-video/v1/ltx-2-3-text-to-video-request"
PRO = "/lightricks/v1/ltx/generate"
KEY = "Ocp-Apim-Subscription-Key"
AFK = "afk_0123456789"
ENDS = ("COMPLETED", "FAILED", "ERROR")


@functools.cache
def tiny_clip() -> bytes:
    """Return a fifth of a second of H.264, so that a render takes no time."""
    with tempfile.TemporaryDirectory() as folder:
        return make_video(Path(folder) / "tiny.mp4", size=(128, 72), frames=5).read_bytes()


def list_jobs(url: str):
    """Return what the sandbox at an address says of its jobs; it asks for a key as all its routes do."""
    answer = httpx.get(f"{url}/jobs", headers={"X-API-KEY": "k"})
    assert answer.status_code == 200, answer.text
    return answer.json()


class Pixazo:
    """A caller that speaks as the pages show."""

    def __init__(self, sandbox, key="k"):
        self.sandbox = sandbox
        self.http = httpx.Client(headers={KEY: key}, timeout=30)

    @property
    def base(self):
        return self.sandbox.base_urls["pixazo"]

    def upload(self, content=None):
        answer = self.http.post(f"{self.base}/uploads", content=content or tiny_clip())
        assert answer.status_code == 201, answer.text
        return answer.json()["url"]

    def post(self, path, body, **options):
        return self.http.post(self.base + path, json=body, **options)

    def edit(self, prompt, video_url=None, **options):
        return self.post(LUCY, {"prompt": prompt, "video_url": video_url or self.upload()}, **options)

    def status(self, job_id):
        return self.http.get(f"{self.base}/v2/requests/status/{job_id}")

    def end(self, job_id, patience=60):
        """Poll until the job has ended and return its last status body."""
        deadline = time.monotonic() + patience
        while (body := self.status(job_id).json())["status"] not in ENDS:
            assert time.monotonic() < deadline, body
            time.sleep(0.02)
        return body

    def made(self, prompt, **options):
        """Submit an edit and return the end of its job."""
        answer = self.edit(prompt, **options)
        assert answer.status_code == 202, answer.text
        return self.end(answer.json()["request_id"])

    def jobs(self):
        return list_jobs(self.sandbox.url)

    def job(self, prompt):
        """Return the one job whose prompt, as sent, is this."""
        (found,) = [job for job in self.jobs() if job["params"]["prompt"] == prompt]
        return found


class Decart:
    """A caller that sends forms as the SDK does, by httpx."""

    def __init__(self, sandbox, key="k"):
        self.sandbox = sandbox
        self.base = sandbox.base_urls["decart"]
        self.http = httpx.Client(headers={"X-API-KEY": key} if key is not None else {}, timeout=60)

    def post(self, way, model, words, /, *, headers=None, timeout=60, **files):
        parts = {name: (name, content, "application/octet-stream") for name, content in files.items()}
        url = f"{self.base}/v1/{way}/{model}"
        return self.http.post(url, data=words, files=parts or None, headers=headers, timeout=timeout)

    def generate(self, model, words, /, **options):
        return self.post("generate", model, words, **options)

    def submit(self, prompt, model="lucy-pro-v2v", **options):
        files = {} if model == "lucy-pro-t2v" else {"data": tiny_clip()}
        return self.post("jobs", model, {"prompt": prompt}, **files, **options)

    def get(self, path, **options):
        return self.http.get(f"{self.base}/v1/jobs/{path}", **options)

    def end(self, job_id, patience=60):
        deadline = time.monotonic() + patience
        seen = []
        while (word := self.get(job_id).json()["status"]) not in ("completed", "failed"):
            seen += [word] if seen[-1:] != [word] else []
            assert time.monotonic() < deadline, seen
            time.sleep(0.01)
        return [*seen, word]

    def made(self, prompt, **options):
        answer = self.submit(prompt, **options)
        assert answer.status_code == 200, answer.text
        job_id = answer.json()["job_id"]
        self.end(job_id)
        return job_id

    def jobs(self):
        return list_jobs(self.sandbox.url)

    def job(self, prompt):
        """Return the one job whose prompt, as sent, is this."""
        (found,) = [job for job in self.jobs() if job["params"].get("prompt") == prompt]
        return found


class Apiframe:
    """A caller that speaks as the documents of Apiframe show."""

    def __init__(self, sandbox, key=AFK):
        self.sandbox = sandbox
        self.http = httpx.Client(
            base_url=f"{sandbox.base_urls['apiframe']}/v2/", headers={"X-API-Key": key}, timeout=30
        )

    @functools.cached_property
    def clip(self):
        """The URL of an uploaded clip of a fifth of a second."""
        return self.upload().json()["url"]

    def upload(self, content=None, name="clip.mp4", kind="application/octet-stream"):
        return self.http.post("uploads", files={"file": (name, content or tiny_clip(), kind)})

    def edit(self, prompt, /, *, top=None, headers=None, **params):
        """Submit an edit, by default of the tiny clip, billed as 2 s."""
        params = params if "video" in params else {"video": self.clip, "duration": 2, **params}
        body = {"model": "wan-2.7-videoedit", "prompt": prompt, "wan27VideoeditParams": params, **(top or {})}
        return self.http.post("videos/edit", json=body, headers=headers)

    def upscale(self, video, **params):
        params = {"video": video, "target_resolution": "720p", "target_fps": 30, **params}
        return self.http.post("videos/upscale", json={"model": "topaz-video-upscale", "topazVideoParams": params})

    def job(self, job_id):
        return self.http.get(f"jobs/{job_id}")

    def end(self, answer):
        """Poll until a submit's job has ended; return all bodies."""
        assert answer.status_code == 202, answer.text
        bodies, deadline = [], time.monotonic() + 60
        while not bodies or bodies[-1]["status"] in ("QUEUED", "PROCESSING"):
            assert time.monotonic() < deadline, bodies
            bodies.append(self.job(answer.json()["jobId"]).json())
            time.sleep(0.01)
        return bodies

    @property
    def credits(self):
        return self.http.get("me").json()["team"]["credits"]

    def posts(self):
        """Return how many jobs there are."""
        return len(list_jobs(self.sandbox.url))


class Receiver(http.server.ThreadingHTTPServer):
    """An HTTP server in this process: keeps what is POSTed, answers with `codes` in turn, and GETs with `content`."""

    def __init__(self, codes=(), content=b""):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies, self.codes, self.content = [], list(codes), content
        self.calls = []
        self.news = threading.Condition()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"

    def wait(self, count, status=None, patience=20):
        """Wait for this many POSTs, one with this status, and return their bodies; one sent first may come last."""

        def there():
            return len(self.bodies) >= count and status in (None, *(body["status"] for body in self.bodies))

        with self.news:
            assert self.news.wait_for(there, patience), self.bodies
            return list(self.bodies)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.news:
            self.server.bodies.append(json.loads(body))
            self.server.calls.append((self.headers, body))
            code = self.server.codes.pop(0) if self.server.codes else 200
            self.server.news.notify_all()
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def receiving(codes=(), content=b""):
    """Run a `Receiver`."""
    receiver = Receiver(codes, content)
    thread = threading.Thread(target=receiver.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        thread.join()
        receiver.server_close()
