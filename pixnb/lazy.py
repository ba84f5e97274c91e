"""Names that a package hands on, each loaded from its module when it is first asked for (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def hand_on(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package.

    Args:
        package: Its `__name__`.
        homes: Each name and the module under the package that it lives in; "module:attribute" where it has another
            name there.

    Returns:
        A function that loads a name, or raises AttributeError.

    Example:
        >>> hand_on("pixnb", {"Sandbox": "sandbox.start"})("Sandbox").__name__
        'Sandbox'
    """

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, attribute = homes[name].partition(":")
        return getattr(import_module(f"{package}.{module}"), attribute or name)

    return load


__all__ = ["hand_on"]
