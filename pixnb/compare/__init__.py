"""Comparing runs, from a frame alone: what varies, tables, a report to send."""

from __future__ import annotations

from pixnb.lazy import hand_on

_HOME = {
    "Table": "comparison",
    "compare": "comparison",
    "text_table": "table",
    "varying": "varying",
    "write_report": "report",
}

__getattr__ = hand_on(__name__, _HOME)

__all__ = ["Table", "compare", "text_table", "varying", "write_report"]
