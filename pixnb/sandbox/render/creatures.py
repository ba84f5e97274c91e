"""Figures that live: people, animals, birds, fish; each drawn at a phase of its motion, feet on the lower edge."""

from __future__ import annotations

from dataclasses import dataclass

from pixnb.sandbox.render.palette import RGB
from pixnb.sandbox.render.pen import Draw, Pen, swing


def person(pen: Pen, phase: float) -> None:
    """Draw somebody who walks to the right."""
    lift = abs(swing(phase)) * 0.012
    for offset, tone in ((0.5, "dark"), (0.0, "body")):
        step = swing(phase, offset)
        knee = (0.5 + step * 0.05 + 0.012, 0.79)
        pen.stroke(
            (0.5, 0.6 - lift),
            knee,
            (0.5 + step * 0.13 - 0.01, 0.975 - max(0, step) * 0.02),
            width=0.075,
            end=0.045,
            tone=tone,
        )
    _arm(pen, swing(phase, 0.0), "dark", lift)
    pen.shape((0.425, 0.31 - lift), (0.575, 0.31 - lift), (0.6, 0.66), (0.4, 0.66))
    pen.shape((0.52, 0.31 - lift), (0.575, 0.31 - lift), (0.6, 0.66), (0.54, 0.66), tone="light")
    pen.oval(0.5, 0.32 - lift, 0.08, 0.035)
    _arm(pen, swing(phase, 0.5), "body", lift)
    pen.stroke((0.5, 0.3 - lift), (0.503, 0.24 - lift), width=0.05)
    pen.oval(0.505, 0.185 - lift, 0.058, 0.075, "light")
    pen.oval(0.493, 0.165 - lift, 0.062, 0.066, "dark")


def _arm(pen: Pen, step: float, tone: str, lift: float) -> None:
    elbow = (0.5 + step * 0.07, 0.47 - lift)
    pen.stroke((0.5, 0.335 - lift), elbow, (0.52 + step * 0.13, 0.58 - lift), width=0.055, end=0.038, tone=tone)


def bust(pen: Pen, phase: float) -> None:
    """Draw a head and shoulders, close."""
    sway = swing(phase) * 0.008
    pen.oval(0.5, 1.05, 0.4, 0.36)
    pen.oval(0.62, 1.05, 0.28, 0.34, "light")
    pen.stroke((0.5 + sway, 0.55), (0.5, 0.78), width=0.19, tone="dark")
    pen.stroke((0.5 + sway, 0.5), (0.5, 0.76), width=0.14, tone="shine")
    pen.oval(0.48 + sway, 0.4, 0.2, 0.27, "dark")
    pen.oval(0.52 + sway, 0.42, 0.145, 0.2, "shine")
    pen.oval(0.5 + sway, 0.265, 0.185, 0.11, "dark")
    for x in (0.475, 0.6):
        pen.oval(x + sway, 0.41, 0.016, 0.011 if phase < 0.9 else 0.003, "dark")
    pen.stroke((0.51 + sway, 0.53), (0.545 + sway, 0.537), (0.575 + sway, 0.53), width=0.014, end=0.01, tone="light")


@dataclass(frozen=True)
class Beast:
    """The build of an animal on four legs, in unit coordinates.

    Args:
        back: Height of its back, from above.
        girth: Thickness of its trunk.
        length: Half the length of its trunk.
        leg: Thickness of a leg.
        neck: Where its head is, from the shoulder.
        head: Size of its head.
        snout: Length of its snout.
        ears: `up`, `down`, `long`, `round` or `horns`.
        tail: `up`, `long`, `bush`, `short`.
        trunk: Whether it has an elephant's.
    """

    back: float = 0.55
    girth: float = 0.1
    length: float = 0.22
    leg: float = 0.05
    neck: tuple[float, float] = (0.12, -0.12)
    head: float = 0.075
    snout: float = 0.08
    ears: str = "down"
    tail: str = "up"
    trunk: bool = False


def beast(build: Beast) -> Draw:
    """Return what draws an animal of this build."""

    def draw(pen: Pen, phase: float) -> None:
        lift = swing(phase * 2) * 0.012
        back = build.back + lift
        left, right = 0.48 - build.length, 0.48 + build.length
        for offset, tone in ((0.5, "dark"), (0.0, "body")):
            for x, extra in ((left + 0.04, 0.0), (right - 0.04, 0.3)):
                step = swing(phase, offset + extra)
                knee = (x + step * 0.05, (back + 1) / 2 + 0.02)
                foot = (x + step * 0.13, 0.98 - max(0.0, swing(phase, offset + extra + 0.25)) * 0.06)
                pen.stroke((x, back), knee, foot, width=build.leg * 1.5, end=build.leg * 0.75, tone=tone)
        _tail(pen, build, left, back, phase)
        pen.stroke((left, back), (right, back - 0.01), width=build.girth * 1.9, end=build.girth * 2.1)
        pen.stroke(
            (left + 0.04, back - build.girth * 0.5),
            (right, back - build.girth * 0.55),
            width=build.girth * 0.6,
            tone="light",
        )
        _head(pen, build, right, back, phase)

    return draw


def _tail(pen: Pen, build: Beast, left: float, back: float, phase: float) -> None:
    wag = swing(phase * 2) * 0.05
    if build.tail == "short":
        pen.oval(left - 0.07, back - 0.02, 0.045, 0.045, "light")
        return
    tip = {"up": (left - 0.14, back - 0.2 + wag), "long": (left - 0.24, back + 0.02 + wag)}.get(
        build.tail, (left - 0.17, back + 0.16 + wag)
    )
    width = 0.08 if build.tail == "bush" else 0.045
    pen.stroke((left - 0.02, back - 0.04), (left - 0.11, back - 0.05 + wag / 2), tip, width=width, end=width * 0.6)


def _head(pen: Pen, build: Beast, right: float, back: float, phase: float) -> None:
    x, y = right + build.neck[0], back + build.neck[1] + swing(phase * 2, 0.2) * 0.012
    pen.stroke((right - 0.02, back - 0.02), (x, y), width=build.girth * 1.5, end=build.head * 1.3)
    h = build.head
    if build.ears == "up":
        for dx in (-0.5, 0.25):
            pen.shape(
                (x + dx * h, y - h * 0.6),
                (x + (dx + 0.15) * h, y - h * 2),
                (x + (dx + 0.6) * h, y - h * 0.6),
                tone="dark",
            )
    if build.ears == "long":
        for dx in (-0.4, 0.15):
            pen.stroke(
                (x + dx * h, y - h * 0.5), (x + (dx - 0.5) * h, y - h * 3.4), width=h * 0.6, end=h * 0.4, tone="dark"
            )
    if build.ears == "horns":
        pen.stroke((x, y - h * 0.5), (x + 0.06, y - h * 2.8), width=0.025, end=0.006, tone="light")
    pen.oval(x, y, h, h * 0.95)
    pen.stroke((x + h * 0.4, y + h * 0.25), (x + h * 0.5 + build.snout, y + h * 0.45), width=h * 1.05, end=h * 0.6)
    if build.ears in ("down", "round"):
        pen.oval(x - h * 0.45, y + (0.15 if build.ears == "down" else -0.7) * h, h * 0.42, h * 0.7, "dark")
    if build.trunk:
        pen.oval(x - h * 0.5, y + h * 0.1, h * 0.75, h * 1.05, "dark")
        pen.stroke(
            (x + h * 0.8, y + 0.02),
            (x + h * 1.3, y + 0.2),
            (x + h * 1.2 + swing(phase) * 0.03, y + 0.36),
            width=0.08,
            end=0.035,
        )
    pen.oval(x + h * 0.42, y - h * 0.15, h * 0.13, h * 0.13, "shine")


def bird(pen: Pen, phase: float) -> None:
    """Draw a bird in flight."""
    beat = swing(phase)
    for side, tone in ((-1, "dark"), (1, "body")):
        tip = (0.5 + side * 0.42, 0.5 - beat * 0.3)
        elbow = (0.5 + side * 0.2, 0.46 - beat * 0.2)
        pen.shape(
            (0.5 - 0.04, 0.52), elbow, tip, (0.5 + side * 0.22, 0.55 - beat * 0.1), (0.5 + side * 0.06, 0.58), tone=tone
        )
    pen.stroke((0.4, 0.58), (0.56, 0.5), width=0.05, end=0.08)
    pen.shape((0.42, 0.56), (0.3, 0.64), (0.38, 0.66))
    pen.shape((0.58, 0.47), (0.66, 0.5), (0.58, 0.52), tone="light")


def fish(pen: Pen, phase: float) -> None:
    """Draw a fish that swims to the right."""
    wave = swing(phase) * 0.07
    pen.shape((0.3, 0.5), (0.1, 0.34 + wave), (0.16, 0.5 + wave), (0.1, 0.66 + wave), tone="dark")
    pen.shape((0.42, 0.4), (0.5, 0.24), (0.62, 0.38), tone="dark")
    pen.oval(0.55, 0.5, 0.32, 0.15)
    pen.oval(0.57, 0.54, 0.27, 0.09, "light")
    pen.shape((0.5, 0.55), (0.4, 0.7 + wave), (0.58, 0.6), tone="dark")
    pen.oval(0.76, 0.46, 0.022, 0.022, "shine")


def jellyfish(pen: Pen, phase: float) -> None:
    """Draw a jellyfish that pulses."""
    pulse = swing(phase) * 0.03
    for i in range(6):
        x = 0.34 + i * 0.064
        points = [(x + swing(phase, i / 5 + y) * 0.03, 0.45 + y * 0.5) for y in (0, 0.25, 0.5, 0.75, 1.0)]
        pen.stroke(*points, width=0.028, end=0.008, tone="light" if i % 2 else "dark")
    pen.oval(0.5, 0.35, 0.25 + pulse, 0.21 - pulse)
    pen.oval(0.53, 0.31, 0.16 + pulse, 0.12 - pulse, "light")


def butterfly(pen: Pen, phase: float) -> None:
    """Draw a butterfly."""
    open_ = 0.45 + 0.55 * abs(swing(phase))
    for side in (-1, 1):
        pen.oval(0.5 + side * 0.2 * open_, 0.38, 0.2 * open_, 0.2)
        pen.oval(0.5 + side * 0.15 * open_, 0.64, 0.14 * open_, 0.15, "light")
        pen.oval(0.5 + side * 0.22 * open_, 0.37, 0.09 * open_, 0.09, "shine")
    pen.stroke((0.5, 0.3), (0.5, 0.74), width=0.05, end=0.03, tone="dark")


CREATURES: dict[str, tuple[Draw, RGB]] = {
    "person": (person, (176, 58, 58)),
    "bust": (bust, (128, 66, 74)),
    "dog": (beast(Beast(tail="up")), (214, 158, 84)),
    "cat": (
        beast(
            Beast(
                back=0.6,
                girth=0.085,
                length=0.2,
                leg=0.042,
                neck=(0.1, -0.09),
                head=0.08,
                snout=0.02,
                ears="up",
                tail="long",
            )
        ),
        (226, 142, 62),
    ),
    "horse": (
        beast(
            Beast(
                back=0.44,
                girth=0.115,
                length=0.22,
                leg=0.046,
                neck=(0.16, -0.24),
                head=0.06,
                snout=0.11,
                ears="up",
                tail="bush",
            )
        ),
        (130, 78, 44),
    ),
    "rabbit": (
        beast(
            Beast(
                back=0.68,
                girth=0.13,
                length=0.13,
                leg=0.05,
                neck=(0.1, -0.13),
                head=0.085,
                snout=0.02,
                ears="long",
                tail="short",
            )
        ),
        (196, 186, 176),
    ),
    "elephant": (
        beast(
            Beast(
                back=0.45,
                girth=0.19,
                length=0.19,
                leg=0.085,
                neck=(0.15, -0.06),
                head=0.11,
                snout=0.03,
                ears="round",
                tail="bush",
                trunk=True,
            )
        ),
        (128, 126, 134),
    ),
    "bird": (bird, (48, 52, 70)),
    "fish": (fish, (244, 136, 52)),
    "jellyfish": (jellyfish, (236, 140, 214)),
    "butterfly": (butterfly, (240, 134, 40)),
}

__all__ = ["CREATURES", "Beast", "beast"]
