"""What a form takes from the log: what earlier runs have made, and what one of them asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from pixnb.errors import InvalidInput
from pixnb.log import queries
from pixnb.log.schema import outputs, runs
from pixnb.media.media import Media
from pixnb.project import is_file
from pixnb.runs.loading import find_input
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.runs.runner import Runner


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a run has made.

    Attributes:
        run_id: The run's.
        media: The file, in the log's store.
        model: The model's friendly id.
        prompt: What was asked for; "" for nothing.
        take: Which run of the same params it is.
    """

    run_id: str
    media: Media
    model: str
    prompt: str
    take: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run asked for.

    Attributes:
        model: The model's friendly id.
        params: Its params, media as their files or URLs.
        gone: For each file that is gone why, by its parameter.
    """

    model: str
    params: dict[str, Any]
    gone: dict[str, str] = field(default_factory=dict)


def read_made(runner: Runner, kind: str, *, most: int = 24) -> list[Made]:
    """Read the files that an experiment's runs have made, the newest first; those that are gone are left out.

    Args:
        runner: Of the experiment.
        kind: "video", "image" or "audio".
        most: How many at most.
    """
    store = runner.log.assets
    wanted = (
        select(outputs.c.path, outputs.c.sha256, outputs.c.media_type, runs.c.run_id, runs.c.model, runs.c.prompt,
               runs.c.take)
        .join(runs, runs.c.run_id == outputs.c.run_id)
        .where(runs.c.experiment == runner.experiment, runs.c.deleted_at.is_(None))
        .where(runs.c.status == JobStatus.COMPLETED, outputs.c.media_type.startswith(f"{kind}/"))
        .order_by(runs.c.id.desc(), outputs.c.position)
        .limit(most)
    )  # fmt: skip
    found = []
    for row in runner.log.read(wanted):
        path = store.locate(row["path"])
        kept = path if is_file(path) else store.path(row["sha256"])
        if kept is not None:
            media = Media(kept, media_type=row["media_type"], sha256=row["sha256"])
            found.append(Made(row["run_id"], media, row["model"], row["prompt"] or "", row["take"]))
    return found


def read_asked(runner: Runner, run_id: str) -> Asked:
    """Read what a run asked for.

    Args:
        runner: Of any experiment of the log.
        run_id: The run's.

    Raises:
        InvalidInput: The log has no such run.
    """
    row = runner.log.row(run_id)
    if row is None:
        raise InvalidInput(f"The log has no run {run_id!r}. exp.frame() lists what there is.")
    asked = Asked(row["model"], dict(row["params_json"] or {}))
    for given in queries.read_inputs(runner.log, run_id):
        try:
            asked.params[given["name"]] = find_input(row, given, runner.log.assets, {})
        except InvalidInput as error:
            asked.params.pop(given["name"], None)
            asked.gone[given["name"]] = f"{given['name']} cannot be used: {error.message}"
    return asked


__all__ = ["Asked", "Made", "read_asked", "read_made"]
