"""Which proxy a request goes through, by the environment's variables, and what goes along."""

from __future__ import annotations

import base64

import pytest
from fake_proxy import FakeProxy, says

import pixnb
from pixnb.http import httpx
from pixnb.http.client import make_http
from pixnb.http.proxies import proxy_for
from pixnb.http.transport import ExactTransport

KEY = "very-secret-key"
NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture
def environ(monkeypatch):
    """Sets variables in an environment without proxies."""
    for name in (*NAMES, *map(str.upper, NAMES)):
        monkeypatch.delenv(name, raising=False)

    def give(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return give


FOUND = [
    ({}, "https://a.test", None),
    ({"https_proxy": "http://p:1"}, "https://a.test", "http://p:1"),
    ({"HTTPS_PROXY": "http://p:1"}, "https://a.test", "http://p:1"),
    ({"https_proxy": "http://small:1", "HTTPS_PROXY": "http://large:1"}, "https://a.test", "http://small:1"),
    ({"https_proxy": "", "HTTPS_PROXY": "http://p:1"}, "https://a.test", None),
    ({"https_proxy": "  http://p:1\n"}, "https://a.test", "http://p:1"),
    ({"https_proxy": "p:1"}, "https://a.test", "http://p:1"),
    ({"https_proxy": "HTTP://p:1/"}, "https://a.test", "http://p:1"),
    ({"https_proxy": "https://p:1"}, "https://a.test", "https://p:1"),
    ({"https_proxy": "http://[::1]:1"}, "https://a.test", "http://[::1]:1"),
    ({"https_proxy": "http://u:p@ss/w:rd@p:1"}, "https://a.test", "http://u:p%40ss%2Fw%3Ard@p:1"),
    ({"https_proxy": "http://u:p%40ss@p:1"}, "https://a.test", "http://u:p%40ss@p:1"),
    ({"https_proxy": "http://p:1"}, "http://a.test", None),
    ({"http_proxy": "http://p:1"}, "https://a.test", None),
    ({"http_proxy": "http://p:1"}, "http://a.test", "http://p:1"),
    ({"all_proxy": "http://p:1"}, "https://a.test", "http://p:1"),
    ({"ALL_PROXY": "http://p:1"}, "http://a.test", "http://p:1"),
    ({"ALL_PROXY": "socks5://p:1", "https_proxy": "http://p:2"}, "https://a.test", "http://p:2"),
]


@pytest.mark.parametrize(("variables", "url", "wanted"), FOUND)
def test_the_proxy_that_is_found(variables, url, wanted, environ):
    """By scheme, in small letters before capitals, else by all_proxy."""
    environ(**variables)
    found = proxy_for(httpx.URL(url))
    assert (found.url if found else None) == wanted
    assert "@" not in repr(found)


BYPASSED = [
    ("*", "https://a.test", True),
    ("a.test", "https://a.test", True),
    ("A.Test", "https://a.test", True),
    ("a.test", "https://sub.a.test", True),
    ("a.test", "https://nota.test", False),
    (".a.test", "https://a.test", True),
    (".a.test", "https://sub.a.test", True),
    ("*.a.test", "https://sub.a.test", True),
    ("test", "https://a.test", True),
    ("b.test, a.test", "https://a.test", True),
    ("b.test a.test", "https://a.test", True),
    (",, ,", "https://a.test", False),
    ("", "https://a.test", False),
    ("a.test:443", "https://a.test", True),
    ("a.test:8443", "https://a.test", False),
    ("a.test:8443", "https://a.test:8443", True),
    ("https://a.test", "https://a.test", True),
    ("a.test.", "https://a.test", True),
    ("a.test", "https://a.test.", True),
    ("10.0.0.0/8", "https://10.9.8.7", True),
    ("10.0.0.0/8", "https://11.9.8.7", False),
    ("10.0.0.0/99", "https://10.9.8.7", False),
    ("10.9.8.7", "https://10.9.8.7", True),
    ("10.9.8.7:443", "https://10.9.8.7", True),
    ("10.9.8.7:80", "https://10.9.8.7", False),
    ("9.8.7", "https://10.9.8.7", False),
    ("fd00::/8", "https://[fd00::1]", True),
    ("[fd00::]/8", "https://[fd00::1]", True),
    ("fd00::1", "https://[fd00::1]", True),
    ("[fd00::1]", "https://[fd00::1]", True),
    ("[fd00::1]:443", "https://[fd00::1]", True),
    ("[fd00::1]:80", "https://[fd00::1]", False),
    ("fd00:0:0::1", "https://[fd00::1]", True),
    ("fe80::/10", "https://[fd00::1]", False),
    ("10.0.0.0/8", "https://[::ffff:10.1.1.1]", True),
    ("bücher.test", "https://xn--bcher-kva.test", True),
    ("xn--bcher-kva.test", "https://bücher.test", True),
    ("[::1", "https://a.test", False),
]


@pytest.mark.parametrize(("no_proxy", "url", "bypassed"), BYPASSED)
@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_what_goes_past_it(variable, no_proxy, url, bypassed, environ):
    """Names and their subdomains, addresses, networks, ports; also past a proxy that cannot be used."""
    environ(https_proxy="http://p:1" if not bypassed else "socks5://p:1", **{variable: no_proxy})
    assert (proxy_for(httpx.URL(url)) is None) is bypassed


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://127.9.9.9", "http://localhost", "http://LOCALHOST.", "http://x.localhost",
            "http://[::1]:1", "http://0.0.0.0:1", "http://[::ffff:127.0.0.1]:1"]
)  # fmt: skip
def test_this_machine_is_reached_directly(url, environ):
    """Whatever the variables say."""
    environ(http_proxy="http://p:1", ALL_PROXY="socks5://p:1")
    assert proxy_for(httpx.URL(url)) is None


def test_a_variable_set_in_a_notebook_counts_from_the_next_request_on(environ):
    """Nothing is kept from the first one."""
    assert proxy_for(httpx.URL("https://a.test")) is None
    environ(HTTPS_PROXY="http://p:1")
    assert proxy_for(httpx.URL("https://a.test")) is not None


HOMES = {
    "default": "default login ann password s3cret\n",
    "the host": "machine api.test login ann password s3cret\n",
    "the proxy": "machine 127.0.0.1 login ann password s3cret\n",
    "not one": "machine\n\n\0garbage {",
}


@pytest.mark.parametrize("home", HOMES)
def test_no_login_of_anybody_else_leaves(home, environ, tmp_path, monkeypatch):
    """Neither ~/.netrc nor NETRC nor a cookie that came before: our key, and only it."""
    for path in (tmp_path / ".netrc", tmp_path / "_netrc"):
        path.write_text(HOMES[home])
        path.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    body = b'{"request_id": "job-1", "status": "QUEUED"}'
    cookies = b"Set-Cookie: a=b; Path=/\r\nWWW-Authenticate: Basic\r\n"
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + cookies + b"Content-Length: %d\r\n\r\n" % len(body)
    with FakeProxy(says(head + body)) as proxy:
        environ(http_proxy=f"http://{proxy.place}")
        client = pixnb.Client(keys={"pixazo": KEY}, base_urls={"pixazo": "http://api.test"}, sandbox=False)
        for _ in range(2):
            client.submit("ltx-2.3-text-to-video", prompt="a").cancel()
        assert not pixnb.Media("http://files.test/x.gif").bytes().startswith(b"GIF")
    heads = [head for head in proxy.heads if head.startswith(b"POST")]
    assert len(heads) == 2
    for head in proxy.heads:
        names = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
        assert not names & {b"authorization", b"cookie", b"proxy-authorization"}
        assert (KEY.encode() in head) is (b"//api.test/" in head.split(b"\r\n")[0])


@pytest.mark.anyio
async def test_the_login_of_the_proxy_goes_to_the_proxy_only(environ):
    """In CONNECT for https, beside the request for http; as the address has it."""
    with FakeProxy() as proxy:
        environ(all_proxy=f"http://ann:s%40crt@{proxy.place}")
        async with make_http(ExactTransport()) as http:
            await http.send(httpx.Request("GET", "http://api.test/x"))
            with pytest.raises(httpx.ProxyError):
                await http.send(httpx.Request("GET", "https://api.test/x"))
    login = b"Proxy-Authorization: Basic " + base64.b64encode(b"ann:s@crt")
    assert [head.split(b" ")[0] for head in proxy.heads] == [b"GET", b"CONNECT"]
    assert all(login in head for head in proxy.heads)


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy", "ALL_PROXY"])
def test_media_by_address_go_the_same_way(variable, environ):
    """A link is fetched through the proxy; one that cannot be used is named, never passed by."""
    with FakeProxy(says(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nGIF89a")) as proxy:
        environ(**{variable: f"http://{proxy.place}"})
        assert pixnb.Media("http://files.test/x.gif").bytes() == b"GIF89a"
        assert proxy.heads[0].startswith(b"GET http://files.test/x.gif HTTP/1.1")
    environ(**{variable: "socks5://127.0.0.1:9"})
    with pytest.raises(pixnb.OutputUnavailable, match=f"{variable} names a SOCKS proxy"):
        pixnb.Media("http://files.test/x.gif").bytes()
