"""Making the sandbox's clips: real video by classical means, in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.lazy import hand_on

if TYPE_CHECKING:
    from pixnb.sandbox.render.dispatch import render
    from pixnb.sandbox.render.request import RenderError, RenderRequest, RenderResult

_HOME = {"RenderError": "request", "RenderRequest": "request", "RenderResult": "request", "render": "dispatch"}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["RenderError", "RenderRequest", "RenderResult", "render"]
