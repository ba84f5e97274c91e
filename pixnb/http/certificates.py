"""The certificates that servers are checked with: those that the environment names, else certifi's."""

from __future__ import annotations

import functools
import os
import ssl
from pathlib import Path

from pixnb.http import httpx
from pixnb.http.failures import Misconfigured

_FILE, _FOLDER, _BUNDLE = "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"
_KEY_LOG = "SSLKEYLOGFILE"


def tls_context() -> ssl.SSLContext:
    """Return what TLS connections are made with; read again when a variable has changed.

    `SSL_CERT_FILE` and `SSL_CERT_DIR` as OpenSSL has them; `REQUESTS_CA_BUNDLE`, which many companies set, where
    neither is.

    Raises:
        Misconfigured: A variable names certificates that cannot be read.
    """
    return _context(*map(os.environ.get, (_FILE, _FOLDER, _BUNDLE)))


def named_by() -> str | None:
    """Return the variable that names the certificates in use; None where they are certifi's."""
    return next((name for name in (_FILE, _FOLDER, _BUNDLE) if os.environ.get(name)), None)


@functools.lru_cache(maxsize=8)
def _context(file: str | None, folder: str | None, bundle: str | None) -> ssl.SSLContext:
    named = {name: place for name, place in ((_FILE, file), (_FOLDER, folder)) if place}
    named = named or ({_BUNDLE: bundle} if bundle else {})
    for variable, place in named.items():
        try:
            _load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), place)
        except (OSError, ValueError) as error:
            raise _unreadable(variable, place, error) from None
    try:
        context = ssl.create_default_context() if named else httpx.create_ssl_context(trust_env=False)
    except OSError as error:  # ssl opens this one by itself
        if error.filename is None or error.filename != os.environ.get(_KEY_LOG):
            raise
        raise _unreadable(_KEY_LOG, error.filename, error) from None
    for place in named.values():
        _load(context, place)
    return context


def _load(context: ssl.SSLContext, place: str) -> None:
    """Take in a file of certificates, or folders of them."""
    folders = [part for part in place.split(os.pathsep) if Path(part).is_dir()]
    if not folders:
        context.load_verify_locations(cafile=place)
    for folder in folders:
        context.load_verify_locations(capath=folder)


def _unreadable(variable: str, place: str, error: Exception) -> Misconfigured:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return Misconfigured(
        f"{variable} names {place!r:.200}, which cannot be used ({why}). Correct {variable}, or unset it"
    )


__all__ = ["named_by", "tls_context"]
