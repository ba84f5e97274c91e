"""Whether a file ends where it says that it ends, read from its outermost structure, never from its pictures."""

from __future__ import annotations

import os
from typing import BinaryIO

from pixnb.media import kinds

_CLOSE = 8
"""Bytes by which writers of RIFF miscount."""


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
    look = _LOOKS.get(found or "")
    missing = look(file, size) if look else 0
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


def _elements(file: BinaryIO, size: int) -> int:
    # Matroska: the EBML head, then one segment; all ones as its length say "unknown", as of a live recording
    position = 0
    while position + 12 <= size:
        file.seek(position)
        head = file.read(16)
        length = 9 - head[4].bit_length()  # of the length itself, which follows four bytes of name
        if head[:4] not in (b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67") or length > 8:
            return 0
        value = int.from_bytes(head[4 : 4 + length]) & ((1 << 7 * length) - 1)
        if value == (1 << 7 * length) - 1:
            return 0
        position += 4 + length + value
    return position - size


def _riff(file: BinaryIO, size: int) -> int:
    length = int.from_bytes(file.read(8)[4:], "little")
    missing = length + 8 - size
    return missing if missing > _CLOSE and length < 0x7FFF0000 else 0  # larger: written into a pipe, "unknown"


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
    return start + at + 27 + head[26] + sum(tail[at + 27 : at + 27 + head[26]]) - size


def _mp3(file: BinaryIO, size: int) -> int:
    # The first frame of most says how many bytes there are: "Xing" or "Info", flags, frames, bytes
    head = file.read(10)
    start = 0
    if head[:3] == b"ID3" and len(head) == 10:
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
    if start >= size:
        return start - size
    file.seek(start)
    frame = file.read(200)
    at = max(frame.find(b"Xing", 4, 60), frame.find(b"Info", 4, 60))
    if at < 0 or frame[at + 7 : at + 8] < b"\x03" or not frame[at + 7] & 2:
        return 0
    place = at + 8 + (4 if frame[at + 7] & 1 else 0)
    missing = start + int.from_bytes(frame[place : place + 4]) - size
    return missing if missing > size // 50 else 0  # editors of tags miscount a little


_LOOKS = {
    **dict.fromkeys(("video/mp4", "video/quicktime", "audio/mp4", "image/avif", "image/heic"), _boxes),
    **dict.fromkeys(("video/webm", "video/x-matroska"), _elements),
    **dict.fromkeys(("video/x-msvideo", "audio/wav", "image/webp"), _riff),
    **dict.fromkeys(("audio/ogg", "video/ogg"), _ogg),
    "image/png": _png,
    "image/gif": _gif,
    "audio/mpeg": _mp3,
}

__all__ = ["find_missing"]
