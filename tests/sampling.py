"""Parameters of which a few make quick tests, and the rest slow ones."""

from __future__ import annotations

import pytest


def sampled(values, quick):
    """Mark as slow all values but those that are quick, which are given themselves or by their number."""
    chosen = set(list(values)[:quick]) if isinstance(quick, int) else set(quick)
    assert chosen <= set(values), f"{chosen - set(values)} are none of them"
    return [value if value in chosen else pytest.param(value, marks=pytest.mark.slow) for value in values]
