"""Figures that stand: houses, castles, towers, temples, and the things of a room or a stage."""

from __future__ import annotations

import math

from pixnb.sandbox.render.palette import RGB
from pixnb.sandbox.render.pen import Draw, Pen, swing

_INK, _WOOD = (34, 32, 38), (120, 78, 48)


def _box(pen: Pen, left: float, top: float, right: float, bottom: float, tone: str | RGB = "body") -> None:
    pen.shape((left, top), (right, top), (right, bottom), (left, bottom), tone=tone)


def house(pen: Pen, phase: float) -> None:
    """Draw a house with lit windows."""
    _box(pen, 0.66, 0.3, 0.74, 0.5, "dark")
    _box(pen, 0.2, 0.56, 0.8, 0.98)
    _box(pen, 0.62, 0.56, 0.8, 0.98, "light")
    pen.shape((0.12, 0.58), (0.5, 0.28), (0.88, 0.58), tone="dark")
    for x in (0.27, 0.61):
        _box(pen, x - 0.012, 0.648, x + 0.132, 0.802, (246, 242, 234))
        _box(pen, x, 0.66, x + 0.12, 0.79, "shine")
        _box(pen, x + 0.055, 0.66, x + 0.065, 0.79, (246, 242, 234))
    _box(pen, 0.44, 0.76, 0.56, 0.98, "dark")
    pen.oval(0.54, 0.88, 0.01, 0.01, (240, 206, 120))


def castle(pen: Pen, phase: float) -> None:
    """Draw a castle."""
    _box(pen, 0.15, 0.6, 0.85, 0.99)
    for i in range(10):
        _box(pen, 0.16 + i * 0.07, 0.57, 0.195 + i * 0.07, 0.61)
    for x, top, w in ((0.2, 0.42, 0.08), (0.8, 0.4, 0.08), (0.5, 0.22, 0.1), (0.36, 0.36, 0.06), (0.64, 0.34, 0.06)):
        _box(pen, x - w, top, x + w, 0.99)
        _box(pen, x + w * 0.3, top, x + w, 0.99, "light")
        pen.shape((x - w * 1.3, top), (x, top - w * 2.2), (x + w * 1.3, top), tone=(126, 62, 74))
        pen.oval(x, top + 0.09, w * 0.28, w * 0.45, "shine")
        wave = 0.01 * swing(phase, x)
        pen.shape((x, top - w * 2.2 - 0.05), (x + 0.06, top - w * 2.2 - 0.035 + wave), (x, top - w * 2.2 - 0.015),
                  tone=(206, 50, 50))  # fmt: skip
    pen.blob((0.44, 1.0), (0.44, 0.88), (0.5, 0.83), (0.56, 0.88), (0.56, 1.0), tone="dark")


def lighthouse(pen: Pen, phase: float) -> None:
    """Draw a lighthouse on its rock."""
    pen.blob((0.08, 1.0), (0.2, 0.9), (0.42, 0.87), (0.66, 0.89), (0.92, 1.0), tone=(72, 70, 78))
    pen.shape((0.42, 0.3), (0.58, 0.3), (0.63, 0.94), (0.37, 0.94), tone=(244, 242, 236))
    for y in (0.36, 0.57, 0.78):
        wide = (y - 0.3) * 0.078
        pen.shape((0.42 - wide, y), (0.58 + wide, y), (0.588 + wide, y + 0.1), (0.412 - wide, y + 0.1))
    _box(pen, 0.4, 0.285, 0.6, 0.31, "dark")
    _box(pen, 0.435, 0.2, 0.565, 0.29, "shine")
    beam = 0.5 + 0.5 * swing(phase)
    pen.oval(0.5, 0.245, 0.05 + 0.04 * beam, 0.045 + 0.02 * beam, (255, 246, 200))
    pen.blob((0.41, 0.2), (0.5, 0.11), (0.59, 0.2), tone="dark")


def temple(pen: Pen, phase: float) -> None:
    """Draw a pagoda."""
    for i, (y, half) in enumerate(((0.84, 0.3), (0.62, 0.24), (0.42, 0.18))):
        _box(pen, 0.5 - half * 0.62, y - 0.1, 0.5 + half * 0.62, y + 0.15)
        for k in range(3):
            x = 0.5 + (k - 1) * half * 0.36
            _box(pen, x - half * 0.1, y - 0.02, x + half * 0.1, y + 0.1 + 0.04 * (i == 0), "shine")
        pen.shape((0.5 - half * 1.25, y - 0.06), (0.5 - half * 0.85, y - 0.1), (0.5 - half * 0.45, y - 0.19),
                  (0.5 + half * 0.45, y - 0.19), (0.5 + half * 0.85, y - 0.1), (0.5 + half * 1.25, y - 0.06),
                  (0.5 + half, y - 0.045), (0.5 - half, y - 0.045), tone=(58, 66, 78))  # fmt: skip
    pen.stroke((0.5, 0.23), (0.5, 0.08), width=0.022, end=0.008, tone=(226, 182, 84))
    _box(pen, 0.16, 0.955, 0.84, 0.99, (150, 144, 138))


def windmill(pen: Pen, phase: float) -> None:
    """Draw a windmill that turns."""
    pen.shape((0.4, 0.42), (0.6, 0.42), (0.68, 0.98), (0.32, 0.98))
    pen.shape((0.53, 0.42), (0.6, 0.42), (0.68, 0.98), (0.56, 0.98), tone="light")
    pen.blob((0.37, 0.43), (0.5, 0.3), (0.63, 0.43), tone=(126, 62, 52))
    _box(pen, 0.46, 0.84, 0.54, 0.98, "dark")
    for i in range(4):
        turn = math.pi / 2 * (i + phase)
        dx, dy = math.cos(turn), math.sin(turn)
        pen.stroke((0.5, 0.4), (0.5 + dx * 0.36, 0.4 + dy * 0.36), width=0.018, tone=_WOOD)
        pen.shape(*[(0.5 + dx * a - dy * b, 0.4 + dy * a + dx * b) for a, b in ((0.1, 0), (0.36, 0), (0.36, 0.08),
            (0.1, 0.08))],
                  tone=(246, 240, 226))  # fmt: skip


def church(pen: Pen, phase: float) -> None:
    """Draw a church."""
    _box(pen, 0.34, 0.6, 0.86, 0.98)
    pen.shape((0.3, 0.62), (0.42, 0.44), (0.8, 0.44), (0.9, 0.62), tone="dark")
    _box(pen, 0.2, 0.4, 0.4, 0.98, "light")
    pen.shape((0.17, 0.41), (0.3, 0.14), (0.43, 0.41), tone="dark")
    pen.stroke((0.3, 0.15), (0.3, 0.05), width=0.012, tone=(226, 182, 84))
    pen.stroke((0.27, 0.085), (0.33, 0.085), width=0.012, tone=(226, 182, 84))
    for x in (0.3, 0.5, 0.63, 0.76):
        pen.blob((x - 0.028, 0.82), (x - 0.028, 0.72), (x, 0.68), (x + 0.028, 0.72), (x + 0.028, 0.82), tone="shine")


def candle(pen: Pen, phase: float) -> None:
    """Draw a candle with its flame."""
    flick = swing(phase * 2) * 0.015
    pen.oval(0.5, 0.97, 0.19, 0.028, (214, 176, 90))
    _box(pen, 0.42, 0.52, 0.58, 0.96)
    _box(pen, 0.52, 0.52, 0.58, 0.96, "light")
    pen.oval(0.5, 0.52, 0.08, 0.02, "light")
    pen.stroke((0.5, 0.52), (0.5, 0.46), width=0.012, tone=_INK)
    pen.blob((0.44, 0.42), (0.5 + flick, 0.18), (0.56, 0.42), (0.5, 0.49), tone=(255, 158, 46))
    pen.blob((0.465, 0.43), (0.5 + flick, 0.28), (0.535, 0.43), (0.5, 0.475), tone=(255, 238, 160))


def piano(pen: Pen, phase: float) -> None:
    """Draw a grand piano and its player."""
    pen.shadow(0.5, 0.44)
    pen.blob((0.42, 0.5), (0.6, 0.24), (0.84, 0.1), (0.97, 0.14), (0.96, 0.24), (0.9, 0.5), tone="dark")
    pen.stroke((0.66, 0.52), (0.8, 0.24), width=0.012, tone=(200, 160, 80))
    pen.blob((0.36, 0.53), (0.66, 0.5), (0.95, 0.51), (0.97, 0.6), (0.92, 0.66), (0.4, 0.68))
    _box(pen, 0.38, 0.53, 0.94, 0.545, "light")
    _box(pen, 0.3, 0.575, 0.43, 0.6, (250, 248, 240))
    _box(pen, 0.3, 0.6, 0.43, 0.645)
    for x in (0.42, 0.66, 0.9):
        pen.stroke((x, 0.66), (x, 0.965), width=0.036, end=0.018, tone="dark")
    lean = swing(phase) * 0.012
    _box(pen, 0.06, 0.72, 0.24, 0.76, _INK)
    for x in (0.08, 0.22):
        pen.stroke((x, 0.76), (x, 0.965), width=0.02, tone=_INK)
    pen.stroke((0.16, 0.69), (0.3, 0.72), (0.3, 0.95), width=0.085, end=0.05, tone=(40, 42, 54))
    pen.blob((0.1, 0.72), (0.1 + lean, 0.46), (0.19 + lean, 0.42), (0.22 + lean, 0.55), (0.2, 0.74), tone=(52, 56, 74))
    pen.stroke((0.17 + lean, 0.48), (0.24, 0.58), (0.35, 0.565 + lean), width=0.05, end=0.032, tone=(66, 70, 92))
    pen.oval(0.18 + lean * 1.6, 0.36, 0.055, 0.066, (226, 178, 146))
    pen.oval(0.165 + lean * 1.6, 0.335, 0.06, 0.055, (60, 42, 34))


def cup(pen: Pen, phase: float) -> None:
    """Draw a steaming cup."""
    for i in range(3):
        x = 0.38 + 0.1 * i
        points = [(x + 0.03 * swing(phase, y * 0.9 + i * 0.3), 0.5 - y * 0.42) for y in (0.0, 0.25, 0.5, 0.75, 1.0)]
        pen.stroke(*points, width=0.03, end=0.006, tone=(226, 224, 222))
    pen.oval(0.48, 0.93, 0.36, 0.05, (236, 232, 226))
    pen.oval(0.76, 0.68, 0.1, 0.1)
    pen.oval(0.76, 0.68, 0.055, 0.055, (236, 232, 226))
    pen.blob((0.22, 0.55), (0.76, 0.55), (0.71, 0.8), (0.62, 0.91), (0.36, 0.91), (0.26, 0.8))
    pen.blob((0.6, 0.56), (0.74, 0.56), (0.7, 0.8), (0.6, 0.89), tone="light")
    pen.oval(0.49, 0.55, 0.27, 0.045, "light")
    pen.oval(0.49, 0.555, 0.235, 0.034, (82, 48, 30))


def campfire(pen: Pen, phase: float) -> None:
    """Draw a fire on logs."""
    pen.stroke((0.24, 0.95), (0.74, 0.86), width=0.075, tone=(92, 58, 38))
    pen.stroke((0.26, 0.86), (0.78, 0.95), width=0.075, tone=(116, 74, 46))
    colours: tuple[RGB, ...] = ((238, 82, 26), (255, 148, 36), (255, 226, 110))
    for i, colour in enumerate(colours):
        wide, tall = 0.24 - 0.07 * i, 0.62 - 0.16 * i
        sway = swing(phase * 2, i * 0.3) * 0.035
        pen.blob((0.5 - wide, 0.82), (0.5 - wide * 0.5 + sway, 0.86 - tall * 0.6), (0.5 + sway * 2, 0.86 - tall),
                 (0.5 + wide * 0.6 + sway, 0.86 - tall * 0.5), (0.5 + wide, 0.82), (0.5, 0.9), tone=colour)  # fmt: skip


BUILDINGS: dict[str, tuple[Draw, RGB]] = {
    "house": (house, (176, 112, 84)), "castle": (castle, (150, 146, 158)), "lighthouse": (lighthouse, (206, 48, 48)),
    "temple": (temple, (178, 52, 44)), "windmill": (windmill, (206, 190, 168)), "church": (church, (206, 196, 180)),
    "candle": (candle, (244, 232, 206)), "piano": (piano, (34, 32, 38)), "cup": (cup, (206, 84, 66)),
    "campfire": (campfire, (240, 120, 40)),
}  # fmt: skip

__all__ = ["BUILDINGS"]
