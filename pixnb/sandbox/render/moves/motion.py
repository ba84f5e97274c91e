"""Image to video: the camera moves over the picture, weather comes up in it, or it becomes another picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PIL import Image, ImageOps

from pixnb.sandbox.render.camera import Camera
from pixnb.sandbox.render.chance import Chance, of_take
from pixnb.sandbox.render.edits import looks
from pixnb.sandbox.render.edits.edit import overlays, restyled
from pixnb.sandbox.render.edits.look import Look
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.plan import plan, settled
from pixnb.sandbox.render.files.sound import ambience
from pixnb.sandbox.render.files.wiring import timed
from pixnb.sandbox.render.moves.transition import Transition
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.prompts.note import note_for_edit
from pixnb.sandbox.render.prompts.vocabulary import TRANSITIONS
from pixnb.sandbox.render.prompts.words import Reading
from pixnb.sandbox.render.request import RenderRequest, RenderResult
from pixnb.sandbox.render.weather.drift import draw_all
from pixnb.sandbox.tables import read_table

_LARGEST = 1080  # pixels of the shorter side that pictures are moved at; larger clips are scaled up from it
_SLACK = 1.3  # how much larger than the frame the picture is kept, for the camera to move in
_MOVES: dict[str, list[float]] = read_table(__file__, "moves.toml")
_FREE = ((0, 0, 0.16), (0, 0, -0.16), (0.8, 0, 0.06), (-0.8, 0, 0.06), (0.4, -0.5, 0.1))


def image_to_video(request: RenderRequest) -> RenderResult:
    """Bring a picture to life; with an end image, go from the one to the other."""
    image = source.picture(request.inputs["image"])
    wanted = plan(request, image.size)
    size = wanted.drawn(_LARGEST)
    moving: Moving | Transition = Moving(request, image, size, wanted.seconds)
    if end := request.inputs.get("end_image"):
        moving = Transition(request, image, source.picture(end, "end image"), size, wanted.seconds)
    pictures = (moving.picture(i / max(1, wanted.frames - 1)) for i in range(wanted.frames))
    note = note_for_edit(request, frozenset().union(*TRANSITIONS.values()) if end else frozenset())
    sound = ambience(words.read(request.prompt), of_take(request))
    return wanted.write(timed(pictures, 1 / wanted.fps), request.out, sound, note)


class Moving:
    """A picture under a moving camera, which the prompt's look comes over.

    The first frame is the picture itself.
    """

    def __init__(self, request: RenderRequest, image: Image.Image, size: tuple[int, int], seconds: float) -> None:
        self._size, self._seconds = size, seconds
        reading, chance = words.read(request.prompt), of_take(request)
        look = looks.for_edit(reading, looks.take_of(request)) if reading.known else Look()
        canvas = (round(size[0] * _SLACK), round(size[1] * _SLACK))
        self._image = ImageOps.fit(image, canvas, Image.Resampling.LANCZOS)
        self._styled = restyled(self._image, replace(look, grain=0), chance)
        self._over = overlays(replace(look, lamp=None), size, chance)
        self._camera = _camera(reading, chance, settled(request))

    def picture(self, share: float) -> Image.Image:
        """Draw the moment that lies `share` of the way from the first frame to the last."""
        arrived, t = min(1.0, share * 2.5), share * self._seconds
        under = Image.blend(self._image, self._styled, arrived)
        box = self._camera.box(under.size, t, share)
        image = under.resize(self._size, Image.Resampling.BILINEAR, box=box)
        return Image.blend(image, draw_all(self._over, image.copy(), t), arrived)


def _camera(reading: Reading, chance: Chance, params: dict[str, Any]) -> Camera:
    lora = str(params.get("camera_lora") or "none").lower()
    asked = words.read(lora.replace("_", " ")).camera + reading.camera
    strength = float(params.get("camera_lora_scale") or 1) if lora != "none" else 1.0
    if lora == "static" or {"static", "still"} & set(reading.words):
        return Camera()
    named = [_MOVES[name] for name in asked if name in _MOVES]
    dx, dy, zoom = named[0] if named else chance.choice("move", _FREE)
    vigour = chance.uniform("vigour", 0.75, 1.2) * strength * (0.6 if "slow" in reading.camera else 1)
    return Camera(dx, dy, max(-0.42, min(0.42, zoom * vigour)), "handheld" in reading.camera)
