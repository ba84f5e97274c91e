"""A real JupyterLab, started by `pixnb lab`, and a real Chromium that works in it."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path

import pytest

REQUIRED = os.environ.get("PIXNB_REQUIRE_BROWSER") == "1"  # read before a fixture clears the environment
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DONE = re.compile(r"\[\d+\]")  # [*] while it runs or waits
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}  # it would ask the network


def require():
    """Skip with the reason where something is missing; fail where a browser is required."""
    missing = [name for name in ("jupyterlab", "playwright") if importlib.util.find_spec(name) is None]
    if CHROMIUM is None:
        missing.append("chromium")
    if missing:
        reason = f"needs {', '.join(missing)}: pip install -e '.[test,browser]', and the system's Chromium"
        (pytest.fail if REQUIRED else pytest.skip)(reason)


@contextmanager
def server(folder, base_url="/", **environ):
    """Run `pixnb lab` in a folder, without a token, at a prefix; gives its address."""
    port = _free_port()
    state = folder.parent / f"{folder.name}-jupyter"
    served = {"base_url": base_url}
    configure(
        state, {"ServerApp": served, "IdentityProvider": {"token": ""}, "LabApp": {"expose_app_in_browser": True}}
    )
    places = {f"JUPYTER_{name}_DIR": str(state / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    sandbox = {"PIXNB_SANDBOX_SPEED": "10", "PIXNB_SANDBOX_DRAFT": "1", "IPYTHONDIR": str(state / "ipython")}
    line = [sys.executable, "-m", "pixnb", "lab", "--no-browser", "--port", str(port)]
    variables = {**clean(os.environ), **places, **sandbox, **environ}
    with (state / "log").open("w") as log:
        process = subprocess.Popen(line, cwd=folder, stdout=log, stderr=log, env=variables)
    address = f"http://127.0.0.1:{port}{base_url}"
    try:
        _await(process, address, state / "log")
        yield address
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def configure(state, settings):
    """Write what JupyterLab is to be told, beyond what `pixnb lab` says."""
    (state / "config" / "labconfig").mkdir(parents=True)
    (state / "config" / "jupyter_server_config.json").write_text(json.dumps(settings))
    (state / "config" / "jupyter_lab_config.json").write_text(json.dumps(settings))
    (state / "config" / "labconfig" / "page_config.json").write_text(json.dumps(PAGE_CONFIG))


def clean(environ):
    """The environment without what belongs to the person who runs the tests, or to another kernel."""
    ours = ("PIXNB_", "PIXAZO_", "JUPYTER", "JPY_", "VSCODE_")
    return {name: value for name, value in environ.items() if not name.startswith(ours)}


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await(process, address, log):
    deadline = time.monotonic() + 60
    while True:
        with suppress(OSError), urllib.request.urlopen(f"{address}api/status", timeout=5):
            return
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def find_faults(page, within="html", *, worst=False):
    """What axe-core objects to in a page or a part of it, each with its place; with `worst` only what is serious."""
    if importlib.util.find_spec("axe_playwright_python") is None:
        (pytest.fail if REQUIRED else pytest.skip)("needs axe-playwright-python: pip install -e '.[browser]'")
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("within => axe.run(within)", within)["violations"]
    serious = [one for one in found if not worst or one["impact"] in ("serious", "critical")]
    return [(one["id"], node["html"][:200]) for one in serious for node in one["nodes"]]


@contextmanager
def chromium():
    """A headless Chromium of the system."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def write(path, *sources):
    """Write a notebook of code cells."""
    import nbformat  # with JupyterLab it takes seconds to import, which who only collects tests need not wait

    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def opened(page, address, name, *, kernel=True):
    """Open a notebook in its own workspace, and wait for its kernel, or open it without one."""
    page.set_default_timeout(30_000)
    page.goto(f"{address}lab/workspaces/{name.split('.')[0]}/tree/{name}")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    ready = "() => jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    if kernel:
        page.wait_for_function(ready)
    return page


def run(page, *numbers):
    """Run cells, counted from 0, without waiting for them."""
    for number in numbers:
        page.evaluate("number => { jupyterapp.shell.currentWidget.content.activeCellIndex = number }", number)
        page.evaluate("() => { jupyterapp.commands.execute('notebook:run-cell') }")


def finished(page, number):
    """Wait until a cell has run, and return its output as text."""
    shown = cell(page, number)
    shown.locator(".jp-InputPrompt", has_text=DONE).first.wait_for()
    return "\n".join(shown.locator(".jp-OutputArea-output").all_inner_texts())


def cell(page, number):
    """The cell at a place, counted from 0; JupyterLab draws all cells that fit into the window."""
    return page.locator(".jp-Notebook .jp-Cell").nth(number)


def saved(page, path):
    """Save the notebook and return its text."""
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    return Path(path).read_text(encoding="utf-8")
