"""Whether an MP4 is a whole film, read from its tables and the heads of its pictures: nothing is decoded.

What decoding a picture or two proves of H.264 this proves of many, in a fraction of the time: each lies in the file,
is filled to its last byte by units that say their own length, and begins as a picture of this film does. What only a
decoder finds, in the film's parameters or within a picture, it does not prove. Boxes are those of ISO/IEC 14496-12,
units those of ISO/IEC 14496-15, their heads those of ITU-T H.264, 7.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

_LOOKED_AT = 600
"""Pictures, the first and the last among them: all of a clip, some of a long film."""
_FIRST = 3
"""Pictures of a beginning: a decoder may want some more before it gives the first."""
_SLICE, _IDR, _PARAMETERS = 1, 5, (7, 8)
_OTHERS = {6, 7, 8, 9, 10, 12}
"""Units that may stand beside those of a picture: remarks, parameters, marks, padding."""


_HOLE = b"\0\0\0"
"""What no unit holds (7.4.1), and what is not written yet does."""


class _Unproven(Exception):
    """Something is not as it usually is: somebody else has to look."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A film that lies whole in its file.

    Attributes:
        description: What its file says of how all its pictures are coded: alike in most films of one maker and size.
        parameters: Of them what a decoder needs.
        looks: Its first pictures, and the last that needs no others: what can be decoded by itself.
    """

    description: bytes
    parameters: bytes
    looks: tuple[tuple[bytes, ...], ...]


def describe_whole(data: bytes) -> Whole | None:
    """Describe the film of a file that is surely a whole MP4 with one in H.264; None of all else, whole or not.

    Args:
        data: The file.

    Example:
        >>> from pixnb.media.sample import sample
        >>> clip = sample("video").bytes()
        >>> len(describe_whole(clip).parameters), describe_whole(clip[:-1]), describe_whole(b"GIF89a")
        (49, None, None)
    """
    try:
        return _describe(data)
    except (_Unproven, struct.error, LookupError, ValueError):
        return None


def _describe(data: bytes) -> Whole | None:
    top = dict(_boxes(data, 0, len(data)))
    if "ftyp" not in top or "moov" not in top or "moof" in top:
        return None
    tracks = list(_boxes(data, *top["moov"]))
    scale = struct.unpack_from(">I", data, _find(data, top["moov"], "mvhd")[0] + 12)[0]
    films = [film for name, place in tracks if name == "trak" and (film := _check_track(data, place, scale))]
    return films[0] if len(films) == 1 and "mvex" not in dict(tracks) else None


_Place = tuple[int, int]


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[str, _Place]]:
    """Yield the name of each box in a place, and where what it holds begins and ends."""
    while start < end:
        length, name = struct.unpack_from(">I4s", data, start)
        head = 8
        if length == 1:
            length, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        if length < head or start + length > end:
            raise _Unproven
        yield name.decode("latin-1"), (start + head, start + length)
        start += length


def _find(data: bytes, place: _Place, *names: str) -> _Place:
    for name in names:
        found = next((inner for known, inner in _boxes(data, *place) if known == name), None)
        if found is None:
            raise _Unproven
        place = found
    return place


def _check_track(data: bytes, track: _Place, scale: int) -> Whole | None:
    """Check that what a track names is in the file, and of a film its pictures; gives this."""
    media = _find(data, track, "mdia")
    kind = data[_find(data, media, "hdlr")[0] + 8 :][:4]
    information = _find(data, media, "minf")
    table = dict(_boxes(data, *_find(data, information, "stbl")))
    described = table.get("stsd", (0, 0))[0]
    if data[slice(*_find(data, information, "dinf", "dref"))] != _IN_HERE or data[described : described + 8] != _ONE:
        raise _Unproven
    sizes = _sizes(data, table)
    last = _check_times(data, track, table, len(sizes))
    _check_edits(data, track, scale)
    offsets = list(_offsets(data, table, sizes))
    if len(offsets) != len(sizes) or any(at + size > len(data) for at, size in zip(offsets, sizes, strict=True)):
        raise _Unproven
    if kind != b"vide":
        return None
    film = _read_film(data, table["stsd"])
    step = max(1, (len(sizes) - 1) // (_LOOKED_AT - 1))
    for number in {*range(0, len(sizes), step), len(sizes) - 1}:
        film.check_picture(data, offsets[number], sizes[number], is_first=number == 0)
    pictures = [data[offsets[at] : offsets[at] + sizes[at]] for at in (*range(min(_FIRST, len(sizes))), last - 1)]
    looks = tuple(pictures[:-1]), *([tuple(pictures[-1:])] if last > 1 else [])
    return Whole(film.description, film.settings, looks)


_ONE = bytes(7) + b"\1"
"""The head of a table of one."""
_IN_HERE = bytes(7) + b"\1\0\0\0\x0curl \0\0\0\1"
"""One reference, to the file itself."""


def _check_times(data: bytes, track: _Place, table: dict[str, _Place], count: int) -> int:
    """Check that the tables of times speak of as many samples, and of as long a time, as there is.

    Returns:
        The number of the last sample that needs no other, from 1.
    """
    at = _find(data, track, "mdia", "mdhd")[0]
    if data[at : at + 4] != bytes(4):  # version 1, of films of more than a day
        raise _Unproven
    scale, length = struct.unpack_from(">II", data, at + 12)
    steps = _pairs(data, table["stts"])
    lasts = sum(number * step for number, step in steps)
    if not scale or not lasts or sum(number for number, _ in steps) != count or abs(lasts - length) > scale:
        raise _Unproven
    if "ctts" in table:
        shifts = _pairs(data, table["ctts"])
        if sum(number for number, _ in shifts) != count or any(abs(shift) > length for _, shift in shifts):
            raise _Unproven
    if "stss" not in table:
        return count
    at, end = table["stss"]
    known, first = struct.unpack_from(">II", data, at + 4)
    last = int.from_bytes(data[end - 4 : end])
    if at + 8 + 4 * known != end or first != 1 or not 1 <= last <= count:
        raise _Unproven
    return last


def _check_edits(data: bytes, track: _Place, movie_scale: int) -> None:
    """Check that all of a track is shown, at its own speed."""
    at = _find(data, track, "mdia", "mdhd")[0]
    scale, length = struct.unpack_from(">II", data, at + 12)
    if not movie_scale:
        raise _Unproven
    for _, place in _boxes(data, *_find(data, track, "edts")) if "edts" in dict(_boxes(data, *track)) else ():
        for lasts, begins, speed in struct.iter_unpack(">IiI", data[place[0] + 8 : place[1]]):
            rest, most = abs(lasts / movie_scale - (length - begins) / scale), min(1, length / scale / 2)
            if speed != 1 << 16 or (begins != _NOTHING and (not 0 <= begins <= length or rest > most)):
                raise _Unproven


_NOTHING = -1
"""Where an edit begins that shows nothing for a while."""


def _pairs(data: bytes, place: _Place) -> list[tuple[int, int]]:
    at, end = place
    (count,) = struct.unpack_from(">I", data, at + 4)
    if data[at] > 1 or at + 8 + 8 * count != end:
        raise _Unproven
    return list(struct.iter_unpack(">Ii", data[at + 8 : end]))


def _sizes(data: bytes, table: dict[str, _Place]) -> tuple[int, ...]:
    sizes: tuple[int, ...]
    at, end = table.get("stsz", (0, 0))
    size, count = struct.unpack_from(">II", data, at + 4) if at else (0, 0)
    if size:
        sizes = (size,) * count if count <= len(data) else ()
    else:
        sizes = struct.unpack_from(f">{count}I", data, at + 12) if count * 4 <= end - at - 12 else ()
    if not sizes or not all(sizes):
        raise _Unproven
    return sizes


def _offsets(data: bytes, table: dict[str, _Place], sizes: tuple[int, ...]) -> Iterator[int]:
    """Yield where each sample begins: in chunks, whose number of samples is said where it changes."""
    wide = "stco" not in table
    if "stsc" not in table or (wide and "co64" not in table):
        raise _Unproven
    at = table["co64" if wide else "stco"][0]
    chunks = struct.unpack_from(f">{struct.unpack_from('>I', data, at + 4)[0]}{'Q' if wide else 'I'}", data, at + 8)
    at = table["stsc"][0]
    count = struct.unpack_from(">I", data, at + 4)[0]
    runs = list(struct.iter_unpack(">III", data[at + 8 : at + 8 + 12 * count]))
    done = 0
    if any(described != 1 for *_, described in runs):
        raise _Unproven
    for (first, held, _), (following, *_) in zip(runs, [*runs[1:], (len(chunks) + 1,)], strict=True):
        for chunk in chunks[first - 1 : following - 1]:
            yield from accumulate(sizes[done : done + held - 1], initial=chunk)
            done += held
            if done > len(sizes):
                raise _Unproven


@dataclass(frozen=True, slots=True)
class _Film:
    """What describes a film, how its units say their length, and which parameters of pictures it has."""

    description: bytes
    settings: bytes
    width: int
    parameters: frozenset[int]

    def check_picture(self, data: bytes, at: int, size: int, *, is_first: bool) -> None:
        """Check that a picture is filled by its units and begins as one of this film."""
        end, slices = at + size, 0
        while at < end:
            begin = at + self.width
            at = begin + int.from_bytes(data[at:begin])
            if at > end or at - begin < 2 or data[begin] & 0x80 or _HOLE in data[begin:at]:
                raise _Unproven
            kind = data[begin] & 0x1F
            if kind in (_SLICE, _IDR):
                self._check_slice(data[begin + 1 : begin + 9], kind, is_first=slices == 0)
                slices += 1
                if is_first and kind != _IDR:
                    raise _Unproven
            elif kind not in _OTHERS:
                raise _Unproven
        if not slices:
            raise _Unproven

    def _check_slice(self, head: bytes, kind: int, *, is_first: bool) -> None:
        bits = _Bits(head)
        block, sort, parameters = bits.number(), bits.number(), bits.number()
        if (block == 0) != is_first or sort > 9 or parameters not in self.parameters:
            raise _Unproven
        if kind == _IDR and sort % 5 not in (2, 4):  # a picture that needs no other
            raise _Unproven


class _Bits:
    """The numbers of a unit's head, as Exp-Golomb codes (9.1)."""

    def __init__(self, data: bytes) -> None:
        self._left, self._bits = len(data) * 8, int.from_bytes(data)

    def number(self) -> int:
        zeros = self._left - self._bits.bit_length()
        self._left -= 2 * zeros + 1
        if self._left < 0:
            raise _Unproven
        value = self._bits >> self._left
        self._bits &= (1 << self._left) - 1
        return value - 1


def _read_film(data: bytes, place: _Place) -> _Film:
    """Read the one description of a film that has its parameters beside its pictures ("avc1")."""
    at, end = place
    begin, entries = at, list(_boxes(data, at + 8, end))
    if len(entries) != 1 or entries[0][0] != "avc1":
        raise _Unproven
    entry, end = entries[0][1]
    at, end = _find(data, (entry + 78, end), "avcC")
    described, settings = data[begin:end], data[at:end]
    version, profile, _, level, width, count = struct.unpack_from("6B", data, at)
    if version != 1 or not count & 31:
        raise _Unproven
    at += 6
    for _ in range(count & 31):
        sequence, at = _unit(data, at, end)
        if sequence[0] & 31 != _PARAMETERS[0] or (sequence[1], sequence[3]) != (profile, level):
            raise _Unproven
    known, count, at = set(), data[at], at + 1
    for _ in range(count):
        picture, at = _unit(data, at, end)
        if picture[0] & 31 != _PARAMETERS[1]:
            raise _Unproven
        known.add(_Bits(picture[1:9]).number())
    return _Film(described, settings, (width & 3) + 1, frozenset(known))


def _unit(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    length = struct.unpack_from(">H", data, at)[0]
    at += 2
    if length < 2 or at + length > end:
        raise _Unproven
    return data[at : at + length], at + length


__all__ = ["Whole", "describe_whole"]
