"""Inputs from a person: the form of a model's parameters, and the launcher around it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pixnb.widgets.form import Form
    from pixnb.widgets.launcher import Launcher

_HOMES = {"Form": "form", "Launcher": "launcher"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


__all__ = ["Form", "Launcher"]
