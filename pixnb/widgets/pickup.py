"""What a launcher finds when it is made: what is in flight, followed to its end, and the newest runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixnb.log import owners, queries

if TYPE_CHECKING:
    from pixnb.runs.run import Run
    from pixnb.runs.runner import Runner

RECENT = 12
"""How many of the newest runs are shown."""


def pick_up(runner: Runner) -> list[Run]:
    """Take up what is in flight, without sending anything, and find the newest runs besides.

    A run of this user whose process is gone is taken over; of one that another living process works on the log is
    followed. What a sweep has only planned is left to it.

    Args:
        runner: Of the experiment.

    Returns:
        The runs, the oldest first.
    """
    unfinished = [
        # what somebody else began is asked for with their key, not with ours
        row for row in queries.read_unfinished(runner.log, runner.experiment)
        if row["user"] == runner.user or not owners.is_free(row)
    ]  # fmt: skip
    recent = queries.read_recent(runner.log, runner.experiment, RECENT)
    rows = {row["id"]: row for row in (*unfinished, *recent)}
    found = {run.run_id: run for run in runner.from_rows([rows[number] for number in sorted(rows)])}
    runner.take_up([found[row["run_id"]] for row in unfinished])
    return list(found.values())


__all__ = ["RECENT", "pick_up"]
