"""What is written of a run: takes, revisions, columns, owners, money, search."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from log_programs import VALUES, finish, run, start
from sqlalchemy import select

from pixnb.errors import BudgetExceeded, InvalidInput, LogError
from pixnb.log.columns import LIMIT
from pixnb.log.log import Log
from pixnb.log.money import set_budget, totals
from pixnb.log.owners import OWNER, claim, is_free, owner, write_heartbeat
from pixnb.log.rows import (
    add_outputs,
    begin_planned,
    find_take,
    fingerprint,
    insert_run,
    new_run_id,
    now,
    open_experiment,
    set_metrics,
    set_tags,
    update_run,
)
from pixnb.log.schema import events, inputs, outputs, runs


@pytest.fixture
def log(tmp_path):
    """A log of its own, closed afterwards."""
    with Log(tmp_path / "log.db") as opened:
        yield opened


def add(log, params=None, **more):
    """Write a run and wait."""
    options = {name: more.pop(name) for name in ("inputs", "take", "after", "variables") if name in more}
    return log.write(lambda conn: insert_run(conn, {**VALUES, **more}, params=params or {}, **options)).result()


def update(log, run_id, **values):
    """Change a run and wait."""
    return log.write(lambda conn: update_run(conn, run_id, values, event="changed")).result()


def test_run_ids():
    """Run ids are UUIDs of version 7, in order of making and never twice."""
    made = [new_run_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert [uid[:13] for uid in made] == sorted(uid[:13] for uid in made)
    assert {(uid[14], uid[19] in "89ab") for uid in made} == {("7", True)}


def test_fingerprint():
    """The order of params and the place of media do not matter; their values and bytes do."""
    clip = {"name": "video", "sha256": "aa"}
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
    assert fingerprint({"video": "x"}, [clip]) == fingerprint({"video": "y"}, [clip])
    assert fingerprint({"video": "x"}, [clip]) != fingerprint({"video": "x"}, [{**clip, "sha256": "bb"}])


def test_takes(log):
    """The same request again is the next take; another request, model or experiment begins at one."""
    assert [add(log, {"n": 1})["take"] for _ in range(3)] == [1, 2, 3]
    assert add(log, {"n": 2})["take"] == 1
    assert add(log, {"n": 1}, model="ltx-2")["take"] == 1
    assert add(log, {"n": 1}, experiment="hats")["take"] == 1


def test_a_given_take(log):
    """A take that is there is given back, not written; one that is not is made, and the next follows it."""
    first = add(log, {"n": 1})
    again = add(log, {"n": 1}, take=1)
    assert again["existing"]
    assert again["run_id"] == first["run_id"]
    assert again["params_json"] == {"n": 1}
    assert not add(log, {"n": 1}, take=5)["existing"]
    assert add(log, {"n": 1})["take"] == 6
    assert len(log.rows()) == 3


def test_attempts(log):
    """An attempt that follows a take's last one has its number plus one; the take is found by its last attempt."""
    first, other = add(log, {"n": 1}), add(log, {"n": 1})
    assert (first["attempt"], other["take"], other["attempt"]) == (1, 2, 1)
    update(log, first["run_id"], status="FAILED")
    second = add(log, {"n": 1}, take=1, after=first["run_id"])
    third = add(log, {"n": 1}, take=1, after=second["run_id"])
    assert [(made["take"], made["attempt"], made["existing"]) for made in (second, third)] == [
        (1, 2, False),
        (1, 3, False),
    ]
    assert log.reading(lambda conn: find_take(conn, first, 1))["run_id"] == third["run_id"]
    assert add(log, {"n": 1}, take=1)["run_id"] == third["run_id"]
    assert add(log, {"n": 1})["take"] == 3
    assert log.frame()[["take", "attempt"]].values.tolist() == [[1, 1], [2, 1], [1, 2], [1, 3], [3, 1]]


@pytest.mark.parametrize("after", ["the first", "another take", "nothing"])
def test_an_attempt_after_what_is_not_the_last(log, after):
    """Of two that try the same attempt again, the second gets what the first one wrote."""
    first, other = add(log, {"n": 1}), add(log, {"n": 1})
    last = add(log, {"n": 1}, take=1, after=first["run_id"])
    known = {"the first": first["run_id"], "another take": other["run_id"], "nothing": "nothing"}
    found = add(log, {"n": 1}, take=1, after=known[after])
    assert (found["existing"], found["run_id"], found["attempt"]) == (True, last["run_id"], 2)
    assert len(log.rows()) == 3


def test_a_deleted_attempt(log):
    """A deleted attempt is none any more: the one before it is the last again."""
    first = add(log)
    second = add(log, take=1, after=first["run_id"])
    update(log, second["run_id"], deleted_at=now())
    assert log.reading(lambda conn: find_take(conn, first, 1))["run_id"] == first["run_id"]
    assert add(log, take=1, after=first["run_id"])["attempt"] == 2


def begin(log, run_id, **values):
    """Begin a planned run and wait."""
    return log.write(lambda conn: begin_planned(conn, run_id, values)).result()


def test_planned(log):
    """A planned run has a take and factors, but no time and no claim on a budget, until it begins."""
    priced = {"price_amount": Decimal("0.1"), "price_currency": "USD", "sandbox": False}
    planned = add(log, {"n": 1}, status="PLANNED", variables={"colour": "blue"}, **priced)
    sent = add(log, {"n": 1})
    assert (planned["take"], sent["take"]) == (1, 2)
    assert log.row(planned["run_id"])["submitted_at"] is None
    assert log.row(planned["run_id"])["vars_json"] == {"colour": "blue"}
    assert sum(total.amount for total in log.reading(lambda conn: totals(conn, "coats"))) == 0
    frame = log.frame()
    assert frame["run_id"].tolist() == [row["run_id"] for row in log.rows()] == [sent["run_id"], planned["run_id"]]
    assert frame["submitted_at"].isna().tolist() == [False, True]
    assert frame["vars.colour"][1] == "blue"

    assert begin(log, planned["run_id"], base_url="http://a", price_amount=Decimal("0.2"))
    row = log.row(planned["run_id"])
    assert (row["status"], row["take"], row["attempt"], row["base_url"]) == ("SUBMITTING", 1, 1, "http://a")
    assert row["submitted_at"] > log.row(sent["run_id"])["submitted_at"]
    assert row["rev"] > planned["rev"]
    assert sum(total.amount for total in log.reading(lambda conn: totals(conn, "coats"))) == Decimal("0.2")
    kinds = [row["kind"] for row in log.read(select(events).order_by(events.c.seq))]
    assert kinds == ["planned", "intended", "intended"]


@pytest.mark.parametrize(
    "changed", [{"status": "SUBMITTING"}, {"status": "CANCELLED"}, {"status": "COMPLETED"}, {"deleted_at": 1}]
)
def test_planned_no_more(log, changed):
    """What was begun, cancelled or deleted meanwhile does not begin (again)."""
    run_id = add(log, status="PLANNED")["run_id"]
    update(log, run_id, **changed)
    before = log.row(run_id)
    assert not begin(log, run_id)
    assert log.row(run_id) == before
    assert len(log.read(select(events))) == 2
    assert not begin(log, "nothing")


def test_a_beginning_that_is_refused(log):
    """What raises in the op that begins a run, as a budget does, leaves it planned."""
    run_id = add(log, status="PLANNED")["run_id"]

    def op(conn):
        assert begin_planned(conn, run_id, {})
        raise BudgetExceeded("Over the limit.")

    with pytest.raises(BudgetExceeded):
        log.write(op).result()
    assert log.row(run_id)["status"] == "PLANNED"
    assert begin(log, run_id)


def test_deleted_take(log):
    """A deleted run is no take any more, though it is still in the log."""
    gone = add(log)["run_id"]
    update(log, gone, deleted_at=now())
    assert not add(log, take=1)["existing"]
    assert len(log.rows()) == 1
    assert log.row(gone)["deleted_at"]
    assert len(log.frame()) == 1


def test_row(log):
    """A row comes back with its types; an unknown id is None."""
    run_id = add(log, {"n": 1, "words": ["a"]}, price_amount=Decimal("0.20"), sandbox=True, seed=2**40)["run_id"]
    row = log.row(run_id)
    assert row["price_amount"] == Decimal("0.2")
    assert row["sandbox"] is True
    assert row["seed"] == 2**40
    assert row["params_json"] == {"n": 1, "words": ["a"]}
    assert row["cost_amount"] is None
    assert log.row("nothing") is None


def test_revisions(log):
    """Every write bumps the run's revision, and `rev > ?` gives what changed."""
    one, two = add(log, {"n": 1}), add(log, {"n": 2})
    seen = two["rev"]
    assert one["rev"] < seen
    rev = update(log, one["run_id"], status="QUEUED", job_id="j1")
    assert [row["run_id"] for row in log.rows(runs.c.rev > seen)] == [one["run_id"]]
    log.write(lambda conn: set_tags(conn, two["run_id"], {"good": "yes"})).result()
    assert [row["run_id"] for row in log.rows(runs.c.rev > rev)] == [two["run_id"]]
    kinds = [row["kind"] for row in log.read(select(events).order_by(events.c.seq))]
    assert kinds == ["intended", "intended", "changed", "tagged"]


def test_update_of_nothing(log):
    """An unknown run or column is an error, and nothing is written."""
    with pytest.raises(LogError, match="no run"):
        update(log, "nothing", status="QUEUED")
    run_id = add(log)["run_id"]
    with pytest.raises(ValueError, match="no column colour"):
        update(log, run_id, colour="red")
    with pytest.raises(ValueError, match="no column colour"):
        add(log, colour="red")
    assert len(log.read(select(events))) == 1


def test_inputs_and_outputs(log):
    """Inputs keep their order, outputs are replaced; a run whose input is another's output is found by hash."""
    media = [{"role": "reference", "name": "images", "sha256": digit * 64} for digit in "ab"]
    child = add(log, {"images": ["x", "y"]}, inputs=media)["run_id"]
    parent = add(log)["run_id"]
    for _ in range(2):
        log.write(lambda conn: add_outputs(conn, parent, [{"sha256": "a" * 64, "path": "aa/a.mp4"}])).result()
    assert [row["sha256"][0] for row in log.read(select(inputs).order_by(inputs.c.position))] == ["a", "b"]
    assert len(log.read(select(outputs))) == 1
    lineage = select(inputs.c.run_id).join(outputs, outputs.c.sha256 == inputs.c.sha256)
    assert [row["run_id"] for row in log.read(lineage)] == [child]


def test_columns_from_two_processes(tmp_path):
    """Two processes that meet the same new params at once add each column once and lose no value."""
    go = tmp_path / "go"
    with Log(tmp_path / "log.db") as log:
        programs = [start("columns", tmp_path / "log.db", label, go) for label in "ab"]
        go.touch()
        for program in programs:
            finish(program)
        frame = log.frame()
        assert len(frame) == 40
        assert all(frame[f"params.new{n}"].dropna().tolist() == [n, n] for n in range(20))


def test_thousand_columns(log):
    """Names beyond the thousandth go to JSON, and the frame has them all."""
    many = {f"p{n:04}": n for n in range(LIMIT + 50)}
    add(log, many)
    frame = log.frame()
    assert {name: frame[f"params.{name}"][0] for name in many} == many
    assert len(log.rows()[0]["overflow_json"]) == (50 if log.dialect == "sqlite" else LIMIT + 50 - 200)


def test_strange_names_and_values(log):
    """Names that only differ in case, hold quotes or are very long, and values of other kinds, come back as given."""
    odd = {'say "hi"': 1, "a.b": 2, "a_b": 3, "100%": 4, "x" * 80: 5, ":c": 6, "N": 7, "n": 8, "ä ö": "ü", "(p)s": 9}
    add(log, {"v": 1, "big": 2**70, "none": None}, variables=odd)
    add(log, {"v": "one", "big": 1.5})
    add(log, {"v": True, "big": [1, 2]})
    frame = log.frame()
    assert {name: frame[f"vars.{name}"][0] for name in odd} == odd
    assert frame["params.v"].tolist() == [1, "one", True]
    assert frame["params.big"].tolist() == [2**70, 1.5, "[1,2]"]
    assert "params.none" not in frame


def test_claim(log):
    """A claim goes through only against the owner that was seen."""
    run_id = add(log)["run_id"]
    me, free = owner(), dict.fromkeys(OWNER)
    other = {**me, "owner_pid": me["owner_pid"] + 1}
    assert log.write(lambda conn: claim(conn, run_id, other, me)).result() is False
    assert log.write(lambda conn: claim(conn, run_id, free, me)).result() is True
    assert log.write(lambda conn: claim(conn, run_id, free, other)).result() is False
    seen = {name: log.row(run_id)[name] for name in (*OWNER, "heartbeat_at")}
    assert log.write(lambda conn: write_heartbeat(conn, me, now() + 5)).result() == 1
    assert log.write(lambda conn: claim(conn, run_id, seen, other)).result() is False  # it has lived since
    assert [row["kind"] for row in log.read(select(events))] == ["intended", "claimed"]


def test_claims_from_three_processes(log, tmp_path):
    """Of processes that claim the same run at once, one gets it."""
    run_id = add(log)["run_id"]
    go = tmp_path / "go"
    programs = [start("claims", tmp_path / "log.db", run_id, go) for _ in range(3)]
    go.touch()
    assert sorted(line for program in programs for line in finish(program)) == ["False", "False", "True"]


def test_free(log):
    """A run is free without an owner, when its process is gone, or when another host has been silent."""
    me = owner()
    assert not is_free({**me, "heartbeat_at": 0})
    assert is_free({**dict.fromkeys(OWNER), "heartbeat_at": None})
    gone = subprocess.Popen([sys.executable, "-S", "-c", ""])
    gone.wait()
    assert is_free({**me, "owner_pid": gone.pid, "heartbeat_at": now()})
    assert is_free({**me, "owner_start": me["owner_start"] - 1, "heartbeat_at": now()})  # the number was used again
    far = {**me, "owner_host": "elsewhere"}
    assert not is_free({**far, "heartbeat_at": now() - 59_000_000})
    assert is_free({**far, "heartbeat_at": now() - 61_000_000})


def test_zombie_is_gone():
    """A killed process that nobody has waited for yet follows nothing any more."""
    process = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    stat = Path(f"/proc/{process.pid}/stat")
    if not stat.exists():
        process.communicate()
        pytest.skip("this system has no /proc, so a process that is not waited for cannot be told from a living one")
    start_ticks = int(stat.read_text().rpartition(")")[2].split()[19])
    row = {**owner(), "owner_pid": process.pid, "owner_start": start_ticks, "heartbeat_at": now()}
    assert not is_free(row)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_free(row)
    process.communicate()


def test_heartbeat_of_open_runs(log):
    """A heartbeat reaches all open runs of its owner and no other, and is no change for a reader."""
    me = owner()
    mine = [add(log, {"n": n}, **me)["run_id"] for n in range(3)]
    add(log, {"n": 9}, **{**me, "owner_pid": 1})
    rev = update(log, mine[0], status="COMPLETED")
    assert log.write(lambda conn: write_heartbeat(conn, me)).result() == 2
    assert log.rows(runs.c.rev > rev) == []
    assert [bool(log.row(run_id)["heartbeat_at"]) for run_id in mine] == [False, True, True]


def test_totals(log):
    """Sums are exact, split by sandbox, currency and what is settled or reserved; unknown prices are counted."""
    priced = {"price_amount": Decimal("0.1"), "price_currency": "USD", "sandbox": False}
    for n, status in enumerate(["SUBMITTING", "UNCONFIRMED", "CANCELLED", "COMPLETED", "FAILED", "ERROR", "PLANNED"]):
        add(log, {"n": n}, **priced, status=status)
    add(log, {"n": 20}, **priced, status="COMPLETED", cost_amount="0.25", cost_currency="USD")
    add(log, {"n": 21}, **priced, status="FAILED", cost_amount=0, cost_currency="USD")
    add(log, {"n": 22}, sandbox=None, status="QUEUED")
    add(log, {"n": 23}, **{**priced, "sandbox": True}, deleted_at=now(), status="COMPLETED")
    add(log, {"n": 24}, **priced, experiment="hats")
    sums = log.reading(lambda conn: totals(conn, "coats"))
    found = {(t.sandbox, t.currency, t.group): (t.amount, t.runs, t.unpriced) for t in sums}
    assert found == {
        (False, "USD", "reserved"): (Decimal("0.3"), 3, 0),
        (False, "USD", "settled"): (Decimal("0.45"), 5, 0),
        (None, None, "reserved"): (Decimal(0), 1, 1),
        (True, "USD", "settled"): (Decimal("0.1"), 1, 0),
    }


def test_experiments(log):
    """An experiment is made once; a budget given later replaces the one it had."""
    for budget in ({"USD": "5"}, {"USD": "7", "credits": "300"}):
        log.write(lambda conn: open_experiment(conn, "coats")).result()
        log.write(lambda conn, budget=budget: set_budget(conn, "coats", budget)).result()
    add(log, {"n": 1}, status="COMPLETED")
    add(log, {"n": 2}, deleted_at=now())
    add(log, {"n": 3})
    frame = log.experiments()
    assert frame[["name", "budget", "runs", "open", "completed"]].values.tolist() == [
        ["coats", '{"USD":"7","credits":"300"}', 2, 1, 1]
    ]


def test_search(log):
    """All words, in any case, each perhaps the beginning of one, in prompt or note; other text is no syntax."""
    one = add(log, {"n": 1}, prompt="Her BLUE coats, in Zürich")["run_id"]
    two = add(log, {"n": 2}, prompt="a red hat")["run_id"]
    assert log.search("coat blue")["run_id"].tolist() == [one]
    assert log.search("zurich").shape[0] == 1
    assert log.search('"red" OR (hat*) NOT').empty
    assert log.search("blue red").empty
    update(log, two, note="like the blue one")
    assert log.search("blue")["run_id"].tolist() == [one, two]
    update(log, one, deleted_at=now())
    assert log.search("blue")["run_id"].tolist() == [two]
    with pytest.raises(InvalidInput, match="no word"):
        log.search(" ?! ")


def test_metrics_and_tags(log):
    """Setting one metric or tag keeps the others and replaces its own value."""
    run_id = log.write(run).result()["run_id"]
    for values in ({"flow": 1.5, "sharp": 2.0}, {"flow": 3.0}):
        log.write(lambda conn, v=values: set_metrics(conn, run_id, v)).result()
    log.write(lambda conn: set_tags(conn, run_id, {"good": "yes"})).result()
    row = log.frame().iloc[0]
    assert (row["metrics.flow"], row["metrics.sharp"], row["tags.good"]) == (3.0, 2.0, "yes")
