"""Gives every DataFrame its `.pixnb`, and loads what that needs when somebody uses it."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def register() -> None:
    """Register `df.pixnb` with pandas, once; an accessor of that name that is not ours stays.

    Example:
        >>> import pandas as pd
        >>> register()
        >>> pd.DataFrame({"run_id": ["a"], "prompt": ["A lake"]}).pixnb.table().title
        'Runs'
    """
    import pandas as pd

    if not hasattr(pd.DataFrame, "pixnb"):
        pd.api.extensions.register_dataframe_accessor("pixnb")(_open)  # type: ignore[type-var]  # any callable does


def _open(frame: Any) -> Any:
    # By name: this is the ground floor, and the accessor stands on nearly the highest.
    return import_module("pixnb.pandas").Runs(frame)


__all__ = ["register"]
