"""A field: a control that carries its parameter's name, with what it means and what is wrong with it below."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import ipywidgets

from pixnb import html
from pixnb.widgets.spec import Spec


def label_above(control: Any) -> Any:
    """Have a control's label stand above it, whole, and the control take the width that there is."""
    # a check box has its label beside it anyway
    control.add_class("pixnb-ticked" if isinstance(control, ipywidgets.Checkbox) else "pixnb-labelled")
    control.layout.width = "auto"
    control.style.description_width = "initial"
    return control


class Field(ABC):
    """One parameter of a form. Nothing is checked here: the model does that.

    Args:
        spec: The parameter.
        control: What a person works with; its description is the parameter's name.
        extras: What stands beside it.
        wide: Whether it takes the form's whole width.
    """

    def __init__(self, spec: Spec, control: Any, *extras: Any, wide: bool = False) -> None:
        self.spec = spec
        self.control = control
        self.problem = self.trouble = ""
        label_above(control)
        self.note = ipywidgets.HTML()
        self.note.add_class("pixnb-note")
        row = ipywidgets.HBox([control, *extras]) if extras else control
        self.box = ipywidgets.VBox([row, self.note])
        self.box.add_class("pixnb-field")
        for css, holds in (("pixnb-wide", wide), ("pixnb-required", spec.required)):
            if holds:
                self.box.add_class(css)
        self.blame("")

    @property
    @abstractmethod
    def value(self) -> Any:
        """What is set, as `Model.validate` takes it; None while nothing is."""

    @property
    def kept(self) -> Any:
        """What is set, as a file keeps it; `fill` takes it back."""
        return self.value

    @abstractmethod
    def fill(self, value: Any) -> None:
        """Show a value; None puts the field back to what it shows at first."""

    def blame(self, problem: str) -> None:
        """Say what is wrong with it; with empty text, only the trouble that it has found itself."""
        self.problem = problem = problem or self.trouble
        said = f'<div class="pixnb-problem" role="alert">{html.escape(problem)}</div>' if problem else ""
        self.note.value = f'{said}<div class="pixnb-about">{html.escape(self.spec.about)}</div>'
        (self.box.add_class if problem else self.box.remove_class)("pixnb-wrong")

    def on_change(self, told: Callable[[Any], object]) -> None:
        """Have `told(change)` called whenever a person or a program changes it."""
        self.control.observe(told, "value")


__all__ = ["Field", "label_above"]
