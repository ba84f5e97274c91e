"""What is said before paying: the service has withdrawn the model, or may not take such a file."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from pixnb.catalogue import models
from pixnb.errors import PixnbError
from pixnb.media.media import Media

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model
    from pixnb.client.engine import Engine


def warn_of_doubts(engine: Engine, model: str | Model, params: Mapping[str, Any]) -> None:
    """Warn the caller of a submit; not where a sandbox does the work, which takes what no service is sure to.

    Args:
        engine: What would send it.
        model: The model, or its name.
        params: Its parameters, as they were given.

    Raises:
        ModelNotFound: There is no such model.
    """
    spec = models.get(model)
    if (spec.state == "current" and spec.undisputed is None) or engine.targets.goes_to_sandbox(spec.provider):
        return
    for text in (spec.retirement(), _of_the_video(spec, params)):
        if text is not None:
            warnings.warn(text, UserWarning, stacklevel=_caller())


def _of_the_video(spec: Model, params: Mapping[str, Any]) -> str | None:
    given = params.get("video", params.get(spec.inputs.get("video", "")))
    # an open file is read once only, when it is sent
    if not isinstance(given, str | PathLike | bytes | Media) or spec.undisputed is None:
        return None
    try:
        media = Media.of(given)
        if media.size is None:
            return None
        return spec.doubts(seconds=media.info.duration, size=media.size)
    except (PixnbError, OSError):
        return None  # what is wrong with it is said by the check of the inputs


def _caller() -> int:
    """How many frames up the user's own line is: warnings that name our lines help nobody."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] == "pixnb":
        level, frame = level + 1, frame.f_back
    return level


__all__ = ["warn_of_doubts"]
