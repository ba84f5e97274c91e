"""The notebooks run from top to bottom, and a second time without a new job; they are small and impersonal."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from make_media import make_cut, make_sound

import pixnb

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
QUICKSTART = FOLDER / "01_quickstart.ipynb"
EVERY_MODEL = FOLDER / "02_every_model.ipynb"
SWEEP = FOLDER / "03_sweep.ipynb"
COMPARE = FOLDER / "04_compare_prompts.ipynb"
CLIENT = FOLDER / "05_client.ipynb"
APP = FOLDER / "06_app.ipynb"
BOOKKEEPING = {"BudgetExceeded", "LogError"}
"""Errors that no client raises: an experiment does, and its log."""
LENGTHS = {
    **dict.fromkeys(["ltx-2.3-text-to-video", "ltx-2.3-image-to-video", "ltx-2-pro", "ltx-2"], 6),
    **dict.fromkeys(["lucy-pro-t2v", "lucy-pro-i2v", "lucy-dev-i2v", "lucy-pro-flf2v"], 5),
    "ltx-2-19b": 4.84,
}
"""Seconds of the clips that are not as long as what they were made from."""


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A folder with the notebooks, whose kernels use the sandbox, quickly, whatever keys are set."""
    for path in NOTEBOOKS:
        shutil.copy(path, tmp_path)
    for name, value in {"": "1", "_SPEED": "30", "_DRAFT": "1"}.items():
        monkeypatch.setenv(f"PIXNB_SANDBOX{name}", value)
    monkeypatch.setenv("PIXAZO_API_KEY", "real-key")
    return tmp_path


def run(path):
    """Run a notebook as Run All does, and return it."""
    import nbformat  # beside JupyterLab they take seconds to import: not where tests are only collected
    from nbclient import NotebookClient

    notebook = nbformat.read(path, 4)
    NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(path.parent)}}).execute()
    return notebook


def shorten(path, **more):
    """Have a notebook take a short clip of few pictures, and what else is given, by its parameters."""
    clip = make_cut(path.with_suffix(".mp4"), pixnb.sample("video").path, 3.2, (320, 180), every=5)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    (tagged,) = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", ())]
    given = {"video": clip.name, **more}
    tagged["source"] = [*tagged["source"], *(f"\n{name} = {value!r}" for name, value in given.items())]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return pixnb.Media(clip).info.duration


def jobs(work):
    """What was ever sent: the jobs of the log, by run."""
    with pixnb.Log(work / "pixnb-data" / "log.db") as log:
        frame = log.frame()
    return dict(zip(frame["run_id"], frame["job_id"], strict=True))


def outputs(notebook):
    """All outputs as bundles."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield dict(output.get("data", {})) or {"text/plain": output["text"]}


def test_the_quickstart_runs_twice_and_pays_once(work):
    """First as Run All, then by nbval: the second time finds every run in the log. Nothing is left open."""
    shorten(work / QUICKSTART.name)
    notebook = run(work / QUICKSTART.name)
    first = jobs(work)
    assert len(first) == 6  # five compared, and the one that the small budget had room for
    assert all(first.values())
    shown = list(outputs(notebook))
    said = "\n".join(bundle.get("text/plain", "") for bundle in shown)
    assert said.count("Nothing was sent") == 1
    assert said.count("COMPLETED") >= 10  # five in the frame, five in the table
    assert "real-key" not in json.dumps(notebook)
    # what has a picture also reads well where neither HTML nor widgets are shown
    assert sum("image/png" in bundle for bundle in shown) >= 4
    assert all("text/plain" in bundle for bundle in shown)

    nbval(work, QUICKSTART.name)
    assert jobs(work) == first


@pytest.mark.rendering
def test_every_model_runs_twice_and_pays_once(work):
    """Nine edits on three services and every model once, shown beside each other; the second time none is new.

    Each made what it says, as long as asked, and its row is complete.
    """
    sound = make_sound(work / "sound.wav", "pcm_s16le")
    length = shorten(work / EVERY_MODEL.name, audio=sound.name)
    notebook = run(work / EVERY_MODEL.name)
    first = jobs(work)
    assert len(first) == 9 + len(pixnb.models)
    said = "\n".join(bundle.get("text/plain", "") for bundle in outputs(notebook))
    assert said.count("COMPLETED") >= len(first)
    assert all(model.id in said for model in pixnb.models)
    assert "INVALID_INPUT · Invalid inputs for lucy-pro-i2v: data is required" in said
    assert sum("image/png" in bundle for bundle in outputs(notebook)) >= 5
    assert "real-key" not in json.dumps(notebook)
    with pixnb.Log(work / "pixnb-data" / "log.db") as log:
        edits, every = log.frame("three services"), log.frame("every model").set_index("model")
    assert list(edits["provider"].value_counts()) == [3, 3, 3]
    assert edits["output_sha256"].nunique() == 9
    assert edits["input.video"].nunique() == 1
    assert set(edits.groupby("provider")["currency"].first()) == {"USD", "credits"}
    assert (edits["cost_simulated"] > 0).all()
    lengths = {**LENGTHS, "ltx-2.3-audio-to-video": pixnb.Media(sound).info.duration}
    for model in pixnb.models:
        media = pixnb.Media(every.loc[model.id, "output_path"])
        assert media.kind == model.makes, model.id
        if media.kind == "video":
            assert media.info.duration == pytest.approx(lengths.get(model.id, length), abs=0.2), model.id
            assert media.info.video_codec == "h264"
        # what knows jobs has an id there
        assert isinstance(every.loc[model.id, "job_id"], str) == (model.route != ""), model.id
    assert set(every["status"]) == {"COMPLETED"}
    assert every["output_sha256"].nunique() == len(pixnb.models)
    assert dict(every["task"]) == {model.id: model.task for model in pixnb.models}
    assert every["run_seconds"].notna().all()
    priced = {model.id for model in pixnb.models if model.price or model.provider == "apiframe"}
    assert set(every.index[every["cost_simulated"].notna()]) == priced
    nbval(work, EVERY_MODEL.name)
    assert jobs(work) == first


@pytest.mark.rendering
def test_the_sweeps_run_twice_and_pay_once(work):
    """What is planned, run, enlarged, stopped by its budget and tried again; the second time nothing is new."""
    shorten(work / SWEEP.name)
    notebook = run(work / SWEEP.name)
    first = jobs(work)
    # 6 + 2 new ones of the larger sweep, 4 by factors, 2 that the budget has room for and 2 not, 2 + 1 tried again
    assert len(first) == 19
    assert sum(isinstance(job, str) for job in first.values()) == 17
    shown = list(outputs(notebook))
    said = "\n".join(bundle.get("text/plain", "") for bundle in shown)
    assert "6 cells: 6 to send (about $1.20" in said
    assert "<Sweep of 6 cells in 'sweeps': done; 6 COMPLETED>" in said  # in the place where it was under way
    assert "8 cells, $0.40 spent on the new ones" in said
    assert "Sweep of 4 cells in 'sweeps, 50 cents': stopped; 2 COMPLETED, 2 PLANNED" in said
    assert "done; 1 COMPLETED, 1 FAILED" in said
    assert "real-key" not in json.dumps(notebook)
    pages = [bundle["text/html"] for bundle in shown if "pixnb-stand-in" in bundle.get("text/html", "")]
    assert len(pages) >= 3
    assert all(len(page) < 200_000 for page in pages)
    nbval(work, SWEEP.name)
    assert jobs(work) == first


@pytest.mark.slow
def test_prompts_are_compared_twice_and_paid_once(work):
    """Twelve clips in a wall that holds stills only; stars, the pick and a note are kept; each form is written."""
    notebook = run(work / COMPARE.name)
    first = jobs(work)
    assert len(first) == 12
    shown = list(outputs(notebook))
    said = "\n".join(bundle.get("text/plain", "") for bundle in shown)
    assert "careful: Add rain, keep the light of the day" in said
    assert "★★★★★" in said
    assert "picked" in said
    assert "\\begin{tabular}" in said
    walls = [bundle for bundle in shown if "wall-grid" in bundle.get("text/html", "")]
    assert len(walls) == 1
    assert "data:video" not in walls[0]["text/html"]
    assert sum(len(str(part)) for part in walls[0].values()) < 300_000
    for name in ("rain.html", "rain.png", "rain.pdf", "rain.mp4", "rain.zip"):
        assert (work / name).stat().st_size > 20_000, name
    with pixnb.Log(work / "pixnb-data" / "log.db") as log:
        frame = log.frame()
    assert frame["picked"].sum() == 1
    assert frame["stars"].notna().all()
    assert frame["notes"].dropna().str.startswith("0:00.5 ").tolist() == [True]
    exporting = pytest.importorskip("nbconvert")  # with the extra `browser`
    page, _ = exporting.HTMLExporter().from_notebook_node(notebook)
    static = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    assert len(re.findall(r'class="wall-cell [^"]*"', static)) == 13  # the source too
    assert static.count("data:image/") >= 13 + 12 + 12  # of wall, table and sweep
    assert "Error displaying widget" not in static
    assert "application/vnd.jupyter.widget-view" not in static
    assert "the answer" in static.lower()
    nbval(work, COMPARE.name)
    assert jobs(work) == first


@pytest.mark.slow
def test_the_client_runs_twice(work):
    """Every class of error once, a webhook, an upload, an address of its own; without a log there is none to find."""
    notebook = run(work / CLIENT.name)
    shown = list(outputs(notebook))
    said = "\n".join(bundle.get("text/plain", "") for bundle in shown)
    kinds = {name for name, kind in vars(pixnb.errors).items() if isinstance(kind, type) and name != "PixnbError"}
    met = set(re.findall(r"^    (\w+) \([A-Z_]+\): \w", said, re.MULTILINE))
    assert met == {name for name in kinds if issubclass(getattr(pixnb.errors, name), pixnb.PixnbError)} - BOOKKEEPING
    for word in ("QUEUED", "COMPLETED", "CANCELLED", "cancelled", "'status': 'COMPLETED'", "27 credits are required"):
        assert word in said, word
    assert sum("image/png" in bundle for bundle in shown) >= 5
    assert "real-key" not in json.dumps(notebook)
    assert not (work / "pixnb-data" / "log.db").exists()
    nbval(work, CLIENT.name)


@pytest.mark.slow
def test_the_app_is_shown_and_launches_nothing(work):
    """Its form and what stands for it; a person launches."""
    (shown,) = [bundle for bundle in outputs(run(work / APP.name)) if "text/html" in bundle]
    assert "The launcher of <b>app</b>" in shown["text/html"]
    nbval(work, APP.name)
    assert jobs(work) == {}


def nbval(work, name):
    """Run a notebook's cells as tests, in another kernel."""
    line = [sys.executable, "-m", "pytest", "-c", "/dev/null", "--nbval-lax", "-q", "-p", "no:cacheprovider", name]
    done = subprocess.run(line, cwd=work, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_what_is_stored_is_small_and_impersonal(path):
    """No paths of anyone's machine, no widget that nobody can show, no key, no errors; under 300 kB."""
    text = path.read_text(encoding="utf-8")
    assert len(text) < 300_000
    assert not re.search(r"/(home|Users|root|tmp|work)/", text)
    assert "widget-view" not in text
    assert "API_KEY=" not in text
    notebook = json.loads(text)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "widgets" not in notebook["metadata"]
    for cell in notebook["cells"]:
        assert all(output["output_type"] != "error" for output in cell.get("outputs", ()))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_each_shows_one_picture(path):
    """Before any code, with words for who cannot see it: a file, which GitHub shows and `pixnb lab` copies."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    # Voila 0.5 within a Jupyter server fails at an image of Markdown's, and leaves one of HTML as it is
    either = r"<img alt=\"([^\"]*)\" src=\"([^\"]*)\">" if path == APP else r"!\[([^]]*)\]\(([^)]*)\)"
    shown = [re.findall(either, "".join(cell["source"])) for cell in cells]
    ((words, name),) = [picture for pictures in shown for picture in pictures]
    assert shown[0]
    assert cells[0]["cell_type"] == "markdown"
    assert len(words) >= 40
    assert name == f"pictures/{path.stem}.jpg"
    assert 10_000 < (FOLDER / name).stat().st_size <= 120_000
    assert not any(cell.get("attachments") for cell in cells)  # GitHub and nbviewer do not show them


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_what_a_notebook_leads_to_is_there(path):
    """Other notebooks, which are copied with it."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", "".join(cell["source"])):
            assert (FOLDER / target).is_file(), target


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_money_is_true_whatever_the_mode(path):
    """No cell chooses a column of a frame that is empty in one of them: `price` has both."""
    text = path.read_text(encoding="utf-8")
    code = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")
    assert not [chosen for chosen in re.findall(r"\[\[(.*?)\]\]", code) if '"cost' in chosen]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_parameters_can_be_set_from_outside(path):
    """One cell is tagged for papermill, before all other code: plain values, each of them used; none has run."""
    cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", ())]
    assert tagged == cells[:1]
    given = ast.parse("".join(tagged[0]["source"])).body
    assert given
    rest = "\n".join("".join(cell["source"]) for cell in cells[1:])
    for line in given:
        ast.literal_eval(line.value)
        assert re.search(rf"\b{line.targets[0].id}\b", rest)
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells)
