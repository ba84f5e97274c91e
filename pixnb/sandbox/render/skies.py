"""What hangs above a scene, and the places that are all sky: the sun, clouds, northern lights, space."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from pixnb.sandbox.render import galaxies
from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render.drift import Drift, cloud, glow, specks
from pixnb.sandbox.render.palette import from_hue, mix, shade, turned
from pixnb.sandbox.render.setting import Setting
from pixnb.sandbox.render.weather import drifts


def heavens(s: Setting) -> list[Drift]:
    """Return the sky of a scene, with its sun or moon, stars and clouds."""
    if s.place in ("underwater", "room", "stage", "space", "moon", "mars"):
        return []
    night = s.hour_name in ("night", "dusk")
    backdrop = ly.sky(s.size, s.hour, s.horizon, s.sun)
    overcast = bool({"rain", "storm", "fog"} & set(s.reading.weather))
    if not overcast and s.place not in ("volcano", "waterfall", "jungle"):
        crescent = s.hour_name == "night" and s.chance.chance("crescent", 0.4)
        ly.disc(s.size, s.hour, s.horizon, s.sun, moon=crescent, radius=0.055 if s.hour.height > 0.4 else 0.085)(
            backdrop
        )
    parts: list[Drift] = [ly.Still(backdrop)]
    if night and not overcast:
        parts += drifts(["stars"], s.size, s.chance)
    if "aurora" in s.reading.weather:
        return parts + _aurora(s)
    return parts + _clouds(s, overcast)


def _clouds(s: Setting, overcast: bool) -> list[Drift]:
    cover = 0.85 if overcast or "clouds" in s.reading.weather else s.chance.uniform("cover", 0.4, 0.6)
    size = (s.period, round(s.size[1] * s.horizon))
    fast = 5 if "fast" in s.reading.camera else 1
    made: list[Drift] = []
    for i, (scale, tone, level) in enumerate(((0.55, s.hour.middle, 0.75), (0.34, s.hour.light, 0.8))):
        mask = cloud(size, s.chance, f"clouds{i}", scale=scale, cover=cover - 0.1 * i, soft=0.55)
        fade = ly.gradient(size, (0, (255, 255, 255)), (0.6, (220, 220, 220)), (1, (0, 0, 0))).convert("L")
        mask = Image.composite(mask, Image.new("L", size), fade).point([round(v * level) for v in range(256)])
        bright = (
            mix(tone, s.hour.low, 0.3)
            if not overcast
            else mix(s.hour.middle, (255, 255, 255), 0.12 * (i + 1) * s.daylight)
        )
        made.append(ly.Strip(mask, bright, 0, (0.008 + 0.012 * i) * s.size[0] * fast + s.pace * 0.05, i * 200))
    return made


def _aurora(s: Setting) -> list[Drift]:
    made: list[Drift] = []
    for i, colour in enumerate(((70, 255, 160), (90, 200, 255), (190, 90, 255))):
        size = (s.period, round(s.size[1] * 0.62))
        band = cloud(size, s.chance, f"aurora{i}", scale=0.8, cover=0.55, soft=0.7)
        band = band.resize((s.period, 12), Image.Resampling.BOX).resize(size, Image.Resampling.BICUBIC)
        band = band.filter(ImageFilter.GaussianBlur(s.size[1] / 40))
        made.append(
            ly.Strip(
                band.point([min(255, round(v * 1.15)) for v in range(256)]),
                colour,
                0,
                (18 - 14 * i) * s.size[1] / 360,
                i * 300,
            )
        )
    return made


def skyward(s: Setting) -> list[Drift]:
    """Return a sea of clouds."""
    parts: list[Drift] = []
    for i in range(3):
        size = (s.period, round(s.size[1] * 0.5))
        bank = cloud(size, s.chance, f"bank{i}", scale=0.9 - 0.15 * i, cover=0.9, soft=0.5)
        fade = ly.gradient(size, (0, (0, 0, 0)), (0.5, (210, 210, 210)), (1, (255, 255, 255))).convert("L")
        colour = mix(mix(s.hour.light, s.hour.middle, 0.62 - 0.3 * i), (255, 255, 255), 0.3 * s.daylight)
        parts.append(
            ly.Strip(
                Image.composite(bank, Image.new("L", size), fade),
                colour,
                round(s.size[1] * (0.42 + 0.13 * i)),
                s.pace * (0.6 + 0.6 * i),
                i * 170,
            )
        )
    return parts


def space(s: Setting) -> list[Drift]:
    """Return stars, a nebula, and a planet or a galaxy."""
    base = ly.gradient(s.size, (0, (4, 4, 14)), (1, (10, 8, 26)))
    clouds = {"nebula", "nebulae"} & set(s.reading.words)
    for i in range(4 if clouds else 2):
        mask = cloud(s.size, s.chance, f"nebula{i}", scale=0.9 - 0.12 * i, cover=0.7 if clouds else 0.6, soft=0.9)
        level = 0.72 if clouds else 0.55
        tone = shade(turned(s.accent, 55 * i), 0.75)
        base.paste(tone, (0, 0, *s.size), mask.point([round(v * level) for v in range(256)]))
    parts: list[Drift] = [ly.Still(base)]
    for i in range(2):
        stars = specks((s.period, s.size[1]), s.chance, f"far{i}", count=260 - 150 * i, radius=(0.4, 1.1 + 0.6 * i))
        parts += [ly.Strip(stars, (255, 255, 255), 0, s.pace * (0.15 + 0.3 * i))]
    if galaxies.shows(s.reading.words):
        colour = s.accent if s.reading.colours else from_hue(s.chance.uniform("arms", 196, 305), 0.7, 1.0)
        return [*parts, galaxies.Galaxy(s.size, colour, s.chance)]
    if {"stars", "nebula", "starry"} & set(s.reading.words) and "planet" not in s.reading.words:
        return parts
    ringed = {"ring", "rings", "ringed", "saturn"} & set(s.reading.words)
    return [*parts, *(_ringed(s) if ringed else [_planet(s)])]


def _ringed(s: Setting) -> list[Drift]:
    """Return the planet between the two halves of its rings."""
    planet = _planet(s)
    side = round(planet.phases[0][1].size[0] * 1.9)
    ring = Image.new("L", (side * 2, side))
    pen = ImageDraw.Draw(ring)
    for reach, level in ((0.98, 190), (0.86, 90), (0.8, 220), (0.66, 0)):
        half = (side * reach, side * 0.24 * reach)
        pen.ellipse((side - half[0], side / 2 - half[1], side + half[0], side / 2 + half[1]), fill=level)
    ring = ring.resize((side, side // 2), Image.Resampling.BOX)
    colour = Image.new("RGB", ring.size, shade(turned(s.accent, 30), 1.35))
    back, front = ring.copy(), ring.copy()
    back.paste(0, (0, ring.size[1] // 2, *ring.size))
    front.paste(0, (0, 0, ring.size[0], ring.size[1] // 2))
    y = planet.y - planet.phases[0][1].size[1] / 2 + ring.size[1] / 2
    halves = [ly.Mover([(colour, half)], planet.x, y, planet.velocity) for half in (back, front)]
    return [halves[0], planet, halves[1]]


def _planet(s: Setting) -> ly.Mover:
    side = round(s.size[1] * s.chance.uniform("planet", 0.5, 0.85))
    ball = ly.gradient(
        (side, side),
        (0, shade(s.accent, 1.5)),
        (0.45, s.accent),
        (0.6, turned(s.accent, 24)),
        (1, shade(s.accent, 0.3)),
    )
    bands = (
        cloud((side, side), s.chance, "bands", scale=2.2, cover=0.7, soft=0.8)
        .resize((side, side // 6))
        .resize((side, side))
    )
    ball.paste(
        shade(turned(s.accent, -20), 1.25), (0, 0, side, side), bands.point([round(v * 0.5) for v in range(256)])
    )
    shadow = Image.new("L", (side, side), 235)
    shadow.paste(0, (0, 0, side, side), _circle(side, 0.34, 0.32, 0.56).filter(ImageFilter.GaussianBlur(side / 9)))
    ball.paste((2, 2, 8), (0, 0, side, side), shadow)
    return ly.Mover([(ball, _circle(side, 0.5, 0.5, 0.49))], s.size[0] * s.sun, s.size[1] * 0.86, (-s.pace * 0.25, 0))


def _circle(side: int, x: float, y: float, radius: float) -> Image.Image:
    return glow((side, side), x, y, radius, 255, hard=True)


__all__ = ["heavens", "skyward", "space"]
