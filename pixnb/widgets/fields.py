"""The fields for choices, switches, numbers and text; which one a parameter gets is decided by its JSON schema."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import ipywidgets

from pixnb.widgets.field import Field
from pixnb.widgets.spec import Spec

_UNSET = ""  # not None: ipywidgets selects nothing at all for None
_MOST = 2**31 - 1  # what every service's integer holds


class ChoiceField(Field):
    """A drop-down; the documented default is marked, and is not sent."""

    def __init__(self, spec: Spec) -> None:
        options = [(_worded(value) + " (default)" * (value == spec.default), value) for value in spec.choices]
        if spec.default is None:
            options.insert(0, ("choose …" if spec.required else "not set", _UNSET))
        self._first = _UNSET if spec.default is None else spec.default
        super().__init__(spec, ipywidgets.Dropdown(options=options, value=self._first, description=spec.name))

    @property
    def value(self) -> Any:
        """The choice; None at the default."""
        return None if self.control.value == self._first else self.control.value

    def fill(self, value: Any) -> None:
        """Choose a value."""
        self.control.value = self._first if value is None else value


class SwitchField(Field):
    """A check box for what has a documented default; it is sent when it differs."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec, ipywidgets.Checkbox(value=spec.default, description=spec.name, indent=False))

    @property
    def value(self) -> bool | None:
        """Yes or no; None at the default."""
        return None if self.control.value == self.spec.default else bool(self.control.value)

    def fill(self, value: Any) -> None:
        """Set it."""
        self.control.value = self.spec.default if value is None else value


class TriStateField(Field):
    """Three states: the service's own default, yes, no."""

    def __init__(self, spec: Spec) -> None:
        first = ("choose …" if spec.required else "default", _UNSET)
        control = ipywidgets.ToggleButtons(
            options=[first, ("yes", True), ("no", False)], description=spec.name, style={"button_width": "auto"}
        )
        super().__init__(spec, control)

    @property
    def value(self) -> bool | None:
        """Yes, no, or None."""
        return None if self.control.value == _UNSET else bool(self.control.value)

    def fill(self, value: Any) -> None:
        """Choose a state."""
        self.control.value = _UNSET if value is None else value


class NumberField(Field):
    """A bounded number that always has a value: one that is required, or has a documented default."""

    def __init__(self, spec: Spec) -> None:
        low, high = spec.schema.get("minimum"), spec.schema.get("maximum")
        self._first = spec.default if spec.default is not None else (low or 0)
        whole = spec.type == "integer"
        options = {"value": self._first, "description": spec.name, "step": 1 if whole else 0.1}
        if low is None and high is None:
            control = (ipywidgets.IntText if whole else ipywidgets.FloatText)(**options)
        else:
            bounds = {"min": -_MOST if low is None else low, "max": _MOST if high is None else high}
            control = (ipywidgets.BoundedIntText if whole else ipywidgets.BoundedFloatText)(**options, **bounds)
        super().__init__(spec, control)

    @property
    def value(self) -> int | float | None:
        """The number; None at a documented default."""
        number: int | float = self.control.value
        return None if number == self.spec.default else number

    def fill(self, value: Any) -> None:
        """Set the number."""
        self.control.value = self._first if value is None else value


class TextField(Field):
    """Text in one line or several; empty is "not set". Of suggestions, others may be written too."""

    def __init__(self, spec: Spec, *extras: Any, wide: bool | None = None) -> None:
        hints, area = spec.schema.get("hints"), "prompt" in spec.name
        # places in a prompt get their fields, and lines their number and price, while it is being written
        options: dict[str, Any] = {"description": spec.name, "continuous_update": spec.name == "prompt"}
        options["placeholder"] = spec.placeholder
        if hints is not None:
            control = ipywidgets.Combobox(options=list(hints), ensure_option=False, **options)
        elif area:
            control = ipywidgets.Textarea(rows=4 if spec.name == "prompt" else 2, **options)
        else:
            control = ipywidgets.Text(**options)
        super().__init__(spec, control, *extras, wide=area if wide is None else wide)

    @property
    def value(self) -> Any:
        """The text; None when there is none."""
        return self._read(self.control.value) if self.control.value else None

    def fill(self, value: Any) -> None:
        """Show a text."""
        self.control.value = "" if value is None else self._written(value)

    def _read(self, text: str) -> Any:
        return text

    def _written(self, value: Any) -> str:
        return str(value)


class LooseField(TextField):
    """A number or structure that may be left out: what is no JSON is handed on as text, for the model to refuse."""

    def _read(self, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            return text

    def _written(self, value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class SeedField(LooseField):
    """A seed, with a dice that throws a new one; an explicit number, so that the run can be made again.

    Several, apart by commas, make a batch.
    """

    def __init__(self, spec: Spec) -> None:
        self.dice = ipywidgets.Button(icon="dice", tooltip=f"Throw a new {spec.name}")
        self.dice.add_class("pixnb-dice")
        super().__init__(spec, self.dice)
        self.dice.on_click(self.throw)

    def _read(self, text: str) -> Any:
        seeds = [super(SeedField, self)._read(part.strip()) for part in text.split(",") if part.strip()]
        return seeds[0] if len(seeds) == 1 else seeds or text

    def _written(self, value: Any) -> str:
        return ", ".join(map(str, value)) if isinstance(value, list) else super()._written(value)

    def throw(self, _: object = None) -> None:
        """Write a new random seed."""
        low = int(self.spec.schema.get("minimum", 0))
        self.fill(random.randint(max(low, 0), int(self.spec.schema.get("maximum", _MOST))))


def choose_field(spec: Spec) -> Callable[[Spec], Field]:
    """Say which field a parameter gets; a media parameter is not for here."""
    if spec.name == "seed":
        return SeedField
    if spec.choices:
        return ChoiceField
    if spec.type == "boolean":
        return TriStateField if spec.default is None else SwitchField
    if spec.type in ("integer", "number") and (spec.required or spec.default is not None):
        return NumberField
    return TextField if spec.type == "string" else LooseField


def _worded(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_worded, value))
    return str(value)


__all__ = [
    "ChoiceField",
    "LooseField",
    "NumberField",
    "SeedField",
    "SwitchField",
    "TextField",
    "TriStateField",
    "choose_field",
]
