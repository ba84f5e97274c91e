"""What people here say of runs: stars, picks, notes; in the log, in the frame, in the table, to those who follow."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import pandas as pd
import pytest
from log_programs import VALUES, run
from pandas.testing import assert_frame_equal
from sqlalchemy import select

import pixnb
import pixnb.pandas
from pixnb.errors import InvalidInput, LogError
from pixnb.log.frame import frame
from pixnb.log.log import Log
from pixnb.log.rows import insert_run
from pixnb.log.schema import events, meta, runs


@pytest.fixture
def log(tmp_path):
    """A log of its own, closed afterwards."""
    with Log(tmp_path / "log.db") as opened:
        yield opened


def three(log):
    """Write three runs; give their ids."""
    return log.write(
        lambda conn: [
            insert_run(conn, {**VALUES, "submitted_at": n}, params={"n": n, "prompt": "x"})["run_id"]
            for n in range(1, 4)
        ]
    ).result()


def rev(log, run_id):
    """Give a run's revision."""
    return log.read(select(runs.c.rev).where(runs.c.run_id == run_id))[0]["rev"]


def test_marks_are_columns(log):
    """Each mark changes what it names and nothing else; the frame has them, by Arrow too."""
    a, b, _ = three(log)
    log.mark(a, stars=4)
    log.mark(a, picked=True, note="the best")
    log.mark(a, note="hand melts", at=61.24)
    log.mark(a, note="starts well", at=0)
    log.mark([a, b], stars=2)
    log.mark(b, picked=True)
    log.mark(b, picked=False)
    found = log.frame()
    assert found["stars"].tolist() == [2, 2, pd.NA]
    assert found["picked"].tolist() == [True, False, False]
    assert str(found["picked"].dtype) == "boolean"
    assert found["note"].fillna("").tolist() == ["the best", "", ""]
    assert found["notes"].fillna("").tolist() == ["0:00.0 starts well; 1:01.2 hand melts", "", ""]
    assert not any(name.startswith("votes.") for name in found)
    if log.file:
        assert_frame_equal(found, frame(log, by_arrow=True))


def test_what_a_page_is_told(log):
    """The marks of some runs, their notes with ids; a note is taken away by its id, and by that alone."""
    a, b, c = three(log)
    log.mark(a, stars=5, note="whole")
    log.mark(a, note="later", at=2.5)
    log.mark(a, note="sooner", at=0.5)
    log.mark(b, note="other", at=1)
    told = log.marks([a, b, "nobody"])
    assert told.keys() == {a, b}
    assert (told[a]["stars"], told[a]["picked"]) == (5, False)
    assert [(note["at"], note["text"]) for note in told[a]["notes"]] == [
        (None, "whole"),
        (0.5, "sooner"),
        (2.5, "later"),
    ]
    whole, sooner, _ = (note["id"] for note in told[a]["notes"])
    log.mark(a, unnote=sooner)
    log.mark(a, unnote=whole)
    assert [note["text"] for note in log.marks([a])[a]["notes"]] == ["later"]
    for wrong in (sooner, told[b]["notes"][0]["id"], "999"):
        with pytest.raises(LogError, match="has no note"):
            log.mark(a, unnote=wrong)
    with pytest.raises(InvalidInput, match="no note"):
        log.mark(a, unnote="first")
    assert [note["text"] for note in log.marks([b])[b]["notes"]] == ["other"]
    assert log.marks([c]) == {c: {"stars": None, "picked": False, "notes": []}}


WRONG = [
    *({"stars": stars} for stars in (0, 6, -1, 2.5, True, "5", [3], math.nan)),
    *({"picked": picked} for picked in (1, "yes", 0, [])),
    *({"note": note} for note in (3, b"x", ["a"])),
    *({"note": "x", "at": at} for at in (-1, math.nan, math.inf, True, "1", [])),
    *({"note": note, "at": 1} for note in (None, "", "  ", 3)),
    {"at": 1},
]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_what_is_no_mark(log, wrong):
    """It is refused before anything is written, of all runs."""
    ids = three(log)
    before = log.frame()
    with pytest.raises(InvalidInput):
        log.mark(ids, **wrong)
    assert_frame_equal(log.frame(), before)


def test_a_run_that_is_not_there(log):
    """Of several runs all are marked or none."""
    ids = three(log)
    with pytest.raises(LogError, match="no run nobody"):
        log.mark([*ids, "nobody"], stars=3)
    assert log.frame()["stars"].isna().all()


def test_every_mark_is_an_event(log):
    """A mark moves the run's revision, and the event says what, when and by whom."""
    a, b, _ = three(log)
    before = rev(log, a), rev(log, b)
    log.mark(a, stars=3, user="ann")
    log.mark(a, note="now", at=1.5, user="ben")
    assert rev(log, a) > before[0]
    assert rev(log, b) == before[1]
    found = log.read(select(events.c.kind, events.c.payload).where(events.c.run_id == a).order_by(events.c.seq))
    assert [(row["kind"], row["payload"]) for row in found][1:] == [
        ("starred", {"stars": 3, "by": "ann"}),
        ("noted", {"by": "ben", "at": 1.5, "text": "now"}),
    ]


class Page:
    """One who follows the marks."""

    def __init__(self, log):
        self.log, self.seen = log, []
        log.follow_marks(self.changed)

    def changed(self, run_ids):
        self.seen.append((run_ids, {run_id: self.log.marks([run_id])[run_id]["stars"] for run_id in run_ids}))


def test_who_follows_learns_of_it_once_it_is_written(log):
    """Also of what was marked through a run; a follower that is gone is forgotten."""
    a, b, _ = three(log)
    page, gone = Page(log), Page(log)
    del gone
    log.mark([a, b], stars=5)
    pixnb.Experiment("coats", log=log).run(a).star(1)
    with pytest.raises(InvalidInput):
        log.mark(a, stars=9)
    assert page.seen == [({a, b}, {a: 5, b: 5}), ({a}, {a: 1})]


def test_a_run_is_marked(log):
    """By its own methods, which can be chained; and its table and text have it."""
    exp = pixnb.Experiment("coats", log=log)
    a, b, _ = three(log)
    exp.run(a).star(4).pick().note("good").note("blinks", at=1.25)
    exp.run(b).pick().pick(False)
    said = exp.compare().text()
    assert "0:01.2 blinks" in said
    table = exp.compare(columns=["picked", "notes", "stars"])
    assert "picked" in table.text()
    assert 'class="badge mark">picked' in table.html()
    assert table.png().startswith(b"\x89PNG")


def test_no_pick_no_column(log):
    """Where nobody picked, the table has no such column."""
    three(log)
    assert "picked" not in pixnb.Experiment("coats", log=log).compare().text()


def test_a_frame_marks_its_runs(log):
    """All that are in it: those that were asked for; and gives the runs, in its order."""
    ids = three(log)
    chosen = log.frame().query("`params.n` != 2")
    assert chosen.pixnb.star(4) is None
    chosen.pixnb.tag("round", "1")
    chosen.pixnb.note("both")
    chosen.pixnb.note("then", at=2)
    chosen.pixnb.pick()
    found = log.frame().set_index("run_id")
    assert found["stars"].tolist() == [4, pd.NA, 4]
    assert found["tags.round"].fillna("").tolist() == ["1", "", "1"]
    assert found["note"].fillna("").tolist() == ["both", "", "both"]
    assert found["notes"].fillna("").tolist() == ["0:02.0 then", "", "0:02.0 then"]
    assert found["picked"].tolist() == [True, False, True]
    turned = chosen.iloc[::-1].pixnb.runs()
    assert [one.run_id for one in turned] == [ids[2], ids[0]]
    turned[0].star(1)
    assert log.row(ids[2])["stars"] == 1


def test_a_frames_runs_are_the_experiments_own(log):
    """The run that a process works with is one object, whoever asks for it."""
    exp = pixnb.Experiment("coats", log=log)
    (a, *_) = three(log)
    mine = exp.run(a)
    assert exp.frame().pixnb.runs()[0] is mine


@pytest.mark.parametrize("act", [lambda f: f.star(3), lambda f: f.tag("x"), lambda f: f.note("x"), lambda f: f.runs()])
def test_frames_that_cannot_be_marked(log, act):
    """Without the column, or with runs of another log, it says what to do."""
    three(log)
    with pytest.raises(InvalidInput, match="run_id"):
        act(log.frame().drop(columns="run_id").pixnb)
    foreign = log.frame().assign(run_id="nobody")
    foreign.attrs = {"pixnb_log": log.id}
    with pytest.raises((InvalidInput, LogError), match="no run nobody"):
        act(foreign.pixnb)


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_no_tag(log, name):
    """A tag without a name is refused, of a run and of a frame."""
    three(log)
    with pytest.raises(InvalidInput, match="A tag is a word"):
        log.frame().pixnb.tag(name)


def test_a_log_of_schema_4(tmp_path):
    """It gets the picks and tables, and what was said stays; its file is whole, and its indexes are a new log's."""
    path = tmp_path / "log.db"
    path.write_bytes(gzip.decompress((Path(__file__).parent / "data" / "log_v4.db.gz").read_bytes()))
    with Log(path) as log:
        found = log.frame()
        assert found["stars"].tolist() == [4, pd.NA, 2]
        assert found["note"].fillna("").tolist() == ["the best", "", ""]
        assert found["tags.good"].fillna("").tolist() == ["", "true", ""]
        assert found["picked"].tolist() == [False] * 3
        log.mark(found["run_id"][1], picked=True, note="look", at=1)
        assert log.frame()["picked"].tolist() == [False, True, False]
        assert log.read(select(meta.c.value).where(meta.c.key == "schema"))[0]["value"] == "5"
        assert log.search("best")["run_id"].tolist() == [found["run_id"][0]]
        assert log.write(lambda conn: conn.exec_driver_sql("PRAGMA integrity_check").scalar()).result() == "ok"
        log.write(run).result()
