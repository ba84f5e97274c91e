"""How the toy service says it: a Bearer key, one route for jobs, one for files."""

from __future__ import annotations

import hashlib
import hmac

import httpx

from pixnb.status import JobStatus
from pixnb.wire.defaults import NoBalance
from pixnb.wire.refusals import refusal
from pixnb.wire.wire import Accepted, Call, Output, PollAdvice, Update, Uploaded

_STATUSES = {"starting": JobStatus.QUEUED, "running": JobStatus.PROCESSING}
_ENDS = {"succeeded": JobStatus.COMPLETED, "failed": JobStatus.FAILED}


def secret_of(key):
    return hashlib.sha256(key.encode()).hexdigest()


def sign(secret, body):
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


class ToyWire(NoBalance):
    """As `pixnb.wire.wire.Wire` describes."""

    provider = "toy"
    poll = PollAdvice(first=0.2, low=0.2, high=0.2)
    repeats_lost_submits = False
    takes_files = False

    def headers(self, target):
        return {"Authorization": f"Bearer {target.key.get_secret_value()}"}

    def submit(self, target, model, params, *, route, callback, idempotency_key):
        body = {"version": model.provider_model, "input": dict(params)}
        if callback is not None:
            body["webhook"] = callback.url
        return httpx.Request("POST", target.base_url + route, headers=self.headers(target), json=body)

    def accepted(self, response):
        return Accepted(response.json()["id"], JobStatus.QUEUED)  # no care taken: what is odd is the guard's affair

    def status(self, target, job_id, polling_url):
        return httpx.Request("GET", f"{target.base_url}/v1/predictions/{job_id}", headers=self.headers(target))

    def update(self, response):
        said = response.json()
        status = {**_STATUSES, **_ENDS}.get(said["status"])
        outputs = tuple(Output(url) for url in said["output"])
        return Update(status=status, word=said["status"], error=said["error"], outputs=outputs)

    def read_call(self, headers, body):
        if "x-toy-signature" not in headers and not body.startswith(b"<toy"):
            return None

        def is_signed(key, hexkey=False):
            return hmac.compare_digest(sign(secret_of(key.get_secret_value()), body), headers["x-toy-signature"])

        return Call(body.decode().split('"')[1], is_signed)  # what is odd in it is the guard's affair

    def refusal(self, response, *, model, job_id):
        return refusal(response, provider=self.provider, model=model, job_id=job_id, said=response.json()["title"])

    def file_problem(self, media_type, size):
        return None

    def takes_uploads(self, target):
        return True

    def upload(self, target, file):
        url, headers = f"{target.base_url}/uploads", self.headers(target)
        return httpx.Request("POST", url, headers={**headers, "Content-Length": str(file.size)}, content=file.stream)

    def uploaded(self, response):
        return Uploaded(response.json()["url"])
