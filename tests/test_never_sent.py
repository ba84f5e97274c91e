"""Never sent means never paid: what goes wrong before the first byte has left is an error, with nothing reserved."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import struct

import pytest
from fake_proxy import FakeProxy, says
from fake_server import closed_port

import pixnb
from pixnb.client.polling import Patience
from pixnb.http import httpx
from pixnb.http.client import make_http
from pixnb.http.failures import NEVER_SENT
from pixnb.http.proxies import proxy_for
from pixnb.http.transport import ExactTransport

KEY = "very-secret-key"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "SSLKEYLOGFILE")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """Nothing of the tester's own network."""
    for name in (*VARIABLES, *map(str.upper, VARIABLES), *CERTIFICATES):
        monkeypatch.delenv(name, raising=False)


def submit(base_url):
    """Submit under a budget; return the run, and what is left."""
    client = pixnb.Client(keys={"pixazo": KEY}, base_urls={"pixazo": base_url}, sandbox=False, patience=Patience())
    experiment = pixnb.Experiment("never sent", budget=1, client=client)
    run = experiment.submit("lucy-edit-fast", prompt="a", video="https://example.org/x.mp4")
    return run, experiment.remaining["USD"]


def holds(base_url, *said):
    """The run is an error that says these words, has cost nothing and holds no money back."""
    run, left = submit(base_url)
    text = str(run.error)
    assert str(run.status) == "ERROR", text
    assert left == 1
    assert not run.cost or run.cost.amount == 0
    for word in said:
        assert word in text, text
    assert KEY not in text
    assert "p@ss" not in text


BAD_FILES = {
    "gone": lambda folder: folder / "gone.pem",
    "no certificates": lambda folder: _written(folder / "x.pem", b"no certificates in here\n"),
    "empty": lambda folder: _written(folder / "x.pem", b""),
    "binary": lambda folder: _written(folder / "x.pem", bytes(range(256))),
    "cut": lambda folder: _written(folder / "x.pem", b"-----BEGIN CERTIFICATE-----\nMIIB\n"),
}


def _written(path, data):
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", BAD_FILES)
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
def test_certificates_that_cannot_be_read(variable, kind, tmp_path, monkeypatch):
    """The variable and its file are named."""
    path = BAD_FILES[kind](tmp_path)
    monkeypatch.setenv(variable, str(path))
    holds("https://api.test", variable, path.name)


def test_a_key_log_that_cannot_be_written(tmp_path, monkeypatch):
    """Python opens SSLKEYLOGFILE by itself; it is named like the others."""
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "no" / "such" / "folder"))
    holds("https://api.test", "SSLKEYLOGFILE")


def test_certificates_are_not_asked_for_without_tls(tmp_path, monkeypatch):
    """The sandbox works whatever they are; and once mended, the next submit goes."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    with FakeProxy() as service:
        run, _ = submit(f"http://{service.place}")
    assert run.id == "job-1"


SHAPES = [
    "http://user:p@ss@127.0.0.1:x",
    "user:p@ss@127.0.0.1:x",
    "http://",
    "http://:8080",
    "://",
    "http://[::1",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:0",
    "http://ho st:1",
    "http://xn--/",
    "http://a\nb:1",
    "ftp://127.0.0.1:21",
    "javascript://x",
    "socks4://127.0.0.1:9",
    "socks4a://127.0.0.1:9",
    "socks5://user:p@ss@127.0.0.1:9",
    "SOCKS5H://127.0.0.1:9",
    "socks://127.0.0.1:9",
]


@pytest.mark.parametrize("value", SHAPES)
@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_variable_that_names_no_proxy_is_named_itself(variable, value, monkeypatch):
    """Any shape: nothing goes past it, and no password is shown."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(NEVER_SENT) as caught:
        proxy_for(httpx.URL("https://api.test"))
    assert ("SOCKS" if value.lower().startswith("socks") else "no proxy") in str(caught.value)
    assert variable in str(caught.value)
    assert "p@ss" not in str(caught.value)


@pytest.mark.parametrize("value", [SHAPES[0], SHAPES[-2]])
def test_a_submit_with_no_proxy_that_can_be_used(value, monkeypatch):
    """It is an error, and nothing is reserved."""
    monkeypatch.setenv("ALL_PROXY", value)
    holds("https://api.test", "ALL_PROXY")


def _resets(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


AT_CONNECT = {
    "hangs up": lambda connection: None,
    "resets": _resets,
    "garbage": says(b"\0\1\2 garbage\r\n\r\n"),
    "half a head": says(b"HTTP/1.1 200 Connec"),
    "an SSH banner": says(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "403": says(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
    "407": says(b"HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"),
    "301": says(b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"),
    "502": says(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad"),
    "reason in latin": says(b"HTTP/1.1 503 \xff\xfe\r\nContent-Length: 0\r\n\r\n"),
    "no TLS behind it": says(b"HTTP/1.1 200 OK\r\n\r\nplain text, no handshake"),
    "closed behind it": says(b"HTTP/1.1 200 OK\r\n\r\n"),
    "endless headers": says(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100_000),
    "says nothing": says(b"", then_hangs=True),
    "says nothing after CONNECT": says(b"HTTP/1.1 200 OK\r\n\r\n", then_hangs=True),
}


@pytest.mark.anyio
@pytest.mark.parametrize("behaviour", AT_CONNECT)
async def test_a_proxy_that_fails_at_connect_sent_nothing(behaviour, monkeypatch):
    """Whatever a proxy does before there is a way through it: no byte of the request has left."""
    with FakeProxy(AT_CONNECT[behaviour]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:p%40ss@{proxy.place}")
        async with make_http(ExactTransport()) as http:
            request = httpx.Request("POST", "https://api.test/x", json={}, headers={"X-API-Key": KEY})
            request.extensions["timeout"] = httpx.Timeout(0.3).as_dict()
            with pytest.raises(NEVER_SENT) as caught:
                await http.send(request)
        assert "HTTPS_PROXY" in str(caught.value)
        assert "ss@" not in str(caught.value)
        assert proxy.heads[0].startswith(b"CONNECT api.test:443")
        assert KEY.encode() not in b"".join(proxy.heads)


def test_a_proxy_that_is_not_there(monkeypatch):
    """It is named; the submit is an error."""
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{closed_port()}")
    holds("https://api.test", "https_proxy")


def test_a_proxy_that_wants_a_login(monkeypatch):
    """Also where there is no CONNECT: a 407 says that nothing was sent on."""
    with FakeProxy(AT_CONNECT["407"]) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.place}")
        holds("http://api.test", "http_proxy", "407")


@pytest.mark.parametrize(
    "base_url",
    ["https://nowhere.invalid", "https://127.0.0.1:1", "http://[::1]:1", "http://xn--.test", f"http://{'a' * 64}.test"],
)
def test_a_service_that_cannot_be_found(base_url):
    """No such name, a name that no resolver takes, nobody there."""
    if "xn--" in base_url:  # refused before there is a run
        with pytest.raises(pixnb.InvalidInput, match="PIXAZO_BASE_URL"):
            submit(base_url)
    else:
        holds(base_url)


def test_no_file_descriptors_are_left(monkeypatch):
    """The limit is named; what is in flight at other places is not touched."""
    with FakeProxy() as service:
        submit(f"http://{service.place}")  # so that all that has to be read is
        client = pixnb.Client(keys={"pixazo": KEY}, base_urls={"pixazo": "http://10.1.2.3"}, sandbox=False)
        experiment = pixnb.Experiment("no files", budget=1, client=client)
        assert len(experiment.frame()) == 0
        before, held = resource.getrlimit(resource.RLIMIT_NOFILE), []
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
        try:
            with contextlib.suppress(OSError):
                held.extend(iter(lambda: os.open(os.devnull, os.O_RDONLY), None))
            run = experiment.submit("lucy-edit-fast", prompt="a", video="https://example.org/x.mp4")
        finally:
            for file in held:
                os.close(file)
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert str(run.status) == "ERROR"
    assert "ulimit" in str(run.error)
    assert experiment.remaining["USD"] == 1


class Unreadable(httpx.AsyncByteStream):
    """A file that cannot be read, from its start or from further on."""

    def __init__(self, pieces):
        self.pieces = pieces

    async def __aiter__(self):
        for _ in range(self.pieces):
            yield bytes(1 << 16)
        raise OSError(5, "Input/output error")


@pytest.mark.anyio
@pytest.mark.parametrize(("pieces", "is_sent"), [(0, False), (1, True)])
async def test_an_input_that_cannot_be_read(pieces, is_sent):
    """Nothing has left while its first bytes are not here; later, some of it has."""
    with FakeProxy() as service:
        async with make_http(ExactTransport()) as http:
            request = httpx.Request("POST", f"http://{service.place}", content=Unreadable(pieces))
            with pytest.raises(httpx.RequestError) as caught:
                await http.send(request)
    assert isinstance(caught.value, NEVER_SENT) is not is_sent
    assert is_sent or not service.heads


@pytest.mark.parametrize("path", ["gone.mp4", "folder", "/proc/self/mem", "/dev/null", "\0"])
def test_an_input_that_is_no_file(path, tmp_path, monkeypatch):
    """It is named, and there is no run of it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    client = pixnb.Client(keys={"decart": KEY}, base_urls={"decart": "http://127.0.0.1:9"}, sandbox=False)
    experiment = pixnb.Experiment("inputs", client=client, budget=1)
    with pytest.raises(pixnb.InvalidInput):
        experiment.submit("lucy-2.5", prompt="a", video=path)
    assert experiment.remaining["USD"] == 1
    assert len(experiment.frame()) == 0
