"""What a renderer is asked for, what it gives back, and how it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RenderRequest:
    """One clip or picture to render.

    Args:
        task: A task of the catalogue, such as `text-to-video` or `image-to-image`.
        model: The model's friendly id or the service's own.
        prompt: The words that steer the picture.
        params: The request's parameters under the model's own names; what is missing takes its documented default.
        inputs: Local files by role: `video`, `image`, `end_image`, `audio`, `reference`.
        variant: The how-manieth identical request this is, from 0; it decides the picture when there is no seed.
        seed: The request's seed, for the models that take one.
        draft: Whether to render half the width and half the height.
        out: The path of the file to write.
    """

    task: str
    model: str
    prompt: str
    params: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    variant: int = 0
    seed: int | None = None
    draft: bool = False
    out: str = "output.mp4"


@dataclass(frozen=True)
class RenderResult:
    """A clip or picture that was rendered.

    Args:
        path: Where it is.
        media_type: Its media type, such as `video/mp4` or `image/png`.
        seconds: How long it lasts; 0 for a picture.
    """

    path: str
    media_type: str
    seconds: float


class RenderError(Exception):
    """The inputs cannot be rendered; the message says why, for the person who sent them."""
