"""Putting the subjects into a scene: where each stands, how large, which way it goes, and who stands on what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PIL import Image

from pixnb.sandbox.render.prompts.subjects import Subject
from pixnb.sandbox.render.prompts.vocabulary import LISTS
from pixnb.sandbox.render.scenes.setting import Setting
from pixnb.sandbox.render.scenes.sprite import GAITS, Figure, Gait, halo, paint, shadow
from pixnb.sandbox.render.sprites import pack

_GAY = ("red", "yellow", "blue", "green", "orange", "purple", "pink", "turquoise")
_MIDDLE = 3.0  # seconds after which a figure that goes is at its place
_WATERS = frozenset(("sea", "lake", "beach", "waterfall"))
_WEIGHTLESS = frozenset(("space", "underwater"))
_ORDER = ("sky", "far", "float", "water", "peek", "ground", "table", "air")


@dataclass
class Cast:
    """The figures of a scene."""

    aloft: list[Figure] = field(default_factory=list)  # those that hang in the sky
    behind: list[Figure] = field(default_factory=list)  # those that the nearest land hides the feet of
    before: list[Figure] = field(default_factory=list)  # those that stand on it or hang in the air


def cast(s: Setting) -> Cast:
    """Return the figures that the prompt names, from the back to the front."""
    subjects = list(s.reading.subjects)
    if "portrait" not in s.reading.camera:
        subjects = [replace(one, label=pack.body(one.label, s.reading.motion)) for one in subjects]
    subjects = [subject for subject in subjects if not (subject.label == "window" and s.place in ("room", "table"))]
    placed: dict[int, list[Figure]] = {}
    for at, subject in enumerate(subjects):
        borne = at + 1 < len(subjects) and subjects[at + 1].link == "on"
        scale = 0.6 if borne else 1.3 if subject.link == "on" else 1.0
        placed[at] = _figures(s, subject, _place(s, at, len(subjects)), crowd=len(subjects), scale=scale)
    for at, subject in enumerate(subjects[1:], 1):
        _link(s, subject.link, placed[at - 1], placed[at])
    made = Cast()
    wheres = ["far" if at and _is_scenery(s, subject) else _where(s, subject) for at, subject in enumerate(subjects)]
    for at, subject in enumerate(subjects):
        if subject.link == "on":
            wheres[at - 1] = wheres[at]  # who is on something is drawn right after it
    for at in sorted(placed, key=lambda at: (_ORDER.index(wheres[at]), not subjects[at].link, -at)):
        where = wheres[at]
        hidden = where in ("far", "float", "water", "peek") and s.place != "underwater"
        group = made.aloft if where == "sky" else made.behind if hidden else made.before
        group.extend(sorted(placed[at], key=lambda figure: figure.foot))
    return made


def _where(s: Setting, subject: Subject) -> str:
    """Return how a subject stands at this place: boats float on water only, and nothing stands on the sea."""
    at = pack.manner(subject.label).at
    if s.place in _WEIGHTLESS and at in ("ground", "float", "table", "peek", "far") and s.place != "underwater":
        return "air"
    if s.place == "underwater":
        return "water" if at in ("air", "float", "sky", "peek") else "ground" if at == "far" else at
    if at in ("float", "water") and s.place not in _WATERS:
        return "ground"
    if at in ("far", "table") and s.place in ("room", "stage"):
        return "ground"
    if at == "far" and s.place == "table":
        return "table"
    if s.place == "table" and at == "ground":
        return "table"
    return "float" if at == "ground" and s.place == "sea" else at


def _is_scenery(s: Setting, subject: Subject) -> bool:
    """Return whether the subject stands behind the others, as trees do."""
    return _where(s, subject) == "ground" and pack.manner(subject.label).gait in ("sway", "still")


def _place(s: Setting, at: int, of: int) -> float:
    """Return where a subject stands, as a share of the width; takes differ in who is on which side."""
    if of == 1 and s.place in ("volcano", "waterfall"):  # what these have to show is in the middle
        return s.chance.choice("x", (0.24, 0.76))
    if of == 1:
        return s.chance.uniform("x", 0.38, 0.62)
    if s.chance.chance("mirrored", 0.5):
        at = of - 1 - at
    return 0.5 + (at - (of - 1) / 2) * (0.36 if of == 2 else 0.78 / of) + s.chance.uniform(f"x{at}", -0.03, 0.03)


def _figures(s: Setting, subject: Subject, place: float, *, crowd: int, scale: float) -> list[Figure]:
    count = min(7, subject.count)
    if count == 1:
        return [_figure(s, subject, place, 1.0, crowd, 0, scale)]
    order = s.chance.stream(f"{subject.label}-order").permutation(count)
    jitter = s.chance.stream(f"{subject.label}-jitter").uniform(-0.22, 0.22, count)
    made = []
    for i in range(count):
        x = 0.1 + 0.8 * (int(order[i]) + 0.5 + float(jitter[i])) / count
        made.append(_figure(s, subject, x, i / (count - 1), crowd + 2, i, scale))
    return made


def _figure(s: Setting, subject: Subject, place: float, depth: float, crowd: int, index: int, scale: float) -> Figure:
    label, where, manner = subject.label, _where(s, subject), pack.manner(subject.label)
    gait = GAITS[manner.gait]
    name = f"{label}{index}"
    high = _height(s, where, manner.high * scale, depth, crowd) * s.chance.uniform(f"{name}-high", 0.94, 1.06)
    far = 0.3 * (1 - depth) + (0.12 if where == "far" else 0.0)
    colour = subject.colour
    if subject.count > 1 and colour is None and pack.is_listed(label, "colourful"):
        colour = s.chance.choice(f"{name}-colour", _GAY)
    painted = paint(s, label, round(high), colour=colour, far=far)
    right = s.chance.chance(f"{label}-right", 0.5)
    if gait.speed and right != pack.is_listed(label, "facing_right"):
        painted = painted.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    foot = _foot(s, where, high, depth, name)
    velocity = _velocity(s, label, where, gait, right, depth)
    glows = pack.is_listed(label, "glowing")
    dark = s.daylight < 0.5 or s.place in ("stage", "space", "room")
    return Figure(
        sprite=painted,
        x=place * s.size[0] - velocity[0] * _MIDDLE,
        foot=foot - velocity[1] * _MIDDLE,
        gait=gait,
        velocity=velocity,
        wrap=s.size[0] + 2.0 * painted.width if gait.speed and velocity[0] else 0.0,
        shadow=shadow(painted.width, round(high), 110) if where in ("ground", "table") else None,
        halo=halo(round(high), 120 if dark else 60) if glows else None,
        start=s.chance.uniform(f"{name}-start", 0, 1),
    )


def _height(s: Setting, where: str, share: float, depth: float, crowd: int) -> float:
    frame = min(s.size[1], s.size[0] * 0.75)
    near = (1.0, 0.86, 0.76, 0.7)[crowd - 1] if depth == 1 and crowd < 5 else 0.6 + 0.26 * depth
    if where == "table" and s.place == "table":
        share *= 1.06
    wide = 0.72 if "aerial" in s.reading.camera else 1.35 if LISTS["giant"] & set(s.reading.words) else 1.0
    close = 1.2 if {"portrait", "zoomin"} & set(s.reading.camera) else 1.0
    return float(min(0.92, share * near * wide * close) * frame)


def _foot(s: Setting, where: str, high: float, depth: float, name: str) -> float:
    """Return where a figure's lower edge is, in pixels."""
    height = s.size[1]
    if where == "table":
        return height * (0.9 if s.place == "table" else 0.94) - height * 0.07 * (1 - depth)
    if where == "ground":
        return height * (0.955 - 0.1 * (1 - depth))
    if where == "peek":
        low = {"table": 0.78, "stage": 0.97, "room": 1.0}.get(s.place, 0.965)
        return height * (low - 0.05 * (1 - depth))
    if where == "far":
        return max(high * 1.1, height * (s.horizon + 0.12 if s.place in _WATERS else 0.97))
    if where == "float" or (where == "water" and s.place != "underwater"):
        return height * (s.horizon + (1 - s.horizon) * (0.42 + 0.34 * depth)) + 0.04 * high
    if where == "water":
        return max(high * 1.02, height * s.chance.uniform(f"{name}-y", 0.62, 0.84))
    if where == "sky" and name.startswith("rainbow"):
        return height * (s.horizon + 0.16)
    if where == "sky":
        return max(high * 1.1, height * s.chance.uniform(f"{name}-y", 0.42, 0.5))
    if s.place in _WEIGHTLESS:
        return height * 0.5 + high / 2 + height * s.chance.uniform(f"{name}-y", -0.12, 0.1)
    return max(high * 1.16, height * s.chance.uniform(f"{name}-y", 0.5, 0.72))


def _velocity(s: Setting, label: str, where: str, gait: Gait, right: bool, depth: float) -> tuple[float, float]:
    moves = set(s.reading.camera)
    rising = label == "rocket" and s.place != "space"
    if moves & {"follow", "orbit"} or "portrait" in moves:
        return 0.0, 0.0
    fast = 2.0 if s.reading.motion == "run" or "fast" in moves else 0.3 if s.reading.motion == "still" else 1.0
    own = gait.speed * s.size[0] * (1 if right else -1) * (0.6 + 0.4 * depth) * (0.6 if "slow" in moves else 1) * fast
    if rising:
        return own * 1.4, -abs(own) * 1.4
    slides = not gait.speed and where in ("ground", "far") and s.place not in ("room", "stage", "table", "underwater")
    return own - (s.pace * (0.25 if where == "far" else 0.85) if slides else 0.0), 0.0


def _link(s: Setting, link: str, first: list[Figure], second: list[Figure]) -> None:
    """Put those who are on or over something there: the first few share the second's place."""
    if not link or link == "under":
        return
    for at, figure in enumerate(first):
        under = second[at % len(second)]
        side = (at - (len(first) - 1) / 2) * 0.36 * under.sprite.height if len(second) < len(first) else 0.0
        figure.x, figure.velocity, figure.wrap, figure.shadow = under.x + side, under.velocity, under.wrap, None
        lift = 0.96 if link == "over" else 0.32 if under.gait.lean == 0 else 0.52
        figure.foot = max(figure.sprite.height * 1.14, under.foot - under.sprite.height * lift)
