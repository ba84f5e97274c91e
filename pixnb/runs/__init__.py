"""A job that is logged: recorded before it is sent, found again after a crash."""

from __future__ import annotations

from typing import Any

_HOME = {"Amounts": "budget", "Run": "run", "Runner": "runner"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = ["Amounts", "Run", "Runner"]
