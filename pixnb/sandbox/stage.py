"""Setting a scene: from what a prompt says to the hour, the colours and the place, layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image, ImageFilter

from pixnb.sandbox import layers as ly
from pixnb.sandbox.chance import Chance
from pixnb.sandbox.palette import HOURS, NAMED, RGB, Hour, from_hue, mix, shade, turned
from pixnb.sandbox.weather import Drift, Lamp, Sheet, cloud, drifts, specks
from pixnb.sandbox.words import Reading

_DAYLIGHT = {"day": 1.0, "golden": 0.72, "dawn": 0.6, "sunset": 0.36, "dusk": 0.26, "night": 0.14}
_LAND: dict[str, RGB] = {
    "hills": (78, 132, 62), "field": (112, 156, 58), "mountain": (104, 114, 136), "desert": (226, 164, 92),
    "forest": (40, 92, 62), "beach": (232, 206, 152), "lake": (64, 104, 84), "sea": (60, 90, 110), "city": (74, 82, 104),
    "sky": (232, 238, 248), "space": (60, 40, 110), "underwater": (20, 70, 84), "room": (120, 84, 62),
}  # fmt: skip
_HORIZON = {"sea": 0.5, "beach": 0.46, "lake": 0.52, "city": 0.74, "desert": 0.58, "sky": 0.8, "field": 0.54, "mountain": 0.7}


@dataclass(frozen=True)
class Setting:
    """Everything that the layers of a place are made from.

    Args:
        size: Width and height in pixels.
        reading: What the prompt says.
        chance: Chance of this take.
        hour: The sky's colours.
        hour_name: Its name.
        place: Where it plays.
        horizon: Height of the horizon, 0 (top) to 1.
        sun: Where the sun or moon stands, 0 to 1 of the width.
        pace: Pixels a second that the nearest land slides.
        accent: The prompt's own colour.
    """

    size: ly.Size
    reading: Reading
    chance: Chance
    hour: Hour
    hour_name: str
    place: str
    horizon: float
    sun: float
    pace: float
    accent: RGB

    @property
    def daylight(self) -> float:
        """How light it is, 0 to 1."""
        return _DAYLIGHT[self.hour_name]

    @property
    def period(self) -> int:
        """After how many pixels land repeats."""
        return self.size[0] * 2

    def land(self, far: float) -> RGB:
        """Return the land's colour, from 0 (near) to 1 (at the horizon, in haze)."""
        own = mix(self.hour.near, _LAND[self.place], self.daylight * 0.85)
        if "snow" in self.reading.weather and self.place in ("hills", "field", "mountain", "forest", "lake"):
            own = mix(own, mix((236, 242, 250), self.hour.middle, 0.35), 0.35 + 0.55 * self.daylight)
        return mix(own, self.hour.low, far * 0.82)


def setting(reading: Reading, theme: Chance, take: Chance, size: ly.Size) -> Setting:
    """Decide the hour, the place and the colours of a scene; what the prompt leaves open is the theme's choice."""
    place = reading.place or ("sea" if any(s.kind == "boat" for s in reading.subjects) else _guessed(reading, theme))
    name = reading.hour or _hour(reading, theme, place)
    free = [c for c in reading.colours if c not in {s.colour for s in reading.subjects}]
    hour = _tinted(HOURS[name], reading, free, take)
    accent = NAMED[free[0]] if free else from_hue(theme.uniform("accent", 0, 360) + take.uniform("accent", -25, 25), 0.75, 0.95)
    shift = take.uniform("horizon", -0.05, 0.05)
    return Setting(
        size=size,
        reading=reading,
        chance=take,
        hour=replace(hour, height=min(0.86, max(0.04, hour.height + take.uniform("sun-height", -0.07, 0.07)))),
        hour_name=name,
        place=place,
        horizon=_HORIZON.get(place, 0.62) + shift,
        sun=take.choice("sun", (take.uniform("left", 0.16, 0.4), take.uniform("right", 0.58, 0.82))),
        pace=_pace(reading, take) * size[0],
        accent=accent,
    )


def layers(scene: Setting) -> list[Drift]:
    """Return the scene's layers without its figures, from the back to the front."""
    return [*_heavens(scene), *_PLACES.get(scene.place, _hills)(scene)]


def _guessed(reading: Reading, theme: Chance) -> str:
    kinds = {s.kind for s in reading.subjects}
    if kinds & {"bust", "candle", "piano"} or "portrait" in reading.camera:
        return "room"
    if kinds & {"plane", "balloon"}:
        return "sky"
    if kinds & {"car", "train", "person"}:
        return theme.choice("place", ("city", "hills", "field"))
    return theme.choice("place", ("hills", "sea", "desert", "mountain", "lake", "field", "forest"))


def _hour(reading: Reading, theme: Chance, place: str) -> str:
    if {"neon", "horror"} & set(reading.styles) or place == "space" or {"fireflies", "aurora"} & set(reading.weather):
        return "night"
    if reading.mood == "dark" or "noir" in reading.styles or {"storm", "embers"} & set(reading.weather):
        return "dusk"
    if {"rain", "snow", "fog"} & set(reading.weather):
        return theme.choice("hour", ("day", "dawn"))
    return theme.choice("hour", ("day", "day", "golden", "sunset", "dawn"))


def _tinted(hour: Hour, reading: Reading, colours: list[str], take: Chance) -> Hour:
    turn = take.uniform("sky", -12, 12)
    hour = replace(hour, top=turned(hour.top, turn), middle=turned(hour.middle, turn * 1.3), low=turned(hour.low, turn * 0.7))
    for colour in colours[:1]:
        goal = NAMED[colour]
        hour = replace(hour, top=mix(hour.top, shade(goal, 0.6), 0.5), middle=mix(hour.middle, goal, 0.5), low=mix(hour.low, goal, 0.35))
    if {"rain", "storm", "fog", "snow"} & set(reading.weather) or ("clouds" in reading.weather and reading.place != "sky" and not reading.hour):
        grey: RGB = (96, 106, 120) if "storm" in reading.weather else (168, 176, 188)
        dim = shade(grey, max(0.14, (sum(hour.middle) / 3) / 210))
        hour = replace(hour, top=mix(hour.top, dim, 0.6), middle=mix(hour.middle, dim, 0.6), low=mix(hour.low, dim, 0.45))
    if "neon" in reading.styles:
        hour = replace(hour, middle=mix(hour.middle, (120, 20, 140), 0.6), low=mix(hour.low, (255, 40, 150), 0.6), light=(120, 240, 255))
    return hour


def _pace(reading: Reading, take: Chance) -> float:
    pace = take.uniform("pace", 0.045, 0.085) * take.choice("way", (-1, 1))
    if "panleft" in reading.camera or "panright" in reading.camera:
        pace = abs(pace) * 2.2 * (-1 if "panleft" in reading.camera else 1)
    return pace * (2.2 if "fast" in reading.camera else 0.5 if "slow" in reading.camera else 1)


def _heavens(s: Setting) -> list[Drift]:
    if s.place in ("underwater", "room"):
        return []
    night = s.hour_name in ("night", "dusk")
    backdrop = ly.sky(s.size, s.hour, s.horizon, s.sun)
    overcast = bool({"rain", "storm", "fog"} & set(s.reading.weather))
    if not overcast and s.place != "space":
        crescent = s.hour_name == "night" and s.chance.chance("crescent", 0.4)
        ly.disc(s.size, s.hour, s.horizon, s.sun, moon=crescent, radius=0.055 if s.hour.height > 0.4 else 0.085)(backdrop)
    parts: list[Drift] = [ly.Still(backdrop)]
    if night and not overcast:
        parts += drifts(["stars"], s.size, s.chance)
    if "aurora" in s.reading.weather:
        parts += _aurora(s)
    return parts + (_clouds(s, overcast) if s.place != "space" else [])


def _clouds(s: Setting, overcast: bool) -> list[Drift]:
    cover = 0.85 if overcast or "clouds" in s.reading.weather else s.chance.uniform("cover", 0.4, 0.6)
    size = (s.period, round(s.size[1] * s.horizon))
    fast = 5 if "fast" in s.reading.camera else 1
    made: list[Drift] = []
    for i, (scale, tone, level) in enumerate(((0.55, s.hour.middle, 0.75), (0.34, s.hour.light, 0.8))):
        mask = cloud(size, s.chance, f"clouds{i}", scale=scale, cover=cover - 0.1 * i, soft=0.55)
        fade = ly.gradient(size, (0, (255, 255, 255)), (0.6, (220, 220, 220)), (1, (0, 0, 0))).convert("L")
        mask = Image.composite(mask, Image.new("L", size), fade).point([round(v * level) for v in range(256)])
        bright = mix(tone, s.hour.low, 0.3) if not overcast else mix(s.hour.middle, (255, 255, 255), 0.12 * (i + 1) * s.daylight)
        made.append(ly.Strip(mask, bright, 0, (0.008 + 0.012 * i) * s.size[0] * fast + s.pace * 0.05, i * 200))
    return made


def _aurora(s: Setting) -> list[Drift]:
    made: list[Drift] = []
    for i, colour in enumerate(((70, 255, 160), (90, 200, 255), (190, 90, 255))):
        size = (s.period, round(s.size[1] * 0.62))
        band = cloud(size, s.chance, f"aurora{i}", scale=0.8, cover=0.55, soft=0.7)
        band = band.resize((s.period, 12), Image.Resampling.BOX).resize(size, Image.Resampling.BICUBIC)
        band = band.filter(ImageFilter.GaussianBlur(s.size[1] / 40))
        made.append(ly.Strip(band.point([round(v * 0.6) for v in range(256)]), colour, 0, (18 - 14 * i) * s.size[1] / 360, i * 300))
    return made


def _ridges(s: Setting, *, count: int, first: float, last: float, lumps: int, rough: float, tall: float, sharp: bool = False) -> list[Drift]:
    """Return ridges one before the other, from the haze at `first` down to `last`, as shares of the height."""
    made: list[Drift] = []
    for i in range(count):
        far = 1 - i / max(1, count - 1)
        crest = first + (last - first) * (1 - far)
        band = round(s.size[1] * tall * (0.7 + 0.3 * far))
        top = round(s.size[1] * crest) - band // 2
        profile = ly.waves(s.period, s.chance, f"ridge{i}", lumps=lumps + i, rough=rough, sharp=sharp and far > 0.3)
        height = s.size[1] - top
        mask = ly.ridge(s.period, height, 1 - (1 - profile) * band / height)
        fill = ly.gradient((s.size[0], height), (0, mix(s.land(far), s.hour.light, 0.12 * s.daylight)), (0.5, s.land(far * 0.9)), (1, shade(s.land(far * 0.8), 0.8)))
        made.append(ly.Strip(mask, fill, top, s.pace * (1 - far * 0.88), i * 137))
    return made


def _hills(s: Setting) -> list[Drift]:
    return _ridges(s, count=4, first=s.horizon - 0.04, last=0.88, lumps=3, rough=0.36, tall=0.22)


def _mountain(s: Setting) -> list[Drift]:
    far = _ridges(s, count=3, first=s.horizon - 0.2, last=0.86, lumps=2, rough=0.47, tall=0.42, sharp=True)
    return far + _firs(s, 3, 0.93)


def _field(s: Setting) -> list[Drift]:
    parts = _ridges(s, count=3, first=s.horizon, last=0.72, lumps=2, rough=0.3, tall=0.12)
    bloom = NAMED[s.reading.colours[0]] if s.reading.colours else s.accent
    for i, (top, radius) in enumerate(((0.66, (0.8, 1.6)), (0.8, (1.6, 3.4)))):
        height = s.size[1] - round(s.size[1] * top)
        spots = specks((s.period, height), s.chance, f"bloom{i}", count=240 - 90 * i, radius=(radius[0] * 360 / height * s.size[1] / 360, radius[1] * s.size[1] / height), blur=0.1)
        parts.append(ly.Strip(spots, mix(shade(bloom, 0.3 + 0.7 * s.daylight), s.land(0.2), 0.15), round(s.size[1] * top), s.pace * (0.7 + 0.35 * i), i * 90))
    return parts + [_grass(s)]


def _grass(s: Setting) -> Drift:
    height = round(s.size[1] * 0.16)
    blades = specks((s.period, height), s.chance, "grass", count=900, radius=(70, 190), stretch=(0.012, 1), level=(255, 255), lean=0.12)
    foot = ly.gradient((s.period, height), (0, (0, 0, 0)), (0.35, (90, 90, 90)), (0.8, (255, 255, 255)), (1, (255, 255, 255))).convert("L")
    mask = Image.composite(Image.new("L", blades.size, 255), Image.composite(blades, Image.new("L", blades.size), foot.point([min(255, v * 3) for v in range(256)])), foot.point([max(0, (v - 200) * 4) for v in range(256)]))
    return ly.Strip(mask, shade(s.land(0), 0.55), s.size[1] - height, s.pace * 1.3, bob=(2, 2.6))


def _forest(s: Setting) -> list[Drift]:
    parts: list[Drift] = []
    for i, base in enumerate((0.68, 0.8, 0.98)):
        parts += _firs(s, i, base)
    return parts


def _firs(s: Setting, row: int, base: float) -> list[Drift]:
    far = (0.72, 0.4, 0.0, 0.05)[row]
    height = round(s.size[1] * (0.42, 0.5, 0.72, 0.2)[row])
    mask = ly.firs(s.period, height, s.chance, f"firs{row}", count=(54, 34, 15, 60)[row], tall=1.0)
    top = round(s.size[1] * base) - height
    ground = Image.new("L", (s.period, s.size[1] - top))
    ground.paste(mask, (0, 0))
    ground.paste(255, (0, height - 2, s.period, ground.size[1]))
    fill = ly.gradient((s.size[0], ground.size[1]), (0, s.land(far)), (0.8, mix(s.land(far), s.hour.low, 0.3)), (1, s.land(far * 0.6)))
    return [ly.Strip(ground, fill, top, s.pace * (1.1 - far), row * 211)]


def _sea(s: Setting) -> list[Drift]:
    parts: list[Drift] = [ly.Water(round(s.size[1] * s.horizon), mix(s.hour.top, (16, 92, 130), 0.3 + 0.4 * s.daylight), 0.34 + 0.22 * s.daylight, 1.3)]
    return parts + _swells(s, s.horizon)


def _swells(s: Setting, start: float) -> list[Drift]:
    made: list[Drift] = []
    for i in range(3):
        band = round(s.size[1] * (0.03 + 0.02 * i))
        top = round(s.size[1] * (start + (1 - start) * (0.3 + 0.25 * i)))
        height = s.size[1] - top
        mask = ly.ridge(s.period, height, 1 - (1 - ly.waves(s.period, s.chance, f"swell{i}", lumps=5, rough=0.45)) * band / height)
        fade = ly.gradient(mask.size, (0, (200, 200, 200)), (0.25, (70, 70, 70)), (1, (0, 0, 0))).convert("L")
        mask = Image.composite(mask, Image.new("L", mask.size), fade)
        colour = mix(mix(s.hour.top, (10, 70, 110), 0.4), s.hour.light, 0.1 + 0.1 * (i == 0))
        made.append(ly.Strip(mask, shade(colour, 0.75), top, s.pace + (16 + 14 * i) * s.size[0] / 960, i * 170, (3 + 2 * i, 2.4 + 0.5 * i)))
    return made


def _beach(s: Setting) -> list[Drift]:
    parts = _sea(s)
    top, height = round(s.size[1] * 0.78), s.size[1] - round(s.size[1] * 0.78)
    for i, colour in enumerate(((246, 250, 252), _LAND["beach"])):
        profile = ly.waves(s.period, s.chance, "shore", lumps=2, rough=0.3)
        mask = ly.ridge(s.period, height, 0.55 + 0.25 * profile - 0.07 * i)
        lit = mix(s.hour.near, colour, 0.2 + 0.8 * s.daylight)
        parts.append(ly.Strip(mask, lit if not i else ly.gradient((s.size[0], height), (0, shade(lit, 0.78)), (0.5, lit), (1, lit)), top, s.pace, 0, (4 * (1 - i), 3.0)))
    return parts


def _lake(s: Setting) -> list[Drift]:
    shore = s.horizon
    parts = _ridges(s, count=3, first=shore - 0.13, last=shore - 0.02, lumps=3, rough=0.5, tall=0.24, sharp=True)
    return [*parts, ly.Water(round(s.size[1] * (shore + 0.04)), mix(s.hour.top, s.hour.middle, 0.4), 0.28, 0.7)]


def _desert(s: Setting) -> list[Drift]:
    return _ridges(s, count=4, first=s.horizon, last=0.86, lumps=1, rough=0.3, tall=0.16)


def _city(s: Setting) -> list[Drift]:
    parts: list[Drift] = []
    dark = s.daylight < 0.5
    neon = "neon" in s.reading.styles
    floor = 0.86 if dark else 0.88
    for i, far in enumerate((0.8, 0.5, 0.1)):
        height = round(s.size[1] * (0.7, 0.62, 0.42)[i])
        top = round(s.size[1] * floor) - height
        body, lights = ly.towers(s.period, height, s.chance, f"city{i}", count=(34, 24, 15)[i], tall=(0.8, 0.95, 1.0)[i], lit=0.4 if dark else 0.55)
        fill = ly.gradient((s.size[0], height), (0, s.land(far)), (1, mix(s.land(far), s.hour.low, 0.35)))
        parts.append(ly.Strip(body, fill, top, s.pace * (1 - far * 0.8), i * 97))
        colour: RGB = ((255, 70, 200), (70, 230, 255), (255, 210, 90))[i] if neon else mix((255, 206, 120), s.land(far), far * 0.5)
        parts.append(ly.Strip(lights, colour if dark else mix(s.hour.top, s.land(far), 0.35), top, s.pace * (1 - far * 0.8), i * 97))
    if not dark:
        return [*parts, *_road(s, floor)]
    return [*parts, *_traffic(s, floor), ly.Water(round(s.size[1] * floor), shade(s.hour.top, 0.7), 0.35, 0.9)]


def _road(s: Setting, floor: float) -> list[Drift]:
    top, height = round(s.size[1] * floor), s.size[1] - round(s.size[1] * floor)
    asphalt = ly.gradient((s.size[0], height), (0, (150, 150, 154)), (0.12, (150, 150, 154)), (0.14, (70, 72, 78)), (1, (52, 54, 60)))
    dash = Image.new("L", (round(s.size[0] / 5), height))
    dash.paste(255, (0, round(height * 0.55), dash.size[0] // 2, round(height * 0.62)))
    ground = Image.new("L", (s.period, height), 255)
    return [ly.Strip(ground, asphalt, top), ly.Strip(dash, (236, 236, 228), top, s.pace * 1.4)]


def _traffic(s: Setting, floor: float) -> list[Drift]:
    made: list[Drift] = []
    for i, colour in enumerate(((255, 60, 40), (255, 244, 214))):
        size = (s.period, round(s.size[1] * 0.05))
        mask = specks(size, s.chance, f"traffic{i}", count=26, radius=(30, 62), stretch=(1.3, 0.8), blur=14)
        made.append(ly.Strip(mask, colour, round(s.size[1] * (floor - 0.045 + 0.012 * i)), (0.16 if i else -0.13) * s.size[0]))
    return made


def _skyward(s: Setting) -> list[Drift]:
    parts: list[Drift] = []
    for i in range(3):
        size = (s.period, round(s.size[1] * 0.5))
        bank = cloud(size, s.chance, f"bank{i}", scale=0.9 - 0.15 * i, cover=0.9, soft=0.5)
        fade = ly.gradient(size, (0, (0, 0, 0)), (0.5, (210, 210, 210)), (1, (255, 255, 255))).convert("L")
        colour = mix(mix(s.hour.light, s.hour.middle, 0.62 - 0.3 * i), (255, 255, 255), 0.3 * s.daylight)
        parts.append(ly.Strip(Image.composite(bank, Image.new("L", size), fade), colour, round(s.size[1] * (0.42 + 0.13 * i)), s.pace * (0.6 + 0.6 * i), i * 170))
    return parts


def _space(s: Setting) -> list[Drift]:
    base = ly.gradient(s.size, (0, (4, 4, 14)), (1, (10, 8, 26)))
    for i in range(2):
        mask = cloud(s.size, s.chance, f"nebula{i}", scale=0.9, cover=0.6, soft=0.9)
        base.paste(shade(turned(s.accent, 55 * i), 0.75), (0, 0, *s.size), mask.point([round(v * 0.55) for v in range(256)]))
    parts: list[Drift] = [ly.Still(base)]
    for i in range(2):
        parts.append(ly.Strip(specks((s.period, s.size[1]), s.chance, f"far{i}", count=260 - 150 * i, radius=(0.4, 1.1 + 0.6 * i)), (255, 255, 255), 0, s.pace * (0.15 + 0.3 * i)))
    return [*parts, _planet(s)]


def _planet(s: Setting) -> Drift:
    side = round(s.size[1] * s.chance.uniform("planet", 0.5, 0.85))
    ball = ly.gradient((side, side), (0, shade(s.accent, 1.5)), (0.45, s.accent), (0.6, turned(s.accent, 24)), (1, shade(s.accent, 0.3)))
    bands = cloud((side, side), s.chance, "bands", scale=2.2, cover=0.7, soft=0.8).resize((side, side // 6)).resize((side, side))
    ball.paste(shade(turned(s.accent, -20), 1.25), (0, 0, side, side), bands.point([round(v * 0.5) for v in range(256)]))
    shadow = Image.new("L", (side, side), 235)
    shadow.paste(0, (0, 0, side, side), _circle(side, 0.34, 0.32, 0.56).filter(ImageFilter.GaussianBlur(side / 9)))
    ball.paste((2, 2, 8), (0, 0, side, side), shadow)
    return ly.Mover([(ball, _circle(side, 0.5, 0.5, 0.49))], s.size[0] * s.sun, s.size[1] * 0.86, (-s.pace * 0.25, 0))


def _circle(side: int, x: float, y: float, radius: float) -> Image.Image:
    from pixnb.sandbox.weather import glow

    return glow((side, side), x, y, radius, 255, hard=True)


def _underwater(s: Setting) -> list[Drift]:
    deep = mix((4, 34, 66), s.accent, 0.08)
    base = ly.gradient(s.size, (0, (120, 226, 226)), (0.3, (30, 146, 176)), (1, deep))
    parts: list[Drift] = [ly.Still(base)]
    for i in range(2):
        rays = specks((s.period, s.size[1]), s.chance, f"rays{i}", count=9, radius=(260, 420), stretch=(0.13, 1), lean=0.25, level=(40, 90), blur=9, top=0.2)
        parts.append(ly.Strip(rays, (214, 255, 248), 0, (12 - 26 * i) * s.size[0] / 960))
    sea_bed = replace(s, place="underwater", hour=replace(s.hour, low=(24, 120, 150), near=(6, 38, 58), light=(160, 255, 240)))
    parts += _ridges(sea_bed, count=3, first=0.78, last=0.94, lumps=4, rough=0.5, tall=0.22)
    return parts + drifts(["bubbles"], s.size, s.chance)


def _room(s: Setting) -> list[Drift]:
    warm = mix(_LAND["room"], s.accent, 0.35)
    dim = 0.35 + 0.5 * s.daylight
    base = ly.gradient(s.size, (0, shade(warm, 0.35 * dim + 0.1)), (0.72, shade(warm, dim)), (0.73, shade(warm, 0.3 * dim + 0.08)), (1, shade(warm, 0.16)))
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
    for i in range(3):
        parts.append(Lamp(s.size, mix((255, 196, 112), s.accent, 0.25), s.chance.uniform(f"lamp{i}", 0.05, 0.95), 0.1 + 0.12 * i))
    spots = specks(s.size, s.chance, "bokeh", count=34, radius=(7, 20), level=(26, 96), blur=1.2)
    return [*parts, Sheet(spots, mix((255, 206, 140), s.accent, 0.3), (9, -5), (10, 5), (0.4, 3.1))]


_PLACES: dict[str, Callable[[Setting], list[Drift]]] = {
    "hills": _hills, "mountain": _mountain, "field": _field, "forest": _forest, "sea": _sea, "beach": _beach, "lake": _lake,
    "desert": _desert, "city": _city, "sky": _skyward, "space": _space, "underwater": _underwater, "room": _room,
}  # fmt: skip

__all__ = ["Setting", "layers", "setting"]
