"""What is written of a run: statements on a connection, for use in ops that `Log.write` commits.

Every write appends one event, and the event's number becomes the run's `rev`: so `WHERE rev > ?` gives what changed,
and no counter needs a statement of its own.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, insert, select, update

from pixnb.errors import InvalidInput, LogError
from pixnb.log.columns import wide
from pixnb.log.database import LAST, NOTICE
from pixnb.log.prepared import Prepared
from pixnb.log.schema import canonical, events, experiments, inputs, metrics, outputs, runs, tags
from pixnb.status import JobStatus


def now() -> int:
    """Give the time in microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def new_run_id() -> str:
    """Make a UUIDv7: random, and sorted by the time of its making (RFC 9562, section 5.7).

    Example:
        >>> len(new_run_id()), new_run_id()[14]
        (36, '7')
    """
    bits = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    digits = f"{bits & ~(0x3 << 62) | 0x2 << 62:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def fingerprint(params: Mapping[str, Any], media: Iterable[Mapping[str, Any]] = ()) -> str:
    """Hash params so that equal requests are equal: media by what is in it, not by where it lay.

    Args:
        params: As sent.
        media: The inputs, each with `name` and `sha256`; several of one name keep their order.

    Returns:
        The SHA-256 of the canonical JSON, in hex.

    Example:
        >>> clip = {"name": "video", "sha256": "ab12"}
        >>> fingerprint({"video": "a.mp4"}, [clip]) == fingerprint({"video": "/tmp/b.mp4"}, [clip])
        True
    """
    hashes: dict[str, list[Any]] = {}
    for item in media:
        hashes.setdefault(item["name"], []).append(item.get("sha256") or item.get("url"))
    return hashlib.sha256(canonical({**params, **hashes}).encode()).hexdigest()


_names = frozenset(runs.c.keys())
_event = Prepared(insert(events))
_key: BindParameter[str] = bindparam("_run_id")
_of_run = update(runs).where(runs.c.run_id == _key)
_update = Prepared(_of_run)
_same = (
    runs.c.experiment == bindparam("experiment"),
    runs.c.model == bindparam("model"),
    runs.c.params_sha256 == bindparam("params_sha256"),
    runs.c.deleted_at.is_(None),
)
_add_input, _add_output = Prepared(insert(inputs)), Prepared(insert(outputs))
_drop_outputs = Prepared(delete(outputs).where(outputs.c.run_id == _key))
_last_take = Prepared(select(func.coalesce(func.max(runs.c.take), 0)).where(*_same))
_that_take = select(runs).where(*_same, runs.c.take == bindparam("take")).order_by(runs.c.attempt.desc()).limit(1)
_begin = Prepared(_of_run.where(runs.c.status == str(JobStatus.PLANNED), runs.c.deleted_at.is_(None)))


def append_event(connection: Connection, run_id: str, kind: str, payload: Any = None) -> int:
    """Append an event; its number is the revision for whatever is written with it."""
    at = now()
    seq = _event.insert(connection, {"run_id": run_id, "at": at, "kind": kind, "payload": payload})
    connection.info[LAST] = (seq, run_id, at)
    return seq


def find_take(connection: Connection, values: Mapping[str, Any], take: int) -> dict[str, Any] | None:
    """Find a take's last attempt by experiment, model and params_sha256; None if it is not made yet."""
    group = {name: values[name] for name in ("experiment", "model", "params_sha256")}
    found = connection.execute(_that_take, {**group, "take": take}).mappings().first()
    return dict(found) if found else None


def _check(values: Mapping[str, Any]) -> None:
    # SQLAlchemy drops keys that it does not know without a word.
    if unknown := values.keys() - _names:
        raise ValueError(f"The table runs has no column {', '.join(sorted(unknown))}. See pixnb/log/schema.py.")


def _heed(connection: Connection) -> None:
    # what a person must know before anything more is sent
    if notice := connection.info.get(NOTICE):
        raise LogError(notice)


def insert_run(
    connection: Connection,
    values: Mapping[str, Any],
    *,
    params: Mapping[str, Any],
    variables: Mapping[str, Any] | None = None,
    inputs: Sequence[Mapping[str, Any]] = (),
    take: int | None = None,
    after: str | None = None,
    event: str | None = None,
) -> dict[str, Any]:
    """Write a run that is about to be sent, or that is planned to be (status PLANNED): see `begin_planned`.

    Args:
        connection: The op's.
        values: Fixed columns by name: at least experiment, provider, model, status. `run_id`, `params_sha256` and,
            unless it is planned, `submitted_at` are made here unless given.
        params: As sent, in plain Python; media as the text that was given. They get `params.*` columns, except media
            and what `values` holds already (prompt, seed).
        variables: Factors of a template, for `vars.*` columns.
        inputs: Media of the request: dicts with role, name, sha256 and, where known, path, url, size, media_type.
        take: None for the next one; a number for that one, whose last attempt is returned if it is there.
        after: The run_id of that take's last attempt, to write the next one after it; of two that follow the same
            attempt the second gets what the first one wrote.
        event: The event's kind; None for "planned" or "intended".

    Returns:
        run_id, take, attempt, rev, experiment, model, params_sha256 and `existing` False; or the whole row of the
        attempt that was there, with `existing` True and nothing written.
    """
    _check(values)
    _heed(connection)
    row = dict(values)
    row.setdefault("run_id", new_run_id())
    planned = row["status"] == JobStatus.PLANNED
    row.setdefault("submitted_at", None if planned else now())
    row.setdefault("params_sha256", fingerprint(params, inputs))
    group = {name: row[name] for name in ("experiment", "model", "params_sha256")}
    attempt = 1
    if take is None:
        take = _last_take.scalar(connection, group) + 1
    elif found := find_take(connection, row, take):
        if found["run_id"] != after:
            return {**found, "existing": True}
        attempt = found["attempt"] + 1
    row.update(params_json=dict(params), vars_json=dict(variables) if variables else None, take=take, attempt=attempt)
    row["rev"] = append_event(connection, row["run_id"], event or ("planned" if planned else "intended"))
    _insert_wide(connection, row, _wide_values(row, params, variables or {}, inputs))
    _insert_inputs(connection, row["run_id"], inputs)
    return {**{name: row[name] for name in ("run_id", "take", "attempt", "rev")}, **group, "existing": False}


def begin_planned(connection: Connection, run_id: str, values: Mapping[str, Any], *, event: str = "intended") -> bool:
    """Turn a planned run into one that is about to be sent; it keeps its take. In one op with the budget's check.

    Args:
        connection: The op's.
        run_id: Which run.
        values: Fixed columns by name, as `insert_run` takes them: price, owner, base_url and others that are known
            only now. `status` is SUBMITTING and `submitted_at` now unless given.
        event: The event's kind.

    Returns:
        False, and nothing is written, if the run is not planned any more: sent by another process, cancelled or
        deleted.
    """
    _check(values)
    _heed(connection)
    row = {"status": str(JobStatus.SUBMITTING), "submitted_at": now(), **values}
    if _begin.run(connection, {**row, "_run_id": run_id}) != 1:
        return False
    update_run(connection, run_id, {}, event=event)
    return True


def _wide_values(
    row: Mapping[str, Any],
    params: Mapping[str, Any],
    variables: Mapping[str, Any],
    media: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    shown = {item["name"] for item in media} | {name for name in ("prompt", "seed") if row.get(name) is not None}
    found = {f"params.{name}": value for name, value in params.items() if name not in shown}
    found.update((f"vars.{name}", value) for name, value in variables.items())
    return found


def _insert_wide(connection: Connection, row: dict[str, Any], values: Mapping[str, Any]) -> None:
    known = wide(connection, values)
    placed, overflow = known.place(connection, values)
    row["overflow_json"] = overflow or None
    known.insert.run(connection, row | placed)


def _insert_inputs(connection: Connection, run_id: str, media: Sequence[Mapping[str, Any]]) -> None:
    fixed = ("role", "name", "sha256", "path", "url", "size", "media_type")
    for position, item in enumerate(media):
        row = {key: item.get(key) for key in fixed}
        _add_input.run(connection, {**row, "run_id": run_id, "position": position})


def update_run(
    connection: Connection,
    run_id: str,
    values: Mapping[str, Any],
    *,
    event: str,
    payload: Any = None,
) -> int:
    """Change fixed columns of a run, and append the event that says why.

    Args:
        connection: The op's.
        run_id: Which run.
        values: Fixed columns by name; none is fine.
        event: The event's kind, for example "accepted".
        payload: What JSON can hold.

    Returns:
        The run's new revision.

    Raises:
        LogError: There is no such run.
        ValueError: There is no such column.
    """
    _check(values)
    rev = append_event(connection, run_id, event, payload)
    if _update.run(connection, {**values, "rev": rev, "_run_id": run_id}) != 1:
        raise LogError(f"The log has no run {run_id}. Its id may be of another log.")
    return rev


def add_outputs(connection: Connection, run_id: str, items: Sequence[Mapping[str, Any]]) -> None:
    """Write a run's outputs, in place of those it had; the first also goes to the run's own row by `update_run`.

    Args:
        connection: The op's.
        run_id: Which run.
        items: In order: dicts with sha256, path (relative to the store), url, media_type, size where known.
    """
    fixed = ("sha256", "path", "url", "media_type", "size")
    _drop_outputs.run(connection, {"_run_id": run_id})
    for position, item in enumerate(items):
        row = {key: item.get(key) for key in fixed}
        _add_output.run(connection, {**row, "run_id": run_id, "position": position})


def checked_tag(name: str, value: str | None = None) -> dict[str, str]:
    """Return a tag as it is written; without a value it is "true".

    Raises:
        InvalidInput: It has no name.
    """
    if not isinstance(name, str) or not name.strip():
        raise InvalidInput(f"A tag is a word, not {name!r:.80}.")
    return {name.strip(): "true" if value is None else str(value)}


def set_tags(connection: Connection, run_id: str, values: Mapping[str, str | None]) -> int:
    """Set tags of a run by name, and give its new revision; other tags stay."""
    return _set(connection, tags, run_id, values, "tagged")


def set_metrics(connection: Connection, run_id: str, values: Mapping[str, float | None]) -> int:
    """Set metrics of a run by name, and give its new revision; other metrics stay."""
    return _set(connection, metrics, run_id, values, "measured")


def _set(connection: Connection, table: Any, run_id: str, values: Mapping[str, Any], event: str) -> int:
    rev = update_run(connection, run_id, {}, event=event, payload=dict(values))
    connection.execute(delete(table).where(table.c.run_id == run_id, table.c.name.in_(list(values))))
    if values:
        rows = [{"run_id": run_id, "name": name, "value": value} for name, value in values.items()]
        connection.execute(insert(table), rows)
    return rev


def open_experiment(connection: Connection, name: str) -> None:
    """Make an experiment unless it is there; `money.set_budget` gives it a budget."""
    if connection.execute(select(experiments.c.name).where(experiments.c.name == name)).first() is None:
        connection.execute(insert(experiments).values(name=name, budget_json=None, created_at=now()))


__all__ = [
    "add_outputs",
    "append_event",
    "begin_planned",
    "checked_tag",
    "find_take",
    "fingerprint",
    "insert_run",
    "new_run_id",
    "now",
    "open_experiment",
    "set_metrics",
    "set_tags",
    "update_run",
]
