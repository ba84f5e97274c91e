"""In which order runs stand, so that each has one number in frame, table, wall and report."""

from __future__ import annotations

from sqlalchemy import case, func, select

from pixnb.log.schema import runs, sweeps

_called = select(sweeps.c.created_at).where(sweeps.c.sweep_id == runs.c.sweep_id).scalar_subquery()
place = func.coalesce(case((runs.c.attempt == 1, _called)), runs.c.submitted_at)
"""When a run came to its place, in µs since 1970, NULL for one that is planned by no sweep; then `runs.id` counts.

A run stands where it was submitted. A sweep's cells stand where it was called, in the order of its plan, for which of
them is sent first is chance. A later attempt stands where it was submitted itself, so that no other number changes.
"""

__all__ = ["place"]
