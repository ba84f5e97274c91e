"""What drifts through a picture, by its name: snow, rain, leaves, embers, fog, stars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageChops, ImageFilter

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.weather.drift import Sheet, Veil, cloud, specks
from pixnb.sandbox.render.weather.sparks import Fireworks, Lightning
from pixnb.sandbox.tables import read_table

_ROWS: dict[str, Any] = read_table(__file__, "falling.toml")
_OF_SPECKS = ("count", "radius", "stretch", "level", "blur", "top")
Size = tuple[int, int]


def drifts(names: Sequence[str], size: Size, chance: Chance) -> list[Veil]:
    """Return what draws each of the names, such as `snow`, `rain` or `fog`; unknown ones are left out."""
    made: list[Veil] = []
    for name in dict.fromkeys(names):
        rows = _ROWS.get("rain" if name == "storm" else name, {}).get("rows", ())
        scattered = [_scatter(f"{name}{i}", row, size, chance) for i, row in enumerate(rows)]
        made += [sheet for layer in zip(*scattered, strict=True) for sheet in layer]  # all light lies under all spots
        if name in ("storm", "lightning"):
            made.append(Lightning(size, chance))
        elif name == "fireworks":
            made.append(Fireworks(size, chance))
        elif name == "fog":
            made += _fog(size, chance)
    return made


def _scatter(name: str, row: dict[str, Any], size: Size, chance: Chance) -> list[Veil]:
    """Return one row of spots, and the light about them."""
    unit = size[1] / 360
    lean = row.get("lean", 0.0) * chance.uniform("lean", -1, 1)
    across, down = row.get("way", (0, 0))
    across += row.get("wind", 0) * chance.uniform("wind", -1, 1) + lean * down
    mask = specks(size, chance, name, lean=lean, **{key: row[key] for key in _OF_SPECKS if key in row})
    if row.get("hollow"):
        inner = mask.filter(ImageFilter.MinFilter(3)).point([v // 2 for v in range(256)])
        mask = ImageChops.subtract(mask, inner)
    if row.get("fading"):  # towards the horizon
        fade = Image.linear_gradient("L").resize(size).point([max(0, 255 - round(v * 2.1)) for v in range(256)])
        mask = ImageChops.multiply(mask, fade)
    sway = (row.get("sway", (0, 1))[0] * unit, row.get("sway", (0, 1))[1])
    layers = [(mask, row["colour"])]
    if "halo" in row:
        halo = mask.filter(ImageFilter.GaussianBlur(6 * unit)).point([min(255, v * 5) for v in range(256)])
        layers.insert(0, (halo, row["halo"]))
    way = (across * unit, down * unit)
    return [Sheet(each, tuple(colour), way, sway, row.get("pulse", (0.0, 1.0))) for each, colour in layers]


def _fog(size: Size, chance: Chance) -> list[Veil]:
    banks: list[Veil] = []
    for i, (scale, level) in enumerate(((0.9, 110), (0.5, 80))):
        mask = cloud(size, chance, f"fog{i}", scale=scale, cover=0.85, soft=0.9)
        mask = mask.point([round(v * level / 255) for v in range(256)])
        banks.append(Sheet(mask, (226, 230, 236), ((14 + 20 * i) * size[1] / 360 * (-1) ** i, 0)))
    return banks
