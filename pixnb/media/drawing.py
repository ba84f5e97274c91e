"""A video's decoded pictures drawn as they are to be shown: upright, in square pixels, in colours of a usual screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pixnb.media.shape import find_shape
from pixnb.media.tone import find_matrix, tone_filters

if TYPE_CHECKING:
    from av.filter import Graph
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL.Image import Image

_CODED = {"bt709": "ITU709", "bt601": "ITU601"}


class Drawer:
    """Draws pictures of one video.

    Args:
        video: The stream that they come from.
        many: Whether it draws all pictures of a film: at half the cost, if not quite as finely.
    """

    def __init__(self, video: VideoStream, *, many: bool = False) -> None:
        self._video = video
        self._how = "AREA" if many else None
        self._tone = tone_filters(video)
        self._graph: tuple[tuple[int, int], Graph] | None = None

    def draw(self, frame: VideoFrame, size: tuple[int, int]) -> Image:
        """Draw a picture, so many pixels across and down as it is shown."""
        shape = find_shape(self._video, frame)
        across, down = size[::-1] if shape.swapped else size
        flat: Any = self._toned(frame, across, down) if self._tone else self._plain(frame, across, down)
        return shape.draw(flat.to_image().convert("RGB"))

    def _plain(self, frame: VideoFrame, across: int, down: int) -> VideoFrame:
        coded = _CODED.get(find_matrix(self._video))
        other = "ITU601" if coded == "ITU709" else None  # says nothing of RGB; older PyAVs look only where they differ
        return frame.reformat(
            across, down, format="rgb24", src_colorspace=coded, dst_colorspace=other, interpolation=self._how
        )

    def _toned(self, frame: VideoFrame, across: int, down: int) -> Any:
        import av.filter

        if self._graph is None or self._graph[0] != (across, down):
            graph = av.filter.Graph()
            steps = [f"scale={across}:{down}", *self._tone, "format=rgb24"]
            nodes = [graph.add_buffer(template=self._video), *(graph.add(*step.split("=", 1)) for step in steps)]
            nodes.append(graph.add("buffersink"))
            graph.link_nodes(*nodes).configure()
            self._graph = (across, down), graph
        self._graph[1].push(frame)
        return self._graph[1].pull()


__all__ = ["Drawer"]
