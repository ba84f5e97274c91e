"""Video to video: a new look for a whole clip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import av
from PIL import Image

from pixnb.sandbox.render.camera import Camera
from pixnb.sandbox.render.chance import Chance, of_take
from pixnb.sandbox.render.edits.cut import Cut, cut, sound_of, write_edit
from pixnb.sandbox.render.edits.drawing import draw
from pixnb.sandbox.render.edits.look import Look
from pixnb.sandbox.render.edits.looks import look_of
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.source import Clip
from pixnb.sandbox.render.files.wiring import frame_of, image_of, run_graph, to_yuv
from pixnb.sandbox.render.request import RenderRequest, RenderResult
from pixnb.sandbox.render.weather.drift import Veil, lamp
from pixnb.sandbox.render.weather.falling import drifts
from pixnb.sandbox.render.weather.veil import lay_over


def edit(request: RenderRequest) -> RenderResult:
    """Give the clip the look that the prompt or the reference asks for; what nobody asks to change stays."""
    clip = source.clip(request.inputs["video"])
    shape = cut(request, clip)
    frames = Painter(request, clip, shape).paint(shape.trim(clip.frames()))
    return write_edit(request, clip, frames, shape.size, sound_of(request, clip, shape.seconds))


class Painter:
    """Puts the frames of one clip into one look."""

    def __init__(self, request: RenderRequest, clip: Clip, shape: Cut, *, reframe: bool = False) -> None:
        self._chance = of_take(request)
        self.look = look_of(request, lambda: image_of(next(clip.frames())))
        self._clip, self._size, self._work, self._steps = clip, shape.size, shape.work, shape.steps
        self._over = overlays(self.look, shape.size, self._chance)
        # a retake is shot again, from a little closer
        self._camera = Camera(self._chance.uniform("lean", -0.6, 0.6), zoom=-0.1) if reframe else None

    def paint(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Yield the frames in the look, in YUV, on the source's clock counted from its first frame."""
        matrix = self._clip.matrix
        if self._camera:
            drawn = to_yuv(self._move(self._draw(frames), self._camera), self._size, matrix)
        else:
            drawn = self._draw(frames, matrix)
        return lay_over(drawn, self._over, matrix)

    def _draw(self, frames: Iterable[av.VideoFrame], matrix: str | None = None) -> Iterator[av.VideoFrame]:
        return draw(frames, self.look, self._chance, self._size, self._steps, work=self._work, matrix=matrix)

    def copy(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Yield the frames as they are, upright and at the size of what comes out."""
        steps = (*self._steps, f"scale={self._size[0]}:{self._size[1]}:flags=bicubic", "format=yuv420p")
        return run_graph(frames, lambda wires: wires.then(wires.port, *steps))

    def _move(self, frames: Iterable[av.VideoFrame], camera: Camera) -> Iterator[av.VideoFrame]:
        for frame in frames:
            image, now = image_of(frame), frame.time or 0.0
            box = camera.box(image.size, now, 0.25 + 0.5 * now / self._clip.seconds)
            image = image.resize(image.size, Image.Resampling.BILINEAR, box=box)
            yield frame_of(image, frame.pts, frame.time_base)


def overlays(look: Look, size: tuple[int, int], chance: Chance) -> list[Veil]:
    """Return what a look draws over the picture."""
    over: list[Veil] = [lamp(size, *look.lamp)] if look.lamp else []
    return over + drifts(look.drifts, size, chance)


def restyled(image: Image.Image, look: Look, chance: Chance) -> Image.Image:
    """Return one picture in a look."""
    return image_of(*draw([frame_of(image, 0, source.TICK)], look, chance, image.size))
