"""A refusal's text, sorted to the parameters that it is about."""

from __future__ import annotations

import re
from collections.abc import Container

_HEAD = re.compile(r"Invalid inputs for [^:]+: ")


def sorted_out(message: str, names: Container[str]) -> tuple[dict[str, str], str]:
    """Give each sentence of an InvalidInput to the parameter that it begins with.

    Args:
        message: Such as "Invalid inputs for ltx-2: prompt is required; fps must be 24, 25 or 30, not 7".
        names: The parameters that there are.

    Returns:
        The sentences by parameter, and the rest of the message, which is about none.

    Example:
        >>> sorted_out("Invalid inputs for ltx-2: prompt is required; fps must be 24", {"prompt", "fps"})
        ({'prompt': 'prompt is required', 'fps': 'fps must be 24'}, '')
        >>> sorted_out("The budget is spent.", {"prompt"})
        ({}, 'The budget is spent.')
    """
    head = _HEAD.match(message)
    if head is None:
        return {}, message
    found: dict[str, str] = {}
    rest: list[str] = []
    last = None
    for sentence in message[head.end() :].split("; "):
        first = re.split(r"[ :]", sentence, maxsplit=1)[0]
        if first in names:
            last = first
            found[first] = f"{found[first]}; {sentence}" if first in found else sentence
        elif last is not None:  # a semicolon within a sentence
            found[last] += f"; {sentence}"
        else:
            rest.append(sentence)
    return found, "; ".join(rest)


__all__ = ["sorted_out"]
