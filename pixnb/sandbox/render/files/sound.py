"""Ambient sound from a prompt's words: wind, rain, waves, streets, birds, crickets, fire and a soft chord."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.files.source import RATE
from pixnb.sandbox.render.files.tracks import Block
from pixnb.sandbox.render.prompts.words import Reading

_LOOP = 12  # seconds after which the ambience comes again
Wave = NDArray[np.float32]
# Noise: from and to which frequency, how fast it falls with it; how often it swells in a loop, how deep; how loud.
_NOISES: dict[str, tuple[float, float, float, int, float, float]] = {
    "air": (60, 900, 1.0, 3, 0.5, 0.5),
    "wind": (120, 1400, 0.8, 5, 0.8, 0.9),
    "rain": (700, 11_000, 0.35, 1, 0.0, 0.8),
    "thunder": (28, 190, 0.6, 1, 1.0, 1.6),
    "waves": (250, 6000, 0.6, 2, 0.95, 1.0),
    "sea": (40, 400, 0.8, 1, 0.0, 0.5),
    "water": (500, 3500, 0.5, 11, 0.4, 0.6),
    "street": (90, 1600, 0.7, 3, 0.9, 1.0),
    "hush": (50, 500, 1.2, 1, 0.0, 0.35),
    "deep": (25, 220, 1.0, 3, 0.5, 1.0),
    "fire": (60, 700, 0.9, 7, 0.3, 0.7),
}
# Short tones: how many in a loop, between which pitches, seconds of each, how far the pitch sweeps.
_TONES: dict[str, tuple[int, float, float, float, float]] = {
    "birds": (46, 2300, 4600, 0.11, 26_000),
    "crickets": (160, 3900, 4500, 0.06, 0),
    "drops": (220, 1800, 5200, 0.012, 0),
    "crackle": (150, 700, 3000, 0.008, 0),
}
_HEARD = {  # what a weather or a place sounds like
    "rain": "rain drops", "storm": "rain thunder drops", "snow": "wind", "leaves": "wind", "wind": "wind",
    "dust": "wind", "clouds": "wind", "embers": "fire crackle", "bubbles": "deep", "fog": "hush", "sea": "waves sea",
    "beach": "waves sea", "lake": "water", "waterfall": "water rain", "city": "street", "street": "street",
    "room": "hush", "table": "hush", "space": "deep", "underwater": "deep", "desert": "wind", "mountain": "wind",
    "sky": "wind",
}  # fmt: skip


def ambience(reading: Reading, chance: Chance) -> Iterator[Block]:
    """Yield an endless ambience as stereo blocks of one second, float32 of shape (2, 48000)."""
    mixed = _chord(reading, chance)
    for name in _heard(reading):
        mixed += _tone(chance, name) if name in _TONES else _noise(chance, name)
    mixed *= 0.32 / max(1e-6, float(np.abs(mixed).max()))
    fade = np.clip(np.arange(mixed.shape[1], dtype=np.float32) / (RATE / 4), 0, 1)
    yield from _seconds(mixed * fade)
    while True:
        yield from _seconds(mixed)


def _heard(reading: Reading) -> list[str]:
    heard = [name for key in (*reading.weather, reading.place) for name in _HEARD.get(key or "", "").split()]
    if reading.hour == "night" and reading.place not in ("city", "room", "space"):
        heard.append("crickets")
    elif reading.hour in ("day", "dawn") or reading.place in ("forest", "field", "hills"):
        heard.append("birds")
    return list(dict.fromkeys(heard)) or ["air"]


def _seconds(samples: Block) -> Iterator[Block]:
    for start in range(0, samples.shape[1], RATE):
        yield samples[:, start : start + RATE]


def _noise(chance: Chance, name: str) -> Block:
    low, high, slope, swells, depth, loud = _NOISES[name]
    samples = _LOOP * RATE
    bins = np.fft.rfftfreq(samples, 1 / RATE)
    shape = np.where((bins > low) & (bins < high), 1 / np.maximum(bins, 20) ** slope, 0)
    phases = np.exp(2j * np.pi * chance.stream(name).random((2, len(bins))))
    waves = np.fft.irfft(shape * phases, samples)
    waves /= np.abs(waves).max(axis=1, keepdims=True)
    return np.asarray(waves * _swell(swells, depth, chance.uniform(f"{name}-swell", 0, 1)) * loud, np.float32)


def _tone(chance: Chance, name: str) -> Block:
    count, low, high, length, sweep = _TONES[name]
    out = np.zeros((2, _LOOP * RATE), np.float32)
    t = np.arange(int(length * RATE)) / RATE
    envelope = np.sin(np.pi * t / length) ** 2
    for start, pitch, pan, rise in chance.stream(name).random((count, 4)):
        wave = np.sin(2 * np.pi * ((low + (high - low) * pitch) * t + sweep * (rise - 0.5) * t * t)) * envelope
        at = int(start * (_LOOP - 1) * RATE)
        out[:, at : at + len(t)] += np.outer((1 - pan, pan), wave * 0.35).astype(np.float32)
    return out


def _time() -> Wave:
    return np.asarray(np.arange(_LOOP * RATE) / RATE, np.float32)


def _swell(times: int, depth: float, phase: float = 0.0) -> Wave:
    # A whole number of swings a loop, so that it closes without a click.
    swing = 0.5 + 0.5 * np.sin(2 * np.pi * (times * _time() / _LOOP + phase))
    return np.asarray(1 - depth + depth * swing, np.float32)


def _chord(reading: Reading, chance: Chance) -> Block:
    """Return a quiet pad: major when the words are bright, minor when they are dark."""
    dark = reading.mood == "dark" or reading.hour in ("night", "dusk") or {"noir", "horror"} & set(reading.styles)
    root = 110 * 2 ** (chance.choice("root", (0, 2, 3, 5, 7, 8, 10)) / 12)
    t, sides = _time(), np.zeros((2, _LOOP * RATE), np.float32)
    for i, step in enumerate((0, 3, 7, 12) if dark else (0, 4, 7, 14)):
        freq = round(root * 2 ** (step / 12) * _LOOP) / _LOOP  # whole periods a loop
        voice = (np.sin(2 * np.pi * freq * t) + 0.3 * np.sin(4 * np.pi * freq * t)) * _swell(1 + i, 0.7, i / 4)
        sides[i % 2] += voice.astype(np.float32) * 0.16
        sides[1 - i % 2] += voice.astype(np.float32) * 0.09
    return sides
