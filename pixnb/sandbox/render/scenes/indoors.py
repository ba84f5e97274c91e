"""The layers of places under a roof or under water: walls, a window, beams of light, curtains."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from pixnb.sandbox.render.palette import NAMED, mix, shade, turned
from pixnb.sandbox.render.scenes import layers as ly
from pixnb.sandbox.render.scenes.setting import PLACES, Setting
from pixnb.sandbox.render.weather.drift import Drift, Framed, Sheet, Still, lamp, specks
from pixnb.sandbox.render.weather.falling import drifts

Colour = tuple[int, int, int]


def _depth(s: Setting, *, name: str) -> list[Drift]:
    """Return water, light above and dark below."""
    deep = mix((4, 34, 66), s.accent, 0.08)
    return [Still(ly.gradient(s.size, (0, (120, 226, 226)), (0.3, (30, 146, 176)), (1, deep)))]


def _beams(s: Setting, *, name: str, colour: Colour, level: int) -> list[Drift]:
    """Return beams of light from above that sway."""
    named = next((NAMED[c] for c in s.reading.colours), None)
    made: list[Drift] = []
    for i in range(4):
        cone, x = Image.new("L", s.size), 0.14 + 0.24 * i
        aim, wide = x + s.chance.uniform(f"aim{i}", -0.2, 0.2), s.chance.uniform(f"wide{i}", 0.05, 0.1)
        corners = ((x - 0.01, -0.02), (x + 0.01, -0.02), (aim + wide, 1.02), (aim - wide, 1.02))
        ImageDraw.Draw(cone).polygon([(a * s.size[0], b * s.size[1]) for a, b in corners], fill=level)
        cone = cone.filter(ImageFilter.GaussianBlur(s.size[1] / 60))
        tint = named or (turned(mix(colour, s.accent, 0.25), 50 * (i - 1.5)) if s.place == "stage" else colour)
        made.append(Sheet(cone, tint, sway=(s.size[0] * 0.03 * (-1) ** i, 4.0 + 0.7 * i), pulse=(0.35, 2.3 + i)))
    return made


def _walls(s: Setting, *, name: str, floor: float, dark: bool = False) -> list[Drift]:
    """Return a wall and a floor."""
    red, green, blue = PLACES[s.place]["land"]
    warm = mix(mix((red, green, blue), s.accent, 0.3), (236, 222, 206), 0.0 if dark else 0.25)
    dim = 0.12 if dark else 0.5 + 0.5 * s.daylight
    wall = (0, shade(warm, 0.7 * dim)), (floor - 0.01, shade(warm, 1.15 * dim))
    base = ly.gradient(s.size, *wall, (floor, shade(warm, 0.5 * dim + 0.1)), (1, shade(warm, 0.3 * dim + 0.1)))
    light = lamp(s.size, mix((255, 206, 140), s.accent, 0.25), s.chance.uniform("lamp", 0.1, 0.9), 0.1)
    return [Still(base), light]


def _window(s: Setting, *, name: str) -> list[Drift]:
    """Return a window with the hour and the weather behind it; portraits have none."""
    if "portrait" in s.reading.camera:
        return []
    left, width, height = s.chance.choice("window", (0.07, 0.64)), round(s.size[0] * 0.29), round(s.size[1] * 0.44)
    x, y, unit = round(s.size[0] * left), round(s.size[1] * 0.1), max(3, s.size[1] // 110)
    view, mask, frame = Image.new("RGB", s.size), Image.new("L", s.size), Image.new("L", s.size)
    view.paste(ly.gradient((width, height), (0, s.hour.top), (0.6, s.hour.middle), (1, s.hour.low)), (x, y))
    mask.paste(255, (x, y, x + width, y + height))
    for share in (0.0, 0.5, 1.0):
        at, down = round(x + width * share), round(y + height * share)
        frame.paste(255, (at - unit, y - unit, at + unit, y + height + unit))
        frame.paste(255, (x - unit, down - unit, x + width + unit, down + unit))
    frame.paste(255, (x - 3 * unit, y + height, x + width + 3 * unit, y + height + 2 * unit))
    outside = [Framed(drift, mask) for drift in drifts(s.reading.weather, s.size, s.chance)]
    wood = mix((240, 232, 220), s.hour.near, 0.5 - 0.5 * s.daylight)
    return [Still(view, mask), *outside, Sheet(frame, wood)]


def _bokeh(s: Setting, *, name: str) -> list[Drift]:
    spots = specks(s.size, s.chance, name, count=26, radius=(7, 20), level=(20, 70), blur=1.2)
    return [Sheet(spots, mix((255, 214, 150), s.accent, 0.3), (9, -5), (10, 5), (0.4, 3.1))]


def _curtains(s: Setting, *, name: str) -> list[Drift]:
    width, height = s.size
    image, mask = Image.new("RGB", s.size), Image.new("L", s.size)
    pens = ImageDraw.Draw(image), ImageDraw.Draw(mask)
    fold, red = width * 0.15 / 7, NAMED["burgundy"]
    for i in range(14):
        x = i * fold if i < 7 else width - (i - 6) * fold
        box = (x, 0.0, x + fold + 1, height * (0.9 - 0.012 * (i % 2)))
        pens[0].rectangle(box, fill=shade(red, 0.6 + 0.65 * (i % 2)))
        pens[1].rectangle(box, fill=255)
    for i in range(16):
        box = (i * width / 16, -height * 0.1, (i + 1) * width / 16, height * 0.12)
        pens[0].pieslice(box, 0, 180, fill=shade(red, 0.65 + 0.5 * (i % 2)))
        pens[1].pieslice(box, 0, 180, fill=255)
    return [Still(image, mask)]


def _drifting(s: Setting, *, name: str, of: str) -> list[Drift]:
    return drifts([of], s.size, s.chance)


def _lamp(s: Setting, *, name: str, colour: Colour, x: float, y: float) -> list[Drift]:
    return [lamp(s.size, colour, x, y)]


PAINTERS: dict[str, Callable[..., list[Drift]]] = {
    "depth": _depth, "beams": _beams, "walls": _walls, "window": _window, "bokeh": _bokeh, "curtains": _curtains,
    "drifting": _drifting, "lamp": _lamp,
}  # fmt: skip
