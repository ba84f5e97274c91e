"""Names that a package hands on, as its stub `__init__.pyi` lists them, each loaded when first asked for (PEP 562)."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from pixnb.living import answer_guess
from pixnb.unsent import nothing_sent


def hand_on(
    package: str, guesses: Mapping[str, str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Read a package's stub, the one place that names what it hands on, for people, type checkers and this loader.

    Args:
        package: Its `__name__`.
        guesses: What to do instead, by the names that people try, several in one key apart by blanks.

    Returns:
        Its `__getattr__`, `__dir__` and `__all__`.

    Raises:
        AttributeError: From `__getattr__`, for a name that the stub does not have.
        PixnbError: From `__getattr__`, where its module cannot be read.
    """
    homes = dict(_read_stub(package))

    def load(name: str) -> Any:
        if name not in homes:
            right = answer_guess(name, guesses or {}, homes)
            raise AttributeError(f"module {package!r} has no attribute {name!r}{right}")
        with nothing_sent():
            module = import_module(homes[name])
            # what is a module itself is used by its own name, as in `pixnb.webhooks.app(log)`
            return module if homes[name] == f"{package}.{name}" else getattr(module, name)

    names = sorted(homes)
    return load, lambda: names, names


def _read_stub(package: str) -> list[tuple[str, str]]:
    """Give each name of the stub's lines `from MODULE import NAME as NAME`, and its module."""
    text = (pkgutil.get_data(package, "__init__.pyi") or b"").decode()
    found = []
    for line in text.splitlines():
        if line.startswith(f"from {package}"):
            module, _, name = line.removeprefix("from ").partition(" import ")
            name = name.partition(" as ")[0].strip()
            found.append((name, f"{package}.{name}" if module == package else module))
    return found


__all__ = ["hand_on"]
