"""What can be asked of each service: models, their parameters and prices, as pure data."""

from __future__ import annotations

from typing import Any

_HOME = {
    "Balance": "prices",
    "Cost": "prices",
    "Model": "model",
    "Models": "registry",
    "Params": "params",
    "Price": "prices",
    "models": "registry",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = ["Balance", "Cost", "Model", "Models", "Params", "Price", "models"]
