"""Opening a log: addresses, the schema under a lock, and files that cannot be used."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from log_programs import VALUES, finish, run, start
from sqlalchemy import select

from pixnb.errors import LogError
from pixnb.log import log as room
from pixnb.log.address import on_network
from pixnb.log.log import Log
from pixnb.log.rows import insert_run
from pixnb.log.schema import APPLICATION_ID, VERSION, canonical, from_nano, meta, sweeps, to_nano


def columns_of(path: Path) -> set[str]:
    """Give the columns of `runs` as plain sqlite3 sees them."""
    with sqlite3.connect(path) as connection:
        found = {row[1] for row in connection.execute("PRAGMA table_info(runs)")}
    connection.close()
    return found


def test_new_log(tmp_path):
    """A new log is a marked SQLite file in WAL with the fixed columns, and keeps its id."""
    path = tmp_path / "deep" / "folder" / "log.db"
    with Log(path) as log:
        first = log.id
        assert log.file == path
    with Log(str(path)) as log:
        assert log.id == first
        assert log.read(select(meta.c.value).where(meta.c.key == "schema"))[0]["value"] == str(VERSION)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert {"run_id", "params_sha256", "price_amount", "owner_boot", "heartbeat_at", "rev"} <= columns_of(path)


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}", "sqlite+pysqlite:///{}"])
def test_addresses(tmp_path, form, monkeypatch):
    """A path and a URL name the same file, also from PIXNB_LOG_URL."""
    path = tmp_path / "with space & 100%.db"
    address = form.format(str(path).replace("%", "%25") if "sqlite" in form else path)
    monkeypatch.setenv("PIXNB_LOG_URL", address)
    with Log() as log:
        log.write(run).result()
    assert columns_of(path) >= {"run_id"}


def test_default_places(tmp_path):
    """Without arguments the log and its media lie in the data folder."""
    with Log() as log:
        assert log.file == tmp_path / "pixnb-data" / "log.db"
        assert log.assets.root == tmp_path / "pixnb-data" / "assets"
    with Log(tmp_path / "other" / "log.db") as log:
        assert log.assets.root == tmp_path / "other" / "assets"


def test_relative_path_is_kept(tmp_path, monkeypatch):
    """A relative path means the folder at opening, whatever the current folder is later."""
    monkeypatch.chdir(tmp_path)
    with Log("sqlite:///here.db") as log:
        monkeypatch.chdir("/")
        log.write(run).result()
        assert len(log.rows()) == 1
    assert (tmp_path / "here.db").exists()


def test_one_log_per_address(tmp_path):
    """`open` gives the same object for the same file, and a new one after it was closed."""
    path = tmp_path / "log.db"
    log = room.open_log(path)
    assert room.open_log(f"sqlite:///{path}") is log
    assert room.find(log.id) is log
    log.close()
    assert room.find(log.id) is None
    again = room.open_log(path)
    assert again is not log
    again.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://ann@db/log", "not in mysql"),
        ("sqlite://", "lives in a file"),
        (":memory:", "lives in a file"),
        ("nonsense://///", "SQLite or PostgreSQL|cannot be read"),
    ],
)
def test_other_addresses(address, said):
    """What cannot hold a log is refused with what can."""
    with pytest.raises(LogError, match=said):
        Log(address)


def test_password_is_hidden(tmp_path):
    """No message and no repr shows a database password."""
    with pytest.raises(LogError) as caught:
        Log("postgresql://ann:s3cret@127.0.0.1:1/log")
    assert "cannot be reached" in str(caught.value)
    assert "s3cret" not in str(caught.value) + repr(caught.value.__cause__)


def test_folder(tmp_path):
    """A folder is refused with the file to give."""
    with pytest.raises(LogError, match=r"is a folder.*log\.db"):
        Log(tmp_path)


def test_folder_in_the_way(tmp_path):
    """A file where the folder should be is named."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(LogError, match="cannot be made"):
        Log(tmp_path / "file" / "log.db")


def test_not_a_database(tmp_path):
    """A file that is no database is told and left as it was."""
    path = tmp_path / "notes.txt"
    path.write_text("Not a database, though it is long enough to look at. " * 20)
    before = path.read_bytes()
    with pytest.raises(LogError, match="not an SQLite database"):
        Log(path)
    assert path.read_bytes() == before


def test_other_programs_database(tmp_path):
    """Another program's database is told and gets no tables."""
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name)")
    connection.close()
    with pytest.raises(LogError, match=r"another program \(recipes\)"):
        Log(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    connection.close()


def test_newer_schema(tmp_path):
    """A log of a newer pixnb is left alone, and the message says to upgrade."""
    path = tmp_path / "log.db"
    Log(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version={VERSION + 1}")
    connection.close()
    with pytest.raises(LogError, match=r"newer pixnb.*upgrade"):
        Log(path)


def old_log(path: Path) -> Path:
    """Put a log there that a pixnb of schema 1 wrote: three runs of two takes, one of them noted."""
    path.write_bytes(gzip.decompress((Path(__file__).parent / "data" / "log_v1.db.gz").read_bytes()))
    return path


def test_old_log(tmp_path):
    """A log of schema 1 is brought up to date at opening: its runs are first attempts, and nothing else changes."""
    with Log(old_log(tmp_path / "log.db")) as log:
        frame = log.frame()
        assert frame[["take", "attempt"]].values.tolist() == [[1, 1], [2, 1], [1, 1]]
        assert frame["submitted_at"].astype("int64").tolist() == [1_000_000, 2_000_000, 3_000_000]
        assert frame["vars.colour"].tolist() == ["blue"] * 3
        assert frame["params.n"].tolist() == [1, 0, 0]
        assert log.search("third")["run_id"].tolist() == [frame["run_id"][0]]
        first = log.rows()[2]
        again = log.write(
            lambda conn: insert_run(conn, first_values(first), params={}, take=1, after=first["run_id"])
        ).result()
        assert (again["take"], again["attempt"]) == (1, 2)
        planned = log.write(lambda conn: insert_run(conn, {**VALUES, "status": "PLANNED"}, params={})).result()
        assert log.row(planned["run_id"])["submitted_at"] is None
        assert log.search("blue").shape[0] == 5
        assert log.write(lambda conn: conn.exec_driver_sql("PRAGMA integrity_check").scalar()).result() == "ok"
    new = Log(tmp_path / "new.db")
    assert index_columns(tmp_path / "log.db") == index_columns(tmp_path / "new.db")
    assert columns_of(tmp_path / "log.db") - {"params.fps", "params.n", "vars.colour"} == columns_of(new.file)
    new.close()


def test_log_without_sweeps(tmp_path):
    """A log of schema 2 gets the sweeps' table and column; its runs are of none, and stay as they were."""
    path = tmp_path / "log.db"
    path.write_bytes(gzip.decompress((Path(__file__).parent / "data" / "log_v2.db.gz").read_bytes()))
    with Log(path) as log:
        assert [row["status"] for row in log.rows()] == ["COMPLETED", "FAILED", "PLANNED"]
        assert {row["sweep_id"] for row in log.rows()} == {None}
        assert log.frame()["vars.colour"].tolist() == ["red"] * 3
        assert log.read(select(sweeps)) == []
        assert log.read(select(meta.c.value).where(meta.c.key == "schema"))[0]["value"] == str(VERSION)
        assert log.write(lambda conn: conn.exec_driver_sql("PRAGMA integrity_check").scalar()).result() == "ok"
    Log(tmp_path / "new.db").close()
    assert index_columns(path) == index_columns(tmp_path / "new.db")


def first_values(row: dict) -> dict:
    """Give what makes a run of the same take as a row."""
    return {name: row[name] for name in ("experiment", "provider", "model", "status", "prompt", "params_sha256")}


def index_columns(path: Path) -> set[tuple[str, str]]:
    """Give the indexes of `runs` and their text as SQLite has it."""
    connection = sqlite3.connect(path)
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    connection.close()
    return set(found)


@pytest.mark.slow
def test_old_log_by_many_at_once(tmp_path):
    """Of processes that open an old log at once, one brings it up to date."""
    path, go = old_log(tmp_path / "log.db"), tmp_path / "go"
    programs = [start("opens", path, go) for _ in range(3)]
    go.touch()
    assert len({line for program in programs for line in finish(program)}) == 1
    with Log(path) as log:
        assert log.frame()["attempt"].tolist() == [1, 1, 1]


def test_damaged(tmp_path):
    """A damaged file gives LogError, not the driver's own error."""
    path = tmp_path / "log.db"
    with Log(path) as log:
        for n in range(50):
            log.write(lambda conn, n=n: run(conn, n=n)).result()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(LogError, match=r"damaged|error"):
        Log(path).rows()


def test_read_only_uri(tmp_path):
    """A log opened read-only by SQLite's own means is read; a write says that it is read-only."""
    path = tmp_path / "log.db"
    with Log(path) as writer:
        writer.write(run).result()
        with Log(f"sqlite:///file:{path}?mode=ro&uri=true") as log:
            assert len(log.rows()) == 1
            with pytest.raises(LogError, match="read-only"):
                log.write(run).result()
            assert len(log.frame()) == 1


def open_to_others():
    """A new folder that another user can reach: that of TMPDIR may lie in one's own, closed to others."""

    def is_open(place):
        return all(folder.stat().st_mode & 0o001 for folder in (place, *place.parents))

    places = [Path(name).resolve() for name in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm")]
    place = next((place for place in places if place.is_dir() and is_open(place)), None)
    return Path(tempfile.mkdtemp(dir=place)) if place else pytest.skip("no place is open to other users")


REFUSED = {0o555: ("writable", "writable", "cannot be made"), 0o000: ("cannot be made or entered",) * 3}


@pytest.mark.parametrize("rights", REFUSED, ids=oct)
def test_no_rights(tmp_path, rights):
    """Without rights on file and folder each try gives LogError with what to do, and the log is as it was."""
    folder = open_to_others()
    path = folder / "log.db"
    with Log(path) as log:
        log.write(run).result()
    before = path.read_bytes()
    path.chmod(0o444)
    folder.chmod(rights)
    try:
        lines = finish(start("nobody", path, tmp_path / "warm.db"))  # root becomes nobody there
        folder.chmod(0o755)
        assert [want for want, line in zip(REFUSED[rights], lines, strict=True) if want not in line] == []
        assert path.read_bytes() == before
        assert list(folder.iterdir()) == [path]
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.slow
def test_made_by_many_at_once(tmp_path):
    """Processes that make the same log at once all get the one log."""
    go = tmp_path / "go"
    programs = [start("opens", tmp_path / "log.db", go) for _ in range(3)]
    go.touch()
    ids = {line for program in programs for line in finish(program)}
    assert len(ids) == 1
    with Log(tmp_path / "log.db") as log:
        assert log.id in ids


def test_network_filesystem():
    """The deepest mount decides, and the later of two on one point."""
    mounts = (
        "/dev/sda / ext4 rw 0 0\nsrv:/x /home nfs4 rw 0 0\n"
        "/dev/sdb /home/fast ext4 rw 0 0\n//s/y /mnt/a\\040b cifs rw 0 0\n"
    )
    assert on_network(Path("/home/ann/log.db"), mounts)
    assert on_network(Path("/mnt/a b/log.db"), mounts)
    assert not on_network(Path("/home/fast/log.db"), mounts)
    assert not on_network(Path("/homes/log.db"), mounts)
    assert not on_network(Path("/home/log.db"), mounts + "/dev/sdc /home ext4 rw 0 0\n")


@pytest.mark.parametrize("amount", ["0.20", "300", "0.000000001", "12345678.123456789", "-1.5", "0"])
def test_money_is_exact(amount):
    """An amount comes back as it went in."""
    assert from_nano(to_nano(Decimal(amount))) == Decimal(amount)


def test_canonical():
    """Equal values have one text; what JSON cannot hold is refused."""
    assert canonical({"b": [1, 2.5], "a": None}) == '{"a":null,"b":[1,2.5]}'
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))
