"""What the log tells of how long jobs take: its durations, each with the length of the clip that was worked on."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb.catalogue import models
from pixnb.errors import PixnbError
from pixnb.log import queries
from pixnb.media.media import Media
from pixnb.pacing.durations import Durations, Took
from pixnb.project import is_file
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pixnb.client.inputs import Input
    from pixnb.log.log import Log

_TIMED = ("video", "audio")
_MOST = 8
"""Clips that are looked into for one model: most runs share a few."""


def learn_durations(log: Log, durations: Durations, model: str) -> None:
    """Learn from a log how long runs of a model take; blocks while it reads."""
    known: dict[str, Media | None] = {}
    for sandbox in (False, True):
        for row in reversed(queries.read_durations(log, model, sandbox=sandbox)):
            took = Took(row["run_seconds"], row["queue_seconds"] or 0.0, row["status"] == JobStatus.COMPLETED)
            durations.add(model, _find_clips(model, row["params_json"] or {}, known), took, sandbox=sandbox)


def _find_clips(model: str, params: Mapping[str, Any], known: dict[str, Media | None]) -> dict[str, Any]:
    """Give a run's params with the clips that its work grew with, looked into as far as they are here."""
    found = dict(params)
    inputs = models.get(model).inputs if model in models else {}
    for name in (inputs[role] for role in _TIMED if role in inputs):
        path = params.get(name)
        if isinstance(path, str) and path not in known and len(known) < _MOST:
            known[path] = Media(path) if is_file(Path(path)) else None
            look_into(known[path])
        found[name] = known.get(path) if isinstance(path, str) else path
    return found


def look_into_all(inputs: Iterable[Input]) -> None:
    """Look into the clips that a job's time grows with; blocks."""
    for given in inputs:
        if given.role in _TIMED and given.has_bytes:
            look_into(given.media)


def look_into(media: Media | None) -> None:
    """Have a clip's length known, if it can be; blocks. What is wrong with it is said by who sends it."""
    if media is not None and media.known_duration is None:
        with contextlib.suppress(PixnbError, OSError):
            _ = media.info


__all__ = ["learn_durations", "look_into", "look_into_all"]
