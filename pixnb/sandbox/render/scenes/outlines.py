"""Outlines that repeat to the sides, as masks: land under a skyline, rows of towers."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from pixnb.sandbox.render.chance import Chance


def ridge(
    size: tuple[int, int], chance: Chance, name: str, *, band: int, lumps: int, rough: float, sharp: bool = False
) -> Image.Image:
    """Return the mask of land whose skyline, rolling or with sharp peaks, lies in a band of pixels at the top."""
    period, height = size
    draws = chance.stream(name)
    x = np.linspace(0, 2 * np.pi, period, endpoint=False)
    line = np.zeros(period)
    for octave in range(7):
        turns = max(1, round(lumps * 1.9**octave))
        wave = np.sin(turns * x + draws.uniform(0, 2 * np.pi))
        line += (1 - np.abs(wave) * 1.6 if sharp else wave) * rough**octave
    edge = (1 - (line - line.min()) / np.ptp(line)) * band
    return Image.fromarray((np.clip(np.arange(height)[:, None] - edge + 0.5, 0, 1) * 255).astype(np.uint8))


def towers(
    period: int, height: int, chance: Chance, name: str, *, count: int, tall: float, lit: float
) -> tuple[Image.Image, Image.Image]:
    """Return the masks of a row of tall buildings and of their lit windows."""
    body, lights = Image.new("L", (period, height)), Image.new("L", (period, height))
    pen = ImageDraw.Draw(body)
    draws = chance.stream(name)
    pane = max(2, round(height / 110))
    for i in range(count):
        wide = round(period / count * draws.uniform(0.55, 1.0))
        left = round(period * i / count)
        top = round(height * (1 - tall * draws.uniform(0.3, 1)))
        pen.rectangle((left, top, min(period, left + wide), height), fill=255)
        if draws.random() < 0.4:
            pen.rectangle((left + wide // 2 - 1, top - round(height * 0.06), left + wide // 2 + 1, top), fill=255)
        rows, columns = (
            range(top + 2 * pane, height - pane, 3 * pane),
            range(left + pane, left + wide - 2 * pane, 3 * pane),
        )
        for (row, column), level in np.ndenumerate(draws.random((len(rows), len(columns)))):
            if level < lit:
                x, y = columns[column], rows[row]
                lights.paste(round(120 + 135 * level / lit), (x, y, x + pane, y + round(pane * 1.3)))
    return body, lights
