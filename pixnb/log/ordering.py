"""In which order runs stand, so that each has one number in frame, table, wall and report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def order_runs(
    ids: Sequence[int], submitted: Sequence[Any], sweeps: Sequence[Any], attempts: Sequence[Any]
) -> list[int]:
    """Return the places of runs in order of submission, a sweep's cells together, in the order of its plan.

    Which cell is sent first is chance. A sweep's cells stand where its first one was sent; a later attempt of one
    stands where it was sent itself, so that nothing before it changes its number.

    Args:
        ids: Their numbers in the log's table, which grow as rows are written.
        submitted: When each was sent, in any unit; None for one that was not.
        sweeps: Which sweep each belongs to; None for none.
        attempts: The number of the attempt that each is.

    Example:
        >>> order_runs([1, 2, 3, 4], [30, 10, None, 20], ["s", "s", "s", None], [1, 1, 1, 1])
        [0, 1, 2, 3]
        >>> order_runs([1, 2, 3, 4], [10, 10, 40, 20], ["s", "s", "s", None], [1, 1, 2, 1])
        [0, 1, 3, 2]
    """
    sent = [(at is None, 0 if at is None else at) for at in submitted]  # what was not sent comes last
    named = [sweep if attempt == 1 else None for sweep, attempt in zip(sweeps, attempts, strict=True)]
    begun: dict[Any, Any] = {}
    for sweep, at in zip(named, sent, strict=True):
        if sweep is not None:
            begun[sweep] = min(begun.get(sweep, at), at)
    places = [at if sweep is None else begun[sweep] for sweep, at in zip(named, sent, strict=True)]
    return sorted(range(len(places)), key=lambda row: (places[row], ids[row]))


def order_rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of the table `runs` in their order: see `order_runs`."""
    found = list(rows)
    columns = ([row[name] for row in found] for name in ("id", "submitted_at", "sweep_id", "attempt"))
    return [found[place] for place in order_runs(*columns)]


__all__ = ["order_rows", "order_runs"]
