"""The log as a DataFrame: columns, dtypes, money, and the same by Arrow and without."""

from __future__ import annotations

import sqlite3
import threading

import numpy as np
import pandas as pd
import pytest
from log_programs import VALUES, run, start
from pandas.testing import assert_frame_equal

from pixnb.log import arrow
from pixnb.log import log as room
from pixnb.log.frame import ENOUGH, frame
from pixnb.log.log import Log
from pixnb.log.rows import insert_run, set_metrics, set_tags, update_run

# fmt: off
FIXED = [
    "run_id", "experiment", "provider", "model", "provider_model", "task", "status", "sandbox", "prompt",
    "seed", "take", "attempt", "prompt_used", "seed_used", "cost", "cost_estimated", "currency", "currency_estimated",
    "cost_kind", "cost_simulated", "price", "price_source",
    "submitted_at", "started_at", "completed_at", "queue_seconds", "run_seconds", "output_path", "output_url",
    "output_sha256", "media_type", "stars", "picked", "note", "notes", "user", "host", "notebook", "job_id",
    "idempotency_key", "parent_run_id", "reused_from", "error", "refused_stage", "refused_billed",
    "pixnb_version",
]
# fmt: on


@pytest.fixture
def log(tmp_path):
    """A log of its own, closed afterwards."""
    with Log(tmp_path / "log.db") as opened:
        yield opened


def fill(log):
    """Write runs of many shapes, out of order in time."""
    clip = {"role": "video", "name": "data", "sha256": "aa", "url": "https://example.org/a.mp4"}
    pictures = [{"role": "reference", "name": "images", "sha256": digit} for digit in ("bb", "cc")]
    usd = {"cost_currency": "USD", "cost_kind": "estimated"}

    def all_of_them(conn):
        def one(params, media=(), variables=None, **values):
            full = {**VALUES, **values}
            return insert_run(conn, full, params=params, inputs=media, variables=variables)["run_id"]

        ids = [
            one({"data": "a.mp4", "fps": 24, "loop": True}, [clip], submitted_at=3_000_000, stars=4, seed=2**40),
            one({"fps": 25.5, "words": ["a", "b"]}, pictures, submitted_at=1_000_000, note="ünï", sandbox=True),
            one({"loop": "maybe", "size": 0.5}, submitted_at=2_000_000, sandbox=False, variables={"colour": "blue"}),
            one({"n": 1}, experiment="hats", submitted_at=4_000_000, price_amount="7", price_currency="credits"),
        ]
        update_run(conn, ids[0], {"cost_amount": "0.20", **usd}, event="settled")
        update_run(conn, ids[1], {"cost_amount": "0.30", **usd, "output_path": "ab/ab.mp4"}, event="settled")
        update_run(conn, ids[2], {"cost_amount": "0.40", **usd, "run_seconds": 1.25}, event="settled")
        set_metrics(conn, ids[2], {"flow": 1.5})
        set_tags(conn, ids[0], {"good": "yes"})
        return ids

    return log.write(all_of_them).result()


def test_empty(log):
    """An empty log gives the fixed columns with their dtypes, and the log's id."""
    found = log.frame()
    assert list(found) == FIXED
    assert found.attrs["pixnb_log"] == log.id
    assert room.find(found.attrs["pixnb_log"]) is log
    assert_frame_equal(found, frame(log, by_arrow=True))


def test_dtypes(log):
    """Each column has its dtype, in an empty frame and in a full one."""
    empty = log.frame()
    fill(log)
    full = log.frame()
    text = pd.Series(["a"]).dtype
    for found in (empty, full):
        assert {str(found[name].dtype) for name in ("seed", "take", "stars")} == {"Int64"}
        assert {str(found[name].dtype) for name in ("cost", "cost_simulated", "price", "run_seconds")} == {"Float64"}
        times = ("submitted_at", "started_at", "completed_at")
        assert {str(found[name].dtype) for name in times} == {"datetime64[us, UTC]"}
        assert str(found["sandbox"].dtype) == "boolean"
        assert {found[name].dtype for name in ("run_id", "prompt", "note", "error")} == {text}
    assert str(full["params.fps"].dtype) == "Float64"
    assert str(full["params.size"].dtype) == "Float64"
    assert str(full["metrics.flow"].dtype) == "Float64"


def test_content(log):
    """Rows are in order of submission; prefixed columns stand in their places, and hold what was given."""
    ids = fill(log)
    found = log.frame("coats")
    assert found["run_id"].tolist() == [ids[1], ids[2], ids[0]]
    extra = ["input.reference", "input.video", "params.fps", "params.loop", "params.size", "params.words"]
    at = FIXED.index("prompt_used")
    expected = [*FIXED[:at], *extra, "vars.colour", *FIXED[at:]]
    expected.insert(expected.index("stars"), "metrics.flow")
    expected.insert(expected.index("user"), "tags.good")
    assert list(found) == expected
    assert found["input.reference"][0] == "bb, cc"
    assert found["input.video"][2] == "https://example.org/a.mp4"
    assert found["params.loop"].tolist()[1:] == ["maybe", True]
    assert found["params.words"][0] == '["a","b"]'
    assert found["submitted_at"][0] == pd.Timestamp("1970-01-01T00:00:01Z")
    assert found["seed"][2] == 2**40


def test_money(log):
    """`cost` is real money only; the sandbox's is beside it, and in one column both, or what was estimated."""
    fill(log)
    found = log.frame()
    assert found["cost"].fillna(-1).tolist() == [-1, 0.4, 0.2, -1]
    assert found["cost_simulated"].fillna(-1).tolist() == [0.3, -1, -1, -1]
    assert found["currency"].tolist() == ["USD", "USD", "USD", "credits"]
    assert found["cost_estimated"].tolist() == [pd.NA, pd.NA, pd.NA, 7.0]
    assert found["price"].tolist() == [0.3, 0.4, 0.2, 7.0]
    assert found["cost"].sum() == pytest.approx(0.6)


def test_absolute_paths(log, tmp_path):
    """Paths are stored relative to the store and shown absolute."""
    fill(log)
    assert log.frame()["output_path"][0] == str(tmp_path / "assets" / "ab" / "ab.mp4")
    with Log(tmp_path / "log.db", assets=tmp_path / "moved") as again:
        assert again.frame()["output_path"][0] == str(tmp_path / "moved" / "ab" / "ab.mp4")


def test_arrow_gives_the_same(log):
    """Read through Arrow or not, frames are equal, values and dtypes."""
    assert arrow.available()
    fill(log)
    for experiment in (None, "coats", "hats", "none"):
        assert_frame_equal(frame(log, experiment, by_arrow=False), frame(log, experiment, by_arrow=True))
    hits = [VALUES["prompt"]]
    from pixnb.log.schema import runs

    where = [runs.c.prompt.in_(hits), runs.c.stars.is_(None)]
    assert_frame_equal(frame(log, where=where, by_arrow=False), frame(log, where=where, by_arrow=True))


def test_large(log):
    """A large log is read by Arrow by itself, with late kinds and long gaps, while another thread writes."""

    def many(conn):
        for n in range(ENOUGH + 500):
            note = "late" if n > ENOUGH else None
            late = {"late": 0.5} if n > ENOUGH else {}
            insert_run(conn, {**VALUES, "note": note}, params={"n": n, **late})

    log.write(many).result()
    stop = threading.Event()
    written = []

    def write():
        while not stop.is_set():
            written.append(log.write(lambda conn: run(conn, busy=len(written))).result(30))

    thread = threading.Thread(target=write)
    thread.start()
    frames = [log.frame() for _ in range(5)]
    stop.set()
    thread.join(30)
    assert written
    assert all(np.array_equal(found["params.n"].dropna(), range(ENOUGH + 500)) for found in frames)
    assert frames[0]["params.late"].notna().sum() == 499
    assert_frame_equal(log.frame(), frame(log, by_arrow=False))
    assert len(log.frame()) == ENOUGH + 500 + len(written)


def test_arrow_keeps_our_locks(log, tmp_path):
    """After an Arrow read this process's locks still hold: another process does not take the log for unused."""
    log.write(run).result()
    frame(log, by_arrow=True)
    log.write(run).result()
    other = start("writes", tmp_path / "log.db", 3, "other", tmp_path)
    other.communicate(timeout=60)
    # Had our locks been lost, the other process, as the last one out, would have removed the WAL under us.
    log.write(run).result()
    log.close()
    with Log(tmp_path / "log.db") as again:
        assert len(again.rows()) == 6


def test_arrow_beside_a_users_connection(log, tmp_path):
    """A connection that the user opened in this process stays whole: the log is then read without Arrow."""
    fill(log)
    expected = log.frame()
    users = sqlite3.connect(tmp_path / "log.db")
    assert users.execute("SELECT count(*) FROM runs").fetchone() == (4,)
    for n in range(3):
        assert arrow.is_open_here(log.file)
        assert_frame_equal(frame(log, by_arrow=True), expected)
        log.write(lambda conn, n=n: insert_run(conn, {**VALUES, "experiment": "more"}, params={"n": n})).result()
        assert users.execute("SELECT count(*) FROM runs").fetchone() == (5 + n,)
        expected = log.frame()
    users.close()
    with log.suspend_handles():
        assert not arrow.is_open_here(log.file)
