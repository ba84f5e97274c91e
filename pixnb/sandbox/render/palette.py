"""Colours by name, and the skies and lands of each hour of the day."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

from pixnb.sandbox.tables import read_table

RGB = tuple[int, int, int]

_ALL = read_table(__file__, "palette.toml")
NAMED: dict[str, RGB] = {name: tuple(colour) for name, colour in _ALL["named"].items()}


@dataclass(frozen=True)
class Hour:
    """What one time of day looks like."""

    top: RGB  # the sky overhead
    middle: RGB  # the sky half way down
    low: RGB  # the sky at the horizon
    light: RGB  # the sun, the moon and lit edges
    near: RGB  # the land closest to the eye
    height: float  # how high the sun or moon stands, 0 at the horizon to 1 overhead
    daylight: float  # how light it is, 0 to 1
    white: tuple[float, float, float]  # what the light makes of white, 0 to 1 a channel


HOURS: dict[str, Hour] = {
    name: Hour(**{key: tuple(value) if isinstance(value, list) else value for key, value in told.items()})  # type: ignore[arg-type]  # as the table has them
    for name, told in _ALL["hours"].items()
}


def mix(first: RGB, second: RGB, share: float) -> RGB:
    """Return the colour that lies `share` of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def from_hue(degrees: float, saturation: float = 0.6, value: float = 0.8) -> RGB:
    """Return a colour by its hue in degrees."""
    red, green, blue = colorsys.hsv_to_rgb(degrees % 360 / 360, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def hue(colour: RGB) -> float:
    """Return a colour's hue in degrees."""
    return colorsys.rgb_to_hsv(*(part / 255 for part in colour))[0] * 360


def shade(colour: RGB, factor: float) -> RGB:
    """Return the colour darker (below 1) or lighter (above 1)."""
    return mix(colour, (255, 255, 255), factor - 1) if factor > 1 else mix((0, 0, 0), colour, factor)


def turned(colour: RGB, degrees: float) -> RGB:
    """Return the colour with its hue turned."""
    h, s, v = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
    return from_hue(h * 360 + degrees, s, v)
