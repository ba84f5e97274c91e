"""A clip's pictures one after the other, each as it is seen at a moment: for several clips that go in step."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from pixnb.media.drawing import Drawer
from pixnb.media.probe import Source, name, opened, picture, refuse_too_large

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from av.video.frame import VideoFrame
    from PIL.Image import Image


class Reel:
    """An open clip, of which one picture is in memory; use it in a `with`.

    Args:
        source: A path to a video, or its bytes.
        size: Pixels across and down of its pictures.

    Raises:
        InvalidInput: It is no video that can be read.

    Example:
        >>> from pixnb.media.sample import sample
        >>> with Reel(sample("video").path, (64, 36)) as reel:
        ...     reel.show(0.0).size, reel.show(0.001)
        ((64, 36), None)
    """

    def __init__(self, source: Source, size: tuple[int, int]) -> None:
        self._size = size
        self._stack = ExitStack()
        self.is_over = False
        try:
            container = self._stack.enter_context(opened(source))
            video = picture(container)
            refuse_too_large(video, name(source))
            assert video is not None
            video.codec_context.thread_count = 1  # each thread would hold a picture, of each clip
            self._drawer = Drawer(video, many=True)
            self._start = float((video.start_time or 0) * (video.time_base or 0))
            self._frames = container.decode(video)
            self._next = next(self._frames, None)
        except BaseException:
            self._stack.close()
            raise

    def show(self, seconds: float) -> Image | None:
        """Return the picture seen so many seconds after the start; None while it is the same as before.

        Time only goes on. After its end a clip keeps its last picture.
        """
        seen: VideoFrame | None = None
        while self._next is not None and self._time(self._next) <= seconds + 0.0005:
            seen, self._next = self._next, self._read()
        self.is_over = self._next is None
        return None if seen is None else self._drawer.draw(seen, self._size)

    def _time(self, frame: VideoFrame) -> float:
        return 0.0 if frame.time is None else frame.time - self._start

    def _read(self) -> VideoFrame | None:
        import av

        try:
            return next(self._frames, None)
        except av.FFmpegError:  # damaged from here on: what was seen stays
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


__all__ = ["Reel"]
