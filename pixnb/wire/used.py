"""What a service says that it used: the prompt after its enhancer, the seed that it drew.

No page of the three services documents a field for either, though some models take `enhance_prompt` and all draw a
seed; these names are assumed, from what services of the kind answer. What an answer repeats of the request is no such
thing, so its `input` is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_LONGEST = 10_000
_PLACES = ("output", "result", "data", "metadata", "meta")
_PROMPTS = (
    *("prompt_used", "promptUsed", "used_prompt", "enhanced_prompt", "enhancedPrompt", "expanded_prompt"),
    *("expandedPrompt", "revised_prompt", "revisedPrompt", "actual_prompt", "actualPrompt", "final_prompt"),
)
_SEEDS = ("seed_used", "seedUsed", "used_seed", "actual_seed", "actualSeed", "seed")


def read_prompt(data: Any) -> str | None:
    """Return the prompt that an answer says was used, at most 10,000 characters of it; None where it says none.

    Example:
        >>> read_prompt({"output": {"media_url": [], "prompt": "A red coat, 35 mm"}, "input": {"prompt_used": "x"}})
        'A red coat, 35 mm'
    """
    for names, place in _named(data, _PROMPTS, "prompt"):
        for name in names:
            value = place.get(name)
            if isinstance(value, str) and value.strip():
                return value.strip()[:_LONGEST]
    return None


def read_seed(data: Any) -> int | None:
    """Return the seed that an answer says was used; None where it says none that a log can hold.

    Example:
        >>> read_seed({"result": {"seed": 7}}), read_seed({"seed": True}), read_seed({"seed": 2**70})
        (7, None, None)
    """
    for names, place in _named(data, _SEEDS, ""):
        for name in names:
            value = place.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
                return value
    return None


def _named(data: Any, names: tuple[str, ...], inside: str) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if not isinstance(data, Mapping):
        return
    yield names, data
    for name in _PLACES:
        found = data.get(name)
        for place in found[:1] if isinstance(found, list) else [found]:
            if isinstance(place, Mapping):
                yield (*names, inside), place


__all__ = ["read_prompt", "read_seed"]
