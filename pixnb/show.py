"""How objects show themselves in a notebook: they carry `_repr_mimebundle_ = shown`, renderers register here."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Container, Mapping
from importlib import import_module
from typing import Any

from pixnb.terminal import get_logger, legible

logger = get_logger(__name__)

Bundle = Mapping[str, Any]
"""What an output holds, by MIME type: "text/html", "image/png" (bytes), "text/plain", …"""

RENDERERS: Mapping[str, str] = {
    "pixnb.catalogue.model.Model": "pixnb.display.catalogue.model_bundle",
    "pixnb.catalogue.registry.Models": "pixnb.display.catalogue.models_bundle",
    "pixnb.client.job.Job": "pixnb.display.publish.job_bundle",
    "pixnb.client.job.Result": "pixnb.display.media.result_bundle",
    "pixnb.compare.comparison.Table": "pixnb.compare.comparison.bundle",
    "pixnb.compare.diff.Diff": "pixnb.compare.diff.bundle",
    "pixnb.experiment.Experiment": "pixnb.display.experiment.bundle",
    "pixnb.media.media.Media": "pixnb.display.media.bundle",
    "pixnb.runs.plan.Plan": "pixnb.display.plan.bundle",
    "pixnb.runs.sweep.Sweep": "pixnb.display.publish.sweep_bundle",
    "pixnb.wall.wall.Wall": "pixnb.wall.wall.bundle",
}
"""Which function shows which class, by their names: this floor imports nothing above it, and neither is loaded before
something is shown."""

_registered: dict[str, Callable[[Any], Bundle]] = {}


def register(path: str, renderer: Callable[[Any], Bundle]) -> None:
    """Have objects of a class that is not ours, and of classes under it, shown by a renderer.

    Args:
        path: The class by its full name, "lamps.Lamp", so that it need not be imported.
        renderer: A function from the object to its bundle.

    Example:
        >>> register("lamps.Lamp", lambda lamp: {"text/plain": "a lamp"})  # doctest: +SKIP
    """
    _registered[path] = renderer


def shown(self: Any, include: Container[str] | None = None, exclude: Container[str] | None = None) -> dict[str, Any]:
    """Return an object's bundle; assigned to a class as its `_repr_mimebundle_`.

    A renderer that fails never hides the object: its plain text is shown, and the error is logged.

    Args:
        self: The object.
        include: MIME types that are wanted; None for all. The plain text is always there.
        exclude: MIME types that are not wanted.

    Returns:
        The data by MIME type; pictures as base64 text, as a notebook keeps them.
    """
    try:
        bundle = dict(bundle_of(self))
    except Exception:
        logger.exception("showing a %s failed; its plain text is shown", type(self).__name__)
        bundle = {}
    bundle["text/plain"] = legible(str(bundle.get("text/plain") or _plain(self)))
    return {
        name: base64.b64encode(data).decode("ascii") if isinstance(data, bytes) else data
        for name, data in bundle.items()
        if name == "text/plain" or ((include is None or name in include) and (exclude is None or name not in exclude))
    }


def follow(self: Any) -> None:
    """Show an object that changes, and show how it ended in the same place; assigned as `_ipython_display_`.

    So a saved notebook holds the clip, not the moment at which the cell ran.

    Args:
        self: A job.

    Raises:
        NotImplementedError: It has ended, or this is no notebook: IPython then asks for the bundle.
    """
    if self.standing.is_settled or "IPython" not in sys.modules:
        raise NotImplementedError
    import_module("pixnb.display.publish").publish(self)


def keep_up(self: Any) -> None:
    """Show an object that is worked on, with its buttons, and in a saved notebook what came of it; as `follow`.

    Args:
        self: A sweep.

    Raises:
        NotImplementedError: There is nothing to follow, or this is no notebook: IPython then asks for the bundle.
    """
    if "IPython" not in sys.modules:
        raise NotImplementedError
    import_module("pixnb.display.publish").publish_sweep(self)


def enliven(self: Any) -> None:
    """Show an object as a page that answers, and where a saved notebook is read as its bundle; as `follow`.

    Args:
        self: What has `make_live()`, which gives an `Enhanced`.

    Raises:
        NotImplementedError: Nobody is there to answer to: IPython then asks for the bundle.
    """
    if "IPython" not in sys.modules:
        raise NotImplementedError
    import_module("pixnb.display.publish").publish_alive(self)


def hand_over(self: Any) -> Any:
    """Return what marimo shows in an object's place: a widget that lives, or its HTML; assigned as `_display_`."""
    return import_module("pixnb.display.marimo").choose(self)


def bundle_of(shown_object: Any) -> Bundle:
    """Return what the renderer of an object's class gives, or nothing where there is none."""
    for kind in type(shown_object).__mro__:
        path = f"{kind.__module__}.{kind.__qualname__}"
        if path in _registered:
            return _registered[path](shown_object)
        if path in RENDERERS:
            return renderer(RENDERERS[path])(shown_object)
    return {}


def renderer(path: str) -> Callable[[Any], Bundle]:
    """Load a renderer by its full name."""
    module, _, name = path.rpartition(".")
    found: Callable[[Any], Bundle] = getattr(import_module(module), name)
    return found


def _plain(shown_object: Any) -> str:
    try:
        return repr(shown_object)
    except Exception:
        return object.__repr__(shown_object)


__all__ = [
    "RENDERERS",
    "Bundle",
    "bundle_of",
    "enliven",
    "follow",
    "hand_over",
    "keep_up",
    "register",
    "renderer",
    "shown",
]
