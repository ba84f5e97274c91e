"""Laying a libavfilter graph node by node and running frames through it; pictures to frames and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple, cast

import av
import numpy as np
from av.error import BlockingIOError as NotYet
from av.error import EOFError as Ended
from av.filter import Graph
from av.filter.context import FilterContext
from numpy.typing import NDArray
from PIL import Image


class Port(NamedTuple):
    """One output of a filter."""

    node: FilterContext
    pad: int = 0


class Wiring:
    """A graph with one stream of frames in and one out, and any number of stills at its side.

    Attributes:
        port: Where the frames enter; chain from here.
        size: Width and height that stills are scaled to; set it when the graph scales.
    """

    def __init__(
        self,
        width: int,
        height: int,
        *,
        format: str,  # noqa: A002 -- the word for it
        time_base: Fraction,
    ) -> None:
        self._graph = Graph()
        self._clock = time_base
        self.size = (width, height)
        self._stills: list[tuple[FilterContext, NDArray[np.uint8]]] = []
        self._entry = self._graph.add_buffer(
            width=width, height=height, format=av.VideoFormat(format), time_base=time_base
        )
        self.port = Port(self._entry)

    def then(self, port: Port, *steps: str) -> Port:
        """Chain filters, each written `name=options`."""
        for step in steps:
            name, _, options = step.partition("=")
            node = self._graph.add(name, options) if options else self._graph.add(name)
            port.node.link_to(node, port.pad, 0)
            port = Port(node)
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

    def still(self, rgb: NDArray[np.uint8]) -> Port:
        """Bring in one RGB picture, shape (height, width, 3), that lasts as long as the frames."""
        height, width = rgb.shape[:2]
        node = self._graph.add_buffer(width=width, height=height, format=av.VideoFormat("rgb24"), time_base=self._clock)
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
        for frame in frames:
            self._entry.push(frame)
            yield from _pulled(sink)
        self._entry.push(None)
        yield from _pulled(sink)


def _pulled(sink: FilterContext) -> Iterator[av.VideoFrame]:
    while True:
        try:
            frame = sink.pull()
        except (NotYet, Ended):
            return
        if isinstance(frame, av.VideoFrame):
            yield frame


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


def to_yuv(
    frames: Iterable[av.VideoFrame], size: tuple[int, int], to: tuple[int, int], clock: Fraction, matrix: str = "bt709"
) -> Iterator[av.VideoFrame]:
    """Yield RGB frames scaled and in YUV 4:2:0 of the given matrix, limited range."""
    wires = Wiring(*size, format="rgb24", time_base=clock)
    scale = f"scale={to[0]}:{to[1]}:flags=bicubic:out_color_matrix={matrix}:out_range=tv"
    yield from wires.run(wires.then(wires.port, scale, "format=yuv420p"), frames)


__all__ = ["Port", "Wiring", "frame_of", "image_of", "timed", "to_yuv"]
