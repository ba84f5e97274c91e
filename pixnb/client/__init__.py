"""Talking to the services: one engine on a thread of its own, two faces."""

from __future__ import annotations

from pixnb.lazy import hand_on

_HOME = {
    "AsyncClient": "faces",
    "Client": "faces",
    "Job": "job",
    "Result": "result",
    "Uploader": "uploader",
    "run": "bridge",
}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["AsyncClient", "Client", "Job", "Result", "Uploader", "run"]
