"""The list of models: grouped by task, then by provider, as one native list that keys and screen readers know."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from pixnb import providers
from pixnb.catalogue.model import TASKS

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model

_TASKS = {
    "text-to-video": "Make a video from words",
    "image-to-video": "Bring a picture to life",
    "audio-to-video": "Make a video for a sound",
    "video-to-video": "Edit a video",
    "first-last-frame": "Fill in between two pictures",
    "text-to-image": "Make a picture from words",
    "image-to-image": "Edit a picture",
}


class Picker(anywidget.AnyWidget):
    """A list to pick a model from. A model that does several tasks stands under each of them.

    ipywidgets has no list with groups, and twenty models in one row of lines are not read any more.

    Args:
        models: What there is to pick from.
        chosen: The id of the one that is picked at first.

    Attributes:
        value: The id of the model that is picked.
        groups: What the list shows: groups with a label, options with a value and a label.
    """

    _esm = Path(__file__).parent / "static" / "picker.js"
    description = traitlets.Unicode("model").tag(sync=True)
    groups = traitlets.List(traitlets.Dict()).tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)

    def __init__(self, models: Iterable[Model], chosen: str) -> None:
        super().__init__(groups=grouped(models), value=chosen)
        for css in ("pixnb-labelled", "pixnb-picker"):
            self.add_class(css)

    @traitlets.validate("value")
    def _known(self, proposal: Any) -> Any:
        if not any(option["value"] == proposal["value"] for group in self.groups for option in group["options"]):
            raise traitlets.TraitError(f"There is no {proposal['value']!r} in the list.")
        return proposal["value"]


def grouped(models: Iterable[Model]) -> list[dict[str, Any]]:
    """Put models into groups by task; in each by provider, then by title, retired ones last.

    Example:
        >>> from pixnb.catalogue import models
        >>> group = grouped([models.get("lucy-edit-fast")])[0]
        >>> group["label"], group["options"]
        ('Edit a video (video-to-video)', [{'value': 'lucy-edit-fast', 'label': 'Lucy Edit Fast · pixazo'}])
    """
    known = sorted(models, key=_place)
    tasks = dict.fromkeys([*TASKS, *(task for model in known for task in model.tasks)])
    groups = ((task, [_option(model) for model in known if task in model.tasks]) for task in tasks)
    return [{"label": _said(task), "options": options} for task, options in groups if options]


def _place(model: Model) -> tuple[bool, int, str]:
    services = (*providers.names(), model.provider)
    return model.state == "retired", services.index(model.provider), model.title.casefold()


def _option(model: Model) -> dict[str, str]:
    mark = " (retired)" if model.state == "retired" else ""
    return {"value": model.id, "label": f"{model.title} · {model.provider}{mark}"}


def _said(task: str) -> str:
    return f"{_TASKS[task]} ({task})" if task in _TASKS else task


__all__ = ["Picker", "grouped"]
