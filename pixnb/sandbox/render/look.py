"""How pictures are changed: a look, and what varies from take to take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pixnb.sandbox.render import grades as g
from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.palette import RGB

Picture = NDArray[np.uint8]  # RGB, shape (height, width, 3)


@dataclass(frozen=True, eq=False)
class Patch:
    """A part of the picture that is changed by itself, such as a garment.

    Args:
        cover: How much of each colour belongs to it.
        grades: What happens to its colours.
        focus: Where it is: the middle, and half its width and height, 0 to 1; it fades out beyond.
        texture: A cloth's pattern, about middle grey, that lies over it.
    """

    cover: g.Grade
    grades: tuple[g.Grade, ...]
    focus: tuple[float, float, float, float] = (0.5, 0.55, 0.34, 0.6)
    texture: Picture | None = None


@dataclass(frozen=True)
class Look:
    """How pictures are changed.

    Args:
        grades: Colour functions, in order.
        drawing: The name of a drawing style, or None.
        heft: How strong the drawing's lines and patches are, about 1.
        vignette: Darkness of the corners, 0 to 1.
        shade: How dark it is away from the light, 0 to 1; 0: the light falls everywhere.
        lit: Where the light falls, 0 to 1 of the width and the height.
        grain: Strength of film grain, 0 to 40.
        glow: Strength of bloom, 0 to 1.
        drifts: Names of what drifts through the picture.
        lamp: A light in the picture: its colour and place (0 to 1), or None.
        fine: Sharpness of detail: above 0 crisper, below 0 softer, about -1 to 1.
        patch: A part that is changed by itself.
        texture: A relief, about middle grey, that lies over the whole picture.
    """

    grades: tuple[g.Grade, ...] = ()
    drawing: str | None = None
    heft: float = 1.0
    vignette: float = 0.0
    shade: float = 0.0
    lit: tuple[float, float] = (0.5, 0.5)
    grain: float = 0.0
    glow: float = 0.0
    drifts: tuple[str, ...] = ()
    lamp: tuple[RGB, float, float] | None = None
    fine: float = 0.0
    patch: Patch | None = None
    texture: Picture | None = field(default=None, compare=False)

    def also(self, *more: g.Grade, **changes: object) -> Look:
        """Return the look with more grades and other settings."""
        return replace(self, grades=self.grades + more, **changes)  # type: ignore[arg-type]  # dataclass fields by name

    def plus(self, *names: str) -> tuple[str, ...]:
        """Return the names of what drifts through, and these."""
        return tuple(dict.fromkeys((*self.drifts, *names)))


_GOLDEN = 0.6180339887  # steps of this share of a round never come close to an earlier one soon


@dataclass(frozen=True)
class Take:
    """What differs between takes of one prompt.

    Args:
        chance: Chance of this take.
        theme: Chance shared by the prompt's takes.
        order: The how-manieth take it is.
    """

    chance: Chance
    theme: Chance | None = None
    order: int = 0

    def spread(self, name: str, low: float, high: float) -> float:
        """Return a number between `low` and `high` that lies far from the takes' before and after this one."""
        start = (self.theme or self.chance).uniform(name, 0, 1)
        return low + (high - low) * ((start + _GOLDEN * self.order) % 1)

    def near(self, name: str, value: float, share: float = 0.25) -> float:
        """Return a number within a share of `value`."""
        return value * self.chance.uniform(name, 1 - share, 1 + share)


Step = Callable[[Look, Take], Look]


__all__ = ["Look", "Patch", "Picture", "Step", "Take"]
