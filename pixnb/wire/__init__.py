"""How each provider says it: requests out, answers in, with no I/O."""

from __future__ import annotations

from pixnb.lazy import hand_on

_HOME = {"Callback": "callback", "Target": "wire", "Wire": "wire", "get": "registry"}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["Callback", "Target", "Wire", "get"]
