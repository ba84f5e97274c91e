"""What drifts through a picture, by its name: snow, rain, leaves, embers, fog, stars."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageFilter

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.drift import Drift, Flash, Sheet, cloud, specks
from pixnb.sandbox.render.palette import RGB, from_hue
from pixnb.sandbox.render.sparks import Bolts, Fireworks


def drifts(names: Sequence[str], size: tuple[int, int], chance: Chance) -> list[Drift]:
    """Return what draws each of the names, unknown ones left out.

    Args:
        names: Such as `snow`, `rain`, `lightning`, `fog`.
        size: The picture's width and height.
        chance: Decides where every flake is.
    """
    made: list[Drift] = []
    for name in dict.fromkeys(names):
        if name in _MAKERS:
            made.extend(_MAKERS[name](size, chance))
    return made


def _snow(size: tuple[int, int], chance: Chance) -> list[Drift]:
    unit, wind = size[1] / 360, chance.uniform("wind", -26, 26)
    rows = ((170, (0.6, 1.3), 34, 0.3), (95, (1.2, 2.4), 58, 0.5), (34, (2.4, 5.2), 96, 1.6))
    return [
        Sheet(
            specks(size, chance, f"snow{i}", count=count, radius=radius, level=(150, 250), blur=blur),
            (250, 252, 255),
            (wind * unit * (i + 1) / 2, speed * unit),
            (6 * (i + 1) * unit, 3.1 + i),
        )
        for i, (count, radius, speed, blur) in enumerate(rows)
    ]


def _rain(size: tuple[int, int], chance: Chance) -> list[Drift]:
    unit, lean = size[1] / 360, chance.uniform("lean", -0.22, 0.22)
    rows = ((230, (6, 11), 520, (70, 130)), (130, (13, 21), 760, (90, 170)), (40, (24, 36), 1010, (90, 160)))
    return [
        Sheet(
            specks(
                size,
                chance,
                f"rain{i}",
                count=count,
                radius=radius,
                stretch=(0.05, 1),
                lean=lean,
                level=level,
                blur=0.25,
            ),
            (214, 226, 244),
            (lean * speed * unit, speed * unit),
        )
        for i, (count, radius, speed, level) in enumerate(rows)
    ]


def _fog(size: tuple[int, int], chance: Chance) -> list[Drift]:
    banks = []
    for i, (scale, level) in enumerate(((0.9, 110), (0.5, 80))):
        mask = cloud(size, chance, f"fog{i}", scale=scale, cover=0.85, soft=0.9)
        mask = mask.point([round(v * level / 255) for v in range(256)])
        banks.append(Sheet(mask, (226, 230, 236), ((14 + 20 * i) * size[1] / 360 * (-1) ** i, 0)))
    return [*banks]


def _scattered(
    colours: Sequence[RGB],
    *,
    count: int,
    radius: tuple[float, float],
    velocity: tuple[float, float],
    stretch: tuple[float, float],
) -> Callable[[tuple[int, int], Chance], list[Drift]]:
    """Return a maker of coloured bits, a sheet a colour, each at its own pace."""

    def make(size: tuple[int, int], chance: Chance) -> list[Drift]:
        unit = size[1] / 360
        return [
            Sheet(
                specks(
                    size,
                    chance,
                    f"bits{i}",
                    count=count,
                    radius=radius,
                    stretch=stretch if i % 2 else stretch[::-1],
                    blur=0.4,
                ),
                colour,
                (velocity[0] * unit * (0.7 + 0.3 * i), velocity[1] * unit * (0.75 + 0.2 * i)),
                ((10 + 4 * i) * unit, 2.2 + 0.6 * i),
            )
            for i, colour in enumerate(colours)
        ]

    return make


def _embers(size: tuple[int, int], chance: Chance) -> list[Drift]:
    unit = size[1] / 360
    rows = ((120, (0.7, 1.4), -60), (46, (1.2, 2.8), -105))
    made: list[Drift] = []
    for i, (count, radius, speed) in enumerate(rows):
        mask = specks(size, chance, f"embers{i}", count=count, radius=radius, blur=0.3)
        halo = mask.filter(ImageFilter.GaussianBlur(5 * unit)).point([min(255, v * 4) for v in range(256)])
        for layer, colour in ((halo, (255, 96, 20)), (mask, (255, 226, 140))):
            made.append(Sheet(layer, colour, (12 * unit, speed * unit), (14 * unit, 2.3 + i), (0.35, 0.9 + 0.4 * i)))
    return made


def _fireflies(size: tuple[int, int], chance: Chance) -> list[Drift]:
    unit = size[1] / 360
    made: list[Drift] = []
    for i in range(3):
        mask = specks(size, chance, f"fly{i}", count=14, radius=(1.4, 2.6), blur=0.6)
        halo = mask.filter(ImageFilter.GaussianBlur(7 * unit)).point([min(255, v * 6) for v in range(256)])
        for layer, colour in ((halo, (255, 220, 90)), (mask, (255, 250, 200))):
            made.append(
                Sheet(layer, colour, ((i - 1) * 9 * unit, -7 * unit), (16 * unit, 3 + i), (0.85, 1.3 + 0.7 * i))
            )
    return made


def _stars(size: tuple[int, int], chance: Chance) -> list[Drift]:
    fade = Image.linear_gradient("L").resize(size).point([max(0, 255 - round(v * 2.1)) for v in range(256)])
    sheets: list[Drift] = []
    for i, (count, radius) in enumerate(((130, (0.4, 0.9)), (44, (0.7, 1.6)))):
        mask = specks(size, chance, f"stars{i}", count=count, radius=radius, top=0.75)
        sheets.append(Sheet(ImageChops.multiply(mask, fade), (246, 248, 255), pulse=(0.55, 1.7 + 1.1 * i)))
    return sheets


def _lightning(size: tuple[int, int], chance: Chance) -> list[Drift]:
    first = chance.uniform("flash", 0.3, 1.4)
    return [Flash((first, first + 0.22, first + chance.uniform("again", 1.8, 3.2))), Bolts(size, chance, first)]


def _scratches(size: tuple[int, int], chance: Chance) -> list[Drift]:
    unit = size[1] / 360
    hair = specks(size, chance, "hair", count=9, radius=(20, 90), stretch=(0.02, 1), level=(40, 110))
    dust = specks(size, chance, "dirt", count=26, radius=(0.5, 2.2), level=(90, 190))
    return [
        Sheet(hair, (255, 246, 220), (937 * unit, 0)),
        Sheet(dust, (20, 14, 8), (3911 * unit, 2657 * unit)),
    ]


def _bubbles(size: tuple[int, int], chance: Chance) -> list[Drift]:
    unit = size[1] / 360
    made: list[Drift] = []
    for i, (count, radius) in enumerate(((40, (1, 2.2)), (16, (2.5, 6)))):
        outer = specks(size, chance, f"bubble{i}", count=count, radius=radius, level=(150, 210))
        mask = ImageChops.subtract(outer, outer.filter(ImageFilter.MinFilter(3)).point([v // 2 for v in range(256)]))
        made.append(Sheet(mask, (220, 255, 250), (0, -(46 + 30 * i) * unit), (7 * unit, 1.7 + i)))
    return made


_MAKERS: dict[str, Callable[[tuple[int, int], Chance], list[Drift]]] = {
    "snow": _snow,
    "rain": _rain,
    "fog": _fog,
    "embers": _embers,
    "fireflies": _fireflies,
    "stars": _stars,
    "lightning": _lightning,
    "storm": lambda size, chance: [*_rain(size, chance), *_lightning(size, chance)],
    "scratches": _scratches,
    "bubbles": _bubbles,
    "fireworks": lambda size, chance: [Fireworks(size, chance)],
    "leaves": _scattered(
        ((214, 110, 30), (180, 60, 24), (232, 170, 50)),
        count=15,
        radius=(2.2, 4.6),
        velocity=(52, 62),
        stretch=(1.0, 0.5),
    ),
    "wind": _scattered(
        ((206, 214, 120), (226, 190, 120)), count=9, radius=(1.6, 3.2), velocity=(150, 26), stretch=(1.0, 0.5)
    ),
    "petals": _scattered(
        ((255, 190, 210), (255, 222, 232), (246, 150, 184)),
        count=30,
        radius=(2.2, 5.2),
        velocity=(34, 44),
        stretch=(1.0, 0.6),
    ),
    "confetti": _scattered(
        tuple(from_hue(h, 0.75, 0.98) for h in (350, 45, 130, 205, 285)),
        count=18,
        radius=(1.6, 3.4),
        velocity=(8, 84),
        stretch=(1.0, 0.6),
    ),
    "dust": _scattered(
        ((255, 232, 186), (230, 196, 140)), count=60, radius=(0.6, 1.8), velocity=(90, 10), stretch=(1.3, 0.8)
    ),
}


__all__ = ["drifts"]
