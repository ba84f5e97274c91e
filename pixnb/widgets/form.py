"""The form of one model: a field for each parameter, what they hold, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets

from pixnb.errors import InvalidInput
from pixnb.widgets.fields import choose_field
from pixnb.widgets.media_field import MediaField
from pixnb.widgets.refusal import sorted_out
from pixnb.widgets.spec import Spec, specs

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.media.store import Store
    from pixnb.runs.earlier import Made
    from pixnb.widgets.field import Field

_NAMED = 3
"""So many of the settings that are folded away are named by the button that shows them."""


class Form:
    """The fields of a model.

    Args:
        model: The model.
        store: Where uploaded files are kept.
        changed: Called when a person or a program has changed something, also from another thread.
        made: Reads what earlier runs have made of a kind, the newest first.

    Attributes:
        fields: The fields, by parameter.
        box: The widget.
        more: The button that shows the lesser settings, for who has a place for it.
    """

    def __init__(
        self,
        model: Model,
        store: Store,
        *,
        changed: Callable[[], object] = lambda: None,
        made: Callable[[str], Sequence[Made]] = lambda kind: (),
    ) -> None:
        self.model = model
        self._told = changed
        self._is_checked = False
        self.fields: dict[str, Field] = {spec.name: _field(spec, store, made) for spec in specs(model)}
        main = [field for field in self.fields.values() if field.spec.is_main]
        self._lesser = [field for field in self.fields.values() if not field.spec.is_main]
        self.more = ipywidgets.ToggleButton(value=False, description=_name(self._lesser), icon="chevron-down")
        self.more.add_class("pixnb-more")
        self.more.layout.display = "" if self._lesser else "none"
        self._rest = _grid(self._lesser)
        self.box = ipywidgets.VBox([_grid(sorted(main, key=_rank)), self._rest])
        self.more.observe(lambda _: self._unfold(), "value")
        self._unfold()
        for field in self.fields.values():
            field.on_change(self._take_change)

    def __getitem__(self, name: str) -> Field:
        return self.fields[name]

    @property
    def params(self) -> dict[str, Any]:
        """What is set, by the service's own names; unchecked."""
        given = ((name, field.value) for name, field in self.fields.items())
        return {name: value for name, value in given if value is not None}

    @property
    def seconds(self) -> float | None:
        """Length of the clip or sound that was given, in seconds, as far as it was looked at."""
        given = (getattr(field, "seconds", None) for field in self.fields.values())
        return next((seconds for seconds in given if seconds is not None), None)

    def fill(self, params: Mapping[str, Any]) -> None:
        """Show these values; what is not named stays.

        Raises:
            InvalidInput: A name is no parameter of the model, or a value cannot be shown in its field.
        """
        names = {**{name: name for name in self.fields}, **self.model.inputs}
        for name, value in params.items():
            if name not in names:
                self.model.validate({name: value}, partial=True)  # its words: the nearest name, or all of them
            try:
                self.fields[names[name]].fill(value)
            except Exception as error:
                self.model.validate({name: value}, partial=True)
                raise InvalidInput(f"Invalid inputs for {self.model.id}: {name} cannot be shown: {error}") from error
        self._unfold()

    def carried(self) -> dict[str, Any]:
        """Say what another model's form may take over: what is set, media by role."""
        roles = {name: role for role, name in self.model.inputs.items()}
        return {roles.get(name, name): value for name, value in self.params.items()}

    def take_over(self, params: Mapping[str, Any]) -> None:
        """Show as much of another form's values as fits."""
        for name, value in params.items():
            try:
                for params in _spread({name: value}):
                    self.model.validate(params, partial=True)
            except InvalidInput:
                continue
            self.fill({name: value})

    def check(self) -> bool:
        """Say at each field what is wrong with it; from now on also while it is being mended.

        Returns:
            Whether all is well.
        """
        self._is_checked = True
        try:
            for params in _spread(self.params):
                self.model.validate(params)
        except InvalidInput as error:
            self.blame(error.message)
            return False
        self.blame("")
        return True

    def blame(self, message: str) -> str:
        """Put a refusal to the fields that it is about.

        Returns:
            What is about none of them.
        """
        problems, rest = sorted_out(message, self.fields)
        for name, field in self.fields.items():
            field.blame(problems.get(name, ""))
        if any(name in problems and not field.spec.is_main for name, field in self.fields.items()):
            self.more.value = True
        return rest

    @property
    def wrong(self) -> list[str]:
        """The parameters with something wrong, in the form's order."""
        return [name for name, field in self.fields.items() if field.problem]

    def _take_change(self, change: Any) -> None:
        looked = change.get("name") == "seconds"
        if not looked:
            self._recheck(change)
        self._told()

    def _recheck(self, change: Any) -> None:
        if self._is_checked:
            self.check()
            return
        # before the first Launch a field speaks up only about what was written into it
        owner = next((f for f in self.fields.values() if f.control is change.get("owner")), None)
        if owner is None:
            return
        try:
            for params in _spread({} if owner.value is None else {owner.spec.name: owner.value}):
                self.model.validate(params, partial=True)
        except InvalidInput as error:
            owner.blame(sorted_out(error.message, self.fields)[0].get(owner.spec.name, ""))
        else:
            owner.blame("")

    def _unfold(self) -> None:
        """Show the lesser settings; while they are folded away, those of them that are set or wrong."""
        shown = [field for field in self._lesser if self.more.value or field.value is not None or field.problem]
        for field in self._lesser:
            field.box.layout.display = "" if field in shown else "none"
        self._rest.layout.display = "" if shown else "none"
        self.more.icon = "chevron-up" if self.more.value else "chevron-down"


def _name(fields: Sequence[Field]) -> str:
    names = [field.spec.name for field in fields]
    return f"More: {', '.join(names[:_NAMED])}" + (" …" if len(names) > _NAMED else "")


def _spread(params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give params once for each of several seeds."""
    seeds = params.get("seed")
    yield from ({**params, "seed": seed} for seed in seeds) if isinstance(seeds, list) else (params,)


def _field(spec: Spec, store: Store, made: Callable[[str], Sequence[Made]]) -> Field:
    return MediaField(spec, store, made) if spec.role else choose_field(spec)(spec)


def _rank(field: Field) -> int:
    # what a run is about from the top: its words, its files, the rest that must be given
    return 0 if field.spec.name == "prompt" else 1 if field.spec.role else 2


def _grid(fields: list[Field]) -> Any:
    grid = ipywidgets.Box([field.box for field in fields])
    grid.add_class("pixnb-grid")
    return grid


__all__ = ["Form"]
