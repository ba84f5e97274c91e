"""Content credentials (C2PA) in a file: whether a signed statement of where it comes from is embedded.

Only its place is looked at, as the specification's appendix on embedding names it for each format; whether the
signature holds is for a tool that knows whom to trust. A copy of a store is the file, byte for byte; a preview is not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from pixnb.media import kinds

_MOST_PARTS = 20_000
_MANIFEST = bytes.fromhex("6332706100110010800000aa00389b71")
"""By this a JUMBF box says that it is a store of manifests."""
_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""By this a `uuid` box of an MP4 does."""
_HEAD = 400


def has_credentials(file: BinaryIO) -> bool:
    """Whether content credentials are embedded in a file.

    Args:
        file: Opened as bytes; it is left at its start.

    Returns:
        Whether there are some, for MP4 and its kin, JPEG, PNG, WebP, GIF, WAV, AVI, MP3 and FLAC; False for others.

    Example:
        >>> import io
        >>> has_credentials(io.BytesIO(b"GIF89a"))
        False
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    look = _LOOKS.get(kinds.sniff(file.read(kinds.HEAD)) or "")
    file.seek(0)
    try:
        return look is not None and look(file, size)
    finally:
        file.seek(0)


def _in_boxes(file: BinaryIO, size: int) -> bool:
    at = 0
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4])
        named = 8
        if length == 1:
            length, named = int.from_bytes(head[8:16]), 16
        if len(head) < 16 or (length and length < named):
            return False
        if head[4:8] == b"uuid":
            file.seek(at + named)
            said = file.read(_HEAD)
            if said[:16] == _BOX and b"manifest\0" in said[20:40]:
                return True
        if not length or at + length >= size:
            return False
        at += length
    return False


def _in_png(file: BinaryIO, size: int) -> bool:
    return any(name == b"caBX" and _MANIFEST in file.read(_HEAD) for name, _ in _chunks(file, size, 8, "big", 4))


def _in_riff(file: BinaryIO, size: int) -> bool:
    return any(name == b"C2PA" and _MANIFEST in file.read(_HEAD) for name, _ in _chunks(file, size, 12, "little", 0))


def _chunks(file: BinaryIO, size: int, at: int, order: str, behind: int) -> Iterator[tuple[bytes, int]]:
    """Chunks of PNG and RIFF, the file at the begin of each one's bytes."""
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or at >= size:
            return
        name, length = (head[4:], head[:4]) if order == "big" else (head[:4], head[4:])
        count = int.from_bytes(length, "big" if order == "big" else "little")
        yield name, count
        at += 8 + count + behind + (count % 2 if order == "little" else 0)


def _in_jpeg(file: BinaryIO, size: int) -> bool:
    at = 2
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xD9, 0xDA) or at >= size:  # its pictures begin
            return False
        if head[1] == 0xFF:  # filling
            at += 1
            continue
        if head[1] == 0xEB and _MANIFEST in file.read(_HEAD):
            return True
        at += 2 + int.from_bytes(head[2:])
    return False


def _in_gif(file: BinaryIO, size: int) -> bool:
    return b"\x21\xff\x0bC2PA_GIF" in file.read(1 << 24)


def _in_id3(file: BinaryIO, size: int) -> bool:
    head = file.read(10)
    if head[:3] != b"ID3" or len(head) < 10:
        return False
    length = sum((byte & 127) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
    tags = file.read(min(length, 1 << 24))
    at = tags.find(b"GEOB")
    return at >= 0 and _MANIFEST in tags[at:]


_LOOKS = {
    **dict.fromkeys(("video/mp4", "video/quicktime", "audio/mp4", "image/avif", "image/heic"), _in_boxes),
    **dict.fromkeys(("video/x-msvideo", "audio/wav", "image/webp"), _in_riff),
    "image/jpeg": _in_jpeg,
    "image/png": _in_png,
    "image/gif": _in_gif,
    **dict.fromkeys(("audio/mpeg", "audio/flac"), _in_id3),
}

__all__ = ["has_credentials"]
