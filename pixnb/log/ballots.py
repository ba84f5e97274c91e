"""Writing down what came in files: each voter's newest vote on a pair, each voter's newest marks of a page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, select, update

from pixnb.log.opinions import marks, notes, votes
from pixnb.log.rows import append_event
from pixnb.log.schema import runs

_AT_ONCE = 200
_LOOKED: Mapping[str, Any] = {"run_id": "", "stars": None, "picked": None}
"""A row of no run: that a voter's file of a page came, though it says nothing, keeps an older one from counting."""
_VOTE = ("left_run_id", "right_run_id", "choice", "seconds", "report", "experiment")


@dataclass
class Ballot:
    """What one file says.

    Attributes:
        voter: Whose it is.
        report: The page that it was made on.
        experiment: Whose clips were judged.
        made_at: Microseconds since 1970, UTC.
        votes: By pair of run_ids: `left_run_id`, `right_run_id`, `choice`, `seconds`.
        marks: Rows of run_id, stars, picked.
        notes: Rows of run_id, at, text.
        has_marks: Whether it is of marks: then those of an earlier file of this voter and page go, be there none now.
        changed: How many votes, and runs whose marks, were written down; filled in when it is taken.
    """

    voter: str
    report: str
    experiment: str
    made_at: int
    votes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    marks: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[Mapping[str, Any]] = ()
    has_marks: bool = False
    changed: int = 0


def take_ballots(connection: Connection, ballots: Sequence[Ballot]) -> set[str]:
    """Write down what is new in some files; the same files again change nothing.

    Args:
        connection: The op's.
        ballots: In any order: a voter's newer file counts before an older one, also before one that was taken earlier.

    Returns:
        The run_ids of which something changed; each has a new revision.
    """
    touched: set[str] = set()
    for ballot in ballots:
        ballot.changed = 0  # an op may run twice
    ordered = sorted(ballots, key=lambda ballot: ballot.made_at)
    touched |= _take_votes(connection, ordered)
    for ballot in ordered:
        if ballot.has_marks:
            touched |= _take_marks(connection, ballot)
    for run_id in sorted(touched):
        rev = append_event(connection, run_id, "judged")
        connection.execute(update(runs).where(runs.c.run_id == run_id).values(rev=rev))
    return touched


def _take_votes(connection: Connection, ballots: Sequence[Ballot]) -> set[str]:
    known = _known_votes(connection, {ballot.voter for ballot in ballots if ballot.votes})
    new: dict[tuple[str, str], dict[str, Any]] = {}
    gone: dict[int, Mapping[str, Any]] = {}
    touched: set[str] = set()
    for ballot in ballots:
        for pair, said in ballot.votes.items():
            row = {**said, "report": ballot.report, "experiment": ballot.experiment}
            key = ballot.voter, pair
            before = new.get(key) or known.get(key)
            if before is not None and (before["at"] > ballot.made_at or all(before[n] == row[n] for n in _VOTE)):
                continue
            if key in known:
                gone[known[key]["id"]] = known[key]
            new[key] = {**row, "user": ballot.voter, "pair": pair, "at": ballot.made_at}
            ballot.changed += 1
            touched |= {row["left_run_id"], row["right_run_id"]}
    _delete_votes(connection, list(gone))
    if new:
        connection.execute(insert(votes), list(new.values()))
    return touched


def _known_votes(connection: Connection, voters: Collection[str]) -> dict[tuple[str, str], Mapping[str, Any]]:
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    listed = sorted(voters)
    for start in range(0, len(listed), _AT_ONCE):
        those = select(votes).where(votes.c.user.in_(listed[start : start + _AT_ONCE]), votes.c.pair.is_not(None))
        found.update({(row["user"], row["pair"]): dict(row) for row in connection.execute(those).mappings()})
    return found


def _delete_votes(connection: Connection, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        connection.execute(delete(votes).where(votes.c.id.in_(ids[start : start + _AT_ONCE])))


def _take_marks(connection: Connection, ballot: Ballot) -> set[str]:
    before = _rows_of(connection, ballot, marks, "stars", "picked")
    noted = _rows_of(connection, ballot, notes, "at", "text")
    if max((row["made_at"] for row in (*before, *noted)), default=0) > ballot.made_at:
        return set()
    new = [*ballot.marks, _LOOKED]
    said, was = _spoken(new, ballot.notes), _spoken(before, noted)
    touched = {run_id for run_id in said.keys() | was.keys() if said.get(run_id) != was.get(run_id)}
    if not touched:
        connection.execute(update(marks).where(_of(marks, ballot)).values(made_at=ballot.made_at))
        return set()
    whose = {"user": ballot.voter, "report": ballot.report, "made_at": ballot.made_at}
    for table, rows in ((marks, new), (notes, ballot.notes)):
        connection.execute(delete(table).where(_of(table, ballot)))
        if rows:
            connection.execute(insert(table), [{**row, **whose} for row in rows])
    touched -= {_LOOKED["run_id"]}
    ballot.changed += len(touched)
    return touched


def _of(table: Table, ballot: Ballot) -> Any:
    return and_(table.c.user == ballot.voter, table.c.report == ballot.report)


def _rows_of(connection: Connection, ballot: Ballot, table: Table, *names: str) -> list[dict[str, Any]]:
    columns = [table.c[name] for name in ("run_id", "made_at", *names)]
    return [dict(row) for row in connection.execute(select(*columns).where(_of(table, ballot))).mappings()]


def _spoken(marked: Sequence[Mapping[str, Any]], noted: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {row["run_id"]: [(row["stars"], row["picked"])] for row in marked}
    for row in sorted(noted, key=lambda row: (row["at"] is not None, row["at"] or 0, row["text"])):
        found.setdefault(row["run_id"], []).append((row["at"], row["text"]))
    return found


__all__ = ["Ballot", "take_ballots"]
