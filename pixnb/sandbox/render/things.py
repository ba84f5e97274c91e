"""Figures that stand or go: cars, boats, trains, planes, trees, houses, lights."""

from __future__ import annotations

import math

from pixnb.sandbox.render.palette import RGB
from pixnb.sandbox.render.pen import Draw, Pen, swing


def car(pen: Pen, phase: float) -> None:
    """Draw a car that drives to the right."""
    pen.shape((0.22, 0.74), (0.34, 0.56), (0.62, 0.56), (0.76, 0.74), tone="dark")
    pen.shape((0.27, 0.73), (0.36, 0.59), (0.47, 0.59), (0.47, 0.73), tone="shine")
    pen.shape((0.5, 0.73), (0.5, 0.59), (0.6, 0.59), (0.7, 0.73), tone="shine")
    pen.shape((0.06, 0.76), (0.1, 0.72), (0.78, 0.72), (0.94, 0.78), (0.95, 0.9), (0.05, 0.9))
    pen.shape((0.08, 0.75), (0.8, 0.74), (0.92, 0.78), (0.08, 0.78), tone="light")
    pen.oval(0.93, 0.82, 0.025, 0.025, "shine")
    for x in (0.24, 0.75):
        pen.oval(x, 0.9, 0.09, 0.09, "dark")
        pen.oval(x, 0.9, 0.05, 0.05, "light")
        turn = 2 * math.pi * phase
        pen.stroke((x, 0.9), (x + 0.05 * math.cos(turn), 0.9 + 0.05 * math.sin(turn)), width=0.015, tone="dark")


def train(pen: Pen, phase: float) -> None:
    """Draw a train."""
    pen.shape((0.0, 0.6), (0.82, 0.6), (0.97, 0.76), (0.98, 0.9), (0.0, 0.9))
    pen.shape((0.0, 0.62), (0.82, 0.62), (0.86, 0.65), (0.0, 0.65), tone="light")
    for i in range(7):
        pen.shape(
            (0.03 + i * 0.11, 0.68),
            (0.11 + i * 0.11, 0.68),
            (0.11 + i * 0.11, 0.76),
            (0.03 + i * 0.11, 0.76),
            tone="shine",
        )
    for i in range(9):
        pen.oval(0.06 + i * 0.105, 0.93, 0.035, 0.035, "dark")


def boat(pen: Pen, phase: float) -> None:
    """Draw a sailing boat."""
    lean = swing(phase) * 0.012
    pen.stroke((0.5 + lean, 0.1), (0.5, 0.82), width=0.014, tone="dark")
    pen.shape((0.485 + lean, 0.12), (0.485, 0.76), (0.2, 0.76), tone="shine")
    pen.shape((0.52 + lean, 0.2), (0.52, 0.76), (0.76, 0.76), tone="light")
    pen.shape((0.12, 0.8), (0.9, 0.8), (0.78, 0.95), (0.24, 0.95))
    pen.shape((0.12, 0.8), (0.9, 0.8), (0.88, 0.83), (0.14, 0.83), tone="light")


def plane(pen: Pen, phase: float) -> None:
    """Draw a plane that flies to the right."""
    pen.shape((0.5, 0.5), (0.36, 0.3), (0.44, 0.3), (0.64, 0.5), tone="dark")
    pen.shape((0.12, 0.46), (0.06, 0.3), (0.13, 0.3), (0.24, 0.46), tone="light")
    pen.stroke((0.14, 0.48), (0.8, 0.5), width=0.06, end=0.12)
    pen.oval(0.83, 0.5, 0.1, 0.06)
    pen.shape((0.5, 0.53), (0.3, 0.76), (0.4, 0.76), (0.66, 0.53), tone="light")
    for i in range(6):
        pen.oval(0.4 + i * 0.07, 0.475, 0.014, 0.018, "shine")


def rocket(pen: Pen, phase: float) -> None:
    """Draw a rocket that climbs."""
    flame = 0.9 + 0.09 * swing(phase * 3)
    pen.shape((0.44, 0.74), (0.5, flame + 0.05), (0.56, 0.74), tone="shine")
    pen.shape((0.38, 0.55), (0.26, 0.78), (0.4, 0.72), tone="dark")
    pen.shape((0.62, 0.55), (0.74, 0.78), (0.6, 0.72), tone="dark")
    pen.oval(0.5, 0.42, 0.13, 0.36)
    pen.oval(0.54, 0.42, 0.07, 0.32, "light")
    pen.oval(0.5, 0.34, 0.05, 0.05, "dark")


def balloon(pen: Pen, phase: float) -> None:
    """Draw a hot-air balloon."""
    pen.shape((0.34, 0.58), (0.66, 0.58), (0.55, 0.8), (0.45, 0.8), tone="dark")
    pen.oval(0.5, 0.36, 0.31, 0.33)
    pen.oval(0.5, 0.36, 0.19, 0.33, "light")
    pen.oval(0.5, 0.36, 0.07, 0.33, "shine")
    pen.shape((0.44, 0.82), (0.56, 0.82), (0.55, 0.92), (0.45, 0.92), tone="dark")


def tree(pen: Pen, phase: float) -> None:
    """Draw a broad tree."""
    pen.stroke((0.5, 0.98), (0.5, 0.5), width=0.1, end=0.05, tone="dark")
    sway = swing(phase) * 0.012
    for x, y, r in ((0.34, 0.46, 0.17), (0.66, 0.46, 0.17), (0.5, 0.3, 0.22), (0.4, 0.34, 0.16)):
        pen.oval(x + sway, y, r, r * 0.9)
    for x, y, r in ((0.6, 0.27, 0.13), (0.7, 0.42, 0.09), (0.46, 0.2, 0.08)):
        pen.oval(x + sway, y, r, r * 0.85, "light")


def palm(pen: Pen, phase: float) -> None:
    """Draw a palm."""
    sway = swing(phase) * 0.02
    top = (0.56 + sway, 0.3)
    pen.stroke((0.42, 0.99), (0.47, 0.65), top, width=0.055, end=0.03, tone="dark")
    for angle in (-165, -135, -95, -50, -15, 15, 195):
        dx, dy = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        pen.stroke(
            top,
            (top[0] + dx * 0.2, top[1] + dy * 0.16),
            (top[0] + dx * 0.36, top[1] + dy * 0.16 + 0.13),
            width=0.05,
            end=0.008,
        )


def flower(pen: Pen, phase: float) -> None:
    """Draw a flower on its stem."""
    sway = swing(phase) * 0.025
    x, y = 0.5 + sway, 0.32
    pen.stroke((0.5, 1.0), (0.5 + sway / 2, 0.65), (x, y), width=0.03, tone="dark")
    pen.oval(0.41, 0.72, 0.1, 0.035, "dark")
    for i in range(8):
        angle = math.pi * i / 4
        pen.oval(x + 0.15 * math.cos(angle), y + 0.15 * math.sin(angle), 0.085, 0.085, "body" if i % 2 else "light")
    pen.oval(x, y, 0.085, 0.085, "shine")


def house(pen: Pen, phase: float) -> None:
    """Draw a house with lit windows."""
    pen.shape((0.66, 0.3), (0.74, 0.3), (0.74, 0.5), (0.66, 0.5), tone="dark")
    pen.shape((0.2, 0.56), (0.8, 0.56), (0.8, 0.98), (0.2, 0.98))
    pen.shape((0.12, 0.58), (0.5, 0.28), (0.88, 0.58), tone="dark")
    for x in (0.29, 0.6):
        pen.shape((x, 0.66), (x + 0.12, 0.66), (x + 0.12, 0.79), (x, 0.79), tone="shine")
    pen.shape((0.45, 0.78), (0.55, 0.78), (0.55, 0.98), (0.45, 0.98), tone="dark")


def castle(pen: Pen, phase: float) -> None:
    """Draw a castle."""
    pen.shape((0.15, 0.6), (0.85, 0.6), (0.85, 0.99), (0.15, 0.99))
    for x, top, w in ((0.2, 0.42, 0.08), (0.8, 0.4, 0.08), (0.5, 0.22, 0.1), (0.36, 0.36, 0.06), (0.64, 0.34, 0.06)):
        pen.shape((x - w, top), (x + w, top), (x + w, 0.99), (x - w, 0.99), tone="body" if x < 0.5 else "light")
        pen.shape((x - w * 1.3, top), (x, top - w * 2.2), (x + w * 1.3, top), tone="dark")
        pen.oval(x, top + 0.09, w * 0.28, w * 0.45, "shine")
    pen.oval(0.5, 0.97, 0.06, 0.14, "dark")


def lighthouse(pen: Pen, phase: float) -> None:
    """Draw a lighthouse."""
    pen.shape((0.12, 1.0), (0.24, 0.93), (0.42, 0.9), (0.66, 0.92), (0.9, 1.0), tone="dark")
    pen.shape((0.42, 0.3), (0.58, 0.3), (0.63, 0.94), (0.37, 0.94), tone="light")
    for y in (0.38, 0.58, 0.78):
        pen.shape(
            (0.41 - (y - 0.3) * 0.09, y),
            (0.59 + (y - 0.3) * 0.09, y),
            (0.6 + (y - 0.3) * 0.09, y + 0.09),
            (0.4 - (y - 0.3) * 0.09, y + 0.09),
        )
    pen.shape((0.43, 0.2), (0.57, 0.2), (0.57, 0.3), (0.43, 0.3), tone="shine")
    pen.shape((0.4, 0.2), (0.5, 0.1), (0.6, 0.2), tone="dark")


def candle(pen: Pen, phase: float) -> None:
    """Draw a candle with its flame."""
    flick = swing(phase * 2) * 0.015
    pen.shape((0.4, 0.5), (0.6, 0.5), (0.6, 0.98), (0.4, 0.98))
    pen.shape((0.52, 0.5), (0.6, 0.5), (0.6, 0.98), (0.52, 0.98), tone="light")
    pen.shape((0.43, 0.4), (0.5 + flick, 0.16), (0.57, 0.4), tone="shine")
    pen.oval(0.5, 0.4, 0.07, 0.075, "shine")


def piano(pen: Pen, phase: float) -> None:
    """Draw a grand piano."""
    pen.shape((0.3, 0.5), (0.9, 0.16), (0.94, 0.2), (0.36, 0.56), tone="dark")
    pen.shape((0.1, 0.58), (0.92, 0.5), (0.92, 0.66), (0.1, 0.7))
    pen.shape((0.06, 0.6), (0.32, 0.6), (0.32, 0.63), (0.06, 0.63), tone="shine")
    pen.stroke((0.36, 0.54), (0.66, 0.3), width=0.015, tone="light")
    for x in (0.17, 0.5, 0.86):
        pen.stroke((x, 0.68), (x, 0.98), width=0.04, end=0.02, tone="dark")


THINGS: dict[str, tuple[Draw, RGB]] = {
    "car": (car, (204, 44, 40)), "train": (train, (44, 92, 160)), "boat": (boat, (150, 70, 44)),
    "plane": (plane, (226, 230, 236)), "rocket": (rocket, (228, 228, 234)), "balloon": (balloon, (216, 60, 60)),
    "tree": (tree, (66, 128, 56)), "palm": (palm, (56, 128, 70)), "flower": (flower, (230, 70, 110)),
    "house": (house, (170, 112, 84)), "castle": (castle, (146, 140, 152)), "lighthouse": (lighthouse, (206, 48, 48)),
    "candle": (candle, (240, 226, 196)), "piano": (piano, (34, 32, 38)),
}  # fmt: skip

__all__ = ["THINGS"]
