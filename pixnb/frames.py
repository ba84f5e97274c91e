"""A frame of runs and the log that it came from: which that is, and what it knows besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb import settings
from pixnb.compare.choice import asked
from pixnb.errors import InvalidInput
from pixnb.log.address import file_of, parse
from pixnb.log.log import Log, find, open_log
from pixnb.project import is_file

if TYPE_CHECKING:
    import pandas as pd

_COMING = (
    *("status", "error", "refused_stage", "refused_billed", "output_path", "output_sha256", "media_type"),
    *("cost", "cost_kind", "cost_simulated", "price", "currency", "started_at", "completed_at"),
    *("queue_seconds", "run_seconds"),
)
"""Columns that a run's end fills."""


def fill(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with the columns that it lacks and a log knows, row by row; its own values stay.

    The log is the one that the frame came from, else the one of the settings if that has any of the runs. Without
    one the frame is returned as it is.

    Raises:
        InvalidInput: There is nothing to show: the frame holds no more than ids, and no log knows them.
    """
    key = next((name for name in ("run_id", "output_sha256") if name in frame), None)
    if key is None or all(name in frame for name in ("output_path", "prompt", "status")):
        return frame
    log = log_of(frame)
    known = log.frame() if log is not None else None
    if log is not None and known is not None and known[key].isin(frame[key].dropna()).any():
        known = known.drop_duplicates(key).set_index(key)
        found = known[[name for name in known if name not in frame]].reindex(frame[key])
        return frame.assign(**{str(name): found[name].array for name in found if found[name].notna().any()})
    if "output_path" not in frame and not asked(frame):
        place = f"the log at {log.where}" if log is not None else "the settings' log"
        raise InvalidInput(
            "There is nothing to show: the frame has no output_path and no prompt, and "
            f"{place} does not know its {key}. Open the log that the runs are in, pixnb.Log(path), and ask again."
        )
    return frame


def renew(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with what its log says by now of how its runs stand; what else it says stays."""
    log = log_of(frame)
    if log is None or "run_id" not in frame:
        return frame
    known = log.frame().drop_duplicates("run_id").set_index("run_id").reindex(frame["run_id"])
    is_known = known["status"].notna().to_numpy()
    renewed = frame.copy()
    for name in (one for one in _COMING if one in known and (one in frame or known[one].notna().any())):
        found = known[name].set_axis(frame.index).astype(object)
        renewed[name] = found.where(is_known, frame[name].astype(object)) if name in frame else found
    return renewed


def log_of(frame: pd.DataFrame) -> Log | None:
    """Return the log that a frame came from, else that of the settings, if there is one; it is not made for this."""
    log = find(str(frame.attrs.get("pixnb_log", "")))
    if log is not None:
        return log
    url = settings.load().log_url
    file = file_of(parse(url))
    return open_log(url) if file is None or is_file(file) else None


__all__ = ["fill", "log_of", "renew"]
