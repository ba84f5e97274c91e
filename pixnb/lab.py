"""`pixnb lab` and `pixnb app`: the packaged notebooks, copied to where a person works, and a server on them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

import pixnb
from pixnb.errors import InvalidInput, PixnbError
from pixnb.extras import install, name_command
from pixnb.project import locate
from pixnb.terminal import say

FIRST = "01_quickstart.ipynb"
"""The notebook that JupyterLab opens."""

APP = "06_app.ipynb"
"""The one that Voila serves without its code."""


def run_lab(
    out: TextIO | None, *, app: bool = False, real: bool = False, port: int | None = None, browser: bool = True
) -> int:
    """Copy the notebooks into this folder and become JupyterLab's server, or Voila's.

    Args:
        out: Where to say what was copied.
        app: Whether only the app is served, by Voila.
        real: Let work go to the services whose keys are set; else all of it goes to the sandbox.
        port: The server's port; its own choice when left out.
        browser: Whether to open a browser.

    Returns:
        Nothing: the process goes on as the server, whose exit status is the command's.

    Raises:
        PixnbError: The server is not installed, the folder cannot be written to, or the port is taken.
    """
    if port:
        _check_port(port)
    module, name = ("voila", "Voila") if app else ("jupyterlab", "JupyterLab")
    if importlib.util.find_spec(module) is None:
        raise PixnbError(f"{name} is not installed here. {install('lab')}")
    from pixnb import settings as _settings

    folder = locate(".")
    try:
        only = Path(APP).stem if app else "[0-9]*"
        said = copy_notebooks(folder, _settings.load().data_dir / "notebooks.json", only=only)
    except OSError as error:
        called = f"{name_command()} {'app' if app else 'lab'}"
        raise PixnbError(
            f"The notebooks cannot be copied into {folder}: {error.strerror}. Run `{called}` in a folder of your own."
        ) from error
    for words in (*said, _where_work_goes(real, app)):
        say(f"pixnb: {words}", out)
    # the server takes this process's place, so that Ctrl-C and signals are its own
    line = command(folder, app=app, port=port, browser=browser)
    os.execve(sys.executable, line, environment(os.environ, real=real))  # noqa: S606  no shell is wanted


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise InvalidInput(f"Port {port} cannot be had: {error.strerror}. Give another with --port.") from None


def copy_notebooks(folder: Path, record: Path, *, source: Path | None = None, only: str = "[0-9]*") -> list[str]:
    """Copy the packaged notebooks and their pictures into a folder; what was changed there stays as it is.

    Args:
        folder: Where to.
        record: A file that remembers what was copied, by which an unchanged copy of an older one is known.
        source: Where from; the package's own notebooks when left out.
        only: Which ones, by a pattern of their names.

    Returns:
        What was done, in sentences: one for all that were copied, one for each that was changed here.

    Raises:
        OSError: The folder or the record cannot be written.
    """
    known = _read(record)
    said, copied_now = [], []
    source = source or find_notebooks()
    for original in sorted([*source.glob(f"{only}.ipynb"), *source.glob(f"pictures/{only}.*")]):
        target, data = folder / original.relative_to(source), original.read_bytes()
        digest, copied = _digest(data), known.get(str(target))
        now = _digest(target.read_bytes()) if target.exists() else None
        if now not in (None, copied, digest):
            # an older one that was changed is worth a word only when there is a newer one to miss
            newer = "" if copied == digest else f"; the one that came with pixnb {pixnb.__version__} is {original}"
            said.append(f"{original.name} was changed here and is kept{newer}")
            continue
        if now != digest:
            _write(target, data)
            copied_now += [original.name] * (original.parent == source)  # a picture needs no word
        known[str(target)] = digest
    _write(record, json.dumps(known, indent=1).encode())
    what = f"{copied_now[0]} is" if len(copied_now) == 1 else f"{len(copied_now)} notebooks are"
    return [*([f"{what} copied to {folder}"] if copied_now else []), *said]


def find_notebooks() -> Path:
    """Return the folder of the packaged notebooks: within the package, or beside it in a checkout.

    Raises:
        PixnbError: There are none.
    """
    package = Path(pixnb.__file__).parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / FIRST).is_file():
            return folder
    raise PixnbError(f"The notebooks are missing beside {package}. Install pixnb again.")


def command(folder: Path, *, app: bool = False, port: int | None = None, browser: bool = True) -> list[str]:
    """Return the server's command line: JupyterLab of this Python, rooted in the folder, or Voila on the app."""
    line = [sys.executable, "-m"]
    if app:
        line += ["voila", str(folder / APP)]
    else:
        line += ["jupyterlab", f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{FIRST}"]
    server = "Voila" if app else "ServerApp"
    if port is not None:
        line += [f"--{server}.port={port}", f"--{server}.port_retries=0"]
    if not browser:
        line.append("--no-browser")
    if os.geteuid() == 0 and not app:
        line.append("--allow-root")  # in a container there is nobody else; Jupyter would only refuse
    return line


def environment(environ: Mapping[str, str], *, real: bool = False) -> dict[str, str]:
    """Return the server's environment, which its kernels inherit: the sandbox is forced unless `real`.

    Example:
        >>> environment({"PIXNB_SANDBOX": "0"})
        {'PIXNB_SANDBOX': '1'}
        >>> environment({"PIXNB_SANDBOX": "0"}, real=True)
        {'PIXNB_SANDBOX': '0'}
    """
    return dict(environ) if real else {**environ, "PIXNB_SANDBOX": "1"}


def _where_work_goes(real: bool, app: bool) -> str:
    if not real:
        called = f"{name_command()} {'app' if app else 'lab'} --real"
        return f"all work goes to the sandbox, whatever keys are set. `{called}` uses your keys."
    from pixnb import providers
    from pixnb import settings as _settings

    settings = _settings.load()
    named = [providers.get(provider).variable for provider in providers.names() if settings.key(provider)]
    if settings.pixnb_sandbox:
        return "all work goes to the sandbox, because PIXNB_SANDBOX is set. Unset it to use your keys."
    if not named:
        return "no key is set, so work goes to the sandbox. Set PIXAZO_API_KEY to use the service."
    return f"work goes to the services and costs money, by {' and '.join(named)}."


def _read(record: Path) -> dict[str, str]:
    try:
        known = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # then every notebook that differs counts as changed
    return known if isinstance(known, dict) else {}


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


__all__ = ["APP", "FIRST", "command", "copy_notebooks", "environment", "find_notebooks", "run_lab"]
