"""The columns `vars.*` of a frame as a sweep's own line has them, also for runs that another line had made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pixnb.log.series import restored, series

_BEFORE = ("vars.", "params.", "input.")


def set_factors(frame: pd.DataFrame, factors: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Put factors into a frame; what they do not name stays as it is.

    Args:
        frame: A log's.
        factors: For each of its rows the factors by name.
    """
    for name in sorted({name for one in factors for name in one}):
        column = f"vars.{name}"
        old: list[Any] = frame[column].tolist() if column in frame else [None] * len(frame)
        new = [one.get(name, before) for one, before in zip(factors, old, strict=True)]
        if column in frame and all(_is_same(*pair) for pair in zip(old, new, strict=True)):
            continue
        made = _make(new)
        if column in frame:
            frame[column] = made
        else:
            frame.insert(_place(frame, column), column, made)
    return frame


def _is_same(one: Any, other: Any) -> bool:
    return one is other or (pd.isna(one) is True and pd.isna(other) is True) or (type(one), one) == (type(other), other)


def _make(values: list[Any]) -> pd.Series[Any]:
    known = {row: value for row, value in enumerate(values) if value is not None and pd.isna(value) is not True}
    for kind, python in (("text", str), ("boolean", bool)):
        if all(isinstance(value, python) for value in known.values()):
            return series(kind, [known.get(row) for row in range(len(values))])
    return restored(pd.Series([None] * len(values), dtype=object), known)


def _place(frame: pd.DataFrame, column: str) -> int:
    """Find where a column goes: among its like by name, else behind the parameters."""
    names = [str(name) for name in frame.columns]
    for prefix in _BEFORE:
        like = [at for at, name in enumerate(names) if name.startswith(prefix) and (prefix != "vars." or name < column)]
        if like:
            return like[-1] + 1
    return names.index("attempt") + 1 if "attempt" in names else len(names)


__all__ = ["set_factors"]
