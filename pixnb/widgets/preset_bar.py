"""The presets' place in the launcher: a list of one's own and of examples, and what keeps or forgets one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets

from pixnb.display.guard import guarded
from pixnb.widgets.examples import list_examples
from pixnb.widgets.field import label_above

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.widgets.presets import Preset, Presets

_NONE = ""


class PresetBar:
    """Takes the form back to what it once said.

    Args:
        presets: The person's.
        apply: Is given a preset that was chosen.
        collect: Gives what the form says now.
        report: Shows a sentence; "" for none.

    Attributes:
        choice: The list.
        more: What opens `box`.
        box: Where one is named, kept and forgotten.
        name: The name's field.
        save: The button that keeps.
    """

    def __init__(
        self,
        presets: Presets,
        *,
        apply: Callable[[Preset], object],
        collect: Callable[[], Preset],
        report: Callable[[str], object],
    ) -> None:
        self._presets, self._apply, self._collect = presets, apply, collect
        self._known: dict[str, Preset] = {}
        self._model: Model | None = None
        self._is_filling = False
        self.choice = label_above(ipywidgets.Dropdown(description="preset"))
        self.more = ipywidgets.ToggleButton(description="Save …", tooltip="Keep what the form says, or forget a preset")
        self.name = label_above(ipywidgets.Text(description="preset name", placeholder="a name for what the form says"))
        self.save = ipywidgets.Button(description="Save preset")
        self._delete = ipywidgets.Button(description="Delete preset")
        self._said = ipywidgets.HTML()
        self.box = ipywidgets.HBox([self.name, self.save, self._delete, self._said])
        for widget, css in (
            (self.choice, "pixnb-presets"),
            (self.box, "pixnb-naming"),
            (self.save, "pixnb-save"),
            (self.more, "pixnb-more"),
        ):
            widget.add_class(css)
        self.box.layout.display = "none"
        self.choice.observe(guarded(lambda change: self._choose(change["new"]), report), "value")
        self.more.observe(guarded(lambda change: self._unfold(change["new"]), report), "value")
        self.save.on_click(guarded(lambda _: self.keep(), report))
        self._delete.on_click(guarded(lambda _: self._forget(), report))

    def show(self, model: Model, chosen: str = _NONE) -> None:
        """List the person's presets and a model's examples.

        Args:
            model: The model that the form is for.
            chosen: The name of the preset that is shown as chosen.
        """
        self._model, mine = model, self._presets.read()
        examples = {f"example: {name}": preset for name, preset in list_examples(model).items()}
        self._known = {**examples, **mine}
        options = [("choose …", _NONE), *((name, name) for name in (*mine, *examples))]
        self._is_filling = True
        try:
            self.choice.options = options
            self.choice.value = chosen if chosen in self._known else _NONE
        finally:
            self._is_filling = False

    def keep(self) -> None:
        """Keep what the form says under the name that is written; as `Presets.save`."""
        preset, name = self._collect(), self.name.value.strip()
        is_there = name in self._presets.read()
        self._presets.save(name, preset)
        self._said.value = '<span class="pixnb-said" role="status">' + ("Replaced" if is_there else "Saved") + "</span>"
        self._list(name)

    def _forget(self) -> None:
        self._presets.delete(self.name.value)
        self._said.value = '<span class="pixnb-said" role="status">Deleted</span>'
        self._list(_NONE)

    def _list(self, chosen: str) -> None:
        assert self._model is not None
        self.show(self._model, chosen)

    def _choose(self, name: str) -> None:
        if self._is_filling or name == _NONE:
            return
        preset = self._known[name]
        if name in self._presets.read():
            self.name.value = name
        self._apply(preset)

    def _unfold(self, is_open: bool) -> None:
        self.box.layout.display = "" if is_open else "none"
        self._said.value = ""


__all__ = ["PresetBar"]
