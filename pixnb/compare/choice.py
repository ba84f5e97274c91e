"""Which columns a comparison has: those that are asked for, or what differs between the runs and what came of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pixnb.compare.column_kinds import (
    Inputs,
    Metric,
    Money,
    Note,
    Outcome,
    Picked,
    Prompt,
    Refusals,
    Stars,
    Status,
    Tags,
    Votes,
)
from pixnb.compare.columns import Column
from pixnb.compare.words import label
from pixnb.display import wording
from pixnb.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("run_id", "output_path", "output_sha256")
"""Columns of which a frame needs one."""

_FIXED = ("provider", "model", "task", "prompt", "seed", "take")
_ASKED = ("input.", "params.", "vars.")
_CALLED = "vars.prompt"
_ROLES = tuple(f"input.{role}" for role in ("video", "image", "end_image", "audio", "reference"))

# What came of runs and what people said of them: the column, its title, and the frame's columns that it is made of,
# by name or prefix. The order is the table's.
_OUTCOMES: tuple[tuple[type[Column], str, tuple[str, ...]], ...] = (
    (Prompt, "prompt_used", ("prompt_used",)),
    (Column, "seed_used", ("seed_used",)),
    (Metric, "metrics.", ("metrics.",)),
    (Tags, "tags", ("tags.",)),
    (Note, "note", ("note",)),
    (Note, "notes", ("notes",)),
    (Money, "cost", ("cost", "cost_simulated", "cost_estimated")),
    (Outcome, "time", ("run_seconds",)),
    (Status, "status", ("status",)),
    (Refusals, "refused", ("refused_rate",)),
    (Votes, "votes", ("votes.won", "votes.of")),
    (Picked, "picked", ("picked",)),
    (Stars, "stars", ("stars",)),
)
_ALWAYS = ("cost", "time", "status")  # there where the frame has them; others where a run has something to say


def check(frame: pd.DataFrame) -> None:
    """Refuse a frame that no comparison can be made of.

    Raises:
        InvalidInput: It has none of the columns that it needs, or one of them twice.
    """
    names = list(map(str, frame.columns))
    if not any(name in names for name in KEYS):
        raise InvalidInput(
            f"Comparing runs needs a column {', '.join(KEYS[:-1])} or {KEYS[-1]}; this frame has "
            f"{', '.join(names) or 'no columns'}. Name the column that holds them, or begin with exp.frame()."
        )
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise InvalidInput(
            f"The frame has more than one column {', '.join(twice)}, so that it is not clear which counts. "
            "Rename or drop one: frame.loc[:, ~frame.columns.duplicated()] keeps the first of each."
        )


def asked(frame: pd.DataFrame) -> list[str]:
    """Return the frame's columns of what was asked for."""
    return [name for name in frame.columns if name in _FIXED or str(name).startswith(_ASKED)]


def varying(frame: pd.DataFrame) -> list[str]:
    """Return the columns of what was asked that differ between runs, in the frame's order.

    Args:
        frame: A log's frame, or any with some of its columns.

    Example:
        >>> import pandas as pd
        >>> varying(pd.DataFrame({"model": ["ltx-2", "ltx-2"], "prompt": ["A lake", "A sea"], "take": [1, 1]}))
        ['prompt']
    """
    return [name for name in asked(frame) if _differs(frame, name)]


def choose(frame: pd.DataFrame, columns: Sequence[str] | str | None = None) -> list[Column]:
    """Return the columns that a comparison draws, in their order; those that do not vary are said once.

    Args:
        frame: A log's frame, or any other that `check` lets pass.
        columns: By name, with or without the prefix, or a prefix for all under it: "fps", "metrics"; None for what
            differs, and what came of it.

    Raises:
        InvalidInput: There is no such column.
    """
    if columns is not None:
        wanted = [columns] if isinstance(columns, str) else columns
        return [replace(found, varies=True) for name in wanted for found in resolve(name, frame)]
    return [*_of_what_was_asked(frame), *_of_what_came(frame)]


def resolve(name: str, frame: pd.DataFrame) -> list[Column]:
    """Return the columns that a person calls by a name: one, or all under a prefix.

    Raises:
        InvalidInput: There is no such column; the message names the nearest and those that there are.
    """
    known = {column.name: column for column in _of_what_came(frame)}
    name = "cost" if name == "price" and "cost" in known else name
    if name in known:
        return [known[name]]
    names = list(map(str, frame.columns))
    exact = [name] if name in names else [one for one in names if one.partition(".")[2] == name][:1]
    found = exact or [one for one in names if one.startswith(f"{str(name).removesuffix('.')}.")]
    if found:
        return [_column(one, frame) for one in found]
    there = dict.fromkeys([*(_short(one) for one in asked(frame)), *map(_short, known)])
    near = difflib.get_close_matches(str(name), [*there, *names], 2, 0.6)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    raise InvalidInput(
        f'There is no column "{name}".{meant} Choose from {", ".join(there)}, or any other of the frame.'
    )


def _of_what_was_asked(frame: pd.DataFrame) -> list[Column]:
    differ, names = varying(frame), asked(frame)
    unsaid = {"provider", "task"} if "model" in differ or "model" not in frame else set()  # the model says them
    if "take" not in differ or ("seed" in differ and all(_given(frame, "seed"))):
        unsaid.add("take")
    if _is_called(frame):
        unsaid.add(_CALLED)  # it stands before the prompt
    names = [name for name in names if name not in unsaid and (name in differ or name not in ("provider", "task"))]
    first, last = (("prompt",), ("seed", "take"))
    names = [*(n for n in first if n in names), *(n for n in names if n not in first + last),
             *(n for n in last if n in names)]  # fmt: skip
    columns = [replace(_column(name, frame), varies=name in differ) for name in names]
    return _with_one_input(columns, frame)


def _with_one_input(columns: list[Column], frame: pd.DataFrame) -> list[Column]:
    """Put inputs that no run has all of into one, for models that take different things leave most of them empty."""
    given = [column.name for column in columns if column.name.startswith("input.") and column.varies]
    if len(given) < 2 or all(_given(frame, *given)):
        return columns
    parts = tuple(sorted(given, key=lambda name: (_ROLES.index(name) if name in _ROLES else len(_ROLES), name)))
    one = Inputs("input", "input", parts=parts)
    return [one if column.name == given[0] else column for column in columns if column.name not in given[1:]]


def _of_what_came(frame: pd.DataFrame) -> Iterator[Column]:
    for kind, name, made_of in _OUTCOMES:
        parts = tuple(
            c for c in map(str, frame.columns) if any(c == m or (m[-1] == "." and c.startswith(m)) for m in made_of)
        )
        told = parts if name in _ALWAYS else tuple(c for c in parts if any(_given(frame, c)))
        if name == "metrics.":
            yield from (_column(part, frame) for part in told)
        elif told:
            varies = kind is not Tags or len(frame) == 1 or any(_differs(frame, part) for part in told)
            yield kind(name, label(name), varies, parts=told)


def _column(name: str, frame: pd.DataFrame) -> Column:
    title = label(name)
    if name in ("prompt", _CALLED) and _is_called(frame):
        return Prompt("prompt", "prompt", beside=_CALLED)
    if title.endswith("prompt") and not _is_switch(frame, name):
        return Prompt(name, title)
    if name.startswith("metrics."):
        return Metric(name, title)
    if name.startswith("input."):
        return Inputs(name, title, parts=(name,))
    several = name == "model" and "provider" in frame and frame["provider"].nunique() > 1
    return Column(name, title, beside="provider" if several else "")


def _is_called(frame: pd.DataFrame) -> bool:
    """Whether prompts have labels, as a sweep's `prompt={"short": "…"}` gives them: one each, and each of one."""
    if "prompt" not in frame or _CALLED not in frame:
        return False
    pairs = {(prompt, name) for prompt, name in zip(frame["prompt"], frame[_CALLED], strict=True)
             if wording.is_given(prompt) and wording.is_given(name) and prompt != name}  # fmt: skip
    return bool(pairs) and len(pairs) == len({prompt for prompt, _ in pairs}) == len({name for _, name in pairs})


def _is_switch(frame: pd.DataFrame, name: str) -> bool:
    """Whether a column holds no words, as `enhance_prompt` does."""
    given = [value for value in frame[name] if wording.is_given(value)]
    return bool(given) and not any(isinstance(value, str) for value in given)


def _short(name: str) -> str:
    prefix, dot, rest = name.partition(".")
    return rest if dot and f"{prefix}." in (*_ASKED, "metrics.", "tags.") else name


def _differs(frame: pd.DataFrame, name: str) -> bool:
    return frame[name].map(_comparable).nunique(dropna=False) > 1


def _comparable(value: Any) -> Any:
    if not wording.is_given(value):
        return None
    return value if isinstance(value, str | int | float) else repr(value)


def _given(frame: pd.DataFrame, *names: str) -> list[bool]:
    """Whether each cell of some columns holds something; that a run was not picked is nothing."""
    said = {name: wording.is_true if name == "picked" else wording.is_given for name in names}
    return [said[name](value) for name in names for value in frame[name]]


__all__ = ["KEYS", "asked", "check", "choose", "resolve", "varying"]
