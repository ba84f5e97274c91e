"""Runs as a zip: originals under names that speak, their rows beside them, whole or not at all."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from children import PEAK
from fake_pixazo import FakePixazo
from report_frames import frame

import pixnb
import pixnb.pandas  # registers df.pixnb
from pixnb.errors import InvalidInput

CLIP = "https://example.org/clip.mp4"


def experiment(log):
    """An experiment whose service lives in memory."""
    address = {"pixazo": "https://pixazo.example"}
    client = pixnb.Client(keys={"pixazo": "a-key"}, base_urls=address, transport=FakePixazo().transport)
    return pixnb.Experiment("coats", log=log, client=client)


def files(folder, count=2, data=b"\x00\x00\x00\x18ftypmp42 of clip "):
    """So many files with bytes of their own; returns their paths as text."""
    folder.mkdir(exist_ok=True)
    made = [folder / f"{'ab' * 30}{number:04}.mp4" for number in range(count)]
    for number, path in enumerate(made):
        path.write_bytes(data + str(number).encode())
    return [str(path) for path in made]


def read(path):
    """The table in a zip, and what its other entries hold by name."""
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        held = {name: packed.read(name) for name in packed.namelist()}
    table = pd.read_csv(io.BytesIO(held.pop("runs.csv")))
    return table, held


def test_a_zip_holds_the_originals_and_a_row_a_run(tmp_path):
    """Each clip as it was made, stored; the row says what it is called, also where two runs share one."""
    one, two = files(tmp_path / "clips")
    runs = frame(3, output_path=[one, two, one], prompt=["A red coat", "A blue coat", "A red coat"], seed=[1, 2, 1])
    path = runs.pixnb.to_zip(tmp_path / "coats")
    assert path == tmp_path / "coats.zip"
    table, held = read(path)
    assert held == {
        "1 A red coat, lucy-edit-fast, seed 1.mp4": Path(one).read_bytes(),
        "2 A blue coat, lucy-edit-fast, seed 2.mp4": Path(two).read_bytes(),
    }
    names = list(held)
    assert table["file"].tolist() == [*names, names[0]]
    assert table["prompt"].tolist() == ["A red coat", "A blue coat", "A red coat"]
    assert table["missing"].isna().all()
    with zipfile.ZipFile(path) as packed:
        assert {entry.compress_type for entry in packed.infolist()[1:]} == {zipfile.ZIP_STORED}


def test_a_zip_of_an_experiment(tmp_path):
    """From the log: runs that came to an end, and one that failed, which has a row and no file."""
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = experiment(log)
        for prompt in ("A red coat", "A blue coat", "A [FAILED] coat"):
            exp.submit("lucy-edit-fast", prompt=prompt, video=CLIP).wait()
        table, held = read(exp.frame().pixnb.to_zip(tmp_path / "coats.zip"))
        assert list(held.values()) == [run.output.bytes() for run in exp.runs[:2]]
        assert table["file"].tolist()[:2] == list(held)
        assert table["missing"].tolist()[2] == "no file: failed"
        assert [name.split(", ")[0] for name in held] == ["1 A red coat", "2 A blue coat"]
        again = exp.frame().pixnb.to_zip(tmp_path / "again.zip")
        assert again.read_bytes() == (tmp_path / "coats.zip").read_bytes()


PROMPTS = [
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "/absolute/path",
    "C:\\Users\\jo\\a",
    'CON: a <b>"coat"</b> | what? *',
    "nul",
    "ends in a dot. ",
    "two\nlines\tand\x00\x1b[2J\u202eknip",
    "Eine Frau trägt einen blauen Mantel",
    "她穿着一件蓝色的外套，走在下雪的街道上" * 12,
    "امرأة ترتدي معطفا أزرق",
    "🧥🎬",
    "\ud800 half a letter",
    "a" * 4000,
    "",
    None,
]
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def test_names_are_safe_wherever_it_is_unpacked(tmp_path):
    """No folder but the one it is unpacked into, nothing that Windows refuses, no two alike; letters stay letters."""
    many = [*PROMPTS, "a red coat", "A RED COAT", "A Red Coat"]
    runs = frame(len(many), prompt=many, output_path=files(tmp_path / "clips", len(many)))
    table, held = read(runs.pixnb.to_zip(tmp_path / "odd.zip"))
    assert table["file"].tolist() == list(held)
    for name in held:
        assert not set(name) & set('/\\:*?"<>|'), name
        assert all(unicodedata.category(letter)[0] != "C" for letter in name), name
        assert not RESERVED.match(name), name
        assert name == name.strip(" ."), name
        assert name.endswith(".mp4")
        assert len(name.encode()) < 160
    assert len({name.casefold() for name in held}) == len(many)
    assert "09 Eine Frau trägt einen blauen Mantel, lucy-edit-fast.mp4" in held
    assert any("她穿着一件蓝色的外套" in name for name in held)
    with zipfile.ZipFile(tmp_path / "odd.zip") as packed:
        packed.extractall(tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*held, "runs.csv"])


def test_what_is_missing_is_named_and_warned_of(tmp_path):
    """A file that is gone is said in the table and when the zip is written; one that never was, in the table."""
    one, gone, folder = *files(tmp_path / "clips"), tmp_path / "clips"
    (folder / gone.rsplit("/", 1)[1]).unlink()
    places = [one, gone, str(folder), None, "\x00", "x" * 5000]
    runs = frame(len(places), output_path=places, status=["COMPLETED"] * 3 + ["FAILED", "COMPLETED", "COMPLETED"])
    with pytest.warns(UserWarning, match=r"runs\.zip lacks 4 of the clips: 2 A coat of colour 1.*no longer where"):
        path = runs.pixnb.to_zip(tmp_path / "runs.zip")
    table, held = read(path)
    assert len(held) == 1
    assert table["file"].notna().tolist() == [True] + [False] * 5
    assert table["missing"].notna().tolist() == [False] + [True] * 5
    assert table["missing"][3] == "no file: failed"


def test_a_clip_that_only_the_store_elsewhere_has_is_fetched(tmp_path):
    """A log whose assets are on a remote store: the zip is whole on a machine without the copies."""
    with pixnb.Log(tmp_path / "log.db", assets="memory://zips") as log:
        exp = experiment(log)
        run = exp.submit("lucy-edit-fast", prompt="A red coat", video=CLIP).wait()
        data = run.output.bytes()
        run.output.path.unlink()
        _, held = read(exp.frame().pixnb.to_zip(tmp_path / "coats.zip"))
        assert list(held.values()) == [data]


def test_an_anonymous_zip_says_not_who_and_where(tmp_path):
    """Neither in its table, nor in its names, nor in its entries' own fields; its names still lead to its files."""
    (one,) = files(tmp_path / "jo", 1)
    gone = "/home/jo/films/b.mp4"
    runs = frame(2, user="jo", host="atelier-7", notebook="/home/jo/coats.ipynb", job_id="job-1",
                 output_path=[one, gone], output_url="https://cdn.example/x?token=1",
                 prompt="A coat for jo")  # fmt: skip
    with pytest.warns(UserWarning, match="lacks 1"):
        path = runs.pixnb.to_zip(tmp_path / "runs.zip", anonymous=True)
    table, held = read(path)
    assert table["file"][0] in held
    data = path.read_bytes().replace(b"A coat for jo", b"")
    for private in (b"jo/", b"jo,", b"atelier", b"/home", b"cdn.example", b"token", b"job-1", str(tmp_path).encode()):
        assert private not in data, private
        assert private.decode() not in table.drop(columns="prompt").to_csv().replace("A coat for jo", ""), private


def test_columns_of_the_frame_keep_their_names(tmp_path):
    """A frame of somebody's own that has such columns."""
    table, held = read(
        frame(1, output_path=files(tmp_path / "c", 1), file="mine", missing="x").pixnb.to_zip(tmp_path / "a")
    )
    assert (table["file"].tolist(), table["missing"].tolist()) == (["mine"], ["x"])
    assert table["zip.file"].tolist() == list(held)


@pytest.mark.parametrize("ruin", ["folder", "gone"])
def test_a_zip_that_cannot_be_written_leaves_what_was_there(tmp_path, ruin):
    """No half file, no leftover, an error that says why."""
    runs = frame(2, output_path=files(tmp_path / "clips"))
    target = tmp_path / "out" / "runs.zip"
    target.parent.mkdir()
    if ruin == "folder":
        target.mkdir()
    else:
        target = tmp_path / "clips" / ("ab" * 30 + "0000.mp4") / "runs.zip"
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InvalidInput, match="cannot be written"):
        runs.pixnb.to_zip(target)
    assert sorted(tmp_path.rglob("*")) == before


FULL = """
import resource, signal, sys
import pandas as pd, pixnb.pandas
from pathlib import Path
folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    pd.DataFrame({"output_path": sorted(map(str, folder.glob("*.mp4")))}).pixnb.to_zip(folder / "runs.zip")
except pixnb.errors.InvalidInput as error:
    print(error.message)
"""


@pytest.mark.slow
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    """As where the disk, or what a user may have of it, is full."""
    files(tmp_path, 4, data=b"x" * 100_000)
    before = sorted(tmp_path.iterdir())
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True)
    assert "runs.zip cannot be written: " in done.stdout, done.stderr
    assert "Make room there." in done.stdout
    assert sorted(tmp_path.iterdir()) == before


FLAT = f"""{PEAK}
import sys
import pandas as pd, pixnb.pandas
from pathlib import Path
folder = Path(sys.argv[1])
runs = pd.DataFrame(dict(output_path=sorted(map(str, folder.glob("*.mp4")))))
runs.head(1).pixnb.to_zip(folder / "one.zip")
before = peak()
runs.pixnb.to_zip(folder / "all.zip")
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.slow
def test_memory_stays_flat(tmp_path):
    """36 clips of 20 MB are written a piece at a time."""
    for number in range(36):
        with open(tmp_path / f"{number:02}.mp4", "wb") as file:
            file.truncate(20_000_000)
    done = subprocess.run([sys.executable, "-c", FLAT, str(tmp_path)], capture_output=True, text=True)
    assert int(done.stdout) < 20_000, done.stderr  # kB
    assert (tmp_path / "all.zip").stat().st_size > 36 * 20_000_000
