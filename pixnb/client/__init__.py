"""Talking to the services: one engine on a thread of its own, two faces."""

from __future__ import annotations

from typing import Any

_HOME = {
    "AsyncClient": "faces",
    "Client": "faces",
    "Job": "job",
    "Result": "result",
    "Uploader": "uploader",
    "run": "bridge",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = ["AsyncClient", "Client", "Job", "Result", "Uploader", "run"]
