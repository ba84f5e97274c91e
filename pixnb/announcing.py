"""What a person is told once a process."""

from __future__ import annotations

import sys

_said: set[str] = set()


def announce(text: str) -> None:
    """Say something to the person once a process."""
    if text not in _said:
        _said.add(text)
        sys.stdout.write(f"pixnb: {text}\n")
        sys.stdout.flush()


__all__ = ["announce"]
