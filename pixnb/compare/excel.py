"""Runs as a workbook: texts stay texts, so that no prompt is run as a formula."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb.compare.files import target_of, write_whole
from pixnb.display import wording
from pixnb.errors import InvalidInput
from pixnb.extras import install

if TYPE_CHECKING:
    import pandas as pd

_LONGEST = 32_767
_MOST_ROWS = 1_048_576
_EXACT = 10**15  # beyond it Excel rounds: a seed or an id is kept as text


def write_workbook(frame: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a frame as an Excel workbook.

    Args:
        frame: Any; a text that begins with "=" is a text there too, times are UTC, lists and dicts are JSON.
        path: Where to; ".xlsx" is added when it has no ending.

    Returns:
        The file's absolute path.

    Raises:
        InvalidInput: openpyxl is not installed, the frame has more rows than a sheet, or the file cannot be written.

    Example:
        >>> write_workbook(exp.frame(), "runs.xlsx")  # doctest: +SKIP
    """
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError as error:
        raise InvalidInput(f"A workbook needs openpyxl, which is not installed here. {install('excel')}") from error
    if len(frame) >= _MOST_ROWS:
        raise InvalidInput(f"A sheet holds {_MOST_ROWS - 1:,} rows, not {len(frame):,}. Write a part of them.")

    target = target_of(path, ".xlsx")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("runs")
    sheet.freeze_panes = "B2"
    for line in _lines(frame):
        row = [WriteOnlyCell(sheet, value) for value in line]
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type, cell.quotePrefix = "s", True  # else "=1+1" is a formula, at once or when it is edited
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return write_whole(target, out.getvalue())


def _lines(frame: pd.DataFrame) -> Iterator[list[Any]]:
    yield [_plain(str(name)) for name in frame.columns]
    for line in frame.itertuples(index=False, name=None):
        yield [_plain(value) for value in line]


def _plain(value: Any) -> Any:
    """Make of a cell what a workbook holds."""
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    elif hasattr(value, "item") and not hasattr(value, "__len__"):
        value = value.item()
    if not wording.is_given(value):
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, int | float | Decimal) and -_EXACT < value < _EXACT:
        return value
    if isinstance(value, list | tuple | dict):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return wording.legible(str(value))[:_LONGEST]


__all__ = ["write_workbook"]
