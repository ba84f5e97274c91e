"""Sprites in a scene: dyed in a colour, lit by the hour, hazed by distance, rocking in their gait on their way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from pixnb.sandbox.render.edits import grades as g
from pixnb.sandbox.render.palette import NAMED, RGB
from pixnb.sandbox.render.scenes.setting import Setting
from pixnb.sandbox.render.sprites import pack
from pixnb.sandbox.render.weather.drift import glow
from pixnb.sandbox.tables import read_table

_PHASES = 12  # to each side, in which a sprite is drawn
_ROOM = 1.2  # how much larger than the sprite its picture is, for it to rock in
_LEAST_CHROMA = 0.16  # below which a sprite counts as grey


@dataclass(frozen=True)
class Gait:
    """How a sprite moves."""

    lean: float = 0.0  # degrees that it rocks to each side
    rate: float = 0.4  # times a second
    hop: float = 0.0  # how high it hops, as a share of its height
    bob: float = 0.0  # how far it rises and sinks, as a share of its height
    speed: float = 0.0  # widths of the frame that it goes in a second


_TOLD = read_table(__file__, "gaits.toml")
GAITS = {name: Gait(**told) for name, told in _TOLD.items()}


@dataclass
class Figure:
    """A sprite on its way, in the phases of its rocking."""

    sprite: Image.Image  # RGBA
    x: float  # where its middle is at the start, in pixels
    foot: float  # where its lower edge is
    gait: Gait  # how it moves
    velocity: tuple[float, float] = (0.0, 0.0)  # pixels a second, right and down
    wrap: float = 0.0  # pixels after which it comes in again from the other side; 0: never
    shadow: Image.Image | None = None  # the mask of its shadow, or None
    halo: Image.Image | None = None  # the mask of the light that it gives, or None
    start: float = 0.0  # where in its gait it begins, 0 to 1

    _phases: dict[float, tuple[Image.Image, Image.Image]] = field(default_factory=dict, repr=False)

    def draw(self, image: Image.Image, t: float) -> None:
        """Draw it where it is, in its phase."""
        turn = (t * self.gait.rate + self.start) % 1
        wave = math.sin(2 * math.pi * turn)
        colour, mask = self._rock(round(wave * _PHASES) / _PHASES)
        x, foot = self.x + self.velocity[0] * t, self.foot + self.velocity[1] * t
        if self.wrap:
            x = (x + self.wrap / 4) % self.wrap - self.wrap / 4
        if self.shadow:
            low = round(foot - self.shadow.height * 0.55)
            image.paste((12, 10, 20), (round(x - self.shadow.width / 2), low), self.shadow)
        high = self.sprite.height
        y = foot - high * (self.gait.hop * abs(wave) + self.gait.bob * wave)
        if self.halo:
            corner = round(x - self.halo.width / 2), round(y - high / 2 - self.halo.height / 2)
            image.paste((255, 206, 120), corner, self.halo)
        image.paste(colour, (round(x - mask.width / 2), round(y + (mask.height - high) / 2 - mask.height)), mask)

    def _rock(self, wave: float) -> tuple[Image.Image, Image.Image]:
        """Return its colours and its mask, leant on its foot."""
        if wave not in self._phases:
            wide, high = (round(side * _ROOM) for side in self.sprite.size)
            canvas = Image.new("RGBA", (wide, high))
            at = ((wide - self.sprite.width) // 2, (high - self.sprite.height) // 2)
            canvas.paste(self.sprite, at)
            if angle := self.gait.lean * wave:
                foot = (wide / 2, at[1] + self.sprite.height)
                canvas = canvas.rotate(angle, Image.Resampling.BILINEAR, center=foot)
            self._phases[wave] = canvas.convert("RGB"), canvas.getchannel("A")
        return self._phases[wave]


def paint(s: Setting, label: str, high: int, *, colour: str | None = None, far: float = 0.0) -> Image.Image:
    """Return a sprite at a height in pixels, in a colour, in the scene's light and haze; RGBA."""
    image = pack.picture(label)
    if colour:
        image = _dyed(image, NAMED[colour], skin=pack.group(label).startswith("person"))
    size = max(2, round(image.width * high / image.height)), max(2, high)
    image = image.resize(size, Image.Resampling.LANCZOS)
    if high > 300:
        image = image.filter(ImageFilter.UnsharpMask(high / 160, 70, 0))
    light = (1.0, 1.0, 1.0) if pack.is_listed(label, "glowing") else s.light
    white = Image.new("RGB", size, tuple(round(255 * part) for part in light))
    lit = ImageChops.multiply(image.convert("RGB"), white)
    lit = Image.blend(lit, Image.new("RGB", size, s.hour.low), far * 0.85)
    lit.putalpha(image.getchannel("A"))
    return lit


def _dyed(image: Image.Image, colour: RGB, *, skin: bool) -> Image.Image:
    """Give the sprite's foremost colour another one; what is of another colour stays, and so does `skin`."""
    table: g.Colours = np.asarray(np.asarray(image) / 255, np.float32)
    rgb, alpha = table[..., :3].reshape(-1, 3), table[..., 3].reshape(-1)
    top, low = rgb.max(axis=1), rgb.min(axis=1)
    bare = g.cover(42, 24)(rgb)[:, :1] * skin
    chroma = (top - low) * alpha * (1 - bare[:, 0])
    if float(chroma.sum()) < _LEAST_CHROMA * float(alpha.sum()):
        share, source = np.ones_like(rgb), None
    else:
        some = slice(None, None, 1 + len(rgb) // 4000)
        hues = np.array([g.cover(float(h), 40)(rgb[some])[:, 0] @ chroma[some] for h in range(0, 360, 15)])
        source = float(int(np.argmax(hues)) * 15)
        share = np.maximum(g.cover(source, 62)(rgb), 0.0 if skin else 0.25)
    dyed = np.clip(g.dyed(colour, grey=source is None)(rgb), 0, 1)
    flat = np.array(colour, np.float32) / 255 * (0.55 + 0.45 * top[:, None] / max(0.3, float(top.max())))
    even = 0.6 if min(colour) > 180 else 0.3  # white things are white in their shadows too
    dyed = np.maximum(dyed * (1 - even) + flat * even, 0.15)
    rgb = rgb + (dyed - rgb) * share * (1 - 0.9 * bare)
    made = np.concatenate([rgb.reshape(*table.shape[:2], 3), table[..., 3:]], axis=-1)
    return Image.fromarray((np.clip(made, 0, 1) * 255 + 0.5).astype(np.uint8))


def shadow(wide: int, high: int, level: int) -> Image.Image:
    """Return the mask of a soft shadow on the ground."""
    size = (max(4, round(wide * 1.3)), max(4, round(high * 0.16)))
    rows, columns = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
    return Image.fromarray((np.clip(1 - np.hypot(rows, columns), 0, 1) ** 0.8 * level).astype(np.uint8))


def halo(high: int, level: int) -> Image.Image:
    """Return the mask of the light about something that glows."""
    side = max(8, round(high * 2.2))
    return glow((side, side), 0.5, 0.5, 0.3, level)
