"""What a comparison says, before it has a form: columns that vary, what is the same, groups of rows, sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb.compare.prompts import Piece, marked
from pixnb.compare.varying import columns_of, constant, varying
from pixnb.compare.words import default, label, name_of, say, total
from pixnb.display import figures
from pixnb.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("run_id", "output_path", "output_sha256")
"""Columns of which a frame needs one."""

_UNSAID = ("provider", "task", "take")  # said by the model, or by nothing else being different
_GIVEN = tuple(f"input.{role}" for role in ("video", "image", "end_image", "audio", "reference"))
_ENDS = {"cost": ("cost", "cost_simulated"), "time": ("queue_seconds", "run_seconds"), "status": ("status",)}


@dataclass(frozen=True)
class Cell:
    """What a row says in a column.

    Attributes:
        text: In words; "–" for nothing.
        pieces: A prompt's words, those marked that differ; empty in other columns.
        is_soft: Whether nothing was asked here: it is missing, or the service's default.
        places: Where inputs are: paths or URLs.
        aside: A word beside it: the service of a model, where there are several.
    """

    text: str
    pieces: tuple[Piece, ...] = ()
    is_soft: bool = False
    places: tuple[str, ...] = ()
    aside: str = ""

    @property
    def said(self) -> str:
        """Text and aside in one line."""
        return f"{self.text} ({self.aside})" if self.aside else self.text


@dataclass(frozen=True)
class Column:
    """A column of what was asked.

    Attributes:
        name: Of the frame: "params.fps".
        label: In words: "fps".
        aside: The frame's column that says a word beside each value; "" for none.
        parts: The frame's columns that are shown in this one; empty where it is one itself.
    """

    name: str
    label: str
    aside: str = ""
    parts: tuple[str, ...] = ()

    @property
    def is_prompt(self) -> bool:
        """Whether it holds prompts, whose words are marked."""
        return self.label.endswith("prompt")

    @property
    def is_input(self) -> bool:
        """Whether it holds media that were given."""
        return self.name.startswith("input.")


@dataclass(frozen=True)
class Row:
    """A run.

    Attributes:
        number: 1 for the first of the frame.
        cells: One for each column.
        output: Its clip, if the frame says where.
        error: What went wrong, or "".
    """

    number: int
    run_id: str
    cells: tuple[Cell, ...]
    status: str
    cost: str
    time: str
    stars: str
    output: Path | None
    error: str


@dataclass(frozen=True)
class Group:
    """Rows that have something in common, which `heading` says; its label is "" where all rows are one group."""

    label: str
    heading: Cell
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Content:
    """What a table or report says.

    Attributes:
        columns: What was asked and differs.
        ends: Which of "cost", "time", "status" and "stars" there is something to say of.
        same: What was asked alike in all runs, by label; the prompt and media apart.
        prompt: The prompt, where all have the same.
        sources: Media that all were given, by role: a path or URL.
        groups: The rows.
        counts: How many runs have each status.
        money: What all cost together, in words; "" where the frame says nothing of it.
        is_simulated: Whether a sandbox made some of it.
    """

    columns: tuple[Column, ...]
    ends: tuple[str, ...]
    same: Mapping[str, str]
    prompt: str
    sources: Mapping[str, str]
    groups: tuple[Group, ...]
    counts: Mapping[str, int]
    money: str
    is_simulated: bool

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, group after group."""
        return tuple(row for group in self.groups for row in group.rows)


def content(frame: pd.DataFrame, *, by: str | Sequence[str] | None = None) -> Content:
    """Read what a comparison says out of a frame.

    Args:
        frame: A log's frame, or any with `run_id`, `output_path` or `output_sha256`.
        by: Columns that rows are grouped by, with or without their prefix; None for one group.

    Raises:
        InvalidInput: The frame has none of the columns that it needs, or no column `by`.
    """
    if not any(name in frame for name in KEYS):
        raise InvalidInput(
            "A table of runs needs a column run_id, output_path or output_sha256; this frame has "
            f"{', '.join(map(str, frame.columns)) or 'no columns'}."
        )
    grouped = [resolve(name, frame) for name in ([by] if isinstance(by, str) else by or ())]
    columns = _columns([name for name in _shown(frame) if name not in grouped], frame)
    records = [{str(key): value for key, value in record.items()} for record in frame.to_dict("records")]
    same = {name: value for name, value in constant(frame).items() if name not in (*_UNSAID, *grouped)}
    prompt = same.pop("prompt", None)
    return Content(
        columns=columns,
        ends=_ends(frame),
        same={label(name): say(value) for name, value in same.items() if not name.startswith("input.")},
        prompt=str(prompt) if prompt is not None else "",
        sources={label(name): str(value) for name, value in same.items() if name.startswith("input.")},
        groups=_groups(records, columns, [_column(name, frame) for name in grouped]),
        counts=Counter(str(record["status"]).lower() for record in records if figures.is_given(record.get("status"))),
        money=total(records) if any(name in frame for name in _ENDS["cost"]) else "",
        is_simulated=any(record.get("sandbox") is True for record in records),
    )


def resolve(name: str, frame: pd.DataFrame) -> str:
    """Return the frame's own name of a column that a person calls by its last part.

    Raises:
        InvalidInput: There is no such column; the message names those that there are.
    """
    found = [column for column in map(str, frame.columns) if column == name or column.partition(".")[2] == name]
    if found:
        return found[0]
    known = ", ".join(label(column).replace(" ", "_") for column in columns_of(frame))
    raise InvalidInput(f'There is no column "{name}" to group by. Choose from {known}.')


def _columns(names: Sequence[str], frame: pd.DataFrame) -> tuple[Column, ...]:
    """The columns; inputs that no run has all of are one, for models that take different things leave most empty."""
    given = [name for name in names if name.startswith("input.")]
    if len(given) < 2 or frame[given].notna().all(axis=None):
        return tuple(_column(name, frame) for name in names)
    parts = tuple(sorted(given, key=lambda name: (_GIVEN.index(name) if name in _GIVEN else len(_GIVEN), name)))
    one = Column("input.", "input", parts=parts)
    return tuple(one if name == given[0] else _column(name, frame) for name in names if name not in given[1:])


def _column(name: str, frame: pd.DataFrame) -> Column:
    is_several = name == "model" and "provider" in frame and frame["provider"].nunique() > 1
    return Column(name, label(name), "provider" if is_several else "")


def _shown(frame: pd.DataFrame) -> list[str]:
    differ = varying(frame)
    if "model" in differ or "model" not in frame:  # the model says them
        differ = [name for name in differ if name not in ("provider", "task")]
    if "seed" in differ and frame["seed"].notna().all():
        differ = [name for name in differ if name != "take"]
    last = [name for name in ("seed", "take") if name in differ]
    first = [name for name in ("prompt",) if name in differ]
    return [*first, *(name for name in differ if name not in (*first, *last)), *last]


def _ends(frame: pd.DataFrame) -> tuple[str, ...]:
    found = [name for name, needs in _ENDS.items() if any(column in frame for column in needs)]
    if "stars" in frame and frame["stars"].notna().any():
        found.append("stars")
    return tuple(found)


def _groups(records: Sequence[dict[str, Any]], columns: Sequence[Column], by: Sequence[Column]) -> tuple[Group, ...]:
    parts: dict[Hashable, list[tuple[int, dict[str, Any]]]] = {}
    for number, record in enumerate(records, 1):
        parts.setdefault(tuple(say(record[column.name]) for column in by), []).append((number, record))
    heads = _headings([part[0][1] for part in parts.values()], by)
    said = ", ".join(column.label for column in by)
    return tuple(
        Group(said, heading, _rows(part, columns)) for heading, part in zip(heads, parts.values(), strict=True)
    )


def _headings(records: Sequence[dict[str, Any]], by: Sequence[Column]) -> list[Cell]:
    cells = [_cells(records, column) for column in by]
    if len(cells) == 1:
        return cells[0]
    return [Cell(", ".join(cell.said for cell in group)) for group in zip(*cells, strict=True)] or [Cell("")] * len(
        records
    )


def _rows(part: Sequence[tuple[int, dict[str, Any]]], columns: Sequence[Column]) -> tuple[Row, ...]:
    records = [record for _, record in part]
    cells = [_cells(records, column) for column in columns]
    across = zip(*cells, strict=True) if cells else [()] * len(part)
    return tuple(_row(number, record, tuple(line)) for (number, record), line in zip(part, across, strict=True))


def _row(number: int, record: Mapping[str, Any], cells: tuple[Cell, ...]) -> Row:
    return Row(
        number=number,
        run_id=_text(record, "run_id"),
        cells=cells,
        status=_text(record, "status"),
        cost=figures.cost(record),
        time=figures.seconds(record),
        stars=figures.stars(record.get("stars")),
        output=Path(_text(record, "output_path")) if _text(record, "output_path") else None,
        error=_text(record, "error"),
    )


def _cells(records: Sequence[dict[str, Any]], column: Column) -> list[Cell]:
    if column.is_input:
        return [_input(record, column.parts or (column.name,)) for record in records]
    values = [record[column.name] for record in records]
    if column.is_prompt:
        texts = [str(value) if figures.is_given(value) else "" for value in values]
        split = marked(texts)
        return [Cell(text or "–", pieces, not text) for text, pieces in zip(texts, split, strict=True)]
    return [_cell(record, column, value) for record, value in zip(records, values, strict=True)]


def _cell(record: Mapping[str, Any], column: Column, value: Any) -> Cell:
    if not figures.is_given(value):
        usual = default(record.get("model"), column.name)
        return Cell("–" if usual is None else f"{say(usual)} (default)", is_soft=True)
    return Cell(say(value), aside=_text(record, column.aside))


def _input(record: Mapping[str, Any], names: Sequence[str]) -> Cell:
    places = tuple(str(record[name]) for name in names if figures.is_given(record[name]))
    return Cell(", ".join(map(name_of, places)), places=places) if places else Cell("–", is_soft=True)


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return str(value) if figures.is_given(value) else ""


__all__ = ["KEYS", "Cell", "Column", "Content", "Group", "Row", "content", "resolve"]
