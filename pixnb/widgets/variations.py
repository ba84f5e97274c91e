"""What makes a batch of a form: one prompt a line, values for `{places}`, repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ipywidgets

from pixnb import html
from pixnb.errors import InvalidInput
from pixnb.widgets import prompts
from pixnb.widgets.batch import MOST, Batch
from pixnb.widgets.field import label_above


class Variations:
    """The controls of a batch. The fields for places appear and go with what the prompt says.

    Args:
        changed: Called when a person or a program has changed something.

    Attributes:
        box: What stands under the prompt.
        repeats: How many takes of each.
        wrong: The field that is wrong, "" for none.
    """

    def __init__(self, changed: Callable[[], object]) -> None:
        self._changed = changed
        self.wrong = ""
        self._known: dict[str, ipywidgets.Text] = {}
        self._note = ipywidgets.HTML()
        self.each_line = ipywidgets.Checkbox(value=False, description="one prompt a line", indent=False)
        self.repeats = label_above(
            ipywidgets.BoundedIntText(value=1, min=1, max=MOST, description="repeats", tooltip="Takes of each")
        )
        self._places = ipywidgets.Box()
        for widget, css in (
            (self.each_line, "pixnb-ticked"),
            (self._places, "pixnb-places"),
            (self.repeats, "pixnb-repeats"),
            (self._note, "pixnb-note"),
        ):
            widget.add_class(css)
        self.each_line.layout.width = "auto"
        self.each_line.layout.display = "none"
        self.box = ipywidgets.VBox([self.each_line, self._places, self._note])
        self.box.add_class("pixnb-variations")
        for control in (self.each_line, self.repeats):
            control.observe(lambda _: self._changed(), "value")

    @property
    def controls(self) -> list[Any]:
        """The controls whose values a press brings along."""
        return [self.each_line, self.repeats, *self._places.children]

    def read(self, batch: Batch) -> Batch:
        """Return a batch with what is set here; first has the fields shown that it needs.

        Args:
            batch: Its model and params.
        """
        text = batch.params.get("prompt")
        lines = len(prompts.split_prompts(text, each_line=True)) if isinstance(text, str) else 0
        self.each_line.layout.display = "" if lines > 1 else "none"
        self.each_line.description = f"one prompt a line: {lines} prompts" if lines > 1 else "one prompt a line"
        made = Batch(
            batch.model,
            batch.params,
            each_line=lines > 1 and bool(self.each_line.value),
            repeats=self.repeats.value,
            allow_unpriced=batch.allow_unpriced,
        )
        self._show(made.places)
        return Batch(
            made.model,
            made.params,
            each_line=made.each_line,
            factors={name: tuple(prompts.split_values(self._known[name].value)) for name in made.places},
            repeats=made.repeats,
            allow_unpriced=made.allow_unpriced,
        )

    def check(self, batch: Batch) -> None:
        """Say here what is wrong with a batch, and nothing where it is right."""
        problem, self.wrong = "", ""
        try:
            batch.check()
        except InvalidInput as error:
            empty = self.first_wrong
            problem, self.wrong = error.message, empty.description if empty is not self.repeats else "repeats"
        said = f'<div class="pixnb-problem" role="alert">{html.escape(problem)}</div>' if problem else ""
        self._note.value = said
        (self.box.add_class if problem else self.box.remove_class)("pixnb-wrong")

    @property
    def first_wrong(self) -> Any:
        """The first field for values that has none; the repeats where all have."""
        fields = (field for field in self._places.children if not prompts.split_values(field.value))
        return next(fields, self.repeats)

    def state(self) -> dict[str, Any]:
        """Return what is set, as plain values."""
        values = {name: field.value for name, field in self._known.items() if field in self._places.children}
        return {"each_line": bool(self.each_line.value), "repeats": self.repeats.value, "values": values}

    def fill(self, *, each_line: bool = False, repeats: int = 1, values: Mapping[str, str] | None = None) -> None:
        """Set everything; what is not named is put back to what it is at first."""
        self.each_line.value, self.repeats.value = each_line, repeats
        given = values or {}
        for name in {*self._known, *given}:
            self._field(name).value = given.get(name, "")

    def _show(self, names: Iterable[str]) -> None:
        fields = tuple(self._field(name) for name in names)
        if fields != self._places.children:
            self._places.children = fields
            self._places.layout.display = "" if fields else "none"

    def _field(self, name: str) -> ipywidgets.Text:
        """Give the field of a place, with what was written in it before the place went."""
        if name not in self._known:
            field = ipywidgets.Text(description=f"{{{name}}}", placeholder="its values: red, blue")
            self._known[name] = label_above(field)
            field.observe(lambda _: self._changed(), "value")
        return self._known[name]


__all__ = ["Variations"]
