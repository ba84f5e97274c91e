"""Each host in which outputs are shown: what it is given, what is said there, what GitHub leaves of a saved output."""

from __future__ import annotations

import ast
import base64
import io
import re
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import IPython
import pytest
from bare_page import strip
from fake_pixazo import FakePixazo
from patience import until
from PIL import Image
from served import tiny_clip
from sweeps import CLIP, LUCY, experiment

import pixnb
from pixnb import announcing
from pixnb.display.host import HINTS, QUIRKS, host
from pixnb.display.marimo import Page
from pixnb.show import RENDERERS, hand_over
from pixnb.status import JobStatus

KERNEL = SimpleNamespace(kernel=object(), user_ns={})
ENVIRON = {
    "vscode": {"VSCODE_PID": "7"},
    "colab": {"COLAB_RELEASE_TAG": "1"},
    "voila": {"SERVER_SOFTWARE": "voila/0.5"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"
TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def exp(tmp_path_factory):
    """Two prompts by two takes, made of a file; a third failed; one more sweep that is only planned."""
    folder = tmp_path_factory.mktemp("hosts")
    clip = folder / "source.mp4"
    clip.write_bytes(tiny_clip())
    service = FakePixazo(polls=0)
    with pixnb.Log(folder / "log.db") as log:
        made = experiment(service, log)
        made.sweep(LUCY, prompt=["A red coat", "A blue coat", "A coat [FAILED]"], video=str(clip), repeats=2).wait(30)
        yield made
        service.released.set()


@pytest.fixture
def at(monkeypatch):
    """Be in a host."""

    def be(name):
        if name == "marimo":
            monkeypatch.setitem(sys.modules, "marimo", SimpleNamespace(running_in_notebook=lambda: True, vstack=list))
        else:
            monkeypatch.setattr(IPython, "get_ipython", lambda: KERNEL)
            for key, value in ENVIRON[name].items():
                monkeypatch.setenv(key, value)
        assert host().name == name

    return be


def things(exp):
    """One of each kind that shows itself, with words that must be seen of it."""
    done, failed = (next(run for run in exp.runs if bool(run.error) is is_bad) for is_bad in (False, True))
    sweep = exp.sweep(LUCY, prompt=["A red coat", "A blue coat"], video=done.params["video_url"], repeats=2).wait(30)
    plan = exp.sweep(LUCY, prompt=["A green coat"], video=done.params["video_url"], dry_run=True)
    return {
        "wall": (exp.wall(), ["A red coat", "take 2", " $0.20", "failed", "$1.20 simulated"]),
        "table": (exp.compare(), ["A red coat", "completed", "failed", "$0.20", "as asked"]),
        "sweep": (sweep, ["A red coat", "reused", "4 of 4"]),
        "planned sweep": (plan, ["A green coat", "new", "$0.20"]),
        "plan": (plan.plan, ["A green coat", "new", "$0.20"]),
        "run": (done, [done.params["prompt"], "COMPLETED", "$0.20 simulated", "output"]),
        "failed run": (failed, ["A coat [FAILED]", "FAILED", "$0.20", "as asked"]),
        "result": (done.result(5), [done.params["prompt"], "COMPLETED", "$0.20"]),
        "clip": (done.media[0], [".mp4", "128×72"]),
        "experiment": (exp, ["A red coat", "FAILED", "$1.20 spent"]),
        "differences": (exp.frame().pixnb.diff("A red coat"), ["A red coat", "A [-red-]{+blue+} coat"]),
        "model": (pixnb.models.get(LUCY), ["Lucy Edit Fast", "prompt", "required", "$0.20"]),
        "models": (pixnb.models, ["lucy-edit-fast", "$0.20"]),
        "launcher": (exp.launcher(LUCY), ["coats", "6 runs", "COMPLETED", "A red coat", "$0.20"]),
    }


PICTURED = ("wall", "table", "sweep", "run", "failed run", "result", "clip", "experiment", "launcher")


def test_github_leaves_words_and_pictures_of_every_saved_output(exp):
    """No script, no style, no film: prompts, status and cost are read in words that stay apart; a PNG is there too."""
    for name, (thing, words) in things(exp).items():
        made = thing._repr_mimebundle_()
        left = strip(made["text/html"])
        for word in words:
            assert word in left.text, f"{word!r} of a {name} is not in {left.text!r}"
        assert not re.search(r"\d(failed|completed|queued)|\d\$", left.text), f"{name}: {left.text!r}"
        assert not any(link.startswith(("data:", "javascript:")) for link in left.links), name
        if name in PICTURED:
            picture = Image.open(io.BytesIO(base64.b64decode(made["image/png"])))
            assert picture.width > 100, name
            films = len(re.findall(r"<video ", made["text/html"]))
            assert len(left.pictures) >= films, name
            assert all(one.startswith("data:image/") for one in left.pictures), name
        assert made["text/plain"], name


@pytest.mark.parametrize("name", ["voila", "vscode", "colab"])
def test_where_no_file_is_served_the_player_gets_films_from_the_kernel(exp, at, name, capsys):
    """One output with the player and the stills; no address of a file; said is what there is to do, once."""
    at(name)
    announcing._said.difference_update(HINTS.values())
    for thing in (exp.wall(), exp.compare()):
        made = thing._repr_mimebundle_()
        assert WIDGET in made
        assert not re.search(r'(src|href)="(?!data:|#)', made["text/html"])
        assert 'data-src="' not in thing.make_live().page
        with pytest.raises(NotImplementedError):  # IPython then asks for the bundle above
            thing._ipython_display_()
    hints = capsys.readouterr().out.splitlines()
    assert hints == ([f"pixnb: {HINTS[name]}"] if name in HINTS else [])
    where = {"voila": "Voila serves no files", "vscode": "VS Code serves no", "colab": "Colab serves no files"}[name]
    assert where in strip(exp.wall().html()).text


@pytest.mark.parametrize("name", ["vscode", "colab"])
def test_a_clip_is_in_its_output_where_no_file_is_served(exp, at, name):
    """A run's card and a clip by themselves: within the output, as a data URI."""
    at(name)
    done = next(run for run in exp.runs if not run.error)
    for thing in (done, done.media[0]):
        sources = re.findall(r'<video src="([^"]{10})', thing._repr_mimebundle_()["text/html"])
        assert sources
        assert set(sources) == {"data:video"}


def test_every_kind_that_shows_itself_does_so_in_marimo(exp):
    """Each class that has a bundle has `_display_` too, and the launcher; outside of marimo all give their HTML."""
    for path in RENDERERS:
        module, _, name = path.rpartition(".")
        assert getattr(import_module(module), name)._display_ is hand_over, path
    assert [name for name, mine in _classes() if "_ipython_display_" in mine and "_display_" not in mine] == ["Resumed"]
    for name, (thing, _) in things(exp).items():
        shown = thing._display_()
        assert isinstance(shown, Page), name
        kind, text = shown._mime_()
        assert (kind, "pixnb" in text) == ("text/html", True), name


def test_in_marimo_walls_tables_and_sweeps_live(exp, at):
    """As widgets of anywidget, which it knows; what has ended, and what is of ipywidgets, as HTML that says so."""
    at("marimo")
    found = {name: type(thing._display_()).__name__ for name, (thing, _) in things(exp).items()}
    live = {name: kind for name, kind in found.items() if kind != "Page"}
    assert live == {"wall": "WallCard", "table": "TableCard"}
    failing = exp.sweep(LUCY, prompt=["A coat [FAILED]"], video=exp.runs[0].params["video_url"], fresh=True).wait(30)
    assert type(failing._display_()).__name__ == "SweepCard"  # it can be tried again
    made = exp.launcher(LUCY)._display_().html
    assert "marimo" in strip(made).text
    assert "exp.submit(" in strip(made).text
    assert "marimo serves no files" in strip(exp.wall().html()).text
    app = exp.app(LUCY)
    assert [type(part).__name__ for part in app._display_()] == ["Page", "WallCard", "TableCard"]
    app.close()


def test_in_marimo_a_run_is_followed_to_its_end(log, at):
    """Its page changes with its status, its facts with the clock; Cancel stops waiting; one that has ended is HTML."""
    at("marimo")
    service = FakePixazo(polls=0)
    exp = experiment(service, log)
    run, other = (exp.submit(LUCY, prompt=f"[held] a <b> coat {n}", video=CLIP) for n in range(2))
    shown, left = run._display_(), other._display_()
    assert (type(shown).__name__, shown.can_be_cancelled) == ("Followed", True)
    assert "as of" not in shown.facts
    assert "a &lt;b&gt; coat 0" in shown.page
    left._answer(left, {"press": "Cancel"}, [])
    until(lambda: not left.can_be_cancelled)
    assert other.status is JobStatus.CANCELLED
    service.released.set()
    run.wait(30)
    until(lambda: "COMPLETED" in shown.page and not shown.can_be_cancelled)
    assert type(run._display_()).__name__ == "Page"


def test_what_fails_in_marimo_is_shown_as_text(at, caplog):
    """An error in a renderer never hides the object."""

    class Odd:
        _display_ = hand_over

        def __repr__(self):
            return "<an odd lamp>"

    at("marimo")
    assert "&lt;an odd lamp&gt;" in Odd()._display_().html


def test_marimo_is_not_imported_and_a_script_of_it_is_no_notebook(monkeypatch):
    """It is asked only where it is there already; run as a script, or imported by a kernel, it is no host."""
    monkeypatch.setitem(sys.modules, "marimo", SimpleNamespace(running_in_notebook=lambda: False))
    assert host({}).name == "plain"
    assert host({"JPY_SESSION_NAME": "/home/jo/a.ipynb"}, shell=KERNEL).name == "jupyter"
    monkeypatch.delitem(sys.modules, "marimo")
    assert host({}).name == "plain"
    assert "marimo" not in sys.modules
    assert QUIRKS["marimo"] == {"has_widgets": False, "serves_files": False}


def test_each_row_of_the_host_table_names_tests_that_exist():
    """The README's table of hosts: every row has a test, and each is there."""
    text = (TESTS.parent / "README.md").read_text(encoding="utf-8")
    table = re.search(r"(?m)^\| host \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", text)
    assert table, "the README has no table of hosts"
    rows = [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in table[1].splitlines()]
    assert [row[0] for row in rows] == [
        "JupyterLab", "Notebook 7", "Voila", "marimo", "VS Code", "Colab", "nbviewer, nbconvert", "GitHub",
        "a saved page, Chromium", "a saved page, Firefox",
    ]  # fmt: skip
    known = {path.stem: _functions(path) for path in TESTS.glob("test_*.py")}
    for name, *_, tests in rows:
        named = re.findall(r"`(test_\w+)::(test_\w+)`", tests)
        assert named or "by hand" in tests, name
        assert [one for one in named if one[1] not in known.get(one[0], ())] == [], name


def _classes():
    """Every class of the package with the names in its body; a list's items show themselves each."""
    for path in Path(pixnb.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield node.name, {getattr(part, "id", getattr(part, "name", "")) for part in ast.walk(node)}


def _functions(path):
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}
