"""The table in LaTeX, for a paper: booktabs, escaped, with a word on what the letters in it need."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pixnb.compare.content import Content
from pixnb.compare.paper import Printed, print_columns, say_beside, starts_of, widest
from pixnb.compare.prompts import Piece

_LONG_TABLE = 40  # rows from which it runs over pages
_WRAPPED = 0.55  # of a line, for all columns that wrap
_SIGNS = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",  # also where a language of babel takes it for a command
    "`": r"\textasciigrave{}",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "×": r"$\times$",
    "″": "''",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "·": r"\textperiodcentered{}",
    "€": r"\texteuro{}",
    "\u00a0": "~",
    "\n": " ",
    "\0": "{}",  # between two hyphens, which else become a dash
}
_ESCAPED = str.maketrans(_SIGNS)
_LATIN = 0x17F  # what pdfLaTeX has letters for
_HAN = "Chinese or Japanese"
_RIGHT_TO_LEFT = ("R", "AL")


def write_latex(said: Content, *, caption: str | None = None, label: str | None = None, whole: bool = False) -> str:
    """Return the table in LaTeX; see `Table.to_latex`."""
    import pandas as pd

    columns, starts = print_columns(said, whole=whole), starts_of(said)
    lines = [[_cell(column.cells[n]) for column in columns] for n in range(len(said.rows))]
    for start in starts:
        lines[start][0] = f"\\addlinespace\n{lines[start][0]}"
    styled = pd.DataFrame(lines, columns=range(len(columns)), dtype=object).style.hide(axis="index")
    styled.relabel_index([escape_latex(column.title) for column in columns], axis="columns")
    table = styled.to_latex(
        column_format="".join(_side(column, widest(columns)) for column in columns),
        hrules=True,
        caption=caption,
        label=label,
        position_float="centering" if caption and len(lines) <= _LONG_TABLE else None,
        environment="longtable" if len(lines) > _LONG_TABLE else None,
    )
    return "".join(f"% {line}\n" for line in _comments(said, columns)) + table


def escape_latex(text: str) -> str:
    r"""Make a text safe in LaTeX: no sign of it is a command.

    Example:
        >>> print(escape_latex("50% of $5 & a_b -- \\x"))
        50\% of \$5 \& a\_b -{}- \textbackslash{}x
    """
    return re.sub("-(?=-)", "-\0", text).translate(_ESCAPED)


def _cell(pieces: Iterable[Piece]) -> str:
    return "".join(
        _bold(piece.text) if piece.differs
        else f"\\emph{{{escape_latex(piece.text.strip())}}} " if piece.names
        else escape_latex(piece.text)
        for piece in pieces
    )  # fmt: skip


def _bold(text: str) -> str:
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{escape_latex(before)}\\textbf{{{escape_latex(text.strip())}}}{escape_latex(after)}"


def _side(column: Printed, count: int) -> str:
    return f"p{{{_WRAPPED / count:.2f}\\linewidth}}" if column.is_long else "r" if column.is_right else "l"


def _comments(said: Content, columns: Iterable[Printed]) -> list[str]:
    is_long = len(said.rows) > _LONG_TABLE
    lines = [r"\usepackage{booktabs}" + (r"\usepackage{longtable}" if is_long else ""), *say_beside(said)]
    text = "".join(piece.text for column in columns for cell in column.cells for piece in cell)
    foreign = {letter for letter in text if ord(letter) > _LATIN and letter not in _SIGNS}
    if foreign:
        lines.append(
            f"It has {', '.join(sorted(set(map(_script, foreign))))}: use XeLaTeX or LuaLaTeX, and a font that has it."
        )
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in foreign):
        lines.append("Some of it runs from right to left: use the package bidi, or babel with bidi=default.")
    return lines


def _script(letter: str) -> str:
    """Name what a letter belongs to: "Cyrillic", "Chinese or Japanese", "emoji"."""
    if letter >= "\U0001f000" or letter in "\u200d\ufe0f":
        return "emoji"
    if "\u3000" <= letter <= "\u303f" or "\uff00" <= letter <= "\uffef":
        return _HAN
    if not letter.isalpha() and unicodedata.category(letter)[0] != "M":
        return "signs"
    first = unicodedata.name(letter, "other letters").split()[0].capitalize()
    return {"Cjk": _HAN, "Hiragana": _HAN, "Katakana": _HAN, "Combining": "accents"}.get(first, first)


__all__ = ["escape_latex", "write_latex"]
