"""Colour grades: functions on colours, chained and baked into one table of colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pixnb.sandbox.render.palette import RGB

Colours: TypeAlias = NDArray[np.float32]  # shape (n, 3), red green blue, 0 to 1
Grade: TypeAlias = Callable[[Colours], Colours]

_STEPS = 36  # of each channel; between them colours are interpolated
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_NEUTRAL = 0.19  # the saturation below which a colour counts as a kind of white, grey or black


def bake(grades: Sequence[Grade]) -> Colours:
    """Return what grades make of 36 steps of each channel, indexed by blue, green and red."""
    steps = np.linspace(0, 1, _STEPS, dtype=np.float32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colours = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    for grade in grades:
        colours = np.clip(grade(colours), 0, 1).astype(np.float32)
    return colours.reshape(_STEPS, _STEPS, _STEPS, 3)


def luma(c: Colours) -> Colours:
    """Return brightness, shape (n, 1)."""
    return np.asarray(c @ _LUMA, np.float32)[:, None]


def saturate(amount: float) -> Grade:
    """Scale saturation: 0 is grey, 1 leaves it."""
    return lambda c: luma(c) + (c - luma(c)) * amount


def contrast(amount: float, pivot: float = 0.45) -> Grade:
    """Scale contrast about `pivot`, with soft ends."""
    return lambda c: np.asarray(pivot + np.tanh((c - pivot) * amount * 1.6) * 0.62 / 1.6 / np.tanh(0.88), np.float32)


def gamma(value: float) -> Grade:
    """Lighten (below 1) or darken (above 1) the middle tones."""
    return lambda c: np.power(np.clip(c, 0, 1), value)


def gain(red: float, green: float, blue: float) -> Grade:
    """Multiply the channels."""
    return lambda c: c * np.array([red, green, blue], np.float32)


def split(shadows: RGB, lights: RGB, amount: float) -> Grade:
    """Tone the shadows towards one colour and the lights towards another, keeping brightness."""
    low, high = _unit(shadows), _unit(lights)

    def grade(c: Colours) -> Colours:
        y = luma(c)
        tone = low * (1 - y) + high * y
        tone = tone / np.maximum(0.06, luma(tone)) * y
        return np.asarray(c + (tone - c) * amount, np.float32)

    return grade


def fade(black: float, white: float = 1.0) -> Grade:
    """Lift black and lower white, as old film does."""
    return lambda c: black + c * (white - black)


def ramp(amount: float, *colours: RGB) -> Grade:
    """Map brightness through a row of colours."""
    table = np.array(colours, np.float32) / 255
    places = np.linspace(0, 1, len(colours))

    def grade(c: Colours) -> Colours:
        y = luma(c)[:, 0]
        mapped = np.stack([np.interp(y, places, table[:, i]) for i in range(3)], axis=-1)
        return np.asarray(c + (mapped - c) * amount, np.float32)

    return grade


def posterise(levels: float) -> Grade:
    """Round brightness to a few levels, keeping the hue."""

    def grade(c: Colours) -> Colours:
        y = luma(c)
        flat = (np.floor(y * levels) + 0.5) / levels
        return np.asarray(c * (0.4 + 0.6 * flat / np.maximum(y, 0.02)), np.float32)

    return grade


def shift(hue_from: float, hue_to: float, width: float = 55, amount: float = 1.0, bleach: float = 0.0) -> Grade:
    """Turn the hues near one hue (degrees) to another; `bleach` turns them to snow instead."""

    def grade(c: Colours) -> Colours:
        h, s, val = _to_hsv(c)
        weight = _near(h, hue_from, width) * np.clip(s * 5 - 0.4, 0, 1) * amount
        h2 = (h + (hue_to - hue_from) * weight) % 360
        s2 = s * (1 - bleach * weight)
        v2 = val + (np.power(val, 0.45) - val) * bleach * weight
        return _from_hsv(h2, s2, v2)

    return grade


def recolour(source: float | None, target: RGB, *, turn: float = 0.0, width: float = 58) -> Grade:
    """Give one colour's pixels another colour, keeping their light and shade."""
    weigh, dye = cover(source, width), dyed(target, turn=turn, grey=source is None)
    return lambda c: np.asarray(c + (dye(c) - c) * weigh(c), np.float32)


def cover(source: float | None, width: float = 58) -> Grade:
    """Say how far each colour is of a hue (degrees; None: grey): 0 to 1 in all three channels."""

    def grade(c: Colours) -> Colours:
        h, s, val = _to_hsv(c)
        if source is None:
            chroma = s * val  # dark pixels have wild saturations; chroma does not
            middle = np.clip((val - 0.13) * 6, 0, 1) * np.clip((0.86 - val) * 9, 0, 1)
            weight = np.clip(2.3 - chroma * 13, 0, 1) * middle
        else:
            weight = _near(h, source, width) * np.clip(s * 6 - 0.7, 0, 1) * np.clip(val * 8 - 0.4, 0, 1)
        return np.asarray(np.repeat(weight[:, None], 3, axis=1), np.float32)

    return grade


def dyed(target: RGB, *, turn: float = 0.0, grey: bool = False) -> Grade:
    """Give everything one colour, keeping light and shade; `grey` things take all of its saturation."""
    h1, s1, v1 = (float(part[0]) for part in _to_hsv(_unit(target)[None, :]))

    def grade(c: Colours) -> Colours:
        h, s, val = _to_hsv(c)
        if s1 < _NEUTRAL:
            new_s, hue = s * 0.08 + s1 * 0.3, h
        else:
            depth = np.full_like(s, 0.95) if grey else 0.45 + 0.75 * s
            new_s, hue = np.clip(s1 * depth, 0, 1), np.full_like(h, (h1 + turn) % 360)
        return _from_hsv(hue, new_s, np.power(val, 0.62) if v1 > 0.9 else val * (0.28 + 0.95 * v1))

    return grade


def _near(h: Colours, centre: float, width: float) -> Colours:
    distance = np.abs((h - centre + 180) % 360 - 180)
    return np.asarray(np.clip(1.6 * (1 - distance / width), 0, 1), np.float32)


def _unit(colour: RGB) -> Colours:
    return np.asarray(np.array(colour) / 255, np.float32)


def _to_hsv(c: Colours) -> tuple[Colours, Colours, Colours]:
    top = c.max(axis=1)
    span = np.maximum(top - c.min(axis=1), 1e-6)
    red, green, blue = c.T
    sectors = [(green - blue) / span % 6, (blue - red) / span + 2, (red - green) / span + 4]
    h = np.choose(c.argmax(axis=1), sectors)
    return np.asarray(h * 60, np.float32), span / np.maximum(top, 1e-6), top


def _from_hsv(h: Colours, s: Colours, val: Colours) -> Colours:
    k = (np.array([5, 3, 1]) + h[:, None] / 60) % 6
    return np.asarray(val[:, None] - (val * s)[:, None] * np.clip(np.minimum(k, 4 - k), 0, 1), np.float32)
