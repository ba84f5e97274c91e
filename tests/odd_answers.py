"""Answers that no page documents but every service gives some day, and what a test needs to show them to a wire."""

from __future__ import annotations

import json

import httpx
from pydantic import SecretStr

from pixnb.wire.wire import Target

KEY = "key_very/secret+key&more"

HTML = "<!DOCTYPE html><html><head><title>502 Bad &amp; Gateway</title></head><body><h1>nginx</h1></body></html>"

UNREADABLE = {
    "empty": b"",
    "HTML": HTML.encode(),
    "text": b"OK",
    "cut": b'{"status": "proc',
    "list": b"[]",
    "null": b"null",
    "number": b"7",
    "text in JSON": b'"completed"',
    "empty object": b"{}",
    "no texts": b'{"status": 7, "jobId": 7, "job_id": ["x"], "request_id": null}',
    "blank": b'{"status": " ", "jobId": " ", "job_id": "", "request_id": "\\t"}',
    "not sendable": b'{"status": "\\ud800", "jobId": "\\ud800", "job_id": "\\u0000", "request_id": "\\ud800"}',
    "too deep": b"[" * 100_000 + b"]" * 100_000,
    "huge number": b'{"status": ' + b"9" * 5000 + b"}",
    "no UTF-8": b'{"status": "\xff\xfe"}',
    "a clip": b"\x00\x00\x00\x18ftypmp42" + bytes(64),
}
"""2xx bodies that tell neither an id nor a status."""

ODD_BODIES = {
    "HTML": (HTML, "502 Bad & Gateway"),
    "HTML without a title": ("<html><body><p>Access denied</p></body></html>", "Access denied"),
    "text": ("upstream timed out\n  at 10.0.0.1", "upstream timed out at 10.0.0.1"),
    "detail": ({"detail": "Not authenticated"}, "Not authenticated"),
    "error object": ({"error": {"code": 7, "message": "No such thing"}}, "No such thing"),
    "list": (["first", {"message": "second"}], "first; second"),
    "details": (
        {"detail": [{"loc": ["body", "data"], "msg": "Field required", "type": "missing"}]},
        "data: Field",
    ),
    "nested details": ({"detail": [[{"msg": "one"}], {"detail": [{"loc": ["seed"], "msg": "two"}]}]}, "one; seed: two"),
    "errors by field": ({"error": "Bad", "details": {"a.b": ["x", "y"], "c": {"d": "z"}}}, "Bad (a.b: x; y; c: d: z)"),
    "statusCode": ({"statusCode": 400, "message": "Access denied due to invalid key"}, "invalid key"),
    "true error": ({"error": True, "message": "It broke"}, "It broke"),
    "letters that nobody prints": ({"error": "a\x1b[31m\u0000\ud800b"}, "a [31m b"),
    "bytes": (b"\x00\x01\x02\x00", "4 bytes that are no text"),
    "markup": ({"error": "<script>alert(1)</script>"}, "<script>alert(1)</script>"),
}
"""Bodies of refusals, and what the message says of them."""

SILENT = {"empty": "", "empty object": {}, "empty list": [], "null": None, "number": 7, "nothing": {"error": None}}
"""Bodies of refusals that say nothing."""

ECHOES = (KEY, "key_very\\/secret+key&more", "key_very/secret+key&amp;more", "key_very%2Fsecret%2Bkey%26more")
"""The key as a service may repeat it: plain, and in the writing of JSON, HTML and URLs."""


def target(provider, base="https://service.example", **more):
    """Give a place with a key to send to."""
    return Target(provider, base, SecretStr(KEY), **more)


def answered(wire, status, body=b"", path="/v1/jobs/job-1", headers=None):
    """Give an answer to a request that carried the key."""
    request = httpx.Request("GET", f"https://service.example{path}", headers=wire.headers(target(wire.provider)))
    content = {"content": body} if isinstance(body, bytes | str) else {"content": json.dumps(body).encode()}
    return httpx.Response(status, **content, headers=headers, request=request)
