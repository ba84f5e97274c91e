"""Which proxy a request goes through: the environment's variables in any shape, used or refused by name."""

from __future__ import annotations

import functools
import ipaddress
import os
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from pixnb.http import httpx
from pixnb.http.failures import Misconfigured

_NAMES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")
_SYSTEM = "the system's settings"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy.

    Attributes:
        url: Its address; may hold a password, and is never shown.
        variable: What names it.
    """

    url: str
    variable: str

    def __repr__(self) -> str:
        return f"Proxy({self.variable})"


def proxy_for(url: httpx.URL) -> Proxy | None:
    """Return the proxy that a request goes through; None where it goes straight, as all to this machine do.

    The variables are read each time: `%env` in a notebook counts from the next request on.

    Raises:
        Misconfigured: What names the proxy names none that can be used.
    """
    return _find(tuple(map(os.environ.get, _NAMES)), url.scheme, url.raw_host.decode("ascii").strip("[]"), url.port)


@functools.lru_cache(maxsize=1024)
def _find(values: tuple[str | None, ...], scheme: str, host: str, port: int | None) -> Proxy | None:
    named = dict(zip(_NAMES, values, strict=True))
    variable, value = _named(named, f"{scheme}_proxy") or _named(named, "all_proxy") or (_SYSTEM, "")
    if not any(values):
        value = urllib.request.getproxies().get(scheme, "")  # of macOS and Windows
    if not value or is_here(host):
        return None
    _, bypassed = _named(named, "no_proxy") or ("", "")
    if _is_bypassed(host, port or {"http": 80, "https": 443}[scheme], bypassed):
        return None
    return Proxy(_checked(variable, value), variable)


def _named(named: dict[str, str | None], name: str) -> tuple[str, str] | None:
    """Return a variable and its value; one in small letters goes before one in capitals, also to empty it."""
    if (small := named[name]) is not None:
        return (name, small.strip()) if small.strip() else None
    large = (named[name.upper()] or "").strip()
    return (name.upper(), large) if large else None


def _checked(variable: str, value: str) -> str:
    scheme, _, rest = value.rpartition("://") if "://" in value else ("http", "", value)
    scheme, (userinfo, at, place) = scheme.lower(), rest.rpartition("@")  # passwords hold "@", ":" and "/" as they are
    place = re.split(r"[/?#]", place)[0]
    shown = f"{scheme}://{'***@' if at else ''}{place}"
    if scheme.startswith("socks"):
        raise Misconfigured(
            f"{variable} names a SOCKS proxy ({shown!r:.200}), and pixnb speaks only to HTTP proxies. Most SOCKS "
            f"proxies have an HTTP port too: set {variable} to http://host:port, or unset it"
        )
    try:
        if scheme not in ("http", "https") or not re.fullmatch(r"[\w.:\[\]-]+", place):
            raise ValueError("it is no http:// address")
        read = httpx.URL(f"{scheme}://{place}")
        if not read.host or read.port == 0 or (read.port or 0) > 65535:
            raise ValueError("it has no host and port")
    except (httpx.InvalidURL, ValueError) as error:
        raise Misconfigured(
            f"{variable} names no proxy ({shown!r:.200}: {error}). Set {variable} to http://host:port, or unset it"
        ) from None
    user, _, password = userinfo.partition(":")
    login = f"{quote(unquote(user), safe='')}:{quote(unquote(password), safe='')}@" if at else ""
    return f"{scheme}://{login}{place}"


def _is_bypassed(host: str, port: int, entries: str) -> bool:
    if not entries:
        return False
    address, name = _address(host), host.lower().rstrip(".")
    for wanted, wanted_port in _split(entries):
        if wanted_port not in (None, port):
            continue
        if wanted == "*" or (address is not None and _lies_in(address, wanted)):
            return True
        domain = wanted.removeprefix("*").strip(".")
        if address is None and domain and (name == domain or name.endswith(f".{domain}")):
            return True
    return False


def _split(entries: str) -> Iterator[tuple[str, int | None]]:
    for entry in re.split(r"[,;\s]+", entries):
        place, port = entry.rpartition("://")[2].lower(), None
        if found := re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*):(\d{1,5})", place):
            place, port = found[1], int(found[2])
        place = place.strip("[]")
        yield place if place.isascii() else _as_sent(place), port


def _as_sent(name: str) -> str:
    try:
        return httpx.URL(f"http://{name.strip('.*')}").raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError):
        return name


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _lies_in(address: ipaddress.IPv4Address | ipaddress.IPv6Address, network: str) -> bool:
    base, slash, width = network.partition("/")
    try:
        return address in ipaddress.ip_network(f"{base.strip('[]')}{slash}{width}", strict=False)
    except ValueError:
        return False


def is_here(host: str) -> bool:
    """Whether a host is this machine.

    Example:
        >>> is_here("127.0.0.1"), is_here("::1"), is_here("example.org")
        (True, True, False)
    """
    address = _address(host)
    if address is not None:
        return address.is_loopback or address.is_unspecified
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


__all__ = ["Proxy", "is_here", "proxy_for"]
