"""From what a person writes in one line to the points of a grid: models × rows × axes × seeds × repeats."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pixnb.catalogue import models as catalogue
from pixnb.catalogue.model import Model
from pixnb.catalogue.problems import quote
from pixnb.errors import InvalidInput
from pixnb.placeholders import escape, find_places
from pixnb.runs.axes import Value, keep, parse_axis, plain
from pixnb.runs.template import Template, Wording

MOST = 100_000
"""Cells in one sweep at most: what is more is a slip."""


@dataclass(frozen=True, slots=True)
class Point:
    """One cell as it was asked for.

    Attributes:
        model: The model.
        params: Its parameters, not checked yet.
        vars: Factors and labels, for the columns `vars.*`.
        axes: What varies in the grid, and its label here.
    """

    model: Model
    params: dict[str, Any]
    vars: dict[str, Any]
    axes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells that were asked for.

    Attributes:
        points: In the order in which they are sent: a repeat of all before the next one.
        notes: What a person should know of how it was read.
    """

    points: list[Point]
    notes: list[str] = field(default_factory=list)


def expand(
    models: str | Model | Iterable[str | Model] | Mapping[str | Model, Mapping[str, Any]],
    params: Mapping[str, Any],
    *,
    over: Any = None,
    repeats: int = 1,
    baseline: Any = None,
    draw: Callable[[int], int],
) -> Grid:
    """Make a grid's points.

    Args:
        models: One model, several, or each with parameters of its own that go before the shared ones.
        params: Shared parameters: axes and fixed values.
        over: A DataFrame, of which each row is a cell: columns that a model knows are parameters, others `vars.*`.
        repeats: Takes of each cell.
        baseline: The value or label of an axis that comes first, which others are compared with.
        draw: Gives the n-th seed where `seed="random"`.

    Raises:
        InvalidInput: Something cannot be a grid.
        ModelNotFound: No such model.
    """
    if isinstance(repeats, bool) or not isinstance(repeats, int) or repeats < 1:
        raise InvalidInput(f"repeats= is a number from 1 on, not {repeats!r}.")
    specs = _read_models(models)
    params = {name: keep(value) for name, value in params.items()}
    rows = _read_rows(over, [spec for spec, _ in specs])
    notes: list[str] = []
    grids = [_Part(spec, {**params, **own}, rows, repeats, draw, notes, several=len(specs) > 1) for spec, own in specs]
    if baseline is not None and sum(part.put_first(baseline) for part in grids) == 0:
        raise InvalidInput(f"baseline={baseline!r:.60} is on no axis of this sweep: give one of its values or labels.")
    count = sum(part.count for part in grids)
    if count > MOST:
        raise InvalidInput(f"This sweep would have {count:,} cells, and at most {MOST:,} are taken: split it.")
    turns = max(part.repeats for part in grids)
    points = [
        point
        for turn in range(turns)
        for together in itertools.zip_longest(*(part.points(turn) for part in grids if turn < part.repeats))
        for point in together
        if point is not None
    ]
    return Grid(points, notes)


class _Part:
    """One model's part of a grid."""

    def __init__(
        self,
        spec: Model,
        given: Mapping[str, Any],
        rows: Sequence[tuple[dict[str, Any], dict[str, Any]]],
        repeats: int,
        draw: Callable[[int], int],
        notes: list[str],
        *,
        several: bool,
    ) -> None:
        self.spec, self.given, self.repeats = spec, given, repeats
        self.rows = [({n: self._word_cell(n, value) for n, value in params.items()}, more) for params, more in rows]
        self.fixed: dict[str, Any] = {}
        self.axes: dict[str, list[tuple[Value, Mapping[str, Any]]]] = {}
        self.several = several
        self.draw: Callable[[int], int] | None = None
        for name, value in given.items():
            if name == "seed":
                value = self._read_seed(value, draw, notes)
                if value is None:
                    continue
            self._read(name, value)

    def _read(self, name: str, value: Any) -> None:
        several = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(one, Template) for one in several):
            made = [wording for one in several for wording in (one if isinstance(one, Template) else [_word(one)])]
            self._refuse_places(name, [one for one in several if not isinstance(one, Template)])
            if len(made) == 1 and not made[0].vars:  # braces that are meant
                self.fixed[name] = made[0].prompt
            else:
                self.axes[name] = [(Value(one.prompt, one.prompt), one.vars) for one in made]
            return
        found = parse_axis(name, value, is_list=_is_list(self.spec, name))
        self._refuse_places(name, [value] if found is None else [one.value for one in found])
        if found is None:
            self.fixed[name] = plain(value)
        else:
            self.axes[name] = [(one, {name: one.label} if one.is_named else {}) for one in found]

    def _refuse_places(self, name: str, texts: Iterable[Any]) -> None:
        """Refuse a text with `{places}` that nobody fills in: it would be paid for with the braces in it."""
        if name in {*self.spec.inputs, *self.spec.inputs.values()}:  # a file may be called so
            return
        for text in texts:
            if places := find_places(text) if isinstance(text, str) else []:
                short = text if len(text) <= 60 else f"… {{{places[0]}}} …"
                free = [place for place in places if place in self.given and place not in self.spec.params.model_fields]
                raise InvalidInput(
                    f"{name}= has a place without values, {{{places[0]}}}. Give them by a template: "
                    f"{name}=pixnb.Template({quote(short, 80)}, {', '.join(f'{place}=[…]' for place in places)})"
                    f"{f', and no {free[0]}= beside it' if free else ''}. To have the braces themselves sent: "
                    f"{name}=pixnb.Template({quote(escape(short), 80)}). Nothing was sent."
                )

    def _word_cell(self, name: str, value: Any) -> Any:
        """Read a cell of a table, which may be a template of one prompt."""
        if not isinstance(value, Template):
            self._refuse_places(name, [value])
            return value
        if len(value) != 1:
            raise InvalidInput(f"A cell of over= holds one prompt, and {value!r} makes {len(value)}: a row for each.")
        return next(iter(value)).prompt

    def _read_seed(self, value: Any, draw: Callable[[int], int], notes: list[str]) -> Any:
        has_seed = "seed" in self.spec.params.model_fields
        if isinstance(value, str) and value == "random":
            if has_seed:  # each take has a seed of its own, the same for all cells that are set beside each other
                self.draw = draw
                return None
            notes.append(f"{self.spec.id} has no seed: each of its runs is another take anyway.")
            return None
        axis = None if has_seed else parse_axis("seed", value)
        if axis is None:
            return value
        self.repeats *= len(axis)
        notes.append(f"{self.spec.id} has no seed: its {len(axis)} seeds become takes.")
        return None

    def put_first(self, baseline: Any) -> bool:
        """Put an axis's value first; False where none has it."""
        for axis in self.axes.values():
            for place, (value, _) in enumerate(axis):
                if baseline in (value.label, value.value):
                    axis.insert(0, axis.pop(place))
                    return True
        return False

    @property
    def count(self) -> int:
        """How many points it has."""
        return self.repeats * len(self.rows) * math.prod(len(axis) for axis in self.axes.values())

    def points(self, turn: int) -> Iterator[Point]:
        """Make the points of one repeat."""
        names = list(self.axes)
        drawn = {} if self.draw is None else {"seed": self.draw(turn)}
        for params, variables in self.rows:
            for chosen in itertools.product(*self.axes.values()):
                axes: dict[str, Any] = {"model": self.spec.id} if self.several else {}
                if len(self.rows) > 1:
                    axes.update({**params, **variables})
                filled, found = {**self.fixed, **params, **drawn}, dict(variables)
                axes.update(drawn)
                for name, (value, more) in zip(names, chosen, strict=True):
                    filled[name] = value.value
                    axes[name] = value.label
                    found.update(more)
                yield Point(self.spec, filled, found, axes)


def _read_models(given: Any) -> list[tuple[Model, Mapping[str, Any]]]:
    if isinstance(given, Mapping):
        pairs = [(catalogue.get(name), own) for name, own in given.items()]
        for spec, own in pairs:
            if not isinstance(own, Mapping):
                raise InvalidInput(f"What {spec.id} has of its own is a dict, {{param: value}}, not {own!r:.60}.")
    else:
        several = [given] if isinstance(given, str | Model) else given
        if not isinstance(several, Iterable):
            raise InvalidInput(f"A sweep takes a model, several, or {{model: {{param: value}}}}, not {given!r:.60}.")
        pairs = [(catalogue.get(name), {}) for name in several]
    if not pairs:
        raise InvalidInput("A sweep needs a model: exp.sweep(model, prompt=[…]).")
    names = [spec.id for spec, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(f"The model {name} is given twice: repeats=2 makes two takes of each cell.")
    return pairs


def _read_rows(over: Any, specs: Sequence[Model]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Read a DataFrame: for each row its parameters and its other columns."""
    if over is None:
        return [({}, {})]
    if not (hasattr(over, "to_dict") and hasattr(over, "columns")):
        raise InvalidInput(f"over= is a DataFrame, of which each row is a cell, not {type(over).__name__}.")
    known = {name for spec in specs for name in (*spec.params.model_fields, *spec.inputs)}
    rows = []
    for row in over.to_dict("records"):
        values = {str(name): plain(value) for name, value in row.items()}
        params = {name: value for name, value in values.items() if name in known and value is not None}
        rows.append((params, {n: value for n, value in values.items() if n not in known and value is not None}))
    if not rows:
        raise InvalidInput("over= has no rows.")
    return rows


def _word(text: Any) -> Wording:
    return Wording(plain(text), {})


def _is_list(spec: Model, name: str) -> bool:
    field = spec.params.model_fields.get(spec.inputs.get(name, name))
    return field is not None and "list[" in str(field.annotation)


__all__ = ["MOST", "Grid", "Point", "expand"]
