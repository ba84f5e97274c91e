"""Every figure that a scene can hold: how it is drawn, how large it is, how fast, and where it belongs."""

from __future__ import annotations

from pixnb.sandbox.render.beasts import beast
from pixnb.sandbox.render.buildings import BUILDINGS
from pixnb.sandbox.render.costumes import COSTUMES
from pixnb.sandbox.render.creatures import CREATURES
from pixnb.sandbox.render.herd import HERD
from pixnb.sandbox.render.palette import RGB
from pixnb.sandbox.render.pen import Draw
from pixnb.sandbox.render.people import bust, person
from pixnb.sandbox.render.things import THINGS

_WHOLE = {**CREATURES, **THINGS, **BUILDINGS}

# Shares of the frame's height.
SHARE = {
    "elephant": 0.66, "giraffe": 0.74, "horse": 0.6, "unicorn": 0.6, "zebra": 0.56, "camel": 0.6, "cow": 0.52,
    "bison": 0.54, "rhino": 0.54, "bear": 0.52, "deer": 0.54, "dog": 0.46, "wolf": 0.48, "fox": 0.42, "lion": 0.5,
    "tiger": 0.52, "leopard": 0.48, "cat": 0.42, "sheep": 0.44, "pig": 0.42, "rabbit": 0.42, "squirrel": 0.38,
    "donkey": 0.52, "panda": 0.5, "bird": 0.34, "eagle": 0.6, "owl": 0.56, "penguin": 0.46, "swan": 0.36, "fish": 0.32,
    "whale": 0.8, "shark": 0.7, "turtle": 0.5, "jellyfish": 0.4, "butterfly": 0.28, "dragon": 0.85,
    "dinosaur": 0.78, "car": 0.56,
    "train": 0.66, "steamtrain": 0.72, "bicycle": 0.54, "boat": 0.46, "ship": 0.6, "plane": 0.6, "rocket": 0.56,
    "saucer": 0.52, "balloon": 0.44, "toyballoon": 0.34, "tree": 0.66, "pine": 0.6, "palm": 0.72, "cactus": 0.42,
    "flower": 0.5,
    "rose": 0.56, "sunflower": 0.52, "house": 0.52, "castle": 0.66, "lighthouse": 0.68, "temple": 0.66, "windmill": 0.6,
    "church": 0.56, "candle": 0.4, "piano": 0.66, "cup": 0.42, "campfire": 0.36, "bust": 1.0,
}  # fmt: skip
_PERSON = 0.6
FLYING = frozenset(("bird", "eagle", "plane", "rocket", "balloon", "butterfly", "dragon", "saucer", "toyballoon"))
SWIMMING = frozenset(("fish", "jellyfish", "whale", "shark", "turtle"))
FLOATING = frozenset(("boat", "ship", "swan"))
ROOTED = frozenset(
    ("tree", "pine", "palm", "cactus", "flower", "rose", "sunflower", "house", "castle", "lighthouse", "temple",
     "windmill", "church", "candle", "piano", "cup", "campfire", "owl", "bust")
)  # fmt: skip
FOREMOST = frozenset(("candle", "cup", "flower", "rose", "sunflower", "piano", "campfire", "owl", "bust"))
# Shares of the frame's width in a second.
_SPEED = {
    "car": 0.16, "train": 0.17, "steamtrain": 0.14, "boat": 0.025, "ship": 0.03, "plane": 0.09, "balloon": 0.02,
    "rocket": 0.0, "horse": 0.08, "bicycle": 0.09, "camel": 0.04, "elephant": 0.03, "whale": 0.04, "jellyfish": 0.015,
    "turtle": 0.035, "saucer": 0.05, "penguin": 0.02, "swan": 0.025, "dragon": 0.05, "eagle": 0.05,
}  # fmt: skip
_RATE = {
    "horse": 1.5, "cat": 1.2, "rabbit": 1.6, "elephant": 0.7, "camel": 0.8, "giraffe": 0.7, "bear": 0.8, "bird": 1.5,
    "eagle": 0.9, "fish": 1.3, "butterfly": 2.0, "whale": 0.4, "turtle": 0.5, "dragon": 0.7, "candle": 1.0,
    "campfire": 1.0, "windmill": 0.1, "steamtrain": 0.7, "bicycle": 1.0, "cup": 0.4, "owl": 0.35, "piano": 0.8,
    "saucer": 1.0, "dinosaur": 0.8,
}  # fmt: skip


def drawn(kind: str, motion: str, *, close: bool = False) -> tuple[Draw, RGB]:
    """Return what draws a figure, and its own colour.

    Args:
        kind: Its name, as a prompt's subjects have it.
        motion: What it does: `walk`, `run`, `still` or `dance`.
        close: Whether people are seen as head and shoulders.
    """
    if kind in COSTUMES:
        return bust(kind) if close else person(kind, motion), COSTUMES[kind].colour
    if kind in HERD:
        return beast(HERD[kind], motion), HERD[kind].colour
    return _WHOLE[kind]


def share(kind: str) -> float:
    """Return a figure's height as a share of the frame's."""
    return SHARE.get(kind, _PERSON)


def speed(kind: str, motion: str) -> float:
    """Return how fast a figure goes, in widths of the frame a second."""
    if kind in ROOTED or (motion == "still" and not _is_vehicle(kind)):
        return 0.0
    if kind in COSTUMES:
        return {"run": 0.085, "dance": 0.0}.get(motion, 0.032)
    return _SPEED.get(kind, 0.05) * (1.6 if motion == "run" else 1.0)


def rate(kind: str, motion: str) -> float:
    """Return how many rounds of its motion a figure makes in a second."""
    if kind in COSTUMES:
        return {"run": 1.7, "still": 0.3}.get(motion, 0.9)
    base = _RATE.get(kind, 1.3 if kind in HERD else 0.5)
    return base * (1.4 if motion == "run" and kind in HERD else 1.0)


def _is_vehicle(kind: str) -> bool:
    return kind in FLYING | SWIMMING | FLOATING or kind in THINGS


KINDS = frozenset((*COSTUMES, *HERD, *_WHOLE))

__all__ = ["FLOATING", "FLYING", "FOREMOST", "KINDS", "ROOTED", "SWIMMING", "drawn", "rate", "share", "speed"]
