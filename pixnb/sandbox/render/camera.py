"""A camera over a picture: it comes closer, goes over it, sways a little, or trembles in a hand."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Camera:
    """Where the eye goes from the first frame to the last."""

    dx: float = 0.0  # to the right, as a share of the room that there is; negative to the left
    dy: float = 0.0  # down, likewise
    zoom: float = 0.0  # share of the picture by which it comes closer; negative: it goes back
    shake: bool = False  # whether a hand holds it

    def box(self, size: tuple[int, int], t: float, share: float) -> tuple[float, float, float, float]:
        """Return the part of the picture that is seen, `t` seconds in and `share` of the way to the end."""
        eased = share * share * (3 - 2 * share) * 0.6 + share * 0.4
        goes = bool(self.dx or self.dy)
        back = -self.zoom if self.zoom < 0 else self.zoom if goes else 0.0
        scale = min(1.0, max(0.4, 1 - back - 0.16 * goes - 0.03 * self.shake - self.zoom * eased))
        sway = 0.08 * math.sin(t * 0.9) * (self.dx == 0)
        across = 0.5 + self.dx * (eased - 0.5) + sway
        down = 0.5 + self.dy * (eased - 0.5)
        if self.shake:
            across += 0.15 * (math.sin(t * 3.1) + 0.6 * math.sin(t * 7.3))
            down += 0.2 * (math.sin(t * 2.3 + 1) + 0.5 * math.sin(t * 8.1))
        left, top = ((1 - scale) * side * min(1.0, max(0.0, at)) for side, at in zip(size, (across, down), strict=True))
        return left, top, left + scale * size[0], top + scale * size[1]
