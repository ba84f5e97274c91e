"""Figures of people: one body, dressed by a costume, that walks, runs, stands, dances or plays."""

from __future__ import annotations

from pixnb.sandbox.render.costumes import COSTUMES, Costume
from pixnb.sandbox.render.palette import RGB, shade
from pixnb.sandbox.render.pen import Draw, Pen, swing
from pixnb.sandbox.render.props import PROPS

_SHOE = (40, 34, 36)


def person(kind: str, motion: str = "walk") -> Draw:
    """Return what draws a person to the right.

    Args:
        kind: Whose costume: a name of `COSTUMES`.
        motion: `walk`, `run`, `still` or `dance`.
    """
    wear = COSTUMES[kind]
    motion = wear.pose or motion

    def draw(pen: Pen, phase: float) -> None:
        stride = {"walk": 1.0, "run": 1.7, "still": 0.0, "dance": 0.55}.get(motion, 1.0)
        top = -abs(swing(phase)) * 0.014 * (stride + 0.2) + wear.lower
        pen.shadow(0.5, 0.17)
        if wear.prop in PROPS and wear.behind:
            PROPS[wear.prop](pen, (0.5, 0.4 + top), swing(phase))
        if wear.cape:
            back = 0.33 + swing(phase) * 0.02 * stride
            pen.blob((0.46, 0.27 + top), (0.54, 0.27 + top), (0.5, 0.6), (0.44, 0.9), (back, 0.92), tone=wear.cape)
        _arm(pen, wear, _reach(motion, phase, 0.0), top, dark=True)
        _below(pen, wear, phase, stride, top)
        _torso(pen, wear, top)
        _head(pen, wear, 0.505 + 0.01 * stride, 0.165 + top)
        _arm(pen, wear, _reach(motion, phase, 0.5), top, dark=False)
        if wear.prop in PROPS and not wear.behind:
            hand = _hand(_reach(motion, phase, 0.5) if wear.prop not in _HELD_STILL else (0.09, -0.05), top)
            PROPS[wear.prop](pen, hand, swing(phase))

    return draw


_HELD_STILL = {"guitar", "violin", "pan", "deck"}


def _reach(motion: str, phase: float, offset: float) -> tuple[float, float]:
    """Return how far a hand is before the hip, and how high above it."""
    step = swing(phase, offset)
    if motion == "dance":
        return 0.16 * (1 if offset else -1) + 0.04 * step, -0.38 + 0.07 * swing(phase, offset / 2)
    if motion == "run":
        return step * 0.17 + 0.04, -0.1 - 0.05 * step
    return (0.03 + step * 0.02, 0.0) if motion == "still" else (step * 0.12 + 0.01, -0.02 * abs(step))


def _hand(reach: tuple[float, float], top: float) -> tuple[float, float]:
    return 0.5 + reach[0], 0.555 + reach[1] + top


def _arm(pen: Pen, wear: Costume, reach: tuple[float, float], top: float, *, dark: bool) -> None:
    if wear.prop in _HELD_STILL and not dark:
        reach = (0.09, -0.1)
    hand = _hand(reach, top)
    shoulder = (0.475 if dark else 0.52, 0.3 + top)
    elbow = ((shoulder[0] + hand[0]) / 2 - 0.03, (shoulder[1] + hand[1]) / 2 + 0.035)
    sleeve = wear.sleeve or "body"
    pen.stroke(
        shoulder, elbow, hand, width=0.066, end=0.042, tone=_darker(sleeve) if dark else "body" if sleeve == "body"
        else sleeve,
    )  # fmt: skip
    pen.oval(*hand, 0.022, 0.022, wear.gloves or wear.skin)


def _darker(tone: str | RGB) -> str | RGB:
    return "dark" if isinstance(tone, str) else shade(tone, 0.62)


def _below(pen: Pen, wear: Costume, phase: float, stride: float, top: float) -> None:
    hip = 0.56 + top
    bare = wear.skirt and wear.hem < 0.9
    for offset, far in ((0.5, True), (0.0, False)):
        step = swing(phase, offset) * stride
        up = max(0.0, swing(phase, offset + 0.25)) * stride
        knee = (0.5 + step * 0.06 + 0.018 + up * 0.02, 0.76 - up * 0.02)
        foot = (0.5 + step * 0.12 + (0.03 if far else -0.03) * (stride == 0), 0.955 - up * 0.035)
        tone = wear.skin if bare else wear.trousers
        tone = shade(tone, 0.68) if far else tone
        pen.stroke((0.5, hip), knee, foot, width=0.062 if bare else 0.1, end=0.036 if bare else 0.062, tone=tone)
        pen.stroke(foot, (foot[0] + 0.045, 0.965 - up * 0.02), width=0.042, end=0.03, tone=wear.shoes or _SHOE)
    if wear.skirt:
        sway = swing(phase) * 0.03 * max(0.4, stride)
        half = wear.skirt
        pen.blob(
            (0.452, 0.46 + top), (0.548, 0.46 + top), (0.58, 0.6), (0.5 + half + sway, wear.hem), (0.5,
            wear.hem + 0.02),
            (0.5 - half + sway, wear.hem), (0.42, 0.6),
        )  # fmt: skip
        pen.blob(
            (0.53, 0.48 + top), (0.548, 0.48 + top), (0.58, 0.6), (0.5 + half + sway, wear.hem),
            (0.48 + half * 0.6 + sway, wear.hem + 0.01), (0.55, 0.65), tone="light",
        )  # fmt: skip


def _torso(pen: Pen, wear: Costume, top: float) -> None:
    wide = wear.bulk
    pen.blob(
        (0.5 - 0.062 * wide, 0.275 + top), (0.5, 0.258 + top), (0.5 + 0.066 * wide, 0.278 + top),
        (0.5 + 0.064 * wide, 0.4 + top), (0.5 + 0.052 * wide, 0.48 + top), (0.5 + 0.062 * wide, 0.59 + top),
        (0.5 - 0.062 * wide, 0.59 + top), (0.5 - 0.05 * wide, 0.48 + top), (0.5 - 0.066 * wide, 0.4 + top),
    )  # fmt: skip
    pen.blob(
        (0.53, 0.28 + top), (0.5 + 0.062 * wide, 0.29 + top), (0.5 + 0.05 * wide, 0.47 + top), (0.535, 0.5 + top),
        tone="light",
    )  # fmt: skip
    if wear.belt:
        pen.stroke((0.5 - 0.052 * wide, 0.5 + top), (0.5 + 0.052 * wide, 0.5 + top), width=0.03, tone=wear.belt)
    if wear.shirt:
        pen.shape((0.5, 0.27 + top), (0.55, 0.27 + top), (0.53, 0.42 + top), tone=wear.shirt)


def _head(pen: Pen, wear: Costume, x: float, y: float) -> None:
    hair = wear.hair
    if wear.style == "long":
        pen.blob((x - 0.05, y - 0.06), (x + 0.03, y - 0.08), (x + 0.01, y + 0.06), (x - 0.03, y + 0.19),
                 (x - 0.1, y + 0.17), (x - 0.085, y + 0.02), tone=shade(hair, 0.8))  # fmt: skip
    pen.stroke((x - 0.005, y + 0.05), (x - 0.008, y + 0.11), width=0.052, tone=shade(wear.skin, 0.8))
    pen.blob((x - 0.05, y - 0.05), (x + 0.02, y - 0.075), (x + 0.062, y - 0.03), (x + 0.06, y + 0.03),
             (x + 0.03, y + 0.075), (x - 0.025, y + 0.06), tone=wear.skin)  # fmt: skip
    pen.oval(x + 0.067, y + 0.012, 0.013, 0.016, wear.skin)
    pen.oval(x + 0.038, y - 0.008, 0.0085, 0.0115, (28, 22, 26))
    pen.stroke((x + 0.03, y + 0.042), (x + 0.05, y + 0.04), width=0.009, tone=(150, 70, 70))
    if wear.style not in ("none", "bald"):
        pen.blob((x - 0.065, y - 0.01), (x - 0.05, y - 0.075), (x + 0.01, y - 0.1), (x + 0.062, y - 0.06),
                 (x + 0.03, y - 0.045), (x - 0.012, y - 0.03), (x - 0.018, y + 0.03), (x - 0.05, y + 0.05),
                 tone=hair)  # fmt: skip
    if wear.beard:
        pen.blob((x - 0.03, y + 0.03), (x + 0.03, y + 0.05), (x + 0.062, y + 0.045), (x + 0.04, y + 0.11),
                 (x, y + 0.1), tone=wear.beard)  # fmt: skip
    if wear.hat in PROPS:
        PROPS[wear.hat](pen, (x, y), 0.0)


def bust(kind: str) -> Draw:
    """Return what draws somebody's head and shoulders, close, who breathes and blinks."""
    wear = COSTUMES[kind]

    def draw(pen: Pen, phase: float) -> None:
        sway = swing(phase) * 0.008
        face, shaded = wear.skin, shade(wear.skin, 0.84)
        x = 0.5 + sway
        if wear.style == "long":
            pen.blob((x - 0.2, 0.24), (x + 0.2, 0.24), (x + 0.26, 0.6), (x + 0.24, 0.88), (x - 0.24, 0.88),
                     (x - 0.26, 0.6), tone=shade(wear.hair, 0.75))  # fmt: skip
        pen.blob((0.4, 0.72), (0.6, 0.72), (0.84, 0.8), (0.95, 1.2), (0.05, 1.2), (0.16, 0.8))
        pen.blob((0.62, 0.74), (0.84, 0.81), (0.94, 1.2), (0.7, 1.2), tone="light")
        pen.stroke((x, 0.58), (0.5, 0.76), width=0.17, end=0.19, tone=shaded)
        if wear.shirt:
            pen.shape((0.43, 0.76), (0.57, 0.76), (0.5, 0.98), tone=wear.shirt)
        pen.blob(
            (x - 0.165, 0.36), (x, 0.2), (x + 0.165, 0.36), (x + 0.15, 0.52), (x, 0.67), (x - 0.15, 0.52), tone=face
        )
        pen.blob((x - 0.165, 0.36), (x - 0.12, 0.28), (x - 0.1, 0.5), (x - 0.02, 0.665), (x - 0.15, 0.52), tone=shaded)
        _features(pen, x, wear, blink=phase > 0.9)
        if wear.beard:
            pen.blob((x - 0.155, 0.47), (x - 0.07, 0.55), (x + 0.07, 0.55), (x + 0.155, 0.47), (x + 0.13, 0.64),
                     (x, 0.78), (x - 0.13, 0.64), tone=wear.beard)  # fmt: skip
            pen.stroke((x - 0.04, 0.585), (x + 0.04, 0.585), width=0.02, tone=(150, 84, 80))
        if wear.style not in ("none", "bald"):
            pen.blob((x - 0.18, 0.46), (x - 0.19, 0.26), (x, 0.13), (x + 0.19, 0.26), (x + 0.18, 0.46),
                     (x + 0.13, 0.33), (x + 0.02, 0.27), (x - 0.12, 0.33), tone=wear.hair)  # fmt: skip
        if f"big-{wear.hat}" in PROPS:
            PROPS[f"big-{wear.hat}"](pen, (x, 0.4), 0.0)

    return draw


def _features(pen: Pen, x: float, wear: Costume, *, blink: bool) -> None:
    brow = shade(wear.hair, 0.8)
    for side in (-1, 1):
        eye = x + side * 0.068
        pen.stroke((eye - 0.032, 0.372), (eye + 0.032, 0.366), width=0.014, tone=brow)
        if blink:
            pen.stroke((eye - 0.026, 0.412), (eye + 0.026, 0.412), width=0.008, tone=shade(wear.skin, 0.5))
            continue
        pen.oval(eye, 0.41, 0.03, 0.017, (246, 244, 240))
        pen.oval(eye + 0.004, 0.41, 0.0155, 0.0165, (54, 76, 96))
        pen.oval(eye + 0.009, 0.405, 0.005, 0.005, (255, 255, 255))
    pen.stroke((x + 0.004, 0.42), (x + 0.018, 0.495), (x - 0.004, 0.502), width=0.014, tone=shade(wear.skin, 0.78))
    pen.stroke((x - 0.044, 0.576), (x, 0.586), (x + 0.044, 0.574), width=0.02, tone=(176, 84, 84))


__all__ = ["bust", "person"]
