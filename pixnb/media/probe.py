"""What is in a media file: its length, size in pixels, rate and codecs, read by PyAV."""

from __future__ import annotations

import errno
import io
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pixnb.errors import InvalidInput
from pixnb.media import still
from pixnb.media.astray import advise
from pixnb.media.credentials import has_credentials
from pixnb.media.opening import find_missing_samples, open_media
from pixnb.media.shape import find_shape
from pixnb.media.wholeness import find_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Source = str | os.PathLike[str] | bytes

_LATE = 500_000
"""Microseconds before the first picture after which a browser shows a person nothing."""

MOST = 70_000_000
"""Pixels of a video's picture that is decoded; 8K has 33 million."""

DISK_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


@dataclass(frozen=True)
class MediaInfo:
    """What is in a media file.

    Attributes:
        kind: "video", "image" or "audio".
        duration: Seconds from its first picture or sound; None for a picture, or when the file does not say.
        fps: Pictures a second, on average; None for a picture or a sound.
        width: Square pixels as shown, a phone's rotation applied; None for a sound.
        height: Square pixels as shown; None for a sound.
        video_codec: FFmpeg's name, such as "h264"; None for a sound.
        audio_codec: FFmpeg's name, such as "aac"; None without sound.
        frames: The number of pictures, when the file says it.
        plays_everywhere: Whether every browser plays the video as it is: H.264 of 8 bits in 4:2:0, in MP4, its
            sound AAC or MP3, not mirrored, from its start.
        credentials: Whether content credentials (C2PA) are embedded; whether they hold is not looked at. A store and
            `Media.save` keep them, byte for byte; posters and previews are not the signed original.
    """

    kind: str
    duration: float | None = None
    fps: float | None = None
    width: int | None = None
    height: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    frames: int | None = None
    plays_everywhere: bool = False
    credentials: bool = False

    @property
    def audio(self) -> bool:
        """Whether there is sound."""
        return self.audio_codec is not None

    @property
    def codecs(self) -> tuple[str, ...]:
        """The names of the codecs, the picture's first."""
        return tuple(codec for codec in (self.video_codec, self.audio_codec) if codec)


def probe(source: Source) -> MediaInfo:
    """Read what is in a media file. One picture is decoded, nothing else.

    Args:
        source: A path, or the file's bytes.

    Returns:
        What is in it.

    Raises:
        InvalidInput: There is no such file, it is empty, cut short, or not media.

    Example:
        >>> from pixnb.media.sample import sample
        >>> probe(sample("video").path).codecs
        ('h264', 'aac')
    """
    return _look(source, at_end=False)


def check(source: Source) -> MediaInfo:
    """Read what is in a media file, as `probe` does, and check that a video can be decoded at its end too.

    Returns:
        What is in it.

    Raises:
        InvalidInput: It is cut short, or cannot be decoded.
    """
    return _look(source, at_end=True)


@contextmanager
def opened(source: Source) -> Iterator[InputContainer]:
    """Open a media file for decoding, refusing what is not media in words that name the file.

    Args:
        source: A path, or the file's bytes.

    Yields:
        PyAV's container.

    Raises:
        InvalidInput: There is no such file, it is empty, cut short, or not media.
    """
    with stream(source) as file, _opened(file, name(source)) as container:
        yield container


@contextmanager
def _opened(file: BinaryIO, called: str) -> Iterator[InputContainer]:
    import av

    _check_whole(file, called)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    try:
        with open_media(file) as container:
            _check_index(container, size, called)
            yield container
    except av.FFmpegError as error:
        if error.errno in DISK_FULL:  # what the caller writes meanwhile, not what is read here
            raise
        raise InvalidInput(
            f"{called} is not media that can be read ({error.strerror or error}). "
            "Give a video, a picture or a sound file."
        ) from error


def stream(source: Source) -> io.BytesIO | io.BufferedReader:
    """Open a path or bytes for reading.

    Raises:
        InvalidInput: There is no such file, it may not be read, or it is a pipe or a device.
    """
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        mode = Path(source).stat().st_mode
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):  # of a folder open() says so
            return open(source, "rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        advice = advise(source) if isinstance(error, FileNotFoundError) else "Check the path."
        raise InvalidInput(f"{name(source)} cannot be read: {reason}. {advice}") from error
    # its other end may never come, or it has none
    raise InvalidInput(
        f"{name(source)} is a pipe or a device, not a file. Save what it gives as a file, and give that."
    )


def name(source: Source) -> str:
    """Name a source in a message: its path, shortened, or its number of bytes."""
    if isinstance(source, bytes):
        return f"the media of {len(source)} bytes"
    text = os.fspath(source)
    return text if len(text) <= 200 else f"{text[:80]}…{text[-80:]}"


def picture(container: InputContainer) -> VideoStream | None:
    """Give the stream of pictures, if there is one that is not just the cover of a sound."""
    import av.stream

    cover = av.stream.Disposition.attached_pic
    return next((video for video in container.streams.video if not video.disposition & cover), None)


def is_still(container: InputContainer) -> bool:
    """Whether the container holds a picture rather than a video."""
    return container.format.name.endswith("_pipe") or container.format.name in ("gif", "apng")


def _look(source: Source, *, at_end: bool) -> MediaInfo:
    called = name(source)
    with stream(source) as file:
        signed = has_credentials(file)
        if still.is_picture(file):
            _check_whole(file, called)
            width, height, codec = still.describe(file, called)
            return MediaInfo("image", width=width, height=height, video_codec=codec, credentials=signed)
        with _opened(file, called) as container:
            info = _describe(container, called)
            if at_end and info.kind == "video" and (info.duration or 0) >= 1:
                _decode_last_keyframe(container)
            return replace(info, credentials=signed)


def _decode_last_keyframe(container: InputContainer) -> None:
    video = picture(container)
    if video is None or not video.duration or not _is_bearable(video):
        return
    video.codec_context.skip_frame = "NONKEY"  # of the last pictures one that needs no others
    container.seek((video.start_time or 0) + video.duration, stream=video)
    for _ in container.decode(video):
        pass


def _describe(container: InputContainer, called: str) -> MediaInfo:
    video = picture(container)
    sound = container.streams.audio[0] if container.streams.audio else None
    audio_codec = sound.codec_context.name if sound else None
    duration = _duration(container)
    if video is None:
        if sound is None:
            raise InvalidInput(f"{called} holds neither pictures nor sound. Give a video, a picture or a sound file.")
        if next(container.decode(sound), None) is None:
            raise InvalidInput(f"{called} holds no sound that can be decoded. Make or download it again.")
        return MediaInfo("audio", duration=duration, audio_codec=audio_codec)
    if not video.codec_context.is_open:
        video.codec_context.thread_count = 1  # for one picture, threads cost more than the picture
    frame = first_picture(container, video, called) if _is_bearable(video) else None
    shape = find_shape(video, frame)
    width, height = shape.size(*((frame.width, frame.height) if frame else (video.width, video.height)))
    video_codec = video.codec_context.name
    if is_still(container):
        return MediaInfo("image", width=width, height=height, video_codec=video_codec)
    fps = float(video.average_rate) if video.average_rate else None
    everywhere = (
        "mp4" in container.format.name
        and (video_codec, audio_codec or "aac") in (("h264", "aac"), ("h264", "mp3"), ("h264", "mp3float"))
        and video.codec_context.pix_fmt in ("yuv420p", "yuvj420p")
        and not shape.is_mirrored
        and (container.start_time or 0) < _LATE
        and frame is not None
    )
    return MediaInfo("video", duration, fps, width, height, video_codec, audio_codec, video.frames or None, everywhere)


def _is_bearable(video: VideoStream) -> bool:
    """Whether pictures of this size are decoded here: several are held at a time."""
    return video.width * video.height <= MOST


def refuse_too_large(video: VideoStream | None, called: str) -> None:
    """Refuse a stream whose pictures would fill the memory.

    Raises:
        InvalidInput: They have too many pixels.
    """
    if video is not None and not _is_bearable(video):
        size = f"{video.width}×{video.height}"
        raise InvalidInput(f"{called} has {size} pixels, too many to be drawn here. Make it smaller.")


def first_picture(container: InputContainer, video: VideoStream, called: str) -> VideoFrame:
    """Decode the next picture of a stream.

    Raises:
        InvalidInput: They have too many pixels, or none can be decoded.
    """
    refuse_too_large(video, called)
    frame = next(container.decode(video), None)
    if frame is None:
        raise InvalidInput(f"{called} holds no picture that can be decoded. Make or download it again.")
    return frame


def _duration(container: InputContainer) -> float | None:
    if not container.duration:
        return None
    start = container.start_time or 0
    # Matroska says when it ends, all others how long they are
    late = start if "matroska" in container.format.name and 0 < start < container.duration else 0
    return (container.duration - late) / 1_000_000


def _check_whole(file: BinaryIO, called: str) -> None:
    if file.seek(0, os.SEEK_END) == 0:
        raise InvalidInput(f"{called} is empty. Make or download it again.")
    missing = find_missing(file)
    if missing:
        raise InvalidInput(f"{called} is cut short: {missing} of its bytes are missing. Copy or download it again.")


def _check_index(container: InputContainer, size: int, called: str) -> None:
    missing = find_missing_samples(container, size)
    if missing:
        raise InvalidInput(f"{called} is cut short: {missing} are missing. Copy or download it again.")


__all__ = [
    "MOST",
    "MediaInfo",
    "check",
    "first_picture",
    "is_still",
    "name",
    "opened",
    "picture",
    "probe",
    "refuse_too_large",
    "stream",
]
