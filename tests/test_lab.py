"""`pixnb lab` and `pixnb app` copy notebooks, keep what a person changed, and become a server, the sandbox forced."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pixnb
from pixnb.lab import APP, FIRST, command, copy_notebooks, environment, find_notebooks

FAKE = """
import json, os, sys
names = ("PIXNB_SANDBOX", "PIXAZO_API_KEY")
print(json.dumps([sys.argv[1:], {name: os.environ.get(name) for name in names}]))
"""
"""A JupyterLab that says how it was started."""


@pytest.fixture
def source(tmp_path):
    """Two packaged notebooks of the first version."""
    folder = tmp_path / "packaged"
    folder.mkdir()
    for name in ("01_a.ipynb", "02_b.ipynb"):
        (folder / name).write_text(f"{name} first")
    return folder


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def copy(source, work):
    """Copy, with the record where the command keeps it."""
    return copy_notebooks(work, work / "pixnb-data" / "notebooks.json", source=source)


def test_the_notebooks_are_copied_once(source, work):
    """The first time they come, and it is said; the second time there is nothing to do or say."""
    assert copy(source, work) == [f"2 notebooks are copied to {work}"]
    assert (work / "01_a.ipynb").read_text() == "01_a.ipynb first"
    before = (work / "01_a.ipynb").stat().st_mtime_ns
    assert copy(source, work) == []
    assert (work / "01_a.ipynb").stat().st_mtime_ns == before
    assert not list(work.rglob("*.part"))


def test_a_changed_notebook_is_never_overwritten(source, work):
    """Neither by the same version nor by a newer one, which says where it is."""
    copy(source, work)
    (work / "01_a.ipynb").write_text("mine")
    assert copy(source, work) == ["01_a.ipynb was changed here and is kept"]
    (source / "01_a.ipynb").write_text("01_a.ipynb second")
    (said,) = copy(source, work)
    assert said.startswith("01_a.ipynb was changed here and is kept; the one that came with pixnb")
    assert said.endswith(str(source / "01_a.ipynb"))
    assert (work / "01_a.ipynb").read_text() == "mine"


def test_a_file_that_was_there_before_is_kept(source, work):
    """A notebook of the same name that pixnb never copied is somebody's own, also without a record that can be read."""
    (work / "02_b.ipynb").write_text("somebody's own")
    (work / "pixnb-data").mkdir()
    (work / "pixnb-data" / "notebooks.json").write_text("{broken")
    copy(source, work)
    assert (work / "02_b.ipynb").read_text() == "somebody's own"
    assert (work / "01_a.ipynb").read_text() == "01_a.ipynb first"


def test_an_unchanged_copy_is_brought_up_to_date(source, work):
    """Who never touched a notebook gets the newer one; one that was deleted comes back."""
    copy(source, work)
    (source / "01_a.ipynb").write_text("01_a.ipynb second")
    (work / "02_b.ipynb").unlink()
    assert copy(source, work) == [f"2 notebooks are copied to {work}"]
    assert (work / "01_a.ipynb").read_text() == "01_a.ipynb second"
    assert (work / "02_b.ipynb").exists()


def test_their_pictures_come_along(source, work):
    """Beside the notebooks that show them, without a word; those of the README stay, a changed one too."""
    (source / "pictures").mkdir()
    for name in ("01_a.jpg", "02_b.jpg", "wall.jpg"):
        (source / "pictures" / name).write_text(f"{name} first")
    assert copy(source, work) == [f"2 notebooks are copied to {work}"]
    assert sorted(path.name for path in (work / "pictures").iterdir()) == ["01_a.jpg", "02_b.jpg"]
    (work / "pictures" / "01_a.jpg").write_text("mine")
    for name in ("01_a.jpg", "02_b.jpg"):
        (source / "pictures" / name).write_text(f"{name} second")
    (said,) = copy(source, work)
    assert said.startswith("01_a.jpg was changed here and is kept")
    assert (work / "pictures" / "01_a.jpg").read_text() == "mine"
    assert (work / "pictures" / "02_b.jpg").read_text() == "02_b.jpg second"


def test_the_packaged_notebooks_are_found():
    """In a checkout beside the package, in a wheel within it; each is a notebook."""
    found = sorted(find_notebooks().glob("*.ipynb"))
    assert FIRST in [path.name for path in found]
    for path in found:
        assert json.loads(path.read_text(encoding="utf-8"))["nbformat"] == 4


def test_the_server_is_rooted_in_the_folder(work):
    """A port that was asked for is that port or an error; JupyterLab's own choice else."""
    assert command(work)[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={work}" in command(work)
    assert "--no-browser" not in command(work)
    assert not any("port" in part for part in command(work))
    line = command(work, port=8123, browser=False)
    assert {"--ServerApp.port=8123", "--ServerApp.port_retries=0", "--no-browser"} <= set(line)


def test_the_app_is_served_by_voila(work):
    """That notebook alone, without its code."""
    assert command(work, app=True) == [sys.executable, "-m", "voila", str(work / APP)]
    line = command(work, app=True, port=8123, browser=False)
    assert line[4:] == ["--Voila.port=8123", "--Voila.port_retries=0", "--no-browser"]


def test_the_sandbox_is_forced_unless_real():
    """Whatever the environment says; `--real` leaves it alone."""
    assert environment({"PIXNB_SANDBOX": "0", "A": "b"}) == {"PIXNB_SANDBOX": "1", "A": "b"}
    assert environment({"A": "b"}, real=True) == {"A": "b"}


def lab(work, *arguments, name="lab", python=(), **environ):
    """Run `pixnb lab` in a folder, with a fake JupyterLab before the real one, or `pixnb app` with a fake Voila."""
    line = [sys.executable, *python, "-c", "import sys; from pixnb.__main__ import main; sys.exit(main())", name]
    places = {"PYTHONPATH": os.pathsep.join([str(work / "fake"), str(Path(pixnb.__file__).parent.parent)])}
    variables = {**os.environ, **places, **environ}
    return subprocess.run(
        [*line, *arguments], capture_output=True, text=True, timeout=60, cwd=work, env=variables, check=False
    )


@pytest.fixture
def fake(work):
    """Packages that stand in for JupyterLab and Voila."""
    for name in ("jupyterlab", "voila"):
        (work / "fake" / name).mkdir(parents=True)
        (work / "fake" / name / "__init__.py").touch()
        (work / "fake" / name / "__main__.py").write_text(FAKE)
    return work


@pytest.mark.parametrize(("name", "port", "notebook"), [("lab", "ServerApp.port", FIRST), ("app", "Voila.port", APP)])
def test_the_command_copies_and_becomes_the_server(fake, name, port, notebook):
    """The key stays in the environment, the sandbox is forced, and both are said without the key."""
    keys = {"PIXAZO_API_KEY": "real-key", "PIXNB_SANDBOX": "0"}
    done = lab(fake, "--no-browser", "--port", "8124", name=name, **keys)
    assert done.returncode == 0, done.stderr
    *said, last = done.stdout.splitlines()
    arguments, variables = json.loads(last)
    assert f"--{port}=8124" in arguments
    assert variables == {"PIXNB_SANDBOX": "1", "PIXAZO_API_KEY": "real-key"}
    assert (fake / notebook).read_bytes() == (find_notebooks() / notebook).read_bytes()
    assert len(list(fake.glob("*.ipynb"))) == (1 if name == "app" else len(list(find_notebooks().glob("*.ipynb"))))
    said_last = f"pixnb: all work goes to the sandbox, whatever keys are set. `pixnb {name} --real` uses your keys."
    assert said[-1] == said_last
    assert "real-key" not in "".join(said)


def test_real_says_that_it_costs(fake):
    """With a key it names the variable; without one it says that the sandbox stands in."""
    done = lab(fake, "--real", PIXAZO_API_KEY="real-key")
    assert "pixnb: work goes to the services and costs money, by PIXAZO_API_KEY." in done.stdout
    assert json.loads(done.stdout.splitlines()[-1])[1]["PIXNB_SANDBOX"] is None
    assert "no key is set, so work goes to the sandbox" in lab(fake, "--real").stdout


@pytest.mark.parametrize(("name", "server"), [("lab", "JupyterLab"), ("app", "Voila")])
def test_without_a_server_it_says_what_to_install(work, name, server):
    """A plain error and no copies."""
    # -S: no site-packages, so no JupyterLab; what this much of pixnb needs is in the standard library
    done = lab(work, name=name, python=("-S",))
    assert done.returncode == 1
    assert done.stderr == f'pixnb: {server} is not installed here. Run: {sys.executable} -m pip install "pixnb[lab]"\n'
    assert not list(work.glob("*.ipynb"))


def test_a_folder_that_cannot_be_written_is_named(fake):
    """The error says which folder, and what to do."""
    (fake / FIRST).mkdir()  # a folder in the notebook's place; also root cannot write over that
    done = lab(fake)
    assert done.returncode == 1
    assert f"The notebooks cannot be copied into {fake}" in done.stderr
    assert "in a folder of your own" in done.stderr
