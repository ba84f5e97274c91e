"""The table in Markdown, as GitHub reads it: lined up, escaped, what differs in bold."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from pixnb.compare.content import Content
from pixnb.compare.paper import Printed, print_columns, say_beside
from pixnb.compare.prompts import Piece
from pixnb.compare.table import pad, width_of

_SIGNS = re.compile(r"([\\`*_{}\[\]|~$])")
_WIDEST = 60  # columns of a cell beyond which it is no use to line up with it


def write_markdown(said: Content, *, whole: bool = False) -> str:
    """Return the table in Markdown; see `Table.to_markdown`."""
    columns = print_columns(said, whole=whole)
    beside = [escape_markdown(line) for line in say_beside(said)]
    if not said.rows:
        return "\n\n".join(beside)
    heads = [escape_markdown(column.title) for column in columns]
    lines = [heads, *([_cell(column.cells[n]) for column in columns] for n in range(len(said.rows)))]
    widths = [min(_WIDEST, max(3, *(width_of(line[n]) for line in lines))) for n in range(len(columns))]
    rule = [("-" * (width - 1) + ":") if column.is_right else "-" * width
            for column, width in zip(columns, widths, strict=True)]  # fmt: skip
    rows = [_row(line, widths, columns) for line in (lines[0], rule, *lines[1:])]
    return "\n\n".join([*beside, "\n".join(rows)])


def escape_markdown(text: str) -> str:
    r"""Make a text safe in a cell: no sign of it is a command, no line ends in it.

    Example:
        >>> escape_markdown("a|b *c* <i>\n#1")
        'a\\|b \\*c\\* &lt;i&gt;<br>#1'
    """
    safe = _SIGNS.sub(r"\\\1", html.escape(text, quote=False))
    safe = re.sub(r"(?<=https)(?=://)|(?<=http)(?=://)|(?<=www)(?=\.)", "<!-- -->", safe)  # else GitHub makes links
    return re.sub(r"\s*\n\s*", "<br>", safe)


def _row(line: Iterable[str], widths: Iterable[int], columns: Iterable[Printed]) -> str:
    cells = (pad(text, width, "right" if column.is_right else "left")
             for text, width, column in zip(line, widths, columns, strict=True))  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _cell(pieces: Iterable[Piece]) -> str:
    parts = list(pieces)
    said = ""
    for at, piece in enumerate(parts):
        after = parts[at + 1].text[:1] if at + 1 < len(parts) else ""
        said += _bold(piece.text, said[-1:], after) if piece.differs else escape_markdown(piece.text)
    return said.strip()


def _bold(text: str, before: str, after: str) -> str:
    inner = text.strip()
    start, end = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    # beside a letter, stars are only read as bold where they touch a letter too
    joins = (start or not before or not before.isalnum() or inner[:1].isalnum()) and (
        end or not after or not after.isalnum() or inner[-1:].isalnum()
    )
    said = escape_markdown(inner)
    return f"{start}**{said}**{end}" if joins else f"{start}<strong>{said}</strong>{end}"


__all__ = ["escape_markdown", "write_markdown"]
