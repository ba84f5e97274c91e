"""One column of a frame from what the database gave, as Python values or as Arrow, with the same result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

TEXT = pd.Series(["a"]).dtype
"""The string dtype that the pandas in use takes by itself: `str` since 3.0, `object` before."""

_MASKED = {"boolean": "boolean", "number": "Float64"}  # the rest are whole numbers in the database
_NOT_A_TIME = np.iinfo(np.int64).min


def series(kind: str, values: Iterable[Any] | pa.ChunkedArray) -> pd.Series[Any]:
    """Make a column.

    Args:
        kind: "text", "boolean", "integer", "number", "time" (µs since 1970, UTC) or "money" (10⁻⁹ units).
        values: From a cursor, or from Arrow.

    Returns:
        Text in the string dtype of pandas, Int64, Float64, boolean, or datetime64[us, UTC].

    Example:
        >>> series("money", [200_000_000, None]).tolist()
        [0.2, <NA>]
    """
    given: Any = values
    by_arrow = hasattr(given, "combine_chunks")
    if kind == "text":
        return given.to_pandas().astype(TEXT) if by_arrow else pd.Series(list(given), dtype=TEXT)
    dtype: Any = pd.api.types.pandas_dtype(_MASKED.get(kind, "Int64"))
    found: Any = _of_arrow(kind, given, dtype) if by_arrow else pd.array(list(given), dtype=dtype)
    if kind == "time":
        return _times(found)
    return pd.Series(found / 1e9 if kind == "money" else found)


def _of_arrow(kind: str, values: Any, dtype: Any) -> Any:
    # SQLite has no booleans: they come as 0 and 1.
    plain = values.cast("bool") if kind == "boolean" else values
    return dtype.__from_arrow__(plain)


def _times(micros: Any) -> pd.Series[Any]:
    plain = micros.to_numpy("int64", na_value=_NOT_A_TIME).view("datetime64[us]")
    return pd.Series(plain).dt.tz_localize("UTC")


def restored(column: pd.Series[Any], values: dict[int, Any]) -> pd.Series[Any]:
    """Put values of other kinds back among those of a column.

    Args:
        column: As the database has it.
        values: By row number, what `overflow_json` kept.

    Returns:
        Float64 if all are numbers that a float holds, else Python objects.
    """
    listed = [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]
    for row, value in values.items():
        listed[row] = value
    known = [value for value in listed if value is not None]
    if all(isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 for value in known):
        return series("integer", listed)
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known):
        return series("number", listed)
    return pd.Series(listed, dtype=object)


__all__ = ["TEXT", "restored", "series"]
