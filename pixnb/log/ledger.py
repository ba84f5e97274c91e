"""What a log's runs come to, kept in memory: each look adds only the rows that changed since the one before."""

from __future__ import annotations

import os
import threading
import weakref
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import BigInteger, Connection, Engine, bindparam, case, null, select, type_coerce

from pixnb.log.database import is_writing
from pixnb.log.schema import events, from_nano, runs
from pixnb.status import JobStatus

_RESERVED = [
    str(status)
    for status in (
        JobStatus.SUBMITTING,
        JobStatus.UNCONFIRMED,
        JobStatus.QUEUED,
        JobStatus.PROCESSING,
        JobStatus.CANCELLED,  # no service documents a cancel call: it may still finish and bill
    )
]


_Group = Literal["settled", "reserved"]


@dataclass(frozen=True)
class Total:
    """A sum over some runs of an experiment.

    Attributes:
        sandbox: True for the sandbox's money, False for real, None where no answer has told yet.
        currency: Of the amount; None for runs of unknown price.
        group: "settled" for what is over, "reserved" for what may still be billed.
        amount: The sum: of a run its cost if that is known, else its price when sent; 0 for a system error without
            a stated cost. Runs of unknown price add nothing.
        runs: How many runs.
        unpriced: How many of them have neither cost nor price.
    """

    sandbox: bool | None
    currency: str | None
    group: _Group
    amount: Decimal
    runs: int
    unpriced: int


_Key = tuple[str, bool | None, str | None, _Group]
"""Experiment, sandbox, currency, group."""
_Share = tuple[_Key, int | None]
"""Which sum a run is part of, and with how much, in 10⁻⁹ units."""
_Row = tuple[int, int, str, bool | None, str | None, _Group | None, int | None]

_cost, _price = (type_coerce(column, BigInteger) for column in (runs.c.cost_amount, runs.c.price_amount))
_is_told = runs.c.cost_amount.is_not(None)
_changed = (
    select(
        runs.c.id,
        runs.c.rev,
        runs.c.experiment,
        runs.c.sandbox,
        case((_is_told, runs.c.cost_currency), else_=runs.c.price_currency),
        # a planned run has cost nothing yet; a deleted one was paid for all the same
        case(
            (runs.c.status == str(JobStatus.PLANNED), null()),
            (runs.c.status.in_(_RESERVED), "reserved"),
            else_="settled",
        ),
        case((_is_told, _cost), (runs.c.status == str(JobStatus.ERROR), 0), else_=_price),
    )
    .where(runs.c.rev > bindparam("since"))
    .order_by(runs.c.rev)
)
_event = select(events.c.run_id, events.c.at).where(events.c.seq == bindparam("seq"))


_MANY = 100
"""Changed rows that each look of a writer reads again at most."""


class Ledger:
    """The sums of one log, as far as this process has seen what is committed.

    Every change of a run gives it a higher `rev`, and whoever writes holds the log's one write lock: so what has a
    `rev` above the last one seen is all that has changed.

    Attributes:
        read: How many rows it has read so far.
    """

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.read = 0
        self.is_behind = False
        self._lock = threading.Lock()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._rev = 0
        self._mark: Any = None
        self._shares: dict[int, _Share] = {}
        self._sums: dict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0])
        self._kept: dict[_Share, _Share] = {}  # most runs cost what others do

    def totals(self, connection: Connection, experiment: str | None) -> list[Total]:
        """Sum up; of what a transaction itself has written too."""
        with self._lock:
            changed = self._look(connection)
            if not is_writing(connection):
                self._take_in(connection, changed)
                changed = []
            self.is_behind = len(changed) > _MANY
            return self._sum(experiment, changed)

    def catch_up(self, connection: Connection) -> None:
        """Take in what is committed, before a transaction writes anything."""
        with self._lock:
            self._take_in(connection, self._look(connection))
            self.is_behind = False

    def _look(self, connection: Connection) -> Sequence[Any]:
        self._check(connection)
        changed: Sequence[Any] = connection.execute(_changed, {"since": self._rev}).all()
        self.read += len(changed)
        return changed

    def _take_in(self, connection: Connection, changed: Sequence[Any]) -> None:
        for row in changed:
            self._take(row)
        if changed:
            self._rev = changed[-1][1]
            self._mark = connection.execute(_event, {"seq": self._rev}).first()

    def _check(self, connection: Connection) -> None:
        """Begin anew where the log is not the one that was seen: mended from a copy, say."""
        if self._rev and connection.execute(_event, {"seq": self._rev}).first() != self._mark:
            self._begin_anew()

    def _take(self, row: _Row) -> None:
        before, after = self._shares.pop(row[0], None), _share(row)
        if before is not None:
            _add(self._sums[before[0]], before[1], -1)
        if after is not None:
            self._shares[row[0]] = self._kept.setdefault(after, after)
            _add(self._sums[after[0]], after[1], 1)

    def _sum(self, experiment: str | None, pending: Iterable[_Row]) -> list[Total]:
        sums: dict[tuple[bool | None, str | None, _Group], list[int]] = defaultdict(lambda: [0, 0, 0])
        for key, found in self._sums.items():
            if experiment in (None, key[0]):
                mine = sums[key[1:]]
                mine[:] = [one + other for one, other in zip(mine, found, strict=True)]
        for row in pending:  # not committed: it may be rolled back
            for share, sign in ((self._shares.get(row[0]), -1), (_share(row), 1)):
                if share is not None and experiment in (None, share[0][0]):
                    _add(sums[share[0][1:]], share[1], sign)
        return [
            Total(sandbox, currency, group, from_nano(amount), count, unpriced)
            for (sandbox, currency, group), (amount, count, unpriced) in sums.items()
            if count
        ]


def _share(row: _Row) -> _Share | None:
    _, _, experiment, sandbox, currency, group, amount = row
    return None if group is None else ((experiment, sandbox, currency, group), amount)


def _add(found: list[int], amount: int | None, sign: int) -> None:
    found[0] += sign * (amount or 0)
    found[1] += sign
    found[2] += sign * (amount is None)


def ledger_of(engine: Engine) -> Ledger:
    """Give the ledger of a log by its database's engine; a forked child begins one of its own."""
    with _lock:
        found = _ledgers.get(engine)
        if found is None or found.pid != os.getpid():
            found = _ledgers[engine] = Ledger()
        return found


def catch_up(connection: Connection) -> None:
    """Bring a log's ledger up to date where it has much to read again and again; before a transaction writes."""
    found = _ledgers.get(connection.engine)
    if found is not None and found.is_behind and found.pid == os.getpid():
        found.catch_up(connection)


def _unlock_child() -> None:
    global _lock
    _lock = threading.Lock()


_lock = threading.Lock()
_ledgers: weakref.WeakKeyDictionary[Engine, Ledger] = weakref.WeakKeyDictionary()
os.register_at_fork(after_in_child=_unlock_child)

__all__ = ["Ledger", "Total", "catch_up", "ledger_of"]
