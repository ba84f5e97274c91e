"""The examples in docstrings run, and so does what the README shows."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import signal
from pathlib import Path

import httpx
import pytest
from children import program
from sampling import sampled

import pixnb

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [README, ROOT / "CITING.md"]
SANDBOX = ".venv/bin/pixnb sandbox --port 8765"
BENCH = ".venv/bin/python -m tests.bench"
LAB = ".venv/bin/pixnb lab"


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


def blocks_text(heading):
    """What the README says under a heading."""
    text = README.read_text(encoding="utf-8")
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section, f"README has no heading {heading!r}"
    return section.group(1)


def blocks(heading):
    """The code blocks under a heading of the README."""
    return re.findall(r"^```(\w+)\n(.*?)^```", blocks_text(heading), re.MULTILINE | re.DOTALL)


def test_the_readme_begins_with_the_two_commands():
    """The first block under each heading is the one command that CI runs."""
    start, tests = blocks("Quick start")[0][1].strip(), blocks("Tests")[0][1].strip()
    assert start == 'python3 -m venv .venv && .venv/bin/pip install -e ".[lab]" && .venv/bin/pixnb demo'
    assert tests == 'python3 -m venv .venv && .venv/bin/pip install -e ".[test]" && .venv/bin/pytest'


def test_every_command_in_the_readme_is_run_somewhere():
    """CI runs the two of the headings, this file and the commands' tests the others; a new one has to be added."""
    shell = re.findall(r"^```sh\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    commands = [line for block in shell for line in block.strip().splitlines()]
    known = {blocks("Quick start")[0][1].strip(), blocks("Tests")[0][1].strip(), SANDBOX, BENCH, LAB}
    assert set(commands) == known


def test_the_sandbox_command_of_the_readme_serves():
    """Started as written, answers, ends at Ctrl-C."""
    arguments = SANDBOX.split()[1:]
    with program("-m", "pixnb", *arguments) as process:
        assert process.stdout.readline() == "PIXAZO_BASE_URL=http://127.0.0.1:8765/pixazo\n"
        assert httpx.get("http://127.0.0.1:8765/health").headers["X-Pixnb-Sandbox"] == "1"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")), ids=lambda page: page.name)
def test_what_a_page_points_to_is_there(page):
    """Pictures and files."""
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (ROOT / target).exists()


@pytest.mark.parametrize("page", sampled(PAGES, [README]), ids=lambda page: page.name)
def test_python_in_a_page_runs(page, tmp_path, monkeypatch):
    """Every Python block runs as written, in the sandbox."""
    monkeypatch.setenv("PIXNB_SANDBOX_SPEED", "30")
    monkeypatch.setenv("PIXNB_SANDBOX_DRAFT", "1")
    monkeypatch.chdir(tmp_path)
    found = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    names: dict[str, object] = {}
    for block in found:
        exec(compile(block, page.name, "exec"), names)  # the pages are ours
