"""What a person is told once a process."""

from __future__ import annotations

import sys

from pixnb import visitors
from pixnb.terminal import say

_said: set[str] = set()


def announce(text: str, *, private: bool = False) -> None:
    """Say something to the person once a process.

    Args:
        text: What to say.
        private: Whether it is only for who runs the process, such as a path of it; a visitor of a page that Voila
            serves is not told.
    """
    if text not in _said and not (private and visitors.are_here()):
        _said.add(text)
        say(f"pixnb: {text}", sys.stdout)


__all__ = ["announce"]
