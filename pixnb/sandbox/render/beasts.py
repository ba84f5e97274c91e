"""Animals on four legs, each drawn by its build: from a rabbit to a camel, at a phase of its gait."""

from __future__ import annotations

from dataclasses import dataclass

from pixnb.sandbox.render.palette import RGB, mix, shade
from pixnb.sandbox.render.pen import Draw, Pen, Point, swing

_INK, _NOSE, _BONE = (26, 22, 26), (44, 34, 38), (232, 220, 196)


@dataclass(frozen=True)
class Beast:
    """The build of an animal on four legs, in unit coordinates.

    Args:
        colour: Its coat.
        back: Height of its back, from above.
        depth: Thickness of its trunk.
        length: Half the length of its trunk.
        leg: Thickness of a leg.
        neck: Where its head is, from the top of its shoulder.
        throat: Thickness of its neck.
        head: Size of its head.
        snout: Length of its snout.
        ears: `up`, `down`, `long`, `round` or none.
        tail: `up`, `long`, `bush`, `thin`, `short`.
        marks: What else it has: `mane`, `lion`, `humps`, `stripes`, `spots`, `antlers`, `horn`, `horns`, `trunk`,
            `wool`, `mask` (a pale face and chest), `sock` (dark feet), `patch` (dark eyes),
                `tusk` (a horn on the nose).
    """

    colour: RGB
    back: float = 0.54
    depth: float = 0.19
    length: float = 0.2
    leg: float = 0.055
    neck: Point = (0.12, -0.13)
    throat: float = 0.12
    head: float = 0.07
    snout: float = 0.07
    ears: str = "down"
    tail: str = "up"
    marks: frozenset[str] = frozenset()


def beast(build: Beast, motion: str = "walk") -> Draw:
    """Return what draws an animal of this build to the right; `motion` is `walk`, `run` or `still`."""
    stride = {"run": 1.8, "still": 0.0}.get(motion, 1.0)

    def draw(pen: Pen, phase: float) -> None:
        lift = swing(phase * 2) * 0.012 * stride - (0.03 * abs(swing(phase)) if motion == "run" else 0)
        back = build.back + lift
        hip, chest = 0.46 - build.length, 0.46 + build.length
        pen.shadow(0.46, build.length + 0.13)
        _legs(pen, build, hip, chest, back, phase, stride, far=True)
        _tail(pen, build, hip, back, phase)
        if "lion" in build.marks:
            pen.oval(chest + build.neck[0] * 0.75, back + build.neck[1] * 0.6 + 0.02, 0.145, 0.165, (120, 70, 34))
        _legs(pen, build, hip, chest, back, phase, stride, far=False)
        _trunk(pen, build, hip, chest, back)
        _head(pen, build, chest, back, phase)

    return draw


def _legs(
    pen: Pen, build: Beast, hip: float, chest: float, back: float, phase: float, stride: float, *, far: bool
) -> None:
    top, ground = back + build.depth * 0.62, 0.965
    drop = ground - top
    for front in (False, True):
        offset = (0.5 if far else 0.0) + (0.25 if front else 0.0)
        step, up = swing(phase, offset) * stride, max(0.0, swing(phase, offset + 0.25)) * stride
        x = (chest - 0.035 if front else hip + 0.03) + (0.035 if far else 0.0)
        foot = (x + step * 0.1 * (0.5 + drop), ground - up * 0.3 * drop)
        bend = 0.02 if front else -0.045
        knee = (x + step * 0.045 + bend + up * (0.03 if front else 0.0), top + drop * 0.5 - up * 0.05)
        tone = "dark" if far else "body"
        thigh = build.leg * (1.6 if front else 2.1)
        pen.stroke((x, top - build.depth * 0.15), knee, width=thigh, end=build.leg * 1.05, tone=tone)
        pen.stroke(knee, foot, width=build.leg, end=build.leg * 0.72, tone=tone)
        hoof: str | RGB = _INK if "sock" in build.marks else tone
        pen.stroke(foot, (foot[0] + build.leg * 0.55, foot[1] + 0.005), width=build.leg * 0.75, tone=hoof)


def _trunk(pen: Pen, build: Beast, hip: float, chest: float, back: float) -> None:
    low, middle = back + build.depth, (hip + chest) / 2
    if "humps" in build.marks:
        for x in (middle - 0.1, middle + 0.09):
            pen.blob((x - 0.1, back + 0.06), (x - 0.04, back - 0.1), (x + 0.03, back - 0.11), (x + 0.1, back + 0.06))
            pen.blob(
                (x - 0.05, back - 0.06), (x, back - 0.105), (x + 0.05, back - 0.05), (x, back - 0.03), tone="light"
            )
    pen.blob(
        (hip - 0.055, back + build.depth * 0.4), (hip, back + 0.008), (middle, back + 0.02), (chest, back - 0.005),
        (chest + 0.065, back + build.depth * 0.4), (chest + 0.02, low), (middle, low - 0.01), (hip, low - 0.035),
    )  # fmt: skip
    pen.blob(
        (hip - 0.03, back + build.depth * 0.3), (hip, back + 0.02), (middle, back + 0.03), (chest, back + 0.005),
        (chest + 0.03, back + build.depth * 0.3), (middle, back + build.depth * 0.36), tone="light",
    )  # fmt: skip
    if "wool" in build.marks:
        for i in range(9):
            x = hip - 0.03 + (chest - hip + 0.06) * i / 8
            pen.oval(x, back + 0.025 + 0.015 * (i % 2), 0.055, 0.05, "light")
            pen.oval(x, low - 0.04, 0.05, 0.045)
    if "stripes" in build.marks:
        for i in range(6):
            x = hip + 0.01 + (chest - hip) * i / 6
            pen.stroke((x + 0.02, back + 0.015), (x, back + 0.07), (x + 0.012, low - 0.045), width=0.02, end=0.007,
                       tone=_INK)  # fmt: skip
    if "spots" in build.marks:
        dark = shade(build.colour, 0.5)
        for i in range(12):
            x = hip + (chest - hip) * (i + 0.5) / 12
            pen.oval(x, back + 0.035 + (build.depth - 0.08) * (i * 0.382 % 1), 0.021, 0.017, dark)


def _tail(pen: Pen, build: Beast, hip: float, back: float, phase: float) -> None:
    wag = swing(phase * 2) * 0.03
    root = (hip - 0.03, back + 0.05)
    if build.tail == "short":
        pen.oval(hip - 0.055, back + 0.05, 0.04, 0.04, "light")
        return
    if build.tail == "bush":
        end = (hip - 0.18, back + 0.2 + wag)
        pen.blob((root[0], back + 0.02), (hip - 0.11, back + 0.05), end, (end[0] + 0.03, end[1] + 0.06),
                 (hip - 0.06, back + 0.15), tone="dark")  # fmt: skip
        if "mask" in build.marks:
            pen.oval(end[0] + 0.012, end[1] + 0.02, 0.032, 0.032, (246, 240, 232))
        return
    shapes: dict[str, tuple[Point, Point]] = {
        "up": ((hip - 0.1, back - 0.05), (hip - 0.13 + wag, back - 0.16)),
        "long": ((hip - 0.14, back + 0.09), (hip - 0.15, back - 0.12 + wag)),
    }
    middle, end = shapes.get(build.tail, ((hip - 0.075, back + 0.1), (hip - 0.08 + wag, back + 0.22)))
    thin = 0.018 if build.tail == "thin" else 0.042
    pen.stroke(root, middle, end, width=thin, end=thin * 0.7, tone="dark")
    if build.tail == "thin":
        pen.oval(*end, 0.022, 0.032, _INK)


def _head(pen: Pen, build: Beast, chest: float, back: float, phase: float) -> None:
    h = build.head
    nod = swing(phase * 2, 0.2) * 0.01
    x, y = chest + build.neck[0], back + build.neck[1] + nod
    pale = mix(build.colour, (250, 246, 240), 0.75)
    half = build.throat / 2
    pen.shape((chest - half * 1.5, back + 0.03), (x - half * 0.95, y - h * 0.3), (x + half * 0.6, y + h * 0.5),
              (chest + 0.06, back + build.depth * 0.5), (chest - 0.02, back + build.depth * 0.6))  # fmt: skip
    if "mask" in build.marks:
        pen.blob((x, y + h * 0.5), (chest + 0.05, back + build.depth * 0.3), (chest + 0.03, back + build.depth * 0.75),
                 (chest - 0.02, back + build.depth * 0.3), tone=pale)  # fmt: skip
    if "mane" in build.marks:
        pen.blob((x + h * 0.3, y - h * 1.1), (x - half, y - h * 0.6), (chest - half * 1.8, back + 0.01),
                 (chest - half * 2.4, back + 0.09), (chest - half * 0.5, back + 0.06), (x - half * 0.1, y),
                 tone="dark")  # fmt: skip
    _crowned(pen, build, x, y)
    pen.oval(x, y, h, h * 0.92)
    _muzzle(pen, build, x, y, pale)
    if "trunk" in build.marks:
        return
    if "patch" in build.marks:
        pen.oval(x + h * 0.33, y - h * 0.12, h * 0.3, h * 0.36, _INK)
        pen.oval(x + h * 0.35, y - h * 0.2, h * 0.17, h * 0.19, (250, 250, 250))
    pen.oval(x + h * 0.35, y - h * 0.2, h * 0.15, h * 0.17, _INK)
    pen.oval(x + h * 0.4, y - h * 0.26, h * 0.05, h * 0.05, (255, 255, 255))


def _muzzle(pen: Pen, build: Beast, x: float, y: float, pale: RGB) -> None:
    h, end = build.head, (x + build.head * 0.5 + build.snout, y + build.head * 0.4 + build.snout * 0.35)
    if "trunk" in build.marks:
        pen.stroke((x + h * 0.6, y + h * 0.1), (x + h * 1.25, y + 0.12), (x + h * 1.2, y + 0.26), (x + h * 1.5,
            y + 0.33),
                   width=0.085, end=0.035)  # fmt: skip
        pen.stroke((x + h * 0.7, y + h * 0.7), (x + h * 1.5, y + h * 1.1), (x + h * 2.0, y + h * 0.8), width=0.026,
            end=0.01,
                   tone=_BONE)  # fmt: skip
        pen.blob((x - h * 1.3, y - h * 0.7), (x - h * 0.2, y - h * 0.85), (x + h * 0.15, y + h * 0.2),
                 (x - h * 0.4, y + h * 1.35), (x - h * 1.35, y + h * 0.6), tone="dark")  # fmt: skip
        pen.oval(x + h * 0.5, y - h * 0.25, h * 0.1, h * 0.11, _INK)
        return
    tone: str | RGB = pale if "mask" in build.marks or "spots" in build.marks else "body"
    pen.stroke((x + h * 0.3, y + h * 0.22), end, width=h * 1.25, end=h * 0.72, tone="body")
    if tone != "body":
        pen.stroke((x + h * 0.5, y + h * 0.5), (end[0], end[1] + h * 0.08), width=h * 0.7, end=h * 0.55, tone=tone)
    pen.oval(end[0] + h * 0.2, end[1] - h * 0.16, h * 0.17, h * 0.14, _NOSE)
    pen.stroke(
        (end[0] - h * 0.25, end[1] + h * 0.2), (end[0] + h * 0.15, end[1] + h * 0.18), width=h * 0.09, tone=_NOSE
    )


def _crowned(pen: Pen, build: Beast, x: float, y: float) -> None:
    """Draw ears, horns and antlers."""
    h = build.head
    if build.ears == "up":
        for dx, tone in ((0.15, "dark"), (-0.55, "body")):
            pen.shape((x + dx * h - h * 0.3, y - h * 0.5), (x + dx * h, y - h * 1.75), (x + dx * h + h * 0.5,
                y - h * 0.55),
                      tone=tone)  # fmt: skip
    if build.ears == "long":
        for dx, tone in ((0.15, "dark"), (-0.4, "body")):
            pen.stroke((x + dx * h, y - h * 0.5), (x + (dx - 0.3) * h, y - h * 2.0), (x + (dx - 0.75) * h, y - h * 3.0),
                       width=h * 0.5, end=h * 0.36, tone=tone)  # fmt: skip
    if build.ears == "round":
        black = "patch" in build.marks
        for dx, plain in ((0.3, "dark"), (-0.6, "body")):
            pen.oval(x + dx * h, y - h * 0.78, h * 0.36, h * 0.36, _INK if black else plain)
    if build.ears == "down":
        pen.blob((x - h * 0.6, y - h * 0.8), (x - h * 0.05, y - h * 0.6), (x - h * 0.25, y + h * 0.9),
                 (x - h * 0.8, y + h * 0.6), tone="dark")  # fmt: skip
    if "tusk" in build.marks:
        tip = (x + h * 0.9 + build.snout, y - h * 0.9)
        pen.stroke((x + h * 0.5 + build.snout, y + h * 0.3), tip, width=0.045, end=0.008, tone=_BONE)
    if "horn" in build.marks:
        pen.stroke((x + h * 0.3, y - h * 0.8), (x + h * 1.2, y - h * 3.2), width=0.026, end=0.005, tone=(250, 222, 140))
    if "horns" in build.marks:
        for dx in (-0.25, 0.3):
            pen.stroke((x + dx * h, y - h * 0.7), (x + (dx + 0.5) * h, y - h * 1.3), (x + (dx + 0.3) * h, y - h * 2.0),
                       width=0.024, end=0.007, tone=_BONE)  # fmt: skip
    if "antlers" in build.marks:
        for dx in (-0.5, 0.25):
            root, tip = (x + dx * h, y - h * 0.7), (x + (dx - 0.9) * h, y - h * 3.0)
            pen.stroke(root, tip, width=0.018, end=0.008, tone=_BONE)
            for share in (0.35, 0.65):
                at = (root[0] + (tip[0] - root[0]) * share, root[1] + (tip[1] - root[1]) * share)
                pen.stroke(at, (at[0] + h * 0.8, at[1] - h * 0.7), width=0.014, end=0.006, tone=_BONE)


__all__ = ["Beast", "beast"]
