"""A local stand-in for the services: the same HTTP, no key, no network, and clips that are really rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pixnb.sandbox.start import Sandbox, SandboxError


def __getattr__(name: str) -> Any:
    if name in __all__:
        from pixnb.sandbox import start

        return getattr(start, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Sandbox", "SandboxError"]
