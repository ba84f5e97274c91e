"""Writing a clip: frames and sound in, one finished file out, never a half one under its final name."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.codec.context import Flags
from av.video.stream import VideoStream

from pixnb.sandbox.render.files.stamp import Stamp
from pixnb.sandbox.render.files.tracks import Track
from pixnb.sandbox.render.request import RenderResult

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


def write_film(
    frames: Iterable[av.VideoFrame],
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
) -> RenderResult:
    """Write a clip, which appears under its name only when it is whole.

    Args:
        frames: The pictures in order, in YUV 4:2:0, with `pts` and `time_base` set.
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
    path, stamp = Path(out), Stamp(*size, note)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    # faststart opens the file a second time by its name, so it must be a real file.
    options = {"fflags": "+bitexact"} | ({"movflags": "+faststart"} if format.container == "mp4" else {})
    begin, now = None, 0.0
    try:
        with av.open(str(part), "w", format=format.container, options=options) as file:
            options = _options(format.video, size, crf)
            video = cast(VideoStream, file.add_stream(format.video, rate=fps, options=options))
            _set_up(video, size, clock or 1 / fps, colours)
            if format is H265:
                video.codec_context.codec_tag = "hvc1"  # Safari plays no hev1
            if sound is not None:
                sound.join(file, format.audio)
            for frame in frames:
                frame.pict_type = av.video.frame.PictureType.NONE
                file.mux(video.encode(stamp.press(frame)))
                now = float((frame.pts or 0) * (frame.time_base or 0))
                begin = now if begin is None else begin
                if sound is not None:
                    file.mux(list(sound.until(now)))
            file.mux(video.encode(None))
            if sound is not None:
                file.mux(list(sound.until(float("inf"))))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return RenderResult(out, format.media_type, 0.0 if begin is None else now - begin + float(1 / fps))


def _set_up(stream: VideoStream, size: tuple[int, int], clock: Fraction, colours: tuple[int, int, int, int]) -> None:
    stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
    context = stream.codec_context
    context.time_base = clock
    context.gop_size = 25
    context.thread_count = 2  # x264's bytes depend on the number of threads, so it is pinned
    context.flags |= Flags.bitexact
    context.colorspace, context.color_primaries, context.color_trc, context.color_range = colours


def _options(codec: str, size: tuple[int, int], crf: int) -> dict[str, str]:
    if codec == "libx265":
        params = "log-level=none:pools=2:frame-threads=1:keyint=25:info=0"
        return {"preset": "ultrafast", "crf": str(crf + 4), "x265-params": params}
    if codec == "libvpx-vp9":
        return {"deadline": "realtime", "cpu-used": "8", "crf": str(crf + 10), "b": "0", "row-mt": "0"}
    # A 2160p frame is 12 MB: look-ahead queues of tens of frames would cost half a gigabyte.
    pixels = size[0] * size[1]
    if pixels < 1_500_000:
        preset, ahead, worse = "veryfast", 10, 0
    else:
        preset, ahead, worse = ("superfast", 5, 3) if pixels < 5_000_000 else ("ultrafast", 0, 6)
    # x264's macroblock tree by AVX-512 gives other bits from one run to the next in the same process
    params = f"keyint=25:rc-lookahead={ahead}:sync-lookahead=0:bframes={2 if ahead else 0}:mbtree=0"
    if preset == "veryfast":  # a third less work for the same size and PSNR: what it leaves out finds little here
        params += ":partitions=i8x8,i4x4:me=dia:b-adapt=0:scenecut=0"
    return {"preset": preset, "crf": str(crf + worse), "x264-params": params}
