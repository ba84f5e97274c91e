"""Ambient sound from a prompt's words: wind, rain, waves, streets, birds, crickets, fire and a soft chord."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from pixnb.sandbox.render.chance import Chance
from pixnb.sandbox.render.source import RATE
from pixnb.sandbox.render.tracks import Block
from pixnb.sandbox.render.words import Reading

_LOOP = 12  # seconds after which the ambience comes again
Wave = NDArray[np.float32]


def ambience(reading: Reading, chance: Chance) -> Iterator[Block]:
    """Yield an endless ambience as stereo blocks of one second, float32 of shape (2, 48000).

    Args:
        reading: What the prompt says.
        chance: Decides the chord, and when birds sing.
    """
    mixed = np.zeros((2, _LOOP * RATE), np.float32)
    for at, name in enumerate(_heard(reading)):
        mixed += _MAKERS[name](chance, at)
    mixed += _chord(reading, chance)
    mixed *= 0.32 / max(1e-6, float(np.abs(mixed).max()))
    fade = np.clip(np.arange(mixed.shape[1], dtype=np.float32) / (RATE / 4), 0, 1)
    first = mixed * fade
    yield from _seconds(first)
    while True:
        yield from _seconds(mixed)


def _heard(reading: Reading) -> list[str]:
    heard = [name for name in reading.weather if name in _MAKERS]
    heard += [_AT_PLACES[reading.place]] if reading.place in _AT_PLACES else []
    if reading.hour == "night" and reading.place not in ("city", "room", "space"):
        heard.append("crickets")
    elif reading.hour in ("day", "dawn") or reading.place in ("forest", "field", "hills"):
        heard.append("birds")
    return list(dict.fromkeys(heard)) or ["air"]


def _seconds(samples: Block) -> Iterator[Block]:
    for start in range(0, samples.shape[1], RATE):
        yield samples[:, start : start + RATE]


def _noise(chance: Chance, name: str, low: float, high: float, slope: float = 1.0) -> Block:
    """Return a loop of noise between two frequencies, falling with frequency by `slope`."""
    samples = _LOOP * RATE
    bins = np.fft.rfftfreq(samples, 1 / RATE)
    shape = np.where((bins > low) & (bins < high), 1 / np.maximum(bins, 20) ** slope, 0)
    draws = chance.stream(name)
    waves = []
    for _ in range(2):
        phases = np.exp(2j * np.pi * draws.random(len(bins)))
        wave = np.fft.irfft(shape * phases, samples)
        waves.append(wave / np.abs(wave).max())
    return np.stack(waves).astype(np.float32)


def _time() -> Wave:
    return np.asarray(np.arange(_LOOP * RATE) / RATE, np.float32)


def _swell(times: int, depth: float, phase: float = 0.0) -> Wave:
    # A whole number of swings a loop, so that it closes without a click.
    return np.asarray(
        1 - depth + depth * (0.5 + 0.5 * np.sin(2 * np.pi * (times * _time() / _LOOP + phase))), np.float32
    )


def _air(chance: Chance, at: int) -> Block:
    return _noise(chance, f"air{at}", 60, 900, 1.0) * _swell(3, 0.5) * np.float32(0.5)


def _wind(chance: Chance, at: int) -> Block:
    return _noise(chance, f"wind{at}", 120, 1400, 0.8) * _swell(5, 0.8, chance.uniform("gust", 0, 1)) * np.float32(0.9)


def _rain(chance: Chance, at: int) -> Block:
    drops = (chance.stream("drops").random((2, _LOOP * RATE)) > 0.9994).astype(np.float32)
    kernel = np.exp(-np.arange(500) / 60.0) * np.sin(np.arange(500) * 0.9)
    ticks = np.stack([np.convolve(side, kernel, "same") for side in drops])
    return np.asarray(_noise(chance, f"rain{at}", 700, 11_000, 0.35) * 0.8 + ticks * 0.25, np.float32)


def _storm(chance: Chance, at: int) -> Block:
    start = chance.uniform("flash", 0.3, 1.4)
    since = np.maximum(0, _time() - start - 0.4)
    roll = np.where(since > 0, np.exp(-since * 0.8) * np.minimum(1, since * 6), 0).astype(np.float32)
    return _rain(chance, at) + _noise(chance, "thunder", 28, 190, 0.6) * roll * np.float32(2.2)


def _waves(chance: Chance, at: int) -> Block:
    near = _noise(chance, f"surf{at}", 250, 6000, 0.6) * _swell(2, 0.95) ** 2
    return np.asarray(near + _noise(chance, f"sea{at}", 40, 400, 0.8) * 0.5, np.float32)


def _water(chance: Chance, at: int) -> Block:
    return _noise(chance, f"water{at}", 500, 3500, 0.5) * _swell(11, 0.4) * np.float32(0.6)


def _street(chance: Chance, at: int) -> Block:
    hum = np.sin(2 * np.pi * 58 * _time()) * 0.25
    passing = _noise(chance, f"cars{at}", 90, 1600, 0.7) * _swell(3, 0.9, chance.uniform("car", 0, 1))
    return np.asarray(passing + hum, np.float32)


def _hush(chance: Chance, at: int) -> Block:
    return _noise(chance, f"hush{at}", 50, 500, 1.2) * np.float32(0.35)


def _deep(chance: Chance, at: int) -> Block:
    return _noise(chance, f"deep{at}", 25, 220, 1.0) * _swell(3, 0.5)


def _fire(chance: Chance, at: int) -> Block:
    pops = (chance.stream("pops").random((2, _LOOP * RATE)) > 0.9997).astype(np.float32)
    kernel = np.exp(-np.arange(240) / 30.0) * np.cos(np.arange(240) * 1.7)
    crackle = np.stack([np.convolve(side, kernel, "same") for side in pops])
    return np.asarray(_noise(chance, f"fire{at}", 60, 700, 0.9) * 0.7 + crackle * 0.7, np.float32)


def _chirps(chance: Chance, name: str, count: int, tone: tuple[float, float], length: float, sweep: float) -> Block:
    out = np.zeros((2, _LOOP * RATE), np.float32)
    for start, pitch, pan, rise in chance.stream(name).random((count, 4)):
        t = np.arange(int(length * RATE)) / RATE
        freq = tone[0] + (tone[1] - tone[0]) * pitch
        wave = np.sin(2 * np.pi * (freq * t + sweep * (rise - 0.5) * t * t)) * np.sin(np.pi * t / length) ** 2
        at = int(start * (_LOOP - 1) * RATE)
        out[0, at : at + len(t)] += (wave * (1 - pan) * 0.35).astype(np.float32)
        out[1, at : at + len(t)] += (wave * pan * 0.35).astype(np.float32)
    return out


def _birds(chance: Chance, at: int) -> Block:
    return _chirps(chance, "birds", 46, (2300, 4600), 0.11, 26_000) + _air(chance, at) * np.float32(0.5)


def _crickets(chance: Chance, at: int) -> Block:
    beat = np.clip(np.sin(2 * np.pi * 15 * _time()), 0, 1) * (np.sin(2 * np.pi * 1.25 * _time()) > -0.2)
    tone = np.sin(2 * np.pi * chance.uniform("cricket", 3900, 4500) * _time()) * beat * 0.16
    return np.asarray(np.stack([tone, tone * 0.7]) + _air(chance, at) * 0.4, np.float32)


def _chord(reading: Reading, chance: Chance) -> Block:
    """A quiet pad: major when the words are bright, minor when they are dark."""
    dark = (
        reading.mood == "dark"
        or reading.hour in ("night", "dusk")
        or "noir" in reading.styles
        or "horror" in reading.styles
    )
    root = 110 * 2 ** (chance.choice("root", (0, 2, 3, 5, 7, 8, 10)) / 12)
    thirds = (0, 3, 7, 12) if dark else (0, 4, 7, 14)
    t = _time()
    sides = np.zeros((2, len(t)), np.float32)
    for i, step in enumerate(thirds):
        freq = round(root * 2 ** (step / 12) * _LOOP) / _LOOP  # whole periods a loop
        voice = np.sin(2 * np.pi * freq * t) + 0.3 * np.sin(4 * np.pi * freq * t)
        sides[i % 2] += (voice * _swell(1 + i, 0.7, i / 4)).astype(np.float32) * 0.16
        sides[1 - i % 2] += (voice * _swell(1 + i, 0.7, i / 4)).astype(np.float32) * 0.09
    return sides


_MAKERS: dict[str, Callable[[Chance, int], Block]] = {
    "air": _air, "rain": _rain, "storm": _storm, "snow": _wind, "leaves": _wind, "wind": _wind, "dust": _wind,
    "clouds": _wind, "waves": _waves, "water": _water, "street": _street, "hush": _hush, "deep": _deep,
    "embers": _fire,
    "birds": _birds, "crickets": _crickets, "bubbles": _deep, "fog": _hush,
}  # fmt: skip
_AT_PLACES = {
    "sea": "waves", "beach": "waves", "lake": "water", "city": "street", "room": "hush", "space": "deep",
    "underwater": "deep", "desert": "dust", "mountain": "snow", "sky": "snow",
}  # fmt: skip

__all__ = ["ambience"]
