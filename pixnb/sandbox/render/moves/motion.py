"""Image to video: the camera moves over the picture, weather comes up in it, or it becomes another picture."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from PIL import Image, ImageOps

from pixnb.sandbox.render.chance import Chance, of_prompt, of_take, order
from pixnb.sandbox.render.edits import looks
from pixnb.sandbox.render.edits.edit import overlays, restyled
from pixnb.sandbox.render.edits.look import Look
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.encode import Film
from pixnb.sandbox.render.files.plan import plan, settled
from pixnb.sandbox.render.files.sound import ambience
from pixnb.sandbox.render.files.tracks import Made
from pixnb.sandbox.render.files.wiring import timed, to_yuv
from pixnb.sandbox.render.moves.transition import TRANSITION_WORDS, Transition
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.prompts.note import note_for_edit
from pixnb.sandbox.render.prompts.words import Reading
from pixnb.sandbox.render.request import RenderRequest, RenderResult
from pixnb.sandbox.render.weather.drift import Drift

_LARGEST = 1080  # pixels of the shorter side that pictures are moved at; larger clips are scaled up from it
_SLACK = 1.3  # how much larger than the frame the picture is kept, for the camera to move in
_MOVES = {
    "zoomin": (0.0, 0.0, 0.34),
    "zoomout": (0.0, 0.0, -0.34),
    "panleft": (-1.0, 0.0, 0.02),
    "panright": (1.0, 0.0, 0.02),
    "tiltup": (0.0, -1.0, 0.02),
    "tiltdown": (0.0, 1.0, 0.02),
    "aerial": (0.3, -0.6, 0.16),
    "portrait": (0.0, 0.0, 0.16),
    "orbit": (0.5, -0.1, 0.12),
    "follow": (0.7, 0.0, 0.1),
    "fast": (0.9, 0.0, 0.2),
}


def image_to_video(request: RenderRequest) -> RenderResult:
    """Bring a picture to life; with an end image, go from the one to the other.

    Raises:
        RenderError: A picture cannot be read.
    """
    image = source.picture(request.inputs["image"])
    wanted = plan(request, image.size)
    size = _drawn(wanted.size)
    clock = 1 / wanted.fps
    reading = words.read(request.prompt)
    take = of_take(request)
    moving: Moving | Transition = Moving(request, image, size, wanted.seconds)
    if end := request.inputs.get("end_image"):
        moving = Transition(request, image, source.picture(end, "end image"), size, wanted.seconds)
    sound = Made(ambience(reading, take), wanted.seconds) if wanted.sound else None
    note = note_for_edit(request, TRANSITION_WORDS if end else frozenset())
    with Film(request.out, size=wanted.size, fps=wanted.fps, sound=sound, format=wanted.format, crf=wanted.crf,
              note=note) as film:  # fmt: skip
        pictures = (moving.picture(i / max(1, wanted.frames - 1)) for i in range(wanted.frames))
        for frame in to_yuv(timed(pictures, clock), size, wanted.size, clock):
            film.write(frame)
    return RenderResult(request.out, wanted.format.media_type, film.seconds)


def _drawn(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, _LARGEST / min(size))
    return round(size[0] * scale / 2) * 2, round(size[1] * scale / 2) * 2


class Moving:
    """A picture under a moving camera, which the prompt's look comes over.

    The first frame is the picture itself.
    """

    def __init__(self, request: RenderRequest, image: Image.Image, size: tuple[int, int], seconds: float) -> None:
        self._size, self._seconds = size, seconds
        self._reading = words.read(request.prompt)
        self._chance = of_take(request)
        look = looks.for_edit(self._reading, of_prompt(request), self._chance, None, order(request))
        if not self._reading.known:
            look = Look()
        canvas = (round(size[0] * _SLACK), round(size[1] * _SLACK))
        self._image = ImageOps.fit(image, canvas, Image.Resampling.LANCZOS)
        self._styled = restyled(self._image, replace(look, grain=0), self._chance)
        self._over: list[Drift] = overlays(replace(look, lamp=None), size, self._chance)
        self._move = _move(self._reading, self._chance, settled(request))

    def picture(self, share: float) -> Image.Image:
        """Draw the moment that lies `share` of the way from the first frame to the last."""
        arrived = min(1.0, share * 2.5)
        under = Image.blend(self._image, self._styled, arrived) if arrived < 1 else self._styled
        image = under.resize(self._size, Image.Resampling.BILINEAR, box=self._box(share))
        if self._over and arrived > 0:
            clear = image.copy() if arrived < 1 else image
            for drift in self._over:
                drift.draw(image, share * self._seconds)
            if arrived < 1:
                image = Image.blend(clear, image, arrived)
        return image

    def _box(self, share: float) -> tuple[float, float, float, float]:
        eased = share * share * (3 - 2 * share) * 0.6 + share * 0.4
        width, height = self._image.size
        dx, dy, zoom = self._move
        start = 1.0 if zoom >= 0 and not (dx or dy) else 1 - abs(zoom) - (0.16 if dx or dy else 0.0)
        scale = min(1.0, max(0.4, start - zoom * eased))
        slack_x, slack_y = (1 - scale) * width, (1 - scale) * height
        t = share * self._seconds
        sway = math.sin(t * 0.9) * 0.08
        x = slack_x * min(1.0, max(0.0, 0.5 + dx * (eased - 0.5) + sway * (dx == 0)))
        y = slack_y * min(1.0, max(0.0, 0.5 + dy * (eased - 0.5)))
        if "handheld" in self._reading.camera and slack_x:
            x += width * 0.006 * (math.sin(t * 3.1) + 0.6 * math.sin(t * 7.3))
            y += height * 0.008 * (math.sin(t * 2.3) + 0.5 * math.sin(t * 8.1))
        x, y = min(max(0.0, x), slack_x), min(max(0.0, y), slack_y)
        return x, y, x + scale * width, y + scale * height


def _move(reading: Reading, chance: Chance, params: dict[str, Any]) -> tuple[float, float, float]:
    lora = str(params.get("camera_lora") or "none").lower()
    asked = words.read(lora.replace("_", " ")).camera + reading.camera
    strength = float(params.get("camera_lora_scale") or 1) if lora != "none" else 1.0
    if lora == "static" or {"static", "still"} & set(reading.words):
        return 0.0, 0.0, 0.0
    named = [_MOVES[name] for name in asked if name in _MOVES]
    free = ((0, 0, 0.16), (0, 0, -0.16), (0.8, 0, 0.06), (-0.8, 0, 0.06), (0.4, -0.5, 0.1))
    move = named[0] if named else chance.choice("move", free)
    vigour = chance.uniform("vigour", 0.75, 1.2) * strength * (0.6 if "slow" in reading.camera else 1)
    return move[0], move[1], max(-0.42, min(0.42, move[2] * vigour))


__all__ = ["Moving", "image_to_video"]
