"""Video to video: a new look for a whole clip."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain

import av
from PIL import Image

from pixnb.sandbox.render.chance import Chance, of_take
from pixnb.sandbox.render.edits.cut import Cut, cut, film, sound_of
from pixnb.sandbox.render.edits.directions import look_of
from pixnb.sandbox.render.edits.drawing import draw
from pixnb.sandbox.render.edits.look import Look
from pixnb.sandbox.render.files import source
from pixnb.sandbox.render.files.source import Clip
from pixnb.sandbox.render.files.wiring import Wiring, frame_of, image_of, to_yuv
from pixnb.sandbox.render.request import RenderRequest, RenderResult
from pixnb.sandbox.render.weather.drift import Drift, Lamp
from pixnb.sandbox.render.weather.falling import drifts


def edit(request: RenderRequest) -> RenderResult:
    """Give the clip the look that the prompt or the reference asks for; what nobody asks to change stays.

    Raises:
        RenderError: The video or the reference cannot be read.
    """
    clip = source.clip(request.inputs["video"])
    shape = cut(request, clip)
    painter = Painter(request, clip, shape)
    with film(request, clip, shape.size, sound_of(request, clip, shape.seconds)) as made:
        for frame in painter.painted(shape.trimmed(clip.frames())):
            made.write(frame)
    return RenderResult(request.out, "video/mp4", made.seconds)


class Painter:
    """Puts the frames of one clip into one look."""

    def __init__(self, request: RenderRequest, clip: Clip, shape: Cut, *, reframe: bool = False) -> None:
        self._chance = of_take(request)
        self.look = look_of(request, lambda: image_of(next(clip.frames())))
        self._clip, self._size, self._steps = clip, shape.size, shape.steps
        self._over = overlays(self.look, shape.size, self._chance)
        self._reframe = reframe

    def painted(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Yield the frames in the look, in YUV, on the source's clock counted from its first frame."""
        entered = iter(frames)
        head = next(entered, None)
        if head is None:
            return
        rgb = draw(
            chain([head], entered), self.look, self._chance, size=(head.width, head.height), format=head.format.name,
            clock=_clock(head), to=self._size, steps=self._steps,
        )  # fmt: skip
        touched = self._touched(rgb) if self._over or self._reframe else rgb
        yield from to_yuv(touched, self._size, self._size, _clock(head), self._clip.matrix)

    def plain(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Yield the frames as they are, upright and at the size of what comes out."""
        entered = iter(frames)
        head = next(entered, None)
        if head is None:
            return
        wires = Wiring(head.width, head.height, format=head.format.name, time_base=_clock(head))
        steps = (*self._steps, f"scale={self._size[0]}:{self._size[1]}:flags=bicubic")
        yield from wires.run(wires.then(wires.port, *steps, "format=yuv420p"), chain([head], entered))

    def _touched(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        begin: float | None = None
        for frame in frames:
            image = image_of(frame)
            now = frame.time or 0.0
            begin = now if begin is None else begin
            if self._reframe:
                image = self._moved(image, now - begin)
            for drift in self._over:
                drift.draw(image, now)
            yield frame_of(image, frame.pts, frame.time_base)

    def _moved(self, image: Image.Image, t: float) -> Image.Image:
        width, height = image.size
        lean = self._chance.uniform("lean", -1, 1)
        share = 0.9 - 0.02 * math.sin(t * 0.8 + lean)
        left = (1 - share) / 2 * width * (1 + 0.8 * math.sin(lean + t * 0.5))
        top = (1 - share) / 2 * height
        box = (left, top, left + share * width, top + share * height)
        return image.resize(image.size, Image.Resampling.BILINEAR, box=box)


def overlays(look: Look, size: tuple[int, int], chance: Chance) -> list[Drift]:
    """Return what a look draws over the picture."""
    over: list[Drift] = [Lamp(size, *look.lamp)] if look.lamp else []
    return over + drifts(look.drifts, size, chance)


def restyled(image: Image.Image, look: Look, chance: Chance) -> Image.Image:
    """Return one picture in a look."""
    single = [frame_of(image, 0, source.TICK)]
    frames = draw(single, look, chance, size=image.size, format="rgb24", clock=source.TICK, to=image.size)
    done = image_of(next(frames))
    for _ in frames:
        pass
    return done


def _clock(frame: av.VideoFrame) -> Fraction:
    return Fraction(frame.time_base or Fraction(1, 90_000))


__all__ = ["Painter", "edit", "overlays", "restyled"]
