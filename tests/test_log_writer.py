"""The writer thread: groups, errors, locks, other processes, kills and forks."""

from __future__ import annotations

import asyncio
import gc
import signal
import sqlite3
import threading
import warnings
from pathlib import Path

import pytest
from log_programs import await_file, finish, run, start
from sqlalchemy import select, text

from pixnb.errors import BudgetExceeded, LogError
from pixnb.log import rows
from pixnb.log.log import Log
from pixnb.log.schema import events, runs


@pytest.fixture
def log(tmp_path):
    """A log of its own, closed afterwards."""
    with Log(tmp_path / "log.db") as opened:
        yield opened


def blocked(log):
    """Keep the writer busy with one op until the event is set, so that what comes next is one group."""
    begun, go = threading.Event(), threading.Event()

    def wait(conn):
        begun.set()
        assert go.wait(30)

    future = log.write(wait)
    assert begun.wait(30)
    return future, go


def test_group_is_one_commit(log):
    """Ops that wait together are in one transaction, in their order."""
    first, go = blocked(log)
    seen = []

    def op(conn, n):
        seen.append((n, conn.scalar(text("SELECT count(*) FROM runs")), conn.get_transaction()))
        return run(conn, n=n)["take"]

    futures = [log.write(lambda conn, n=n: op(conn, n)) for n in range(10)]
    go.set()
    first.result(30)
    assert [future.result(30) for future in futures] == [1] * 10
    assert [row[:2] for row in seen] == [(n, n) for n in range(10)]
    assert len({id(row[2]) for row in seen}) == 1


def test_one_failing_op_harms_no_other(log):
    """An op that raises gets its own error and leaves nothing; the others of its group are written once."""
    first, go = blocked(log)

    def failing(conn):
        run(conn, n="never")
        raise BudgetExceeded("Over the limit.")

    def clashing(conn):
        conn.execute(text("INSERT INTO meta (key) VALUES ('id')"))

    good = [log.write(lambda conn, n=n: run(conn, n=n)) for n in range(3)]
    bad, clash = log.write(failing), log.write(clashing)
    good += [log.write(lambda conn, n=n: run(conn, n=n)) for n in range(3, 6)]
    go.set()
    first.result(30)
    with pytest.raises(BudgetExceeded, match="Over the limit"):
        bad.result(30)
    with pytest.raises(Exception, match=r"(?i)unique"):
        clash.result(30)
    ids = {future.result(30)["run_id"] for future in good}
    assert {row["run_id"] for row in log.rows()} == ids
    assert [row["params_json"]["n"] for row in log.rows()] == list(range(6))
    assert len(log.read(select(events))) == 6


def test_writes_of_coroutines(log):
    """A coroutine gets its op's result or error; one that leaves takes no write with it; a closed loop harms none."""

    def failing(conn):
        raise BudgetExceeded("Over the limit.")

    async def main():
        first, go = blocked(log)
        good, bad, left = (log.write_async(op) for op in (run, failing, lambda conn: run(conn, n="left")))
        left.cancel()
        go.set()
        with pytest.raises(BudgetExceeded, match="Over the limit"):
            await bad
        assert first.done()
        return (await good)["run_id"]

    async def leave():
        first, go = blocked(log)
        log.write_async(lambda conn: run(conn, n="gone"))
        return first, go

    run_id = asyncio.run(main())
    _, go = asyncio.run(leave())
    go.set()
    assert log.write(lambda conn: 7).result(30) == 7
    assert [row["params_json"].get("n") for row in log.rows()] == [None, "left", "gone"]
    assert log.rows()[0]["run_id"] == run_id
    with pytest.raises(RuntimeError):
        log.write_async(run)  # outside of a loop


def test_new_column_of_a_rolled_back_op(log):
    """A column that was added in a transaction which failed is added again when it is met again."""

    def failing(conn):
        run(conn, fresh=1)
        raise KeyError("x")

    with pytest.raises(KeyError):
        log.write(failing).result()
    log.write(lambda conn: run(conn, fresh=2)).result()
    assert log.frame()["params.fresh"].tolist() == [2]


def test_cancelled_before_its_turn(log):
    """An op whose future was cancelled in time is not run."""
    first, go = blocked(log)
    future = log.write(lambda conn: run(conn))
    assert future.cancel()
    go.set()
    first.result(30)
    log.write(lambda conn: None).result()
    assert log.rows() == []


def test_acknowledged_is_visible(log, tmp_path):
    """What was acknowledged is seen by another program at once."""
    run_id = log.write(run).result()["run_id"]
    connection = sqlite3.connect(tmp_path / "log.db")
    assert connection.execute("SELECT run_id FROM runs").fetchall() == [(run_id,)]
    assert connection.execute("SELECT 1 FROM pragma_synchronous WHERE synchronous = 2").fetchone() == (1,)
    connection.close()
    assert log.write(lambda conn: conn.scalar(text("PRAGMA synchronous"))).result() == 2


def test_locked(tmp_path):
    """A log that another process holds gives LogError after the waiting time; asked again later, it is written."""
    path, held, release = tmp_path / "log.db", tmp_path / "held", tmp_path / "release"
    with Log(path, busy_timeout=0.05) as log:
        log.write(run).result()
        holder = start("holds", path, held, release)
        await_file(held, holder)
        with pytest.raises(LogError, match=r"held by another program.*ask again"):
            log.write(run).result(30)
        assert len(log.rows()) == 1  # readers do not mind
        release.touch()
        finish(holder)
        log.write(run).result()
        assert [row["take"] for row in log.rows()] == [1, 2]


def test_locked_at_opening(tmp_path):
    """Making a log in a file that is held gives LogError too."""
    path, held, release = tmp_path / "log.db", tmp_path / "held", tmp_path / "release"
    holder = start("holds", path, held, release)
    await_file(held, holder)
    with pytest.raises(LogError, match="held by another program"):
        Log(path, busy_timeout=0.05)
    release.touch()
    finish(holder)
    Log(path).close()


def test_closed(tmp_path):
    """Closing writes what waits; afterwards a write says that the log is closed."""
    log = Log(tmp_path / "log.db")
    futures = [log.write(lambda conn, n=n: run(conn, n=n)) for n in range(20)]
    log.close()
    log.close()
    assert all(future.done() for future in futures)
    with pytest.raises(LogError, match="closed"):
        log.write(run)
    with Log(tmp_path / "log.db") as again:
        assert len(again.rows()) == 20


def test_left_without_waiting(tmp_path):
    """What was queued when the interpreter ends is still written."""
    finish(start("leaves", tmp_path / "log.db"))
    with Log(tmp_path / "log.db") as log:
        assert len(log.rows()) == 200


def test_fork_after_use(tmp_path):
    """Parent and child both go on: the child has no handle of the parent's, and nothing is written twice."""
    assert finish(start("forks", tmp_path / "log.db")) == ["62 0"]
    connection = sqlite3.connect(tmp_path / "log.db")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_threads(log):
    """Many threads write and read at once."""
    found = []

    def work(label):
        for n in range(10):
            log.write(lambda conn: run(conn, label=label, n=n)).result(30)  # noqa: B023  waited for here
        found.append(len(log.rows(runs.c.prompt == "a blue coat")))

    threads = [threading.Thread(target=work, args=(label,)) for label in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 8
    assert max(found) == 80


def storm(tmp_path, processes, writes):
    """Let processes write at once, and hold that all they were told is there."""
    path, go = tmp_path / "log.db", tmp_path / "go"
    with Log(path) as log:
        programs = [start("writes", path, writes, label, go) for label in range(processes)]
        go.touch()
        told = [line for program in programs for line in finish(program)]
        assert len(told) == len(set(told)) == processes * writes
        rows = log.read(select(runs.c.run_id, runs.c.rev))
        assert {row["run_id"] for row in rows} == set(told)
        assert sorted(row["rev"] for row in rows) == list(range(1, len(told) + 1))
        assert len(log.read(select(events.c.seq))) == len(told)


@pytest.mark.slow
def test_four_processes(tmp_path):
    """Four processes at once: nothing lost, nothing failed, every revision once."""
    storm(tmp_path, 4, 100)


@pytest.mark.slow
def test_four_processes_long(tmp_path):
    """The same with 4 x 500 writes."""
    storm(tmp_path, 4, 500)


@pytest.mark.slow
def test_killed(tmp_path):
    """Three rounds of kill -9 while four processes write: whatever was acknowledged is there."""
    path, go = tmp_path / "log.db", tmp_path / "go"
    Log(path).close()
    go.touch()
    told = []
    for _ in range(3):
        programs = [start("writes", path, 100_000, label, go) for label in range(4)]
        first = [program.stdout.readline().strip() for program in programs]
        for program in programs:
            for _ in range(50):
                first.append(program.stdout.readline().strip())
        for program in programs:
            program.send_signal(signal.SIGKILL)
        for program in programs:
            rest = program.stdout.read()
            told += rest.splitlines()[: rest.count("\n")]  # a line that the kill cut is no acknowledgement
            program.communicate()
        told += first
    assert len(told) >= 600
    with Log(path) as log:
        assert set(told) <= {row["run_id"] for row in log.read(select(runs.c.run_id))}
        assert log.write(lambda conn: conn.scalar(text("PRAGMA integrity_check"))).result() == "ok"
        log.write(run).result()


def test_a_reader_that_outlives_the_log_leaves_no_handle_open(tmp_path):
    """Who reads while the log is closed, or afterwards, has a connection that is closed too."""
    log = Log(tmp_path / "log.db")
    inside, go = threading.Event(), threading.Event()

    def look(connection):
        inside.set()
        go.wait(10)
        return connection.execute(text("SELECT 1")).scalar_one()

    reader = threading.Thread(target=log.reading, args=(look,))
    reader.start()
    assert inside.wait(10)
    closer = threading.Thread(target=log.close)
    closer.start()
    go.set()
    reader.join(10)
    closer.join(10)
    assert log.reading(lambda connection: connection.execute(text("SELECT 1")).scalar_one()) == 1
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not tell of open files")
    opened = [handle for handle in Path("/proc/self/fd").iterdir() if _leads_to(handle, tmp_path)]
    assert opened == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del log
        gc.collect()


def _leads_to(handle, folder):
    try:
        return str(handle.readlink()).startswith(str(folder))
    except OSError:
        return False


def test_what_was_taken_back_is_not_taken_for_the_last_event(tmp_path):
    """An op that writes an event and fails, then one that writes none, then a run: nothing is missed in the file."""
    with Log(tmp_path / "log.db") as log:

        def fail(connection):
            rows.append_event(connection, "", "never")
            raise RuntimeError("taken back")

        with pytest.raises(RuntimeError, match="taken back"):
            log.write(fail).result()
        log.write(lambda connection: None).result()
        assert log._writer.mark.seq == 0
        log.write(lambda connection: rows.append_event(connection, "", "kept")).result()
        assert log._writer.mark.seq == 1
