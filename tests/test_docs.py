"""The examples in docstrings run, and so does what the README shows."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import pixnb

README = Path(__file__).parent.parent / "README.md"


def documented():
    """Every module that has an example."""
    for info in pkgutil.walk_packages(pixnb.__path__, "pixnb."):
        if not info.name.endswith("__main__"):
            source = Path(importlib.util.find_spec(info.name).origin).read_text(encoding="utf-8")
            if ">>>" in source:
                yield info.name


@pytest.mark.parametrize("name", sorted(documented()))
def test_docstring_examples_run(name, monkeypatch):
    """What a docstring shows is what happens."""
    monkeypatch.setenv("PIXNB_SANDBOX_DRAFT", "1")
    flags = doctest.NORMALIZE_WHITESPACE
    module = importlib.import_module(name)
    extra = {"pixnb": pixnb, "Client": pixnb.Client, "AsyncClient": pixnb.AsyncClient}
    done = doctest.testmod(module, optionflags=flags, extraglobs=extra)
    assert done.failed == 0


def blocks(heading):
    """The code blocks under a heading of the README."""
    text = README.read_text(encoding="utf-8")
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert section, f"README has no heading {heading!r}"
    return re.findall(r"^```(\w+)\n(.*?)^```", section.group(1), re.M | re.S)


def test_the_readme_begins_with_the_two_commands():
    """The first block under each heading is the one command that CI runs."""
    start, tests = blocks("Quick start")[0][1].strip(), blocks("Tests")[0][1].strip()
    assert start == 'python3 -m venv .venv && .venv/bin/pip install -e ".[lab]" && .venv/bin/pixnb demo'
    assert tests == 'python3 -m venv .venv && .venv/bin/pip install -e ".[test]" && .venv/bin/pytest'


def test_python_in_the_readme_runs(tmp_path, monkeypatch):
    """Every Python block runs as written, in the sandbox."""
    monkeypatch.setenv("PIXNB_SANDBOX_SPEED", "30")
    monkeypatch.setenv("PIXNB_SANDBOX_DRAFT", "1")
    monkeypatch.chdir(tmp_path)
    found = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.M | re.S)
    assert found
    names: dict[str, object] = {}
    for block in found:
        exec(compile(block, "README.md", "exec"), names)  # the README is ours
