"""Which notebook host this is, what it can show, and how it serves files."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pixnb import visitors


@dataclass(frozen=True)
class Host:
    """A place where outputs are shown.

    Attributes:
        name: "jupyter" (JupyterLab, Notebook 7), "hub" (the same behind JupyterHub or Binder), "voila", "vscode",
            "colab", "marimo", "headless" (a kernel that no server started: nbclient, nbconvert) or "plain" (no kernel).
        has_widgets: Whether a kernel with comms is there, so that live cards work.
        serves_files: Whether a page of it can load a file beside the notebook by URL.
        folder: The notebook's folder, which relative URLs count from.
        root: The folder that the server serves.
        base_url: The server's prefix, "/" or "/user/jo/".
    """

    name: str
    has_widgets: bool = False
    serves_files: bool = False
    folder: Path | None = None
    root: Path | None = None
    base_url: str = "/"

    def relative_url(self, path: str | os.PathLike[str]) -> str | None:
        """Return a file's URL for an HTML output, which counts from the notebook's folder.

        JupyterLab and Notebook 7 rewrite it to their own `/files/` URL.

        Args:
            path: The file.

        Returns:
            The URL, or None where the host would not serve the file: outside its root, hidden, or not at all.
        """
        inside = self._inside(path)
        if inside is None or self.folder is None or self.root is None:
            return None
        return quote(os.path.relpath(self.root / inside, self.folder).replace(os.sep, "/"))

    def absolute_url(self, path: str | os.PathLike[str]) -> str | None:
        """Return a file's URL on the server, for a widget, whose page is not the notebook's folder.

        Args:
            path: The file.

        Returns:
            The URL, or None where the host would not serve the file or its server is not known.
        """
        inside = self._inside(path)
        if inside is None or self.name == "headless":
            return None
        return f"{self.base_url}files/{quote(inside.as_posix())}"

    def refusal(self, path: str | os.PathLike[str]) -> str:
        """Say why a page here cannot load a file by URL; "" where it can.

        Args:
            path: The file.
        """
        if self._inside(path) is not None:
            return ""
        if not self.serves_files or self.root is None:
            return _REFUSALS.get(self.name, "no notebook server is here that could serve them")
        if Path(path).resolve().is_relative_to(self.root):
            return "the notebook's server serves no hidden folders"
        return f"the notebook's server serves nothing outside of {self.root}; with PIXNB_DATA in there they play"

    def _inside(self, path: str | os.PathLike[str]) -> Path | None:
        if not self.serves_files or self.root is None:
            return None
        real = Path(path).resolve()  # a link that leads out of the root is refused by the server
        if not real.is_relative_to(self.root):
            return None
        inside = real.relative_to(self.root)
        # Jupyter Server answers 404 for hidden files and for files in hidden folders
        return None if any(part.startswith(".") for part in inside.parts) else inside


QUIRKS: Mapping[str, Mapping[str, Any]] = {
    "jupyter": {"has_widgets": True, "serves_files": True},
    "hub": {"has_widgets": True, "serves_files": True},
    # a Voila server gives only what its file_allowlist names
    "voila": {"has_widgets": True, "serves_files": False},
    # its outputs live in a web view that the server refuses: 403 without a referer of its own
    "vscode": {"has_widgets": True, "serves_files": False},
    "colab": {"has_widgets": True, "serves_files": False},
    # it knows no ipywidgets, and takes what lives from `_display_`
    "marimo": {"has_widgets": False, "serves_files": False},
    # whoever opens the saved notebook in a Jupyter server finds the files beside it
    "headless": {"has_widgets": True, "serves_files": True},
    "plain": {"has_widgets": False, "serves_files": False},
}
"""What is known of each host, by its name."""

_REFUSALS = {
    "voila": "Voila serves no files",
    "vscode": "VS Code serves no files to its outputs",
    "colab": "Colab serves no files to its outputs",
    "marimo": "marimo serves no files to its outputs",
}


HINTS: Mapping[str, str] = {
    "vscode": 'VS Code fetches the player of widgets from a CDN: press "Allow" where it asks, or have '
    "jupyter.widgetScriptSources in its settings. It plays no AAC sound.",
    "colab": "Colab shows widgets of others once it may: from google.colab import output; "
    "output.enable_custom_widget_manager()",
}
"""What a person has to do, by host, before anything lives there."""


def host(environ: Mapping[str, str] | None = None, *, shell: Any = None) -> Host:
    """Find out where outputs of this process are shown.

    Args:
        environ: The environment; the process's own when left out.
        shell: The IPython shell; found when left out.

    Returns:
        The host.

    Example:
        >>> host({}).name
        'plain'
    """
    environ = os.environ if environ is None else environ
    if shell is None and _is_marimo():
        return Host("marimo", **QUIRKS["marimo"])
    shell = shell or _shell()
    if getattr(shell, "kernel", None) is None:
        return Host("plain")
    name = _name(environ, shell)
    found = Host(name, **QUIRKS[name])
    return _placed(found, environ) if found.serves_files else found


def _shell() -> Any:
    ipython = sys.modules.get("IPython")  # not imported for this: a process without it is in no notebook
    return ipython.get_ipython() if ipython else None


def _is_marimo() -> bool:
    marimo = sys.modules.get("marimo")  # likewise
    return marimo is not None and bool(marimo.running_in_notebook())


def _name(environ: Mapping[str, str], shell: Any) -> str:
    if "COLAB_RELEASE_TAG" in environ or "google.colab" in sys.modules:
        return "colab"
    if "__vsc_ipynb_file__" in getattr(shell, "user_ns", ()) or (
        "VSCODE_PID" in environ and "JPY_SESSION_NAME" not in environ
    ):
        return "vscode"
    if visitors.are_here(environ):
        return "voila"
    if "JUPYTERHUB_SERVICE_PREFIX" in environ:
        return "hub"
    return "jupyter" if "JPY_SESSION_NAME" in environ else "headless"


def _placed(found: Host, environ: Mapping[str, str]) -> Host:
    name = environ.get("JPY_SESSION_NAME", "")
    folder = (Path(name).parent if Path(name).is_absolute() else Path.cwd()).resolve()
    root, base_url = folder, environ.get("JUPYTERHUB_SERVICE_PREFIX", "/")
    server = _server(environ.get("JPY_PARENT_PID", ""), folder) if found.name != "headless" else None
    if server:
        root, base_url = Path(server["root_dir"]).resolve(), server.get("base_url", base_url)
    return replace(found, folder=folder, root=root, base_url=base_url)


def _server(pid: str, folder: Path) -> dict[str, Any] | None:
    """Return what the server that started this kernel wrote down of itself."""
    fitting = [one for one in _servers() if folder.is_relative_to(Path(one["root_dir"]).resolve())]
    return next((one for one in fitting if str(one.get("pid")) == pid), fitting[-1] if fitting else None)


def _servers() -> Iterator[dict[str, Any]]:
    from jupyter_core.paths import jupyter_runtime_dir  # every kernel has it

    for path in sorted(Path(jupyter_runtime_dir()).glob("jpserver-*.json")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(said, dict) and said.get("root_dir"):
            yield said


__all__ = ["HINTS", "QUIRKS", "Host", "host"]
