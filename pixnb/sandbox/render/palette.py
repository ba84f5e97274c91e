"""Colours by name, and the skies and lands of each hour of the day."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

RGB = tuple[int, int, int]

NAMED: dict[str, RGB] = {
    "red": (206, 38, 38), "crimson": (170, 20, 50), "scarlet": (220, 40, 20), "burgundy": (110, 20, 40),
    "orange": (240, 130, 30), "amber": (240, 165, 40), "copper": (184, 108, 62), "coral": (250, 120, 95),
    "yellow": (245, 212, 50), "gold": (218, 172, 50), "golden": (222, 170, 60), "mustard": (200, 160, 40),
    "green": (60, 160, 70), "emerald": (20, 150, 100), "lime": (150, 220, 40), "olive": (120, 125, 50),
    "mint": (150, 230, 190), "teal": (20, 135, 135), "turquoise": (50, 200, 195), "cyan": (40, 205, 230),
    "blue": (45, 95, 210), "navy": (24, 36, 90), "azure": (50, 140, 235), "indigo": (70, 50, 160),
    "purple": (130, 60, 180), "violet": (140, 80, 215), "lavender": (180, 165, 230), "magenta": (220, 40, 170),
    "pink": (245, 130, 175), "rose": (230, 100, 130), "brown": (115, 72, 42), "beige": (220, 200, 165),
    "tan": (205, 165, 115), "cream": (246, 234, 205), "white": (243, 243, 240), "ivory": (244, 238, 220),
    "black": (22, 22, 26), "grey": (128, 128, 130), "gray": (128, 128, 130), "silver": (190, 194, 200),
}  # fmt: skip


@dataclass(frozen=True)
class Hour:
    """What one time of day looks like."""

    top: RGB  # the sky overhead
    middle: RGB  # the sky half way down
    low: RGB  # the sky at the horizon
    light: RGB  # the sun, the moon and lit edges
    near: RGB  # the land closest to the eye
    height: float  # how high the sun or moon stands, 0 at the horizon to 1 overhead


HOURS: dict[str, Hour] = {
    "dawn": Hour((74, 98, 158), (214, 158, 178), (252, 214, 180), (255, 236, 205), (44, 50, 74), 0.16),
    "day": Hour((44, 118, 206), (116, 180, 236), (206, 232, 246), (255, 252, 232), (34, 74, 52), 0.74),
    "golden": Hour((92, 130, 172), (238, 186, 116), (255, 214, 128), (255, 240, 190), (70, 48, 26), 0.3),
    "sunset": Hour((52, 42, 104), (206, 78, 92), (255, 158, 72), (255, 226, 150), (34, 20, 38), 0.12),
    "dusk": Hour((20, 26, 70), (74, 66, 130), (190, 118, 142), (255, 214, 190), (18, 18, 38), 0.08),
    "night": Hour((5, 8, 26), (12, 22, 56), (30, 48, 92), (232, 238, 255), (5, 8, 18), 0.68),
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
