"""Applying a look: the drawing styles of `drawings.toml` and film finishes, as libavfilter graphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import av
import numpy as np

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.edits.grades import Grade, clut
from pixnb.sandbox.render.edits.look import Look, Patch, Picture
from pixnb.sandbox.render.files.wiring import Port, Wiring, run_graph
from pixnb.sandbox.tables import read_table

_STYLES: dict[str, Any] = read_table(__file__, "drawings.toml")
_NUMBER = re.compile(r"\{([\d.]+)([uUh]*)(!?)\}")


def draw(
    frames: Iterable[av.VideoFrame], look: Look, chance: Chance, to: tuple[int, int], steps: tuple[str, ...] = ()
) -> Iterator[av.VideoFrame]:
    """Yield frames in a look, as RGB of the size `to`; `steps` come first."""

    def lay(wires: Wiring) -> Port:
        style = _STYLES.get(look.drawing or "", {})
        # a grade is the slowest step of most looks: small frames get it before they are enlarged
        early = to[0] * to[1] > wires.size[0] * wires.size[1] and not look.patch and "before" not in style
        wires.size = to
        port = wires.then(wires.port, *steps)
        port = _grade(wires, port, look.grades) if early and look.grades else port
        port = wires.then(port, f"scale={to[0]}:{to[1]}:flags=bicubic")
        pen = _Pen(wires, look, chance)
        port = pen.chain(port, style.get("before", ()))
        if look.patch:
            port = _change(wires, wires.then(port, "format=gbrp"), look.patch)
        if look.grades and not early:
            port = _grade(wires, port, look.grades)
        port = pen.chain(port, style.get("after", ()))
        if look.texture is not None:
            port = _lay_over(wires, port, look.texture, "hardlight", 0.75)
        return wires.then(_finish(wires, port, look, pen.unit), "format=rgb24")

    return run_graph(frames, lay)


class _Pen:
    """Lays the chains of one drawing style."""

    def __init__(self, wires: Wiring, look: Look, chance: Chance) -> None:
        self._wires, self._chance = wires, chance
        self.unit = min(wires.size) / 360
        self._scales = {"u": self.unit, "U": max(1.0, self.unit), "h": look.heft}

    def chain(self, port: Port, steps: Sequence[str | dict[str, Any]]) -> Port:
        for step in steps:
            if isinstance(step, dict):
                port = self._special(port, **step)
            elif step[0] == "@":
                port = self.chain(port, _STYLES["chains"][step[1:]])
            else:
                port = self._wires.then(port, self._fill_in(step))
        return port

    def _special(
        self, port: Port, *, blend: str = "", opacity: float = 1.0, still: str = "", mask: str = "", many: str = "",
        of: str = "", own: Sequence[Any] = (), copy: Sequence[Any] = (),
    ) -> Port:  # fmt: skip
        if many:
            return self._wires.then(port, *[of] * int(self._fill_in(many)))
        if still:
            return _lay_over(self._wires, port, _STILLS[still](self._chance), blend, opacity)
        plain, other = self._wires.split(port)
        plain = self._wires.then(self.chain(plain, own), "format=gbrp")
        other = self._wires.then(self.chain(other, copy), "format=gbrp")
        if mask:
            return self._wires.join("maskedmerge", plain, other, _bring_in(self._wires, _STILLS[mask](self._chance)))
        return self._wires.join(f"blend=all_mode={blend}:all_opacity={opacity}", plain, other)

    def _fill_in(self, step: str) -> str:
        def number(match: re.Match[str]) -> str:
            value = float(match[1]) * float(np.prod([self._scales[letter] for letter in match[2]]))
            return str(max(1, round(value))) if match[3] else f"{value:.2f}"

        return _NUMBER.sub(number, step)


def _grade(wires: Wiring, port: Port, grades: Sequence[Grade]) -> Port:
    return wires.join("haldclut=interp=trilinear", wires.then(port, "format=rgb24"), wires.still(clut(grades)))


def _change(wires: Wiring, port: Port, patch: Patch) -> Port:
    """Change what has the patch's colour and lies in its place."""
    plain, rest = wires.split(port)
    seen, dyed = wires.split(rest)
    cover = wires.then(_grade(wires, seen, (patch.cover,)), "format=gbrp", "gblur=sigma=0.8")
    cover = _lay_over(wires, cover, _spot(patch.focus), "multiply", 1.0)
    dyed = wires.then(_grade(wires, dyed, patch.grades), "format=gbrp")
    if patch.texture is not None:
        dyed = _lay_over(wires, dyed, patch.texture, "hardlight", 1.0)
    return wires.join("maskedmerge", plain, dyed, cover)


def _finish(wires: Wiring, port: Port, look: Look, unit: float) -> Port:
    if look.fine > 0:
        port = wires.then(port, "format=yuv444p", f"unsharp=5:5:{look.fine:.2f}:5:5:0")
    elif look.fine < 0:
        port = wires.then(port, "format=gbrp", f"gblur=sigma={-look.fine * 1.6 * unit:.2f}")
    if look.glow:
        plain, soft = wires.split(wires.then(port, "format=gbrp"))
        soft = wires.then(soft, f"gblur=sigma={7 * unit:.2f}:steps=2", "curves=all=0/0 0.45/0.1 1/1")
        port = wires.join(f"blend=all_mode=screen:all_opacity={min(1, look.glow) * 0.8:.3f}", plain, soft)
    if look.shade:
        port = _lay_over(wires, port, _light(look), "multiply", 1.0)
    if look.grain:
        port = wires.then(port, "format=yuv444p", f"noise=c0s={look.grain:.0f}:c0f=t+u:c0_seed=7")
    if look.vignette > 0.02:
        port = wires.then(port, "format=yuv444p", f"vignette=angle={look.vignette * 0.95:.3f}:dither=0")
    return port


def _lay_over(wires: Wiring, base: Port, still: Picture, mode: str, opacity: float) -> Port:
    base = wires.then(base, "format=gbrp")
    return wires.join(f"blend=all_mode={mode}:all_opacity={opacity}", base, _bring_in(wires, still))


def _bring_in(wires: Wiring, still: Picture) -> Port:
    """Bring a picture in at the size of the frames."""
    width, height = wires.size
    return wires.then(wires.still(still), "format=gbrp", f"scale={width}:{height}:flags=bicubic")


def _spot(focus: tuple[float, float, float, float]) -> Picture:
    """Return where a patch lies: white inside, black far out."""
    y, x = np.mgrid[0:1:180j, 0:1:320j]
    far = np.hypot((x - focus[0]) / focus[2], (y - focus[1]) / focus[3])
    return _grey(np.clip((1.35 - far) / 0.7, 0, 1) * 255)


def _light(look: Look) -> Picture:
    """Return light that falls on one place and leaves the rest in soft shade, which is cooler than light."""
    y, x = np.mgrid[0:1:90j, 0:1:160j]
    far = np.hypot((x - look.lit[0]) * 1.2, y - look.lit[1])
    level = 1 - look.shade * np.clip((far - 0.15) / 0.85, 0, 1) ** 1.2
    return np.asarray(level[..., None] ** np.array((1.06, 1.03, 0.94)) * 255, np.float64).astype(np.uint8)


def _grey(level: np.ndarray[Any, Any]) -> Picture:
    return np.repeat(level.astype(np.uint8)[:, :, None], 3, axis=2)


def _paper(chance: Chance) -> Picture:
    noise = chance.stream("paper").normal(size=(360, 640))
    for axis in (0, 1):
        noise = noise + np.roll(noise, 1, axis) + 0.5 * np.roll(noise, 3, axis)
    grey = np.clip(236 + noise / noise.std() * 9, 0, 255)
    return np.stack([grey, grey * 0.985, grey * 0.95], axis=-1).astype(np.uint8)


def _halftone(chance: Chance) -> Picture:
    y, x = np.mgrid[:405, :720] * (np.pi / 3)
    return _grey(np.where(np.cos(x + y) * np.cos(x - y) > 0.35, 150, 255))


def _lines(chance: Chance) -> Picture:
    return _grey(np.where(np.arange(360)[:, None] % 3, 255, 110) * np.ones((1, 8)))


def _bands(chance: Chance) -> Picture:
    rows = np.zeros((360, 8))
    for start, high in chance.stream("bands").integers((0, 4), (340, 26), (7, 2)):
        rows[start : start + high] = 255
    return _grey(rows)


_STILLS = {"paper": _paper, "halftone": _halftone, "lines": _lines, "bands": _bands}
