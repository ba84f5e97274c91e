"""What a comparison says, before it has a form: its columns, what is the same, groups of rows, sums."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb.compare.choice import asked, check, choose, resolve
from pixnb.compare.column_kinds import Inputs, Prompt
from pixnb.compare.columns import EMPTY, SAME, Cell, Column, Record, text_of
from pixnb.compare.outcomes import add_outcomes
from pixnb.compare.words import name_of, total
from pixnb.display import wording
from pixnb.media.media import Media
from pixnb.media.opening import UNREADABLE

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = "pixnb_numbers"
"""In the `attrs` of a frame that is part of something: by id, the numbers that its runs have there."""

_PLACES = ("input.", "output_path")


@dataclass(frozen=True)
class Row:
    """A run.

    Attributes:
        number: 1 for the first of the frame, or what the frame's `attrs` call it.
        cells: One for each column.
        output: Its clip, if the frame says where.
        error: What went wrong, or "".
    """

    number: int
    run_id: str
    cells: tuple[Cell, ...]
    status: str
    output: Path | None
    error: str

    @property
    def absence(self) -> str:
        """Why there is no clip where nothing went wrong."""
        if wording.tone(self.status) == "busy":
            return "Being made" if self.status == "PROCESSING" else "Waiting"
        if self.output:
            is_there = os.path.exists(self.output)  # noqa: PTH110  # also of a path that no system takes
            return _say_unseen(self.output) if is_there else "Its file is no longer here"
        return "No file"


@dataclass(frozen=True)
class Group:
    """Rows that have something in common.

    Attributes:
        heads: What they are grouped by: each a column and its cell; none where all rows are one group.
        rows: The rows.
        same: What else they have in common, which no row of them says again.
    """

    heads: tuple[tuple[Column, Cell], ...]
    rows: tuple[Row, ...]
    same: tuple[tuple[Column, Cell], ...] = ()


@dataclass(frozen=True)
class Content:
    """What a table, sheet or report says.

    Attributes:
        columns: What it has a column for.
        same: What is alike in all runs and so has none, with the one cell; the prompt and media apart.
        prompt: The prompt, where all have the same.
        inputs: Media that all were given, by role: a path or URL.
        groups: The rows.
        count: How many runs there are, also of those that have no row here.
        counts: How many runs have each status.
        money: What all cost together, in words; "" where the frame says nothing of it.
        is_simulated: Whether a sandbox made some of it.
    """

    columns: tuple[Column, ...]
    same: tuple[tuple[Column, Cell], ...]
    prompt: str
    inputs: Mapping[str, str]
    groups: tuple[Group, ...]
    count: int
    counts: Mapping[str, int]
    money: str
    is_simulated: bool

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, group after group."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def summary(self) -> list[str]:
        """How many runs there are, how they stand, what they cost: ["4 runs", "3 completed", "1 failed", "$0.60"]."""
        count = self.count
        said = [f"{count} run{'' if count == 1 else 's'}" if count else "No runs yet"]
        if len(self.counts) == 1 and count > 1:
            said[0] += f", all {next(iter(self.counts))}"
        else:
            said += [f"{n} {status}" for status, n in self.counts.items()]
        return [*said, *([self.money] if self.money and count else [])]

    @property
    def said_once(self) -> list[str]:
        """What all runs have alike: ["fps 24", "video coat.mp4"]."""
        same = [f"{column.title} {column.line(cell)}" for column, cell in self.same]
        return same + [f"{role} {name_of(place)}" for role, place in self.inputs.items()]

    def first(self, most: int) -> Content:
        """Return it with so many rows at most."""
        groups, left = [], most
        for group in self.groups:
            if left > 0:
                groups.append(replace(group, rows=group.rows[:left]))
                left -= len(group.rows)
        return replace(self, groups=tuple(groups))

    def cells(self, row: Row) -> list[tuple[Column, Cell]]:
        """Return a row's cells, each with its column."""
        return list(zip(self.columns, row.cells, strict=True))

    @property
    def marks(self) -> str:
        """What the marked words of prompts are held against; "" where none are marked."""
        heads = [cell for group in self.groups for _, cell in (*group.heads, *group.same)]
        said = []
        if _are_marked(cell for row in self.rows for cell in row.cells):
            first = "the first of its group" if len(self.groups) > 1 else f"run {self.rows[0].number}"
            said.append(f"where a prompt differs from that of {first}")
        if _are_marked(heads):
            said.append("where a group's prompt differs from the first group's")
        return f"Marked: {', and '.join(said)}" if said else ""


def _are_marked(cells: Iterable[Cell]) -> bool:
    return any(piece.differs for cell in cells for piece in cell.pieces)


def _say_unseen(place: Path) -> str:
    """Say what a file is that has no picture."""
    try:
        media = Media(place)
        if media.kind == "audio":
            return f"Sound, {wording.duration(media.info.duration)}" if media.info.duration else "Sound"
    except UNREADABLE:
        pass
    return "This file cannot be shown"


def content(
    frame: pd.DataFrame, *, by: str | Sequence[str] | None = None, columns: str | Sequence[str] | None = None
) -> Content:
    """Read what a comparison says out of a frame.

    Args:
        frame: A log's frame, or any with `run_id`, `output_path` or `output_sha256`.
        by: Columns that rows are grouped by, with or without their prefix; None for one group.
        columns: Columns that are shown, likewise; None for what differs and what came of it.

    Raises:
        InvalidInput: The frame lacks what it needs, or there is no column of a name.
    """
    check(frame)
    frame = _latest(add_outcomes(frame))
    grouped = [resolve(name, frame)[0] for name in ([by] if isinstance(by, str) else by or ())]
    taken = {column.name for column in grouped}
    chosen = [column for column in choose(frame, columns) if column.name not in taken]
    if columns is not None:  # what is alike is said all the same
        named = {column.name for column in chosen} | taken
        chosen += [column for column in choose(frame) if not column.varies and column.name not in named]
    records = [_cleaned(one) for one in frame.to_dict("records")]
    read = [(column, column.read(records)) for column in chosen if column.varies]
    shown = [column.placed(cells) for column, cells in read]
    groups = _groups(records, shown, [cells for _, cells in read], grouped)
    groups = _number(groups, frame.attrs.get(NUMBERS, {}))
    if grouped and columns is None:
        shown, groups = _say_once(shown, groups, {*asked(frame), "input"})
    same = [(c, cell) for c in chosen if records and not c.varies and not (cell := c.read(records[:1])[0]).is_empty]
    return Content(
        columns=tuple(shown),
        same=tuple((c, cell) for c, cell in same if not isinstance(c, Inputs) and c.name != "prompt"),
        prompt=next((cell.text for c, cell in same if c.name == "prompt"), ""),
        inputs={c.title: place for c, cell in same for place in cell.places},
        groups=groups,
        count=len(records),
        counts=Counter(status.lower() for record in records if (status := text_of(record, "status"))),
        money=total(records) if any(name in frame for name in ("cost", "cost_simulated")) else "",
        is_simulated=any(wording.is_true(record.get("sandbox")) for record in records),
    )


def _number(groups: tuple[Group, ...], known: Mapping[str, int]) -> tuple[Group, ...]:
    """Give rows the numbers that their reader knows them by."""
    if not known:
        return groups
    return tuple(
        replace(group, rows=tuple(replace(row, number=known.get(row.run_id, row.number)) for row in group.rows))
        for group in groups
    )


def _cleaned(record: Mapping[Any, Any]) -> Record:
    """Make texts fit to be shown, once for all forms; a place stays as it is, for its file is to be found."""
    return {
        str(key): wording.legible(value) if isinstance(value, str) and not str(key).startswith(_PLACES) else value
        for key, value in record.items()
    }


def _latest(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out runs that were tried again: of all attempts at a take, the last is shown."""
    if "attempt" not in frame or "take" not in frame:
        return frame
    key = [name for name in ("experiment", *asked(frame)) if name in frame]
    last: dict[Hashable, tuple[Decimal, int]] = {}
    rows = zip(frame["take"], frame["attempt"], *(frame[name].astype(str) for name in key), strict=True)
    for number, (take, attempt, *values) in enumerate(rows):
        cell = tuple(values) if wording.is_given(take) else number
        last[cell] = max(last.get(cell, (Decimal(0), 0)), (wording.number(attempt) or Decimal(0), number))
    return frame.iloc[sorted(number for _, number in last.values())]


def _groups(
    records: Sequence[Record], columns: Sequence[Column], cells: Sequence[Sequence[Cell]], by: Sequence[Column]
) -> tuple[Group, ...]:
    parts: dict[Hashable, list[int]] = {}
    keys = zip(*(column.read(records) for column in by), strict=True) if by else [()] * len(records)
    for number, key in enumerate(keys):
        parts.setdefault(tuple((cell.text, cell.aside, cell.places) for cell in key), []).append(number)
    firsts = [records[part[0]] for part in parts.values()]
    heads = zip(*(zip([column] * len(firsts), column.read(firsts), strict=True) for column in by), strict=True)
    return tuple(
        Group(tuple(head), _rows(records, part, columns, cells))
        for head, part in zip(list(heads) or [()] * len(firsts), parts.values(), strict=True)
    )


def _say_once(
    columns: Sequence[Column], groups: Sequence[Group], asked_for: Container[str]
) -> tuple[list[Column], tuple[Group, ...]]:
    """Move what all rows of a group have alike into its head; a column that no row needs then goes."""
    places = [n for n, column in enumerate(columns) if column.name in asked_for]
    alike = [{n for n in places if _is_same(group.rows, n)} for group in groups]
    several = [found for found, group in zip(alike, groups, strict=True) if len(group.rows) > 1]
    gone = set.intersection(*several) if several else set()
    # a single row has all alike: its head says what the other heads say
    told = [found if len(group.rows) > 1 else gone for found, group in zip(alike, groups, strict=True)]
    firsts = [(group.rows[0].cells, said) for group, said in zip(groups, told, strict=True)]
    heads = {n: _read_heads(columns[n], [cells[n] if n in said else EMPTY for cells, said in firsts]) for n in places}
    kept = [n for n in range(len(columns)) if n not in gone]
    moved = [
        Group(
            group.heads,
            tuple(_without(row, kept, told[g]) for row in group.rows),
            tuple((columns[n], heads[n][g]) for n in places if n in told[g] and not heads[n][g].is_empty),
        )
        for g, group in enumerate(groups)
    ]
    return [columns[n] for n in kept], tuple(moved)


def _without(row: Row, kept: Sequence[int], told: Container[int]) -> Row:
    cells = ((n, row.cells[n]) for n in kept)
    return replace(row, cells=tuple(SAME if n in told and not cell.is_empty else cell for n, cell in cells))


def _is_same(rows: Sequence[Row], n: int) -> bool:
    return len({(row.cells[n].text, row.cells[n].aside, row.cells[n].places) for row in rows}) == 1


def _read_heads(column: Column, firsts: Sequence[Cell]) -> Sequence[Cell]:
    """Prompts in heads are held against the first head's."""
    if not isinstance(column, Prompt):
        return firsts
    return [replace(cell, aside="") for cell in column.read([{column.name: _whole(cell)} for cell in firsts])]


def _whole(cell: Cell) -> str | None:
    return None if cell.is_empty else cell.text


def _rows(
    records: Sequence[Record], numbers: Sequence[int], columns: Sequence[Column], cells: Sequence[Sequence[Cell]]
) -> tuple[Row, ...]:
    part = [records[number] for number in numbers]
    is_all = len(part) == len(records)
    found = [
        # prompts are held against the first of their group
        column.read(part) if isinstance(column, Prompt) and not is_all else [own[number] for number in numbers]
        for column, own in zip(columns, cells, strict=True)
    ]
    across = zip(*found, strict=True) if found else [()] * len(part)
    return tuple(
        Row(
            number=number + 1,
            run_id=text_of(record, "run_id"),
            cells=tuple(line),
            status=text_of(record, "status"),
            output=Path(text_of(record, "output_path")) if text_of(record, "output_path") else None,
            error=text_of(record, "error"),
        )
        for number, record, line in zip(numbers, part, across, strict=True)
    )


__all__ = ["NUMBERS", "Content", "Group", "Row", "content"]
