"""Chance that repeats: the same request draws the same numbers in every process and on every computer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from pixnb.sandbox.render.request import RenderRequest

T = TypeVar("T")

# These change the file and not the scene, so that a draft or a longer clip shows the same picture.
_SHAPE = frozenset(
    {"duration", "resolution", "aspect_ratio", "fps", "num_frames", "video_size", "generate_audio", "seed"}
    | {"video_output_type", "video_quality", "video_write_mode", "start_time", "retake_mode"}
    | {"orientation", "num_inference_steps", "audio_setting", "target_resolution", "target_fps"}
)


class Chance:
    """A source of named, independent draws, so that a new layer never reshuffles the others.

    Example:
        >>> Chance("a", 1).uniform("x", 0, 1) == Chance("a", 1).uniform("x", 0, 1)
        True
    """

    def __init__(self, *parts: Any) -> None:
        text = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=str)
        self._key = hashlib.sha256(text.encode()).digest()

    def stream(self, name: str) -> np.random.Generator:
        """Return a fresh generator for one purpose; the same name gives the same numbers again."""
        digest = hashlib.sha256(self._key + name.encode()).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))

    def uniform(self, name: str, low: float, high: float) -> float:
        """Return one number between `low` and `high`."""
        return float(low + (high - low) * self.stream(name).random())

    def choice(self, name: str, options: Sequence[T]) -> T:
        """Return one of `options`."""
        return options[int(self.stream(name).random() * len(options))]

    def chance(self, name: str, share: float) -> bool:
        """Return True in `share` of the cases, 0 to 1."""
        return bool(self.stream(name).random() < share)


def of_prompt(request: RenderRequest) -> Chance:
    """Return the chance that all takes of one prompt share: its theme."""
    return Chance("theme", " ".join(request.prompt.lower().split()))


def of_take(request: RenderRequest) -> Chance:
    """Return the chance of this very take: by the seed when there is one, else by the variant's number."""
    draw = ["variant", request.variant] if request.seed is None else ["seed", request.seed]
    return Chance(request.task, request.model, request.prompt, _steering(request.params), draw)


def order(request: RenderRequest) -> int:
    """Return the how-manieth take of its prompt this is: takes next to each other are made to differ."""
    return request.variant if request.seed is None else request.seed


def _steering(params: Mapping[str, Any]) -> dict[str, Any]:
    # Links and uploads change from one sandbox to the next while their content is the same.
    links = ("_url", "image", "video", "audio", "data", "webhook")
    return {
        name: value
        for name, value in params.items()
        if isinstance(value, (bool, int, float, str)) and "://" not in str(value)
        if name not in _SHAPE and not name.endswith(links)
    }
