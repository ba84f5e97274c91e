"""What can be asked of each service: models, their parameters and prices, as pure data."""

from __future__ import annotations

from pixnb.lazy import hand_on

_HOME = {
    "Balance": "prices",
    "Cost": "prices",
    "Model": "model",
    "Models": "registry",
    "Params": "params",
    "Price": "prices",
    "models": "registry",
}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["Balance", "Cost", "Model", "Models", "Params", "Price", "models"]
