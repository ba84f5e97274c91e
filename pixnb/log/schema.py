"""The tables of the log, as data: `params.*` and `vars.*` columns are in `columns`, what people say in `opinions`.

Three types of our own keep both databases alike. Money is an integer of 10⁻⁹ of the currency's unit: exact,
summed by the database itself, and wide enough for nine billion dollars in 64 bits. A time is an integer of
microseconds since 1970, UTC. JSON is canonical text, so that equal values are equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

VERSION = 5
APPLICATION_ID = 0x70786E62  # "pxnb", at byte 68 of the file: `file log.db` and we tell a log by it

_NANO = Decimal(1_000_000_000)


def canonical(value: Any) -> str:
    """Write a value as JSON in its one form: sorted keys, no spaces, UTF-8 kept.

    Args:
        value: Anything that JSON can hold; NaN and infinities are refused.

    Returns:
        The text; equal values give equal texts.

    Raises:
        ValueError: The value holds a NaN or an infinity.

    Example:
        >>> canonical({"b": 1, "a": "é"})
        '{"a":"é","b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def to_nano(amount: Decimal) -> int:
    """Turn an amount of money into 10⁻⁹ units, half to even below that.

    Example:
        >>> to_nano(Decimal("0.20"))
        200000000
    """
    return int((amount * _NANO).to_integral_value(rounding=ROUND_HALF_EVEN))


def from_nano(nano: int | Decimal) -> Decimal:
    """Turn 10⁻⁹ units into an amount without trailing zeros.

    Example:
        >>> from_nano(200000000), from_nano(300_000_000_000)
        (Decimal('0.2'), Decimal('300'))
    """
    amount = (Decimal(nano) / _NANO).normalize()
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount


class Money(TypeDecorator[Decimal]):
    """An exact amount: a Decimal outside, 10⁻⁹ units in 64 bits inside."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Give the database its integer."""
        return None if value is None else to_nano(Decimal(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Give the program its Decimal; PostgreSQL's sums come as numeric."""
        return None if value is None else from_nano(value)


class Json(TypeDecorator[Any]):
    """Canonical JSON text: any JSON value outside, text inside; None is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Give the database its text."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Give the program its value."""
        return None if value is None else json.loads(value)


# SQLite makes a rowid alias, with its speed, of INTEGER only.
SERIAL = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

_RUN_COLUMNS: Mapping[str, Any] = {
    "experiment": Text,
    "provider": Text,
    "model": Text,
    "provider_model": Text,
    "task": Text,
    "status": Text,
    "sandbox": Boolean,
    "prompt": Text,
    "seed": BigInteger,
    "take": Integer,
    "attempt": Integer,
    "params_json": Json,
    "params_sha256": Text,
    "vars_json": Json,
    "extra_json": Json,
    "overflow_json": Json,
    "price_amount": Money,
    "price_currency": Text,
    "price_source": Text,
    "cost_amount": Money,
    "cost_currency": Text,
    "cost_kind": Text,
    "submitted_at": BigInteger,
    "started_at": BigInteger,
    "completed_at": BigInteger,
    "queue_seconds": Double,
    "run_seconds": Double,
    "base_url": Text,
    "polling_url": Text,
    "job_id": Text,
    "idempotency_key": Text,
    "output_path": Text,
    "output_url": Text,
    "output_sha256": Text,
    "media_type": Text,
    "error": Text,
    "error_code": Text,
    "refused_stage": Text,
    "refused_billed": Boolean,
    "prompt_used": Text,
    "seed_used": BigInteger,
    "stars": Integer,
    "picked": Boolean,
    "note": Text,
    "user": Text,
    "host": Text,
    "notebook": Text,
    "parent_run_id": Text,
    "reused_from": Text,
    "pixnb_version": Text,
    "owner_host": Text,
    "owner_boot": Text,
    "owner_pid": BigInteger,
    "owner_start": BigInteger,
    "heartbeat_at": BigInteger,
    "deleted_at": BigInteger,
    "sweep_id": Text,
}
_REQUIRED = {"experiment", "provider", "model", "status", "take", "attempt", "params_json", "params_sha256"}

runs = Table(
    "runs",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("run_id", Text, nullable=False, unique=True),
    *(
        # a default for the inserts of a pixnb that had the log open when it was migrated
        Column(name, kind, nullable=name not in _REQUIRED, server_default="1" if name == "attempt" else None)
        for name, kind in _RUN_COLUMNS.items()
    ),
    Column("rev", BigInteger, nullable=False),
)
Index("runs_rev", runs.c.rev)
Index("runs_status", runs.c.status)
Index("runs_experiment", runs.c.experiment, runs.c.submitted_at)
Index(
    "runs_output",
    runs.c.output_sha256,
    sqlite_where=runs.c.output_sha256.is_not(None),  # a run being sent has none: one page less to write
    postgresql_where=runs.c.output_sha256.is_not(None),
)
Index(
    "runs_sweep",
    runs.c.sweep_id,
    sqlite_where=runs.c.sweep_id.is_not(None),
    postgresql_where=runs.c.sweep_id.is_not(None),
)
Index(
    "runs_take",
    runs.c.experiment,
    runs.c.model,
    runs.c.params_sha256,
    runs.c.take,
    runs.c.attempt,
    unique=True,
    sqlite_where=text("deleted_at IS NULL"),
    postgresql_where=text("deleted_at IS NULL"),
)

events = Table(
    "events",
    metadata,
    Column("seq", SERIAL, primary_key=True),  # also the revision that this event gives its run
    Column("run_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Json),
    Index("events_run", "run_id", "seq"),
    sqlite_autoincrement=True,  # a number is never given twice, not even after a purge
)

inputs = Table(
    "inputs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("role", Text, nullable=False),
    Column("sha256", Text),
    Column("path", Text),
    Column("url", Text),
    Column("size", BigInteger),
    Column("media_type", Text),
    Index("inputs_sha256", "sha256"),
    sqlite_with_rowid=False,
)

outputs = Table(
    "outputs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("sha256", Text),
    Column("path", Text),
    Column("url", Text),
    Column("media_type", Text),
    Column("size", BigInteger),
    Index("outputs_sha256", "sha256"),
    sqlite_with_rowid=False,
)

tags = Table(
    "tags",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text),
    sqlite_with_rowid=False,
)

metrics = Table(
    "metrics",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Double),
    sqlite_with_rowid=False,
)

experiments = Table(
    "experiments",
    metadata,
    Column("name", Text, primary_key=True),
    Column("budget_json", Json),
    Column("created_at", BigInteger, nullable=False),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("sweep_id", Text, primary_key=True),
    Column("experiment", Text, nullable=False),
    Column("state", Text, nullable=False),  # running, paused, stopped, cancelled, done
    Column("paused_json", Json),  # providers whose part waits, each with why
    Column("allow_unpriced", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("owner_host", Text),
    Column("owner_boot", Text),
    Column("owner_pid", BigInteger),
    Column("owner_start", BigInteger),
    Column("heartbeat_at", BigInteger),
    Index("sweeps_experiment", "experiment", "state"),
    sqlite_with_rowid=False,
)

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text))

__all__ = [
    "APPLICATION_ID",
    "SERIAL",
    "VERSION",
    "Json",
    "Money",
    "canonical",
    "events",
    "experiments",
    "from_nano",
    "inputs",
    "meta",
    "metadata",
    "metrics",
    "outputs",
    "runs",
    "sweeps",
    "tags",
    "to_nano",
]
