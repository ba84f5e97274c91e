"""Writing an example's runs into a log: as they were made, with what people said of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from pixnb.log.ballots import Ballot, take_ballots
from pixnb.log.log import Log
from pixnb.log.opinions import notes
from pixnb.log.rows import add_outputs, insert_run, now, open_experiment
from pixnb.log.schema import runs

_REPORT = "example"


@dataclass(frozen=True)
class Film:
    """A clip that a run made.

    Attributes:
        name: Of its file.
        sha256: Of its bytes.
        size: Bytes.
    """

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Example:
    """What `runs.json` says.

    Attributes:
        sources: The clips that were edited, by the names of their files: sha256 and size.
        alike: Columns that all runs share.
        given: Role and name of the parameter that takes the source.
        runs: Each run's own columns, its `source`, `film` and `notes` (seconds, text).
        films: What they made, in their order.
        votes: By voter: left and right run, what was chosen, how long it took in seconds.
    """

    sources: Mapping[str, Mapping[str, Any]]
    alike: Mapping[str, Any]
    given: Mapping[str, str]
    runs: Sequence[Mapping[str, Any]]
    films: Sequence[Film]
    votes: Mapping[str, Sequence[Sequence[Any]]]


def read(path: Path) -> Example:
    """Read an example's `runs.json`."""
    said = json.loads(path.read_text(encoding="utf-8"))
    films = [Film(**run.pop("film")) for run in said["runs"]]
    return Example(said["sources"], said["alike"], said["given"], said["runs"], films, said["votes"])


def write_runs(log: Log, said: Example, *, title: str, clips: Path) -> None:
    """Write an example's runs down, all or none; an experiment that has runs stays as it is.

    Args:
        log: Whose store has the films.
        said: The example.
        title: The experiment's name.
        clips: The folder that has the sources.
    """
    log.write(lambda connection: _fill(connection, log, said, title, clips)).result()


def _fill(connection: Connection, log: Log, said: Example, title: str, clips: Path) -> None:
    open_experiment(connection, title)
    if connection.execute(select(runs.c.id).where(runs.c.experiment == title).limit(1)).first():
        return
    for run, film in zip(said.runs, said.films, strict=True):
        _insert(connection, log, said, run, film, title, clips)
    take_ballots(connection, [_ballot(voter, votes, title) for voter, votes in said.votes.items()])


def _insert(
    connection: Connection, log: Log, said: Example, run: Mapping[str, Any], film: Film, title: str, clips: Path
) -> None:
    own = dict(run)
    source, noted, take = own.pop("source"), own.pop("notes", ()), own.pop("take")
    found = log.assets.path(film.sha256)
    media = {"sha256": film.sha256, "media_type": "video/mp4", "size": film.size}
    media["path"] = found.relative_to(log.assets.root).as_posix() if found else None
    place = clips / source
    values = {
        **said.alike,
        **own,
        "experiment": title,
        **{name: Decimal(said.alike[name]) for name in ("price_amount", "cost_amount")},
        **{f"output_{name}": media[name] for name in ("sha256", "path")},
        "media_type": media["media_type"],
    }
    params = {"prompt": run["prompt"], said.given["name"]: str(place)}
    given = {**said.given, **said.sources[source], "path": str(place), "media_type": "video/mp4"}
    written = insert_run(connection, values, params=params, inputs=[given], take=take, event="completed")
    add_outputs(connection, written["run_id"], [media])
    for at, text in noted:
        row = {"run_id": written["run_id"], "at": at, "text": text, "user": said.alike["user"], "made_at": now()}
        connection.execute(insert(notes).values(**row))


def _ballot(voter: str, votes: Sequence[Sequence[Any]], title: str) -> Ballot:
    said = {
        " ".join(sorted((left, right))): {
            "left_run_id": left,
            "right_run_id": right,
            "choice": choice,
            "seconds": seconds,
        }
        for left, right, choice, seconds in votes
    }
    return Ballot(voter=voter, report=_REPORT, experiment=title, made_at=now(), votes=said)


__all__ = ["Example", "Film", "read", "write_runs"]
