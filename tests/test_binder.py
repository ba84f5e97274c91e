"""Binder's image: what can be known of it without Docker; slow: a venv of its own files runs all notebooks in 1 GB."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path

import pytest
from real_lab import clean, configure
from tree import Tree

ROOT = Path(__file__).parent.parent
BINDER = ROOT / "binder"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
QUICKSTART, APP = "notebooks/01_quickstart.ipynb", "notebooks/06_app.ipynb"
REQUIRED = os.environ.get("PIXNB_REQUIRE_SDK") == "1"  # read before a fixture clears the environment
PREFIX, TOKEN = "/user/x/", "of-this-test"
LINES = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()


def pins():
    """The pinned versions, by name as packaging spells it."""
    from packaging.utils import canonicalize_name

    found = [re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)", line) for line in LINES if line[:1] != "#"]
    assert all(found), "each line is one name and one version: no host, no marker, no range"
    return {canonicalize_name(one[1]): one[2] for one in found}


def bounds():
    """What pyproject asks of a package: all that pixnb needs, and the extra that the command names."""
    from packaging.requirements import Requirement

    return [Requirement(line) for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]]]


def test_only_files_that_binder_knows_are_there():
    """An environment.yml or a Dockerfile would take the place of all others."""
    assert {path.name for path in BINDER.iterdir()} == {"requirements.txt", "runtime.txt", "postBuild", "start"}


def test_the_python_is_one_that_pyproject_names():
    """The one that the pins are made for."""
    runtime = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip()
    version = runtime.removeprefix("python-")
    assert runtime == f"python-{version}"
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]
    assert f"--python-version {version} " in LINES[1]


def test_the_pins_say_how_they_were_made():
    """By one command, written at the head."""
    assert LINES[1].lstrip("# ").startswith("uv pip compile pyproject.toml --extra lab ")
    assert LINES[1].endswith(" -o binder/requirements.txt")


def test_every_requirement_is_pinned_within_its_bounds():
    """All that pyproject asks for is there, at a version that it allows."""
    pinned = pins()
    for requirement in bounds():
        assert requirement.specifier.contains(pinned[requirement.name]), requirement
    assert len(pinned) == len([line for line in LINES if line[:1] != "#"])


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_a_hook_may_be_executed_and_ends_at_the_first_failure(name):
    """As it is checked out, too."""
    path = BINDER / name
    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", str(path)], check=True)
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    assert first == "#!/usr/bin/env bash"
    assert next(line for line in rest if not line.startswith("#")) == "set -e"


def test_start_forces_the_sandbox_and_becomes_what_it_is_given():
    """Whatever was set before; arguments reach it as they are, and its exit status is its own."""
    look = "import json, os, sys; print(json.dumps([os.getpid(), dict(os.environ), sys.argv[1:]])); sys.exit(7)"
    words = ["a b", "*", "$HOME", ""]
    before = {**clean(os.environ), "PIXNB_SANDBOX": "0", "PIXAZO_API_KEY": "real-key"}
    line = [str(BINDER / "start"), sys.executable, "-c", look, *words]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=before)
    said, _ = process.communicate(timeout=60)
    pid, environ, arguments = json.loads(said)
    assert process.returncode == 7
    assert pid == process.pid  # exec: signals reach the server itself
    assert arguments == words
    assert (environ["PIXNB_SANDBOX"], environ["PIXNB_SANDBOX_DRAFT"]) == ("1", "1")
    assert environ["PIXAZO_API_KEY"] == "real-key"


def test_the_badges_open_the_quickstart_and_the_app():
    """In the repository that pyproject names, at notebooks that are there."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    home = PROJECT["urls"]["Documentation"].removeprefix("https://github.com/").removesuffix("#readme")
    targets = re.findall(r"\[!\[[^]]*\]\([^)]+\)\]\((https://mybinder\.org/[^)]+)\)", readme)
    for target, place, notebook in zip(targets, ("lab/tree/", "voila/render/"), (QUICKSTART, APP), strict=True):
        assert target == f"https://mybinder.org/v2/gh/{home}/HEAD?urlpath={place}{notebook}"
        assert (ROOT / notebook).is_file()


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """What Binder would build, once: the repository, and the folder of the programs that its own files install."""
    folder = tmp_path_factory.mktemp("image")
    repository = checkout(folder)
    return repository, build(folder, repository)


@contextmanager
def lab(image, folder, **environ):
    """JupyterLab as Binder starts it, at a hub's prefix, on two cores, with no key; gives all of it and its address."""
    repository, bin_folder = image
    state = folder / "state"
    environ |= {
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        **{f"JUPYTER_{name}_DIR": str(state / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")},
    }
    configure(state, {"ServerApp": {"base_url": PREFIX}, "IdentityProvider": {"token": TOKEN}})
    line = ["binder/start", "jupyter", "lab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root"]
    with Tree(line, repository, {**clean(os.environ), **environ}, cores=2) as tree:
        address = tree.wait_for(lambda: served(state / "runtime"))
        assert address.endswith(PREFIX)
        yield tree, address, state / "runtime"
    print(f"at most {tree.memory / 1e6:.0f} MB, {tree.seconds:.1f} s of CPU")
    assert tree.memory <= 1e9


needs_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="shared memory is counted as Linux tells it, and Binder is Linux"
)


@pytest.mark.slow
@needs_linux
def test_the_quickstart_fits_into_binder(image, tmp_path):
    """A clean venv of Binder's own files: at most 1 GB and 30 s of CPU."""
    with lab(image, tmp_path) as (tree, address, runtime):
        assert run_all(address, runtime, image[0] / QUICKSTART) == []
    assert any("ipykernel" in line for line in tree.lines)
    assert any("pixnb.sandbox" in line for line in tree.lines)  # though it is detached
    assert tree.seconds <= 30


@pytest.mark.slow
@needs_linux
def test_all_notebooks_fit_into_binder(image, tmp_path):
    """One after the other with the app beside them, as who looks at all of it: without an error, at most 1 GB."""
    with lab(image, tmp_path, PIXNB_SANDBOX_SPEED="30") as (_, address, runtime):
        page = visit(f"{address}voila/render/{APP}")
        assert "Launch into" in page or "widget-view" in page
        assert not re.search(r"/(home|root|tmp|work)/|site-packages|Traceback", tell_words(page))
        for notebook in sorted((image[0] / "notebooks").glob("*.ipynb"))[1:]:
            assert run_all(address, runtime, notebook) == [], notebook.name


def visit(address, seconds=180):
    """What Voila gives a browser: it has run the notebook by the end of it."""
    import httpx

    deadline, said = time.monotonic() + seconds, b""
    with httpx.stream("GET", address, headers={"Authorization": f"token {TOKEN}"}, timeout=60) as answer:
        assert answer.status_code == 200, answer.read()
        for piece in answer.iter_bytes():
            said += piece
            assert time.monotonic() < deadline, said[-500:]  # where it fails, it says for ever that it executes
    return said.decode()


def tell_words(page):
    """A page without its scripts and styles, and without the states of widgets that are no words."""
    return re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)


def checkout(folder):
    """The repository as Binder has it: what git tracks, without the rest."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.decode().split("\0")):
        target = folder / "repository" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return folder / "repository"


def build(folder, repository):
    """Install as Binder does, and give the folder of its programs."""
    version = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    python = sys.executable if version == f"{sys.version_info[0]}.{sys.version_info[1]}" else f"python{version}"
    if shutil.which(python) is None:
        pytest.skip(f"no python{version} here")
    subprocess.run([python, "-m", "venv", str(folder / "venv")], check=True)
    bin_folder = folder / "venv" / "bin"
    environ = {**clean(os.environ), "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    pip = ["python", "-m", "pip", "install", "-q"]
    if shutil.which("uv"):  # the same packages in a tenth of the time
        pip = ["uv", "pip", "install", "-q", "--compile-bytecode", "--python", str(bin_folder / "python")]
    for line in ([*pip, "-r", "binder/requirements.txt"], ["binder/postBuild"]):
        done = subprocess.run(line, cwd=repository, env=environ, capture_output=True, text=True, check=False)
        if done.returncode and not REQUIRED and "Failed to establish a new connection" in done.stderr:
            pytest.skip("no package index answers; PIXNB_REQUIRE_SDK=1 makes that a failure")
        assert done.returncode == 0, done.stdout + done.stderr
    return bin_folder


def served(runtime):
    """The server's address, once it has written it down."""
    for path in runtime.glob("jpserver-*.json"):
        return json.loads(path.read_text(encoding="utf-8"))["url"]
    return None


def run_all(address, runtime, notebook):
    """Begin a session as JupyterLab does, and run every cell as Run All does; gives the errors."""
    import httpx
    import nbformat
    from jupyter_client import BlockingKernelClient

    session = {
        "path": f"notebooks/{notebook.name}",
        "name": notebook.name,
        "type": "notebook",
        "kernel": {"name": "python3"},
    }
    headers = {"Authorization": f"token {TOKEN}"}
    answer = httpx.post(f"{address}api/sessions", json=session, headers=headers, timeout=60)
    answer.raise_for_status()
    begun = f"{address}api/sessions/{answer.json()['id']}"
    kernel = BlockingKernelClient(connection_file=str(runtime / f"kernel-{answer.json()['kernel']['id']}.json"))
    kernel.load_connection_file()
    kernel.start_channels()
    try:
        kernel.wait_for_ready(60)
        errors = []
        for cell in nbformat.read(notebook, 4).cells:
            if cell.cell_type == "code":
                reply = kernel.execute_interactive(cell.source, timeout=120, output_hook=lambda message: None)
                errors += reply["content"].get("traceback", [])
        time.sleep(2)  # what a cell has left to do behind is part of what it takes
        return errors
    finally:
        kernel.stop_channels()
        httpx.delete(begun, headers=headers, timeout=60)
