"""Laying a libavfilter graph node by node and running frames through it; pictures to frames and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import chain
from typing import NamedTuple, cast

import av
import numpy as np
from av.error import BlockingIOError as NotYet
from av.error import EOFError as Ended
from av.filter import Graph
from av.filter.context import FilterContext
from numpy.typing import NDArray
from PIL import Image

_SMALL = 500_000  # pixels of a frame whose slices are done in less time than threads need to wake up


class Port(NamedTuple):
    """One output of a filter."""

    node: FilterContext
    pad: int = 0


class Wiring:
    """A graph with one stream of frames in, all like the given one, one out, and any number of stills at its side.

    Attributes:
        port: Where the frames enter; chain from here.
        size: Width and height that stills are scaled to; set it when the graph scales but by `resize`.
    """

    def __init__(self, like: av.VideoFrame) -> None:
        self._graph = Graph()
        if like.width * like.height < _SMALL and hasattr(self._graph, "threads"):  # older PyAVs have it not
            self._graph.threads = 1
        self._clock = Fraction(like.time_base or Fraction(1, 90_000))
        self.size = (like.width, like.height)
        self._stills: list[tuple[FilterContext, NDArray[np.uint8]]] = []
        self._entry = self._add_entry(like.width, like.height, like.format.name)
        self.port = Port(self._entry)

    def _add_entry(self, width: int, height: int, format: str) -> FilterContext:  # noqa: A002 -- the word for it
        return self._graph.add_buffer(width=width, height=height, format=av.VideoFormat(format), time_base=self._clock)

    def then(self, port: Port, *steps: str) -> Port:
        """Chain filters, each written `name=options`."""
        for step in steps:
            port = self.join(step, port)
        return port

    def split(self, port: Port) -> tuple[Port, Port]:
        """Use the same frames twice."""
        node = self.then(port, "split=2").node
        return Port(node, 0), Port(node, 1)

    def join(self, step: str, *ports: Port) -> Port:
        """Put streams into one filter, such as `blend=all_mode=screen`."""
        name, _, options = step.partition("=")
        node = self._graph.add(name, options) if options else self._graph.add(name)
        for entry, port in enumerate(ports):
            port.node.link_to(node, port.pad, entry)
        return Port(node)

    def resize(self, port: Port, size: tuple[int, int]) -> Port:
        """Scale the frames, and the stills that come after."""
        port = port if size == self.size else self.then(port, f"scale={size[0]}:{size[1]}:flags=bicubic")
        self.size = size
        return port

    def shrink(self, port: Port, by: int, lay: Callable[[Port], Port], pixels: str = "gbrp") -> Port:
        """Lay filters at a fraction of the size, which is enough for what is soft; the frames are in `pixels`."""
        size = self.size
        self.size = small = (-(-size[0] // by), -(-size[1] // by))
        port = lay(self._scale(port, small, "area", pixels))
        self.size = size
        return self._scale(port, size, "bilinear", pixels)

    def _scale(self, port: Port, size: tuple[int, int], flags: str, pixels: str) -> Port:
        step = f"scale={size[0]}:{size[1]}:flags={flags}"
        if pixels != "gbrp":
            return self.then(port, step)
        # libswscale takes RGB to YUV and back to scale it, three times the work of scaling its planes
        planes = self.then(port, "format=gbrp", "extractplanes=r+g+b").node
        scaled = (self.then(Port(planes, number), step) for number in range(3))
        return self.join("mergeplanes=map0s=1:map1s=2:map2s=0:format=gbrp", *scaled)

    def still(self, rgb: NDArray[np.uint8]) -> Port:
        """Bring in one RGB picture, shape (height, width, 3), that lasts as long as the frames."""
        height, width = rgb.shape[:2]
        node = self._add_entry(width, height, "rgb24")
        self._stills.append((node, rgb))
        return Port(node)

    def run(self, port: Port, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Close the graph at `port` and yield what comes out."""
        sink = self._graph.add("buffersink")
        port.node.link_to(sink, port.pad, 0)
        self._graph.configure()
        for node, rgb in self._stills:
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = 0, self._clock
            node.push(frame)
            node.push(None)
        for each in chain(frames, [None]):
            self._entry.push(each)
            yield from _pull(sink)


def _pull(sink: FilterContext) -> Iterator[av.VideoFrame]:
    while True:
        try:
            frame = sink.pull()
        except (NotYet, Ended):
            return
        if isinstance(frame, av.VideoFrame):
            yield frame


def run_graph(frames: Iterable[av.VideoFrame], lay: Callable[[Wiring], Port]) -> Iterator[av.VideoFrame]:
    """Yield frames as they come out of the graph that is laid for frames like the first of them."""
    entered = iter(frames)
    for head in entered:
        wires = Wiring(head)
        yield from wires.run(lay(wires), chain([head], entered))


def image_of(frame: av.VideoFrame) -> Image.Image:
    """Return a frame as an RGB picture."""
    return cast(Image.Image, frame.to_image())  # type: ignore[no-untyped-call]  # PyAV leaves this one untyped


def frame_of(image: Image.Image, pts: int | None, clock: Fraction | None) -> av.VideoFrame:
    """Return a picture as a frame at a time, counted in `clock`s."""
    frame = cast(av.VideoFrame, av.VideoFrame.from_image(image))  # type: ignore[no-untyped-call]  # PyAV leaves it untyped
    frame.pts, frame.time_base = pts, clock
    return frame


def timed(images: Iterable[Image.Image], clock: Fraction) -> Iterator[av.VideoFrame]:
    """Yield pictures as frames, one a tick."""
    for i, image in enumerate(images):
        yield frame_of(image, i, clock)


def to_yuv(frames: Iterable[av.VideoFrame], size: tuple[int, int], matrix: str = "bt709") -> Iterator[av.VideoFrame]:
    """Yield RGB frames scaled to a size and in YUV 4:2:0 of the given matrix, limited range."""
    scale = f"scale={size[0]}:{size[1]}:flags=bicubic:out_color_matrix={matrix}:out_range=tv"
    return run_graph(frames, lambda wires: wires.then(wires.port, scale, "format=yuv420p"))
