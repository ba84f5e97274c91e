"""The warning that comes before paying for a model that its service has withdrawn."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

from pixnb.catalogue import models

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.client.engine import Engine


def warn_if_retired(engine: Engine, model: str | Model) -> None:
    """Warn the caller of a submit to a retired model; not where a sandbox does the work, which runs them all.

    Raises:
        ModelNotFound: There is no such model.
    """
    spec = models.get(model)
    text = spec.retirement()
    if text is not None and not engine.targets.goes_to_sandbox(spec.provider):
        warnings.warn(text, UserWarning, stacklevel=_caller())


def _caller() -> int:
    """How many frames up the user's own line is: warnings that name our lines help nobody."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] == "pixnb":
        level, frame = level + 1, frame.f_back
    return level


__all__ = ["warn_if_retired"]
