"""The looks of drawing and film styles."""

from __future__ import annotations

from pixnb.sandbox.render import grades as g
from pixnb.sandbox.render.look import Look, Step, Take
from pixnb.sandbox.render.palette import from_hue


def _noir(look: Look, t: Take) -> Look:
    return look.also(g.saturate(0), g.gamma(1.2), g.contrast(t.near("noir", 1.75, 0.15)), vignette=0.85, grain=16)


def _vintage(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.62),
        g.gain(1.08, 0.98, 0.78),
        g.fade(0.11, 0.93),
        vignette=0.6,
        grain=20,
        drifts=look.plus("scratches"),
    )


def _neon(look: Look, t: Take) -> Look:
    tilt = t.chance.uniform("tubes", -22, 22)
    return look.also(
        g.saturate(1.2), g.gamma(2.1), g.gain(0.7, 0.62, 0.85),
        g.split(from_hue(248 + tilt, 0.95, 0.5), from_hue(318 + tilt, 0.7, 1.0), 0.7),
        drawing="neon", glow=0.3, vignette=0.6,
    )  # fmt: skip


def _matrix(look: Look, t: Take) -> Look:
    return look.also(g.ramp((0, 6, 0), (0, 90, 30), (60, 230, 100), (220, 255, 220)), drawing="scanlines", glow=0.5)


def _thermal(look: Look, t: Take) -> Look:
    return look.also(g.ramp((10, 0, 60), (110, 0, 150), (230, 50, 60), (255, 170, 20), (255, 255, 220)))


def _drawn(name: str, *grades: g.Grade, **settings: float) -> Step:
    return lambda look, t: look.also(*grades, drawing=name, **settings)


def _film(*grades: g.Grade, **settings: float) -> Step:
    return lambda look, t: look.also(*grades, **settings)


STYLES: dict[str, Step] = {
    "noir": _noir, "vintage": _vintage, "neon": _neon, "matrix": _matrix, "thermal": _thermal,
    "mono": _film(g.saturate(0), g.contrast(1.15), grain=6),
    "sepia": _film(g.ramp((20, 10, 4), (122, 82, 46), (214, 178, 126), (255, 244, 218)), vignette=0.5, grain=8),
    "vhs": _drawn("vhs", g.saturate(1.35), g.fade(0.08), g.split((40, 0, 90), (255, 210, 230), 0.3), grain=12),
    "glitch": _drawn("glitch", g.contrast(1.2), g.saturate(1.4)),
    "cartoon": _drawn("cartoon", g.saturate(1.55), g.gamma(0.75), g.posterise(7)),
    "comic": _drawn("comic", g.saturate(1.6), g.gamma(0.75), g.posterise(4)),
    "anime": _drawn("anime", g.gamma(0.75), g.saturate(1.35), g.split((50, 60, 140), (255, 244, 230), 0.2), glow=0.5),
    "watercolour": _drawn("watercolour", g.gamma(0.62), g.saturate(1.05), g.fade(0.14, 1.0)),
    "sketch": _drawn("sketch"),
    "oil": _drawn("oil", g.saturate(1.5), g.contrast(1.2)),
    "pixel": _drawn("pixel", g.saturate(1.4), g.contrast(1.2)),
    "dream": _film(g.fade(0.08), g.gamma(0.8), g.split((110, 80, 170), (255, 220, 236), 0.3), glow=1.0),
    "horror": _film(g.saturate(0.3), g.gamma(1.9), g.split((0, 26, 20), (190, 214, 160), 0.5), vignette=0.95, grain=18),
    "cinematic": _film(g.contrast(1.25), g.split((0, 62, 84), (255, 188, 128), 0.42), vignette=0.35),
    "vivid": _film(g.saturate(1.9), g.contrast(1.2)),
    "pastel": _film(g.saturate(0.6), g.gamma(0.75), g.fade(0.24, 1.0)),
    "negative": _film(g.invert()),
}  # fmt: skip


__all__ = ["STYLES"]
