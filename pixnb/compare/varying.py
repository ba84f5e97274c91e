"""What differs between the runs of a frame, and what is the same for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_FIXED = ("provider", "model", "task", "prompt", "seed", "take")
_PREFIXES = ("input.", "params.", "vars.")


def varying(frame: pd.DataFrame) -> list[str]:
    """Return the columns of what was asked that differ between runs, in the frame's order.

    Args:
        frame: A log's frame, or any with some of its columns.

    Example:
        >>> import pandas as pd
        >>> varying(pd.DataFrame({"model": ["ltx-2", "ltx-2"], "prompt": ["A lake", "A sea"], "take": [1, 1]}))
        ['prompt']
    """
    return [name for name in columns_of(frame) if frame[name].map(_comparable).nunique(dropna=False) > 1]


def constant(frame: pd.DataFrame) -> dict[str, Any]:
    """Return what was asked in all runs alike, and was set at all."""
    if frame.empty:
        return {}
    differ = set(varying(frame))
    same = {name: frame[name].iloc[0] for name in columns_of(frame) if name not in differ}
    return {name: value for name, value in same.items() if not _is_missing(value)}


def columns_of(frame: pd.DataFrame) -> list[str]:
    """Return the columns of what was asked."""
    return [name for name in frame.columns if name in _FIXED or str(name).startswith(_PREFIXES)]


def _comparable(value: Any) -> Any:
    return repr(value) if isinstance(value, list | dict) else value


def _is_missing(value: Any) -> bool:
    import pandas as pd

    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


__all__ = ["columns_of", "constant", "varying"]
