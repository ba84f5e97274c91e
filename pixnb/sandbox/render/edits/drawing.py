"""Applying a look: the drawing styles of `drawings.toml` and film finishes, as libavfilter graphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import av
import numpy as np

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.edits.dabs import melt
from pixnb.sandbox.render.edits.look import Look, Picture
from pixnb.sandbox.render.edits.lookup import grade
from pixnb.sandbox.render.edits.patch import change
from pixnb.sandbox.render.files.wiring import Port, Wiring, run_graph
from pixnb.sandbox.tables import read_table

_STYLES: dict[str, Any] = read_table(__file__, "drawings.toml")
_NUMBER = re.compile(r"\{([\d.]+)([uUh]*)(!?)\}")


def draw(
    frames: Iterable[av.VideoFrame],
    look: Look,
    chance: Chance,
    to: tuple[int, int],
    steps: tuple[str, ...] = (),
    *,
    work: tuple[int, int] | None = None,
    matrix: str | None = None,
) -> Iterator[av.VideoFrame]:
    """Yield frames in a look.

    Args:
        frames: The frames as they are decoded.
        look: What becomes of them.
        chance: The chance of this take.
        to: The size of what comes out, in pixels.
        steps: The filters that come first.
        work: The size at which all is done that shows no less when it is enlarged; None: `to`.
        matrix: The YUV matrix of what comes out, in 4:2:0; None: RGB comes out.
    """
    style, work = _STYLES.get(look.drawing or "", {}), work or to
    size = work if "dabs" not in style else ((work[0] + 1) // 2, (work[1] + 1) // 2)

    def prepare(wires: Wiring) -> Port:
        port = wires.then(wires.port, *steps, f"scale={size[0]}:{size[1]}:flags=bicubic")
        wires.size = size
        port = _Pen(wires, look, chance).chain(port, style.get("before", ()))
        return wires.then(port, "format=rgb0")

    def finish(wires: Wiring) -> Port:
        port = wires.port
        if style.get("after") or look.texture is not None:
            port = wires.resize(port, to)
            port = _Pen(wires, look, chance).chain(port, style.get("after", ()))
        if look.texture is not None:
            port = _lay_over(wires, port, look.texture, "hardlight", 0.75)
        return _develop(wires, _light(wires, port, look), look, to, matrix)

    frames = run_graph(frames, prepare)
    if "dabs" in style:
        frames = melt(frames, int(_fill_in(style["dabs"], min(work) / 360, look.heft)))
    frames = change(frames, look.patch) if look.patch else frames
    frames = grade(frames, look.grades) if look.grades else frames
    return run_graph(frames, finish)


class _Pen:
    """Lays the chains of one drawing style, for frames of the size that the graph has now."""

    def __init__(self, wires: Wiring, look: Look, chance: Chance) -> None:
        self._wires, self._chance = wires, chance
        self._unit, self._heft = min(wires.size) / 360, look.heft

    def chain(self, port: Port, steps: Sequence[str | dict[str, Any]]) -> Port:
        for step in steps:
            if isinstance(step, dict):
                port = self._special(port, **step)
            elif step[0] == "@":
                port = self.chain(port, _STYLES["chains"][step[1:]])
            else:
                port = self._wires.then(port, _fill_in(step, self._unit, self._heft))
        return port

    def _special(
        self, port: Port, *, blend: str = "", opacity: float = 1.0, still: str = "", mask: str = "", at: int = 1,
        of: Sequence[Any] = (), own: Sequence[Any] = (), copy: Sequence[Any] = (), pixels: str = "gbrp",
    ) -> Port:  # fmt: skip
        if of:
            return self._wires.shrink(port, at, lambda small: self.chain(small, of), pixels)
        if still:
            return _lay_over(self._wires, port, _STILLS[still](self._chance), blend, opacity)
        plain, other = self._wires.split(port)
        plain = self._wires.then(self.chain(plain, own), f"format={pixels}")
        other = self._wires.then(self.chain(other, copy), f"format={pixels}")
        if mask:
            return self._wires.join("maskedmerge", plain, other, _bring_in(self._wires, _STILLS[mask](self._chance)))
        return self._wires.join(f"blend=all_mode={blend}:all_opacity={opacity}", plain, other)


def _fill_in(step: str, unit: float, heft: float) -> str:
    scales = {"u": unit, "U": max(1.0, unit), "h": heft}

    def number(match: re.Match[str]) -> str:
        value = float(match[1]) * float(np.prod([scales[letter] for letter in match[2]]))
        return str(max(1, round(value))) if match[3] else f"{value:.2f}"

    return _NUMBER.sub(number, step)


def _light(wires: Wiring, port: Port, look: Look) -> Port:
    """Let lights glow, and darken what lies away from the light and in the corners."""
    if look.glow:
        plain, soft = wires.split(wires.then(port, "format=gbrp"))
        blur = f"gblur=sigma={7 / 4 * min(wires.size) / 360:.2f}:steps=2"
        level = min(1, look.glow) * 0.8  # in the curve, for a blend of less than 1 takes five times as long
        curve = f"curves=all=0/0 0.45/{level / 10:.3f} 1/{level:.3f}"
        soft = wires.shrink(soft, 4, lambda small: wires.then(small, blur, curve))
        port = wires.join("blend=all_mode=screen", plain, soft)
    if look.shade or look.vignette > 0.02:
        port = _lay_over(wires, port, _shade(look, wires.size), "multiply", 1.0)
    return port


def _develop(wires: Wiring, port: Port, look: Look, to: tuple[int, int], matrix: str | None) -> Port:
    """Bring the picture to its size and format, with the detail and the grain of its film."""
    scale = f"scale={to[0]}:{to[1]}:flags=bicubic"
    if matrix is not None:
        port = wires.then(port, f"{scale}:out_color_matrix={matrix}:out_range=tv", "format=yuv420p")
    elif look.fine or look.grain:
        port = wires.then(port, scale, "format=yuv444p")
    else:
        port = wires.then(port, scale)
    if look.fine > 0:
        port = wires.then(port, f"unsharp=5:5:{look.fine:.2f}:5:5:0")
    elif look.fine < 0:
        port = wires.then(port, f"gblur=sigma={-look.fine * 1.6 * min(to) / 360:.2f}")
    if look.grain:
        port = wires.then(port, f"noise=c0s={look.grain * 0.75:.0f}:c0f=t+u:c0_seed=7")
    return port if matrix is not None else wires.then(port, "format=rgb24")


def _lay_over(wires: Wiring, base: Port, still: Picture, mode: str, opacity: float) -> Port:
    base = wires.then(base, "format=gbrp")
    return wires.join(f"blend=all_mode={mode}:all_opacity={opacity}", base, _bring_in(wires, still))


def _bring_in(wires: Wiring, still: Picture) -> Port:
    """Bring a picture in at the size of the frames."""
    width, height = wires.size
    return wires.then(wires.still(still), "format=gbrp", f"scale={width}:{height}:flags=bicubic")


def _shade(look: Look, size: tuple[int, int]) -> Picture:
    """Return light that falls on one place and leaves the rest in soft shade, cooler than light, and corners dark."""
    y, x = np.mgrid[0:1:90j, 0:1:160j]
    far = np.hypot((x - look.lit[0]) * 1.2, y - look.lit[1])
    level = 1 - look.shade * np.clip((far - 0.15) / 0.85, 0, 1) ** 1.2
    out = np.hypot((2 * x - 1) * size[0], (2 * y - 1) * size[1]) / np.hypot(*size)  # 1 at a corner
    corners = np.maximum(0, 1.15 * np.cos(look.vignette * 0.95 * out) ** 4 - 0.15)  # as a lens darkens them, and more
    lit = level[..., None] ** np.array((1.06, 1.03, 0.94)) * corners[..., None]
    return np.asarray(lit * 255, np.float64).astype(np.uint8)


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
