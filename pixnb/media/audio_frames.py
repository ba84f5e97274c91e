"""Where sound that is kept as a row of frames ends: what is missing of its last one, and of what it announced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

_TAIL = 1 << 20
"""Bytes at the end that are looked at; a frame of FLAC may have several hundred thousand."""
_NEAR = 1 << 15
"""Of frames that begin with their length; they have less than 8,192 bytes."""
_SURE = 3
"""Frames in a row by which they are told from bytes that look like one."""
_TAGS = (b"TAG", b"ID3", b"APETAGEX", b"LYRICSBEGIN")
"""What may follow the last frame."""

_Length = Callable[[bytes], tuple[bytes, int] | None]
"""From the first bytes of a frame: what is the same in all of them, and its length."""


def miss_of_adts(file: BinaryIO, size: int) -> int:
    """Count the bytes that are missing of the last frame of AAC in ADTS."""
    return _miss_of_last(file, size, _adts)


def miss_of_mpeg(file: BinaryIO, size: int) -> int:
    """Count the bytes that are missing of MPEG audio: of its last frame, or of as many as its first frame announces."""
    head = file.read(10)
    start = 0
    if head[:3] == b"ID3" and len(head) == 10:
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
    if start >= size:
        return start - size + 1
    # The first frame of most says how many bytes there are: "Xing" or "Info", flags, frames, bytes
    file.seek(start)
    frame = file.read(200)
    at = max(frame.find(b"Xing", 4, 60), frame.find(b"Info", 4, 60))
    if at >= 0 and frame[at + 7 : at + 8] and frame[at + 7] & 2:
        place = at + 8 + (4 if frame[at + 7] & 1 else 0)
        missing = start + int.from_bytes(frame[place : place + 4]) - size
        if missing > size // 50:  # editors of tags miscount a little
            return missing
    return _miss_of_last(file, size, _mpeg)


def miss_of_flac(file: BinaryIO, size: int) -> int:
    """Count the bytes that are missing of FLAC, at least: its head says how many samples there are, if it is known."""
    start, block, total = _flac_head(file)
    if start >= size:
        return start - size + (total > 0)
    file.seek(max(start, size - _TAIL))
    tail = file.read()
    frames = list(_flac_frames(tail, block))
    ends = [end for _, end in frames]
    if total and (not frames or max(ends) > total):
        return 0
    if total and total not in ends:
        return 1
    last = [at for at, end in frames if end == total] if total else [at for at, _ in frames[-_SURE:]]
    return 0 if not last or any(_is_whole(tail[at:]) for at in last) else 1


def _miss_of_last(file: BinaryIO, size: int, length: _Length) -> int:
    file.seek(max(0, size - _NEAR))
    tail = file.read()
    for start in range(max(0, len(tail) - 1)):
        if tail[start] != 0xFF:
            continue
        frames = 0
        at, kind = start, None
        while (found := length(tail[at : at + 7])) and kind in (None, found[0]):
            kind, end = found[0], at + found[1]
            frames += 1
            if end >= len(tail):
                return end - len(tail) if frames >= _SURE or (start == 0 and len(tail) == size) else 0
            at = end
        if frames >= _SURE:
            rest = tail[at:]  # of a head that is cut too, or of what somebody put behind
            return 1 if len(rest) < 7 and kind is not None and kind.startswith(rest[:2]) else 0
    return 0


def _adts(head: bytes) -> tuple[bytes, int] | None:
    # ISO/IEC 14496-3, 1.A.2.2: 12 bits of sync, 4 of version and layer, 12 more that stay; then 13 of length
    if len(head) < 6 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return (head[:3], length) if length >= 7 else None


_V1 = {
    3: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_V2 = {
    3: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    **dict.fromkeys((2, 1), (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)),
}
"""Kilobits a second, by the two bits of the layer (3 is layer I) and four of the rate."""


def _mpeg(head: bytes) -> tuple[bytes, int] | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, speed, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or not layer or rate in (0, 15) or speed == 3:
        return None
    bits = (_V1 if version == 3 else _V2)[layer][rate - 1] * 1000
    hertz = (44_100, 48_000, 32_000)[speed] >> {3: 0, 2: 1, 0: 2}[version]
    if layer == 3:
        length = (12 * bits // hertz + padding) * 4
    else:
        length = (72 if layer == 1 and version != 3 else 144) * bits // hertz + padding
    return bytes((0xFF, head[1] & 0xFE, speed)), length


def _flac_head(file: BinaryIO) -> tuple[int, int, int]:
    """Find where the frames begin, samples a frame, and how many there are; 0 where it is not known (RFC 9639, 8)."""
    file.seek(4)
    block = total = 0
    while len(head := file.read(4)) == 4:
        length = int.from_bytes(head[1:])
        behind = file.tell() + length
        if head[0] & 0x7F == 0:
            about = file.read(18)
            block, total = int.from_bytes(about[2:4]), int.from_bytes(about[13:18]) & (1 << 36) - 1
        if head[0] & 0x80:
            return behind, block, total
        file.seek(behind)
    return file.tell() + 1, block, total


_BLOCKS = {1: 192, **{n: 144 << n for n in range(2, 6)}, **{n: 1 << n for n in range(8, 16)}}
_SYNC = re.compile(rb"\xff[\xf8\xf9](?=[^\x00-\x0f][\x00-\xae].)", re.DOTALL)


def _flac_frames(data: bytes, usual: int) -> Iterator[tuple[int, int]]:
    """Find where frames begin, each with how many samples there are up to its end (RFC 9639, 9.1)."""
    for match in _SYNC.finditer(data):
        at = match.start()
        block, rate, first, behind = data[at + 2] >> 4, data[at + 2] & 15, data[at + 4], at + 5
        more = 0 if first < 0x80 else 7 - (first ^ 0xFF).bit_length()  # a number as in UTF-8
        number = first & (0x7F >> more + bool(more))
        for byte in data[behind : behind + more]:
            number = number << 6 | byte & 0x3F
        behind += more
        samples = _BLOCKS.get(block, 0)
        if block in (6, 7):
            samples = int.from_bytes(data[behind : behind + block - 5]) + 1
            behind += block - 5
        behind += {12: 1, 13: 2, 14: 2}.get(rate, 0)
        if behind < len(data) and not _sum(data[at : behind + 1], _CRC8):  # else it is sound that looks like one
            yield at, (number if data[at + 1] & 1 else number * usual) + samples


def _table(polynomial: int, bits: int) -> tuple[int, ...]:
    def turn(value: int) -> int:
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> bits - 1 & 1 else 0)
        return value & (1 << bits) - 1

    return tuple(turn(byte << bits - 8) for byte in range(256))


_CRC8, _CRC16 = _table(0x07, 8), _table(0x8005, 16)


def _sum(data: bytes, table: tuple[int, ...]) -> int:
    value = 0
    for byte in data:
        value = table[value ^ byte]
    return value


def _is_whole(frame: bytes) -> bool:
    """Whether a frame ends with its checksum, and nothing but tags or zeros lies behind it."""
    value = 0
    for place, byte in enumerate(frame, 1):
        value = (value << 8 & 0xFFFF) ^ _CRC16[value >> 8 ^ byte]
        if value == 0 and (frame.startswith(_TAGS, place) or not frame[place:].strip(b"\0")):
            return True
    return False


__all__ = ["miss_of_adts", "miss_of_flac", "miss_of_mpeg"]
