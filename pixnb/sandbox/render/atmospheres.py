"""The looks of hours, weathers and places, for pictures that were filmed in another."""

from __future__ import annotations

from pixnb.sandbox.render import grades as g
from pixnb.sandbox.render.look import Look, Step, Take


def _night(look: Look, t: Take) -> Look:
    x = t.chance.uniform("moon", 0.68, 0.92)
    return look.also(
        g.saturate(0.55),
        g.gain(0.46, 0.6, 0.95),
        g.gamma(t.near("dark", 1.3, 0.15)),
        g.split((6, 14, 48), (170, 196, 255), 0.45),
        vignette=0.6,
        drifts=look.plus("stars"),
        lamp=((190, 208, 255), x, 0.13),
    )


def _golden(look: Look, t: Take) -> Look:
    x = t.chance.choice("side", (0.06, 0.94))
    return look.also(
        g.gain(1.14, 0.98, 0.68),
        g.split((96, 44, 30), (255, 206, 120), 0.42),
        g.fade(0.03),
        glow=0.55,
        lamp=((255, 190, 90), x, 0.12),
    )


def _sunset(look: Look, t: Take) -> Look:
    return look.also(
        g.gain(1.1, 0.82, 0.78),
        g.split((60, 20, 96), (255, 132, 70), t.near("sunset", 0.6, 0.2)),
        vignette=0.35,
        glow=0.4,
        lamp=((255, 120, 60), t.chance.uniform("x", 0.6, 0.95), 0.3),
    )


def _dawn(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.9),
        g.split((82, 84, 150), (255, 198, 150), 0.55),
        g.fade(0.08),
        drifts=look.plus("fog"),
        glow=0.4,
        lamp=((255, 190, 140), t.near("x", 0.8), 0.22),
    )


def _dusk(look: Look, t: Take) -> Look:
    return look.also(
        g.gamma(1.5), g.saturate(0.7), g.split((22, 22, 84), (222, 150, 190), t.near("dusk", 0.6)), vignette=0.4
    )


def _day(look: Look, t: Take) -> Look:
    return look.also(
        g.gamma(0.72), g.saturate(1.2), g.gain(1.03, 1.02, 0.97), lamp=((255, 250, 220), t.near("x", 0.75), 0.0)
    )


def _snow(look: Look, t: Take) -> Look:
    return look.also(
        g.shift(85, 210, width=75, bleach=t.near("bleach", 0.9, 0.1), amount=0.9),
        g.saturate(0.7),
        g.gain(0.95, 1.0, 1.1),
        g.fade(0.05),
        drifts=look.plus("snow"),
    )


def _rain(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.5),
        g.gamma(t.near("wet", 1.4, 0.1)),
        g.gain(0.86, 0.95, 1.08),
        drifts=look.plus("rain"),
        vignette=0.35,
    )


def _storm(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.4), g.gamma(1.8), g.contrast(1.2), g.gain(0.85, 0.95, 1.1),
        drifts=look.plus("rain", "lightning"), vignette=0.6,
    )  # fmt: skip


def _fog(look: Look, t: Take) -> Look:
    return look.also(g.saturate(0.45), g.fade(t.near("haze", 0.34, 0.2), 0.9), drifts=look.plus("fog"))


def _leaves(look: Look, t: Take) -> Look:
    return look.also(
        g.shift(88, t.chance.uniform("autumn", 16, 36), width=80),
        g.gain(1.08, 0.97, 0.85),
        drifts=look.plus("leaves"),
    )


def _petals(look: Look, t: Take) -> Look:
    return look.also(g.gamma(0.85), g.gain(1.05, 0.97, 1.02), glow=0.3, drifts=look.plus("petals"))


def _embers(look: Look, t: Take) -> Look:
    return look.also(
        g.ramp((8, 2, 4), (110, 18, 8), (238, 92, 20), (255, 214, 120), amount=t.near("heat", 0.72, 0.15)),
        drifts=look.plus("embers"), glow=0.5, vignette=0.5,
    )  # fmt: skip


def _underwater(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.6), g.split((0, 30, 70), (110, 230, 225), t.near("deep", 0.72, 0.15)), g.gain(0.6, 0.98, 1.05),
        drifts=look.plus("bubbles"), glow=0.3, vignette=0.5, lamp=((150, 255, 245), t.near("x", 0.5, 0.5), -0.1),
    )  # fmt: skip


def _only(*names: str) -> Step:
    return lambda look, t: look.also(drifts=look.plus(*names))


def _dust(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.7), g.split((84, 50, 22), (255, 224, 166), t.near("dust", 0.5)), drifts=look.plus("dust")
    )


def _space(look: Look, t: Take) -> Look:
    return look.also(g.gamma(1.3), g.split((30, 0, 80), (220, 150, 255), 0.6), drifts=look.plus("stars"), vignette=0.6)


def _magic(look: Look, t: Take) -> Look:
    return look.also(
        g.split((30, 20, 90), (255, 220, 190), 0.35), g.gamma(1.15), drifts=look.plus("fireflies"), glow=0.6
    )


def _mars(look: Look, t: Take) -> Look:
    return look.also(
        g.saturate(0.5), g.ramp((26, 8, 6), (128, 52, 30), (222, 122, 70), (255, 214, 168), amount=t.near("red",
            0.78, 0.1)),
        drifts=look.plus("dust"), vignette=0.4,
    )  # fmt: skip


def _moonlike(look: Look, t: Take) -> Look:
    return look.also(g.saturate(0.12), g.contrast(1.35), g.gamma(1.2), drifts=look.plus("stars"), vignette=0.6)


def _stage(look: Look, t: Take) -> Look:
    return look.also(g.gamma(1.5), g.contrast(1.2), vignette=1.0, glow=0.4, lamp=((255, 226, 170), 0.5, 0.0))


SETTINGS: dict[str | None, Step] = {
    "night": _night, "golden": _golden, "sunset": _sunset, "dawn": _dawn, "dusk": _dusk, "day": _day,
    "snow": _snow, "rain": _rain, "storm": _storm, "fog": _fog, "leaves": _leaves, "petals": _petals,
    "embers": _embers, "fireflies": _magic, "dust": _dust, "confetti": _only("confetti"), "fireworks": lambda look,
    t: _dusk(look, t).also(drifts=look.plus("fireworks")), "wind": _only("wind"),
    "bubbles": _underwater, "underwater": _underwater, "space": _space, "desert": _dust, "mars": _mars,
    "moon": _moonlike, "volcano": _embers, "stage": _stage,
    "beach": lambda look, t: look.also(g.gamma(0.85), g.gain(1.08, 1.02, 0.92), g.saturate(1.2)),
    "clouds": lambda look, t: look.also(g.saturate(0.6), g.contrast(0.85), drifts=look.plus("fog")),
    "aurora": lambda look, t: _night(look, t).also(g.split((10, 30, 60), (120, 255, 190), 0.4)),
}  # fmt: skip


__all__ = ["SETTINGS"]
