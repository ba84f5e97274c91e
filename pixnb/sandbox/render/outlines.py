"""Outlines that repeat to the sides, as masks: land under a skyline, rows of firs, rows of towers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pixnb.sandbox.render.chance import Chance


def ridge(period: int, height: int, heights: NDArray[np.float64]) -> Image.Image:
    """Return the mask of land under a skyline; `heights` is its height from 0 to 1 at every pixel of the period."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    edge = (1 - heights[None, :].astype(np.float32)) * height
    return Image.fromarray((np.clip(rows - edge + 0.5, 0, 1) * 255).astype(np.uint8))


def waves(
    period: int, chance: Chance, name: str, *, lumps: int, rough: float, sharp: bool = False
) -> NDArray[np.float64]:
    """Return a skyline that repeats, 0 to 1: rolling, or with sharp peaks."""
    draws = chance.stream(name)
    x = np.linspace(0, 2 * np.pi, period, endpoint=False)
    total = np.zeros(period)
    for octave in range(7):
        turns = max(1, round(lumps * 1.9**octave))
        wave = np.sin(turns * x + draws.uniform(0, 2 * np.pi))
        total += (1 - np.abs(wave) * 1.6 if sharp else wave) * rough**octave
    total -= total.min()
    return np.asarray(total / total.max())


def firs(period: int, height: int, chance: Chance, name: str, *, count: int, tall: float) -> Image.Image:
    """Return the mask of a row of fir trees."""
    mask = Image.new("L", (period * 2, height * 2))
    pen = ImageDraw.Draw(mask)
    for x, h, w in chance.stream(name).random((count, 3)):
        top, middle, half = (1 - tall * (0.45 + 0.55 * h)) * height * 2, x * period * 2, (0.08 + 0.06 * w) * height * 2
        for shift in (-period * 2, 0, period * 2):
            for level in range(4):
                y = top + (height * 2 - top) * level / 5
                reach = half * (level + 1.6) / 4
                pen.polygon(
                    [
                        (middle + shift, y),
                        (middle + shift - reach, y + (height * 2 - top) * 0.42),
                        (middle + shift + reach, y + (height * 2 - top) * 0.42),
                    ],
                    fill=255,
                )
            pen.rectangle(
                (middle + shift - half / 9, (top + height * 2) / 2, middle + shift + half / 9, height * 2), fill=255
            )
    return mask.resize((period, height), Image.Resampling.BOX)


def towers(
    period: int, height: int, chance: Chance, name: str, *, count: int, tall: float, lit: float
) -> tuple[Image.Image, Image.Image]:
    """Return the masks of a row of tall buildings and of their lit windows."""
    body, lights = Image.new("L", (period, height)), Image.new("L", (period, height))
    pens = ImageDraw.Draw(body), ImageDraw.Draw(lights)
    draws = chance.stream(name)
    pane = max(2, round(height / 110))
    for i in range(count):
        wide = round(period / count * draws.uniform(0.55, 1.0))
        left = round(period * i / count)
        top = round(height * (1 - tall * draws.uniform(0.3, 1)))
        pens[0].rectangle((left, top, min(period, left + wide), height), fill=255)
        if draws.random() < 0.4:
            pens[0].rectangle((left + wide // 2 - 1, top - round(height * 0.06), left + wide // 2 + 1, top), fill=255)
        for y in range(top + 2 * pane, height - pane, 3 * pane):
            for x in range(left + pane, left + wide - 2 * pane, 3 * pane):
                if draws.random() < lit:
                    pens[1].rectangle(
                        (x, y, x + pane - 1, y + round(pane * 1.3) - 1), fill=int(draws.integers(120, 255))
                    )
    return body, lights


__all__ = ["firs", "ridge", "towers", "waves"]
