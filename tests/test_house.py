"""The house itself: who may import whom, sizes, names that are handed on, what an import costs."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import pixnb
from pixnb import providers

ROOT = Path(pixnb.__file__).parent
LEAVES = {
    *("errors", "lazy", "_version", "terminal", "living", "guesses"),
    *("arguments", "unsent", "visitors", "extras", "awake"),
}
"""What everybody may import: it imports nothing but other leaves."""
ALLOWED = {
    **{leaf: set() for leaf in LEAVES},
    "filing": set(),
    "placeholders": set(),
    "status": set(),
    "emoji": set(),
    "html": set(),
    "bridge": set(),
    "show": set(),  # but for the renderers that it names, and loads when an object is shown
    "accessor": set(),  # but for pixnb.pandas, which it loads by name when df.pixnb is first used
    "announcing": set(),
    "providers": {"errors"},  # but for what its strings name; see `test_each_string_of_a_service_leads_to_its_room`
    "limits": {"errors", "providers"},
    "project": {"errors"},
    "keys": {"errors", "providers", "project"},
    "settings": {"errors", "providers", "limits", "project", "keys"},
    "http": {"errors", "providers", "settings"},
    "catalogue": {"errors", "filing", "providers", "project", "show", "settings"},
    "media": {"errors", "show", "settings", "http", "project"},
    "wire": {"errors", "http", "status", "providers", "catalogue"},
    "log": {"errors", "accessor", "status", "limits", "project", "settings", "catalogue", "media"},
    "sandbox": {"errors", "emoji", "http", "providers", "project", "catalogue", "media"},
    "pacing": {"http", "catalogue", "wire"},
    "targets": {
        *("errors", "http", "status", "announcing", "providers", "keys", "settings"),
        *("wire", "sandbox.start"),
    },
    "request": {"errors", "placeholders", "catalogue", "media", "wire"},
    "client": {
        *("errors", "http", "status", "show", "announcing", "providers", "keys", "settings"),
        *("catalogue", "media", "wire", "pacing", "targets", "request"),
    },
    "display": {
        "errors",
        "emoji",
        "http",
        "status",
        "html",
        "show",
        "announcing",
        "providers",
        "project",
        "catalogue",
        "media",
        "client",
    },
    "compare": {"errors", "project", "html", "show", "catalogue", "media", "display"},
    "wall": {"errors", "project", "html", "show", "catalogue", "media", "display", "compare"},
    "runs": {
        *("errors", "http", "status", "placeholders", "show", "project", "limits", "settings"),
        *("catalogue", "media", "wire", "log", "pacing", "request", "client"),
    },
    "votes": {"errors", "wire", "log"},
    "report": {"errors", "html", "catalogue", "media", "display", "compare", "wall", "votes"},
    "frames": {"errors", "project", "settings", "log", "compare"},
    "pandas": {
        *("errors", "accessor", "project", "settings", "frames"),
        *("log", "client", "compare", "wall", "runs", "report"),
    },
    "widgets": {
        *(
            "errors",
            "filing",
            "status",
            "placeholders",
            "project",
            "html",
            "providers",
            "settings",
            "catalogue",
            "media",
            "request",
        ),
        *("display", "compare", "wall", "report", "log", "runs"),
    },
    "webhooks": {"errors", "status", "providers", "settings", "catalogue", "log", "client", "runs", "wire"},
    "views": {"log", "compare", "wall", "report"},
    "app": {"html", "display", "log", "compare", "wall", "views", "widgets"},
    "experiment": {
        *("errors", "show", "announcing", "settings", "catalogue"),
        *("wire", "log", "request", "client", "compare", "votes", "views", "runs", "widgets", "app"),
    },
    "demo": {"errors", "status", "settings", "media", "client", "compare", "runs", "experiment"},
    "examples": {"errors", "project", "settings", "announcing", "log", "client", "experiment"},
    "lab": {"errors", "project", "providers", "settings"},
    "magics": {"errors", "catalogue", "experiment"},
    "__main__": {"errors", "log", "compare", "report", "demo", "lab", "sandbox.server"},
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
    source = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(source)
    except SystemError:  # "recursion depth mismatch": a fault of CPython 3.11's, by chance (gh-106905)
        tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            if node.module == "pixnb":
                yield from (alias.name for alias in node.names)
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
                and found not in LEAVES
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


@pytest.mark.parametrize("provider", providers.BUILT_IN, ids=lambda provider: provider.name)
def test_each_string_of_a_service_leads_to_its_room(provider):
    """The one list of services names modules above it by strings: its declared exception. Each is there, and used."""
    assert provider.catalogue.startswith("pixnb.catalogue.")
    assert provider.wire.startswith("pixnb.wire.")
    assert provider.sandbox.startswith("pixnb.sandbox.")
    assert {model.provider for model in provider.load("catalogue")} == {provider.name}
    assert provider.load("wire")().provider == provider.name
    assert callable(provider.load("sandbox").routes)
    for room in ("catalogue", "wire", "sandbox"):  # nobody knows the services by heart but the list
        named = {f"pixnb.{room}.{name}" for name in ("pixazo", "decart", "apiframe")}
        registries = [path for name, path in modules() if name in (f"{room}.registry", f"{room}.app", f"{room}.start")]
        assert registries
        assert not named & {f"pixnb.{found}" for path in registries for found in imports_of(path)}


CIRCLES = [
    # A model names others instead of a retired one, and prints itself.
    {"catalogue.listing", "catalogue.model", "catalogue.problems", "catalogue.registry"},
    # A log gives frames, and a frame names the type of its log.
    {"log.frame", "log.log"},
    # A run can be tried again, which its runner does, and a runner resumes runs. To be dissolved.
    {"runs.resume", "runs.run", "runs.runner"},
]
"""Files that import each other, types included, and why; no others may."""


def graph():
    """For each module what it imports of ours, for its types too."""
    files = dict(modules())
    return {
        name: {found for found in arrows(path, files) if found in files and found != name}
        for name, path in files.items()
    }


def arrows(path, files):
    """Every module that a file imports; a name of a package is the module of that name where there is one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name.removeprefix("pixnb.") for one in node.names if one.name.startswith("pixnb."))
        elif isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("pixnb."):
            room = node.module.removeprefix("pixnb").removeprefix(".")
            for one in node.names:
                whole = f"{room}.{one.name}".removeprefix(".")
                yield whole if whole in files else room


def circles(arrows_of):
    """Sets of modules each of which leads to all others of its set."""

    def reached(start):
        seen, ahead = set(), [start]
        while ahead:
            new = arrows_of[ahead.pop()] - seen
            seen |= new
            ahead += new
        return seen

    reach = {name: reached(name) for name in arrows_of}
    return {frozenset(other for other in reach[name] if name in reach[other]) for name in reach if name in reach[name]}


def test_files_import_each_other_only_where_it_is_explained():
    """Circles of files are counted with the imports for types."""
    found = [sorted(circle) for circle in circles(graph()) if not any(circle <= known for known in CIRCLES)]
    assert found == []


def test_a_circle_would_be_seen():
    """Of any length; what only leads to one is none."""
    arrows_of = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": {"e"}, "e": {"c"}, "f": set()}
    assert circles(arrows_of) == {frozenset("bcde")}


def test_only_three_packages_hand_names_on():
    """So each public name has one import path; the sandbox's renderer hands its own to its process.

    `pixnb.http` names the HTTP library: who wants another changes it there.
    """
    stubs = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.rglob("__init__.pyi")}
    assert stubs == {".", "catalogue", "webhooks", "sandbox/render"}
    for path in set(ROOT.rglob("__init__.py")) - {ROOT / "http" / "__init__.py"}:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert path.with_suffix(".pyi").exists() or len(tree.body) == 1, f"{path} is more than a docstring"


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
    """`__all__` is sorted and complete, and has every error."""
    assert list(pixnb.__all__) == sorted(pixnb.__all__)
    assert set(pixnb.__all__) <= set(dir(pixnb))
    errors = importlib.import_module("pixnb.errors")
    assert set(errors.__all__) <= set(pixnb.__all__)


@pytest.mark.parametrize("stub", sorted(ROOT.rglob("__init__.pyi")), ids=lambda stub: stub.parent.name)
def test_every_package_hands_on_what_it_names(stub):
    """Each stub's names load, lazily, and are all that is handed on."""
    package = importlib.import_module(".".join(stub.parent.relative_to(ROOT.parent).parts))
    names = {
        alias.asname
        for node in ast.parse(stub.read_text()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert names == set(package.__all__)
    for name in names:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = package.nonsense


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
