"""Where settings come from, in which order, and that no key ever shows."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import stat
from pathlib import Path

import platformdirs
import pytest
from faces import FACES, options
from fake_service import BASE, KEY, FakeService, lost

import pixnb
from pixnb import keys, settings
from pixnb.targets import Targets

TEXT = "ltx-2.3-text-to-video"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project that one works in."""
    folder = tmp_path / "project"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("")
    monkeypatch.chdir(folder / "notebooks")
    monkeypatch.delenv("PIXNB_DATA")
    return folder


def key():
    """The key for Pixazo as it stands."""
    found = settings.load().key("pixazo")
    return found and found.get_secret_value()


def test_the_sources_come_in_order(project, monkeypatch):
    """Login, `.env` before it, the environment before that, arguments first; read anew each time."""
    assert key() is None
    pixnb.login("pixazo", "from-login")
    assert key() == "from-login"
    (project / ".env").write_text("PIXAZO_API_KEY=from-dotenv\n")
    assert key() == "from-dotenv"
    monkeypatch.setenv("PIXAZO_API_KEY", "from-environment")
    assert key() == "from-environment"
    found = settings.load(pixazo_api_key="from-argument").key("pixazo")
    assert found.get_secret_value() == "from-argument"
    monkeypatch.setenv("PIXAZO_API_KEY", "")
    assert key() == "from-dotenv"


def test_the_nearest_dotenv_inside_the_project_counts(project, tmp_path):
    """Not one outside of it."""
    (tmp_path / ".env").write_text("PIXAZO_API_KEY=outside\n")
    assert key() is None
    (project / ".env").write_text("PIXAZO_API_KEY=project\n")
    assert key() == "project"
    Path(".env").write_text("PIXAZO_API_KEY=here\nUNRELATED=1\n")
    assert key() == "here"


def test_login_keeps_the_key_for_its_owner_alone(project):
    """In a file of mode 0600, in the user's configuration folder, beside other services' keys."""
    old = os.umask(0)
    try:
        pixnb.login("decart", "d")
        pixnb.login("pixazo", "  p\n")
    finally:
        os.umask(old)
    (path,) = Path(platformdirs.user_config_dir("pixnb")).iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key() == "p"
    assert settings.load().key("decart").get_secret_value() == "d"


@pytest.mark.parametrize("bad", ["", "  ", "two\nlines", "schlüssel"])
def test_login_refuses_what_is_no_key(project, bad):
    """Nothing is stored, and the message does not hold it."""
    with pytest.raises(pixnb.InvalidInput) as caught:
        pixnb.login("pixazo", bad)
    assert not bad.strip() or bad not in caught.value.message
    for name in ("pixaso", ""):
        with pytest.raises(pixnb.InvalidInput, match="pixazo, decart, apiframe"):
            pixnb.login(name, "k")
    assert key() is None


def test_login_says_where_it_cannot_write(project, monkeypatch, tmp_path):
    """And names the variable that does as well."""
    (tmp_path / "blocked").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "blocked"))
    with pytest.raises(pixnb.InvalidInput, match="PIXAZO_API_KEY"):
        pixnb.login("pixazo", "k")


def test_a_login_file_that_is_damaged_counts_as_none(project):
    """Half a file is no key, and login writes it anew."""
    pixnb.login("pixazo", "k")
    (path,) = Path(platformdirs.user_config_dir("pixnb")).iterdir()
    for damage in ('{"pixazo_api_key": ', "[]", '{"pixazo_api_key": 7}', "\xff"):
        path.write_text(damage, encoding="latin-1")
        assert key() is None
    pixnb.login("pixazo", "again")
    assert key() == "again"


def test_the_data_folder_is_found_upward_inside_the_project(project, monkeypatch):
    """The nearest `pixnb-data`, else one here; nothing is made by asking."""
    assert settings.load().data_dir == Path.cwd() / "pixnb-data"
    assert not Path("pixnb-data").exists()
    (project.parent / "pixnb-data").mkdir(exist_ok=True)
    assert settings.load().data_dir == Path.cwd() / "pixnb-data"
    (project / "pixnb-data").mkdir()
    assert settings.load().data_dir == project / "pixnb-data"
    monkeypatch.setenv("PIXNB_DATA", "~/clips")
    assert settings.load().data_dir == Path.home() / "clips"
    assert settings.load().log_url == str(Path.home() / "clips" / "log.db")
    assert settings.load().assets == str(Path.home() / "clips" / "assets")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PIXNB_SANDBOX", "maybe"),
        ("PIXNB_SANDBOX_SPEED", "0"),
        ("PIXNB_SANDBOX_SPEED", "inf"),
        ("PIXAZO_BASE_URL", "gateway.pixazo.ai"),
        ("PIXAZO_BASE_URL", "https://user:word@gateway.pixazo.ai"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(monkeypatch, name, value):
    """Which variable, and what is wrong with it."""
    monkeypatch.setenv(name, value)
    with pytest.raises(pixnb.InvalidInput, match=f"A setting cannot be read: {name}: .+ Correct or unset it"):
        settings.load()


@pytest.mark.parametrize("line", [f"PIXAZO_API_KEY: {KEY}", f"PIXAZO_API_KEY {KEY}x y", "pixnb_sandbox: 1"])
def test_a_line_of_a_dotenv_that_is_no_setting_is_named(project, line):
    """The work would go to the sandbox, and nobody would know why; what stands there is not shown."""
    (project / ".env").write_text(f"OTHER=1\nWHATEVER: else\n{line}\n")
    with pytest.raises(pixnb.InvalidInput, match=r"\.env: line 3 cannot be read. Write NAME=value there") as caught:
        settings.load()
    assert KEY not in caught.value.message


def test_a_dotenv_that_cannot_be_read_is_named(project):
    """Not a traceback of somebody else's."""
    (project / ".env").write_bytes(b"PIXAZO_API_KEY=\xff\xfe\n")
    with pytest.raises(pixnb.InvalidInput, match=r"\.env cannot be read"):
        settings.load()


def target(**given):
    """Where Pixazo's work goes by the settings."""
    return Targets(settings.load(), **given).get("pixazo")


def test_no_key_at_all_means_the_sandbox(monkeypatch):
    """And whether it may is a setting."""
    assert Targets(settings.load()).is_sandbox()
    monkeypatch.setenv("PIXNB_SANDBOX", "0")
    with pytest.raises(pixnb.InvalidAPIKey, match=r"PIXNB_SANDBOX=0 forbids the sandbox\. Set PIXAZO_API_KEY"):
        target()
    monkeypatch.setenv("PIXNB_SANDBOX", "1")
    monkeypatch.setenv("PIXAZO_API_KEY", KEY)
    assert Targets(settings.load()).is_sandbox()
    assert Targets(settings.load(), sandbox=False).get("pixazo").key.get_secret_value() == KEY


def test_some_key_but_not_this_one_is_said(monkeypatch):
    """The variable is named, and the sandbox does not stand in unasked."""
    monkeypatch.setenv("DECART_API_KEY", "d")
    said = r"no API key for pixazo\. Another service's key is set, .* Set PIXAZO_API_KEY or call pixnb\.login"
    with pytest.raises(pixnb.InvalidAPIKey, match=said):
        target()


@pytest.mark.parametrize(
    "name", ["PIXAZO_KEY", "PIXAZO_TOKEN", "PIXAZO_API_KEYS", "PIXAZOAPIKEY", "PIXZAO_API_KEY", "PIXAZO-API-KEY"]
)
@pytest.mark.parametrize("where", ["environment", "dotenv"])
def test_a_misspelt_variable_is_named(project, monkeypatch, name, where):
    """A key was meant: work does not go to the sandbox, and the odd name is shown, not what it holds."""
    if where == "dotenv":
        (project / ".env").write_text(f"{name}={KEY}\n")
    else:
        monkeypatch.setenv(name, KEY)
    with pytest.raises(pixnb.InvalidAPIKey, match=f"{name} is set and looks like a misspelling") as caught:
        target()
    assert KEY not in caught.value.message


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PIXNB_SANBOX", "PIXNB_SANDBOX"),
        ("PIXNB-SANDBOX", "PIXNB_SANDBOX"),
        ("PIXNB_SPEED", "PIXNB_SANDBOX_SPEED"),
        ("PIXNB_DATA_DIR", "PIXNB_DATA"),
        ("PIXNB_LOG", "PIXNB_LOG_URL"),
        ("PIXNB_ASSET", "PIXNB_ASSETS"),
        ("PIXNB_LIMIT", "PIXNB_LIMITS"),
        ("PIXAZO_BASEURL", "PIXAZO_BASE_URL"),
        ("APIFRAME_BASE_URLS", "APIFRAME_BASE_URL"),
    ],
)
@pytest.mark.parametrize("where", ["environment", "dotenv"])
def test_a_misspelt_setting_is_named(project, monkeypatch, name, meant, where):
    """Unheeded, PIXNB_SANBOX=1 would send work to a service, and pay."""
    if where == "dotenv":
        (project / ".env").write_text(f"{name}=1\n")
    else:
        monkeypatch.setenv(name, "1")
    with pytest.raises(pixnb.InvalidInput, match=rf"^{name} is set, .* did you mean {meant}\?"):
        settings.load()


@pytest.mark.parametrize("name", ["PIXNB_TEST_POSTGRES", "PIXNB_REQUIRE_SDK", "PIXNB", "DATA_DIR", "PIXAZO_REGION"])
def test_what_is_no_setting_is_let_be(monkeypatch, name):
    """Other variables, ours for tests included."""
    monkeypatch.setenv(name, "x")
    settings.load()


@pytest.mark.parametrize(
    ("fault", "bad"),
    [
        ("has quotes around it", ['"s3cret-1234"', "'s3cret-1234'", '"s3cret-1234', "`s3cret-1234`"]),
        ("has a word in front of it", ["Bearer s3cret-1234", "bearer  s3cret-1234", "Authorization: s3cret-1234",
                                      "PIXAZO_API_KEY=s3cret-1234", "Ocp-Apim-Subscription-Key: s3cret-1234"]),
        ("is the placeholder of an example", ["your-key-here", "YOUR_API_KEY", "YOUR_SUBSCRIPTION_KEY", "<your key>",
                                              "my-key-here", "xxxxxxxx", "…", "...", "$PIXAZO_API_KEY", "${KEY}",
                                              "changeme", "replace-me", "None", "TODO"]),
        ("holds characters that no key has", ["s3cret 1234", "s3cret\n1234", "s3cret\t1234"]),
        ("begins as one for decart does: that goes into DECART_API_KEY", ["dct_s3cret-1234"]),
        ("begins as one for apiframe does: that goes into APIFRAME_API_KEY", ["afk_s3cret-1234"]),
    ],
)  # fmt: skip
def test_a_key_that_was_copied_badly_is_told_before_anything_is_sent(fault, bad):
    """By argument or login; a sandbox, which is asked for by name, needs none of it."""
    for text in bad:
        for told in (lambda: target(keys={"pixazo": text}), lambda: pixnb.login("pixazo", text)):  # noqa: B023
            with pytest.raises(pixnb.PixnbError) as caught:
                told()
            said = caught.value.message
            assert fault in said or "no HTTP header can carry" in said, text
            assert "Nothing was s" in said or "Copy it again" in said
            assert "s3cret" not in said
    assert keys.read_keys() == {}


def test_a_gateway_of_ones_own_has_keys_of_its_own():
    """What is a placeholder or another service's elsewhere may be a key there."""
    for key in ("changeme", "dct_s3cret-1234"):
        found = target(keys={"pixazo": key}, base_urls={"pixazo": "https://gateway.test"})
        assert found.key.get_secret_value() == key


@pytest.mark.parametrize(
    "good", ["k", "0123456789abcdef0123456789abcdef", "a-key", "dct-1", "sk-your9", "Xx.9", "keyhere"]
)
def test_a_key_that_may_be_one_goes(good):
    """Of Pixazo's no page says how they look."""
    assert keys.find_fault("pixazo", good) is None


def test_a_bad_key_stops_no_sandbox(monkeypatch):
    """An example's .env was copied; the sandbox that is asked for has no use for it."""
    monkeypatch.setenv("PIXAZO_API_KEY", "your-key-here")
    monkeypatch.setenv("PIXNB_SANDBOX", "1")
    client = pixnb.Client()
    assert client.engine.targets.goes_to_sandbox("pixazo")


def test_another_services_misspelt_key_is_named(monkeypatch):
    """It is why the sandbox does not stand in."""
    monkeypatch.setenv("DECART_KEY", KEY)
    with pytest.raises(pixnb.InvalidAPIKey, match="DECART_KEY is set and looks like a misspelling of DECART_API_KEY"):
        target()


@pytest.mark.parametrize("name", ["PIXABAY_API_KEY", "OPENAI_API_KEY", "PIXEL_DENSITY", "PIXAZO_BASE_URLS"])
def test_other_variables_are_no_misspelling(monkeypatch, name):
    """Other people's keys mean nothing here."""
    monkeypatch.setenv(name, "x")
    assert keys.lookalikes("pixazo") == []


@pytest.mark.parametrize("given", [{"pixazo": ""}, {"pixazo": None}, {"pixazo": " "}])
def test_an_empty_key_given_is_no_key(given):
    """A service was meant, so the sandbox does not stand in."""
    with pytest.raises(pixnb.InvalidAPIKey, match="no API key"):
        target(keys=given)


@pytest.mark.parametrize("given", ["schlüssel", "two\nlines", 7])
def test_a_key_that_no_header_can_carry_is_said(given):
    """Before anything is sent, and without the key."""
    with pytest.raises(pixnb.InvalidAPIKey, match="no HTTP header can carry") as caught:
        target(keys={"pixazo": given})
    assert str(given) not in caught.value.message


def test_an_unknown_provider_is_named():
    """In keys and in addresses."""
    for name in ("keys", "base_urls"):
        with pytest.raises(pixnb.InvalidInput, match=f"{name}= names an unknown provider 'pixaso'"):
            pixnb.Client(**{name: {"pixaso": "https://x.example"}})


def test_a_key_goes_to_its_own_service_only(monkeypatch):
    """A log may say that a job is anywhere: only the service's address, one that is set, or this machine counts."""
    monkeypatch.setenv("PIXAZO_BASE_URL", "https://proxy.example/pixazo/")
    targets = Targets(settings.load(), keys={"pixazo": KEY})
    for home in ("https://gateway.pixazo.ai", "https://proxy.example/pixazo", "http://127.0.0.1:4000/pixazo"):
        assert targets.at("pixazo", home).base_url == home
    for home in ("https://evil.example", "http://gateway.pixazo.ai", "https://gateway.pixazo.ai.evil.example"):
        with pytest.raises(pixnb.InvalidAPIKey, match="PIXAZO_BASE_URL="):
            targets.at("pixazo", home)
    with pytest.raises(pixnb.ServiceUnavailable, match="in the sandbox only"):
        Targets(settings.load(), keys={"pixazo": KEY}, sandbox=True).at("pixazo", "https://gateway.pixazo.ai")


@pytest.mark.parametrize("face", FACES)
def test_a_key_never_shows(face, caplog, capfd):
    """In no repr, text, log line, exception, its chain or pickle, whatever the service does or repeats."""
    caplog.set_level(logging.DEBUG)
    answers = [
        [lost],
        [(401, {"error": f"bad key {KEY}"})],
        [(500, f"<html>{KEY}</html>")],
        [(400, KEY)],
        [(302, "", {"Location": f"https://x.example/?key={KEY}"})],
        [(202, KEY)],
    ]
    shown = []
    for submits in answers:
        client = face(**options(FakeService(submits)))
        with pytest.raises(pixnb.PixnbError) as caught:
            client.submit(TEXT, prompt="A lake")
        shown += [spelled_out(caught.value), pickle.dumps(caught.value).decode("latin-1")]
    failed = (200, {"status": "FAILED", "error": f"no {KEY} here"})
    client = face(**options(FakeService(polls=[failed])))
    job = client.submit(TEXT, prompt="A lake")
    with pytest.raises(pixnb.JobFailed) as caught:
        client.result(job)
    shown += [spelled_out(caught.value), repr(job), str(job), repr(job._work.target), repr(job._work.request)]
    shown += [repr(client.client), str(client.client), repr(vars(client.client.engine)), repr(vars(job._work))]
    found = settings.load(pixazo_api_key=KEY)
    shown += [repr(found), str(found), str(found.model_dump()), caplog.text, *capfd.readouterr()]
    assert [text for text in shown if KEY in text] == []
    for thing in (found, job._work.target, job, client.client):
        with contextlib.suppress(TypeError):
            assert KEY.encode() not in pickle.dumps(thing)


def test_a_database_password_never_shows():
    """Nor that of a store."""
    found = settings.load(
        pixnb_log_url="postgresql://me:hunter2@host/log",
        pixnb_assets="sftp://me:hunter2@host/a",
        pixnb_upload_url="sftp://me:hunter2@host/b",
    )
    assert "hunter2" not in f"{found!r} {found}"


def spelled_out(error):
    """All that an error and those behind it say, in every form."""
    said, seen = "", set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        said += f"{error} {error!r} {error.args!r} {vars(error)!r} "
        error = error.__cause__ or error.__context__
    return said


def test_the_key_goes_in_its_own_header():
    """And nowhere else in the request."""
    service = FakeService()
    pixnb.Client(**options(service, keys={"pixazo": f" {KEY}\n"})).run(TEXT, prompt="A lake")
    for request in (*service.posts, *service.polls):
        assert [name for name, value in request.headers.items() if KEY in value] == ["ocp-apim-subscription-key"]
        assert request.headers["ocp-apim-subscription-key"] == KEY
        assert KEY not in str(request.url)
        assert str(request.url).startswith(BASE)


def _start_sandbox(data):
    with pixnb.Sandbox(data) as sandbox:
        assert sandbox.url


@pytest.mark.parametrize(
    "make",
    [
        lambda data: pixnb.Log(data / "log.db").close(),
        lambda data: pixnb.models.set_price("ltx-2", 1),
        lambda data: pixnb.Client().engine._store.put(b"RIFF0000WEBP", sha256=None),
        _start_sandbox,
    ],
    ids=["log", "price", "asset", "sandbox"],
)
def test_whoever_makes_the_data_folder_makes_it_private(tmp_path, monkeypatch, make):
    """One that was there keeps its mode."""
    for name, mode in (("new", 0o700), ("there", 0o755)):
        data = tmp_path / name / "deep" / "pixnb-data"
        monkeypatch.setenv("PIXNB_DATA", str(data))
        if name == "there":
            data.mkdir(parents=True, mode=0o755)
        make(data)
        assert data.stat().st_mode & 0o777 == mode
