"""A local stand-in for the services: the same HTTP, no key, no network, and clips that are really rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.lazy import hand_on

if TYPE_CHECKING:
    from pixnb.sandbox.start import Sandbox, SandboxError

_HOME = {"Sandbox": "start", "SandboxError": "start"}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["Sandbox", "SandboxError"]
