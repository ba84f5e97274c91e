"""What is in a media file: its length, size in pixels, rate and codecs, read by PyAV."""

from __future__ import annotations

import errno
import io
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pixnb.errors import InvalidInput
from pixnb.media import kinds
from pixnb.media.opening import open_media

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer
    from av.video.stream import VideoStream

Source = str | os.PathLike[str] | bytes

_DISK_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


@dataclass(frozen=True)
class MediaInfo:
    """What is in a media file.

    Attributes:
        kind: "video", "image" or "audio".
        duration: Seconds; None for a picture, or when the file does not say.
        fps: Pictures a second, on average; None for a picture or a sound.
        width: Pixels as shown, a phone's rotation applied; None for a sound.
        height: Pixels as shown; None for a sound.
        video_codec: FFmpeg's name, such as "h264"; None for a sound.
        audio_codec: FFmpeg's name, such as "aac"; None without sound.
        frames: The number of pictures, when the file says it.
    """

    kind: str
    duration: float | None = None
    fps: float | None = None
    width: int | None = None
    height: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    frames: int | None = None

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
    with opened(source) as container:
        return _describe(container, name(source))


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
    import av

    with stream(source) as file:
        _check_whole(file, name(source))
        try:
            with open_media(file) as container:
                yield container
        except av.FFmpegError as error:
            if error.errno in _DISK_FULL:  # what the caller writes meanwhile, not what is read here
                raise
            raise InvalidInput(
                f"{name(source)} is not media that can be read ({error.strerror or error}). "
                "Give a video, a picture or a sound file."
            ) from error


def stream(source: Source) -> io.BytesIO | io.BufferedReader:
    """Open a path or bytes for reading.

    Raises:
        InvalidInput: There is no such file, or it may not be read.
    """
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return open(source, "rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(f"{name(source)} cannot be read: {reason}. Check the path{_start(source)}.") from error


def _start(path: os.PathLike[str] | str) -> str:
    try:
        return "" if Path(path).is_absolute() else f"; relative ones start at {Path.cwd()}"
    except OSError:
        return "; the working folder is gone"


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


def _describe(container: InputContainer, called: str) -> MediaInfo:
    video = picture(container)
    sound = container.streams.audio[0] if container.streams.audio else None
    audio_codec = sound.codec_context.name if sound else None
    duration = container.duration / 1_000_000 if container.duration else None
    if video is None:
        if sound is None:
            raise InvalidInput(f"{called} holds neither pictures nor sound. Give a video, a picture or a sound file.")
        return MediaInfo("audio", duration=duration, audio_codec=audio_codec)
    width, height = _shown_size(container, video, called)
    video_codec = video.codec_context.name
    if is_still(container):
        return MediaInfo("image", width=width, height=height, video_codec=video_codec)
    fps = float(video.average_rate) if video.average_rate else None
    frames = video.frames or None
    return MediaInfo("video", duration, fps, width, height, video_codec, audio_codec, frames)


def _shown_size(container: InputContainer, video: VideoStream, called: str) -> tuple[int, int]:
    frame = next(container.decode(video), None)
    if frame is None:
        raise InvalidInput(f"{called} holds no picture that can be decoded. Make or download it again.")
    sideways = frame.rotation % 180 != 0
    return (frame.height, frame.width) if sideways else (frame.width, frame.height)


def _check_whole(file: BinaryIO, called: str) -> None:
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise InvalidInput(f"{called} is empty. Make or download it again.")
    file.seek(0)
    missing = _missing_bytes(file, size)
    file.seek(0)
    if missing:
        raise InvalidInput(f"{called} is cut short: {missing} of its bytes are missing. Copy or download it again.")


def _missing_bytes(file: BinaryIO, size: int) -> int:
    # An MP4 with its index in front opens well even when the end is gone, so its boxes are added up:
    # each begins with its length, 4 bytes big-endian; 1 says that 8 bytes follow the name, 0 "to the end"
    # (ISO/IEC 14496-12, 4.2).
    if kinds.sniff(file.read(kinds.HEAD)) not in ("video/mp4", "video/quicktime", "audio/mp4"):
        return 0
    position = 0
    while position + 8 <= size:
        file.seek(position)
        header = file.read(16)
        length = int.from_bytes(header[:4])
        if length == 1:
            length = int.from_bytes(header[8:16])
        if length < 8 or not header[4:8].isascii() or not header[4:8].decode().isprintable():
            return 0
        position += length
    return max(0, position - size)


__all__ = ["MediaInfo", "is_still", "name", "opened", "picture", "probe", "stream"]
