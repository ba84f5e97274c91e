"""How pixnb and what was made with it are cited: the file, the page and the report say the same."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from pathlib import Path

import pandas as pd

import pixnb
from pixnb.report.origin import cite

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIRED = {"cff-version", "message", "title", "authors"}
"""What the format's schema, 1.2.0, asks for."""
KNOWN = REQUIRED | {"type", "version", "abstract", "license", "repository-code", "url", "keywords"}


def citation():
    """CITATION.cff: by YAML's rules where something has brought them, else line by line."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    try:
        import yaml
    except ImportError:
        heads = re.findall(r"^([a-z-]+):[ \t]*(.*)$", text, re.MULTILINE)
        lists = {name: re.findall(r"^  - (?:name: )?(.+)$", part, re.MULTILINE)
                 for name, part in re.findall(r"^([a-z-]+):\n((?:  .*\n?)+)", text, re.MULTILINE)}  # fmt: skip
        found = {name: lists.get(name) or value.strip('"') for name, value in heads}
        return found | {"authors": [{"name": name} for name in found["authors"]]}
    return yaml.safe_load(text)


def test_the_citation_file_is_of_its_format():
    """Names that the schema knows, and what it asks for: text for text, at least one author."""
    found = citation()
    assert REQUIRED <= set(found) <= KNOWN
    assert (found["cff-version"], found["type"]) == ("1.2.0", "software")
    assert all(isinstance(found[name], str) for name in set(found) - {"authors", "keywords"})
    assert found["authors"]
    assert all(set(author) == {"name"} for author in found["authors"])
    assert len(set(found["keywords"])) == len(found["keywords"])


def test_the_citation_file_says_what_the_package_says():
    """One version, name, licence, home."""
    found = citation()
    for name in ("version", "license", "keywords"):
        assert found[name] == PROJECT[name]
    assert found["title"] == PROJECT["name"]
    assert found["abstract"] == PROJECT["description"]
    assert found["version"] == pixnb.__version__
    assert found["url"] == found["repository-code"] == PROJECT["urls"]["Documentation"].removesuffix("#readme")
    holder = re.search(r"Copyright \(c\) \d+, (.+)", (ROOT / "LICENSE").read_text(encoding="utf-8"))
    assert [author["name"].lower() for author in found["authors"]] == [holder[1].lower()]


def test_the_newest_change_is_of_this_version():
    """The list of changes begins with what is here."""
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[0] == PROJECT["version"]


def test_the_page_shows_what_a_report_says():
    """Its example is what a report of such runs ends with, letter by letter."""
    page = (ROOT / "CITING.md").read_text(encoding="utf-8")
    frame = pd.DataFrame({"user": "Ada Lovelace", "model": ["lucy-edit-fast"] * 6 + ["lucy-pro-v2v"] * 6})
    log, report = re.search(r"log ([0-9a-f]{32}), report ([0-9a-f]{16})\.", page).groups()
    frame.attrs["pixnb_log"] = log
    said = cite(frame, "Rain, and nothing else", report=report, made=datetime(2026, 11, 27))
    assert f"> {said.text}\n" in page
    assert f"```bibtex\n{said.bibtex}\n```" in page


def test_what_the_page_calls_a_column_is_one(exp):
    """Of the frame of any experiment."""
    from served import tiny_clip
    from sweeps import LUCY

    exp.submit(LUCY, prompt="A red coat", video=tiny_clip()).wait(30)
    page = (ROOT / "CITING.md").read_text(encoding="utf-8")
    cells = [row.split("|")[3] for row in page.splitlines() if row.startswith("| ") and not row.startswith("| what |")]
    names = [name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)]
    assert {"provider_model", "take", "sandbox", "price_source"} <= set(names)
    assert set(names) <= set(exp.frame().columns)
