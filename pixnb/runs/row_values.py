"""What the columns of a run's row hold, from where its job stands."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixnb._version import __version__
from pixnb.client.clocks import measure
from pixnb.errors import ContentRefused
from pixnb.log import owners, rows
from pixnb.media.media import Media

if TYPE_CHECKING:
    from pixnb.catalogue.prices import Cost
    from pixnb.client.inputs import Input
    from pixnb.client.standing import Standing
    from pixnb.client.work import Work
    from pixnb.media.store import Store
    from pixnb.request import Request


def first_values(
    work: Work, run_id: str, experiment: str, user: str
) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """Return what is written of a run that is about to be sent or planned: columns, inputs, params."""
    request, target, standing = work.request, work.target, work.standing
    assert request is not None
    identity = identify(request, standing.inputs)
    values = {
        **request_values(request, identity, standing.cost),
        "run_id": run_id,
        "experiment": experiment,
        "status": str(standing.status),
        "sandbox": standing.sandbox,
        "base_url": target.home if target else None,
        "user": user,
    }
    if standing.submitted_at is not None:
        values["submitted_at"] = to_micros(standing.submitted_at)
    return values, identity.media, identity.params


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two requests the same one.

    Attributes:
        params: As JSON can hold them: of media, where it lies, or which bytes it is.
        media: What is written of the inputs.
        sha256: The hash by which takes are counted and found again.
    """

    params: dict[str, Any]
    media: list[dict[str, Any]]
    sha256: str


def identify(request: Request, inputs: Iterable[Input]) -> Identity:
    """Return what makes a request the one that it is, once its media are read."""
    media = [_input(given) for given in inputs]
    params = _plain(request.params, media)
    return Identity(params, media, rows.fingerprint({**params, **request.extra}, media))


def request_values(request: Request, identity: Identity, cost: Cost | None) -> dict[str, Any]:
    """Return what is written of a request, wherever it goes and whoever sends it."""
    model, price = request.model, request.model.price_for(request.params)
    return {
        **owners.owner(),
        "heartbeat_at": rows.now(),
        "provider": model.provider,
        "model": model.id,
        "provider_model": model.provider_model,
        "task": model.task_for(request.params),
        "prompt": identity.params.get("prompt"),
        "seed": identity.params.get("seed"),
        "params_sha256": identity.sha256,
        "extra_json": dict(request.extra) or None,
        "price_amount": cost.amount if cost else None,
        "price_currency": cost.currency if cost else None,
        "price_source": price.source if cost and price else None,
        "idempotency_key": request.idempotency_key,
        "note": request.note,
        "host": _host(),
        "notebook": _notebook(),
        "pixnb_version": __version__,
    }


def end_values(standing: Standing) -> dict[str, Any]:
    """Return what is written of an end: its time, how long it took, its cost."""
    ended = standing.completed_at or datetime.now(UTC)
    queued, ran = measure(standing, ended)
    return {
        "completed_at": to_micros(ended),
        "queue_seconds": queued,
        "run_seconds": ran,
        "prompt_used": standing.prompt_used,
        "seed_used": standing.seed_used,
        **cost_values(standing),
    }


def standing_values(standing: Standing) -> dict[str, Any]:
    """Return how a job stands, whose it is, its id and where to ask for it."""
    # the id with every record, so that one whose own record failed is not lost
    return {
        "job_id": standing.id,
        "polling_url": standing.polling_url,
        "status": str(standing.status),
        "sandbox": standing.sandbox,
    }


def cost_values(standing: Standing) -> dict[str, Any]:
    """Return what a job costs."""
    cost = standing.cost
    return {
        "cost_amount": cost.amount if cost else None,
        "cost_currency": cost.currency if cost else None,
        "cost_kind": cost.kind if cost else None,
    }


def error_values(standing: Standing) -> dict[str, Any]:
    """Return what went wrong with a job."""
    error = standing.error
    refused = error if isinstance(error, ContentRefused) else None
    return {
        "error": error.message if error else None,
        "error_code": error.code if error else None,
        "refused_stage": refused.stage if refused else None,
        "refused_billed": refused.billed if refused else None,
    }


def output_values(media: Media, store: Store) -> dict[str, Any]:
    """Return what is written of a file that a run made."""
    assert media.path is not None
    path = media.path.relative_to(store.root).as_posix()
    return {
        "sha256": media.sha256,
        "path": path,
        "url": media.url,
        "media_type": media.media_type,
        "size": media.size,
    }


def _input(given: Any) -> dict[str, Any]:
    media = given.media
    return {
        "role": given.role,
        "name": given.name,
        "sha256": given.sha256,
        "path": str(media.path) if media.path else None,
        "url": media.url,
        "size": media.size if given.has_bytes else None,
        "media_type": media.media_type if given.has_bytes else None,
    }


def _plain(params: Mapping[str, Any], media: list[dict[str, Any]]) -> dict[str, Any]:
    """Params as JSON can hold them: of media, where it lies, or which bytes it is."""
    said = {item["name"]: item["path"] or item["url"] or f"sha256:{item['sha256']}" for item in media}
    return {name: said.get(name, value) for name, value in params.items()}


def to_micros(moment: datetime | None) -> int | None:
    """Return a time as the log keeps it."""
    return None if moment is None else round(moment.timestamp() * 1_000_000)


@cache
def _host() -> str:
    return socket.gethostname()


@cache
def _notebook() -> str | None:
    # Jupyter Server tells its kernels the notebook's path by this variable
    name = os.environ.get("JPY_SESSION_NAME")
    return Path(name).name if name else None


__all__ = [
    "Identity",
    "cost_values",
    "end_values",
    "error_values",
    "first_values",
    "identify",
    "output_values",
    "request_values",
    "standing_values",
    "to_micros",
]
