"""Opening a media file: the one way in, closed to playlists, and the same on every PyAV from 14 on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from pixnb.errors import PixnbError

if TYPE_CHECKING:
    from av.container import InputContainer

UNREADABLE = (PixnbError, OSError, ValueError)
"""What is raised for a file that cannot be had, or is no media: ValueError by a path that no system takes."""

# FFmpeg also opens playlists (HLS, ffconcat) whatever the file is called, and follows them to other files and
# hosts. A clip comes from somebody else, so only real containers are let in.
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,wav,w64,aiff,flac,mp3,aac,"
    "gif,apng,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe"
)


def open_media(file: str | BinaryIO) -> InputContainer:
    """Open a media file for decoding; its tags may be in any encoding.

    Args:
        file: A path, or a file opened as bytes, which the caller closes after the container.

    Returns:
        PyAV's container: close it, or use it in a `with`.

    Raises:
        av.FFmpegError: It is not media, or it is a playlist. What the file system refuses is an OSError too.

    Example:
        >>> from pixnb.media.sample import sample
        >>> with open_media(str(sample("video").path)) as container:
        ...     container.streams.video[0].codec_context.name
        'h264'
    """
    import av

    # Tags are no reason to refuse a clip. PyAV 19 reads them so by itself, and takes the argument no more.
    lenient: dict[str, Any] = {} if int(av.__version__.split(".")[0]) >= 19 else {"metadata_errors": "replace"}
    given = file if isinstance(file, str) else _Nameless(file)
    container: InputContainer = av.open(given, "r", options={"format_whitelist": _FORMATS}, **lenient)
    return container


def find_missing_samples(container: InputContainer, size: int) -> str:
    """Say what an MP4's index names beyond the end of the file: lost with a last box, which nothing else announces.

    Args:
        container: Of `open_media`, from which nothing was read yet.
        size: The file's, in bytes.

    Returns:
        What is missing, in words; nothing where all is there, or for another kind of file.

    Example:
        >>> from pixnb.media.sample import sample
        >>> with open_media(str(sample("video").path)) as container:
        ...     find_missing_samples(container, container.size)
        ''
    """
    if "mp4" not in container.format.name:
        return ""
    if all(hasattr(stream, "index_entries") for stream in container.streams):
        ends = [entries[-1].pos + entries[-1].size for one in container.streams if (entries := one.index_entries)]
        return f"{max(ends) - size} of its bytes" if ends and max(ends) > size else ""
    # before PyAV 17 an index can be counted, and be read from: no more than that
    named = any(stream.frames for stream in container.streams)
    there = any(packet.size for packet in container.demux())
    container.seek(0)
    return "all samples of its index" if named and not there else ""


class _Nameless:
    """A file without its name, by which FFmpeg would choose how to read it ("a%03d.jpg": a row of files)."""

    def __init__(self, file: BinaryIO) -> None:
        self.read = file.read
        self.seek = file.seek
        self.tell = file.tell


__all__ = ["UNREADABLE", "find_missing_samples", "open_media"]
