"""Places that people built: a city by day and by night, and a room."""

from __future__ import annotations

from PIL import Image

from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render.drift import Drift, Lamp, Sheet, specks
from pixnb.sandbox.render.palette import RGB, mix, shade
from pixnb.sandbox.render.setting import LAND, Setting


def city(s: Setting) -> list[Drift]:
    """Return a skyline: a street by day, lights and wet reflections by night."""
    parts: list[Drift] = []
    dark = s.daylight < 0.5
    neon = "neon" in s.reading.styles
    floor = 0.86 if dark else 0.88
    for i, far in enumerate((0.8, 0.5, 0.1)):
        height = round(s.size[1] * (0.7, 0.62, 0.42)[i])
        top = round(s.size[1] * floor) - height
        body, lights = ly.towers(
            s.period,
            height,
            s.chance,
            f"city{i}",
            count=(34, 24, 15)[i],
            tall=(0.8, 0.95, 1.0)[i],
            lit=0.4 if dark else 0.55,
        )
        fill = ly.gradient((s.size[0], height), (0, s.land(far)), (1, mix(s.land(far), s.hour.low, 0.35)))
        parts.append(ly.Strip(body, fill, top, s.pace * (1 - far * 0.8), i * 97))
        colour: RGB = (
            ((255, 70, 200), (70, 230, 255), (255, 210, 90))[i]
            if neon
            else mix((255, 206, 120), s.land(far), far * 0.5)
        )
        parts.append(
            ly.Strip(
                lights, colour if dark else mix(s.hour.top, s.land(far), 0.35), top, s.pace * (1 - far * 0.8), i * 97
            )
        )
    if not dark:
        return [*parts, *_road(s, floor)]
    return [*parts, *_traffic(s, floor), ly.Water(round(s.size[1] * floor), shade(s.hour.top, 0.7), 0.35, 0.9)]


def _road(s: Setting, floor: float) -> list[Drift]:
    top, height = round(s.size[1] * floor), s.size[1] - round(s.size[1] * floor)
    asphalt = ly.gradient(
        (s.size[0], height), (0, (150, 150, 154)), (0.12, (150, 150, 154)), (0.14, (70, 72, 78)), (1, (52, 54, 60))
    )
    dash = Image.new("L", (round(s.size[0] / 5), height))
    dash.paste(255, (0, round(height * 0.55), dash.size[0] // 2, round(height * 0.62)))
    ground = Image.new("L", (s.period, height), 255)
    return [ly.Strip(ground, asphalt, top), ly.Strip(dash, (236, 236, 228), top, s.pace * 1.4)]


def _traffic(s: Setting, floor: float) -> list[Drift]:
    made: list[Drift] = []
    for i, colour in enumerate(((255, 60, 40), (255, 244, 214))):
        size = (s.period, round(s.size[1] * 0.05))
        mask = specks(size, s.chance, f"traffic{i}", count=26, radius=(30, 62), stretch=(1.3, 0.8), blur=14)
        made.append(
            ly.Strip(mask, colour, round(s.size[1] * (floor - 0.045 + 0.012 * i)), (0.16 if i else -0.13) * s.size[0])
        )
    return made


def room(s: Setting) -> list[Drift]:
    """Return a room with a window and lamps."""
    warm = mix(LAND["room"], s.accent, 0.35)
    dim = 0.35 + 0.5 * s.daylight
    base = ly.gradient(
        s.size,
        (0, shade(warm, 0.35 * dim + 0.1)),
        (0.72, shade(warm, dim)),
        (0.73, shade(warm, 0.3 * dim + 0.08)),
        (1, shade(warm, 0.16)),
    )
    left = s.chance.uniform("window", 0.08, 0.62)
    box = tuple(round(v) for v in (s.size[0] * left, s.size[1] * 0.12, s.size[0] * (left + 0.26), s.size[1] * 0.56))
    pane = ly.gradient((box[2] - box[0], box[3] - box[1]), (0, s.hour.top), (0.6, s.hour.middle), (1, s.hour.low))
    base.paste(pane, (box[0], box[1]))
    for share in (0.0, 0.5, 1.0):
        x = round(box[0] + (box[2] - box[0]) * share)
        base.paste(shade(warm, 0.2), (x - 4, box[1], x + 4, box[3]))
        y = round(box[1] + (box[3] - box[1]) * share)
        base.paste(shade(warm, 0.2), (box[0] - 4, y - 4, box[2] + 4, y + 4))
    parts: list[Drift] = [ly.Still(base)]
    warm_light = mix((255, 196, 112), s.accent, 0.25)
    parts += [Lamp(s.size, warm_light, s.chance.uniform(f"lamp{i}", 0.05, 0.95), 0.1 + 0.12 * i) for i in range(3)]
    spots = specks(s.size, s.chance, "bokeh", count=34, radius=(7, 20), level=(26, 96), blur=1.2)
    return [*parts, Sheet(spots, mix((255, 206, 140), s.accent, 0.3), (9, -5), (10, 5), (0.4, 3.1))]


__all__ = ["city", "room"]
