"""What happened: the durable log of runs, on SQLite or PostgreSQL; names load on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pixnb.log.log import Log as Log
    from pixnb.log.log import find as find
    from pixnb.log.log import open_log as open  # noqa: A004  read as `log.open(url)`

_HOMES = {"Log": ("pixnb.log.log", "Log"), "find": ("pixnb.log.log", "find"), "open": ("pixnb.log.log", "open_log")}


def __getattr__(name: str) -> Any:
    try:
        module, attribute = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(module), attribute)


__all__ = ["Log", "find", "open"]
