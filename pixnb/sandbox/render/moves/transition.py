"""From one picture to another: the camera moves through both while the one becomes the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter, ImageOps

from pixnb.sandbox.render.chance import Chance, of_prompt, of_take, order
from pixnb.sandbox.render.edits import looks
from pixnb.sandbox.render.edits.edit import overlays
from pixnb.sandbox.render.moves.warp import Field, Pane, View, swirl
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.prompts.words import Reading
from pixnb.sandbox.render.request import RenderRequest
from pixnb.sandbox.render.weather.drift import Drift, cloud

_KINDS = {  # what is asked for by several words is the first of them here
    "morph": "morph morphs morphing melt melts transform transforms transforming turns becomes liquid flow flows",
    "zoom": "zoom zooms zoomin zoomout dolly push pushes fly flies tunnel hyperspace",
    "spin": "spin spins spinning rotate rotates rotating whirl vortex twirl swirl orbit orbits",
    "whip": "whip pan pans panleft panright slide slides swipe sweep sweeps",
    "iris": "iris circle circular portal",
    "wipe": "wipe wipes reveal reveals curtain",
    "flash": "flash explosion explodes burst flare",
    "dissolve": "dissolve dissolves fade fades smooth smoothly blend crossfade soft softly gentle gently slowly",
}
TRANSITION_WORDS = frozenset(word for words_of in _KINDS.values() for word in words_of.split())
_FREE = ("morph", "zoom", "dissolve", "wipe", "iris")  # for a prompt that says nothing about it
_SPAN = {"zoom": (0.16, 0.84), "spin": (0.14, 0.86), "whip": (0.28, 0.72), "flash": (0.22, 0.78)}  # else all of it
_CLEAR = 2.2  # how much longer than the frame's a picture's shape may be until it is shown whole


@dataclass(frozen=True)
class _Turn:
    """What a transition's camera does."""

    kind: str  # its name
    way: tuple[float, float]  # right and down: where it goes, or where the light comes from
    push: float  # how far the camera moves over each picture besides
    soft: float  # how soft the edge between the pictures is
    turns: float  # degrees that a spin makes


class Transition:
    """A picture that becomes another: the first frame is the one, the last frame the other.

    Attributes:
        first: The first picture, framed.
        last: The last picture, framed.
        size: Width and height of the frames.
        turn: What the camera does.
        field: The current along which pictures flow.
    """

    def __init__(
        self, request: RenderRequest, image: Image.Image, end: Image.Image, size: tuple[int, int], seconds: float
    ) -> None:
        reading, chance = words.read(request.prompt), of_take(request)
        self.size, self._seconds = size, seconds
        self.turn = _turn(request, reading, chance)
        self.first, self.last = Pane(framed(image, size)), Pane(framed(end, size))
        self._order = ImageOps.equalize(Image.fromarray(_order(self.turn, chance, self.last.image)))
        self.field: Field = swirl(chance, size)
        asked = looks.for_edit(reading, of_prompt(request), chance, None, order(request))
        self._over: list[Drift] = overlays(looks.only_weather(asked), size, chance) if reading.weather else []

    def picture(self, share: float) -> Image.Image:
        """Draw the moment that lies `share` of the way from the one picture to the other."""
        low, high = _SPAN.get(self.turn.kind, (0.0, 1.0))
        gone = _eased(min(1.0, max(0.0, (share - low) / (high - low))))
        image = _MAKERS.get(self.turn.kind, _mixed)(self, share, gone)
        return self._weathered(image, share)

    def view(self, share: float, *, of_end: bool) -> View:
        """Return where the camera is over one of the pictures when nothing but its own slow push moves it."""
        away = 1 - share if of_end else share
        slow = away**1.3
        way = -1 if of_end else 1
        dx, dy = self.turn.way
        zoom = 1 + self.turn.push * slow
        return View(zoom, dx * 0.5 * (zoom - 1) * way, dy * 0.5 * (zoom - 1) * way)

    def _weathered(self, image: Image.Image, share: float) -> Image.Image:
        level = math.sin(math.pi * share) ** 0.6 if 0 < share < 1 else 0.0
        if not self._over or level == 0:
            return image
        clear = image.copy()
        for drift in self._over:
            drift.draw(image, share * self._seconds)
        return Image.blend(clear, image, level)

    def cover(self, gone: float) -> Image.Image:
        """Return how much of each pixel is the end picture's already."""
        reach = gone * (1 + self.turn.soft)
        levels = [round(255 * min(1.0, max(0.0, (reach - v / 255) / self.turn.soft))) for v in range(256)]
        return self._order.point(levels)


def _mixed(t: Transition, share: float, gone: float) -> Image.Image:
    """Let the end picture come through in the order of the mask, under one slow move of the camera."""
    first = t.first.seen(t.view(share, of_end=False))
    return Image.composite(t.last.seen(t.view(share, of_end=True)), first, t.cover(gone))


def _morphed(t: Transition, share: float, gone: float) -> Image.Image:
    """Let both flow: the one dissolves along a current as the other settles out of it."""
    field = t.field
    first = field.bent(t.first.seen(t.view(share, of_end=False)), gone**1.5)
    last = field.bent(t.last.seen(t.view(share, of_end=True)), -((1 - gone) ** 1.5))
    return Image.composite(last, first, t.cover(gone))


def _zoomed(t: Transition, share: float, gone: float) -> Image.Image:
    """Fly into the one picture and arrive in the other."""
    speed = _bell(gone)
    before = t.view(share, of_end=False).closer(1 + 1.7 * gone**2)
    after = t.view(share, of_end=True).closer(1 / (1 + 0.75 * (1 - gone) ** 2))
    return _swapped(t, gone, [(before.closer(1 + 0.1 * speed * k), after.closer(1 + 0.07 * speed * k)) for k in _BLUR])


def _spun(t: Transition, share: float, gone: float) -> Image.Image:
    """Turn out of the one picture and into the other."""
    speed, turns = _bell(gone), t.turn.turns
    before, after = t.view(share, of_end=False), t.view(share, of_end=True)
    moves = []
    for k in _BLUR:
        blur = 0.09 * speed * k * turns
        moves.append((before.closer(1 + 0.5 * gone).turned(turns * gone**2 + blur),
                      after.closer(1 + 0.5 * (1 - gone)).turned(-turns * (1 - gone) ** 2 + blur)))  # fmt: skip
    return _swapped(t, gone, moves)


def _whipped(t: Transition, share: float, gone: float) -> Image.Image:
    """Whip the camera from the one picture to the other, which hang side by side."""
    size, speed = t.size, _bell(gone)
    dx, dy = t.turn.way
    image, other = t.first.seen(t.view(share, of_end=False)), t.last.seen(t.view(share, of_end=True))
    frames = []
    for k in _BLUR if speed > 0.02 else _BLUR[:1]:
        at = gone + 0.05 * speed * k
        x, y = round(-dx * at * size[0]), round(-dy * at * size[1])
        frame = Image.new("RGB", size)
        frame.paste(image, (x, y))
        frame.paste(other, (x + round(dx) * size[0], y + round(dy) * size[1]))
        frames.append(frame)
    image = _averaged(frames)
    if speed > 0.1:
        wide = (size[0] * abs(dx) + size[1] * abs(dy)) * 0.03 * speed
        image = image.filter(ImageFilter.BoxBlur((wide * abs(dx), wide * abs(dy))))
    return image


def _flashed(t: Transition, share: float, gone: float) -> Image.Image:
    """Let light swell until it covers the one picture, and fall on the other."""
    image = (t.first if gone < 0.5 else t.last).seen(t.view(share, of_end=gone >= 0.5))
    level = 1 - abs(2 * gone - 1)
    if level <= 0.01:
        return image
    small = image.resize((max(1, t.size[0] // 8), max(1, t.size[1] // 8)), Image.Resampling.BOX)
    bloom = small.filter(ImageFilter.GaussianBlur(3 + 14 * level)).resize(t.size, Image.Resampling.BICUBIC)
    lit = ImageChops.screen(image, bloom.point([min(255, round(v * 1.6 * level**0.7)) for v in range(256)] * 3))
    return Image.blend(lit, Image.new("RGB", t.size, (255, 250, 238)), 0.94 * level**2.2)


_BLUR = (0.0, -1.0, 1.0, -0.5, 0.5)  # where in the time that a shutter is open the picture is taken
_MAKERS: dict[str, Callable[[Transition, float, float], Image.Image]] = {
    "morph": _morphed, "zoom": _zoomed, "spin": _spun, "whip": _whipped, "flash": _flashed,
}  # fmt: skip


def _swapped(t: Transition, gone: float, moves: list[tuple[View, View]]) -> Image.Image:
    """Return the picture of either side of the swap, in mid move both, blurred as a fast camera blurs."""
    share = min(1.0, max(0.0, (gone - 0.4) / 0.2))
    taken = moves if 0.04 < gone < 0.96 else moves[:1]
    made = []
    for picture, at in ((t.first, 0), (t.last, 1)):
        made.append(_averaged([picture.seen(move[at]) for move in taken]) if share != 1 - at else None)
    first, last = made
    if first is None or last is None:
        return last or first or t.last.image
    return Image.blend(first, last, share)


def _averaged(frames: list[Image.Image]) -> Image.Image:
    image = frames[0]
    for i, frame in enumerate(frames[1:], 2):
        image = Image.blend(image, frame, 1 / i)
    return image


def _eased(share: float) -> float:
    return share * share * (3 - 2 * share)


def _bell(gone: float) -> float:
    return math.pow(4 * gone * (1 - gone), 1.5)


def _turn(request: RenderRequest, reading: Reading, chance: Chance) -> _Turn:
    said = set(reading.words) | set(reading.camera)
    named = next((kind for kind, asked in _KINDS.items() if said & set(asked.split())), None)
    angle = chance.uniform("angle", 0, 2 * math.pi)
    way = (math.cos(angle), math.sin(angle))
    for word, straight in {"panleft": (-1, 0), "left": (-1, 0), "panright": (1, 0), "right": (1, 0), "up": (0, -1),
                           "down": (0, 1)}.items():  # fmt: skip
        way = straight if word in said else way
    if named == "whip" and way[0] * way[1]:
        way = (chance.choice("side", (-1, 1)), 0)
    return _Turn(
        named or chance.choice("kind", _FREE),
        way,
        chance.uniform("push", 0.16, 0.26),
        chance.uniform("soft", 0.3, 0.6),
        chance.choice("spin", (-1, 1)) * chance.uniform("turns", 150, 210),
    )


def framed(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture filling a frame; one of quite another shape stands whole before its own blur."""
    shape = (image.size[0] / image.size[1]) / (size[0] / size[1])
    full = ImageOps.fit(image, size, Image.Resampling.LANCZOS)
    if 1 / _CLEAR < shape < _CLEAR:
        return full
    small = full.resize((max(1, size[0] // 8), max(1, size[1] // 8)), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(5)).resize(size, Image.Resampling.BICUBIC)
    soft = soft.point([round(v * 0.62) for v in range(256)] * 3)
    whole = ImageOps.contain(image, size, Image.Resampling.LANCZOS)
    soft.paste(whole, ((size[0] - whole.size[0]) // 2, (size[1] - whole.size[1]) // 2))
    return soft


def _order(turn: _Turn, chance: Chance, end: Image.Image) -> NDArray[np.uint8]:
    """Return when each pixel changes to the end picture, 0 first, 255 last; its lights come before its darks."""
    size = end.size
    rows, columns = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
    light = np.asarray(end.convert("L").filter(ImageFilter.GaussianBlur(max(1, size[1] / 60))), np.float32) / 255
    mist = np.asarray(cloud((size[0] + size[0] % 2, size[1] + size[1] % 2), chance, "mist", scale=0.7, cover=1.0,
                            soft=1.0), np.float32)[: size[1], : size[0]] / 255  # fmt: skip
    if turn.kind == "iris":
        far = np.hypot(rows * size[1] / size[0], columns) + 0.12 * mist - 0.1 * light
    elif turn.kind == "wipe":
        far = columns * turn.way[0] + rows * turn.way[1] + 0.45 * mist - 0.35 * light
    else:
        far = 0.55 * (1 - light) + 0.45 * mist
    far = (far - far.min()) / max(1e-6, float(far.max() - far.min()))
    return np.asarray(far * 255).astype(np.uint8)


__all__ = ["TRANSITION_WORDS", "Transition", "framed"]
