"""The log as a DataFrame: one row a run, with inputs, metrics and tags beside it as columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Text, column, func, select, type_coerce
from sqlalchemy.sql import quoted_name

from pixnb import accessor
from pixnb.log import arrow, ordering, said
from pixnb.log.columns import TYPES, load
from pixnb.log.schema import canonical, inputs, metrics, runs, tags
from pixnb.log.schema import experiments as experiments_table
from pixnb.log.series import TEXT, restored, series

if TYPE_CHECKING:
    from pixnb.log.log import Log

ENOUGH = 2000
"""Runs from which Arrow pays for closing the log's handles meanwhile."""

# What a frame always has, in order; a prefix stands where its columns go.
_COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("run_id", "experiment", "provider", "model", "provider_model", "task", "status"), "text"),
    "sandbox": "boolean",
    "prompt": "text",
    **dict.fromkeys(("seed", "take", "attempt"), "integer"),
    **dict.fromkeys(("input.", "params.", "vars."), ""),
    "prompt_used": "text",
    "seed_used": "integer",
    "cost": "money",
    "cost_estimated": "money",
    "currency": "text",
    "currency_estimated": "text",
    "cost_kind": "text",
    **dict.fromkeys(("cost_simulated", "price"), "money"),
    "price_source": "text",
    **dict.fromkeys(("submitted_at", "started_at", "completed_at"), "time"),
    **dict.fromkeys(("queue_seconds", "run_seconds"), "number"),
    **dict.fromkeys(("output_path", "output_url", "output_sha256", "media_type"), "text"),
    **dict.fromkeys(("metrics.", "votes."), ""),
    "stars": "integer",
    "picked": "boolean",
    **dict.fromkeys(("note", "notes"), "text"),
    "tags.": "",
    **dict.fromkeys(("user", "host", "notebook", "job_id", "idempotency_key"), "text"),
    **dict.fromkeys(("parent_run_id", "reused_from", "error", "refused_stage"), "text"),
    "refused_billed": "boolean",
    "pixnb_version": "text",
}
_MADE = ("price", "notes")  # of other columns, or tables
_SOURCES: Mapping[str, ColumnElement[Any]] = {
    "cost": type_coerce(runs.c.cost_amount, BigInteger),
    "cost_estimated": type_coerce(runs.c.price_amount, BigInteger),
    "cost_simulated": type_coerce(runs.c.cost_amount, BigInteger),
    "currency_estimated": type_coerce(runs.c.price_currency, Text),
    "currency": func.coalesce(runs.c.cost_currency, runs.c.price_currency),
}
_BESIDE: Mapping[str, tuple[Any, ColumnElement[Any], ColumnElement[Any], str]] = {
    "input.": (inputs, inputs.c.role, func.coalesce(inputs.c.path, inputs.c.url, inputs.c.sha256), "text"),
    "metrics.": (metrics, metrics.c.name, metrics.c.value, "number"),
    "tags.": (tags, tags.c.name, tags.c.value, "text"),
}


def frame(
    log: Log,
    experiment: str | None = None,
    *,
    where: Sequence[ColumnElement[bool]] = (),
    by_arrow: bool | None = None,
) -> pd.DataFrame:
    """Read runs into a DataFrame.

    Args:
        log: The log.
        experiment: Its name; None for all.
        where: Conditions on `runs`, besides.
        by_arrow: Whether to read through ADBC; None for large logs where it is installed. The result is the same.

    Returns:
        One row a run, in order of submission, a sweep's cells together in the order of its plan;
        deleted runs left out. The columns of the README's table; text columns
        have the string dtype of the pandas in use, `seed`, `take` and `stars` are Int64, money and seconds Float64,
        times datetime64[us, UTC]; columns with a prefix are there if some run has a value. `stars` and `picked` are
        the last that were given here, else the newest of a file; `cost` is real money only;
        `cost_estimated` is what a run was expected to cost, also of one that may still be billed.
        `attrs["pixnb_log"]` is the log's id.
    """
    # Said this way SQLite reads the table in its own order; IS NULL would lead it through the partial index.
    chosen = [func.coalesce(runs.c.deleted_at, 0) == 0, *where]
    if experiment is not None:
        chosen.append(runs.c.experiment == experiment)
    found = _assemble(log, *_read(log, chosen, by_arrow))
    found.attrs["pixnb_log"] = log.id
    accessor.register()
    return found


def frame_of(log: Log, run_ids: Sequence[str]) -> pd.DataFrame:
    """Read some runs into a DataFrame, whatever experiment they are of; see `frame`."""
    return frame(log, where=[runs.c.run_id.in_(list(run_ids))])


def experiments(log: Log) -> pd.DataFrame:
    """Read the experiments: name, created_at, budget (JSON), and how many runs each has, open and completed ones."""
    done = func.count().filter(runs.c.status == "COMPLETED")
    over = func.count().filter(runs.c.status.in_(("COMPLETED", "FAILED", "ERROR", "CANCELLED")))
    table = experiments_table
    counted = (
        select(table.c.name, table.c.created_at, type_coerce(table.c.budget_json, Text).label("budget"))
        .add_columns(func.count(runs.c.id).label("runs"))
        .add_columns((func.count(runs.c.id) - over).label("open"), done.label("completed"))
        .outerjoin(runs, (runs.c.experiment == table.c.name) & runs.c.deleted_at.is_(None))
        .group_by(table.c.name)
        .order_by(table.c.created_at)
    )
    kinds = {"name": "text", "created_at": "time", "budget": "text"}
    kinds |= dict.fromkeys(("runs", "open", "completed"), "integer")
    found = log.reading(lambda connection: _plain(connection, (counted, kinds)))
    found.attrs["pixnb_log"] = log.id
    return found


def _read(log: Log, where: list[ColumnElement[bool]], by_arrow: bool | None) -> list[pd.DataFrame]:
    count = select(func.count()).select_from(runs).where(*where)
    kinds, size = log.reading(lambda connection: (load(connection).kinds, connection.scalar(count) or 0))
    queries = [_of_runs(kinds, where), *(_beside(prefix, where) for prefix in _BESIDE), *said.queries(where)]
    if by_arrow is None:
        by_arrow = size >= ENOUGH and arrow.available()
    found = _by_arrow(log, queries) if by_arrow else None
    return found or log.reading(lambda connection: [_plain(connection, query) for query in queries])


def _by_arrow(log: Log, queries: Sequence[arrow.Query]) -> list[pd.DataFrame] | None:
    if log.file is None or log.read_only or log.is_displaced:
        return None
    with log.suspend_handles():
        if arrow.is_open_here(log.file):
            return None
        tables = arrow.read(log.file, queries)
    return [
        pd.DataFrame({name: series(kind, table[name]) for name, kind in kinds.items()}, copy=False)
        for (_, kinds), table in zip(queries, tables, strict=True)
    ]


def _plain(connection: Connection, query: arrow.Query) -> pd.DataFrame:
    statement, kinds = query
    rows = connection.execute(statement).all()
    columns = zip(*rows, strict=True) if rows else ([] for _ in kinds)
    pairs = zip(kinds.items(), columns, strict=True)
    return pd.DataFrame({name: series(kind, column) for (name, kind), column in pairs}, copy=False)


def _of_runs(wide: Mapping[str, str], where: Sequence[ColumnElement[bool]]) -> arrow.Query:
    fixed = {name: kind for name, kind in _COLUMNS.items() if kind and name not in _MADE}
    sources = {name: _SOURCES[name] if name in _SOURCES else runs.c[name] for name in fixed}
    sources |= {name: column(quoted_name(name, quote=True), TYPES[kind]()) for name, kind in wide.items()}
    sources |= {"id": runs.c.id, "place": ordering.place, "overflow": type_coerce(runs.c.overflow_json, Text)}
    statement = select(*(source.label(f"c{n}") for n, source in enumerate(sources.values()))).where(*where)
    return statement.select_from(runs), {**fixed, **wide, "id": "integer", "place": "integer", "overflow": "text"}


def _beside(prefix: str, where: Sequence[ColumnElement[bool]]) -> arrow.Query:
    table, name, value, kind = _BESIDE[prefix]
    statement = select(table.c.run_id, name.label("name"), value.label("value")).where(
        table.c.run_id == runs.c.run_id, *where
    )
    return statement, {"run_id": "text", "name": "text", "value": kind}


def _assemble(log: Log, found: pd.DataFrame, *beside: pd.DataFrame) -> pd.DataFrame:
    place = found["place"].fillna(np.iinfo("int64").max)  # what was not sent comes last
    order = np.lexsort((found["id"].to_numpy("int64"), place.to_numpy("int64")))
    if (np.diff(order) != 1).any():
        found = found.take(order).reset_index(drop=True)
    columns = {str(name): found[name] for name in found}
    simulated = columns["sandbox"].fillna(False).astype(bool)
    columns["cost"] = columns["cost"].mask(simulated)
    columns["cost_simulated"] = columns["cost_simulated"].where(simulated)
    columns["price"] = columns["cost"].fillna(columns["cost_simulated"]).fillna(columns["cost_estimated"])
    if columns["output_path"].notna().any():
        columns["output_path"] = f"{log.assets.root}/" + columns["output_path"]
    columns |= _overflowed(columns)
    columns |= said.columns(columns, *beside[len(_BESIDE) :])
    for prefix, table in zip(_BESIDE, beside, strict=False):
        columns |= _pivoted(prefix, table, columns["run_id"])
    return pd.DataFrame({name: columns[name] for name in _ordered(columns)}, copy=False)


def _ordered(columns: Mapping[str, pd.Series[Any]]) -> Iterator[str]:
    for name, kind in _COLUMNS.items():
        if kind:
            yield name
        else:
            yield from sorted(key for key in columns if key.startswith(name) and columns[key].notna().any())


def _overflowed(columns: Mapping[str, pd.Series[Any]]) -> dict[str, pd.Series[Any]]:
    kept: dict[str, dict[int, Any]] = {}
    overflow = columns["overflow"]
    for row in np.flatnonzero(overflow.notna()):
        for name, value in json.loads(str(overflow.iloc[row])).items():
            shown = canonical(value) if isinstance(value, (list, dict)) else value
            kept.setdefault(name, {})[int(row)] = shown
    empty = pd.Series([None] * len(overflow), dtype=object)
    return {name: restored(columns.get(name, empty), values) for name, values in kept.items()}


def _pivoted(prefix: str, table: pd.DataFrame, run_ids: pd.Series[Any]) -> dict[str, pd.Series[Any]]:
    rows = pd.Index(run_ids)
    found: dict[str, pd.Series[Any]] = {}
    for name, part in table.groupby("name", sort=True):
        values = part.drop(columns="name").set_index("run_id")["value"]
        if not values.index.is_unique:  # several references: all of them, in their order
            values = values.groupby(level=0).agg(", ".join).astype(TEXT)
        found[f"{prefix}{name}"] = values.reindex(rows).reset_index(drop=True)
    return found


__all__ = ["ENOUGH", "experiments", "frame", "frame_of"]
