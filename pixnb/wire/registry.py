"""Which wire file speaks to which service."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from pixnb.errors import InvalidInput
from pixnb.wire.wire import Wire

_WIRES = {"pixazo": "PixazoWire", "decart": "DecartWire", "apiframe": "ApiframeWire"}


@cache
def get(provider: str) -> Wire:
    """Return the wire of a service.

    Raises:
        InvalidInput: No such service.

    Example:
        >>> get("pixazo").provider
        'pixazo'
    """
    if provider not in _WIRES:
        raise InvalidInput(f"Unknown provider {provider!r}. Use one of: {', '.join(_WIRES)}.")
    wire: Wire = getattr(import_module(f"pixnb.wire.{provider}"), _WIRES[provider])()
    return wire


__all__ = ["get"]
