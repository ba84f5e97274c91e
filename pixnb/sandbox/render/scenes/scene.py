"""Text to video: sprites on a drawn backdrop, with motion that the words steer."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
from PIL import Image

from pixnb.sandbox.render.chance import Chance, of_prompt, of_take
from pixnb.sandbox.render.edits import looks
from pixnb.sandbox.render.edits.drawing import draw
from pixnb.sandbox.render.edits.edit import overlays
from pixnb.sandbox.render.edits.look import Look
from pixnb.sandbox.render.files.encode import Film
from pixnb.sandbox.render.files.plan import plan
from pixnb.sandbox.render.files.sound import ambience
from pixnb.sandbox.render.files.tracks import Made
from pixnb.sandbox.render.files.wiring import timed, to_yuv
from pixnb.sandbox.render.prompts import words
from pixnb.sandbox.render.prompts.note import note_for_scene
from pixnb.sandbox.render.prompts.words import Reading
from pixnb.sandbox.render.request import RenderRequest, RenderResult
from pixnb.sandbox.render.scenes import layers as ly
from pixnb.sandbox.render.scenes.backdrop import paint_behind, paint_front
from pixnb.sandbox.render.scenes.cast import cast
from pixnb.sandbox.render.scenes.placard import placards
from pixnb.sandbox.render.scenes.setting import decide
from pixnb.sandbox.render.weather.drift import Drift
from pixnb.sandbox.render.weather.falling import drifts

_WORK = 540  # pixels of the shorter side that scenes are drawn at; the encoder's graph scales them up

_SHELTERED = frozenset(("room", "table", "stage", "underwater", "space", "moon", "mars"))


def text_to_video(request: RenderRequest) -> RenderResult:
    """Draw a scene from words alone."""
    wanted = plan(request)
    scene = Scene(request, work_size(wanted.size, request.draft), wanted.seconds)
    sound = Made(ambience(scene.reading, of_take(request)), wanted.seconds) if wanted.sound else None
    with Film(request.out, size=wanted.size, fps=wanted.fps, sound=sound, format=wanted.format, crf=wanted.crf,
              note=note_for_scene(request)) as film:  # fmt: skip
        clock = 1 / wanted.fps
        pictures = (scene.picture(i / float(wanted.fps)) for i in range(wanted.frames))
        frames = scene.finished(timed(pictures, clock), clock)
        for frame in to_yuv(frames, scene.size, wanted.size, clock):
            film.write(frame)
    return RenderResult(request.out, wanted.format.media_type, film.seconds)


def work_size(size: ly.Size, draft: bool) -> ly.Size:
    """Return the size that a clip's pictures are drawn at: smaller than the clip, in its shape, even."""
    short = min(min(size), 360 if draft else _WORK)
    scale = short / min(size)
    return round(size[0] * scale / 2) * 2, round(size[1] * scale / 2) * 2


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
        ]
        self._layers += placards(scene)
        self._layers += drifts(_falling(self.reading, scene.place), size, self._chance)
        self._camera = camera(self.reading, self._chance)
        self.look = looks.for_scene(self.reading, self._chance)
        self._over: list[Drift] = overlays(self.look, size, self._chance)

    def picture(self, t: float, *, moving: bool = True) -> Image.Image:
        """Draw the scene as it is `t` seconds into the clip; all of it, if the camera is not `moving`."""
        image = Image.new("RGB", self.size)
        for layer in self._layers:
            layer.draw(image, t)
        box = self._camera.box(self.size, t, min(1.0, t / self._seconds))
        if moving and box != (0, 0, *self.size):
            image = image.resize(self.size, Image.Resampling.BILINEAR, box=box)
        for drift in self._over:
            drift.draw(image, t)
        return image

    def finished(self, frames: Iterator[av.VideoFrame], clock: Fraction) -> Iterator[av.VideoFrame]:
        """Yield the frames in the style that the prompt asks for."""
        if self.look == Look():
            return frames
        return draw(frames, self.look, self._chance, size=self.size, format="rgb24", clock=clock, to=self.size)


def _falling(reading: Reading, place: str) -> list[str]:
    """Return the weather that is seen: nothing rains or snows under a roof, and the moon has no weather."""
    without = {"bubbles", "fireworks"}
    if place in _SHELTERED:
        without |= {"rain", "snow", "storm", "fog", "wind", "leaves"} | ({"dust"} if place != "mars" else set())
    if "aurora" in reading.weather:
        without |= {"snow", "clouds"}
    return [name for name in reading.weather if name not in without]


def camera(reading: Reading, chance: Chance) -> ly.Camera:
    """Return the camera that the words ask for, or a gentle one of chance's choice."""
    moves = set(reading.camera)
    if "still" in moves:
        return ly.Camera()
    zoom = chance.choice("zoom", (0.07, -0.07, 0.05, 0.1))
    zoom = 0.42 if "zoomin" in moves else -0.42 if "zoomout" in moves else zoom
    if "portrait" in moves:
        zoom = max(-0.12, min(0.12, zoom))
    if "aerial" in moves:
        zoom = -0.2 if abs(zoom) < 0.2 else zoom
    rise = 0.28 if "tiltup" in moves else 0.2 if "aerial" in moves else -0.28 if "tiltdown" in moves else 0.0
    return ly.Camera(zoom=zoom, rise=rise, shake=2.5 if "handheld" in moves else 0.0)


__all__ = ["Scene", "camera", "text_to_video", "work_size"]
