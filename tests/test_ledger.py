"""What a log's runs come to: as a plain sum of all rows has it, by reading only what has changed."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal

import pytest
from fake_pixazo import FakePixazo
from sqlalchemy import event, func, insert, select
from sweeps import CLIP, LUCY, experiment

import pixnb
from pixnb.log import rows
from pixnb.log.ledger import ledger_of
from pixnb.log.money import totals
from pixnb.log.schema import events, runs

STATUSES = ["PLANNED", "SUBMITTING", "UNCONFIRMED", "QUEUED", "PROCESSING", "COMPLETED", "FAILED", "ERROR", "CANCELLED"]


@pytest.fixture
def address(tmp_path):
    """Where a log may be."""
    return str(tmp_path / "log.db")


def add(log, number, **values):
    """Write a run down."""
    row = {"experiment": "coats", "provider": "pixazo", "model": LUCY, "status": "QUEUED", **values}
    return log.write(lambda conn: rows.insert_run(conn, row, params={"n": number})).result()["run_id"]


def change(log, run_id, **values):
    """Change it, as every write does."""
    log.write(lambda conn: rows.update_run(conn, run_id, values, event="test")).result()


def plain_sum(log, experiment):
    """The same from all rows, one by one."""
    found = defaultdict(lambda: [Decimal(0), 0, 0])
    for row in log.rows(deleted=True):
        if row["status"] == "PLANNED" or experiment not in (None, row["experiment"]):
            continue
        told = row["cost_amount"] is not None
        amount = row["cost_amount"] if told else 0 if row["status"] == "ERROR" else row["price_amount"]
        group = "reserved" if row["status"] in (*STATUSES[1:5], "CANCELLED") else "settled"
        mine = found[row["sandbox"], row["cost_currency"] if told else row["price_currency"], group]
        mine[0] += amount or 0
        mine[1] += 1
        mine[2] += amount is None
    return {key: tuple(value) for key, value in found.items()}


def summed(log, experiment, reading=None):
    """As the ledger has it."""
    found = (reading or log.reading)(lambda conn: totals(conn, experiment))
    return {(one.sandbox, one.currency, one.group): (one.amount, one.runs, one.unpriced) for one in found}


def draw(chance):
    """A state that a run may be in."""
    price = chance.choice([None, ("0.2", "USD"), ("12", "credits"), ("0.000000001", "USD")])
    cost = chance.choice([None, None, ("0.4", "USD"), ("0", "credits")])
    return {
        "status": chance.choice(STATUSES),
        "sandbox": chance.choice([None, True, False]),
        "price_amount": price and Decimal(price[0]),
        "price_currency": price and price[1],
        "cost_amount": cost and Decimal(cost[0]),
        "cost_currency": cost and cost[1],
    }


@pytest.mark.parametrize("seed", range(6))
def test_sums_are_those_of_all_rows_whatever_happens(address, seed):
    """Two processes write one log by turns; each looks in writes and in reads, now and then; some writes fail."""
    chance = random.Random(seed)
    with pixnb.Log(address) as one, pixnb.Log(address) as other:
        ids = []
        for number in range(150):
            log = chance.choice([one, other])
            if not ids or chance.random() < 0.3:
                ids.append(add(log, number, **draw(chance), experiment=chance.choice(["coats", "hats"])))
            else:
                change(log, chance.choice(ids), **draw(chance))
            if chance.random() < 0.2:
                fail(log, chance.choice(ids), draw(chance))
            for name in chance.sample(["coats", "hats", None], chance.randint(0, 3)):
                looked = chance.choice([one, other])
                write = chance.random() < 0.5
                found = summed(looked, name, (lambda op, log=looked: log.write(op).result()) if write else None)
                assert found == plain_sum(one, name)


def fail(log, run_id, values):
    """Change a run, look, and have it all taken back."""

    def op(connection):
        rows.update_run(connection, run_id, values, event="test")
        totals(connection, None)
        raise RuntimeError("taken back")

    with pytest.raises(RuntimeError, match="taken back"):
        log.write(op).result()


def test_an_op_sees_what_it_has_written_itself(address):
    """So that several in one transaction hold a budget together."""
    with pixnb.Log(address) as log:
        values = {"experiment": "coats", "provider": "pixazo", "model": LUCY, "status": "SUBMITTING", "sandbox": False,
                  "price_amount": Decimal(1), "price_currency": "USD"}  # fmt: skip

        def op(connection):
            found = []
            for number in range(3):
                rows.insert_run(connection, values, params={"n": number})
                found.append(sum(one.amount for one in totals(connection, "coats")))
            return found

        assert log.write(op).result() == [1, 2, 3]


def fill(log, count):
    """Have the log hold many runs, by one statement."""
    shared = {"experiment": "old", "provider": "pixazo", "model": LUCY, "status": "COMPLETED", "sandbox": False,
              "price_amount": Decimal("0.2"), "price_currency": "USD", "attempt": 1, "params_json": {}}  # fmt: skip

    def op(connection):
        last = connection.scalar(select(func.max(events.c.seq))) or 0
        made = [{**shared, "run_id": f"old-{n}", "take": 1, "params_sha256": f"{n}", "rev": last + n + 1}
                for n in range(count)]  # fmt: skip
        told = [{"run_id": row["run_id"], "at": 1, "kind": "intended"} for row in made]
        connection.execute(insert(events), told)
        connection.execute(insert(runs), made)

    log.write(op).result()


@pytest.mark.parametrize("many", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("owner", ["log", "experiment"])
def test_a_budget_reads_only_what_has_changed(tmp_path, owner, many):
    """Of a log of many runs, all of them once; then a few rows a submit, however many there are."""
    with pixnb.Log(tmp_path / "log.db") as log:
        fill(log, many)
        service = FakePixazo(polls=0, sandbox=False)
        exp = experiment(service, log, name="old", budget=30_000 if owner == "experiment" else None)
        if owner == "log":
            log.budget = 30_000
        exp.submit(LUCY, prompt="first", video=CLIP).wait(30)
        ledger = ledger_of(log._engine)
        assert ledger.read <= 2 * many + 20  # in the first op, and when that is committed
        before = ledger.read
        for number in range(20):
            exp.submit(LUCY, prompt=f"p{number}", video=CLIP).wait(30)
        assert ledger.read - before < 20 * 60
        assert float(exp.spent) == pytest.approx(0.2 * (many + 21))
        limited = experiment(service, log, name="old", budget=0.2 * (many + 21) if owner == "experiment" else None)
        if owner == "log":
            log.budget = 0.2 * (many + 21)
        with pytest.raises(pixnb.BudgetExceeded):
            limited.submit(LUCY, prompt="one too many", video=CLIP)


def test_what_has_changed_is_found_by_an_index(tmp_path):
    """SQLite says so."""
    from pixnb.log.ledger import _changed

    with pixnb.Log(tmp_path / "log.db") as log:
        said: list[tuple[str, tuple[object, ...]]] = []
        event.listen(log._engine, "before_cursor_execute", lambda *call: said.append((call[2], call[3])))
        log.reading(lambda conn: conn.execute(_changed, {"since": 7}).all())
        text, values = next((text, values) for text, values in said if "rev >" in text)
        plan = log.reading(lambda conn: conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all())
    assert any("USING INDEX runs_rev (rev>?)" in row[-1] for row in plan)
