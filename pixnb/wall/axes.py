"""The axes of a wall: those that a person names, or those in which the runs differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pixnb.compare.choice import asked, resolve
from pixnb.compare.columns import NOTHING, Cell, Column
from pixnb.compare.content import Content, content
from pixnb.display.arrangement import Labels, leave_independent, measure_filling, split_axes
from pixnb.display.sweep_layout import say_label
from pixnb.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

Names = str | Sequence[str] | None
"""Columns that a person names: one, several that nest, or None for those that fit."""

_ACROSS = 8  # clips beside each other at most, where nobody asks for more
_ROW = 6  # clips of one axis in one row; more are wrapped
_SPARSE = 0.5
_CURT = (NOTHING, "yes", "no")


@dataclass(frozen=True)
class Axes:
    """What goes down and across, by the columns' names.

    Attributes:
        down: From the outermost.
        across: Likewise.
        others: What runs differ in besides.
        is_flow: Whether there is no grid: the cells wrap as words do.
    """

    down: Sequence[str]
    across: Sequence[str]
    others: Sequence[str]
    is_flow: bool = False


class Values:
    """What the runs have on each axis.

    Args:
        said: Their content, with a column for each axis.
        names: The axes.

    Attributes:
        labels: Of each run: what stands on each axis, so that different values never look alike.
        cells: What an axis says at a label.
    """

    def __init__(self, said: Content, names: Sequence[str]) -> None:
        at = {column.name: number for number, column in enumerate(said.columns)}
        self.columns: Mapping[str, Column] = {name: said.columns[at[name]] for name in names}
        self.labels: list[Labels] = []
        self.cells: dict[tuple[str, str], Cell] = {}
        seen: dict[tuple[str, Hashable], str] = {}
        for row in said.rows:
            one = {}
            for name in names:
                cell = row.cells[at[name]]
                one[name] = self._label(name, cell, seen)
                self.cells.setdefault((name, one[name]), cell)
            self.labels.append(one)

    def _label(self, name: str, cell: Cell, seen: dict[tuple[str, Hashable], str]) -> str:
        key = (name, (cell.text, cell.aside if self.columns[name].beside else "", cell.places))
        if key not in seen:
            taken = {label for (other, _), label in seen.items() if other == name}
            label, count = cell.text, 2
            while label in taken:  # two files of one name, a model that two services have
                label, count = f"{cell.text} ({count})", count + 1
            seen[key] = label
        return seen[key]

    def say(self, name: str, label: str) -> str:
        """Say what stands on an axis, with the axis where it says little by itself."""
        cell, column = self.cells[name, label], self.columns[name]
        if cell.pieces:
            return cell.text
        said = column.line(cell) if label == cell.text else label
        if said in _CURT:
            return f"{column.title} {said}"
        return say_label("model" if name == "model" else column.title, said)


def read_axes(frame: pd.DataFrame, rows: Names, columns: Names) -> tuple[Axes, Values]:
    """Choose what goes down and across.

    Args:
        frame: A log's frame, or any with `run_id`, `output_path` or `output_sha256`.
        rows: Columns that go down, with or without their prefix; several nest; None for what fits.
        columns: Columns that go across, likewise.

    Raises:
        InvalidInput: There is no column of a name, or one is named twice.
    """
    down, across = _resolve(rows, frame), _resolve(columns, frame)
    twice = [name for name, count in Counter([*(down or ()), *(across or ())]).items() if count > 1]
    if twice:
        raise InvalidInput(f"{', '.join(twice)} cannot be an axis twice: name it in rows or in columns.")
    varying = _find_varying(frame)
    names = list(dict.fromkeys([*(down or ()), *(across or ()), *varying]))
    values = Values(content(frame, columns=names) if names else content(frame), names)
    labels = values.labels
    given = [*(down or ()), *(across or ())]
    rest = [name for name in varying if name not in given]
    free = [] if down is not None and across is not None else _choose(labels, rest, given)
    others = leave_independent(labels, [name for name in rest if name not in free], [*given, *free])
    if down is None and across is None:
        return _split(labels, free, others, varying), values
    return Axes(free if down is None else down, free if across is None else across, others), values


def _resolve(given: Names, frame: pd.DataFrame) -> list[str] | None:
    if given is None:
        return None
    names = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    return [part for name in names for column in resolve(name, frame) for part in _parts(column)]


def _parts(column: Column) -> Sequence[str]:
    return column.parts if column.name == "input" else (column.name,)


def _find_varying(frame: pd.DataFrame) -> list[str]:
    """Name what the runs differ in; labels come first, which say more than what they stand for, if each run has one."""
    known = {str(name) for name in asked(frame)}
    found = [part for column in content(frame).columns for part in _parts(column) if part in known]
    labels = [name for name in found if name.startswith("vars.")]
    full = [name for name in labels if frame[name].notna().all()]
    return [*full, *(name for name in found if name not in labels), *(name for name in labels if name not in full)]


def _choose(labels: Sequence[Labels], varying: Sequence[str], given: Sequence[str]) -> list[str]:
    names = list(varying)
    if "seed" in names and "take" in names:  # not each run has a seed
        names.remove("seed")
    names = leave_independent(labels, names, given)
    for name in ("seed", "take"):
        # seeds that each run has for itself are no columns: such runs stand together as takes do
        if name in names and len(names) + len(given) > 1 and measure_filling(labels, [*given, *names]) < _SPARSE:
            names.remove(name)
    return names


def _split(labels: Sequence[Labels], names: Sequence[str], others: Sequence[str], varying: Sequence[str]) -> Axes:
    flow = Axes([], [], varying, is_flow=True)
    if not names:
        return flow if len(labels) > 1 else Axes([], [], others)
    if len(names) == 1:
        return Axes([], names, others) if _count(labels, names) <= _ROW else flow
    wordings = [name for name in names[:1] if name == "prompt" or name.startswith("vars.")]
    down, across = split_axes(labels, names, most=_ACROSS, wordings=wordings)
    is_grid = across and (down or _count(labels, across) <= _ACROSS)
    return Axes(down, across, others) if is_grid else flow


def _count(labels: Sequence[Labels], names: Sequence[str]) -> int:
    return len({tuple(one[name] for name in names) for one in labels})


__all__ = ["Axes", "Names", "Values", "read_axes"]
