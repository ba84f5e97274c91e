"""Putting figures into a scene: who is in it, how large, where, and which way they go."""

from __future__ import annotations

from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render.creatures import CREATURES
from pixnb.sandbox.render.drift import Drift
from pixnb.sandbox.render.palette import NAMED, RGB, mix, turned
from pixnb.sandbox.render.pen import tones
from pixnb.sandbox.render.setting import Setting
from pixnb.sandbox.render.things import THINGS
from pixnb.sandbox.render.words import Subject

_FIGURES = {**CREATURES, **THINGS}
_SHARE = {
    "person": 0.46, "dog": 0.4, "cat": 0.34, "horse": 0.5, "rabbit": 0.3, "elephant": 0.56, "bird": 0.16, "fish": 0.26,
    "jellyfish": 0.36, "butterfly": 0.16, "car": 0.46, "train": 0.62, "boat": 0.36, "plane": 0.4, "rocket": 0.46,
    "balloon": 0.4, "tree": 0.6, "palm": 0.66, "flower": 0.5, "house": 0.46, "castle": 0.56, "lighthouse": 0.5,
    "candle": 0.36, "piano": 0.6, "bust": 1.0,
}  # fmt: skip
_FLYING = {"bird", "plane", "rocket", "balloon", "butterfly"}
_SWIMMING = {"fish", "jellyfish"}
_STANDING = {"tree", "palm", "flower", "house", "castle", "lighthouse", "candle", "piano", "bust"}
_MANY = {"bird": 6, "fish": 4, "butterfly": 4, "jellyfish": 3, "flower": 6, "tree": 2, "palm": 2, "candle": 3}


def cast(scene: Setting) -> list[Drift]:
    """Return the figures that the prompt names, from the back to the front."""
    subjects = sorted(scene.reading.subjects, key=lambda s: s.kind not in _STANDING)
    made: list[Drift] = []
    for at, subject in enumerate(subjects):
        if subject.kind == "person" and "portrait" in scene.reading.camera:
            subject = Subject("bust", subject.colour)
        made += _figures(scene, subject, at, len(subjects))
    return made


def _figures(s: Setting, subject: Subject, at: int, of: int) -> list[Drift]:
    count = _MANY.get(subject.kind, 1)
    return [_figure(s, subject, f"{subject.kind}{i}", (at + 0.5) / of, i, count) for i in range(count)]


def _figure(s: Setting, subject: Subject, name: str, place: float, index: int, count: int) -> Drift:
    draw, own = _FIGURES[subject.kind]
    near = s.chance.uniform(f"{name}-near", 0.5, 1.0) if count > 1 else s.chance.uniform(f"{name}-near", 0.85, 1.12)
    height = min(s.size[1], s.size[0] * 0.8) * _SHARE[subject.kind]
    side = max(12, round(height * near))
    right = s.chance.chance(f"{subject.kind}-right", 0.5)
    still = subject.kind in _STANDING
    figure = ly.phases(
        draw,
        side,
        tones(_colour(s, subject, own), s.hour.light, max(0.3, s.daylight), _shine(s, subject.kind)),
        count=8 if count > 2 else 12,
        flip=not right,
    )
    spread = s.chance.uniform(f"{name}-x", -0.4, 0.4) if count > 1 else s.chance.uniform(f"{name}-x", -0.1, 0.1)
    place = 0.5 if subject.kind == "bust" else place
    x = s.size[0] * min(0.92, max(0.08, place + spread))
    speed = (
        0.0
        if still
        else _speed(subject.kind) * s.size[0] * (1 if right else -1) * (1.8 if "fast" in s.reading.camera else 1)
    )
    slide = s.pace * 0.9 if still and s.place != "room" and subject.kind != "bust" else 0.0
    velocity = (speed - slide, -0.05 * s.size[1] if subject.kind == "rocket" else 0.0)
    bob = (s.size[1] * 0.012, 2.6) if subject.kind in _FLYING | _SWIMMING | {"boat"} else (0.0, 1.0)
    wrap = 0.0 if still else s.size[0] + 2.0 * side
    start = x if still else x - velocity[0] * 2.5
    return ly.Mover(figure, start, _ground(s, subject.kind, name, side), velocity, _rate(subject.kind), bob, wrap)


def _colour(s: Setting, subject: Subject, own: RGB) -> RGB:
    if subject.colour:
        return NAMED[subject.colour]
    return turned(own, s.chance.uniform(f"{subject.kind}-hue", -14, 14))


def _shine(s: Setting, kind: str) -> RGB:
    if kind == "bust":
        return mix((214, 164, 132), s.hour.light, 0.15 * s.daylight)
    if "neon" in s.reading.styles:
        return (110, 240, 255)
    return (255, 222, 140) if s.daylight < 0.5 else (244, 250, 255)


def _speed(kind: str) -> float:
    return {
        "person": 0.03,
        "car": 0.16,
        "train": 0.2,
        "boat": 0.025,
        "plane": 0.09,
        "balloon": 0.02,
        "bird": 0.09,
        "horse": 0.09,
        "rocket": 0.0,
    }.get(kind, 0.055)


def _rate(kind: str) -> float:
    return {
        "person": 0.9,
        "dog": 1.7,
        "horse": 1.7,
        "cat": 1.2,
        "rabbit": 1.8,
        "elephant": 0.7,
        "bird": 1.5,
        "fish": 1.3,
        "butterfly": 2.0,
    }.get(kind, 0.5)


def _ground(s: Setting, kind: str, name: str, side: int) -> float:
    height = s.size[1]
    if kind == "bust":
        return height * 1.04
    if kind in _FLYING:
        low = {"rocket": 0.78, "plane": 0.5, "balloon": 0.6}.get(kind, s.horizon * 0.75)
        return max(side * 1.0, height * s.chance.uniform(f"{name}-y", low - 0.16, low + 0.08))
    if kind in _SWIMMING:
        return height * s.chance.uniform(f"{name}-y", 0.45, 0.82)
    if kind == "boat":
        return height * (s.horizon + (1 - s.horizon) * s.chance.uniform(f"{name}-y", 0.3, 0.6))
    if kind in ("castle", "lighthouse", "house") and s.place in ("sea", "lake", "beach"):
        return height * (s.horizon + 0.03)
    if kind in ("candle", "flower"):
        return height * s.chance.uniform(f"{name}-y", 0.98, 1.06)
    return height * s.chance.uniform(f"{name}-y", 0.92, 0.97)


__all__ = ["cast"]
