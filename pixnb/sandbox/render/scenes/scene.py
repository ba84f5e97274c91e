"""Text to video: sprites on a drawn backdrop, with motion that the words steer."""

from __future__ import annotations

from collections.abc import Iterator

import av
from PIL import Image

from pixnb.sandbox.render.camera import Camera
from pixnb.sandbox.render.chance import Chance, of_prompt, of_take
from pixnb.sandbox.render.edits import looks
from pixnb.sandbox.render.edits.drawing import draw
from pixnb.sandbox.render.edits.edit import overlays
from pixnb.sandbox.render.edits.look import Look
from pixnb.sandbox.render.files.plan import plan
from pixnb.sandbox.render.files.sound import ambience
from pixnb.sandbox.render.files.wiring import timed
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.prompts.note import note_for_scene
from pixnb.sandbox.render.prompts.words import Reading
from pixnb.sandbox.render.request import RenderRequest, RenderResult
from pixnb.sandbox.render.scenes import layers as ly
from pixnb.sandbox.render.scenes.backdrop import paint_behind, paint_front
from pixnb.sandbox.render.scenes.cast import cast
from pixnb.sandbox.render.scenes.placard import placards
from pixnb.sandbox.render.scenes.setting import decide
from pixnb.sandbox.render.weather.drift import Drift, draw_all
from pixnb.sandbox.render.weather.falling import drifts

_SHELTERED = frozenset(("room", "table", "stage", "underwater", "space", "moon", "mars"))


def text_to_video(request: RenderRequest) -> RenderResult:
    """Draw a scene from words alone."""
    wanted = plan(request)
    size = wanted.drawn(work_side(request.draft))
    scene = Scene(request, size, wanted.seconds)
    pictures = (scene.picture(i / float(wanted.fps)) for i in range(wanted.frames))
    sound = ambience(scene.reading, of_take(request))
    frames = scene.finish(timed(pictures, 1 / wanted.fps))
    return wanted.write(frames, request.out, sound, note_for_scene(request))


def work_side(draft: bool) -> int:
    """Return the shorter side of the pictures that a clip is drawn in; the encoder's graph scales them up."""
    return 360 if draft else 540


class Scene:
    """A scene that can be drawn at any moment.

    Attributes:
        reading: What the prompt says.
        size: Width and height.
    """

    def __init__(self, request: RenderRequest, size: ly.Size, seconds: float) -> None:
        self.size = size
        self.reading = words.read(request.prompt)
        self._seconds = seconds
        self._chance = of_take(request)
        scene = decide(self.reading, of_prompt(request), self._chance, size)
        self.accent = scene.accent
        figures = cast(scene)
        self._layers: list[Drift] = [
            *paint_behind(scene, figures.aloft),
            *figures.behind,
            *paint_front(scene),
            *figures.before,
            *placards(scene),
            *drifts(_falling(self.reading, scene.place), size, self._chance),
        ]
        self._camera = camera(self.reading, self._chance)
        self.look = looks.for_scene(self.reading, self._chance)
        self._over = overlays(self.look, size, self._chance)

    def picture(self, t: float, *, moving: bool = True) -> Image.Image:
        """Draw the scene as it is `t` seconds into the clip; all of it, if the camera is not `moving`."""
        image = draw_all(self._layers, Image.new("RGB", self.size), t)
        if moving:
            box = self._camera.box(self.size, t, min(1.0, t / self._seconds))
            image = image.resize(self.size, Image.Resampling.BILINEAR, box=box)
        return draw_all(self._over, image, t)

    def finish(self, frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Yield the frames in the style that the prompt asks for."""
        if self.look == Look():
            return frames
        return draw(frames, self.look, self._chance, self.size)


def _falling(reading: Reading, place: str) -> list[str]:
    """Return the weather that is seen: nothing rains or snows under a roof, and the moon has no weather."""
    without = {"bubbles", "fireworks"}
    if place in _SHELTERED:
        without |= {"rain", "snow", "storm", "fog", "wind", "leaves"} | ({"dust"} if place != "mars" else set())
    if "aurora" in reading.weather:
        without |= {"snow", "clouds"}
    return [name for name in reading.weather if name not in without]


def camera(reading: Reading, chance: Chance) -> Camera:
    """Return the camera that the words ask for, or a gentle one of chance's choice; pans are the land's own."""
    moves = set(reading.camera)
    if "still" in moves:
        return Camera()
    zoom = chance.choice("zoom", (0.07, -0.07, 0.05, 0.1))
    zoom = 0.3 if "zoomin" in moves else -0.3 if "zoomout" in moves else zoom
    if "portrait" in moves:
        zoom = max(-0.12, min(0.12, zoom))
    dy = -1.0 if {"tiltup", "aerial"} & moves else 1.0 if "tiltdown" in moves else 0.0
    return Camera(dy=dy, zoom=zoom, shake="handheld" in moves)
