"""A real marimo that runs a notebook, headless."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress

import pytest
import real_lab

CELL = """
@app.cell
def _({given}):
{body}
    return ({made})

"""


def require():
    """Skip with the reason where marimo or the browser is missing."""
    real_lab.require()
    if importlib.util.find_spec("marimo") is None:
        (pytest.fail if real_lab.REQUIRED else pytest.skip)("needs marimo: pip install -e '.[test,browser]'")


def write(path, *cells):
    """Write a notebook: each cell is (names it takes, its code, names it makes), its last line is shown."""
    text = "import marimo\n\napp = marimo.App(width='full')\n"
    for given, code, made in cells:
        body = "\n".join(f"    {line}" for line in code.splitlines())
        text += CELL.format(given=", ".join(given), body=body, made="".join(f"{name}, " for name in made))
    path.write_text(text, encoding="utf-8")


@contextmanager
def server(path, *, mode="run", theme="light", **environ):
    """Have marimo run or edit a notebook; gives its address. What it writes of itself goes beside the notebook."""
    port = real_lab._free_port()
    home = path.parent / "home"
    config = home / ".config" / "marimo"
    config.mkdir(parents=True, exist_ok=True)
    (config / "marimo.toml").write_text(f'[display]\ntheme = "{theme}"\n[runtime]\nauto_instantiate = true\n')
    line = [sys.executable, "-m", "marimo", "-q", mode, str(path), "--headless", "--no-token", "--port", str(port)]
    places = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "XDG_CACHE_HOME": str(home / ".cache")}
    sandbox = {"PIXNB_SANDBOX": "1", "PIXNB_SANDBOX_SPEED": "20", "PIXNB_SANDBOX_DRAFT": "1"}
    variables = {**real_lab.clean(os.environ), **places, **sandbox, "PIXNB_DATA": str(path.parent / "data"), **environ}
    with (path.parent / "marimo.log").open("w") as log:
        process = subprocess.Popen(line, cwd=path.parent, stdout=log, stderr=log, env=variables)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            with suppress(OSError), urllib.request.urlopen(f"{address}/health", timeout=5):
                break
            assert process.poll() is None, (path.parent / "marimo.log").read_text()
            assert time.monotonic() < deadline, (path.parent / "marimo.log").read_text()
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


__all__ = ["require", "server", "write"]
