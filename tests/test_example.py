"""The finished experiment that comes along: what it shows, what it leaves alone, how large it is."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pixnb
from pixnb.media.probe import probe

ROOT = Path(__file__).parent.parent
HERE = Path(pixnb.__file__).parent / "examples" / "coats"
SAID = json.loads((HERE / "runs.json").read_text(encoding="utf-8"))
FILMS = [run["film"] for run in SAID["runs"]] + [{"name": n, **one} for n, one in SAID["sources"].items()]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The example in a folder of its own, for all that only look at it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIXNB_DATA", str(tmp_path_factory.mktemp("data")))
        exp = pixnb.example("coats")
        yield exp
        exp.log.close()


def test_a_frame_of_eighteen(made):
    """Two wordings, three moments, three takes; money that is nobody's, and what people said."""
    frame = made.frame()
    assert made.name == "coats (example)"
    assert frame.groupby(["prompt", "input.video"], sort=False)["take"].apply(list).tolist() == [[1, 2, 3]] * 6
    assert frame["prompt"].nunique() == 2
    assert frame["status"].eq("COMPLETED").all()
    assert frame["sandbox"].all()
    assert frame["cost"].isna().all()
    assert frame["cost_simulated"].eq(0.2).all()
    assert frame["price"].eq(0.2).all()
    assert frame["output_path"].map(lambda path: Path(path).is_file()).all()
    assert frame["input.video"].map(lambda path: Path(path).is_file()).all()
    assert (frame["submitted_at"] < frame["started_at"]).all()
    assert (frame["started_at"] < frame["completed_at"]).all()
    assert frame["run_seconds"].between(1, 30).all()
    assert frame["stars"].between(1, 5).all()
    assert frame["picked"].sum() == 2
    assert frame["notes"].str.contains(r"^0:0[01]\.\d ").sum() == 3  # at a moment
    assert frame["note"].notna().sum() == 2


def test_votes_are_counted(made):
    """Each voter has judged each pair of takes once; ties are nobody's."""
    frame = made.frame()
    votes = [vote for ballot in SAID["votes"].values() for vote in ballot]
    assert len(SAID["votes"]) == 4
    assert len(votes) == 36
    assert frame["votes.of"].tolist() == [4] * 18
    assert frame["votes.won"].sum() == sum(choice != "tie" for *_, choice, _ in votes)
    won = frame.groupby("prompt")["votes.won"].sum()
    assert won.nunique() == 2  # there is a winner


def test_everything_shows_it(made, tmp_path):
    """Wall, table, report and launcher, as for an experiment of one's own."""
    wall = made.wall()
    page = wall.save(tmp_path / "wall.html").read_text(encoding="utf-8")
    assert page.count("data:video/mp4") == 21  # the sources, too
    assert "18 runs" in repr(wall) or repr(wall).count("✓") == 18
    assert repr(made.compare()).count("COMPLETED") == 18
    report = made.report(tmp_path / "report.html", quality="mail")
    assert report.stat().st_size < 6_000_000
    assert made.launcher("lucy-edit-fast").model.id == "lucy-edit-fast"
    run = made.runs[0]
    assert Path(run.params["video_url"]).name == "1-waking.mp4"
    assert run.result().video.sha256 == SAID["runs"][0]["film"]["sha256"]
    again = made.submit("lucy-edit-fast", prompt=run.params["prompt"], video=run.params["video_url"], take=1)
    assert again.run_id == run.run_id  # a logged take is not sent again


def test_twice_is_once(tmp_path, monkeypatch):
    """In this process and in another: the same runs, with marks made in it; one's own log knows nothing of it."""
    monkeypatch.setenv("PIXNB_DATA", str(tmp_path))
    exp = pixnb.example("coats")
    exp.runs[3].star(1)
    before = exp.frame()
    again = pixnb.example()
    assert again.log is exp.log
    assert again.frame().equals(before)
    code = (
        "import pixnb; f = pixnb.example().frame(); print(len(f), f['stars'][3], f['votes.of'].sum(),"
        "len(pixnb.Log().frame()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-4:] == ["18", "1", "72", "0"]
    assert pixnb.Experiment("mine").spent.get("USD", 0) == 0
    exp.log.close()


def test_lost_clips_come_back(tmp_path):
    """What was deleted of its files is put there again, and no run twice."""
    exp = pixnb.example(path=tmp_path)
    shutil.rmtree(tmp_path / "assets")
    shutil.rmtree(tmp_path / "clips")
    again = pixnb.example(path=tmp_path)
    frame = again.frame()
    assert len(frame) == 18
    assert all(Path(place).is_file() for name in ("output_path", "input.video") for place in frame[name])
    exp.log.close()


def test_nothing_is_sent_or_started(tmp_path):
    """No sandbox, no network, within two seconds of CPU from nothing on; keys change nothing."""
    code = (
        "import time, socket, os\n"
        "def no(*a, **k): raise AssertionError('a connection')\n"
        "socket.socket.connect = no\n"
        "import pixnb\n"
        "wall = repr(pixnb.example().wall())\n"
        "assert wall.count('✓') == 18, wall\n"
        "print(time.process_time())\n"
    )
    environ = {"PIXNB_DATA": str(tmp_path), "PIXAZO_API_KEY": "real-key", "PYTHONUTF8": "1", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == 0, done.stderr
    assert "SANDBOX" not in done.stdout
    assert float(done.stdout.split()[-1]) < 2
    assert {path.name for path in tmp_path.iterdir()} == {"examples"}


def test_where_nothing_can_be_written(tmp_path, monkeypatch, capsys):
    """No data folder: it is put into a temporary one, which is told; a folder that was chosen is an error."""
    file = tmp_path / "file"
    file.write_text("not a folder")
    monkeypatch.setenv("PIXNB_DATA", str(file / "data"))
    exp = pixnb.example()
    assert len(exp.frame()) == 18
    assert "for now" in capsys.readouterr().out
    assert pixnb.example().log is exp.log
    with pytest.raises(pixnb.LogError, match="file"):
        pixnb.example(path=file / "other")
    exp.log.close()


@pytest.mark.parametrize("name", ["coat", "", "../coats", None, 3, "hats"])
def test_a_name_that_is_none(name):
    """What there is, is named."""
    with pytest.raises(pixnb.InvalidInput, match="There is: 'coats'"):
        pixnb.example(name)


@pytest.mark.parametrize("film", FILMS, ids=lambda film: film["name"])
def test_each_film(film):
    """Its bytes are those that the runs name: 360p, H.264, a second and a half."""
    path = HERE / film["name"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == film["sha256"]
    assert path.stat().st_size == film["size"] < 200_000
    info = probe(path)
    assert (info.width, info.height, info.video_codec) == (640, 360, "h264")
    assert info.duration == pytest.approx(1.5, abs=0.05)


def test_all_of_it_is_small_and_named():
    """Three megabytes at most, no file that nobody names, the footage's authors named."""
    listed = {path.name for path in HERE.iterdir()}
    assert listed == {"runs.json", "NOTICE.md", *(film["name"] for film in FILMS)}
    assert sum(path.stat().st_size for path in HERE.iterdir()) <= 3_000_000
    assert "Blender Foundation" in (HERE / "NOTICE.md").read_text(encoding="utf-8")
    maker = ast.parse((ROOT / "tests" / "make_example.py").read_text(encoding="utf-8"))
    (wordings,) = (
        node.value for node in maker.body if getattr(node, "targets", None) and node.targets[0].id == "WORDINGS"
    )
    assert set(ast.literal_eval(wordings).values()) == {run["prompt"] for run in SAID["runs"]}


def test_nothing_of_who_made_it_is_in_it():
    """No path, no host, no user's name."""
    text = (HERE / "runs.json").read_text(encoding="utf-8")
    assert "/tmp" not in text
    assert "127.0.0.1" not in text
    assert SAID["alike"]["user"] == "pixnb"
    assert "host" not in SAID["alike"]
