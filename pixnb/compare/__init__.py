"""Comparing runs, from a frame alone: what varies, tables, a report to send."""

from __future__ import annotations

from typing import Any

_HOME = {
    "Table": "comparison",
    "compare": "comparison",
    "text_table": "table",
    "varying": "varying",
    "write_report": "report",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = ["Table", "compare", "text_table", "varying", "write_report"]
