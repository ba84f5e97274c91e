"""Without its extras the package says what is missing and how it gets into the very Python that runs."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from faces import FACES, options
from fake_service import FakeService
from served import tiny_clip

import pixnb
from pixnb.__main__ import main
from pixnb.extras import name_command

PUBLIC = "https://files.example/in"


@pytest.fixture(autouse=True)
def missing(monkeypatch, tmp_path):
    """As where only `pip install pixnb` was said."""
    for name in ("jupyterlab", "voila", "openpyxl", "psycopg", "s3fs", "gcsfs", "paramiko"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)  # of another test in this process
    monkeypatch.chdir(tmp_path)


def said_by(act, capsys):
    """What a person reads of it, in one line."""
    try:
        act()
    except pixnb.PixnbError as error:
        return error.message
    return capsys.readouterr().err.strip()


NEEDS = [
    ("lab", lambda: main(["lab"])),
    ("lab", lambda: main(["app"])),
    ("excel", lambda: pixnb.example("coats").frame().pixnb.to_excel("x.xlsx")),
    ("postgres", lambda: pixnb.Log("postgresql://ann:s3cret@db/log")),
    ("postgres", lambda: pixnb.Log("postgres://ann:s3cret@db/log")),
]


@pytest.mark.parametrize(("extra", "act"), NEEDS)
def test_a_missing_extra_is_named_with_this_python(extra, act, capsys):
    """A bare `pip` may be another Python's; nothing of a login is shown."""
    said = said_by(act, capsys)
    assert f'not installed here. Run: {sys.executable} -m pip install "pixnb[{extra}]"' in said
    assert "\n" not in said
    assert "s3cret" not in said


def test_in_a_notebook_it_is_the_magic(monkeypatch, capsys):
    """`%pip` is the kernel's own."""
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    assert said_by(NEEDS[3][1], capsys).endswith('Run: %pip install "pixnb[postgres]"')


PLACES = [
    ("s3://bucket/clips", f'a package is missing. Run: {sys.executable} -m pip install "pixnb[s3]"'),
    ("s3://ann:s3cret@bucket/clips", "s3://***@bucket/clips cannot be opened here: a package is missing"),
    ("gs://bucket/clips", "a package is missing. Please install gcsfs"),
    ("sftp://host/clips", "a package is missing. "),
    ("s4://bucket/clips", "No store is known by s4://"),
    ("s3://", "s3:// names no place"),
]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(("place", "words"), PLACES)
def test_a_place_that_cannot_be_opened_is_told_before_anything_is_sent(face, place, words, tmp_path):
    """Of clips, and of files that go on the web: else a clip would be paid that nobody can keep."""
    service = FakeService(sandbox=False)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(tiny_clip())
    ways = {"store": {"store": place}, "uploader": {"uploader": pixnb.Uploader(place, public=PUBLIC)}}
    for more in ways.values():
        client = face(**options(service, **more))
        with pytest.raises(pixnb.InvalidInput) as caught:
            client.submit("lucy-edit-fast", prompt="A red coat", video=clip)
        assert words in caught.value.message
        assert "s3cret" not in caught.value.message
        assert service.posts == []


def test_a_log_can_be_read_where_its_clips_cannot(tmp_path):
    """Somebody else's store is no reason not to see what was run."""
    with pixnb.Log(tmp_path / "log.db", assets="s3://bucket/clips") as log:
        assert log.frame().empty


@pytest.mark.parametrize(
    ("typed", "on_path", "said"),
    [
        (".venv/bin/pixnb", False, ".venv/bin/pixnb"),  # as README's first command
        ("my env/bin/pixnb", False, "'my env/bin/pixnb'"),
        ("bin/pixnb", True, "pixnb"),
        ("pixnb/__main__.py", False, "pixnb"),
        ("", False, "pixnb"),
    ],
)
def test_the_command_is_named_as_it_can_be_typed_again(monkeypatch, tmp_path, typed, on_path, said):
    """Where its folder is not searched, a bare `pixnb` is not found."""
    program = tmp_path / typed
    if typed:
        program.parent.mkdir(parents=True)
        program.touch(0o755)
    monkeypatch.setenv("PATH", str(program.parent) if on_path else "/nowhere")
    monkeypatch.setattr(sys, "argv", [typed, "lab"])
    assert name_command() == said
