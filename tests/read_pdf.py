"""Reads the PDFs that pixnb writes: the words with their places, the pictures, the page; no more of PDF than that."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """Words of a page: where they begin, in points from below; whether nobody sees them; what is read instead."""

    text: str
    x: float
    y: float
    is_unseen: bool = False
    stands_for: str | None = None


@dataclass(frozen=True)
class Read:
    """A PDF of one page."""

    size: tuple[float, float]
    said: list[Said]
    pictures: list[tuple[int, int]]
    placed: int
    title: str

    @property
    def text(self):
        """What is found in it, in the order in which it was written."""
        return "".join(one.text if one.stands_for is None else one.stands_for for one in self.said)


_TOKENS = re.compile(
    rb"BT (?P<place>-?[\d.]+ -?[\d.]+) Td|/(?P<font>F\d+) [\d.]+ Tf|(?P<mode>\d) Tr"
    rb"|ActualText <(?P<actual>[0-9a-fA-F]+)>|(?P<end>EMC)|\((?P<string>(?:[^\\()]|\\.)*)\) Tj|(?P<image>/I\d+) Do",
    re.DOTALL,
)
_ESCAPED = {b"r": b"\r", b"n": b"\n", b"t": b"\t"}


def read_pdf(data: bytes) -> Read:
    """Read a PDF's one page."""
    assert data.startswith(b"%PDF-1.")
    found = {int(m[1]): m[2] for m in re.finditer(rb"(\d+) 0 obj\n(.*?)\nendobj", data, re.DOTALL)}
    page = next(one for one in found.values() if b"/Type /Page\n" in one)
    resources = found[_number(page, b"Resources")]
    letters = {
        name.decode(): _read_letters(found[_number(found[int(at)], b"ToUnicode")])
        for name, at in re.findall(rb"/(F\d+) (\d+) 0 R", resources)
    }
    images = [one for one in found.values() if b"/Subtype /Image" in one]
    masks = {_number(one, b"SMask") for one in images if b"/SMask" in one}
    said, placed = _read_content(_inflate(found[_number(page, b"Contents")]), letters)
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    title = re.search(rb"/Title (?:<feff([0-9a-f]*)>|\((.*?)\))", data)
    return Read(
        (float(box[1]), float(box[2])),
        said,
        [(_number(one, b"Width"), _number(one, b"Height")) for at, one in found.items()
         if one in images and at not in masks],
        placed,
        bytes.fromhex(title[1].decode()).decode("utf-16-be") if title[1] else title[2].decode(),
    )  # fmt: skip


def _read_content(content, letters):
    said, placed, font, modes, actual, place = [], 0, "", [0], None, (0.0, 0.0)
    for line in re.split(rb"(?<=\n)(?=[qQ]\n)|(?<=\n)(?=BT|/)", content):
        modes = [*modes, modes[-1]] if line.startswith(b"q\n") else modes[:-1] if line.startswith(b"Q\n") else modes
        for found in _TOKENS.finditer(line):
            kind, value = found.lastgroup, found[found.lastgroup]
            if kind == "place":
                place = tuple(map(float, value.split()))
            elif kind == "font":
                font = value.decode()
            elif kind == "mode":
                modes[-1] = int(value)
            elif kind == "actual":
                actual = bytes.fromhex(value.decode()).decode("utf-16").removeprefix("\ufeff")
            elif kind == "end":
                actual = None
            elif kind == "image":
                placed += 1
            else:
                codes = re.sub(rb"\\(.)", lambda one: _ESCAPED.get(one[1], one[1]), value, flags=re.DOTALL)
                text = "".join(letters[font][int.from_bytes(codes[n : n + 2])] for n in range(0, len(codes), 2))
                said.append(Said(text, *place, modes[-1] == 3, actual))
    return said, placed


def _read_letters(table):
    rows = re.findall(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>\n", _inflate(table))
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in rows}


def _inflate(one):
    body = one.partition(b"stream\n")[2].rpartition(b"\nendstream")[0]
    return zlib.decompress(body) if b"/FlateDecode" in one.partition(b"stream\n")[0] else body


def _number(one, key):
    return int(re.search(rb"/" + key + rb" (\d+)", one)[1])
