"""Notebook output: what each object looks like, as bundles of HTML, pictures, plain text and live cards."""

from __future__ import annotations

from typing import Any

_HOME = {"Budget": "video", "card": "live", "figure_html": "video", "guarded": "guard"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = ["Budget", "card", "figure_html", "guarded"]
