"""Looking at a picture through a camera that is closer, turned or moved, and bending it along a current."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixnb.sandbox.render.chance import Chance

_ROUNDED = 1e-6
_MARGIN = 0.75  # how far a picture is mirrored beyond each edge, in its widths and heights
_CELLS = (16, 10)  # into how many parts a bent picture is cut


@dataclass(frozen=True)
class View:
    """What of a picture a camera sees."""

    zoom: float = 1.0  # how close it is; 1: all of the picture
    x: float = 0.0  # how far it looks to the right of the middle, in widths
    y: float = 0.0  # how far it looks below the middle, in heights
    angle: float = 0.0  # degrees that it is turned

    def closer(self, factor: float) -> View:
        """Return the view from closer by."""
        return replace(self, zoom=self.zoom * factor)

    def turned(self, degrees: float) -> View:
        """Return the view with the camera turned."""
        return replace(self, angle=self.angle + degrees)


class Pane:
    """A picture that a camera looks at; beyond its edges it is mirrored."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image

    def seen(self, view: View) -> Image.Image:
        """Return what a view shows, in the picture's own size."""
        width, height = self.image.size
        if abs(view.zoom - 1) < _ROUNDED and abs(view.angle) < _ROUNDED and not (view.x or view.y):
            return self.image.copy()
        wide, high = width / view.zoom, height / view.zoom
        left, top = width * (0.5 + view.x) - wide / 2, height * (0.5 + view.y) - high / 2
        if not view.angle and left >= 0 and top >= 0 and left + wide <= width and top + high <= height:
            box = (left, top, left + wide, top + high)
            return self.image.resize(self.image.size, Image.Resampling.BILINEAR, box=box)
        turn = math.radians(view.angle)
        cos, sin = math.cos(turn) / view.zoom, math.sin(turn) / view.zoom
        across = width * (0.5 + view.x + _MARGIN) - (cos * width + sin * height) / 2
        down = height * (0.5 + view.y + _MARGIN) + (sin * width - cos * height) / 2
        matrix = (cos, sin, across, -sin, cos, down)
        return self._mirrored.transform(self.image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)

    @cached_property
    def _mirrored(self) -> Image.Image:
        width, height = self.image.size
        sides, ends = (round(width * _MARGIN),) * 2, (round(height * _MARGIN),) * 2
        return Image.fromarray(np.pad(np.asarray(self.image), (ends, sides, (0, 0)), mode="symmetric"))


@dataclass(frozen=True)
class Field:
    """A current that bends pictures."""

    # how far each corner of the cells is carried, in pixels, shape (rows + 1, columns + 1, 2)
    corners: NDArray[np.float32]

    def bent(self, image: Image.Image, amount: float) -> Image.Image:
        """Return the picture carried along; negative amounts carry it against the current."""
        if abs(amount) < 0.002:
            return image
        rows, columns = self.corners.shape[0] - 1, self.corners.shape[1] - 1
        xs = [round(image.size[0] * i / columns) for i in range(columns + 1)]
        ys = [round(image.size[1] * j / rows) for j in range(rows + 1)]
        moved = self.corners * amount
        mesh = []
        for j in range(rows):
            for i in range(columns):
                quad: list[float] = []
                for a, b in ((0, 0), (1, 0), (1, 1), (0, 1)):  # down the left side, up the right one
                    dx, dy = moved[j + a, i + b]
                    quad += [xs[i + b] + float(dx), ys[j + a] + float(dy)]
                mesh.append(((xs[i], ys[j], xs[i + 1], ys[j + 1]), tuple(quad)))
        return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def swirl(chance: Chance, size: tuple[int, int]) -> Field:
    """Return a smooth current of some eddies, which leaves the edges in place."""
    columns, rows = _CELLS
    y, x = np.mgrid[0 : 1 : (rows + 1) * 1j, 0 : 1 : (columns + 1) * 1j].astype(np.float32)
    field = np.zeros((rows + 1, columns + 1, 2), np.float32)
    for at_x, at_y, power, turn in chance.stream("current").random((7, 4)):
        dx, dy = x - at_x, (y - at_y) * size[1] / size[0]
        near = np.exp(-(dx**2 + dy**2) / 0.045) * (0.6 + power)
        spin = 1 if turn > 0.5 else -1
        field[..., 0] += -dy * near * spin + dx * near * 0.6
        field[..., 1] += dx * near * spin + dy * near * 0.6
    still = np.sqrt(np.clip(np.sin(np.pi * x) * np.sin(np.pi * y), 0, 1))
    reach = 0.13 * size[0] / max(1e-6, float(np.abs(field).max()))
    return Field(np.asarray(field * still[..., None] * reach, np.float32))


__all__ = ["Field", "Pane", "View", "swirl"]
