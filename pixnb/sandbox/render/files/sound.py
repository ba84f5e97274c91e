"""Ambient sound from a prompt's words: wind, rain, waves, streets, birds, crickets, fire and a soft chord."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.files.source import RATE
from pixnb.sandbox.render.files.tracks import Block
from pixnb.sandbox.render.prompts.words import Reading
from pixnb.sandbox.tables import read_table

_LOOP = 12  # seconds after which the ambience comes again
Wave = NDArray[np.float32]
_TIME: Wave = np.asarray(np.arange(_LOOP * RATE) / RATE, np.float32)
_ALL = read_table(__file__, "sounds.toml")


def ambience(reading: Reading, chance: Chance) -> Iterator[Block]:
    """Yield an endless ambience as stereo blocks of one second, float32 of shape (2, 48000)."""
    mixed = _chord(reading, chance)
    for name in _heard(reading):
        mixed += _tone(chance, name) if name in _ALL["tones"] else _noise(chance, name)
    mixed *= 0.32 / max(1e-6, float(np.abs(mixed).max()))
    fade = np.clip(np.arange(mixed.shape[1], dtype=np.float32) / (RATE / 4), 0, 1)
    for loop in chain([mixed * fade], repeat(mixed)):
        yield from np.split(loop, _LOOP, axis=1)


def _heard(reading: Reading) -> list[str]:
    heard = [name for key in (*reading.weather, reading.place) for name in _ALL["heard"].get(key or "", "").split()]
    if reading.hour == "night" and reading.place not in ("city", "room", "space"):
        heard.append("crickets")
    elif reading.hour in ("day", "dawn") or reading.place in ("forest", "field", "hills"):
        heard.append("birds")
    return list(dict.fromkeys(heard)) or ["air"]


def _noise(chance: Chance, name: str) -> Block:
    low, high, slope, swells, depth, loud = _ALL["noises"][name]
    samples = _LOOP * RATE
    bins = np.fft.rfftfreq(samples, 1 / RATE)
    shape = np.where((bins > low) & (bins < high), 1 / np.maximum(bins, 20) ** slope, 0)
    phases = np.exp(2j * np.pi * chance.stream(name).random((2, len(bins))))
    waves = np.fft.irfft(shape * phases, samples)
    waves /= np.abs(waves).max(axis=1, keepdims=True)
    return np.asarray(waves * _swell(swells, depth, chance.uniform(f"{name}-swell", 0, 1)) * loud, np.float32)


def _tone(chance: Chance, name: str) -> Block:
    count, low, high, length, sweep = _ALL["tones"][name]
    out = np.zeros((2, _LOOP * RATE), np.float32)
    t = np.arange(int(length * RATE)) / RATE
    envelope = np.sin(np.pi * t / length) ** 2
    for start, pitch, pan, rise in chance.stream(name).random((count, 4)):
        wave = np.sin(2 * np.pi * ((low + (high - low) * pitch) * t + sweep * (rise - 0.5) * t * t)) * envelope
        at = int(start * (_LOOP - 1) * RATE)
        out[:, at : at + len(t)] += np.outer((1 - pan, pan), wave * 0.35).astype(np.float32)
    return out


def _swell(times: int, depth: float, phase: float = 0.0) -> Wave:
    # A whole number of swings a loop, so that it closes without a click.
    swing = 0.5 + 0.5 * np.sin(2 * np.pi * (times * _TIME / _LOOP + phase))
    return np.asarray(1 - depth + depth * swing, np.float32)


def _chord(reading: Reading, chance: Chance) -> Block:
    """Return a quiet pad: major when the words are bright, minor when they are dark."""
    dark = reading.mood == "dark" or reading.hour in ("night", "dusk") or {"noir", "horror"} & set(reading.styles)
    root = 110 * 2 ** (chance.choice("root", (0, 2, 3, 5, 7, 8, 10)) / 12)
    sides = np.zeros((2, _LOOP * RATE), np.float32)
    for i, step in enumerate((0, 3, 7, 12) if dark else (0, 4, 7, 14)):
        freq = round(root * 2 ** (step / 12) * _LOOP) / _LOOP  # whole periods a loop
        voice = (np.sin(2 * np.pi * freq * _TIME) + 0.3 * np.sin(4 * np.pi * freq * _TIME)) * _swell(1 + i, 0.7, i / 4)
        sides[i % 2] += voice.astype(np.float32) * 0.16
        sides[1 - i % 2] += voice.astype(np.float32) * 0.09
    return sides
