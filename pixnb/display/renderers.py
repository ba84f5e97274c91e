"""Which renderer shows which class; loaded when the first object is shown."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from pixnb.show import Bundle, register

_RENDERERS = {
    "pixnb.catalogue.model.Model": "catalogue.model_bundle",
    "pixnb.catalogue.registry.Models": "catalogue.models_bundle",
    "pixnb.client.job.Job": "publish.job_bundle",
    "pixnb.client.job.Result": "media.result_bundle",
    "pixnb.experiment.Experiment": "experiment.bundle",
    "pixnb.media.media.Media": "media.bundle",
}


def _late(name: str) -> Callable[[Any], Bundle]:
    """Return a renderer whose module is loaded when it is used."""
    module, _, function = name.partition(".")

    def render(shown_object: Any) -> Bundle:
        found: Bundle = getattr(import_module(f"pixnb.display.{module}"), function)(shown_object)
        return found

    return render


for _path, _name in _RENDERERS.items():
    register(_path, _late(_name))

__all__: list[str] = []
