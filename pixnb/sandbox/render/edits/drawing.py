"""Applying a look: the libavfilter graphs of the drawing styles and film finishes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

import av
import numpy as np

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.edits.grades import clut
from pixnb.sandbox.render.edits.look import Look, Patch, Picture
from pixnb.sandbox.render.files.wiring import Port, Wiring


def draw(
    frames: Iterable[av.VideoFrame],
    look: Look,
    chance: Chance,
    *,
    size: tuple[int, int],
    format: str,  # noqa: A002 -- the word for it
    clock: Fraction,
    to: tuple[int, int],
    steps: tuple[str, ...] = (),
) -> Iterator[av.VideoFrame]:
    """Yield frames of one size, format and time base in a look, as RGB of the size `to`; `steps` come first."""
    wires = Wiring(*size, format=format, time_base=clock)
    wires.size = to
    port = wires.then(wires.port, *steps, f"scale={to[0]}:{to[1]}:flags=bicubic")
    unit = min(to) / 360
    if look.drawing in _BEFORE:
        port = _BEFORE[look.drawing](wires, port, look, unit)
    if look.patch:
        port = _patched(wires, wires.then(port, "format=gbrp"), look.patch)
    if look.grades:
        port = wires.join("haldclut=interp=trilinear", wires.then(port, "format=rgb24"), wires.still(clut(look.grades)))
    if look.drawing in _AFTER:
        port = _AFTER[look.drawing](wires, port, look, unit, chance)
    if look.texture is not None:
        port = _over(wires, port, look.texture, "hardlight", 0.75)
    port = _finish(wires, port, look, unit)
    yield from wires.run(wires.then(port, "format=rgb24"), frames)


def _patched(wires: Wiring, port: Port, patch: Patch) -> Port:
    """Change what has the patch's colour and lies in its place."""
    plain, rest = wires.split(port)
    seen, dyed = wires.split(rest)
    cover = wires.join("haldclut=interp=trilinear", wires.then(seen, "format=rgb24"), wires.still(clut((patch.cover,))))
    cover = wires.then(cover, "format=gbrp", "gblur=sigma=0.8")
    cover = _over(wires, cover, _spot(patch.focus), "multiply", 1.0)
    dyed = wires.join("haldclut=interp=trilinear", wires.then(dyed, "format=rgb24"), wires.still(clut(patch.grades)))
    dyed = wires.then(dyed, "format=gbrp")
    if patch.texture is not None:
        dyed = _over(wires, dyed, patch.texture, "hardlight", 1.0)
    return wires.join("maskedmerge", plain, dyed, cover)


def _spot(focus: tuple[float, float, float, float]) -> Picture:
    """Return where a patch lies: white inside, black far out."""
    y, x = np.mgrid[0:1:180j, 0:1:320j]
    far = np.hypot((x - focus[0]) / focus[2], (y - focus[1]) / focus[3])
    level = np.clip((1.35 - far) / 0.7, 0, 1)
    return np.repeat((level * 255).astype(np.uint8)[:, :, None], 3, axis=2)


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
        port = _over(wires, port, _light(look), "multiply", 1.0)
    if look.grain:
        port = wires.then(port, "format=yuv444p", f"noise=c0s={look.grain:.0f}:c0f=t+u:c0_seed=7")
    if look.vignette > 0.02:
        port = wires.then(port, "format=yuv444p", f"vignette=angle={look.vignette * 0.95:.3f}:dither=0")
    return port


def _smooth(wires: Wiring, port: Port, look: Look, unit: float) -> Port:
    sigma = max(1.5, 4 * unit * look.heft)
    return wires.then(port, "format=yuv444p", f"bilateral=sigmaS={sigma:.1f}:sigmaR=0.12:planes=7")


def _patches(wires: Wiring, port: Port, look: Look, unit: float) -> Port:
    """Flatten small detail to dabs: half size, darker and lighter spots melted, and back."""
    many = max(1, round((1.5 if look.drawing == "oil" else 0.9) * unit * look.heft))
    melt = ["dilation"] * many + ["erosion"] * 2 * many + ["dilation"] * many
    return wires.then(
        port,
        "format=gbrp",
        "scale=iw/2:ih/2",
        *melt,
        f"median=radius={many + 1}",  # rounds the square dabs
        "bilateral=sigmaS=4:sigmaR=0.15:planes=7",
        "scale=iw*2:ih*2:flags=bicubic",
    )


def _blocks(wires: Wiring, port: Port, look: Look, unit: float) -> Port:
    side = max(4, round(9 * unit * look.heft))
    return wires.then(port, "format=gbrp", f"pixelize=w={side}:h={side}:mode=avg")


def _lines(wires: Wiring, port: Port, unit: float, strength: float, floor: float) -> Port:
    """Return dark ink lines on white, in RGB."""
    return wires.then(
        port,
        "format=gray",
        f"gblur=sigma={max(0.6, 1.2 * unit):.2f}",
        f"sobel=scale={1.4 * strength * max(1, unit):.2f}",
        f"curves=all=0/1 {floor:.2f}/1 {min(0.9, floor + 0.3):.2f}/0.08 1/0",
        "format=gbrp",
    )


def _inked(wires: Wiring, port: Port, look: Look, unit: float, floor: float, opacity: float) -> Port:
    plain, ink = wires.split(wires.then(port, "format=gbrp"))
    return wires.join(
        f"blend=all_mode=multiply:all_opacity={opacity}", plain, _lines(wires, ink, unit, look.heft, floor)
    )


def _cartoon(wires: Wiring, port: Port, look: Look, unit: float, chance: Chance) -> Port:
    return _inked(wires, port, look, unit, 0.22, 0.9)


def _comic(wires: Wiring, port: Port, look: Look, unit: float, chance: Chance) -> Port:
    return _over(wires, _inked(wires, port, look, unit, 0.1, 1.0), _halftone(720, 405, 6), "multiply", 0.5)


def _anime(wires: Wiring, port: Port, look: Look, unit: float, chance: Chance) -> Port:
    return _inked(wires, port, look, unit, 0.24, 0.6)


def _watercolour(wires: Wiring, port: Port, look: Look, unit: float, chance: Chance) -> Port:
    return _over(wires, _inked(wires, port, look, unit, 0.12, 0.6), _paper(chance), "multiply", 0.9)


def _sketch(wires: Wiring, port: Port, look: Look, unit: float, chance: Chance) -> Port:
    """Pencil: the picture divided by its own blur leaves lines and soft shade."""
    plain, shade = wires.split(wires.then(port, "format=gray"))
    plain, soft = wires.split(plain)
    soft = wires.then(soft, "negate", f"gblur=sigma={5 * unit * look.heft:.2f}")
    lines = wires.join("blend=all_mode=dodge", plain, soft)
    lines = wires.then(lines, "curves=all=0/0 0.6/0.2 0.9/0.72 1/0.97", "format=gbrp")
    shade = wires.then(shade, "curves=all=0/0.3 0.35/0.72 0.7/0.95 1/1", "format=gbrp")
    lines = wires.join("blend=all_mode=multiply:all_opacity=0.85", lines, shade)
    return _over(wires, lines, _paper(chance), "multiply", 0.9)


def _oil(wires: Wiring, port: Port, look: Look, unit: float, chance: Chance) -> Port:
    return wires.then(port, "format=yuv444p", f"unsharp=7:7:{2.4 * look.heft:.2f}:5:5:0")


def _neon(wires: Wiring, port: Port, look: Look, unit: float, chance: Chance) -> Port:
    plain, tubes = wires.split(wires.then(port, "format=gbrp"))
    tilt = chance.uniform("tubes", -22, 22)
    tubes = wires.then(
        tubes,
        f"gblur=sigma={1.3 * unit:.2f}",
        f"sobel=scale={1.5 * look.heft:.2f}",
        "curves=all=0/0 0.3/0.02 0.7/0.7 1/1",
        "format=gbrp",
        f"huesaturation=hue={-60 + tilt:.0f}:saturation=0.6",
        "format=gbrp",
    )
    sharp, soft = wires.split(tubes)
    halo = wires.then(soft, f"gblur=sigma={6 * unit:.2f}:steps=2")
    port = wires.join("blend=all_mode=screen:all_opacity=0.8", plain, halo)
    return wires.join("blend=all_mode=screen:all_opacity=0.9", port, sharp)


def _scanlines(wires: Wiring, port: Port, look: Look, unit: float, chance: Chance) -> Port:
    lines = np.full((360, 8, 3), 255, np.uint8)
    lines[::3] = 110
    return _over(wires, port, lines, "multiply", 0.6)


def _vhs(wires: Wiring, port: Port, look: Look, unit: float, chance: Chance) -> Port:
    bleed = round(5 * unit * look.heft)
    port = wires.then(
        port,
        "format=yuv444p",
        f"chromashift=cbh={bleed}:crh={-bleed}:edge=smear",
        f"gblur=sigma={1.6 * unit:.2f}:sigmaV=0.1",
    )
    return _scanlines(wires, wires.then(port, "format=gbrp"), look, unit, chance)


def _glitch(wires: Wiring, port: Port, look: Look, unit: float, chance: Chance) -> Port:
    far = round(9 * unit * look.heft)
    tear = f"scroll=h=0:v=0:hpos={chance.uniform('tear', 0.02, 0.06):.3f}"
    plain, torn = wires.split(wires.then(port, "format=gbrp", f"rgbashift=rh={far}:bh={-far}:gv={far // 3}"))
    mask, keep = wires.split(_fill(wires, _bands(chance)))
    moved = wires.join("blend=all_mode=multiply", wires.then(torn, tear), mask)
    kept = wires.join("blend=all_mode=multiply", plain, wires.then(keep, "negate"))
    return wires.join("blend=all_mode=addition", kept, moved)


def _over(wires: Wiring, base: Port, still: Picture, mode: str, opacity: float) -> Port:
    base = wires.then(base, "format=gbrp")
    return wires.join(f"blend=all_mode={mode}:all_opacity={opacity}", base, _fill(wires, still))


def _fill(wires: Wiring, still: Picture) -> Port:
    """Bring a picture in at the size of the frames."""
    width, height = wires.size
    return wires.then(wires.still(still), "format=gbrp", f"scale={width}:{height}:flags=bicubic")


def _light(look: Look) -> Picture:
    """Return light that falls on one place and leaves the rest in soft shade."""
    y, x = np.mgrid[0:1:90j, 0:1:160j]
    far = np.hypot((x - look.lit[0]) * 1.2, y - look.lit[1])
    level = 1 - look.shade * np.clip((far - 0.15) / 0.85, 0, 1) ** 1.2
    cool = np.array([0.94, 0.97, 1.06])  # shade is cooler than light
    rgb = level[..., None] ** (2 - cool)
    return np.asarray(np.clip(rgb * 255, 0, 255)).astype(np.uint8)


def _paper(chance: Chance) -> Picture:
    noise = chance.stream("paper").normal(size=(360, 640))
    for axis in (0, 1):
        noise = noise + np.roll(noise, 1, axis) + 0.5 * np.roll(noise, 3, axis)
    grey = np.clip(236 + noise / noise.std() * 9, 0, 255)
    return np.stack([grey, grey * 0.985, grey * 0.95], axis=-1).astype(np.uint8)


def _halftone(width: int, height: int, step: int) -> Picture:
    y, x = np.mgrid[:height, :width]
    wave = np.cos((x + y) * 2 * np.pi / step) * np.cos((x - y) * 2 * np.pi / step)
    grey = np.where(wave > 0.35, 150, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _bands(chance: Chance) -> Picture:
    draws = chance.stream("bands")
    rows = np.zeros(360, np.uint8)
    for start in draws.integers(0, 340, 7):
        rows[start : start + int(draws.integers(4, 26))] = 255
    return np.repeat(np.repeat(rows[:, None, None], 8, axis=1), 3, axis=2)


_BEFORE: dict[str | None, Callable[[Wiring, Port, Look, float], Port]] = {
    "cartoon": _smooth,
    "comic": _smooth,
    "anime": _smooth,
    "watercolour": _patches,
    "oil": _patches,
    "pixel": _blocks,
}
_AFTER: dict[str | None, Callable[[Wiring, Port, Look, float, Chance], Port]] = {
    "cartoon": _cartoon,
    "comic": _comic,
    "anime": _anime,
    "watercolour": _watercolour,
    "sketch": _sketch,
    "oil": _oil,
    "neon": _neon,
    "scanlines": _scanlines,
    "vhs": _vhs,
    "glitch": _glitch,
}

__all__ = ["draw"]
