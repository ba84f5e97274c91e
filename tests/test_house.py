"""The house itself: who may import whom, sizes, names that are handed on, what an import costs."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import pixnb

ROOT = Path(pixnb.__file__).parent
ALLOWED = {
    "errors": set(),
    "lazy": set(),
    "status": set(),
    "html": set(),
    "bridge": set(),
    "show": set(),  # but for the renderers that it names, and loads when an object is shown
    "accessor": set(),  # but for pixnb.pandas, which it loads by name when df.pixnb is first used
    "settings": {"errors"},
    "http": {"errors", "settings"},
    "catalogue": {"errors", "show", "settings"},
    "media": {"errors", "show", "settings", "http"},
    "wire": {"errors", "http", "status", "settings", "catalogue"},
    "log": {"errors", "accessor", "status", "settings", "media"},
    "sandbox": {"errors", "http", "catalogue", "media"},
    "client": {"errors", "http", "status", "show", "settings", "catalogue", "media", "wire", "sandbox.start"},
    "display": {"errors", "http", "status", "html", "show", "catalogue", "media", "client"},
    "compare": {"errors", "html", "show", "catalogue", "media", "display"},
    "runs": {"errors", "http", "status", "settings", "catalogue", "media", "wire", "log", "client"},
    "pandas": {"errors", "accessor", "settings", "log", "compare"},
    "widgets": {"errors", "html", "catalogue", "media", "client.request", "display", "runs"},
    "webhooks": {"errors", "status", "settings", "catalogue", "log", "client", "runs", "wire"},
    "experiment": {"errors", "show", "settings", "catalogue", "wire", "log", "client", "compare", "runs", "widgets"},
    "demo": {"errors", "status", "settings", "media", "client", "compare", "runs", "experiment"},
    "lab": {"errors", "settings"},
    "__main__": {"errors", "log", "compare", "demo", "lab", "sandbox.server"},
}
"""What each room may import of the others; rooms on one floor do not import each other."""


def modules():
    """Every module of the package, by its dotted name without `pixnb.`."""
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path)
        for path in sorted(ROOT.rglob("*.py"))
    ]


def imports_of(path):
    """The names under `pixnb.` that a module imports, in functions too, but not under TYPE_CHECKING."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            if node.module == "pixnb":
                yield from (alias.name for alias in node.names if alias.name != "__version__")
            elif node.module and node.module.startswith("pixnb."):
                yield node.module.removeprefix("pixnb.")
        elif isinstance(node, ast.Import):
            yield from (a.name.removeprefix("pixnb.") for a in node.names if a.name.startswith("pixnb."))


def test_imports_go_downward_only():
    """Each room imports only floors under it."""
    wrong = []
    for name, path in modules():
        room = name.split(".")[0]
        if path.parent == ROOT and path.stem == "__init__":
            continue
        assert room in ALLOWED, f"{name} has no floor: give it one"
        for found in imports_of(path):
            mine = found.split(".")[0] == room
            if (
                not mine
                and found != "lazy"
                and not any(found == may or found.startswith(f"{may}.") for may in ALLOWED[room])
            ):
                wrong.append(f"{name} imports {found}")
    assert wrong == []


def test_a_forbidden_import_would_be_seen(tmp_path):
    """The test above sees imports inside functions, and leaves out those for type checkers."""
    source = tmp_path / "x.py"
    source.write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pixnb.log\n"
        "def f():\n    from pixnb.client import engine\n    import pixnb.runs.run\n"
    )
    assert sorted(imports_of(source)) == ["client", "runs.run"]


def test_modules_have_one_subject_and_a_sentence_that_says_it():
    """No catch-all names, a docstring each, and none much longer than 300 lines."""
    names = {"utils", "helpers", "core", "common", "base"}
    for name, path in modules():
        assert not names & set(name.split(".")), name
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), f"{name} has no docstring"
        assert text.count("\n") <= 340, f"{name} is too long: split it by subject"


@pytest.mark.parametrize("name", pixnb.__all__)
def test_public_names_can_be_had(name):
    """Every public name loads."""
    assert getattr(pixnb, name) is not None


def test_names_and_all_agree():
    """`__all__` is sorted, complete, and what the lazy loader knows."""
    lazy = set(pixnb._HOME) | pixnb._ERRORS | pixnb._ROOMS
    assert sorted(pixnb.__all__) == sorted(lazy | {"__version__"})
    assert set(pixnb.__all__) <= set(dir(pixnb))
    errors = importlib.import_module("pixnb.errors")
    assert set(errors.__all__) == pixnb._ERRORS


def test_every_package_hands_on_what_it_names():
    """Each `__init__` hands on its names lazily, and all of them exist."""
    for info in pkgutil.iter_modules(pixnb.__path__, "pixnb."):
        module = importlib.import_module(info.name) if info.ispkg else None
        for name in getattr(module, "__all__", ()):
            assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = pixnb.nonsense


def test_importing_loads_nothing_heavy():
    """`import pixnb` and asking for an error class load no library at all."""
    code = (
        "import sys; before = set(sys.modules); import pixnb; pixnb.InvalidInput, pixnb.JobStatus;"
        "new = {n.split('.')[0] for n in set(sys.modules) - before} - set(sys.stdlib_module_names);"
        "print(sorted(new))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['pixnb']"


def test_the_sandbox_starts_with_the_standard_library():
    """What the client imports of the sandbox needs no library."""
    code = (
        "import sys; before = set(sys.modules); import pixnb.sandbox.start;"
        "new = {n.split('.')[0] for n in set(sys.modules) - before} - set(sys.stdlib_module_names);"
        "print(sorted(new))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['pixnb']"
