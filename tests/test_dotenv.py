"""What a project's `.env` may decide: where its own folders lie, never where somebody's key goes."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

import pixnb
from pixnb import settings
from pixnb.targets import Targets

KEY = "a-key-of-ones-own"
EVIL = "https://gateway.pixazo.ai.evil.example/v1"
MODEL = "ltx-2.3-text-to-video"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A cloned repository that one works in, two folders down."""
    folder = tmp_path / "clone"
    (folder / "nb" / "deep").mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    monkeypatch.chdir(folder / "nb" / "deep")
    monkeypatch.delenv("PIXNB_DATA")
    return folder


def place(where, project, monkeypatch):
    """Put the key somewhere; what is to be given to the client for it."""
    if where == "environment":
        monkeypatch.setenv("PIXAZO_API_KEY", KEY)
    elif where == "login":
        pixnb.login("pixazo", KEY)
    elif where == ".env":
        add(project, f"PIXAZO_API_KEY={KEY}")
    elif where == ".env, from the environment":
        monkeypatch.setenv("OTHER_SECRET", KEY)
        add(project, "PIXAZO_API_KEY=${OTHER_SECRET}")
    return {"keys": {"pixazo": KEY}} if where == "code" else {}


def add(project, line):
    """Write a line into the project's `.env`."""
    with open(project / ".env", "a") as file:
        file.write(f"{line}\n")


ELSEWHERE = ["environment", "login", "code", ".env, from the environment"]
STRANGE = [
    EVIL,
    "http://gateway.pixazo.ai",  # in the clear
    "https://gateway.pixazo.ai:8443",
    "https://127.0.0.1.evil.example",
    "https://localhost.evil.example",
    "https://10.0.0.7",
    "https://api.decart.ai",  # another service's
    "https://evil.example/${PIXAZO_API_KEY}",
]


@pytest.mark.parametrize("url", STRANGE)
@pytest.mark.parametrize("where", ELSEWHERE)
def test_an_address_in_a_dotenv_gets_no_key_from_elsewhere(project, monkeypatch, where, url):
    """Neither for new work nor for old; nothing is sent, and the message names both and the line that allows it."""
    asked = []
    given = place(where, project, monkeypatch)
    add(project, f"PIXAZO_BASE_URL={url}")
    client = pixnb.Client(**given, transport=httpx.MockTransport(lambda request: asked.append(request)))
    found = settings.load().base_url("pixazo")
    with pytest.raises(pixnb.InvalidAPIKey) as caught:
        client.submit(MODEL, prompt="A lake")
    with pytest.raises(pixnb.InvalidAPIKey):
        Targets(settings.load(), **given).at("pixazo", found)
    assert KEY not in Targets(settings.load(), **given).get("pixazo").key.get_secret_value()
    assert asked == []
    for part in (str(project / ".env"), "PIXAZO_API_KEY", f"export PIXAZO_BASE_URL={found}"):
        assert part in caught.value.message
    assert KEY not in f"{caught.value} {settings.load()!r} {client.engine.targets!r} {found}"


def test_a_key_is_not_taken_into_the_address_of_its_own_dotenv(project, monkeypatch):
    """`${NAME}` can read any variable: such an address is nobody's own, whatever key stands beside it."""
    monkeypatch.setenv("AWS_SECRET", KEY)
    add(project, "PIXAZO_API_KEY=bait\nPIXAZO_BASE_URL=https://evil.example/${AWS_SECRET}")
    with pytest.raises(pixnb.InvalidAPIKey, match="AWS_SECRET") as caught:
        pixnb.Client().submit(MODEL, prompt="A lake")
    assert KEY not in f"{caught.value} {settings.load()!r}"


@pytest.mark.parametrize(
    ("where", "url"),
    [
        (".env", EVIL),
        *[(where, url) for where in ELSEWHERE for url in ("https://gateway.pixazo.ai", "http://127.0.0.1:8000/pixazo")],
        ("environment", "http://localhost:9/pixazo"),
        ("environment", "http://[::1]:9"),
        ("environment", "https://GATEWAY.pixazo.ai:443/v2"),
    ],
)
def test_an_address_in_a_dotenv_that_may_have_the_key(project, monkeypatch, where, url):
    """The documented host, this machine, or any where the key stands in the same `.env`."""
    given = place(where, project, monkeypatch)
    add(project, f"PIXAZO_BASE_URL={url}")
    target = Targets(settings.load(), **given).get("pixazo")
    assert (target.base_url, target.key.get_secret_value()) == (url, KEY)


@pytest.mark.parametrize("is_sandbox", [True, False])
@pytest.mark.parametrize("where", ["environment", "login", "code"])
def test_on_this_machine_only_a_sandbox_gets_a_key_from_elsewhere(project, monkeypatch, where, is_sandbox):
    """Any program may listen at a port of this machine: it is asked first, without the key, what it is."""
    asked = []

    def answer(request):
        asked.append(request)
        return httpx.Response(404, headers={"X-Pixnb-Sandbox": "1"} if is_sandbox else {}, request=request)

    given = place(where, project, monkeypatch)
    add(project, "PIXAZO_BASE_URL=http://127.0.0.1:9/pixazo")
    client = pixnb.Client(**given, transport=httpx.MockTransport(answer))
    error = pixnb.ModelNotFound if is_sandbox else pixnb.InvalidAPIKey
    with pytest.raises(error):
        client.submit(MODEL, prompt="A lake")
    assert [KEY in str(request.headers.raw) for request in asked] == ([False, True] if is_sandbox else [False])


@pytest.mark.parametrize("where", ["environment", "code"])
def test_ones_own_address_goes_before_that_of_a_dotenv(project, monkeypatch, where):
    """The line that the message gives allows it."""
    monkeypatch.setenv("PIXAZO_API_KEY", KEY)
    add(project, f"PIXAZO_BASE_URL={EVIL}")
    if where == "environment":
        monkeypatch.setenv("PIXAZO_BASE_URL", EVIL)
    given = {"base_urls": {"pixazo": EVIL}} if where == "code" else {}
    assert Targets(settings.load(), **given).get("pixazo").base_url == EVIL


@pytest.mark.parametrize(
    ("line", "name", "found"),
    [
        ("PIXNB_DATA=./mydata", "data_dir", "{project}/mydata"),
        ("PIXNB_DATA=mydata", "log_url", "{project}/mydata/log.db"),
        ("PIXNB_DATA=../shared", "assets", "{project}/../shared/assets"),
        ("PIXNB_DATA=~/clips", "data_dir", "{home}/clips"),
        ("PIXNB_DATA=/abs/olute", "data_dir", "/abs/olute"),
        ("PIXNB_ASSETS=store", "assets", "{project}/store"),
        ("PIXNB_ASSETS=s3://bucket/store", "assets", "s3://bucket/store"),
        ("PIXNB_LOG_URL=team.db", "log_url", "{project}/team.db"),
        ("PIXNB_LOG_URL=sqlite:///team.db", "log_url", "sqlite:///{project}/team.db"),
        ("PIXNB_LOG_URL=sqlite:////srv/team.db", "log_url", "sqlite:////srv/team.db"),
        ("PIXNB_LOG_URL=postgresql://ann@db/log", "log_url", "postgresql://ann@db/log"),
        ("PIXNB_UPLOAD_URL=public", "pixnb_upload_url", "{project}/public"),
    ],
)
def test_paths_in_a_dotenv_count_from_its_folder(project, monkeypatch, line, name, found):
    """Wherever in the project one works, a relative path is the same place."""
    add(project, line)
    wanted = found.format(project=project, home=Path.home())
    wanted = wanted.replace("/clone/../", "/")
    for folder in (project, project / "nb", project / "nb" / "deep"):
        monkeypatch.chdir(folder)
        assert str(getattr(settings.load(), name)) == wanted


def test_paths_from_the_environment_count_from_the_working_folder(project, monkeypatch):
    """Also where a `.env` names another."""
    add(project, "PIXNB_DATA=of-the-project")
    monkeypatch.setenv("PIXNB_DATA", "mine")
    assert settings.load().data_dir == Path.cwd() / "mine"
    assert settings.load(pixnb_data="given").data_dir == Path.cwd() / "given"


def test_a_working_folder_that_is_gone_is_said(tmp_path, monkeypatch):
    """Not a bare FileNotFoundError."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(pixnb.InvalidInput, match=r"working folder is gone.*os\.chdir"):
        settings.load()
