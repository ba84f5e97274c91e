"""How each provider says it: requests out, answers in, with no I/O."""

from __future__ import annotations

from typing import Any

_HOME = {"Callback": "callback", "Target": "wire", "Wire": "wire", "get": "registry"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = ["Callback", "Target", "Wire", "get"]
