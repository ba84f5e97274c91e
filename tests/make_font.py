"""Makes a font of a few letters, for tests that must not depend on the fonts of a machine."""

from __future__ import annotations

import struct


def make_font(letters: str, *, empty: str = "", form: int = 12) -> bytes:
    """Return a TrueType font that draws a wedge for each letter, and claims to have those of `empty` too.

    Args:
        letters: Drawn.
        empty: Named in its table, drawn as the empty square that stands for what a font has not.
        form: The format of its table of letters, 4 or 12.
    """
    square = _glyph([(0, 0), (0, 700), (600, 700), (600, 0)])
    wedge = _glyph([(0, 0), (300, 800), (700, 100)])
    tables = {
        b"cmap": _table_of({**dict.fromkeys(map(ord, empty), 0), **dict.fromkeys(map(ord, letters), 1)}, form),
        b"glyf": square + wedge,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, 1000, 0, 0, 0, 0, 700, 800, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 900, -200, 0, 800, *([0] * 11), 2),
        b"hmtx": struct.pack(">HhHh", 700, 0, 800, 0),
        b"loca": struct.pack(">III", 0, len(square), len(square) + len(wedge)),
        b"maxp": struct.pack(">IH13H", 0x10000, 2, 4, 1, 0, 0, 2, *([0] * 8)),
    }
    head = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 48)
    at, rows, body = len(head) + 16 * len(tables), b"", b""
    for tag, data in sorted(tables.items()):
        rows += struct.pack(">4sIII", tag, 0, at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    return head + rows + body


def _glyph(points: list[tuple[int, int]]) -> bytes:
    across, down = zip(*points, strict=True)
    data = struct.pack(">hhhhhHH", 1, min(across), min(down), max(across), max(down), len(points) - 1, 0)
    data += bytes([1] * len(points))
    for axis in (across, down):
        last = 0
        for value in axis:
            data += struct.pack(">h", value - last)
            last = value
    return data + bytes(-len(data) % 4)


def _table_of(glyphs: dict[int, int], form: int) -> bytes:
    codes = sorted(glyphs)
    if form == 12:
        body = b"".join(struct.pack(">III", code, code, glyphs[code]) for code in codes)
        return (
            struct.pack(">HHHHI", 0, 1, 3, 10, 12) + struct.pack(">HHIII", 12, 0, 16 + len(body), 0, len(codes)) + body
        )
    ends = [*codes, 0xFFFF]
    shifts = [*((glyphs[code] - code) % 65536 for code in codes), 1]
    count = len(ends)
    body = struct.pack(f">{count}H", *ends) + b"\0\0" + struct.pack(f">{count}H", *ends)
    body += struct.pack(f">{count}H", *shifts) + bytes(2 * count)
    head = struct.pack(">HHHHHHH", 4, 14 + len(body), 0, 2 * count, 0, 0, 0)
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + head + body
