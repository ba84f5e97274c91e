"""From a row of the log to where its run stands, and to the request that would make it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb import errors
from pixnb.catalogue.prices import Cost
from pixnb.client.standing import Standing
from pixnb.errors import InvalidInput, OutputUnavailable, PixnbError
from pixnb.media.media import Media
from pixnb.project import is_file
from pixnb.request import Request
from pixnb.status import JobStatus

if TYPE_CHECKING:
    from pixnb.media.store import Store

_BY_CODE: Mapping[str, type[PixnbError]] = {
    kind.default_code: kind
    for kind in (getattr(errors, name) for name in errors.__all__)
    if kind not in (errors.JobErrored, errors.PixnbError)
}


def read_standing(row: Mapping[Any, Any], files: Sequence[Mapping[Any, Any]], store: Store) -> Standing:
    """Return where a run stands by what the log says of it.

    Args:
        row: Its row.
        files: The rows of its outputs, in order.
        store: Where these lie.
    """
    status, submitted = JobStatus(row["status"]), read_time(row["submitted_at"])
    media: tuple[Media, ...] = ()
    error = _error(row)
    if status is JobStatus.COMPLETED:
        media, missing = _files(row, files, store)
        error = missing or error
    return Standing(
        status,
        id=row["job_id"],
        polling_url=row["polling_url"],
        error=error,
        cost=read_cost(row) or read_estimate(row),
        estimate=read_estimate(row),
        sandbox=row["sandbox"],
        is_sent=status is not JobStatus.PLANNED,
        submitted_at=submitted,
        created_at=submitted,
        started_at=read_time(row["started_at"]),
        ran=None if status is JobStatus.CANCELLED else row["run_seconds"],
        completed_at=read_time(row["completed_at"]),
        media=media,
        prompt_used=row["prompt_used"],
        seed_used=row["seed_used"],
    )


def read_request(
    row: Mapping[Any, Any],
    inputs: Sequence[Mapping[Any, Any]],
    store: Store,
    *,
    known: dict[Any, Media] | None = None,
) -> Request:
    """Return the request that makes a run again, as another attempt of its take.

    Args:
        row: Its row.
        inputs: The rows of its inputs.
        store: Where inputs that were only in memory are kept.
        known: Files that were found for other runs: each is read and hashed once.

    Raises:
        InvalidInput: A file is gone, or the model or its params are no longer known.
    """
    params = dict(row["params_json"] or {})
    for given in inputs:
        params[given["name"]] = find_input(row, given, store, {} if known is None else known)
    return Request(
        row["model"],
        params,
        vars=row["vars_json"],
        extra=row["extra_json"],
        take=row["take"],
        note=row["note"],
        allow_unpriced=row["price_amount"] is None,
        process=row["job_id"] is None and row["status"] != JobStatus.PLANNED,
    )


def find_input(row: Mapping[Any, Any], given: Mapping[Any, Any], store: Store, known: dict[Any, Media]) -> Any:
    """Return a run's input: its file where that is as it was, else its copy in the store, or its URL.

    Raises:
        InvalidInput: It is gone, or has changed.
    """
    key = given["path"], given["sha256"]
    if key in known:
        return known[key]
    if given["sha256"].startswith("url:"):
        return given["url"]
    for place in (Path(given["path"]) if given["path"] else None, store.path(given["sha256"])):
        if place is not None and is_file(place):
            media = Media(place)
            if media.sha256 == given["sha256"]:
                known[key] = media
                return media
    raise InvalidInput(
        f"The file of {given['name']} of run {row['run_id']} is gone or has changed"
        f"{' (it was ' + given['path'] + ')' if given['path'] else ''}. Submit again with another file."
    )


def _files(
    row: Mapping[Any, Any], files: Sequence[Mapping[Any, Any]], store: Store
) -> tuple[tuple[Media, ...], OutputUnavailable | None]:
    found = []
    for file in files:
        path = store.locate(file["path"])
        kept: Path | None = path if is_file(path) else store.path(file["sha256"])
        if kept is None:
            text = f"The file of run {row['run_id']} is no longer at {path}. Put it back, or call refresh() to fetch it"
            return (), OutputUnavailable(f"{text} again.", provider=row["provider"], job_id=row["job_id"])
        found.append(Media(kept, url=file["url"], media_type=file["media_type"], sha256=file["sha256"]))
    return tuple(found), None


def read_time(microseconds: int | None) -> datetime | None:
    """Return a time of the log as UTC."""
    return None if microseconds is None else datetime.fromtimestamp(microseconds / 1_000_000, UTC)


def read_cost(row: Mapping[Any, Any]) -> Cost | None:
    """Return what a run cost; None where the log does not say."""
    if row["cost_amount"] is not None:
        return Cost(Decimal(row["cost_amount"]), row["cost_currency"], row["cost_kind"])
    return None


def read_estimate(row: Mapping[Any, Any]) -> Cost | None:
    """Return what a run was expected to cost; None where its price was unknown."""
    if row["price_amount"] is None:
        return None
    return Cost(Decimal(row["price_amount"]), row["price_currency"], "estimated")


def _error(row: Mapping[str, Any]) -> PixnbError | None:
    if not row["error"]:
        return None
    kind = _BY_CODE.get(row["error_code"])
    if row["status"] == JobStatus.UNCONFIRMED:
        kind = errors.SubmitUnconfirmed
    elif row["status"] == JobStatus.ERROR and row["job_id"] and not row["refused_stage"]:
        kind = errors.JobErrored
    error = (kind or errors.JobFailed)(row["error"], provider=row["provider"], job_id=row["job_id"])
    error.code = row["error_code"] or error.code
    if isinstance(error, errors.ContentRefused):
        error.stage, error.billed = row["refused_stage"] or "input", row["refused_billed"]
    return error


__all__ = ["find_input", "read_cost", "read_estimate", "read_request", "read_standing", "read_time"]
