"""A service that lives in a package of its own: its wheel on the path is all that it takes."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from children import told
from sampling import sampled

import pixnb
from pixnb.providers import Provider

HERE = Path(__file__).parent
TOY = HERE / "data" / "toy_service"
PROGRAMS = HERE / "plugin_programs.py"
KEY = "toy-SECRET/0123456789"


def wheel(folder, *, name="toy_service", object_="toy_service:PROVIDER", **changed):
    """Write a wheel of the toy service, with other text in some of its modules."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for source in TOY.glob("*.py"):
            text = changed.get(source.stem, source.read_text(encoding="utf-8"))
            archive.writestr(f"{name}/{source.name}", text)
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{name}-1.0.dist-info/entry_points.txt", f"[pixnb.providers]\n{name} = {object_}\n")
    return path


def program(name, folder, *wheels, **environ):
    """Run a program with wheels on its path."""
    path = os.pathsep.join(map(str, (*wheels, HERE, Path(pixnb.__file__).parents[1])))
    asked = {**os.environ, "PYTHONPATH": path, "PIXNB_SANDBOX_SPEED": "50", "PIXNB_SANDBOX_DRAFT": "1"}
    asked |= {name: "1" if value else "" for name, value in environ.items()}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, str(PROGRAMS), name], cwd=folder, env=asked, **pipes)


def ran(name, folder, *wheels, **environ):
    """Run a program to its end; what it told and what it wrote to stderr."""
    with program(name, folder, *wheels, **environ) as process:
        answer = told(process)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return answer, errors


@pytest.mark.slow
def test_a_service_of_a_package_is_a_service_like_ours(tmp_path):
    """Submitted, resumed after a kill, compared, with a form; and its key is in no text, page, file or log line."""
    added = wheel(tmp_path)
    with program("begin", tmp_path, added) as first:
        said = told(first)
        first.kill()
        _, errors = first.communicate()
    assert [one[0] for one in said] == ["InsufficientBalance", "JobFailed", "InvalidAPIKey"]
    (rows, shown), more = ran("finish", tmp_path, added)
    assert [row[0] for row in rows] == ["toy"] * 5
    assert [row[2] for row in rows[:2]] == ["ERROR", "FAILED"]
    assert [row[1:] for row in rows[3:]] == [["A red train", "COMPLETED"], ["A blue train", "COMPLETED"]]
    for words in ("wheels", "Toy Video · toy", "How many wheels it has", "A blue train"):
        assert words in shown
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != added]
    assert any(b"A blue train" in data for data in files)
    for text in (str(said), errors, shown, more, *(data.decode("latin-1") for data in files)):
        assert KEY not in text
        assert KEY.removeprefix("toy-") not in text
    sources = Path(pixnb.__file__).parent.rglob("*.py")
    assert not any("toy_service" in path.read_text(encoding="utf-8") for path in sources)


def test_without_a_key_a_service_of_a_package_goes_to_the_sandbox(tmp_path):
    """And `pixnb sandbox` names its variables."""
    added = wheel(tmp_path)
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(added), str(Path(pixnb.__file__).parents[1])])}
    command = [sys.executable, "-m", "pixnb", "sandbox", "--state", str(tmp_path / "state")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ, cwd=tmp_path) as process:
        lines = [process.stdout.readline().strip() for _ in range(8)]
        process.terminate()
    assert lines[6].startswith("TOY_BASE_URL=http://127.0.0.1:")
    assert lines[7] == "TOY_API_KEY=sandbox"
    code = (
        "import pixnb; from pixnb import keys, settings\n"
        "pixnb.login('toy', 'k' * 9); print(len(settings.load().key('toy')))\n"
        "print(keys.lookalikes('toy'))"
    )
    asked = {**environ, "TOY_API_KEYS": "x", "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=asked, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["9", "['TOY_API_KEYS']"], done.stderr


def test_a_service_of_a_package_calls_back_in_its_own_words(tmp_path):
    """What its calls look like and how they are signed, its wire says: no JSON, a header of its own."""
    (status, codes, polls), _ = ran("called", tmp_path, wheel(tmp_path))
    assert status == "COMPLETED"
    assert codes == [401, 401, 200, 400, 200, 401]
    assert polls == [1]


BROKEN = {
    "no module": {"object_": "nowhere:PROVIDER"},
    "no such name": {"object_": "toy_service:NOTHING"},
    "no Provider": {"__init__": "PROVIDER = {'name': 'toy'}"},
    "raises": {"__init__": "raise RuntimeError('so')"},
    "exits": {"__init__": "raise SystemExit(3)"},
    "ours": {"__init__": (TOY / "__init__.py").read_text().replace('"toy"', '"pixazo"')},
    "models raise": {"models": "1 / 0"},
    "models of others": {"models": "from pixnb.catalogue.pixazo import MODELS"},
    "no models": {"models": "MODELS = 7"},
    "the same id": {"models": (TOY / "models.py").read_text().replace('"toy-video"', '"lucy-edit-fast"')},
    "wire raises": {"wire": "import nowhere"},
    "wire of another": {"wire": (TOY / "wire.py").read_text().replace('provider = "toy"', 'provider = "decart"')},
    "another header": {"wire": (TOY / "wire.py").read_text().replace('"Authorization": f"Bearer', '"X-Toy": f"Bearer')},
    "sandbox raises": {"sandbox": "import nowhere"},
    "routes raise": {"sandbox": "def routes(desk):\n    raise OSError('so')"},
}


@pytest.mark.parametrize("how", sampled(BROKEN, ["raises", "sandbox raises"]))
def test_a_package_that_is_broken_breaks_itself_alone(tmp_path, how):
    """Our services work, in the sandbox too, and a line says which package it is and what is wrong."""
    in_sandbox = "sandbox" in BROKEN[how]
    (names, models, statuses, error), errors = ran("look", tmp_path, wheel(tmp_path, **BROKEN[how]), SANDBOX=in_sandbox)
    assert names[:3] == ["pixazo", "decart", "apiframe"]
    assert models >= len(pixnb.models)
    assert statuses == ["COMPLETED"] * in_sandbox
    server = tmp_path / "pixnb-data" / "sandbox" / "server.log"
    said = f"{errors} {server.read_text() if in_sandbox else ''} {error}"
    assert "toy" in said
    assert "Mend or uninstall" in said


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Toy"},
        {"name": "to-y"},
        {"name": "pixnb"},
        {"name": ""},
        {"host": "api.toy.example"},
        {"host": "https://u:p@api.toy.example"},
        {"host": "https://api.toy.example/"},
        {"key_headers": "Authorization"},
    ],
)
def test_a_provider_that_cannot_be_right_is_refused_when_made(wrong):
    """Not when it is first used."""
    right = {"name": "toy", "host": "https://api.toy.example", "key_headers": ("A",), "catalogue": "a:b", "wire": "a:c"}
    assert Provider(**right)
    with pytest.raises((ValueError, TypeError)):
        Provider(**right | wrong)
