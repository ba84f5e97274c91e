"""What a file is by its first bytes, never by its name."""

from __future__ import annotations

import re

# A table of our own, after trying two libraries on files of all these types: puremagic 1.30 calls m4a
# "video/mp4" and ogg "application/ogg", and takes 180 µs a look and 14 ms to import; filetype 1.2.0 is right,
# but had its last release in 2022 and takes 10 ms to import.
_MAGIC = (
    (rb"....ftyp(?:M4A |M4B |F4A )", "audio/mp4"),
    (rb"....ftyp(?:avif|avis|(?:mif1|msf1|miaf)....(?:....)*?avi[fs])", "image/avif"),
    (rb"....ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1|miaf)", "image/heic"),
    (rb"....ftypqt  ", "video/quicktime"),
    (rb"....ftyp", "video/mp4"),
    (rb"....(?:moov|mdat|wide)", "video/quicktime"),  # QuickTime of before 2001 has no ftyp
    (rb"\x1a\x45\xdf\xa3.{0,44}webm", "video/webm"),
    (rb"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (rb"RIFF....AVI ", "video/x-msvideo"),
    (rb"RIFF....WAVE", "audio/wav"),
    (rb"RIFF....WEBP", "image/webp"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"fLaC", "audio/flac"),
    (rb"OggS.{24}.?\x80theora", "video/ogg"),
    (rb"OggS", "audio/ogg"),
    (rb"ID3", "audio/mpeg"),
    (rb"\xff[\xf0\xf1\xf8\xf9]", "audio/aac"),  # ADTS: its layer bits are 0, which MPEG audio never has
    (rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff][^\xf0-\xff]", "audio/mpeg"),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), media_type) for pattern, media_type in _MAGIC)

# These hold pictures that move, sound, or both: what they are, their streams say.
_OF_SOUND = {
    "video/mp4": "audio/mp4",
    "video/quicktime": "audio/mp4",
    "video/webm": "audio/webm",
    "video/x-matroska": "audio/x-matroska",
    "video/ogg": "audio/ogg",
}
_OF_PICTURES = {"audio/mp4": "video/mp4", "audio/ogg": "video/ogg"}

_SUFFIXES = {
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/x-msvideo": ".avi",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
    "video/ogg": ".ogv",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/avif": ".avif",
    "image/heic": ".heic",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/flac": ".flac",
    "audio/mp4": ".m4a",
    "audio/aac": ".aac",
    "audio/webm": ".weba",
    "audio/x-matroska": ".mka",
}

HEAD = 64
"""How many first bytes `sniff` looks at."""

UNKNOWN = "application/octet-stream"
"""The media type of bytes that tell nothing."""


def sniff(head: bytes) -> str | None:
    """Tell the media type of a file by its first bytes.

    Args:
        head: At least the first `HEAD` (64) bytes of the file, or all of a shorter one.

    Returns:
        A media type such as "video/mp4", or None for what is not a video, picture or sound known here.

    Example:
        >>> sniff(b"GIF89a..."), sniff(b"<html>")
        ('image/gif', None)
    """
    for pattern, media_type in _PATTERNS:
        if pattern.match(head):
            return media_type
    return None


def is_open(media_type: str | None) -> bool:
    """Whether a file of this type may hold either pictures that move or sound alone.

    Example:
        >>> is_open("video/mp4"), is_open("audio/mpeg")
        (True, False)
    """
    return media_type in _OF_SOUND or media_type in _OF_PICTURES


def by_streams(media_type: str, found: str) -> str:
    """Give the media type of a container in which "video" or "audio" was found.

    Example:
        >>> by_streams("video/mp4", "audio"), by_streams("audio/ogg", "audio")
        ('audio/mp4', 'audio/ogg')
    """
    return (_OF_SOUND if found == "audio" else _OF_PICTURES).get(media_type, media_type)


def suffix(media_type: str | None) -> str:
    """Give the usual ending of a file's name, with its dot; ".bin" for an unknown type.

    Example:
        >>> suffix("video/mp4"), suffix("application/octet-stream")
        ('.mp4', '.bin')
    """
    return _SUFFIXES.get(media_type or "", ".bin")


def by_name(name: str) -> str | None:
    """Guess the media type by a name's ending, for a URL that must not be touched.

    Example:
        >>> by_name("https://host/clip.MP4?token=1"), by_name("https://host/clip")
        ('video/mp4', None)
    """
    ending = re.search(r"\.[a-z0-9]+$", re.split(r"[?#]", name, maxsplit=1)[0].lower())
    found = ending.group().replace(".jpeg", ".jpg").replace(".m4v", ".mp4") if ending else ""
    return next((media_type for media_type, known in _SUFFIXES.items() if known == found), None)


def kind(media_type: str | None) -> str | None:
    """Give "video", "image" or "audio" for a media type, None for any other.

    Example:
        >>> kind("video/webm"), kind("text/html")
        ('video', None)
    """
    family = (media_type or "").partition("/")[0]
    return family if family in ("video", "image", "audio") else None


__all__ = ["HEAD", "UNKNOWN", "by_name", "by_streams", "is_open", "kind", "sniff", "suffix"]
