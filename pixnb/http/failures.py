"""What a failure says about its request: never sent, or its answer lost."""

from __future__ import annotations

import errno
import re
import ssl
from dataclasses import dataclass

import aiohttp

from pixnb.http import httpx
from pixnb.http.secrets import without_key


class Misconfigured(httpx.LocalProtocolError):
    """Something on this computer has to be mended before anything can be sent; trying again would not help."""


NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""What is raised when no byte of the request reached the service. All else may be a lost answer."""

UNANSWERED = (httpx.RequestError, httpx.InvalidURL)
"""All that may come instead of an answer: faults of the network, bodies that cannot be unpacked, bad addresses."""

PLAIN_HEADERS = frozenset({"accept", "accept-encoding", "range", "user-agent"})
"""What a redirect takes along to another origin: nothing that could be a key, whatever a service calls its header."""

_UNSENT: tuple[tuple[tuple[type[BaseException], ...], type[httpx.TransportError]], ...] = (
    ((aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError), httpx.ProxyError),
    ((aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError), Misconfigured),
    ((TimeoutError,), httpx.ConnectTimeout),
    ((aiohttp.InvalidURL, httpx.InvalidURL, ValueError), httpx.UnsupportedProtocol),
    ((Exception,), httpx.ConnectError),
)
_LOST: tuple[tuple[tuple[type[BaseException], ...], type[httpx.TransportError]], ...] = (
    ((TimeoutError,), httpx.ReadTimeout),
    ((aiohttp.ServerConnectionError,), httpx.RemoteProtocolError),
    ((OSError,), httpx.ReadError),
    ((Exception,), httpx.RemoteProtocolError),
)
_NO_FILES = "no file descriptors are left here: close some files, or raise `ulimit -n`"
_LONGEST = 300
_TLS = re.compile(r" ssl:(?:<[^>]*>|\w+)")  # of aiohttp's sentence: an object's address tells a reader nothing


@dataclass(slots=True)
class Passage:
    """How far a request has come.

    Attributes:
        via: What names the proxy that it goes through, should it go through one.
        certificates: What names the certificates that a server is checked with, should something name them.
        sent: Whether a byte of it may have left.
        answering: Whether its answer has begun.
    """

    via: str | None = None
    certificates: str | None = None
    sent: bool = False
    answering: bool = False


def name_failure(error: Exception, request: httpx.Request, passage: Passage) -> httpx.TransportError:
    """Return httpx's error for what went wrong, named by what it says about the request.

    It is not chained to its cause: aiohttp's errors carry the request's headers, and so the key.
    """
    if isinstance(error, httpx.TransportError):
        return error
    if passage.answering and not isinstance(error, TimeoutError):
        kind: type[httpx.TransportError] = httpx.ReadError
    else:
        kind = next(kind for causes, kind in (_LOST if passage.sent else _UNSENT) if isinstance(error, causes))
    text = _words(error, request)
    if not passage.sent:
        if kind is Misconfigured and passage.certificates:
            text = f"{text} (the certificates are those that {passage.certificates} names)"
        elif passage.via and kind in (httpx.ProxyError, httpx.ConnectError, httpx.ConnectTimeout):
            kind, text = httpx.ProxyError, f"{text} (through the proxy that {passage.via} names)"
    return kind(text, request=request)


def _words(error: Exception, request: httpx.Request) -> str:
    if getattr(getattr(error, "os_error", error), "errno", None) in (errno.EMFILE, errno.ENFILE):
        return _NO_FILES
    # not all that aiohttp says: the address of a proxy may hold a password
    said = f"{error.status} {error.message}" if isinstance(error, aiohttp.ClientResponseError) else str(error)
    said = _TLS.sub("", said)
    text = "".join(letter if letter.isprintable() else " " for letter in said)
    return " ".join(hide_headers(text, request).split())[:_LONGEST] or type(error).__name__


def hide_headers(text: str, request: httpx.Request) -> str:
    """Take what could be a key out of what a server repeats: the values of all headers but the plain ones."""
    text = without_key(text, request)
    for name, value in request.headers.items():
        if name not in PLAIN_HEADERS and len(value) > 5:
            text = text.replace(value, "***")
    return text


__all__ = ["NEVER_SENT", "PLAIN_HEADERS", "UNANSWERED", "Misconfigured", "Passage", "hide_headers", "name_failure"]
