"""How pictures are changed: a look, the named ones of `looks.toml`, and what varies from take to take."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.edits import grades as g
from pixnb.sandbox.render.palette import RGB
from pixnb.sandbox.tables import read_table

Picture = NDArray[np.uint8]  # RGB, shape (height, width, 3)


@dataclass(frozen=True, eq=False)
class Patch:
    """A part of the picture that is changed by itself, such as a garment."""

    cover: g.Grade  # how much of each colour belongs to it
    grades: tuple[g.Grade, ...]  # what happens to its colours
    # where it is: the middle, and half its width and height, 0 to 1; it fades out beyond
    focus: tuple[float, float, float, float] = (0.5, 0.55, 0.34, 0.6)
    texture: Picture | None = None  # A cloth's pattern, about middle grey, that lies over it


@dataclass(frozen=True)
class Look:
    """How pictures are changed."""

    grades: tuple[g.Grade, ...] = ()  # colour functions, in order
    drawing: str | None = None  # the name of a drawing style, or None
    heft: float = 1.0  # how strong the drawing's lines and patches are, about 1
    vignette: float = 0.0  # darkness of the corners, 0 to 1
    shade: float = 0.0  # how dark it is away from the light, 0 to 1; 0: the light falls everywhere
    lit: tuple[float, float] = (0.5, 0.5)  # where the light falls, 0 to 1 of the width and the height
    grain: float = 0.0  # strength of film grain, 0 to 40
    glow: float = 0.0  # strength of bloom, 0 to 1
    drifts: tuple[str, ...] = ()  # names of what drifts through the picture
    lamp: tuple[RGB, float, float] | None = None  # A light in the picture: its colour and place (0 to 1), or None
    fine: float = 0.0  # sharpness of detail: above 0 crisper, below 0 softer, about -1 to 1
    patch: Patch | None = None  # A part that is changed by itself
    # A relief, about middle grey, that lies over the whole picture
    texture: Picture | None = field(default=None, compare=False)

    def also(self, *more: g.Grade, **changes: object) -> Look:
        """Return the look with more grades and other settings."""
        return replace(self, grades=self.grades + more, **changes)  # type: ignore[arg-type]  # dataclass fields by name


_LOOKS: dict[str, dict[str, Any]] = read_table(__file__, "looks.toml")
_GOLDEN = 0.6180339887  # steps of this share of a round never come close to an earlier one soon


@dataclass(frozen=True)
class Take:
    """What differs between takes of one prompt."""

    chance: Chance  # chance of this take
    theme: Chance | None = None  # chance shared by the prompt's takes
    order: int = 0  # the how-manieth take it is

    def spread(self, name: str, low: float, high: float) -> float:
        """Return a number between `low` and `high` that lies far from the takes' before and after this one."""
        start = (self.theme or self.chance).uniform(name, 0, 1)
        return low + (high - low) * ((start + _GOLDEN * self.order) % 1)

    def near(self, name: str, value: float, share: float = 0.25) -> float:
        """Return a number within a share of `value`."""
        return value * self.chance.uniform(name, 1 - share, 1 + share)


def apply(name: str | None, look: Look, take: Take) -> Look:
    """Return the look with the named one over it; an unknown name changes nothing."""
    if name not in _LOOKS:
        return look
    told = dict(_LOOKS[name])
    look = apply(told.pop("like", None), look, take)
    drifts = tuple(dict.fromkeys((*look.drifts, *told.pop("drifts", ()))))
    made = []
    for at, (grade, *values) in enumerate(told.pop("grades", ())):
        made.append(getattr(g, grade)(*(_draw(value, take, f"{name}{at}-{i}") for i, value in enumerate(values))))
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
        return take.spread(name, low, high)
    return take.chance.choice(name, [float(part) for part in value.split("|")])
