"""Whether a file ends where it says that it ends, read from its outermost structure, never from its pictures."""

from __future__ import annotations

import os
from typing import BinaryIO

from pixnb.media import kinds
from pixnb.media.audio_frames import miss_of_adts, miss_of_flac, miss_of_mpeg

_CLOSE = 8
"""Bytes by which writers of RIFF miscount."""
_UNKNOWN = 0x7FFF0000
"""From this length on RIFF was written into a pipe, and says nothing."""


def find_missing(file: BinaryIO) -> int:
    """Count the bytes that are missing at the end of a file, by what its boxes, chunks, pages or blocks announce.

    What says nothing, or nothing that makes sense, counts as whole: only what is surely cut is told.

    Args:
        file: Opened as bytes; it is left at its start.

    Returns:
        The number of bytes; 0 for a file that is whole, as far as can be told.

    Example:
        >>> import io
        >>> find_missing(io.BytesIO(b"RIFF" + (100).to_bytes(4, "little") + b"WEBP" + bytes(56)))
        40
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    found = kinds.sniff(file.read(kinds.HEAD))
    file.seek(0)
    missing = _LOOKS.get(found or "", _transport)(file, size)
    file.seek(0)
    return max(0, missing)


def _boxes(file: BinaryIO, size: int) -> int:
    # An MP4 with its index in front opens well even when the end is gone, so its boxes are added up:
    # each begins with its length, 4 bytes big-endian; 1 says that 8 bytes follow the name, 0 "to the end"
    # (ISO/IEC 14496-12, 4.2).
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
    return position - size


_EBML, _SEGMENT, _CLUSTER = (bytes.fromhex(name) for name in ("1a45dfa3", "18538067", "1f43b675"))
_PARTS = {
    *(bytes.fromhex(name) for name in ("1a45dfa3", "18538067", "1f43b675", "114d9b74", "1549a966", "1654ae6b")),
    *(bytes.fromhex(name) for name in ("1c53bb6b", "1043a770", "1254c367", "1941a469", "ec", "bf")),
    *(bytes.fromhex(name) for name in ("e7", "a3", "a0", "a7", "ab", "af", "5854")),
}
"""What lies in a segment and in a cluster."""


def _elements(file: BinaryIO, size: int) -> int:
    # Matroska: each element begins with its name and its length, whose first bits say how long they are. A length of
    # all ones says "unknown": of a segment or a cluster as a live recording writes them, whose parts follow
    # (RFC 8794, 4 to 6; RFC 9559, 5).
    position, known = 0, {_EBML, _SEGMENT}
    while position < size:
        file.seek(position)
        head = file.read(12)
        named = 9 - head[0].bit_length()
        if len(head) > named and head[:named] not in known:
            return 0  # what somebody put behind it
        length = 9 - head[named].bit_length() if len(head) > named else 1
        if named > 4 or length > 8:
            return 0
        if len(head) < named + length:
            return named + length - len(head)
        value = int.from_bytes(head[named : named + length]) & ((1 << 7 * length) - 1)
        position += named + length
        if value != (1 << 7 * length) - 1:
            position += value
        elif head[:4] in (_SEGMENT, _CLUSTER):
            known = _PARTS
        else:
            return 0
    return position - size


def _riff(file: BinaryIO, size: int) -> int:
    # Chunks in a chunk, and after the first gigabyte of AVI more of these. Writers miscount a few bytes now and then;
    # what was cut short is so by the last chunk and by the one around it.
    outer = position = padding = 0
    while position + 8 <= size:
        file.seek(position)
        head = file.read(8)
        length = int.from_bytes(head[4:], "little")
        if length >= _UNKNOWN or not length or not head[:4].isascii() or not head[:4].decode().isprintable():
            return 0
        padding = length % 2
        behind = position + 8 + length + padding
        if position < outer:
            position = behind
        elif head[:4] != b"RIFF":
            return 0  # what somebody put behind it
        elif behind - size > _CLOSE:
            return behind - size
        else:
            outer, position = behind, position + 12
    return position - size if position == outer and position - size > padding else 0


def _png(file: BinaryIO, size: int) -> int:
    position = 8
    while position + 8 <= size:
        file.seek(position)
        head = file.read(8)
        position += 12 + int.from_bytes(head[:4])
        if head[4:] == b"IEND":
            return position - size
    return max(position - size, 12)


def _gif(file: BinaryIO, size: int) -> int:
    def skip(count: int) -> None:
        file.seek(count, os.SEEK_CUR)

    def table(flags: int) -> int:
        return 3 << (flags & 7) + 1 if flags & 0x80 else 0

    head = file.read(13)
    skip(table(head[10]) if len(head) == 13 else size)
    while block := file.read(1):
        if block == b",":
            place = file.read(9)
            skip(table(place[8]) + 1 if len(place) == 9 else size)
        elif block == b"!":
            skip(1)
        else:
            return 0  # the trailer, or what nobody knows
        while (count := file.read(1)) != b"\0":
            if not count:
                return max(1, file.tell() - size)
            skip(count[0])
    return file.tell() - size  # no trailer, which some writers leave away


def _ogg(file: BinaryIO, size: int) -> int:
    start = max(0, size - 131_072)  # a page has 65,307 bytes at most
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"OggS")
    head = tail[at : at + 27]
    if at < 0 or (len(head) > 4 and head[4]):
        return 0
    if len(head) < 27 or len(tail) < at + 27 + head[26]:
        return 1
    missing = start + at + 27 + head[26] + sum(tail[at + 27 : at + 27 + head[26]]) - size
    return missing if missing > 0 else not head[5] & 4  # the last page says that it is (RFC 3533, 6)


def _transport(file: BinaryIO, size: int) -> int:
    # packets of 188 bytes that begin with a sync byte; of 192, a time before each, from cameras
    head = file.read(4 * 192)
    for length, at in ((188, 0), (192, 4)):
        if len(head) > at and all(byte == 0x47 for byte in head[at::length]) and len(head[at::length]) > 1:
            file.seek(size - size % length + at)
            return -size % length if file.read(1) in (b"\x47", b"") else 0
    return 0


_LOOKS = {
    **dict.fromkeys(("video/mp4", "video/quicktime", "audio/mp4", "image/avif", "image/heic"), _boxes),
    **dict.fromkeys(("video/webm", "video/x-matroska"), _elements),
    **dict.fromkeys(("video/x-msvideo", "audio/wav", "image/webp"), _riff),
    **dict.fromkeys(("audio/ogg", "video/ogg"), _ogg),
    "image/png": _png,
    "image/gif": _gif,
    "audio/mpeg": miss_of_mpeg,
    "audio/aac": miss_of_adts,
    "audio/flac": miss_of_flac,
}

__all__ = ["find_missing"]
