"""The layers that places are made of: ridges, towers, rows of sprites, water, roads, space, walls, beams of light."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from pixnb.sandbox.render.palette import NAMED, RGB, from_hue, mix, shade, turned
from pixnb.sandbox.render.scenes import layers as ly
from pixnb.sandbox.render.scenes import outlines
from pixnb.sandbox.render.scenes.galaxies import Galaxy
from pixnb.sandbox.render.scenes.setting import PLACES, Setting
from pixnb.sandbox.render.scenes.sprite import GAITS, Figure, paint
from pixnb.sandbox.render.weather.drift import Drift, Framed, Sheet, Still, cloud, lamp, specks
from pixnb.sandbox.render.weather.falling import drifts

_AUTUMN = ("orange", "crimson", "amber")


def _ridges(
    s: Setting, *, name: str, count: int = 1, first: float = 0.0, last: float, lumps: int = 2, rough: float = 0.3,
    tall: float, sharp: bool = False,
) -> list[Drift]:  # fmt: skip
    """Return ridges one before the other, from the haze `first` below the horizon down to `last` of the height."""
    made: list[Drift] = []
    for i in range(count):
        far = 1 - i / (count - 1) if count > 1 else 0.0
        band = round(s.size[1] * tall * (0.7 + 0.3 * far))
        top = round(s.size[1] * ((s.horizon + first) * far + last * (1 - far))) - band // 2
        peaks = sharp and (far > 0.3 or count == 1)
        size = s.period, s.size[1] - top
        mask = outlines.ridge(size, s.chance, f"{name}{i}", band=band, lumps=lumps + i, rough=rough, sharp=peaks)
        lit = mix(s.land(far), s.hour.light, (0.2 if count == 1 else 0.12) * s.daylight)
        stops = (0, lit), (0.5, s.land(far * 0.9)), (1, shade(s.land(far * 0.8), 0.8))
        made.append(
            ly.Strip(mask, ly.gradient((s.size[0], mask.height), *stops), top, s.pace * (1 - far * 0.88), i * 137)
        )
    return made


def _towers(s: Setting, *, name: str, count: int, tall: float, far: float) -> list[Drift]:
    height = round(s.size[1] * 0.9)
    lit = 0.12 if s.daylight > 0.6 else 0.5
    body, lights = outlines.towers(s.period, height, s.chance, name, count=count, tall=tall, lit=lit)
    colour = mix(s.land(0.2), s.hour.low, far * 0.75)
    fill = ly.gradient((s.size[0], height), (0, shade(colour, 0.85)), (1, mix(colour, s.hour.low, 0.3)))
    pane = mix((255, 214, 130), s.hour.low, 0.7 if s.daylight > 0.6 else 0.25 * far)
    speed = s.pace * (1 - far * 0.8)
    return [ly.Strip(body, fill, 0, speed, count * 7), ly.Strip(lights, pane, 0, speed, count * 7)]


def _row(
    s: Setting, *, name: str, of: str, count: int, high: float, foot: float, far: float, close: bool = False
) -> list[Drift]:
    """Return a row of sprites that slides past; `close`: side by side and of one height."""
    labels = [label.strip() for label in of.split(",")]
    strip = Image.new("RGBA", (s.period, round(s.size[1] * high * 1.25)))
    draws = s.chance.stream(name).random((count * 2, 2))
    order = s.chance.stream(f"{name}-order").permutation(len(labels))
    for i in range(count * 2):
        label, colour = labels[int(order[i % len(labels)])], None
        if "leaves" in s.reading.weather and label.endswith("tree") and i % 4:
            label, colour = "deciduous tree", _AUTUMN[i % 3]
        side = round(s.size[1] * high * (1.0 if close else 0.72 + 0.5 * draws[i][0]))
        sprite = paint(s, label, side, colour=colour, far=far)
        x = round(s.period / (count * 2) * (i + 0.5 + (0.0 if close else 0.5 * draws[i][1] - 0.25)) - sprite.width / 2)
        strip.alpha_composite(sprite, (max(0, min(x, s.period - sprite.width)), max(0, strip.height - sprite.height)))
    return [
        ly.Strip(
            strip.getchannel("A"), strip.convert("RGB"), round(s.size[1] * foot) - strip.height, s.pace * (1 - far)
        )
    ]


def _single(
    s: Setting, *, name: str, of: str, high: float, foot: float, side: float = 0.0, gait: str = "still"
) -> list[Drift]:
    """Return one sprite, `side` of the width from the middle, on the side where the sun is not."""
    tall = s.size[1] * high
    sprite = paint(s, of, round(tall), far=0.0 if side or not PLACES[s.place].get("sky", True) else 0.1)
    x = 0.5 + (side if s.sun < 0.5 else -side) + s.chance.uniform("single", -0.03, 0.03)
    return [Figure(sprite, s.size[0] * x, s.size[1] * foot, GAITS[gait], (-s.pace * 0.15, 0))]


def _spots(
    s: Setting, *, name: str, at: float, count: int, radius: tuple[float, float], speed: float,
    colour: RGB | None = None, stretch: tuple[float, float] = (1.0, 1.0),
) -> list[Drift]:  # fmt: skip
    """Return spots on the ground: blossoms in the prompt's colour, or craters in the land's own."""
    height = s.size[1] - round(s.size[1] * at)
    reach = (radius[0] * s.size[1] / height, radius[1] * s.size[1] / height)
    mask = specks((s.period, height), s.chance, name, count=count, radius=reach, stretch=stretch, blur=0.1)
    bloom = NAMED[s.reading.colours[0]] if s.reading.colours else s.accent
    tone = (
        mix(shade(bloom, 0.3 + 0.7 * s.daylight), s.land(0.2), 0.15)
        if stretch[0] == stretch[1]
        else shade(s.land(0), 0.62)
    )
    return [ly.Strip(mask, tone, s.size[1] - height, s.pace * speed, count)]


def _grass(s: Setting, *, name: str) -> list[Drift]:
    size = (s.period, round(s.size[1] * 0.16))
    blades = specks(size, s.chance, name, count=900, radius=(70, 190), stretch=(0.012, 1), level=(255, 255), lean=0.12)
    foot = Image.linear_gradient("L").resize(size)
    thin = Image.composite(blades, Image.new("L", size), foot.point([min(255, v * 4) for v in range(256)]))
    mask = ImageChops.lighter(thin, foot.point([min(255, max(0, (v - 140) * 5)) for v in range(256)]))
    fill = ly.gradient((s.size[0], size[1]), (0, shade(s.land(0), 0.8)), (1, shade(s.land(0), 0.5)))
    return [ly.Strip(mask, fill, s.size[1] - size[1], s.pace * 1.2, bob=(2, 2.6))]


def _water(s: Setting, *, name: str, rough: float, at: float | None = None) -> list[Drift]:
    tint = mix(s.hour.top, (16, 92, 130), 0.3 + 0.4 * s.daylight)
    return [ly.Water(round(s.size[1] * (at or s.horizon)), tint, 0.34 + 0.22 * s.daylight, rough)]


def _swells(s: Setting, *, name: str, count: int, first: float, foam: bool = False) -> list[Drift]:
    """Return waves one before the other, or the one that breaks on a beach."""
    made: list[Drift] = []
    colour = shade(mix(mix(s.hour.top, (10, 84, 130), 0.5), s.hour.light, 0.16), 0.55 + 0.3 * s.daylight)
    if foam:
        colour = mix(mix(s.hour.near, (250, 252, 255), 0.35 + 0.65 * s.daylight), s.hour.low, 0.15)
    for i in range(count):
        top, band = round(s.size[1] * (first + 0.12 * i)), round(s.size[1] * (0.035 + 0.02 * i))
        size = s.period, s.size[1] - top
        mask = outlines.ridge(size, s.chance, f"{name}{i}", band=band, lumps=2 if foam else 5, rough=0.45)
        fade = ly.gradient(mask.size, (0, (235, 235, 235)), (0.4, (130, 130, 130)), (1, (90, 90, 90))).convert("L")
        mask = mask if foam else ImageChops.multiply(mask, fade)
        speed = s.pace + (0 if foam else (16 + 14 * i) * s.size[0] / 960)
        made.append(ly.Strip(mask, colour, top, speed, i * 170, (4 + 2 * i, 2.4 + 0.5 * i)))
    return made


def _fall(s: Setting, *, name: str) -> list[Drift]:
    """Return water that falls, with spray at its foot."""
    width, height = s.size
    shape = Image.new("L", s.size)
    corners = ((0.41, 0.16), (0.59, 0.16), (0.62, 0.84), (0.38, 0.84))
    ImageDraw.Draw(shape).polygon([(x * width, y * height) for x, y in corners], fill=255)
    shape = shape.filter(ImageFilter.GaussianBlur(height / 120))
    white = shade((244, 250, 255), 0.35 + 0.65 * s.daylight)
    streaks = specks(s.size, s.chance, name, count=700, radius=(20, 60), stretch=(0.045, 1), level=(90, 230), blur=0.5)
    spray = specks(s.size, s.chance, f"{name}-spray", count=90, radius=(4, 16), level=(20, 90), blur=6, top=0.2)
    spray = ImageChops.offset(spray, 0, round(height * 0.7))
    falling = Framed(Sheet(streaks, white, (0, 0.9 * height)), shape)
    return [
        Sheet(shape, mix(s.hour.low, (120, 180, 205), 0.6)),
        falling,
        Sheet(spray, white, (0, 0), (6, 2.0), (0.4, 1.3)),
    ]


def pave(s: Setting, *, name: str, at: float, colour: RGB, light: float = 0.7) -> list[Drift]:
    """Return level ground: a pavement, a quay, a table top."""
    height = s.size[1] - round(s.size[1] * at)
    tone = mix(s.hour.near, colour, 1 - light + light * s.daylight)
    fill = ly.gradient((s.size[0], height), (0, shade(tone, 1.15)), (0.12, tone), (1, shade(tone, 0.6)))
    return [ly.Strip(Image.new("L", (s.period, height), 255), fill, s.size[1] - height)]


def road(s: Setting, *, at: float, rails: bool = False, name: str = "road") -> list[Drift]:
    """Return a road with its marks, or rails on their sleepers."""
    height = s.size[1] - round(s.size[1] * at)
    ground = (120, 108, 96) if rails else (96, 96, 104)
    marks, steel = Image.new("L", (s.period, height)), Image.new("L", (s.period, height))
    step = s.period // (48 if rails else 12)
    for x in range(0, s.period, step):
        marks.paste(180, (x, round(height * 0.3), x + step // 2, round(height * (0.72 if rails else 0.38))))
    for y in (0.34, 0.64) if rails else ():
        steel.paste(255, (0, round(height * y), s.period, round(height * y) + max(2, s.size[1] // 130)))
    bright, top = 0.2 + 0.8 * s.daylight, s.size[1] - height
    parts: list[Drift] = pave(s, name=name, at=at, colour=ground)
    parts.append(ly.Strip(marks, mix(s.hour.near, (62, 54, 48) if rails else (214, 210, 196), bright), top, s.pace))
    return [*parts, ly.Strip(steel, mix(s.hour.near, (208, 214, 222), bright), top)]


def _universe(s: Setting, *, name: str) -> list[Drift]:
    """Return stars and a nebula, and a galaxy where there is nothing else to see."""
    base = ly.gradient(s.size, (0, (4, 4, 14)), (1, (12, 8, 30)))
    nebula = bool({"nebula", "nebulae"} & set(s.reading.words))
    for i in range(2 + 2 * nebula if s.place == "space" else 0):
        mask = cloud(s.size, s.chance, f"nebula{i}", scale=0.9 - 0.12 * i, cover=0.6 + 0.1 * nebula, soft=0.9)
        mask = mask.point([round(v * (0.55 + 0.17 * nebula)) for v in range(256)])
        base.paste(shade(turned(s.accent, 55 * i), 0.75), (0, 0, *s.size), mask)
    parts: list[Drift] = [Still(base)]
    for i in range(2):
        stars = specks((s.period, s.size[1]), s.chance, f"far{i}", count=260 - 150 * i, radius=(0.4, 1.1 + 0.6 * i))
        parts.append(ly.Strip(stars, (255, 255, 255), 0, s.pace * (0.15 + 0.3 * i)))
    if s.place == "space" and not nebula and not s.reading.subjects:
        colour: RGB = s.accent if s.reading.colours else from_hue(s.chance.uniform("arms", 196, 305), 0.7, 1.0)
        parts.append(Galaxy(s.size, colour, s.chance))
    return parts


def _depth(s: Setting, *, name: str) -> list[Drift]:
    """Return water, light above and dark below."""
    deep = mix((4, 34, 66), s.accent, 0.08)
    return [Still(ly.gradient(s.size, (0, (120, 226, 226)), (0.3, (30, 146, 176)), (1, deep)))]


def _beams(s: Setting, *, name: str, colour: RGB, level: int) -> list[Drift]:
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
    image = Image.new("RGBA", s.size)
    pen, fold = ImageDraw.Draw(image), width * 0.15 / 7
    dark, light = (shade(NAMED["burgundy"], level) for level in (0.6, 1.25))
    for i in range(14):
        x = i * fold if i < 7 else width - (i - 6) * fold
        pen.rectangle((x, 0, x + fold + 1, height * (0.9 - 0.012 * (i % 2))), fill=light if i % 2 else dark)
    for i in range(16):
        box = (i * width / 16, -height * 0.1, (i + 1) * width / 16, height * 0.12)
        pen.pieslice(box, 0, 180, fill=light if i % 2 else dark)
    return [Still(image.convert("RGB"), image.getchannel("A"))]


def _drifting(s: Setting, *, name: str, of: str) -> list[Drift]:
    return [*drifts([of], s.size, s.chance)]


def _lamp(s: Setting, *, name: str, colour: RGB, x: float, y: float) -> list[Drift]:
    return [lamp(s.size, colour, x, y)]


PAINTERS: dict[str, Callable[..., list[Drift]]] = {
    "ridges": _ridges, "towers": _towers, "row": _row, "single": _single,
    "spots": _spots, "grass": _grass, "water": _water, "swells": _swells,
    "fall": _fall, "pave": pave, "road": road, "universe": _universe,
    "depth": _depth, "beams": _beams, "walls": _walls, "window": _window,
    "bokeh": _bokeh, "curtains": _curtains, "drifting": _drifting, "lamp": _lamp,
}  # fmt: skip
