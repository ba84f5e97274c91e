"""What happened: the durable log of runs, on SQLite or PostgreSQL; names load on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.lazy import hand_on

if TYPE_CHECKING:
    from pixnb.log.log import Log as Log
    from pixnb.log.log import find as find
    from pixnb.log.log import open_log as open  # noqa: A004  read as `log.open(url)`

_HOME = {"Log": "log", "find": "log", "open": "log:open_log"}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["Log", "find", "open"]
