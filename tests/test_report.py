"""The report: one file that loads nothing and runs nothing of anybody else's; what is in it and what is missing."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys

import pandas as pd
import pytest
from report_frames import LOG, Read, clips, frame, one_clip, picture

import pixnb
import pixnb.pandas
from pixnb.compare.files import write_pieces
from pixnb.errors import InvalidInput
from pixnb.media.probe import probe
from pixnb.report.data import Judging
from pixnb.report.report import MAIL_LIMIT, make_pieces, write_report
from pixnb.votes.file import report_id


def test_nothing_is_loaded_and_nothing_else_is_run(tmp_path):
    """The policy names the one script by its hash; no element asks for anything outside of the file."""
    page = Read(frame(output_path=clips(tmp_path)).pixnb.report(tmp_path / "r"))
    policy = next(meta for meta in page.all("meta") if "http-equiv" in meta)["content"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    digest = base64.b64encode(hashlib.sha256(page.scripts[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    assert len(page.scripts) == 1
    loading = [
        value for tag, given in page.tags for name, value in given.items() if name in ("src", "srcset", "poster")
    ]
    assert loading
    assert {value.split(":")[0] for value in loading} == {"data"}
    assert not page.all("link") + page.all("iframe") + page.all("base") + page.all("form")
    assert not [given for _, given in page.tags if any(name.startswith("on") for name in given)]
    assert str(tmp_path) not in page.source


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<!-- films -->",
    "a\u2028b\u2029c",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "\u202eright to left\u202c",
    "cut \ud83d here",
    "line\r\nline\x00\x1b[31m",
    "]]></style><style>*{display:none}",
    "السترة الحمراء",
    "红色大衣 🧥👩🏽‍🎤",
    "${process}`${1}`",
]


SHOWN = ("prompt", "error", "experiment", "model", "note", "user", "tags.look", "status")
STATUS = ["FAILED", "COMPLETED", "COMPLETED"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A report without a hostile word."""
    return Read(frame(3, status=STATUS).pixnb.report(tmp_path_factory.mktemp("plain") / "r"))


@pytest.mark.parametrize(
    ("words", "columns"), [*((words, SHOWN) for words in HOSTILE), *((HOSTILE[0], (one,)) for one in SHOWN)]
)
def test_what_people_and_services_write_is_text(tmp_path, plain, words, columns):
    """In every column that is shown, and in the page's data; alone, for another's fault may hide it."""
    told = {one: [words, "a coat", f"a {words}"] if one == "prompt" else words for one in columns}
    page = Read(frame(3, **{"status": STATUS, **told}).pixnb.report(tmp_path / "r", title=words))
    assert len(page.scripts) == len(plain.scripts) == 1
    assert page.data["format"] == "pixnb-report/1"
    more = {"mark", "details", "summary", "small", "br", "p", "span"}
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in plain.tags} | more
    assert not [given for _, given in page.tags if any(name.startswith("on") for name in given)]
    assert "alert(1)" not in page.scripts[0]
    assert [run["run"] for run in page.data["runs"]] == ["run-0", "run-1", "run-2"]


def test_each_file_is_in_it_once(tmp_path):
    """However many runs share a source or gave the same clip."""
    source, (first, second) = one_clip(tmp_path), clips(tmp_path)
    (tmp_path / "copy.mp4").write_bytes((tmp_path / "clip 0.mp4").read_bytes())
    places = [first, str(tmp_path / "copy.mp4"), second]
    page = Read(frame(3, output_path=places, **{"input.video": source}).pixnb.report(tmp_path / "r"))
    assert len(page.films) == 3
    assert {run["n"]: page.data["films"][str(run["n"])] for run in page.data["runs"]}.keys() == {1, 2, 3}
    assert page.data["films"]["1"] == page.data["films"]["2"] != page.data["films"]["3"]
    named = [run["sources"] for run in page.data["runs"]]
    assert named == [["source"]] * 3
    assert page.films[page.data["films"]["source"]] == (tmp_path / "tiny.mp4").read_bytes()


def test_full_quality_holds_the_originals(tmp_path):
    """Byte for byte where a browser plays them; what it does not play as the best preview, and that is said."""
    (tmp_path / "odd").mkdir()
    plays, odd = clips(tmp_path, 1)[0], clips(tmp_path / "odd", 1, codec="mpeg4")[0]
    page = Read(frame(output_path=[plays, odd]).pixnb.report(tmp_path / "r", quality="full"))
    first, second = (page.films[page.data["films"][n]] for n in ("1", "2"))
    assert first == (tmp_path / "clip 0.mp4").read_bytes()
    assert probe(second).plays_everywhere
    assert (probe(second).width, probe(second).fps) == (64, 25)
    assert re.search(r"1 clip of 2 is a 48p preview at 25 fps of an original, 64×48 at 25 fps", page.text)


@pytest.mark.parametrize("quality", ["", "low", "Mail", None, 3])
def test_a_quality_that_is_none_is_said(tmp_path, quality):
    """Before anything is made."""
    with pytest.raises(InvalidInput, match='"mail" for at most 10 MB, or "full"'):
        frame().pixnb.report(tmp_path / "r", quality=quality)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [0, 1, 200])
def test_a_report_of_none_one_and_many(tmp_path, count):
    """Of many the wall has parts, of which the page shows one; the table has all."""
    path = frame(count, output_path=one_clip(tmp_path)).pixnb.report(tmp_path / "r")
    page = Read(path)
    walls = [given for _, given in page.tags if "data-wall" in given]
    assert len(walls) == {0: 0, 1: 1, 200: 3}[count]
    assert len(page.data["runs"]) == count
    assert len(page.films) == min(1, count)
    assert path.stat().st_size <= MAIL_LIMIT
    assert len(page.all("h1")) == 1
    assert {0: "No runs yet", 1: "1 run", 200: "200 runs, all completed"}[count] in page.text


def test_what_is_missing_has_its_place_and_its_reason(tmp_path):
    """A file that is gone, one that is broken, a run that failed and one that still waits."""
    (tmp_path / "broken.mp4").write_bytes(b"not a video")
    places = [str(tmp_path / "gone.mp4"), str(tmp_path / "broken.mp4"), None, None, one_clip(tmp_path)]
    status = ["COMPLETED", "COMPLETED", "FAILED", "QUEUED", "COMPLETED"]
    given = frame(5, output_path=places, status=status, error=[None, None, "The worker lost power", None, None])
    page = Read(given.pixnb.report(tmp_path / "r"))
    assert page.data["films"].keys() == {"5"}
    assert page.data["whys"] == {
        "1": "Its file is no longer here",
        "2": "This file cannot be shown",
        "3": "The worker lost power",
        "4": "Waiting",
    }
    cells = {given["data-n"] for _, given in page.tags if "data-n" in given and "wall-cell" in given.get("class", "")}
    assert cells == {"1", "2", "3", "4", "5"}
    assert "2 clips could not be put into this file: their places say why." in page.text


def test_sounds_and_pictures_are_runs_like_clips(tmp_path):
    """And are previews where a mail has no room for them."""
    places = [str(pixnb.sample("audio").path), picture(tmp_path), one_clip(tmp_path)]
    page = Read(frame(3, output_path=places).pixnb.report(tmp_path / "r"))
    kinds = [given["data-type"].split("/")[0] for given in page.all("script") if "data-type" in given]
    assert kinds == ["audio", "image", "video"]


def test_the_page_s_data_is_what_a_vote_is_checked_by(tmp_path):
    """The log, the experiment, the report by its runs, and what the log says of each run already."""
    given = frame(
        stars=pd.array([4, None], dtype="Int64"),
        picked=[True, False],
        note=[None, "too dark"],
        output_path=clips(tmp_path),
    )
    data = Read(given.pixnb.report(tmp_path / "r", title="Coats")).data
    assert (data["log"], data["experiment"], data["title"]) == (LOG, "coats", "Coats")
    assert data["report"] == report_id(LOG, ["run-0", "run-1"])
    assert [run["marks"] for run in data["runs"]] == [
        {"stars": 4, "picked": True},
        {"notes": [{"id": "note", "at": None, "text": "too dark"}]},
    ]
    judged = data["judge"]["pairs"]
    assert {judged[0][side]["run"] for side in ("left", "right")} == {"run-0", "run-1"}


@pytest.mark.parametrize(
    ("notes", "moments"),
    [
        ("0:01.2 the hem flickers", [(1.2, "the hem flickers")]),
        ("0:01.2 a; b; 1:03.0 c (Ann)", [(1.2, "a; b"), (63.0, "c (Ann)")]),
        ("of the whole; 0:00.0 at once", [(None, "of the whole"), (0.0, "at once")]),
        ("12:30 is no moment", [(None, "12:30 is no moment")]),
        ("0:02.5 </script><b>", [(2.5, "</script><b>")]),
        (None, None),
    ],
)
def test_notes_of_the_log_are_ticks_in_the_report_s_player(tmp_path, notes, moments):
    """Those that the frame has; one that leaves its notes out keeps them out of the page."""
    given = frame(1, output_path=clips(tmp_path, 1), notes=[notes])
    marks = Read(given.pixnb.report(tmp_path / "r")).data["runs"][0]["marks"]
    assert [(note["at"], note["text"]) for note in marks.get("notes", ())] == (moments or [])
    left_out = Read(given.drop(columns="notes").pixnb.report(tmp_path / "s"))
    assert "notes" not in left_out.data["runs"][0]["marks"]


def test_a_report_that_cannot_be_finished_leaves_what_was_there(tmp_path):
    """Ctrl-C while previews are made, or an error in one piece: the old file stays whole, no part is left."""
    target = tmp_path / "r.html"
    target.write_text("old")

    def pieces(error):
        yield b"new"
        raise error

    for error in (KeyboardInterrupt(), InvalidInput("a file cannot be read"), RuntimeError("odd")):
        with pytest.raises(type(error)):
            write_pieces(target, pieces(error))
        assert [path.name for path in tmp_path.iterdir()] == ["r.html"]
        assert target.read_text() == "old"


FULL = """
import resource, sys
from pathlib import Path
from report_frames import clips, frame
import pixnb.pandas
folder = Path(sys.argv[1])
given = frame(output_path=clips(folder))
resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, 90_000))
try:
    given.pixnb.report(folder / "r.html")
except pixnb.InvalidInput as error:
    print(error.message)
print(sorted(path.name for path in folder.glob("*r.html*")))
"""


def test_a_disk_that_fills_is_said(tmp_path):
    """What to do, and nothing half is left."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True, cwd="tests"
    )
    said, left = done.stdout.splitlines()
    assert re.search(r"r\.html cannot be written: File too large\. Make room there\.", said)
    assert left == "[]"


def test_a_frame_that_lacks_what_it_needs_is_said(tmp_path):
    """As for a table."""
    with pytest.raises(InvalidInput, match="run_id, output_path or output_sha256"):
        write_report(pd.DataFrame({"colour": ["red"]}), tmp_path / "r")
    with pytest.raises(InvalidInput, match='no column "colour"'):
        frame().pixnb.report(tmp_path / "r", columns=["colour"])
    assert list(tmp_path.iterdir()) == []


def test_judges_are_asked_what_is_wanted(tmp_path):
    """A question and an address of one's own; where there is no pair nobody is asked, unless that is wanted."""
    two = frame(output_path=clips(tmp_path))
    judge = Read(two.pixnb.report(tmp_path / "r", question="Which is <sharper>?", mailto="ann@example.org")).data[
        "judge"
    ]
    assert (judge["question"], judge["mailto"], len(judge["pairs"])) == ("Which is <sharper>?", "ann@example.org", 1)
    same = two.assign(prompt="A coat")
    assert Read(same.pixnb.report(tmp_path / "r")).data["judge"] is None
    for given, options, said in (
        (same, {"question": "Which?"}, "nothing to judge"),
        (two, {"question": ""}, "asked one question"),
        (two, {"mailto": "no address"}, "mailed to one address"),
    ):
        with pytest.raises(InvalidInput, match=said):
            given.pixnb.report(tmp_path / "odd", **options)
    assert not (tmp_path / "odd.html").exists()


def test_a_clip_that_has_no_room_is_told(tmp_path):
    """Where there is room for none, the place says so and what to do, and the file is no larger."""
    given = frame(output_path=clips(tmp_path, noise=True, frames=60))
    pieces = list(make_pieces(given, Judging(), title="Runs", limit=1_000))
    target = tmp_path / "r.html"
    target.write_bytes(b"".join(pieces))
    page = Read(target)
    assert page.films == {}
    assert all('quality="full"' in why for why in page.data["whys"].values())
    assert len(page.data["whys"]) == 2


@pytest.mark.slow
def test_a_mail_holds_36_clips_of_five_seconds(tmp_path):
    """At most 10 MB of 19, each of the clips whole in length, as many pictures as the bytes are good for."""
    sample = pixnb.sample("video").path.read_bytes()
    places = [tmp_path / f"{n}.mp4" for n in range(36)]
    for number, place in enumerate(places):
        place.write_bytes(sample + b"\x00\x00\x00\x0cfree" + number.to_bytes(4, "big"))
    path = frame(36, output_path=[str(place) for place in places]).pixnb.report(tmp_path / "r")
    page = Read(path)
    assert 8_000_000 < path.stat().st_size <= MAIL_LIMIT
    assert len(page.films) == 36
    assert all(probe(film).duration > 5 and probe(film).height == 360 for film in page.films.values())
    assert "Clips are 360p previews at 12" in page.text
