"""Marks that another kernel or tab makes on the same log: seen in a page within seconds while somebody looks at it."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
import weakref

import pytest
from ballots import clips, content, put
from patience import until

import pixnb
from pixnb.log.log import Log

ANSWER = "import sys, pixnb; pixnb.Log(sys.argv[1]).mark(sys.argv[2], stars=4)"


class Counted(Log):
    """A log that counts how often it is asked for what changed."""

    asked = 0

    def find_marked(self, since):
        self.asked += since is not None
        return super().find_marked(since)


@pytest.fixture
def log(tmp_path):
    """Three clips."""
    with Counted(tmp_path / "log.db") as opened:
        clips(opened, ("a red coat", "a blue coat", "a green coat"), (1,))
        yield opened


@pytest.fixture
def other(log):
    """The same log, opened once more: what is told there is not told here."""
    with Log(log.file) as opened:
        yield opened


def cards(log):
    """A live wall and a live table."""
    exp = pixnb.Experiment("coats", log=log)
    return exp.wall().make_live(), exp.compare().make_live()


def look(card, seconds):
    """Say what its page says while somebody looks."""
    card._handle_custom_msg({"looks": seconds}, [])


def test_another_process(log):
    """A star that it gives shows in both."""
    run = log.frame()["run_id"][1]
    both = cards(log)
    for card in both:
        look(card, 60)
    subprocess.run([sys.executable, "-c", ANSWER, log.file, run], check=True)
    until(lambda: all(card.marks[run]["stars"] == 4 for card in both))
    assert not any(card.error for card in both)


def taken(other, run, folder):
    marks = [{"run": run, "stars": 3}]
    pixnb.Experiment("coats", log=other).import_votes(put(folder / "a.json", content(other, marks=marks)))


CHANGES = {
    "star": (lambda other, run, _: other.mark(run, stars=2), {"stars": 2}),
    "pick": (lambda other, run, _: other.mark(run, picked=True), {"picked": True}),
    "note": (
        lambda other, run, _: other.mark(run, note="dark"),
        {"notes": [{"id": "note", "at": None, "text": "dark"}]},
    ),
    "votes": (taken, {"stars": 3}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_meanwhile_and_then(log, other, tmp_path, what):
    """Before anybody looked, too; runs of which nothing was said stay as they are."""
    change, expected = CHANGES[what]
    a, b, c = log.frame()["run_id"]
    wall, _ = cards(log)
    change(other, a, tmp_path)
    look(wall, 60)
    until(lambda: wall.marks[a] == {"stars": None, "picked": False, "notes": []} | expected)
    other.mark(b, stars=5)
    until(lambda: wall.marks[b]["stars"] == 5)
    other.mark(b, stars=None)
    until(lambda: wall.marks[b]["stars"] is None)
    assert wall.marks[c] == {"stars": None, "picked": False, "notes": []}


def test_nobody_looks(log, other):
    """Then the log is not asked; nonsense of a page is nobody."""
    cards(log)
    for said in (0, -1, False, True, "60", None, float("nan"), float("inf"), 1e9, [], {}):
        look(cards(log)[0], said)
    other.mark(log.frame()["run_id"][0], stars=2)
    time.sleep(1.5)
    assert log.asked == 0


@pytest.mark.parametrize("end", ["it says so", "its word has run out", "it is closed", "it is gone"])
def test_whoever_stops_to_look_is_no_more_told(log, other, end):
    """And no look is left behind, nor an error shown; the log was asked once a second at most."""
    wall, _ = cards(log)
    began = time.monotonic()
    look(wall, 2 if end == "its word has run out" else 60)
    until(lambda: log.asked >= 1)
    if end == "it says so":
        look(wall, 0)
    elif end == "it is closed":
        wall.close()
    elif end == "it is gone":
        wall.close_all()
        gone = weakref.ref(wall)
        wall = None
        gc.collect()
        assert gone() is None
    else:
        time.sleep(1)
    time.sleep(1.2)
    asked = log.asked
    assert asked <= time.monotonic() - began + 1
    time.sleep(1.5)
    assert log.asked == asked
    assert wall is None or wall.error == ""
    if end in ("it says so", "its word has run out"):
        run = log.frame()["run_id"][0]
        other.mark(run, stars=3)
        look(wall, 60)  # and again
        until(lambda: wall.marks[run]["stars"] == 3)


def test_what_both_say_at_once_is_not_lost(log, other):
    """Marks made here while others come in: the page has all in the end."""
    runs = list(log.frame()["run_id"])
    wall, _ = cards(log)
    look(wall, 60)
    there = threading.Thread(target=lambda: [other.mark(runs[0], stars=n % 5 + 1) for n in range(40)])
    there.start()
    for n in range(40):
        log.mark(runs[1], stars=n % 5 + 1)
    there.join()
    until(lambda: [wall.marks[run]["stars"] for run in runs[:2]] == [5, 5])
