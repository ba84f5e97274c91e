"""What people carry and wear on their heads, each drawn about a hand or a head."""

from __future__ import annotations

import math
from collections.abc import Callable

from pixnb.sandbox.render.palette import RGB
from pixnb.sandbox.render.pen import Pen, Point

_STEEL, _GOLD, _WOOD, _INK = (206, 214, 224), (226, 186, 78), (112, 74, 44), (34, 32, 38)


def _sword(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    tip = (x + 0.2, y - 0.3 + swing * 0.03)
    pen.stroke((x - 0.02, y + 0.03), tip, width=0.028, end=0.01, tone=_STEEL)
    pen.stroke((x, y - 0.055), (x + 0.065, y - 0.01), width=0.018, tone=_GOLD)
    pen.stroke((x - 0.035, y + 0.05), (x + 0.01, y - 0.02), width=0.022, tone=_WOOD)


def _staff(pen: Pen, at: Point, swing: float) -> None:
    pen.stroke((at[0] + 0.05, 0.08), (at[0], 0.96), width=0.022, tone=_WOOD)
    pen.oval(at[0] + 0.05, 0.07, 0.034, 0.034, (150, 230, 255))


def _stick(pen: Pen, at: Point, swing: float) -> None:
    pen.stroke((at[0] - 0.01, at[1] - 0.03), (at[0] + 0.06, 0.965), width=0.016, tone=_WOOD)


def _bouquet(pen: Pen, at: Point, swing: float) -> None:
    x, y = at[0] + 0.05, at[1] - 0.06
    pen.stroke((x, y), (x - 0.02, y + 0.08), width=0.03, end=0.012, tone=(70, 130, 70))
    colours: tuple[RGB, ...] = ((232, 92, 120), (250, 214, 220), (240, 140, 160))
    for i in range(6):
        turn = i * math.pi / 3
        pen.oval(x + 0.035 * math.cos(turn), y + 0.03 * math.sin(turn), 0.024, 0.024, colours[i % 3])
    pen.oval(x, y, 0.026, 0.026, colours[1])


def _guitar(pen: Pen, at: Point, swing: float) -> None:
    pen.stroke((0.52, 0.47), (0.76, 0.32), width=0.026, tone=_WOOD)
    pen.oval(0.5, 0.485, 0.085, 0.07, (196, 118, 52))
    pen.oval(0.565, 0.445, 0.058, 0.05, (196, 118, 52))
    pen.oval(0.535, 0.465, 0.026, 0.024, _INK)
    pen.oval(0.77, 0.315, 0.026, 0.018, _INK)
    pen.oval(0.55 + swing * 0.012, 0.47 + swing * 0.02, 0.022, 0.022, (206, 152, 112))


def _violin(pen: Pen, at: Point, swing: float) -> None:
    pen.stroke((0.54, 0.27), (0.7, 0.31), width=0.05, end=0.02, tone=(156, 78, 36))
    pen.stroke((0.62 + swing * 0.05, 0.42), (0.66 + swing * 0.05, 0.18), width=0.009, tone=(232, 220, 196))


def _microphone(pen: Pen, at: Point, swing: float) -> None:
    pen.stroke((0.62, 0.22), (0.62, 0.955), width=0.012, tone=_INK)
    pen.stroke((0.56, 0.96), (0.68, 0.96), width=0.018, tone=_INK)
    pen.oval(0.615, 0.21, 0.024, 0.028, (150, 152, 160))


def _pan(pen: Pen, at: Point, swing: float) -> None:
    pen.stroke((0.58, 0.45), (0.66, 0.45), width=0.016, tone=_INK)
    pen.oval(0.74, 0.45, 0.085, 0.026, _INK)
    for i in range(3):
        pen.oval(0.7 + 0.04 * i, 0.4 - 0.05 * abs(swing) - 0.02 * (i % 2), 0.016, 0.013, (236, 150, 60))


def _deck(pen: Pen, at: Point, swing: float) -> None:
    pen.shape((0.2, 0.52), (0.86, 0.52), (0.82, 0.97), (0.24, 0.97), tone=(30, 30, 40))
    pen.shape((0.17, 0.5), (0.89, 0.5), (0.89, 0.56), (0.17, 0.56), tone=(52, 54, 68))
    for i in range(9):  # the lights of the mixer's front
        high = 0.05 + 0.11 * abs(math.sin(2.1 * i + 3 * swing))
        lit: RGB = ((70, 230, 255), (190, 90, 255), (255, 80, 160))[i % 3]
        pen.stroke((0.3 + i * 0.058, 0.9), (0.3 + i * 0.058, 0.9 - high), width=0.026, tone=lit)
    for x in (0.32, 0.74):
        pen.oval(x, 0.495, 0.11, 0.03, _INK)
        pen.oval(x, 0.492, 0.04, 0.012, (226, 70, 90))
    pen.oval(0.34 + 0.02 * swing, 0.485, 0.026, 0.02, (206, 152, 112))
    pen.oval(0.7 - 0.02 * swing, 0.485, 0.026, 0.02, (206, 152, 112))


def _headphones(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.stroke((x - 0.045, y - 0.02), (x - 0.035, y - 0.09), (x + 0.035, y - 0.09), (x + 0.045, y - 0.04), width=0.018,
               tone=(240, 240, 244))  # fmt: skip
    pen.oval(x - 0.012, y - 0.004, 0.03, 0.04, (240, 90, 60))


def _wide_headphones(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.stroke((x - 0.075, y - 0.01), (x - 0.068, y - 0.075), (x - 0.03, y - 0.118), (x + 0.03, y - 0.118),
               (x + 0.068, y - 0.075), (x + 0.075, y - 0.01), width=0.02, tone=(236, 236, 242))  # fmt: skip
    for side in (-1, 1):
        pen.oval(x + side * 0.078, y + 0.002, 0.021, 0.04, (240, 90, 60))


def _board(pen: Pen, at: Point, swing: float) -> None:
    pen.blob((0.2, 0.965), (0.35, 0.945), (0.7, 0.945), (0.9, 0.92), (0.72, 0.99), (0.35, 0.995), tone=(250, 226, 120))
    pen.stroke((0.28, 0.97), (0.8, 0.96), width=0.01, tone=(226, 80, 60))


def _pack(pen: Pen, at: Point, swing: float) -> None:
    pen.blob((0.36, 0.26), (0.45, 0.25), (0.46, 0.52), (0.36, 0.53), tone=(170, 178, 190))


def _veil(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.blob((x - 0.01, y - 0.105), (x - 0.06, y - 0.07), (x - 0.1, y + 0.1), (x - 0.19, y + 0.42), (x - 0.09,
        y + 0.44),
             (x - 0.045, y + 0.12), tone=(232, 236, 244))  # fmt: skip
    for i in range(4):
        pen.oval(x - 0.035 + i * 0.024, y - 0.092 + abs(i - 1.5) * 0.006, 0.013, 0.013, (250, 206, 216))


def _wide_veil(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    for side in (-1, 1):
        pen.blob((x, y - 0.11), (x + side * 0.07, y - 0.085), (x + side * 0.1, y + 0.05), (x + side * 0.13, y + 0.24),
                 (x + side * 0.07, y + 0.26), (x + side * 0.066, y), tone=(232, 236, 244))  # fmt: skip
    for i in range(7):
        pen.oval(x - 0.06 + i * 0.02, y - 0.098 + abs(i - 3) * 0.006, 0.011, 0.011, (250, 206, 216))


def _headband(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.stroke((x - 0.058, y - 0.035), (x + 0.058, y - 0.042), width=0.022, tone=_GOLD)


def _helm(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.blob((x - 0.075, y + 0.07), (x - 0.075, y - 0.05), (x, y - 0.105), (x + 0.075, y - 0.05), (x + 0.085, y + 0.05),
             (x + 0.02, y + 0.09), tone=(186, 194, 206))  # fmt: skip
    pen.stroke((x + 0.01, y - 0.012), (x + 0.078, y - 0.012), width=0.022, tone=_INK)
    pen.blob((x - 0.02, y - 0.1), (x - 0.05, y - 0.17), (x - 0.12, y - 0.13), (x - 0.1, y - 0.05), tone=(206, 40, 40))


def _kabuto(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.blob((x - 0.1, y + 0.05), (x - 0.075, y - 0.06), (x, y - 0.105), (x + 0.075, y - 0.055), (x + 0.09, y - 0.03),
             (x - 0.03, y - 0.02), (x - 0.06, y + 0.07), tone=(52, 46, 58))  # fmt: skip
    for side in (-1, 1):
        pen.stroke((x + 0.045, y - 0.08), (x + 0.05 + side * 0.03, y - 0.15), (x + 0.05 + side * 0.055, y - 0.19),
                   width=0.018, end=0.006, tone=_GOLD)  # fmt: skip


def _cap(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.blob((x - 0.065, y - 0.03), (x - 0.04, y - 0.1), (x + 0.04, y - 0.1), (x + 0.062, y - 0.045), tone="dark")
    pen.stroke((x + 0.03, y - 0.045), (x + 0.105, y - 0.038), width=0.018, tone="dark")


def _wizard(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.shape((x - 0.062, y - 0.05), (x - 0.025, y - 0.16), (x + 0.062, y - 0.055), tone="dark")
    pen.oval(x, y - 0.052, 0.125, 0.024, "dark")
    pen.stroke((x - 0.055, y - 0.072), (x + 0.052, y - 0.074), width=0.014, tone=_GOLD)


def _crown(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.shape((x - 0.06, y - 0.055), (x - 0.068, y - 0.14), (x - 0.03, y - 0.1), (x, y - 0.15), (x + 0.03, y - 0.1),
              (x + 0.068, y - 0.14), (x + 0.06, y - 0.055), tone=_GOLD)  # fmt: skip
    pen.oval(x, y - 0.078, 0.011, 0.011, (206, 40, 60))


def _visor(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.oval(x - 0.002, y - 0.005, 0.108, 0.112, (240, 242, 246))
    pen.oval(x + 0.032, y - 0.002, 0.072, 0.07, (38, 52, 84))
    pen.oval(x + 0.045, y - 0.012, 0.05, 0.046, (232, 170, 70))
    pen.oval(x + 0.062, y - 0.03, 0.014, 0.01, (255, 246, 220))


def _robot(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    pen.shape((x - 0.08, y - 0.085), (x + 0.085, y - 0.085), (x + 0.085, y + 0.07), (x - 0.08, y + 0.07),
              tone=(166, 178, 194))  # fmt: skip
    pen.shape((x - 0.02, y - 0.045), (x + 0.085, y - 0.045), (x + 0.085, y + 0.008), (x - 0.02, y + 0.008), tone=_INK)
    for dx in (0.012, 0.056):
        pen.oval(x + dx, y - 0.018, 0.014, 0.016, (90, 240, 255))
    pen.stroke((x, y - 0.08), (x, y - 0.14), width=0.01, tone=_INK)
    pen.oval(x, y - 0.145, 0.017, 0.017, (255, 80, 70))
    for i in range(3):
        pen.stroke((x + 0.015 + i * 0.022, y + 0.03), (x + 0.015 + i * 0.022, y + 0.052), width=0.007, tone=_INK)


def _toque(pen: Pen, at: Point, swing: float) -> None:
    x, y = at
    for dx in (-0.045, 0.0, 0.045):
        pen.oval(x + dx, y - 0.115, 0.042, 0.04, (250, 250, 250))
    pen.shape(
        (x - 0.06, y - 0.05), (x - 0.06, y - 0.11), (x + 0.06, y - 0.11), (x + 0.06, y - 0.055), tone=(232, 234, 238)
    )


def _brimmed(colour: RGB, brim: float, band: RGB) -> Callable[[Pen, Point, float], None]:
    def draw(pen: Pen, at: Point, swing: float) -> None:
        x, y = at
        pen.blob(
            (x - 0.06, y - 0.05), (x - 0.05, y - 0.12), (x + 0.045, y - 0.125), (x + 0.062, y - 0.055), tone=colour
        )
        pen.stroke((x - 0.058, y - 0.062), (x + 0.06, y - 0.066), width=0.02, tone=band)
        pen.oval(x + 0.005, y - 0.05, brim, 0.018, colour)

    return draw


def _big(draw: Callable[[Pen, Point, float], None], lift: float = 0.0) -> Callable[[Pen, Point, float], None]:
    """Return a headgear for a head seen close: drawn with coordinates three times as large."""

    def large(pen: Pen, at: Point, swing: float) -> None:
        draw(_Closer(pen, at, lift), (0.0, 0.0), swing)  # type: ignore[arg-type]  # draws as a Pen does

    return large


class _Closer:
    """A pen that draws everything about a point, nearly three times as large."""

    def __init__(self, pen: Pen, at: Point, lift: float) -> None:
        self._pen, self._at, self._lift = pen, at, lift

    def _moved(self, point: Point) -> Point:
        return self._at[0] + point[0] * 2.8, self._at[1] + self._lift + point[1] * 2.8

    def oval(self, x: float, y: float, rx: float, ry: float, tone: str | RGB = "body") -> None:
        self._pen.oval(*self._moved((x, y)), rx * 2.8, ry * 2.8, tone)

    def shape(self, *points: Point, tone: str | RGB = "body") -> None:
        self._pen.shape(*map(self._moved, points), tone=tone)

    def blob(self, *points: Point, tone: str | RGB = "body") -> None:
        self._pen.blob(*map(self._moved, points), tone=tone)

    def stroke(self, *points: Point, width: float = 0.05, end: float | None = None, tone: str | RGB = "body") -> None:
        wide = None if end is None else end * 2.8
        self._pen.stroke(*map(self._moved, points), width=width * 2.8, end=wide, tone=tone)


_HEADGEAR: dict[str, Callable[[Pen, Point, float], None]] = {
    "veil": _veil, "headband": _headband, "helm": _helm, "kabuto": _kabuto, "cap": _cap, "wizard": _wizard,
    "headphones": _headphones, "crown": _crown, "visor": _visor, "robot": _robot, "toque": _toque,
    "fedora": _brimmed((92, 74, 58), 0.115, _INK), "straw": _brimmed((222, 190, 112), 0.14, (186, 70, 50)),
}  # fmt: skip
PROPS: dict[str, Callable[[Pen, Point, float], None]] = {
    "sword": _sword, "staff": _staff, "stick": _stick, "bouquet": _bouquet, "guitar": _guitar, "violin": _violin,
    "microphone": _microphone, "pan": _pan, "board": _board, "deck": _deck, "pack": _pack,
    **_HEADGEAR, **{f"big-{name}": _big(draw) for name, draw in _HEADGEAR.items()}, "big-veil": _big(_wide_veil),
    "big-headphones": _big(_wide_headphones),
}  # fmt: skip

__all__ = ["PROPS"]
