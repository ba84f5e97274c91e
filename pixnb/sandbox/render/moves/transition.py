"""From one picture to another: the camera moves through both while the one becomes the other."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from pixnb.sandbox.render.chance import Chance, of_take
from pixnb.sandbox.render.edits import looks
from pixnb.sandbox.render.edits.edit import overlays
from pixnb.sandbox.render.edits.look import Look
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.prompts.vocabulary import TRANSITIONS
from pixnb.sandbox.render.request import RenderRequest
from pixnb.sandbox.render.weather.drift import cloud, draw_all

_FREE = ("morph", "zoom", "dissolve", "wipe")  # for a prompt that says nothing about it
_SPAN = {"zoom": (0.16, 0.84), "spin": (0.14, 0.86), "whip": (0.28, 0.72), "flash": (0.22, 0.78)}  # else all of it
_CLOSER = {"zoom": (1.7, -0.43), "spin": (0.5, 0.5)}  # how far the camera flies into the one, and out of the other
_WAYS = {"panleft": (-1, 0), "left": (-1, 0), "panright": (1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_SHUTTER = (0.0, -1.0, 1.0, -0.5, 0.5)  # where in the time that it is open the picture is taken
_MARGIN = 0.75  # how far a picture is mirrored beyond each edge, in its widths and heights
_CELLS = (16, 10)  # into how many parts a bent picture is cut
_CLEAR = 2.2  # how much longer than the frame's a picture's shape may be until it is shown whole


class Transition:
    """A picture that becomes another: the first frame is the one, the last frame the other."""

    def __init__(
        self, request: RenderRequest, image: Image.Image, end: Image.Image, size: tuple[int, int], seconds: float
    ) -> None:
        reading, chance = words.read(request.prompt), of_take(request)
        said = {*reading.words, *reading.camera}
        named = next((kind for kind, asked in TRANSITIONS.items() if said & asked), None)
        self._size, self._seconds = size, seconds
        self._kind = named or chance.choice("kind", _FREE)
        self._way = _way(said, chance, straight=self._kind == "whip")
        self._push, self._soft = chance.uniform("push", 0.16, 0.26), chance.uniform("soft", 0.3, 0.6)
        self._turns = chance.choice("spin", (-1, 1)) * chance.uniform("turns", 150, 210) * (self._kind == "spin")
        last = frame(end, size)
        self._mirrored = [_mirror(frame(image, size)), _mirror(last)]
        self._order = self._rank(last, chance)
        self._current = _current(chance, size)
        asked = looks.for_edit(reading, looks.take_of(request))
        self._over = overlays(Look(drifts=asked.drifts), size, chance) if reading.weather else []

    def picture(self, share: float) -> Image.Image:
        """Draw the moment that lies `share` of the way from the one picture to the other."""
        low, high = _SPAN.get(self._kind, (0.0, 1.0))
        gone = _clamp((share - low) / (high - low))
        gone = gone * gone * (3 - 2 * gone)
        speed = math.pow(4 * gone * (1 - gone), 1.5)
        if self._kind in _CLOSER:  # blurred as a fast camera blurs
            taken = [self._fly(share, gone + 0.06 * speed * k) for k in (_SHUTTER if speed > 0.02 else _SHUTTER[:1])]
            image = Image.fromarray(np.mean([np.asarray(each) for each in taken], axis=0).round().astype(np.uint8))
        else:
            make = {"whip": self._whip, "flash": self._flash}.get(self._kind, self._melt)
            image = make(share, gone)
        level = math.sin(math.pi * share) ** 0.6 if 0 < share < 1 else 0.0
        return Image.blend(image, draw_all(self._over, image.copy(), share * self._seconds), level)

    def _see(self, which: int, share: float, zoom: float = 1.0, angle: float = 0.0) -> Image.Image:
        """Return one of the pictures under the camera's own slow push, and what moves it besides."""
        push = self._push * (1 - share if which else share) ** 1.3
        zoom *= 1 + push
        width, height = self._size
        x, y = (side * (0.5 + 0.5 * push * way * (-1 if which else 1)) + round(side * _MARGIN)
                for side, way in zip(self._size, self._way, strict=True))  # fmt: skip
        cos, sin = math.cos(math.radians(angle)) / zoom, math.sin(math.radians(angle)) / zoom
        matrix = (cos, sin, x - (cos * width + sin * height) / 2, -sin, cos, y + (sin * width - cos * height) / 2)
        mirrored = self._mirrored[which]
        return mirrored.transform(self._size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)

    def _melt(self, share: float, gone: float) -> Image.Image:
        """Let the end picture come through in the order of the mask; in a morph both flow along a current."""
        first, last = self._see(0, share), self._see(1, share)
        if self._kind == "morph":
            first, last = self._bend(first, gone**1.5), self._bend(last, -((1 - gone) ** 1.5))
        reach = gone * (1 + self._soft)
        cover = self._order.point([round(255 * _clamp((reach - v / 255) / self._soft)) for v in range(256)])
        return Image.composite(last, first, cover)

    def _fly(self, share: float, gone: float) -> Image.Image:
        """Fly or turn into the one picture and out into the other."""
        (into, out), left = _CLOSER[self._kind], 1 - gone
        mixed = _clamp((gone - 0.4) / 0.2)
        first = self._see(0, share, 1 + into * gone**2, self._turns * gone**2)
        last = self._see(1, share, 1 + out * left**2, -self._turns * left**2)
        return Image.blend(first, last, mixed)

    def _whip(self, share: float, gone: float) -> Image.Image:
        """Whip the camera from the one picture to the other, which hang side by side."""
        image = Image.new("RGB", self._size)
        for which in (0, 1):
            x, y = (round(side * way * (which - gone)) for side, way in zip(self._size, self._way, strict=True))
            image.paste(self._see(which, share), (x, y))
        speed = math.pow(4 * gone * (1 - gone), 1.5)
        across, down = (0.09 * speed * side * abs(way) for side, way in zip(self._size, self._way, strict=True))
        return image.filter(ImageFilter.BoxBlur((across, down)))

    def _flash(self, share: float, gone: float) -> Image.Image:
        """Let light swell until it covers the one picture, and fall on the other."""
        image = self._see(int(gone >= 0.5), share)
        level = 1 - abs(2 * gone - 1)
        small = image.resize((max(1, image.width // 8), max(1, image.height // 8)), Image.Resampling.BOX)
        bloom = small.filter(ImageFilter.GaussianBlur(3 + 14 * level)).resize(image.size, Image.Resampling.BICUBIC)
        lit = ImageChops.screen(image, ImageEnhance.Brightness(bloom).enhance(1.6 * level**0.7))
        return Image.blend(lit, Image.new("RGB", image.size, (255, 250, 238)), 0.94 * level**2.2)

    def _bend(self, image: Image.Image, amount: float) -> Image.Image:
        """Return the picture carried along the current; negative amounts carry it against it."""
        columns, rows = _CELLS
        xs, ys = (np.linspace(0, side, n + 1).round() for side, n in zip(image.size, _CELLS, strict=True))
        knots = np.stack(np.meshgrid(xs, ys), axis=-1)
        moved = knots + self._current * amount
        mesh = []
        for j in range(rows):
            for i in range(columns):
                corners = (moved[j, i], moved[j + 1, i], moved[j + 1, i + 1], moved[j, i + 1])
                box = (*knots[j, i].astype(int).tolist(), *knots[j + 1, i + 1].astype(int).tolist())
                mesh.append((box, tuple(np.concatenate(corners).tolist())))
        return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)

    def _rank(self, end: Image.Image, chance: Chance) -> Image.Image:
        """Return when each pixel changes to the end picture, 0 first, 255 last; its lights come before its darks."""
        width, height = end.size
        light = np.asarray(end.convert("L").filter(ImageFilter.GaussianBlur(max(1, height / 60))), np.float32) / 255
        even = (width + width % 2, height + height % 2)
        mist = np.asarray(cloud(even, chance, "mist", scale=0.7, cover=1.0, soft=1.0), np.float32) / 255
        far = 0.45 * mist[:height, :width] + 0.55 * (1 - light)
        if self._kind == "wipe":
            rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
            far = 0.8 * far + columns * self._way[0] + rows * self._way[1]
        far = (far - far.min()) / max(1e-6, float(np.ptp(far)))
        return ImageOps.equalize(Image.fromarray((far * 255).astype(np.uint8)))


def _clamp(share: float) -> float:
    return min(1.0, max(0.0, share))


def _way(said: set[str], chance: Chance, *, straight: bool) -> tuple[float, float]:
    """Return where the camera goes, right and down, or where the light comes from."""
    named = [_WAYS[word] for word in _WAYS if word in said]
    if named or straight:
        return named[-1] if named else (chance.choice("side", (-1, 1)), 0)
    angle = chance.uniform("angle", 0, 2 * math.pi)
    return math.cos(angle), math.sin(angle)


def _mirror(image: Image.Image) -> Image.Image:
    """Return the picture mirrored beyond its edges, for a camera that looks past them."""
    across, down = (round(side * _MARGIN) for side in image.size)
    return Image.fromarray(np.pad(np.asarray(image), ((down, down), (across, across), (0, 0)), mode="symmetric"))


def _current(chance: Chance, size: tuple[int, int]) -> NDArray[np.float32]:
    """Return how far a smooth current carries each corner of the cells, in pixels; it leaves the edges in place."""
    columns, rows = _CELLS[0] + 1, _CELLS[1] + 1
    draws = chance.stream("current").uniform(-1, 1, (2, 5, 7)).astype(np.float32)
    flow = np.stack([np.asarray(Image.fromarray(each).resize((columns, rows), Image.Resampling.BICUBIC))
                     for each in draws], axis=-1)  # fmt: skip
    still = np.outer(np.sin(np.pi * np.linspace(0, 1, rows)), np.sin(np.pi * np.linspace(0, 1, columns)))
    flow = flow * np.sqrt(np.clip(still, 0, 1))[..., None]
    return np.asarray(flow * (0.13 * size[0] / max(1e-6, float(np.abs(flow).max()))), np.float32)


def frame(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture filling a frame; one of quite another shape stands whole before its own blur."""
    shape = (image.width / image.height) / (size[0] / size[1])
    full = ImageOps.fit(image, size, Image.Resampling.LANCZOS)
    if 1 / _CLEAR < shape < _CLEAR:
        return full
    soft = ImageEnhance.Brightness(full.filter(ImageFilter.GaussianBlur(size[1] / 12))).enhance(0.62)
    whole = ImageOps.contain(image, size, Image.Resampling.LANCZOS)
    soft.paste(whole, ((size[0] - whole.width) // 2, (size[1] - whole.height) // 2))
    return soft
