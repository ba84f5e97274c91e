"""Making the sandbox's clips: real video by classical means, in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pixnb.sandbox.render.dispatch import render
    from pixnb.sandbox.render.request import RenderError, RenderRequest, RenderResult

_HOME = {"RenderError": "request", "RenderRequest": "request", "RenderResult": "request", "render": "dispatch"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = ["RenderError", "RenderRequest", "RenderResult", "render"]
