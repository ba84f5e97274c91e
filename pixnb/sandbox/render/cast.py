"""Putting figures into a scene: who is in it, how large, where, and which way they go."""

from __future__ import annotations

from dataclasses import replace

from pixnb.sandbox.render import figures as f
from pixnb.sandbox.render import layers as ly
from pixnb.sandbox.render.costumes import COSTUMES
from pixnb.sandbox.render.drift import Drift, Sheet, glow
from pixnb.sandbox.render.herd import HERD
from pixnb.sandbox.render.interiors import SILL, window
from pixnb.sandbox.render.nouns import SUBJECTS
from pixnb.sandbox.render.palette import NAMED, RGB, mix, shade, turned
from pixnb.sandbox.render.pen import Tones, tones
from pixnb.sandbox.render.setting import Setting
from pixnb.sandbox.render.subjects import Subject, look_up
from pixnb.sandbox.render.vocabulary import GIANT

_MIDDLE = 3.0  # seconds after which a figure that goes is at its place
_RIDING = frozenset(("riding", "rides", "rode", "ride", "horseback", "mounted"))
_MOUNTS = {"horse": 0.43, "unicorn": 0.43, "camel": 0.42, "elephant": 0.5, "donkey": 0.38, "zebra": 0.43, "bear": 0.4}
_GLOWING = {"campfire": 0.5, "candle": 0.3}  # how far their light reaches, in heights
_AFLOAT = frozenset(("sea", "lake", "beach"))


def cast(scene: Setting) -> list[Drift]:
    """Return the figures that the prompt names, from the back to the front."""
    subjects = sorted(scene.reading.subjects, key=lambda s: (s.kind in f.FOREMOST, s.kind not in f.ROOTED))
    if mount := _mount(scene, subjects):
        rider = next(s for s in subjects if s.kind in COSTUMES)
        return _ridden(scene, rider, mount)
    made: list[Drift] = []
    for subject, place in zip(subjects, _places(subjects), strict=True):
        movers = _figures(scene, subject, place)
        made += [_glow(scene, m, _GLOWING[subject.kind]) for m in movers[:1] if subject.kind in _GLOWING]
        made += movers
    return made


def _ridden(s: Setting, rider: Subject, mount: Subject) -> list[Drift]:
    """Return somebody on a mount: drawn before it, so that its back hides the far leg."""
    under = _figure(s, mount, 0, 0.5, 1)
    draw, own = f.drawn(rider.kind, "still")
    side = round(_side(s, rider.kind, 1.0, 1, rider.kind, False) * 0.8)
    figure = ly.phases(draw, side, _lit(s, _colour(s, rider, own, 0)), count=12, flip=not _faces_right(s, mount.kind))
    for _, mask in figure:  # the legs are on the mount's far side
        mask.paste(0, (0, round(side * 0.66), side, side))
    seat = under.y - _MOUNTS[mount.kind] * under.phases[0][1].size[1] + side * 0.3
    return [
        replace(under, phases=figure, y=seat, rate=f.rate(mount.kind, s.reading.motion), bob=(side * 0.01, 0.6)),
        under,
    ]


def _glow(s: Setting, mover: ly.Mover, reach: float) -> Drift:
    """Return the light about a flame, which flickers."""
    x, y = (mover.x + mover.velocity[0] * _MIDDLE) / s.size[0], (mover.y - mover.phases[0][1].size[1] * 0.5) / s.size[1]
    return Sheet(glow(s.size, x, y, reach, 150), (255, 150, 66), pulse=(0.25, 0.7))


def _mount(s: Setting, subjects: list[Subject]) -> Subject | None:
    """Return what a person of the scene rides."""
    if len(subjects) != 2 or not any(x.kind in COSTUMES for x in subjects):
        return None
    mount = next((x for x in subjects if x.kind in _MOUNTS), None)
    return mount if mount and (_RIDING & set(s.reading.words) or _sat_on(s.reading.words, mount.kind)) else None


def _sat_on(words: tuple[str, ...], kind: str) -> bool:
    """Return whether the words say "on a white horse"."""
    after = (words[at + 1 : at + 4] for at, word in enumerate(words) if word == "on")
    return any(look_up(word, SUBJECTS) == kind for near in after for word in near)


def _places(subjects: list[Subject]) -> list[float]:
    """Return where each subject stands, as a share of the width; people stand together."""
    of = len(subjects)
    people = all(s.kind in COSTUMES for s in subjects)
    places = [0.5 + (at - (of - 1) / 2) * (0.17 if people else 1 / of) for at in range(of)]
    held = [s.kind == "toyballoon" for s in subjects]
    if any(held) and not all(held):
        holder = next(p for p, is_held in zip(places, held, strict=True) if not is_held)
        places = [holder + 0.035 if is_held else p for p, is_held in zip(places, held, strict=True)]
    return places


def _figures(s: Setting, subject: Subject, place: float) -> list[ly.Mover]:
    count = min(subject.count, 7) + (2 if subject.count > 1 and subject.kind in ("bird", "sunflower", "flower") else 0)
    places = [place] if count == 1 else _spread(s, subject.kind, count)
    # The far ones are smaller and stand behind the near ones.
    return [_figure(s, subject, i, place, count) for i, place in enumerate(places)]


def _spread(s: Setting, kind: str, count: int) -> list[float]:
    order = s.chance.stream(f"{kind}-order").permutation(count)
    jitter = s.chance.stream(f"{kind}-jitter").uniform(-0.25, 0.25, count)
    return [0.1 + 0.8 * (int(i) + 0.5 + float(j)) / count for i, j in zip(order, jitter, strict=True)]


def _figure(s: Setting, subject: Subject, index: int, place: float, count: int) -> ly.Mover:
    kind, motion = subject.kind, s.reading.motion
    close = kind in COSTUMES and "portrait" in s.reading.camera and count == 1
    name = f"{kind}{index}"
    depth = index / (count - 1) if count > 1 else 1.0
    side = _side(s, kind, depth, count, name, close)
    right = _faces_right(s, kind)
    draw, own = f.drawn(kind, motion, close=close)
    figure = ly.phases(
        draw, side, _lit(s, _colour(s, subject, own, index)),
        count=8 if count > 2 else 12, flip=not right,
    )  # fmt: skip
    x = s.size[0] * (0.5 if close else min(0.9, max(0.1, place + _jitter(s, kind))))
    if on_sill := "windowsill" in s.reading.words and s.place == "room" and kind in HERD:
        x = s.size[0] * (window(s) + 0.16)
    velocity = _velocity(s, kind, right, depth, close)
    bob = (s.size[1] * 0.012, 2.6) if kind in f.FLYING | f.SWIMMING | f.FLOATING else (0.0, 1.0)
    wrap = 0.0 if kind in f.ROOTED or velocity[0] == 0 else s.size[0] + 2.0 * side
    start = x - velocity[0] * _MIDDLE
    ground = s.size[1] * 1.04 if close else _ground(s, kind, name, side, depth, count)
    ground = s.size[1] * SILL if on_sill else ground
    return ly.Mover(figure, start, ground, velocity, f.rate(kind, motion), bob, wrap)


def _lit(s: Setting, colour: RGB) -> Tones:
    light = max({"stage": 0.9, "room": 0.62}.get(s.place, 0.46), s.daylight)
    return tones(colour, s.hour.light, light, _shine(s))


def _faces_right(s: Setting, kind: str) -> bool:
    # People who are together, and what they hold, go the same way.
    together = kind in COSTUMES or kind == "toyballoon"
    return s.chance.chance("people-right" if together else f"{kind}-right", 0.5)


def _jitter(s: Setting, kind: str) -> float:
    # One draw for all people, and for what they hold: they stay together.
    together = kind in COSTUMES or kind == "toyballoon"
    return s.chance.uniform("people-x" if together else f"{kind}-x", -0.06, 0.06)


def _side(s: Setting, kind: str, depth: float, count: int, name: str, close: bool) -> int:
    if close:
        return round(min(s.size[1], s.size[0]))
    height = min(s.size[1], s.size[0] * 0.8) * f.share(kind)
    alone = 1.15 if "portrait" in s.reading.camera or "zoomin" in s.reading.camera else 1.0
    small = 0.4 if kind in ("bird", "fish", "butterfly") else 0.55
    near = small + (0.85 - small) * depth if count > 1 else alone * s.chance.uniform(f"{name}-near", 0.92, 1.08)
    wide = 0.72 if "aerial" in s.reading.camera else 1.4 if GIANT & set(s.reading.words) else 1.0
    return max(12, round(height * near * wide))


def _velocity(s: Setting, kind: str, right: bool, depth: float, close: bool) -> tuple[float, float]:
    rise = -0.05 * s.size[1] if kind == "rocket" else 0.0
    if close or {"follow", "orbit"} & set(s.reading.camera):
        return 0.0, rise
    if kind == "toyballoon":
        kind = "girl"  # it goes where its holder goes
    own = f.speed(kind, s.reading.motion) * s.size[0] * (1 if right else -1) * (0.7 + 0.3 * depth)
    own *= 1.5 if "fast" in s.reading.camera else 1
    rooted = f.speed(kind, s.reading.motion) == 0 and kind not in f.FLYING
    slide = s.pace * 0.8 if rooted and s.place not in ("room", "stage") else 0.0
    return own - slide, rise


def _colour(s: Setting, subject: Subject, own: RGB, index: int) -> RGB:
    if subject.colour:
        return NAMED[subject.colour]
    far = 150 if subject.kind in COSTUMES and subject.count > 1 else 12 if subject.kind in COSTUMES else 5
    name = f"{subject.kind}{index}"
    return shade(turned(own, s.chance.uniform(f"{name}-hue", -far, far)), s.chance.uniform(f"{name}-coat", 0.88, 1.08))


def _shine(s: Setting) -> RGB:
    if "neon" in s.reading.styles:
        return (110, 240, 255)
    return (255, 222, 140) if s.daylight < 0.5 else mix((214, 236, 248), s.hour.light, 0.3)


def _ground(s: Setting, kind: str, name: str, side: int, depth: float, count: int) -> float:
    """Return where a figure's lower edge is."""
    height = s.size[1]
    if kind == "surfer" and s.place in _AFLOAT:
        return height * (s.horizon + (1 - s.horizon) * 0.62)
    if kind == "toyballoon":
        return height * 0.62
    if kind in f.FLYING:
        return _aloft(s, kind, name, side)
    if kind in f.SWIMMING and s.place == "underwater":
        return max(side * 0.95, height * s.chance.uniform(f"{name}-y", 0.45, 0.85))
    if kind in f.FLOATING or (kind in f.SWIMMING and s.place in _AFLOAT):
        low = 0.35 + 0.3 * depth if count > 1 else s.chance.uniform(f"{name}-y", 0.34, 0.6)
        return height * (s.horizon + (1 - s.horizon) * low)
    if kind in ("castle", "lighthouse", "house", "temple", "church", "windmill"):
        rock = s.place in _AFLOAT and kind == "lighthouse"
        return max(side * 0.97, height * (s.horizon + 0.05)) if rock else height * (0.88 + 0.06 * depth)
    if kind in ("candle", "cup"):
        return height * (0.93 if count == 1 else 0.9 + 0.05 * depth)
    if kind in ("flower", "rose", "sunflower"):
        return height * s.chance.uniform(f"{name}-y", 1.0, 1.08)
    if kind == "owl":
        return height * 0.86
    return height * (0.86 + 0.1 * depth if count > 1 else s.chance.uniform(f"{name}-y", 0.93, 0.97))


def _aloft(s: Setting, kind: str, name: str, side: int) -> float:
    low = {
        "rocket": 0.8,
        "plane": 0.62,
        "balloon": 0.62,
        "dragon": 0.72,
        "eagle": 0.66,
        "saucer": 0.6,
        "butterfly": 0.7,
    }.get(kind, max(0.4, s.horizon * 0.8))
    return max(side * 0.95, s.size[1] * s.chance.uniform(f"{name}-y", low - 0.18, low + 0.04))


__all__ = ["cast"]
