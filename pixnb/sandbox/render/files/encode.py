"""Writing a clip: frames and sound in, one finished file out, never a half one under its final name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import cast

import av
from av.codec.context import Flags
from av.video.stream import VideoStream

from pixnb.sandbox.render.files.stamp import Stamp
from pixnb.sandbox.render.files.tracks import Track

BT709 = (1, 1, 1, 1)  # matrix, primaries, transfer, limited range: what every generated clip is tagged with


@dataclass(frozen=True)
class Format:
    """How a file is encoded."""

    media_type: str = "video/mp4"  # what it is served as
    container: str = "mp4"  # libavformat's name
    video: str = "libx264"  # the video encoder
    audio: str = "aac"  # the audio encoder


H264 = Format()
H265 = Format(video="libx265")
WEBM = Format(media_type="video/webm", container="webm", video="libvpx-vp9", audio="libopus")


class Film:
    """A file being written; use it as a context manager.

    Frames come in order, in YUV 4:2:0, with `pts` and `time_base` set. Leaving the block cleanly finishes the file and
    gives it its name; an exception leaves nothing behind.

    Args:
        out: The path to write.
        size: Width and height in pixels, even.
        fps: Frames a second.
        clock: The unit of the frames' `pts`; None: one frame.
        sound: What is heard, or None for no audio stream at all.
        format: Codecs and container.
        crf: x264's constant quality, lower is better.
        colours: Numbers for matrix, primaries, transfer, range.
        note: What is said at the lower left of every frame, or None.
    """

    def __init__(
        self,
        out: str,
        *,
        size: tuple[int, int],
        fps: Fraction,
        clock: Fraction | None = None,
        sound: Track | None = None,
        format: Format = H264,  # noqa: A002 -- the word for it
        crf: int = 21,
        colours: tuple[int, int, int, int] = BT709,
        note: str | None = None,
    ) -> None:
        self._out = Path(out)
        self._part = self._out.with_name(f"{self._out.name}.{os.getpid()}.part")
        self._size, self._fps, self._format, self._crf = size, fps, format, crf
        self._colours = colours
        self._clock = clock or 1 / fps
        self._sound = sound
        self._stamp = Stamp(*size, note)
        self.seconds = 0.0
        self._begin: float | None = None

    def __enter__(self) -> Film:
        # faststart opens the file a second time by its name, so it must be a real file.
        options = {"fflags": "+bitexact"}
        if self._format.container == "mp4":
            options["movflags"] = "+faststart"
        self._file = av.open(str(self._part), "w", format=self._format.container, options=options)
        self._video = self._add_video()
        if self._sound is not None:
            self._sound.join(self._file, self._format.audio)
        return self

    def _add_video(self) -> VideoStream:
        width, height = self._size
        options = _options(self._format.video, width * height, self._crf)
        stream = cast(VideoStream, self._file.add_stream(self._format.video, rate=self._fps, options=options))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.time_base = self._clock
        context.gop_size = 25
        context.thread_count = 2  # x264's bytes depend on the number of threads, so it is pinned
        context.flags |= Flags.bitexact
        matrix, primaries, transfer, span = self._colours
        context.colorspace, context.color_primaries = matrix, primaries
        context.color_trc, context.color_range = transfer, span
        if self._format is H265:
            context.codec_tag = "hvc1"  # Safari plays no hev1
        return stream

    def write(self, frame: av.VideoFrame) -> None:
        """Encode one frame, and the sound that comes before it ends."""
        frame.pict_type = av.video.frame.PictureType.NONE
        self._file.mux(self._video.encode(self._stamp.press(frame)))
        now = float((frame.pts or 0) * (frame.time_base or 0))
        self._begin = now if self._begin is None else self._begin
        self.seconds = now - self._begin + float(1 / self._fps)
        if self._sound is not None:
            self._file.mux(list(self._sound.until(now)))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._file.close()
            if kind is not None:
                self._part.unlink(missing_ok=True)
        if kind is None:
            self._part.replace(self._out)

    def _finish(self) -> None:
        self._file.mux(self._video.encode(None))
        if self._sound is not None:
            self._file.mux(list(self._sound.until(float("inf"))))


def _options(codec: str, pixels: int, crf: int) -> dict[str, str]:
    if codec == "libx265":
        return {
            "preset": "ultrafast",
            "crf": str(crf + 4),
            "x265-params": "log-level=none:pools=2:frame-threads=1:keyint=25:info=0",
        }
    if codec == "libvpx-vp9":
        return {"deadline": "realtime", "cpu-used": "8", "crf": str(crf + 10), "b": "0", "row-mt": "0"}
    # A 2160p frame is 12 MB: look-ahead queues of tens of frames would cost half a gigabyte.
    if pixels < 1_500_000:
        preset, ahead, worse = "veryfast", 10, 0
    else:
        preset, ahead, worse = ("superfast", 5, 3) if pixels < 5_000_000 else ("ultrafast", 0, 6)
    # x264's macroblock tree by AVX-512 gives other bits from one run to the next in the same process
    params = f"keyint=25:rc-lookahead={ahead}:sync-lookahead=0:bframes={2 if ahead else 0}:mbtree=0"
    return {"preset": preset, "crf": str(crf + worse), "x264-params": params}


__all__ = ["BT709", "H264", "H265", "WEBM", "Film", "Format"]
