"""The words for columns, values and sums in a comparison."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pixnb.catalogue.prices import format_amount
from pixnb.display import wording
from pixnb.errors import ModelNotFound

_SETTLED = ("COMPLETED", "FAILED", "ERROR")
_HASHED = re.compile(r"^([0-9a-f]{8})[0-9a-f]{56}(?=\.|$)")


def label(name: str) -> str:
    """Return how a column is called in a table.

    Example:
        >>> label("params.enhance_prompt"), label("input.video"), label("seed")
        ('enhance prompt', 'video', 'seed')
    """
    prefix, dot, rest = name.partition(".")
    known = dot and prefix in ("params", "vars", "input", "tags", "metrics")
    return wording.legible((rest if known else name).replace("_", " "))


def say(value: Any) -> str:
    """Say a value of a frame as a person would.

    Example:
        >>> say(True), say(24.0), say(0.5), say(None), say("720p")
        ('yes', '24', '0.5', '–', '720p')
    """
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        value = value.item()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value == value:
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    return str(value) if wording.is_given(value) else "–"


def total(records: Sequence[Mapping[str, Any]]) -> str:
    """Say what runs cost together, real, simulated and reserved money apart, and how many have no known price.

    Example:
        >>> total([{"cost": 0.2, "currency": "USD"}, {"cost_simulated": 0.2}, {"cost": 0.1}, {"cost": None}])
        '$0.30 · $0.20 simulated · 1 at an unknown price'
    """
    sums: dict[tuple[str, str], Decimal] = {}
    billed = [record for record in records if str(record.get("cost_kind")) not in wording.FREE]
    found = [(record, price) for record in billed if (price := wording.priced(record)) is not None]
    for record, (amount, currency, mark) in found:
        if not wording.is_given(record.get("cost")) and not wording.is_given(record.get("cost_simulated")):
            mark = mark.removeprefix("estimated") if str(record.get("status")) in _SETTLED else "reserved"
        sums[mark, currency] = sums.get((mark, currency), Decimal(0)) + amount
    unknown = len(billed) - len(found)
    said = [f"{format_amount(sums[key], key[1])} {key[0]}".strip() for key in sorted(sums, key=_in_order)]
    if unknown and unknown == len(billed):
        return wording.UNKNOWN_PRICE
    return " · ".join([*said, *([f"{unknown} at an unknown price"] if unknown else [])])


def _in_order(key: tuple[str, str]) -> tuple[int, str]:
    return ("", "simulated", "reserved").index(key[0]), key[1]


def name_of(place: str) -> str:
    """Return the name by which a person knows a path or URL; what opens a signed link is left out.

    Example:
        >>> name_of("https://example.org/clips/cat.mp4?token=1"), name_of("assets/d9/" + "d9" * 32)
        ('cat.mp4', 'd9d9d9d9…')
    """
    name = place.split("?")[0].rstrip("/").rsplit("/", 1)[-1] or place
    return _HASHED.sub(r"\1…", wording.legible(name))  # what was given as bytes has no name but its hash


def default(model: Any, name: str) -> Any:
    """Return what the service's page says it takes where a parameter is not sent; None where it says nothing.

    Args:
        model: A friendly id.
        name: The frame's column, "params.fps".

    Example:
        >>> default("ltx-2.3-text-to-video", "params.fps"), default("unknown", "params.fps")
        (25, None)
    """
    from pixnb.catalogue.registry import models

    if not isinstance(model, str) or not name.startswith("params."):
        return None
    try:
        field = models.get(model).params.model_fields.get(name.removeprefix("params."))
    except ModelNotFound:
        return None
    return field.default if field is not None and not field.is_required() else None


__all__ = ["default", "label", "name_of", "say", "total"]
