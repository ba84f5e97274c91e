"""Merging the files of many voters into a log: the good ones are taken together, the others named with the reason."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import select

from pixnb.errors import InvalidInput
from pixnb.log.ballots import Ballot, take_ballots
from pixnb.log.log import Log
from pixnb.log.schema import runs
from pixnb.votes.file import LARGEST, Refused, VoteFile, parse_votes, read_bytes
from pixnb.votes.mail import MOST_RUNS, is_mail, parse_mail
from pixnb.votes.pairs import is_turned, pair_id

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
_SHOWN = 10
_AT_ONCE = 500


def import_votes(log: Log, experiment: str, paths: Paths | None, text: str | None) -> pd.DataFrame:
    """Take the votes and marks of files, or of a mail's text, into a log; see `Experiment.import_votes`."""
    given: dict[str, Path | str] = {} if text is None else {"text": _checked(text)}
    if paths is not None or text is None:
        given |= {str(path): path for path in list_files(paths)}
    read: dict[str, VoteFile] = {}
    refused: dict[str, str] = {}
    for name, one in given.items():
        try:
            read[name] = _read(log, experiment, one)
        except Refused as error:
            refused[name] = str(error)
    known = _experiments_of(log, {run for file in read.values() for run in file.runs})
    ballots: dict[str, Ballot] = {}
    for name, file in read.items():
        try:
            ballots[name] = _check(file, log.id, experiment, known)
        except Refused as error:
            refused[name] = str(error)
    if refused and not ballots:
        raise InvalidInput(_say(refused, len(given)))
    if ballots:
        log.tell_marks(log.write(lambda connection: take_ballots(connection, list(ballots.values()))).result())
    if refused:
        warnings.warn(_say(refused, len(given)), stacklevel=3)
    return _frame(given, read, ballots, refused)


def _checked(text: Any) -> str:
    if not isinstance(text, str) or len(text) > LARGEST:
        raise InvalidInput("text= is the text of one mail with votes in it. Files are given by their paths.")
    return text


def _read(log: Log, experiment: str, given: Path | str) -> VoteFile:
    data = given.encode("utf-8", "replace") if isinstance(given, str) else read_bytes(given)
    if not is_mail(data) and not isinstance(given, str):
        return parse_votes(data)
    listed = log.read(select(runs.c.run_id).where(runs.c.experiment == experiment).limit(MOST_RUNS + 1))
    return parse_mail(data.decode("utf-8", "replace"), [row["run_id"] for row in listed])


def list_files(paths: Paths | None) -> list[Path]:
    """Return the files that paths mean, each once: a folder means the .json files in it.

    Raises:
        InvalidInput: There is none, or what is given is no path.
    """
    listed = (
        [paths] if isinstance(paths, str | os.PathLike) else list(paths) if isinstance(paths, Iterable) else [paths]
    )
    found: list[Path] = []
    for given in listed:
        if not isinstance(given, str | os.PathLike):
            raise InvalidInput(f"Votes are imported from paths of files, not from {given!r:.80}.")
        path = Path(os.fsdecode(os.fspath(given))).expanduser()
        found += sorted(path.glob("*.json")) if os.path.isdir(path) else [path]  # noqa: PTH112  a NUL raises there
    if not found:
        raise InvalidInput("There is no file of votes: give the paths of the .json files, or the folder that has them.")
    return list(dict.fromkeys(found))


def _experiments_of(log: Log, run_ids: set[str]) -> dict[str, str]:
    listed, found = sorted(run_ids), {}
    for start in range(0, len(listed), _AT_ONCE):
        rows = log.rows(runs.c.run_id.in_(listed[start : start + _AT_ONCE]), deleted=True)
        found.update({row["run_id"]: row["experiment"] for row in rows})
    return found


def _check(file: VoteFile, log_id: str, experiment: str, known: Mapping[str, str]) -> Ballot:
    if file.log != log_id:
        raise Refused("it was made with a page of another log. Open that one: pixnb.Log(path)")
    if missing := sorted(file.runs - known.keys()):
        raise Refused(f"it judges {len(missing)} runs that this log does not have, such as {missing[0]}")
    of = {known[run] for run in file.runs} or {file.experiment or experiment}
    if experiment not in of:
        raise Refused(f"it judges clips of the experiment {min(of)!r}, not of {experiment!r}")
    turned, votes = is_turned(file.seed, file.voter), {}
    for number, vote in enumerate(file.votes, 1):
        if vote.left == vote.right:
            raise Refused(f"its vote {number} has the same run on both sides")
        first, second = (vote.right, vote.left) if turned else (vote.left, vote.right)
        if pair_id(file.report, file.seed, first, second) != vote.pair:
            what = _misfit(file, first, second, vote.pair)
            raise Refused(f"its vote {number} is on no pair of its page: {what} not fit. Ask for the file again")
        votes[" ".join(sorted((first, second)))] = {
            "left_run_id": vote.left,
            "right_run_id": vote.right,
            "choice": vote.choice,
            "seconds": vote.seconds,
        }
    marks = {mark.run: mark for mark in file.marks or ()}
    said = [mark for mark in marks.values() if mark.stars is not None or mark.picked is not None]
    return Ballot(
        voter=file.voter,
        report=file.report,
        experiment=experiment,
        made_at=file.made_at,
        votes=votes,
        marks=[{"run_id": mark.run, "stars": mark.stars, "picked": mark.picked} for mark in said],
        notes=[
            {"run_id": mark.run, "at": note.at, "text": note.text}
            for mark in marks.values()
            for note in dict.fromkeys(mark.notes)
            if note.text.strip()
        ],
        has_marks=file.has_marks,
    )


def _misfit(file: VoteFile, first: str, second: str, pair: str) -> str:
    if pair_id(file.report, file.seed, second, first) == pair:
        return "its sides do"
    return "its report, its seed or its runs do"


def _say(refused: Mapping[str, str], all_of_them: int) -> str:
    told = [f"{Path(name).name}: {why}." for name, why in refused.items()]
    more = f" And {len(told) - _SHOWN} more: see the column refused." if len(told) > _SHOWN else ""
    taken = all_of_them - len(told)
    head = f"{len(told)} of {all_of_them} files of votes were refused, {taken} taken. " if all_of_them > 1 else ""
    return f"{head}{' '.join(told[:_SHOWN])}{more}"


def _frame(
    names: Iterable[str], read: Mapping[str, VoteFile], ballots: Mapping[str, Ballot], refused: Mapping[str, str]
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for name in names:
        file, ballot = read.get(name), ballots.get(name)
        rows.append(
            {
                "file": name,
                "voter": file.voter if file else None,
                "made": file.made if file else None,
                "votes": len(ballot.votes) if ballot else 0,
                "marks": len({row["run_id"] for row in (*ballot.marks, *ballot.notes)}) if ballot else 0,
                "changed": ballot.changed if ballot else 0,
                "refused": refused.get(name),
            }
        )
    found = pd.DataFrame(rows)
    found["made"] = pd.to_datetime(found["made"], utc=True).astype("datetime64[us, UTC]")
    return found.astype(dict.fromkeys(("votes", "marks", "changed"), "Int64"))


__all__ = ["Paths", "import_votes", "list_files"]
