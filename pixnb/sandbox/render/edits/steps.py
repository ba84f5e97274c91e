"""Putting a picture into a named look: an hour's, a weather's, a place's or a style's, as `looks.toml` has it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pixnb.sandbox.render.edits import grades as g
from pixnb.sandbox.render.edits.look import Look, Take

_LOOKS: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "looks.toml").read_text(encoding="utf-8"))


def apply(name: str | None, look: Look, take: Take) -> Look:
    """Return the look with the named one over it; an unknown name changes nothing."""
    if name not in _LOOKS:
        return look
    told = dict(_LOOKS[name])
    look = apply(told.pop("like", None), look, take)
    drifts = look.plus(*told.pop("drifts", ()))
    made = []
    for at, (grade, *values) in enumerate(told.pop("grades", ())):
        made.append(getattr(g, grade)(*(_draw(value, take, f"{name}{at}") for value in values)))
    if "lamp" in told:
        told["lamp"] = tuple(_draw(value, take, f"{name}-lamp") for value in told["lamp"])
    return look.also(*made, drifts=drifts, **told)


def _draw(value: Any, take: Take, name: str) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if not isinstance(value, str):
        return value
    if "~" in value:
        middle, share = (float(part) for part in value.split("~"))
        return take.near(name, middle, share)
    if ".." in value:
        low, high = (float(part) for part in value.split(".."))
        return take.chance.uniform(name, low, high)
    return take.chance.choice(name, [float(part) for part in value.split("|")])
