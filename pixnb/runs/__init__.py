"""A job that is logged: recorded before it is sent, found again after a crash."""

from __future__ import annotations

from pixnb.lazy import hand_on

_HOME = {"Amounts": "budget", "Run": "run", "Runner": "runner"}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["Amounts", "Run", "Runner"]
