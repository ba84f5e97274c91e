"""Figures that go or grow: cars, boats, trains, planes, trees and flowers."""

from __future__ import annotations

import math

from pixnb.sandbox.render.palette import RGB, mix
from pixnb.sandbox.render.pen import Draw, Pen, swing


def car(pen: Pen, phase: float) -> None:
    """Draw a car that drives to the right."""
    pen.shadow(0.5, 0.48, 0.965)
    pen.blob((0.2, 0.76), (0.3, 0.61), (0.46, 0.58), (0.6, 0.6), (0.74, 0.75), tone="dark")
    pen.shape((0.26, 0.735), (0.335, 0.63), (0.46, 0.615), (0.46, 0.735), tone="shine")
    pen.shape((0.49, 0.735), (0.49, 0.615), (0.575, 0.63), (0.665, 0.735), tone="shine")
    pen.blob(
        (0.03, 0.82), (0.06, 0.745), (0.3, 0.725), (0.72, 0.73), (0.93, 0.78), (0.98, 0.86), (0.94, 0.91), (0.06, 0.91)
    )
    pen.blob((0.07, 0.76), (0.4, 0.735), (0.74, 0.74), (0.92, 0.785), (0.5, 0.78), tone="light")
    pen.stroke((0.475, 0.75), (0.475, 0.88), width=0.006, tone="dark")
    pen.oval(0.945, 0.815, 0.026, 0.02, (255, 248, 214))
    pen.oval(0.052, 0.8, 0.014, 0.022, (255, 70, 60))
    for x in (0.23, 0.77):
        pen.oval(x, 0.89, 0.085, 0.085, (30, 30, 34))
        pen.oval(x, 0.89, 0.048, 0.048, (190, 194, 200))
        turn = 2 * math.pi * phase
        pen.stroke(
            (x, 0.89), (x + 0.045 * math.cos(turn), 0.89 + 0.045 * math.sin(turn)), width=0.014, tone=(70, 72, 78)
        )


def train(pen: Pen, phase: float) -> None:
    """Draw a train."""
    pen.blob((0.0, 0.58), (0.6, 0.58), (0.84, 0.6), (0.97, 0.74), (0.99, 0.9), (0.0, 0.9), (-0.1, 0.75))
    pen.shape((0.0, 0.81), (0.98, 0.81), (0.98, 0.86), (0.0, 0.86), tone="light")
    for i in range(6):
        x = 0.03 + i * 0.125
        pen.shape((x, 0.65), (x + 0.1, 0.65), (x + 0.1, 0.75), (x, 0.75), tone="shine")
    pen.shape((0.82, 0.65), (0.87, 0.65), (0.94, 0.75), (0.82, 0.75), tone="shine")
    pen.oval(0.975, 0.83, 0.015, 0.02, (255, 246, 200))
    for i in range(8):
        pen.oval(0.06 + i * 0.12, 0.93, 0.035, 0.035, (40, 40, 46))


def steamtrain(pen: Pen, phase: float) -> None:
    """Draw a steam engine with a wagon and its smoke."""
    for i in range(6):
        puff = (phase + i / 6) % 1
        pen.oval(0.84 - puff * 0.7, 0.42 - puff * 0.22, 0.03 + 0.07 * puff, 0.03 + 0.055 * puff, (226, 226, 230))
    pen.shape((0.0, 0.62), (0.42, 0.62), (0.42, 0.87), (0.0, 0.87), tone=(150, 44, 40))
    for i in range(4):
        pen.shape(
            (0.03 + i * 0.1, 0.67), (0.1 + i * 0.1, 0.67), (0.1 + i * 0.1, 0.76), (0.03 + i * 0.1, 0.76), tone="shine"
        )
    pen.shape((0.46, 0.52), (0.64, 0.52), (0.64, 0.87), (0.46, 0.87), tone=(150, 44, 40))
    pen.shape((0.49, 0.57), (0.6, 0.57), (0.6, 0.68), (0.49, 0.68), tone="shine")
    pen.shape((0.44, 0.49), (0.66, 0.49), (0.66, 0.53), (0.44, 0.53), tone="dark")
    pen.blob((0.62, 0.64), (0.78, 0.63), (0.93, 0.65), (0.94, 0.86), (0.78, 0.87), (0.62, 0.87))
    pen.stroke((0.66, 0.68), (0.9, 0.68), width=0.03, tone="light")
    pen.shape((0.82, 0.45), (0.89, 0.45), (0.875, 0.65), (0.835, 0.65), tone="dark")
    pen.oval(0.72, 0.63, 0.035, 0.04, (222, 178, 78))
    pen.shape((0.9, 0.86), (1.0, 0.95), (0.88, 0.95), tone=(150, 44, 40))
    for x, r in ((0.08, 0.045), (0.32, 0.045), (0.54, 0.065), (0.7, 0.065), (0.84, 0.05)):
        pen.oval(x, 0.96 - r, r, r, (40, 40, 46))
        pen.oval(x, 0.96 - r, r * 0.5, r * 0.5, (150, 44, 40))
    turn = 2 * math.pi * phase
    rod = (0.02 * math.cos(turn), 0.02 * math.sin(turn))
    pen.stroke((0.54 + rod[0], 0.895 + rod[1]), (0.7 + rod[0], 0.895 + rod[1]), width=0.016, tone=(200, 200, 206))


def bicycle(pen: Pen, phase: float) -> None:
    """Draw somebody on a bicycle."""
    pen.shadow(0.5, 0.36)
    for x in (0.27, 0.73):
        pen.oval(x, 0.81, 0.155, 0.155, (40, 40, 46))
        pen.oval(x, 0.81, 0.13, 0.13, (196, 206, 214))
        for i in range(3):
            turn = math.pi * (phase + i / 3)
            dx, dy = 0.125 * math.cos(turn), 0.125 * math.sin(turn)
            pen.stroke((x - dx, 0.81 - dy), (x + dx, 0.81 + dy), width=0.007, tone=(120, 124, 130))
    for line in (((0.27, 0.81), (0.42, 0.6)), ((0.42, 0.6), (0.66, 0.6)), ((0.42, 0.58), (0.48, 0.82)),
                 ((0.48, 0.82), (0.67, 0.58)), ((0.66, 0.54), (0.73, 0.81)), ((0.27, 0.81), (0.48, 0.82))):  # fmt: skip
        pen.stroke(*line, width=0.022)
    for offset, tone in ((0.5, (36, 42, 62)), (0.0, (52, 60, 88))):
        pedal = (
            0.48 + 0.05 * math.cos(2 * math.pi * (phase + offset)),
            0.82 + 0.05 * math.sin(2 * math.pi * (phase + offset)),
        )
        pen.stroke((0.4, 0.53), (0.53, 0.64 + (pedal[1] - 0.82) / 2), pedal, width=0.075, end=0.045, tone=tone)
    pen.stroke((0.4, 0.53), (0.5, 0.32), width=0.11, end=0.1, tone="light")
    pen.stroke((0.5, 0.33), (0.56, 0.46), (0.66, 0.52), width=0.05, end=0.034, tone=(226, 178, 146))
    pen.oval(0.54, 0.22, 0.058, 0.068, (226, 178, 146))
    pen.blob((0.47, 0.2), (0.53, 0.13), (0.61, 0.17), (0.56, 0.2), tone=(240, 240, 236))


def boat(pen: Pen, phase: float) -> None:
    """Draw a sailing boat."""
    lean = swing(phase) * 0.012
    pen.stroke((0.5 + lean, 0.1), (0.5, 0.82), width=0.014, tone="dark")
    pen.shape((0.485 + lean, 0.12), (0.485, 0.76), (0.2, 0.76), tone="shine")
    pen.shape((0.52 + lean, 0.2), (0.52, 0.76), (0.76, 0.76), tone="light")
    pen.shape((0.12, 0.8), (0.9, 0.8), (0.78, 0.95), (0.24, 0.95))
    pen.shape((0.12, 0.8), (0.9, 0.8), (0.88, 0.83), (0.14, 0.83), tone="light")


def ship(pen: Pen, phase: float) -> None:
    """Draw a large ship with funnels."""
    for i, x in enumerate((0.4, 0.56)):
        pen.shape((x, 0.46), (x + 0.08, 0.46), (x + 0.08, 0.64), (x, 0.64), tone=(206, 70, 46))
        puff = (phase + i * 0.4) % 1
        pen.oval(x + 0.02 - puff * 0.16, 0.42 - puff * 0.14, 0.03 + 0.04 * puff, 0.03 + 0.03 * puff, (200, 200, 206))
    pen.shape((0.2, 0.62), (0.8, 0.62), (0.76, 0.8), (0.16, 0.8), tone=(240, 240, 238))
    for i in range(9):
        pen.oval(0.24 + i * 0.06, 0.7, 0.014, 0.018, (52, 70, 96))
    pen.shape((0.02, 0.77), (0.98, 0.75), (0.88, 0.95), (0.1, 0.95))
    pen.shape((0.05, 0.86), (0.925, 0.86), (0.88, 0.95), (0.1, 0.95), tone=(166, 48, 44))


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


def saucer(pen: Pen, phase: float) -> None:
    """Draw a flying saucer."""
    pen.blob((0.36, 0.46), (0.4, 0.34), (0.5, 0.3), (0.6, 0.34), (0.64, 0.46), tone=(150, 226, 240))
    pen.oval(0.5, 0.52, 0.4, 0.11)
    pen.oval(0.5, 0.49, 0.36, 0.07, "light")
    for i in range(7):
        lit = (i / 7 + phase) % 1 < 0.5
        pen.oval(
            0.2 + i * 0.1, 0.55 + 0.03 * (1 - abs(i - 3) / 3), 0.02, 0.018, (255, 236, 120) if lit else (230, 80, 120)
        )


def balloon(pen: Pen, phase: float) -> None:
    """Draw a hot-air balloon."""
    pen.shape((0.34, 0.58), (0.66, 0.58), (0.55, 0.8), (0.45, 0.8), tone="dark")
    pen.oval(0.5, 0.36, 0.31, 0.33)
    pen.oval(0.5, 0.36, 0.19, 0.33, "light")
    pen.oval(0.5, 0.36, 0.07, 0.33, "shine")
    pen.shape((0.44, 0.82), (0.56, 0.82), (0.55, 0.92), (0.45, 0.92), tone="dark")


def toyballoon(pen: Pen, phase: float) -> None:
    """Draw a balloon on its string."""
    sway = swing(phase) * 0.03
    pen.stroke((0.5 + sway, 0.5), (0.48, 0.75), (0.5, 1.0), width=0.016, tone=(236, 236, 236))
    pen.blob((0.5 + sway, 0.06), (0.7 + sway, 0.14), (0.69 + sway, 0.34), (0.5 + sway, 0.5), (0.31 + sway, 0.34),
             (0.3 + sway, 0.14))  # fmt: skip
    pen.shape((0.46 + sway, 0.54), (0.5 + sway, 0.48), (0.54 + sway, 0.54), tone="dark")
    pen.oval(0.6 + sway, 0.18, 0.05, 0.07, "light")


def tree(pen: Pen, phase: float) -> None:
    """Draw a broad tree."""
    pen.stroke((0.5, 0.98), (0.5, 0.5), width=0.1, end=0.05, tone=(96, 66, 46))
    sway = swing(phase) * 0.012
    for x, y, r in ((0.34, 0.46, 0.17), (0.66, 0.46, 0.17), (0.5, 0.3, 0.22), (0.4, 0.34, 0.16)):
        pen.oval(x + sway, y, r, r * 0.9)
    for x, y, r in ((0.6, 0.27, 0.13), (0.7, 0.42, 0.09), (0.46, 0.2, 0.08)):
        pen.oval(x + sway, y, r, r * 0.85, "light")


def palm(pen: Pen, phase: float) -> None:
    """Draw a palm."""
    sway = swing(phase) * 0.02
    top = (0.56 + sway, 0.3)
    pen.stroke((0.42, 0.99), (0.47, 0.65), top, width=0.055, end=0.03, tone=(132, 96, 62))
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
    _bloom(pen, phase, 8, 0.085, 0.085, (250, 206, 90))


def sunflower(pen: Pen, phase: float) -> None:
    """Draw a sunflower: a wide dark eye in a wreath of petals."""
    _bloom(pen, phase, 16, 0.05, 0.125, (92, 56, 32))


def _bloom(pen: Pen, phase: float, petals: int, petal: float, eye: float, heart: RGB) -> None:
    sway = swing(phase) * 0.025
    x, y = 0.5 + sway, 0.3
    leaf = (74, 138, 62)
    pen.stroke((0.5, 1.0), (0.5 + sway / 2, 0.65), (x, y), width=0.034, tone=(62, 118, 54))
    pen.blob((0.5, 0.78), (0.38, 0.68), (0.28, 0.66), (0.36, 0.76), tone=leaf)
    pen.blob((0.5, 0.7), (0.62, 0.6), (0.72, 0.58), (0.64, 0.68), tone=leaf)
    for i in range(petals):
        angle = 2 * math.pi * i / petals
        dx, dy = math.cos(angle), math.sin(angle)
        reach = eye + petal * 1.1
        pen.stroke((x + dx * eye * 0.8, y + dy * eye * 0.8), (x + dx * reach, y + dy * reach), width=petal * 1.9,
                   end=petal * 1.4, tone="body" if i % 2 else "light")  # fmt: skip
    pen.oval(x, y, eye, eye, heart)
    pen.oval(x - eye * 0.15, y - eye * 0.15, eye * 0.6, eye * 0.6, mix(heart, (255, 240, 200), 0.18))


def rose(pen: Pen, phase: float) -> None:
    """Draw a rose or a tulip: a closed bloom."""
    x = 0.5 + swing(phase) * 0.02
    pen.stroke((0.5, 1.0), (0.5, 0.65), (x, 0.42), width=0.032, tone=(58, 110, 56))
    pen.blob((0.5, 0.8), (0.36, 0.68), (0.26, 0.68), (0.36, 0.8), tone=(70, 130, 62))
    pen.blob((0.5, 0.7), (0.64, 0.58), (0.74, 0.6), (0.63, 0.7), tone=(70, 130, 62))
    pen.blob((x - 0.17, 0.22), (x, 0.14), (x + 0.17, 0.22), (x + 0.14, 0.4), (x, 0.47), (x - 0.14, 0.4), tone="dark")
    pen.blob((x - 0.17, 0.2), (x - 0.04, 0.24), (x + 0.04, 0.46), (x - 0.1, 0.44), (x - 0.18, 0.34))
    pen.blob((x + 0.17, 0.2), (x + 0.05, 0.26), (x, 0.46), (x + 0.1, 0.44), (x + 0.18, 0.34), tone="light")
    pen.blob((x - 0.07, 0.2), (x + 0.06, 0.17), (x + 0.07, 0.28), (x - 0.04, 0.3), tone="light")


def pine(pen: Pen, phase: float) -> None:
    """Draw a fir tree."""
    pen.stroke((0.5, 0.98), (0.5, 0.6), width=0.06, tone=(92, 60, 42))
    sway = swing(phase) * 0.006
    for i, (top, half) in enumerate(((0.5, 0.3), (0.32, 0.24), (0.16, 0.18), (0.03, 0.12))):
        pen.shape((0.5 + sway * i, top), (0.5 + half, top + 0.36), (0.5 - half, top + 0.36))
        pen.shape((0.5 + sway * i, top), (0.5 + half, top + 0.36), (0.5 + half * 0.2, top + 0.36), tone="light")


def cactus(pen: Pen, phase: float) -> None:
    """Draw a cactus."""
    pen.shadow(0.5, 0.2)
    pen.stroke((0.5, 0.97), (0.5, 0.2), width=0.16)
    pen.stroke((0.54, 0.96), (0.54, 0.2), width=0.05, tone="light")
    pen.stroke((0.45, 0.62), (0.28, 0.6), (0.27, 0.4), width=0.1)
    pen.stroke((0.55, 0.7), (0.73, 0.67), (0.73, 0.46), width=0.1)


THINGS: dict[str, tuple[Draw, RGB]] = {
    "car": (car, (204, 44, 40)), "train": (train, (44, 92, 160)), "steamtrain": (steamtrain, (52, 54, 62)),
    "bicycle": (bicycle, (206, 60, 50)), "boat": (boat, (150, 70, 44)), "ship": (ship, (60, 76, 100)),
    "plane": (plane, (226, 230, 236)), "rocket": (rocket, (228, 228, 234)), "saucer": (saucer, (150, 160, 176)),
    "balloon": (balloon, (216, 60, 60)), "toyballoon": (toyballoon, (216, 44, 48)), "tree": (tree, (66, 128, 56)),
    "pine": (pine, (44, 98, 66)),
    "palm": (palm, (56, 128, 70)), "cactus": (cactus, (76, 138, 78)), "flower": (flower, (230, 70, 110)),
    "rose": (rose, (206, 40, 60)), "sunflower": (sunflower, (250, 200, 40)),
}  # fmt: skip

__all__ = ["THINGS"]
