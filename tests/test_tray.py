"""What stands around the launcher's strip: money, wall, report, zip; what is picked up; what a saved notebook shows."""

from __future__ import annotations

import base64
import html
import io
import os
import re
import threading
import zipfile
from pathlib import Path

import ipywidgets
import pytest
from children import jobs_of, kill, program, told
from fake_pixazo import FakePixazo
from jupyter_client.manager import start_new_kernel
from patience import until
from served import list_jobs, tiny_clip
from sqlalchemy import select
from test_launcher import CLIP, LUCY, all_in, experiment

import pixnb
from pixnb.display.host import QUIRKS, Host
from pixnb.log.schema import events
from pixnb.status import JobStatus
from pixnb.wall.live import WallCard
from pixnb.widgets.downloads import PIECE, Handover, open_place
from pixnb.widgets.tray import Bar

SPEED = 4
PROGRAMS = Path(__file__).with_name("run_programs.py")


@pytest.fixture
def service():
    service = FakePixazo()
    yield service
    service.released.set()


@pytest.fixture
def log(tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        yield log


def submit(exp, *prompts):
    """Runs that have come to their ends."""
    runs = [exp.submit(LUCY, prompt=prompt, video=CLIP) for prompt in prompts]
    return [run.wait() for run in runs]


def bar_of(launcher):
    return next(one for one in all_in(launcher) if isinstance(one, Bar))


def walls_in(launcher):
    return [one for one in all_in(launcher) if isinstance(one, WallCard)]


def money(launcher):
    """What is said of money, without tags."""
    return next(html.unescape(re.sub("<[^>]*>", "", one.value)) for one in all_in(launcher)
                if isinstance(one, ipywidgets.HTML) and "pixnb-money-place" in one._dom_classes)  # fmt: skip


class Page:
    """A page that shows a bar: presses its buttons, takes what it is given, and says that it has it."""

    def __init__(self, bar, who="page-1"):
        self.bar, self.who = bar, who
        self.messages, self.data, self.files, self.is_deaf = [], {}, {}, False
        bar.send = self._take

    def press(self, name):
        """Press a button, and wait until what it does is done."""
        self.bar._handle_custom_msg({"press": name, "who": self.who}, [])
        until(lambda: not self.bar.is_busy)

    def _take(self, content, buffers=None):
        self.messages.append(content)
        if content["who"] != self.who or "begin" not in content or self.is_deaf:
            return
        name, (piece,) = content["name"], buffers
        held = self.data.setdefault(name, bytearray())
        assert content["begin"] == len(held)
        held += piece
        if len(held) == content["size"]:
            self.files[name] = bytes(held)
        self.bar._handle_custom_msg({"got": content["begin"], "who": self.who}, [])


MONEY = [
    # budget of the experiment and of the log, and what is said while one of three runs is in flight
    (None, None, "spent $0.40, $0.20 in flight"),
    (5, None, "$0.40 of $5.00, $0.20 in flight"),
    (None, 2, "$0.40 of the log's $2.00, $0.20 in flight"),
    (5, 2, "$0.40 of the log's $2.00, $0.20 in flight"),
    (1, 2, "$0.40 of $1.00, $0.20 in flight"),
    ({"credits": 30}, None, "0 credits of 30 creditsspent $0.40, $0.20 in flight"),
]


@pytest.mark.parametrize(("own", "whole", "words"), MONEY)
def test_the_money_of_the_tighter_budget_is_said(service, log, own, whole, words):
    """What is spent and what is in flight, as soon as a run is launched and when it has ended."""
    exp = experiment(service, log)
    submit(exp, "A red coat", "A blue coat")
    exp.budget, log.budget = own, whole
    launcher = exp.launcher(LUCY)
    if isinstance(own, dict):
        exp.budget = None
    launcher.fill(prompt="A [held] coat", video=CLIP).launch().result(30)
    exp.budget = own
    launcher.launches.tell()
    until(lambda: money(launcher) == words)
    service.released.set()
    until(lambda: "in flight" not in money(launcher))
    assert "$0.60" in money(launcher)


def test_a_launcher_that_has_spent_nothing_says_nothing_of_money(service, log):
    """And has no buttons to press."""
    launcher = experiment(service, log).launcher(LUCY)
    assert money(launcher) == ""
    assert not bar_of(launcher).can_press
    page = Page(bar_of(launcher))
    page.press("zip")
    assert "Nothing has finished yet" in page.bar.error


def test_the_wall_is_of_what_is_chosen_else_of_all_that_has_ended(service, log):
    """It is shown under the buttons, follows the choice when it is opened again, and is taken away."""
    exp = experiment(service, log)
    red, blue, green = submit(exp, "A red coat", "A blue coat", "A green coat")
    launcher = exp.launcher(LUCY)
    page = Page(bar_of(launcher))
    page.press("wall")
    (wall,) = walls_in(launcher)
    assert all(f'data-run="{run.run_id}"' in wall.page for run in (red, blue, green))
    assert page.bar.is_open
    page.press("wall")
    assert walls_in(launcher) == []
    assert not page.bar.is_open
    launcher.launches.choose([blue.run_id, green.run_id])
    until(lambda: page.bar.labels["wall"] == "Wall of 2")
    page.press("wall")
    (wall,) = walls_in(launcher)
    assert f'data-run="{red.run_id}"' not in wall.page
    assert f'data-run="{green.run_id}"' in wall.page
    assert re.findall(r'<figure[^>]* data-n="(\d+)"[^>]* data-run', wall.page) == ["2", "3"]  # as its tile is called
    page.press("zip")
    with zipfile.ZipFile(io.BytesIO(page.files["coats.zip"])) as packed:
        assert [name[0] for name in packed.namelist() if name.endswith(".mp4")] == ["2", "3"]
    page.press("report")
    assert set(re.findall(r'"n":\s*(\d+)', page.files["coats.html"].decode())) == {"2", "3"}
    assert "data:video" not in wall.page
    assert page.bar.error == ""


def test_report_and_zip_come_as_bytes_where_no_server_gives_files(service, log, tmp_path, monkeypatch):
    """Piece by piece, to the page that asked alone; what was made on the way is gone, and the line says what it is."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    exp = experiment(service, log)
    submit(exp, "A red coat", "A blue [FAILED] coat")
    launcher = exp.launcher(LUCY)
    page = Page(bar_of(launcher))
    page.press("zip")
    with zipfile.ZipFile(io.BytesIO(page.files["coats.zip"])) as packed:
        assert len(packed.namelist()) == 2
    assert page.bar.said.startswith("coats.zip · ")
    assert page.bar.said.endswith(" · 2 runs")
    page.press("report")
    assert page.files["coats.html"].startswith(b"<!doctype html>")
    assert {message["who"] for message in page.messages} == {"page-1"}
    assert list((tmp_path / "temp").iterdir()) == []
    assert not (tmp_path / "downloads").exists()


def test_what_lies_beside_the_log_to_be_taken_away_has_a_bound(log, tmp_path):
    """1 GB of what was made last; what somebody else put there stays."""
    at = Host("jupyter", folder=tmp_path, root=tmp_path, base_url="/", **QUIRKS["jupyter"])
    folder = log.file.parent / "downloads"
    folder.mkdir()
    for age, (name, size) in enumerate([("new.zip", 10**9 - 5), ("old.html", 9), ("mine.csv", 9), ("older.zip", 2)]):
        with (folder / name).open("wb") as file:
            file.truncate(size)
        os.utime(folder / name, (1e9 - age,) * 2)
    with open_place(log, at=at) as place:
        assert place.is_kept
        assert {one.name for one in folder.iterdir()} == {"new.zip", "mine.csv"}


def test_a_file_that_is_gone_is_said_beside_the_zip(service, log):
    exp = experiment(service, log)
    red, _ = submit(exp, "A red coat", "A blue coat")
    launcher = exp.launcher(LUCY)
    red.output.path.unlink()
    page = Page(bar_of(launcher))
    page.press("zip")
    assert "1 missing: 1 A red coat" in page.bar.said


def test_what_cannot_be_made_is_said(service, log):
    """A report or zip that fails leaves words in red, and buttons that can be pressed again."""
    exp = experiment(service, log)
    submit(exp, "A red coat")
    launcher = exp.launcher(LUCY)
    page = Page(bar_of(launcher))
    launcher.launches.choose([])
    import tempfile

    before, tempfile.tempdir = tempfile.tempdir, "/dev/null/no-folder"
    try:
        for name in ("zip", "report"):
            page.press(name)
            assert page.bar.error
            assert page.bar.said == ""
    finally:
        tempfile.tempdir = before
    page.press("zip")
    assert page.bar.error == ""
    assert "coats.zip" in page.files


def test_a_large_file_goes_piece_by_piece_and_waits_for_its_page(tmp_path):
    """No more pieces are on their way than the page has said it takes, whatever the file's size."""
    path = tmp_path / "large.zip"
    path.write_bytes(bytes(range(256)) * (9 * PIECE // 256) + b"end")
    sent = []
    handover = Handover(lambda words, buffers: sent.append((words, *buffers)))
    giving = threading.Thread(target=handover.give, args=(path, "page-1"), kwargs={"is_kept": False})
    giving.start()
    until(lambda: len(sent) == 4)
    for number in range(10):
        until(lambda number=number: len(sent) > number)
        assert len(sent) <= number + 4
        handover.hear("page-2")
        handover.hear("page-1")
    giving.join(20)
    assert not giving.is_alive()
    assert b"".join(piece for _, piece in sent) == path.read_bytes()
    assert [words["begin"] for words, _ in sent] == [number * PIECE for number in range(10)]


@pytest.mark.parametrize("message", [None, "x", {}, {"press": "zip"}, {"press": 3, "who": "a"}, {"got": 1, "who": "a"},
                                     {"press": "rm", "who": "a"}, {"again": True, "who": "a"}])  # fmt: skip
def test_what_no_page_of_ours_says_does_nothing(service, log, message):
    launcher = experiment(service, log).launcher(LUCY)
    bar = bar_of(launcher)
    bar._handle_custom_msg(message, [])
    assert (bar.is_busy, bar.error) == (False, "")


def test_the_newest_runs_are_there_when_a_launcher_is_made(service, log):
    """The last dozen as tiles, the oldest first; none of them is launched from here, and nothing is sent."""
    exp = experiment(service, log)
    runs = submit(exp, *(f"A coat of colour {number}" for number in range(14)))
    launcher = experiment(service, log).launcher(LUCY)
    assert [run.run_id for run in launcher.launches.runs] == [run.run_id for run in runs[-12:]]
    assert (launcher.runs, launcher.last) == ([], None)
    assert len(service.posts) == 14
    again = launcher.fill(prompt="A new coat", video=CLIP).launch().result(30)
    assert launcher.runs == [again]
    assert launcher.launches.runs[-1] is again


def test_what_is_in_flight_here_is_there_once(service, log):
    """A run that a cell of the same kernel has submitted: followed, not sent again, not twice."""
    exp = experiment(service, log)
    run = exp.submit(LUCY, prompt="A [held] coat", video=CLIP)
    launcher = exp.launcher(LUCY)
    assert launcher.launches.runs == [run]
    assert "1 launched" not in repr(launcher)
    service.released.set()
    assert run.wait().status is JobStatus.COMPLETED
    assert len(service.posts) == 1


def test_a_sweep_is_not_sent_by_a_launcher(service, log):
    """Cells that are planned only stay so: neither a tile, nor a POST."""
    exp = experiment(service, log, budget=0.2)
    sweep = exp.sweep(LUCY, prompt=["A red coat", "A blue coat", "A green coat"], video=CLIP)
    until(lambda: not sweep.is_running)
    posts = len(service.posts)
    planned = {run.run_id for run in exp.runs if run.status is JobStatus.PLANNED}
    assert planned
    launcher = experiment(service, log).launcher(LUCY)
    assert not planned & {run.run_id for run in launcher.launches.runs}
    assert len(service.posts) == posts


@pytest.mark.slow
def test_a_launcher_goes_on_after_its_kernel_was_killed(data):
    """Two runs in flight when the process is killed: a new launcher follows them to the end, and pays nothing."""
    with program(PROGRAMS, "submit", "coats", "A red coat", "A blue coat") as process:
        ids = told(process)["runs"]
        kill(process)
    launcher = pixnb.Experiment("coats").launcher(LUCY)
    assert [run.run_id for run in launcher.launches.runs] == ids
    until(lambda: all(run.status is JobStatus.COMPLETED for run in launcher.launches.runs), seconds=60)
    assert all(run.output.path.is_file() for run in launcher.launches.runs)
    with jobs_of(data, SPEED) as jobs:
        assert len(jobs) == 2


@pytest.mark.slow
def test_what_another_living_process_works_on_is_followed_and_left_to_it(data):
    """As in another tab: it is seen to its end here too, and nobody takes it over."""
    with program(PROGRAMS, "submit", "coats", "A red coat") as process:
        (run_id,) = told(process)["runs"]
        launcher = pixnb.Experiment("coats").launcher(LUCY)
        (run,) = launcher.launches.runs
        assert run.run_id == run_id
        until(lambda: run.status is JobStatus.COMPLETED and run.output, seconds=60)
    with pixnb.Log(data / "log.db") as log:
        kinds = [row["kind"] for row in log.read(select(events.c.kind).where(events.c.run_id == run_id))]
    assert "claimed" not in kinds


@pytest.mark.slow
def test_what_another_user_has_left_is_shown_and_not_asked_for(data, monkeypatch):
    """It was begun with another key: it stands among the newest as the log has it."""
    with program(PROGRAMS, "submit", "coats", "A red coat", env={**os.environ, "PIXNB_USER": "mia"}) as process:
        (run_id,) = told(process)["runs"]
        kill(process)
    monkeypatch.setenv("PIXNB_USER", "jo")
    launcher = pixnb.Experiment("coats").launcher(LUCY)
    assert [run.run_id for run in launcher.launches.runs] == [run_id]
    with pixnb.Sandbox(data, speed=SPEED, draft=True) as sandbox:
        until(lambda: [job["status"] for job in list_jobs(sandbox.url)] == ["COMPLETED"], seconds=60)
    assert not launcher.launches.runs[0].standing.is_settled


def look(launcher):
    """What a notebook keeps of it."""
    bundle = launcher._repr_mimebundle_()
    return bundle, re.sub(r"data:image/[^\"']*", "", bundle["text/html"])


def test_a_saved_notebook_says_what_was_launched(service, log, tmp_path):
    """Poster, words, status and cost of each, the newest first; the source once; no film and no script."""
    exp = experiment(service, log)
    launcher = exp.launcher(LUCY)
    empty, _ = look(launcher)
    assert "run the cell to use it" in empty["text/html"]
    assert "image/png" not in empty
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(tiny_clip())
    for prompt in ("A <b>red</b> coat", "A blue [FAILED] coat"):
        launcher.fill(prompt=prompt, video=clip).launch().result(30).wait()
    until(lambda: all(run.standing.is_settled for run in launcher.runs))
    bundle, words = look(launcher)
    assert words.count("<figure") == 3
    assert (
        words.index("source video") < words.index("A blue [FAILED] coat") < words.index("A &lt;b&gt;red&lt;/b&gt; coat")
    )
    for said in ("COMPLETED", "FAILED", "$0.20", "as asked", "2 runs"):
        assert said in words, said
    assert not re.search(r"<script|data:video|http://|onclick=\"(?!const i)", words)
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == repr(launcher)


def test_a_notebook_saved_meanwhile_says_that_it_went_on(service, log):
    """A run in flight has a place, and words in the place of its picture."""
    exp = experiment(service, log)
    exp.submit(LUCY, prompt="A [held] coat", video=CLIP)
    _, words = look(exp.launcher(LUCY))
    assert "The clip was under way when this was saved" in words


@pytest.mark.slow
def test_what_is_saved_of_many_runs_is_small(service, log):
    """14 runs are at most 200 kB, and of more than 24 the newest are shown and the rest are counted."""
    exp = experiment(service, log)
    runs = submit(exp, *(f"A coat of colour {number}" for number in range(14)))
    launcher = exp.launcher(LUCY)
    launcher.launches.take(runs)
    bundle, _ = look(launcher)
    assert len(bundle["text/html"]) + len(bundle["image/png"]) < 200_000
    launcher.launches.take(submit(exp, *(f"A hat of colour {number}" for number in range(14))))
    bundle, words = look(launcher)
    assert words.count("<figcaption") + words.count('class="badge') <= 60
    assert "24 runs and 4 before" in words
    assert len(bundle["text/html"]) < 250_000


CELLS = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from fake_pixazo import FakePixazo
from served import list_jobs, tiny_clip
import pixnb
service = FakePixazo()
client = pixnb.Client(keys={{"pixazo": "key"}}, base_urls={{"pixazo": "https://pixazo.example"}},
                      transport=service.transport)
exp = pixnb.Experiment("coats", client=client)
launcher = exp.launcher("lucy-edit-fast")
launcher
---
Path("clip.mp4").write_bytes(tiny_clip())
launcher.fill(prompt="A red [held] coat", video="clip.mp4").launch().result(20)
None
---
service.released.set()
launcher.last.wait(20)
None
"""


@pytest.mark.slow
def test_in_a_kernel_the_page_follows_what_is_launched(tmp_path, request):
    """In its own cell, whatever cell runs; nothing else is written anywhere."""
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    messages = []
    try:
        for cell in CELLS.format(tests=str(request.path.parent)).split("---"):
            reply = client.execute_interactive(cell, timeout=60, output_hook=messages.append)
            assert reply["content"]["status"] == "ok", reply["content"]

        def last():
            found = [m["content"] for m in messages if m["msg_type"] == "update_display_data"]
            # words come first, the sheet a moment later
            done = found and "COMPLETED" in found[-1]["data"]["text/html"] and "image/png" in found[-1]["data"]
            return done and found[-1]

        until(lambda: last() or messages.append(client.get_iopub_msg(timeout=15)), seconds=40)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    page, live = [m["content"] for m in messages if m["msg_type"] == "display_data"]
    assert "application/vnd.jupyter.widget-view+json" in live["data"]
    assert last()["transient"] == page["transient"]
    assert {*last()["data"]} == {"text/html", "image/png", "text/plain"}
    assert not [m for m in messages if m["msg_type"] in ("stream", "error") and "pixnb: the log" not in str(m)]
    assert not any("data:video" in str(m["content"]) for m in messages)
