"""The list of models: grouped by task, then by provider, as one native list, with a field that narrows it by words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from pixnb import providers
from pixnb.catalogue.listing import price_text
from pixnb.catalogue.model import TASKS
from pixnb.errors import PixnbError

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model

_SECONDS = Decimal(5)
"""The length of clip by which prices a second and a run are compared."""
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
    """A list to pick a model from, and a field that narrows it. A model that does several tasks is under each of them.

    ipywidgets has no list with groups, and twenty models in one row of lines are not read any more.

    Args:
        models: What there is to pick from.
        chosen: The id of the one that is picked at first.

    Attributes:
        value: The id of the model that is picked.
        groups: What the list shows: groups with a label, options with a value, a label, a note on price and inputs,
            and the words by which they are found.
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
        >>> group["label"], group["options"][0]["label"], group["options"][0]["note"]
        ('Edit a video (video-to-video)', 'Lucy Edit Fast · pixazo', '$0.20 per run · takes prompt, video')
    """
    known = sorted(models, key=_place)
    tasks = dict.fromkeys([*TASKS, *(task for model in known for task in model.tasks)])
    groups = ((task, [model for model in known if task in model.tasks]) for task in tasks)
    return [{"label": _said(task), "options": _options(task, able)} for task, able in groups if able]


def _place(model: Model) -> tuple[bool, int, str]:
    services = (*providers.names(), model.provider)
    return model.state == "retired", services.index(model.provider), model.title.casefold()


def _options(task: str, able: Sequence[Model]) -> list[dict[str, str]]:
    cheap = _find_cheap(able)
    return [_option(task, model, is_cheap=model.id in cheap) for model in able]


def _option(task: str, model: Model, *, is_cheap: bool) -> dict[str, str]:
    mark = " (retired)" if model.state == "retired" else ""
    takes = [*(["prompt"] if "prompt" in model.params.model_fields else []), *model.inputs]
    price = price_text(model).partition(" with ")[0]
    words = [model.id, model.title, model.provider, model.provider_model, *model.aliases, _said(task)]
    words += [model.state, model.description, *model.params.model_fields, *takes]
    words += ["cheap"] if is_cheap else []
    words += ["sound"] if any("audio" in name for name in model.params.model_fields) else []
    return {
        "value": model.id,
        "label": f"{model.title} · {model.provider}{mark}",
        "note": f"{price} · takes {', '.join(name.replace('_', ' ') for name in takes)}",
        "words": " ".join(words),
    }


def _find_cheap(able: Sequence[Model]) -> set[str]:
    """Say which of the models for a task are the cheaper half of those whose price in USD is known."""
    costs: dict[str, Decimal] = {}
    for model in able:
        with contextlib.suppress(PixnbError):  # the price book cannot be read
            cost = model.price and model.price.of(_SECONDS)
            if cost and cost.currency == "USD" and model.state == "current":
                costs[model.id] = cost.amount
    middle = sorted(costs.values())[(len(costs) - 1) // 2] if costs else Decimal(0)
    return {name for name, amount in costs.items() if amount <= middle}


def _said(task: str) -> str:
    return f"{_TASKS[task]} ({task})" if task in _TASKS else task


__all__ = ["Picker", "grouped"]
