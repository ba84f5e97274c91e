"""A log's file that is removed, replaced, moved, cut or locked away under a living process; and logs to read only."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from log_programs import VALUES, finish, run, start
from sampling import sampled

from pixnb.errors import LogError
from pixnb.log.log import Log, open_log
from pixnb.log.rows import insert_run, update_run


def add(log, **params):
    """Write a run and wait."""
    return log.write(lambda conn: run(conn, **params)).result(30)["run_id"]


def accept(log, run_id):
    """Write the id of a run that was sent, as a record that nobody may lose."""
    return log.write(lambda conn: update_run(conn, run_id, {"job_id": "paid-1"}, event="accepted")).result(30)


def found(path: Path) -> set[str]:
    """Give the run ids that a new process finds."""
    code = f"import pixnb; print(*pixnb.Log({str(path)!r}).frame()['run_id'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def beside(path: Path) -> list[Path]:
    """Give the file and those that SQLite keeps beside it."""
    return [one for one in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))) if one.exists()]


def unlink_all(path):
    for one in beside(path):
        one.unlink()


def unlink_wal(path):
    path.with_name(path.name + "-wal").unlink()


def unlink_shm(path):
    path.with_name(path.name + "-shm").unlink()


def unlink_both(path):
    unlink_wal(path)
    unlink_shm(path)


def rename(path):
    path.rename(path.with_name("elsewhere.db"))


def remove_folder(path):
    shutil.rmtree(path.parent)


def move_folder(path):
    path.parent.rename(path.parent.with_name("moved"))


def move_folder_and_make_it_anew(path):
    move_folder(path)
    path.parent.mkdir()


def truncate(path):
    os.truncate(path, 4096)


def truncate_to_nothing(path):
    os.truncate(path, 0)


def repoint(path):
    target = path.with_name("other")
    target.mkdir()
    path.unlink()
    path.symlink_to(target / "log.db")


MENDED = [
    unlink_all, Path.unlink, unlink_wal, unlink_shm, unlink_both, rename, remove_folder, move_folder,
    move_folder_and_make_it_anew, truncate, truncate_to_nothing, repoint,
]  # fmt: skip
"""What leaves no other file in the log's place, so that it can be put there again."""


@pytest.fixture
def path(tmp_path):
    """Where a log lies, in a folder of its own."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "log.db"


@pytest.mark.parametrize("act", sampled(MENDED, [unlink_all]))
def test_put_back(path, act):
    """What was written is found by the next process: a new run is refused once if the file had to be made again."""
    with Log(path, assets=path.parent.parent / "assets") as log:
        first = add(log, n=1)
        act(path)
        known = {first}
        waiting = log.write(lambda conn: run(conn, n=2))
        if waiting.exception(30) is None:
            known.add(waiting.result()["run_id"])
        else:
            assert "submit it again" in str(waiting.exception())
            assert known <= found(path)
        known.add(add(log, n=3))
        assert found(path) == known
        assert set(log.frame()["run_id"]) == known
    assert found(path) == known


@pytest.mark.parametrize("act", sampled(MENDED, [truncate]))
def test_a_run_in_flight(path, act):
    """The id of a run that was sent is written all the same, and only the next new run is refused."""
    with Log(path, assets=path.parent.parent / "assets") as log:
        run_id = add(log, n=1)
        act(path)
        accept(log, run_id)
        assert found(path) == {run_id}
        assert log.row(run_id)["job_id"] == "paid-1"


@pytest.mark.parametrize("act", sampled(MENDED, 1))
def test_a_read_first(path, act):
    """Looking at the log before writing, as resume does, finds everything too."""
    with Log(path, assets=path.parent.parent / "assets") as log:
        run_id = add(log, n=1)
        act(path)
        assert [row["run_id"] for row in log.rows()] == [run_id]
        assert found(path) == {run_id}


@pytest.mark.parametrize("act", sampled([unlink_all, rename, unlink_both, truncate], [rename]))
def test_many_waiting(path, act):
    """Of writes that wait together each gets its own answer, and those that were acknowledged are found."""
    with Log(path) as log:
        known = {add(log, n=0)}
        act(path)
        for future in [log.write(lambda conn, n=n: run(conn, n=n)) for n in range(1, 20)]:
            if future.exception(30) is None:
                known.add(future.result()["run_id"])
            else:
                assert isinstance(future.exception(), LogError)
        known.add(add(log, n=99))
        assert found(path) == known


def replace_by(path, data):
    """Put a file in the log's place."""
    part = path.with_name("part")
    part.write_bytes(data)
    unlink_all(path)
    part.rename(path)


def replace_by_folder(path):
    unlink_all(path)
    path.mkdir()


def replace_by_log(path):
    unlink_all(path)
    with Log(path) as other:
        add(other, n="other")


REPLACED = [
    lambda path: replace_by(path, b""),
    lambda path: replace_by(path, b"garbage " * 1000),
    replace_by_folder,
    replace_by_log,
]


def contents(path: Path) -> object:
    """Give what lies there, to see that it is left alone."""
    return sorted(path.iterdir()) if path.is_dir() else path.read_bytes()


@pytest.mark.parametrize("act", REPLACED, ids=["empty", "garbage", "folder", "another log"])
def test_another_file_in_its_place(path, act):
    """It is left alone, nothing more is taken, and what was written is kept beside it, named in the error, once."""
    log = Log(path)
    run_id = add(log, n=1)
    act(path)
    before = contents(path)
    for _ in range(3):
        with pytest.raises(LogError, match=r"was replaced.*not sent.*kept in .*log\.db\.kept-.*Put the file back"):
            add(log, n=2)
    with pytest.raises(LogError, match="was replaced"):
        accept(log, run_id)
    assert contents(path) == before
    (kept,) = path.parent.glob("log.db.kept-*")
    with Log(kept) as other:
        assert set(other.frame()["run_id"]) == {run_id}
    log.close()
    assert contents(path) == before


def older_copy(path: Path) -> bytes:
    """Give what the file had before its newest run, as a backup tool would."""
    with Log(path) as log:
        add(log, n=1)
    return path.read_bytes()


def test_an_older_copy_in_its_place(path):
    """A copy without the newest run is refused; with it, it is gone on with."""
    data = older_copy(path)
    log = Log(path)
    add(log, n=2)
    replace_by(path, data)
    with pytest.raises(LogError, match=r"was replaced.*kept in"):
        add(log, n=3)
    (kept,) = path.parent.glob("log.db.kept-*")
    replace_by(path, kept.read_bytes())  # put back, as it was said
    add(log, n=4)
    log.close()
    with Log(path) as again:
        assert [row["params_json"]["n"] for row in again.rows()] == [1, 2, 4]


def test_a_whole_copy_in_its_place(path):
    """A log at rest is whole in its one file: copied and put back while it is open, it is gone on with."""
    with Log(path) as log:
        first = add(log, n=1)
        data = path.read_bytes()
        replace_by(path, data)
        second = add(log, n=2)
        assert found(path) == {first, second}


def test_a_link_that_points_elsewhere(tmp_path):
    """A link that is pointed at another log is noticed; pointed back, the log goes on."""
    link, one, other = tmp_path / "log.db", tmp_path / "one.db", tmp_path / "other.db"
    Log(one).close()
    Log(other).close()
    link.symlink_to(one)
    with Log(link) as log:
        add(log, n=1)
        link.unlink()
        link.symlink_to(other)
        with pytest.raises(LogError, match="was replaced"):
            add(log, n=2)
        link.unlink()
        link.symlink_to(one)
        add(log, n=3)
    assert len(found(one)) == 2
    assert found(other) == set()


def test_opened_anew(path):
    """`open` gives a log of the file that is there, not the one whose file was replaced."""
    log = open_log(path)
    add(log, n=1)
    replace_by_log(path)
    again = open_log(path)
    assert again is not log
    assert log.closed
    assert [row["params_json"]["n"] for row in again.rows()] == ["other"]
    again.close()


@pytest.mark.parametrize("act", sampled([unlink_all, unlink_both, rename], 1))
def test_two_processes(path, tmp_path, act):
    """Two that have the log open, when its files go: whatever either was told is written is found."""
    go = tmp_path / "go"
    with Log(path) as log:
        program = start("stubborn", path, 40, go)
        known = {add(log, n=1), program.stdout.readline().strip()}
        act(path)
        go.touch()
        for n in range(2, 40):
            try:
                known.add(add(log, n=n))
            except LogError:
                continue
        known |= set(finish(program))
    assert len(known) >= 10
    kept = set().union(*(found(one) for one in path.parent.glob("log.db.kept-*")), found(path))
    assert known <= kept


def test_a_mode_that_is_changed(path):
    """Rights that are taken away under a living process lose nothing that it had acknowledged."""
    with Log(path) as log:
        known = {add(log, n=1)}
        path.chmod(0o444)
        known.add(add(log, n=2))
        path.chmod(0o644)
    assert found(path) == known


def test_private_folder(tmp_path):
    """A folder that is made for a log is its user's own; one that was there stays as it was."""
    (tmp_path / "there").mkdir(mode=0o755)
    for name, mode in (("new", 0o700), ("there", 0o755)):
        Log(tmp_path / name / "log.db").close()
        assert (tmp_path / name).stat().st_mode & 0o777 == mode


def read_in_a_child(path: Path) -> list[str]:
    """Open a log in a process that has no rights to write: frame, table, report, and a write's error."""
    return finish(start("reads", path))


@pytest.fixture(params=["at rest", "while written", "after a crash"])
def archive(request, tmp_path):
    """A log of one run in a folder that nobody may write to, with or without SQLite's files beside it."""
    path = tmp_path / "share" / "log.db"
    log = Log(path)
    add(log, n=1)
    held = None
    if request.param == "after a crash":
        held = sqlite3.connect(path)  # what the last to close would clear away stays
        held.execute("SELECT 1 FROM runs").fetchall()
    if request.param != "while written":
        log.close()
    for one in beside(path):
        one.chmod(0o444)
    path.parent.chmod(0o555)
    yield path
    path.parent.chmod(0o755)
    if held:
        held.close()
    log.close()


def test_read_only(archive):
    """A log that may only be read is read; what would write says why not; nothing in the folder changes."""
    before = {one.name: one.stat().st_mtime_ns for one in archive.parent.iterdir()}
    said = read_in_a_child(archive)
    assert said[0] == "True 1 1"
    assert "read-only" in said[1]
    assert said[2] == "report"
    assert before == {one.name: one.stat().st_mtime_ns for one in archive.parent.iterdir()}


def test_read_only_and_old(tmp_path):
    """What would have to be brought up to date first, or made, says so."""
    from test_log_schema import old_log

    path = tmp_path / "share" / "log.db"
    path.parent.mkdir()
    old_log(path).chmod(0o444)
    path.parent.chmod(0o555)
    try:
        assert "made by an older pixnb" in finish(start("reads", path))[0]
    finally:
        path.parent.chmod(0o755)


def test_planned_is_refused_too(path):
    """The refusal reaches whatever would send a run next."""
    from pixnb.log.rows import begin_planned

    with Log(path) as log:
        planned = log.write(lambda conn: insert_run(conn, {**VALUES, "status": "PLANNED"}, params={})).result()[
            "run_id"
        ]
        unlink_all(path)
        with pytest.raises(LogError, match="submit it again"):
            log.write(lambda conn: begin_planned(conn, planned, {})).result()
        assert log.write(lambda conn: begin_planned(conn, planned, {})).result()


def write_in_place(path, data):
    """Write into the file that is there, as `cp` over it does; its size and what lies beside it stay."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(data[:size].ljust(size, b"\0"))


def _page(path):
    """One page in the midst of it."""
    data = path.read_bytes()
    at = len(data) // 4096 // 2 * 4096
    write_in_place(path, data[:at] + b"\xa5" * 4096 + data[at + 4096 :])


IN_PLACE = {
    "garbage": lambda path, old: write_in_place(path, b"garbage " * 100_000),
    "zeros": lambda path, old: write_in_place(path, b""),
    "its head": lambda path, old: write_in_place(path, bytes(4096) + path.read_bytes()[4096:]),
    "a page": lambda path, old: _page(path),
    "an older copy": write_in_place,
}


# the head alone is in memory whatever the size
LARGE = [how for how in IN_PLACE if how != "its head"]


@pytest.mark.parametrize("how", sampled(LARGE, ["garbage"]))
def test_overwritten_in_place(path, how):
    """Of the same file and size, and larger than what SQLite holds: no new run is taken until it is put back."""
    log, runs, _, whole = _overwrite(path, how, "a lake " * 30_000)
    for _ in range(2):
        with pytest.raises(LogError, match=r"overwritten in place.*not sent.*Put the file back"):
            add(log, n="lost")
    assert [one.name for one in path.parent.iterdir() if "log.db" not in one.name] == []
    write_in_place(path, whole)
    _go_on(log, path, runs)


@pytest.mark.parametrize("how", sampled([how for how in IN_PLACE if how != "an older copy"], 1))
def test_garbled_in_place_and_known_by_heart(path, how):
    """What this process has of it in memory is all: it is written there again, and one new run refused."""
    log, runs, _, _ = _overwrite(path, how, "a lake " * 300)
    with pytest.raises(LogError, match=r"by garbage.*written there again, whole.*log\.db\.damaged.*submit it again"):
        add(log, n="refused")
    assert found(path) == runs
    _go_on(log, path, runs)


def test_an_older_copy_over_a_small_log_is_left_there(path):
    """Somebody may have brought it back, so that it is theirs to say."""
    log, runs, old, whole = _overwrite(path, "an older copy", "a lake")
    with pytest.raises(LogError, match=r"by an older copy.*Put the file back; or close the log"):
        add(log, n="lost")
    assert path.read_bytes() == old.ljust(len(whole), b"\0")
    log.close()
    assert len(found(path)) == len(runs) - 1


def _overwrite(path, how, prompt):
    log = Log(path)
    runs = {add(log, n=n, prompt=prompt) for n in range(20)}
    rest(log)
    old = path.read_bytes()
    runs.add(add(log, n="last"))
    rest(log)
    whole = path.read_bytes()
    IN_PLACE[how](path, old)
    return log, runs, old, whole


def _go_on(log, path, runs):
    runs.add(add(log, n="again"))
    log.close()
    assert found(path) == runs
    with contextlib.closing(sqlite3.connect(path)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def rest(log):
    """Wait until the log's one file has all."""
    path = Path(log.url.removeprefix("sqlite:///"))
    before = None
    while (now := path.stat().st_mtime_ns) != before:
        before = now
        time.sleep(0.5)
